// SPDX-License-Identifier: GPL-3.0-or-later
// ready: has a lab come up? Best paths mean nothing while a session is missing, or an IGP adjacency
// without which a next hop is unreachable or seems farther than it is.
#ifndef DAEMONS_READY_H
#define DAEMONS_READY_H

#include "lab.h"

// What a lab is still without.
struct ready {
    int silent;      // routers that do not answer
    int sessions;    // BGP sessions that are not Established
    int next_hops;   // of routes, that FRR has not resolved
    int adjacencies; // neighbours of the IGP that are not Full (OSPF) or Up (IS-IS)
    char host[128];  // one of the routers
};

// Asks all routers. False: something is missing.
bool ready(struct lab *l, struct ready *missing);

// The forms of an answer. Sessions that are not Established in BIRD's `show protocols` and in FRR's
// `show bgp ipv4 unicast summary json`, next hops in FRR's `show bgp nexthop` that are invalid
// although paths use them, and adjacencies that stand in an IGP's list of neighbours.
int ready_bird_sessions(const char *answer);
int ready_frr_sessions(const char *answer);
int ready_frr_next_hops(const char *answer);
int ready_adjacencies(const char *answer);

#endif
