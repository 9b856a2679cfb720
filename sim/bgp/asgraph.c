// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/asgraph.h"

#include "base/arena.h"
#include "bgp/bgp.h"

#include <assert.h>
#include <stdlib.h>

struct draft { // an end before it has its place
    uint32_t owner, group;
    ip4_addr id, addr;
    uint32_t link, side; // side: 0 is a's, 1 is z's
    struct bgp_asend end;
};

enum bgp_asgroup bgp_asgroup_of(enum bgp_relation relation)
{
    return relation == BGP_REL_CUSTOMER ? BGP_AS_CUSTOMERS
           : relation == BGP_REL_PEER   ? BGP_AS_PEERS
                                        : BGP_AS_UPSTREAMS;
}

static int by_rank(const void *a, const void *b)
{
    const struct draft *x = a, *y = b;
    const uint32_t kx[] = {x->owner, x->group, x->id, x->addr, x->link};
    const uint32_t ky[] = {y->owner, y->group, y->id, y->addr, y->link};
    for (size_t i = 0; i < sizeof kx / sizeof kx[0]; i++)
        if (kx[i] != ky[i])
            return kx[i] < ky[i] ? -1 : 1;
    return 0;
}

static struct draft draft(const struct bgp_aslink *l, uint32_t link, uint32_t side,
                          const ip4_addr *ids)
{
    enum bgp_relation relation = side ? bgp_relation_mirror(l->a_sees_z) : l->a_sees_z;
    uint32_t owner = side ? l->z : l->a, other = side ? l->a : l->z;
    return (struct draft){.owner = owner,
                          .group = bgp_asgroup_of(relation),
                          .id = ids[other],
                          .addr = side ? l->a_addr : l->z_addr,
                          .link = link,
                          .side = side,
                          .end = {.as = other, .link = link, .relation = relation}};
}

// Puts every end at its place and tells it where the other one stands.
static void place(struct bgp_asgraph *g, const struct draft *drafts, uint32_t nends)
{
    uint32_t *places = xmalloc((nends ? nends : 1) * sizeof *places);
    for (uint32_t i = 0; i < nends; i++) {
        g->ends[i] = drafts[i].end;
        g->first[drafts[i].owner * BGP_AS_GROUPS + drafts[i].group + 1]++;
        places[2 * drafts[i].link + drafts[i].side] = i;
    }
    for (uint32_t i = 0; i < nends; i++)
        g->ends[i].mirror = places[2 * drafts[i].link + !drafts[i].side];
    for (size_t i = 0; i < (size_t)g->nases * BGP_AS_GROUPS; i++)
        g->first[i + 1] += g->first[i];
    free(places);
}

void bgp_asgraph_init(struct bgp_asgraph *g, const ip4_addr *ids, uint32_t nases,
                      const struct bgp_aslink *links, uint32_t nlinks)
{
    uint32_t nends = 2 * nlinks;
    struct draft *drafts = xmalloc((nends ? nends : 1) * sizeof *drafts);
    *g =
        (struct bgp_asgraph){.nases = nases,
                             .ends = xcalloc(nends ? nends : 1, sizeof *g->ends),
                             .first = xcalloc((size_t)nases * BGP_AS_GROUPS + 1, sizeof *g->first)};
    for (uint32_t i = 0; i < nlinks; i++) {
        const struct bgp_aslink *l = &links[i];
        assert(l->a < nases && l->z < nases && l->a != l->z);
        assert(l->a_sees_z >= BGP_REL_CUSTOMER && l->a_sees_z <= BGP_REL_SIBLING);
        g->nsiblings += l->a_sees_z == BGP_REL_SIBLING;
        drafts[2 * i] = draft(l, i, 0, ids);
        drafts[2 * i + 1] = draft(l, i, 1, ids);
    }
    qsort(drafts, nends, sizeof *drafts, by_rank);
    place(g, drafts, nends);
    free(drafts);
}

void bgp_asgraph_free(struct bgp_asgraph *g)
{
    free(g->ends);
    free(g->first);
    *g = (struct bgp_asgraph){0};
}
