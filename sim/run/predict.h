// SPDX-License-Identifier: GPL-3.0-or-later
// predict: the catchments of an anycast prefix on an AS graph, in the stable state: without time,
// messages and packets (bgp/solver.h).
//
// The file tells relations, no router identifiers: of equally good routes that of the neighbour
// with the lowest AS number wins, as if identifiers rose with them.
#ifndef ANYSIM_RUN_PREDICT_H
#define ANYSIM_RUN_PREDICT_H

#include "bgp/solver.h"
#include "scenario/asrel.h"

struct predicted_catchment {
    uint32_t origin; // AS
    uint32_t nases;  // that reach it, itself included
    uint64_t hops;   // sum of the lengths of their paths
    uint32_t longest;
};

struct prediction {
    const struct asrel *ases; // an index into it is an AS of `graph` and `choices`, too
    struct bgp_asgraph graph;
    struct bgp_choice *choices;
    struct predicted_catchment *catchments; // in the order of the origins
    uint32_t norigins;
    uint32_t unreached; // ASes without a route
    bool settled;       // false: siblings never agree, and the choices are those of some moment
};

// `origins` are indices into `ases`, none twice; `ases` outlives the prediction.
void prediction_init(struct prediction *p, const struct asrel *ases, const uint32_t *origins,
                     uint32_t norigins);
void prediction_free(struct prediction *p);

// Index of the catchment that an AS is in, or p->norigins: it has no route.
uint32_t prediction_catchment(const struct prediction *p, uint32_t as);

#endif
