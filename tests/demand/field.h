// SPDX-License-Identifier: GPL-3.0-or-later
// field: a network with routes of our own making, for tests and measurements of the solver.
//
// Node i has the address 10.0.x.y and a route to every node by the fewest hops, over all next hops
// that are as good. field_route works the routes out anew, changes the FIB entries that differ and
// tells the solver which (field_tell: another one).
#ifndef ANYSIM_TESTS_DEMAND_FIELD_H
#define ANYSIM_TESTS_DEMAND_FIELD_H

#include "demand/solver.h"

struct field_route {
    struct prefix prefix;
    uint32_t nodes[4];
    int n;
    bool local; // the nodes' FIBs deliver it (else they have a binding)
};

struct field_change {
    uint32_t node;
    struct prefix6 prefix;
};

struct field {
    struct sim *sim;
    struct net *net;
    struct solver *solver; // told of changes; may be NULL
    VEC(struct field_route) routes;
    VEC(struct field_change) changes; // of FIBs, by the last field_route or field_set
    uint64_t *installed;              // [route × nodes]: hash of the next hops; 0: none
};

void field_init(struct field *f, uint64_t seed, uint32_t nodes);
void field_free(struct field *f);
uint32_t field_link(struct field *f, uint32_t a, uint32_t b, int64_t rate_bps, bool fluid);
struct ip6_addr field_address(uint32_t node);
void field_target(struct field *f, const struct field_route *r); // before the first field_route
void field_route(struct field *f);
void field_tell(const struct field *f, struct solver *s); // the changes
// A FIB entry of the caller's choice, until field_route finds that it differs.
void field_set(struct field *f, uint32_t node, uint32_t route, uint32_t port);
// The solver hook: a POP's address.
struct ip6_addr field_address_hook(void *ctx, uint32_t node);

#endif
