// SPDX-License-Identifier: GPL-3.0-or-later
// igp_graph: the routers and links of one IGP under dense local numbers.
//
// Added in any order, numbered at igp_graph_build in the order of the caller's indices: so nothing
// that follows depends on the order of insertion. A link (slot s) has two halves: half 2s belongs
// to the end with the smaller local number and sends towards the other, half 2s+1 is the opposite.
// What can be adjacent is here; what a router believes is in its lsdb.
#ifndef ANYSIM_IGP_GRAPH_H
#define ANYSIM_IGP_GRAPH_H

#include "base/vec.h"
#include <stdbool.h>
#include <stdint.h>

#define IGP_NONE UINT32_MAX

struct igp_edge { // as the caller gave it
    uint32_t link, a, b, metric_ab, metric_ba;
    uint32_t srlg; // shared-risk group, 0: none
};

struct igp_graph {
    uint32_t nrouters, nlinks;
    uint32_t *router; // local number → the caller's, ascending
    uint32_t *link;   // slot → the caller's, ascending
    uint32_t *srlg;   // slot → shared-risk group, 0: none
    uint32_t *from;   // half → local number of its owner
    uint32_t *metric; // half → metric in its direction
    uint32_t *first;  // local router → where its halves start in `row` (nrouters + 1 of them)
    uint32_t *row;    // halves, grouped by owner, ascending by link

    uint32_t *router_at, router_span; // the caller's → local number or IGP_NONE; private
    uint32_t *link_at, link_span;     // the caller's → slot or IGP_NONE; private
    VEC(uint32_t) added_routers;      // private, until built
    VEC(struct igp_edge) added_links; // private, until built
};

// Zero-initialise; igp_graph_free releases.
void igp_graph_router(struct igp_graph *g, uint32_t router);
void igp_graph_link(struct igp_graph *g, struct igp_edge edge);
bool igp_graph_srlg(struct igp_graph *g, uint32_t link, uint32_t srlg); // false: no such link
// Numbers everything. Returns NULL, or what is wrong with what was added: a bug of the caller.
const char *igp_graph_build(struct igp_graph *g);
void igp_graph_free(struct igp_graph *g);

static inline uint32_t igp_graph_find(const struct igp_graph *g, uint32_t router)
{
    return router < g->router_span ? g->router_at[router] : IGP_NONE;
}

// Do two links share a risk? Each does with itself.
static inline bool igp_graph_share_risk(const struct igp_graph *g, uint32_t a, uint32_t b)
{
    return a == b || (g->srlg[a] && g->srlg[a] == g->srlg[b]);
}

// The half of `link` that belongs to local router `r`, or IGP_NONE.
static inline uint32_t igp_graph_half(const struct igp_graph *g, uint32_t r, uint32_t link)
{
    uint32_t slot = link < g->link_span ? g->link_at[link] : IGP_NONE;
    if (slot == IGP_NONE)
        return IGP_NONE;
    if (g->from[2 * slot] == r)
        return 2 * slot;
    return g->from[2 * slot + 1] == r ? 2 * slot + 1 : IGP_NONE;
}

static inline uint32_t igp_graph_degree(const struct igp_graph *g, uint32_t r)
{
    return g->first[r + 1] - g->first[r];
}

#endif
