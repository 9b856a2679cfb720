// SPDX-License-Identifier: GPL-3.0-or-later
// binding: the EIPs that a POP takes into its tunnels, and the backends of a gateway.
//
// A binding is an adjacency of its own, which the FIB holds in place of the route of the same
// prefix; that route waits in `under`. A small FIB of its own finds the binding of a source.
#ifndef ANYSIM_FWD_BINDING_H
#define ANYSIM_FWD_BINDING_H

#include "fwd/eip.h"
#include "fwd/fib.h"

struct binding {
    struct prefix6 prefix;
    struct fwd_eip_options o;
    struct fwd_eip_counters counters;
    uint16_t under; // adjacency of the route of the same prefix; 0: there is none
    uint32_t next;  // next free one, where this is free
};

struct binding_table {
    struct binding *bindings;
    uint32_t used, capacity, free;
    uint32_t live;
    struct fib by_source4, by_source6; // number of the binding + 1
};

void binding_init(struct binding_table *t);
void binding_free(struct binding_table *t);
uint32_t binding_take(struct binding_table *t, struct prefix6 prefix); // number; zeroed
void binding_give(struct binding_table *t, uint32_t number);
// The binding whose prefix holds `source`, or NULL.
struct binding *binding_of_source(const struct binding_table *t, struct ip6_addr source);

struct backend {
    struct prefix6 prefix;
    struct fwd_backend_options o;
    bool live;     // else a gap
    uint16_t exit; // DIRECT: adjacency, counted; 0: none
    // Made for it, to go with it: over IPv6 [0] and IPv4 [1]; FWD_NO_TUNNEL: none.
    uint32_t own_tunnels[2];
};

struct backend_table {
    struct backend *backends; // a few
    uint32_t used, gaps;
    struct fib by_address4, by_address6; // number + 1
};

void backend_init(struct backend_table *t);
void backend_free(struct backend_table *t);
// The backend of exactly this prefix, made if `create`; else NULL.
struct backend *backend_at(struct backend_table *t, struct prefix6 prefix, bool create);
void backend_drop(struct backend_table *t, struct backend *b);
// The backend that serves `address`, or NULL.
const struct backend *backend_of(const struct backend_table *t, struct ip6_addr address);

#endif
