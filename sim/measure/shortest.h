// SPDX-License-Identifier: GPL-3.0-or-later
// shortest: the least propagation delay between a node and all others, over the links that work now.
//
// What routing could do at best, whatever policies and metrics say, with two exceptions: only
// routers pass packets on, and a network that is no carrier carries nothing between two others.
// Dijkstra's algorithm over the delays of the lines; neither queues nor transmission count.
#ifndef ANYSIM_MEASURE_SHORTEST_H
#define ANYSIM_MEASURE_SHORTEST_H

#include "net/net.h"

struct shortest_node { // of each node of the net
    int network;
    bool router;  // passes packets on
    bool carrier; // its network may be crossed
};

struct shortest; // the lines of a net

// `is` has an element a node and must live on; after all links were made.
struct shortest *shortest_new(const struct net *net, const struct shortest_node *is);
void shortest_free(struct shortest *s);

// Fills delay_ps[node]: from `node` to every other, or from every other to it when `reverse`;
// TIME_NEVER where there is no way.
void shortest_delays(struct shortest *s, uint32_t node, bool reverse, int64_t *delay_ps);

#endif
