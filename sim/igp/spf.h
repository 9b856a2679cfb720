// SPDX-License-Identifier: GPL-3.0-or-later
// spf: shortest paths from one router over what its database says (Dijkstra; RFC 2328 §16.1), with
// all equal-cost next hops.
//
// A half of a link is an edge when both ends list the link (two-way check) and its owner is not
// overloaded, unless that is the root (ISO 10589 §7.2.8.1). Parallel links are
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
    size_t used; // sets when all were in use last; private
    uint32_t n;  // targets
};

struct spf_routes *spf_routes_new(uint32_t nrouters);
void spf_routes_free(struct spf_routes *r);
void spf_routes_clear(struct spf_routes *r, uint32_t self); // nothing reachable but itself, at 0
void spf_routes_copy(struct spf_routes *to, const struct spf_routes *from);
bool spf_routes_same(const struct spf_routes *a, const struct spf_routes *b);

// Numbers of sets in `r`: the one with these members, and that of the members of both.
uint32_t spf_set_number(struct spf_routes *r, const struct spf_set *s);
uint32_t spf_set_union(struct spf_routes *r, uint32_t a, uint32_t b);
// Forgets sets that no target uses any more, when there are many.
void spf_sets_tidy(struct spf_routes *r);

// May a path from `root` go over link `l` of `owner`?
static inline bool spf_edge(const struct lsdb *db, uint32_t root, uint32_t owner,
                            const struct lsa_link *l)
{
    return lsdb_lists(db, l->half ^ 1) && l->neighbour != root &&
           (owner == root || !lsdb_overloaded(db, owner));
}

// Fills `out` with the paths from `root`. `heap` is working space for nrouters items, empty before
// and after. Allocates only until the number of sets has reached its usual size.
void spf_run(const struct lsdb *db, uint32_t root, struct heap *heap, struct spf_routes *out);

#endif
