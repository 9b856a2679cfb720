// SPDX-License-Identifier: GPL-3.0-or-later
// delta: an incremental SPF: brings a router's routes up to date with what its database has learnt
// since its mark (igp/lsdb.h). The result is that of a full spf_run, in every case.
//
// The method is that of Ramalingam and Reps (Journal of Algorithms 21, 1996), carried over to sets
// of equal-cost next hops. Only edges that came, went or changed their metric are looked at first:
//
//   1. lost    routers all of whose shortest paths are gone, in ascending order of old distance: one
//              is lost when no edge from a router that is not lost reaches it at its old distance.
//   2. found   Dijkstra from the edges that lead out of the known part to lost routers, and from
//              cheaper edges; it ends where nothing becomes shorter.
//   3. next hops of routers whose distance or whose last edges changed, ascending; a router whose
//              set becomes another one passes that on.
//
// A change that touches no shortest path of this root costs a look at its edges and no more. When
// more than an eighth of the routers (and more than two: the ends of a link) say something else the
// full SPF is run: it is faster then.
#ifndef ANYSIM_IGP_DELTA_H
#define ANYSIM_IGP_DELTA_H

#include "igp/spf.h"

struct delta_edge { // one direction of a link that has changed
    uint32_t from, to, half;
    uint32_t was, is; // metric, IGP_UNREACHABLE: no edge
};

struct delta_work {   // working space of SPFs, one an IGP; private but for heap
    struct heap heap; // empty between runs
    uint32_t nrouters;
    uint8_t *flags;        // per router, 0 between runs
    VEC(uint32_t) touched; // routers whose distance may have changed
    VEC(struct delta_edge) edges;
    const struct lsa **then; // per router: what it said at the mark, where that differs
};

void delta_work_init(struct delta_work *w, uint32_t nrouters);
void delta_work_free(struct delta_work *w);

// `routes`: what the database said at its mark; afterwards, what it says now. The caller sets the
// mark. Returns whether the only thing that has changed is that one link of `root` went down
// (RFC 8333 asks for that).
bool delta_run(const struct lsdb *db, uint32_t root, struct delta_work *w,
               struct spf_routes *routes);

#endif
