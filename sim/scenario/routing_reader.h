// SPDX-License-Identifier: GPL-3.0-or-later
// routing_reader: from raw keys to scenario/routing.h. In two steps: what a network's file says stays
// with the topology; names are resolved when every policy is known, those of the scenario too.
#ifndef ANYSIM_SCENARIO_ROUTING_READER_H
#define ANYSIM_SCENARIO_ROUTING_READER_H

#include "scenario/routing_schema.h"
#include "scenario/topology.h"

struct routing_over { // what a scenario says about a network
    int network;
    const struct raw_routing *raw;
};

struct routing_more { // what a scenario adds to its topology
    struct blocks policies;
    struct rows vrps;
};

// Reads policies and VRPs of the topology and `more` of the scenario (may be empty), and fills `routing`
// of every network and the policies of every interconnect, which must be the caller's own. False
// after diagnostics.
bool routing_bind(struct input *in, struct topology *t, const struct routing_more *more,
                  const struct routing_over *over, int nover);

// The policies that do what a list of action communities says (routing_actions.c); NULL: nothing in
// that direction.
void routing_actions(struct input *in, const struct topology *t, const struct raw_action *v, int n,
                     const struct policy **import, const struct policy **export_);

// Is it a network or a router NETWORK/CITY-1? A city, a region or a router?
bool routing_is_neighbour(const struct topology *t, const char *name);
bool routing_is_place(const struct topology *t, const char *name);

#endif
