// SPDX-License-Identifier: GPL-3.0-or-later
// instance: what one IGP consists of. Seen by igp.c, speaker.c and repair.c only.
#ifndef ANYSIM_IGP_INSTANCE_H
#define ANYSIM_IGP_INSTANCE_H

#include "igp/delta.h"
#include "igp/flood.h"
#include "igp/graph.h"
#include "igp/igp.h"
#include "igp/lsdb.h"
#include "igp/speaker.h"

struct igp_told { // by igp_adjacency before igp_start
    uint32_t router, link;
    bool up;
};

struct igp {
    struct sim *sim;
    struct igp_timers timers;
    int64_t retransmit_ps; // 0: never
    struct igp_env env;
    struct igp_stats stats;
    bool started;
    struct igp_graph graph;
    struct lsa_pool pool;
    struct lsdb *dbs;             // per router
    struct igp_speaker *speakers; // per router
    struct flood flood;
    struct delta_work work;         // of the SPFs
    VEC(struct spf_routes *) spare; // results for SPFs to come
    VEC(struct igp_told) told_early;
};

#endif
