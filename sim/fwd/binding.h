// SPDX-License-Identifier: GPL-3.0-or-later
// binding: the EIPs that a POP takes into its tunnels. A binding is an adjacency of its own, which
// the FIB holds in place of the route of the same prefix; that route waits in `under`.
#ifndef ANYSIM_FWD_BINDING_H
#define ANYSIM_FWD_BINDING_H

#include "fwd/fwd.h"

struct binding {
    struct prefix prefix;
    uint32_t service;
    ip4_addr gateway;
    enum fwd_tunnel kind;
    uint16_t under; // adjacency of the route of the same prefix; 0: there is none
    uint32_t next;  // next free one, where this is free
};

struct binding_table {
    struct binding *bindings;
    uint32_t used, capacity, free;
};

void binding_init(struct binding_table *t);
void binding_free(struct binding_table *t);
uint32_t binding_take(struct binding_table *t); // number of a binding, contents undefined
void binding_give(struct binding_table *t, uint32_t number);

#endif
