// SPDX-License-Identifier: GPL-3.0-or-later
// spf: shortest paths from one router over what its database says (Dijkstra; RFC 2328 §16.1), with
// all equal-cost next hops.
//
// A half of a link is an edge when both ends list the link (two-way check). Parallel links are
// separate next hops. Metrics are at least 1, so every path to a router is known before its own
// edges are followed. Paths longer than MAX_PATH_METRIC (RFC 5305 §3) do not count. When there are
// more next hops than IGP_MAX_ECMP those with the lowest link slots stay. The result depends on
// the database alone.
//
// Next hops are kept as numbered sets, a handful per router, so a route is two integers.
#ifndef ANYSIM_IGP_SPF_H
#define ANYSIM_IGP_SPF_H

#include "base/heap.h"
#include "base/vec.h"
#include "igp/igp.h"
#include "igp/lsdb.h"

#define MAX_PATH_METRIC UINT32_C(0xFE000000)

struct spf_set { // of link slots, ascending
    uint32_t n;
    uint32_t slot[IGP_MAX_ECMP];
};

struct spf_routes {   // of one router
    uint32_t *metric; // per target, IGP_UNREACHABLE: no path
    uint32_t *set;    // per target, index into sets; 0 is the empty set
    VEC(struct spf_set) sets;
    uint32_t n; // targets
};

struct spf_routes *spf_routes_new(uint32_t nrouters);
void spf_routes_free(struct spf_routes *r);
void spf_routes_clear(struct spf_routes *r, uint32_t self); // nothing reachable but itself, at 0
bool spf_routes_same(const struct spf_routes *a, const struct spf_routes *b);

// Fills `out` with the paths from `root`. `heap` is working space for nrouters items, empty before
// and after. Allocates only until the number of sets has reached its usual size.
void spf_run(const struct lsdb *db, uint32_t root, struct heap *heap, struct spf_routes *out);

#endif
