// SPDX-License-Identifier: GPL-3.0-or-later
#include "igp/lfa.h"

static struct spf_routes *known(const struct lfa *l, uint32_t router)
{
    for (size_t i = 0; i < l->neighbours.n; i++)
        if (l->graph->from[l->neighbours.v[i].half ^ 1] == router)
            return l->neighbours.v[i].from;
    return NULL;
}

void lfa_init(struct lfa *l, const struct igp_graph *graph, const struct lsdb *db, uint32_t root,
              struct heap *heap)
{
    const struct lsa *lsa = db->newest[root];
    *l = (struct lfa){.graph = graph, .db = db, .root = root};
    l->own = spf_routes_new(db->nrouters);
    spf_run(db, root, heap, l->own);
    for (uint32_t i = 0; lsa && i < lsa->n; i++) {
        const struct lsa_link *k = &lsa->links[i];
        if (!spf_edge(db, root, root, k))
            continue;
        struct lfa_neighbour n = {k->half, k->metric, known(l, k->neighbour)};
        if (!n.from) {
            n.from = spf_routes_new(db->nrouters);
            spf_run(db, k->neighbour, heap, n.from);
        }
        vec_push(&l->neighbours, n);
    }
}

void lfa_free(struct lfa *l)
{
    for (size_t i = 0; i < l->neighbours.n; i++) {
        struct spf_routes *from = l->neighbours.v[i].from;
        for (size_t k = i + 1; k < l->neighbours.n; k++)
            if (l->neighbours.v[k].from == from)
                l->neighbours.v[k].from = NULL;
        spf_routes_free(from);
    }
    spf_routes_free(l->own);
    vec_free(&l->neighbours);
    *l = (struct lfa){0};
}

// a < b + c, where a path that does not exist is longer than any that does.
static bool shorter(uint32_t a, uint32_t b, uint32_t c)
{
    if (a == IGP_UNREACHABLE)
        return false;
    return b == IGP_UNREACHABLE || c == IGP_UNREACHABLE || a < (uint64_t)b + c;
}

// Does `n` avoid `e`, whose paths are `of_e`?
static bool avoids(const struct lfa_neighbour *n, uint32_t neighbour, uint32_t e,
                   const struct spf_routes *of_e, uint32_t target)
{
    return target != e && neighbour != e && of_e &&
           shorter(n->from->metric[target], n->from->metric[e], of_e->metric[target]);
}

bool lfa_find(const struct lfa *l, const struct lfa_options *o, uint32_t slot, uint32_t target,
              struct lfa_choice *out)
{
    const struct igp_graph *g = l->graph;
    uint32_t e = g->from[2 * slot] == l->root ? g->from[2 * slot + 1] : g->from[2 * slot];
    const struct spf_routes *of_e = known(l, e);
    uint32_t own = l->own->metric[target];
    uint64_t best = UINT64_MAX;
    for (size_t i = 0; i < l->neighbours.n; i++) {
        const struct lfa_neighbour *n = &l->neighbours.v[i];
        uint32_t neighbour = g->from[n->half ^ 1];
        uint32_t there = n->from->metric[target];
        if (igp_graph_share_risk(g, n->half / 2, slot) ||
            (lsdb_overloaded(l->db, neighbour) && neighbour != target) ||
            !shorter(there, n->from->metric[l->root], own) ||
            (o->downstream && !shorter(there, own, 0)))
            continue;
        bool node = avoids(n, neighbour, e, of_e, target);
        uint64_t cost = (uint64_t)n->metric + there;
        cost += o->node && !node ? UINT64_C(1) << 40 : 0; // longer than any path
        if (cost >= best)
            continue;
        best = cost;
        *out = (struct lfa_choice){n->half, node};
    }
    return best != UINT64_MAX;
}
