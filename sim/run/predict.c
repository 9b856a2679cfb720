// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/predict.h"

#include "base/arena.h"

#include <stdlib.h>

static enum bgp_relation relation_of_z(enum asrel_kind a_is)
{
    switch (a_is) {
    case ASREL_PROVIDER:
        return BGP_REL_CUSTOMER;
    case ASREL_CUSTOMER:
        return BGP_REL_PROVIDER;
    case ASREL_PEER:
        return BGP_REL_PEER;
    case ASREL_SIBLING:
        break;
    }
    return BGP_REL_SIBLING;
}

static void lay_out(struct prediction *p)
{
    const struct asrel *r = p->ases;
    ip4_addr *ids = xmalloc(r->nases * sizeof *ids);
    struct bgp_aslink *links = xmalloc(r->nlinks * sizeof *links);
    for (uint32_t i = 0; i < r->nases; i++)
        ids[i] = i + 1;
    for (uint32_t i = 0; i < r->nlinks; i++)
        links[i] = (struct bgp_aslink){
            .a = r->links[i].a, .z = r->links[i].z, .a_sees_z = relation_of_z(r->links[i].a_is)};
    bgp_asgraph_init(&p->graph, ids, r->nases, links, r->nlinks);
    free(ids);
    free(links);
}

static void count(struct prediction *p)
{
    for (uint32_t as = 0; as < p->ases->nases; as++) {
        uint32_t in = prediction_catchment(p, as), length = p->choices[as].length;
        if (in == p->norigins) {
            p->unreached++;
            continue;
        }
        struct predicted_catchment *c = &p->catchments[in];
        c->nases++;
        c->hops += length;
        c->longest = length > c->longest ? length : c->longest;
    }
}

void prediction_init(struct prediction *p, const struct asrel *ases, const uint32_t *origins,
                     uint32_t norigins)
{
    *p = (struct prediction){.ases = ases, .norigins = norigins};
    p->choices = xcalloc(ases->nases, sizeof *p->choices);
    p->catchments = xcalloc(norigins ? norigins : 1, sizeof *p->catchments);
    for (uint32_t i = 0; i < norigins; i++)
        p->catchments[i].origin = origins[i];
    lay_out(p);
    p->settled = bgp_solve(&p->graph, origins, norigins, p->choices);
    if (p->settled)
        count(p);
}

void prediction_free(struct prediction *p)
{
    bgp_asgraph_free(&p->graph);
    free(p->choices);
    free(p->catchments);
}

uint32_t prediction_catchment(const struct prediction *p, uint32_t as)
{
    uint32_t origin = bgp_choice_origin(p->choices, as), i = 0;
    while (i < p->norigins && p->catchments[i].origin != origin)
        i++;
    return i;
}
