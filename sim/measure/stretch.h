// SPDX-License-Identifier: GPL-3.0-or-later
// stretch: how much longer the way to a service is than it would have to be.
//
// In the middle of each phase the least round-trip delay from every client group to every announced
// site of every service is worked out over the links that work then (measure/shortest.h), to the
// server behind the site and back through it. The site where it is least is the *best* one. The median
// round trip that was measured in the phase, divided by that, is the stretch against the best site:
// what routing costs users, "latency inflation". It includes what servers and queues take.
// The other yardstick is the great circle between the client's city and that of the server that
// answered most requests, there and back at the topology's delay per kilometre: what a straight
// fibre would do. Clients in the server's own city have none.
#ifndef ANYSIM_MEASURE_STRETCH_H
#define ANYSIM_MEASURE_STRETCH_H

#include "anycast/service.h"
#include "measure/results.h"
#include "measure/shortest.h"

struct stretch;

struct stretch_options { // everything lives as long as the object
    const struct scenario *scenario;
    struct sim *sim;
    struct net *net;
    struct control *control;
    const struct anycast_service *services; // by service
    const uint32_t *group_node;             // by client group
    const struct shortest_node *nodes;      // by node
    int64_t epoch_ps;
};

// After everything was built.
struct stretch *stretch_new(const struct stretch_options *o);
void stretch_free(struct stretch *s);
// Fills `stretch` of r->clients, whose site is known; at the end.
void stretch_collect(const struct stretch *s, struct results *r);

// Median RTT over the yardstick; NaN when either is missing or the median is among the lost.
double stretch_of(const struct client_result *c, int64_t yardstick_ps);

#endif
