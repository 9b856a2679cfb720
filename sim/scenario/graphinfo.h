// SPDX-License-Identifier: GPL-3.0-or-later
// graphinfo: facts about a network's graph, by igraph: what falls apart when one thing fails, how
// far its ends are apart. For checks and for `anysim topology info`. From one thread only.
#ifndef ANYSIM_SCENARIO_GRAPHINFO_H
#define ANYSIM_SCENARIO_GRAPHINFO_H

#include "base/arena.h"
#include "scenario/topology.h"

struct graph_facts {
    int nodes, links; // cities; city-to-city links
    int components;   // 1: connected; 0: no city at all
    int *component;   // of each city, numbered from 0 in order of first city
    int *bridges;     // indices of links whose loss cuts the network; parallel links are none
    int nbridges;
    int *cuts; // indices of cities whose loss cuts the network (articulation points)
    int ncuts;
    int min_degree, max_degree;
    int64_t diameter_ps;  // one-way delay between the two cities farthest apart by delay …
    int diameter_ends[2]; // … and these; -1 when the network has no link or is cut
    double longest_km;    // great-circle length of the longest link
};

// Arrays live in `a`. The diameter takes a search from every city: seconds from 10,000 cities on.
void graph_facts(struct arena *a, const struct network *n, struct graph_facts *out);

// Only the components, which is quick: sets component[city] as above and returns their number.
int graph_components(const struct network *n, int *component);

// The same question for whole networks joined by interconnects: sets component[network] and returns
// the number of components.
int graph_network_components(const struct topology *t, int *component);

#endif
