// SPDX-License-Identifier: GPL-3.0-or-later
// node: what one node's data plane consists of. Private to the forwarding core.
//
// The first cache line is all that plain transit touches here.
#ifndef ANYSIM_FWD_NODE_H
#define ANYSIM_FWD_NODE_H

#include "fwd/adjacency.h"
#include "fwd/binding.h"
#include "fwd/fib.h"
#include "fwd/flowtab.h"
#include "fwd/fwd.h"
#include "fwd/icmp.h"

struct fwd_node {
    struct fib fib;                      // leaves are numbers of adjacencies
    const struct adjacency *adjacencies; // the table's entries
    ip4_addr address;
    uint32_t hash_seed;
    struct fwd_counters counters; // received and forwarded still stand in the first line

    struct adjacency_table table;
    struct binding_table eips;
    struct fib backends; // EIPs whose replies go back by the flow's POP; leaves are tunnel kind + 1
    struct flowtab flows;
    bool is_gateway; // there is a flow table
    bool accepts[FWD_TUNNEL_KINDS];
    uint32_t routes;
    struct icmp_bucket icmp;
};

_Static_assert(offsetof(struct fwd_node, counters.local) <= FWD_CACHE_LINE,
               "plain transit stays in one line of the node");

// The route that decides when an EIP's backend is this node itself.
uint16_t fwd_node_route_under(const struct fwd_node *n, const struct binding *b);

#endif
