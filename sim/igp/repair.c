// SPDX-License-Identifier: GPL-3.0-or-later
#include "igp/repair.h"

#include "igp/instance.h"
#include "igp/lfa.h"
#include "igp/tilfa.h"

struct igp_repair {
    struct igp *igp;
    struct igp_repair_options is;
    uint32_t router; // local number
    uint32_t runs;   // of the router's SPF
    struct lsdb db;  // as at the last of them
    struct lfa lfa;
    uint32_t slot;      // that the two are about, or IGP_NONE
    struct tilfa paths; // of the link alone
    struct tilfa round; // of the link and the neighbour
};

struct igp_repair *igp_repair_new(struct igp *g, uint32_t router,
                                  const struct igp_repair_options *o)
{
    struct igp_repair *r = xcalloc(1, sizeof *r);
    r->igp = g;
    r->is = *o;
    r->router = igp_graph_find(&g->graph, router);
    r->slot = IGP_NONE;
    SIM_ASSERT(g->sim, g->started && r->router != IGP_NONE);
    r->runs = g->speakers[r->router].runs;
    lsdb_init(&r->db, g->graph.nrouters, 2 * g->graph.nlinks);
    lsdb_recall(&g->dbs[r->router], &g->pool, &r->db);
    lfa_init(&r->lfa, &g->graph, &r->db, r->router, &g->work.heap);
    return r;
}

static void forget_link(struct igp_repair *r)
{
    if (r->slot == IGP_NONE)
        return;
    tilfa_free(&r->paths);
    tilfa_free(&r->round);
    r->slot = IGP_NONE;
}

void igp_repair_free(struct igp_repair *r)
{
    if (!r)
        return;
    forget_link(r);
    lfa_free(&r->lfa);
    lsdb_free(&r->db, &r->igp->pool);
    free(r);
}

bool igp_repair_current(const struct igp_repair *r)
{
    return r->runs == r->igp->speakers[r->router].runs;
}

static uint32_t slot_of(const struct igp_repair *r, uint32_t link)
{
    uint32_t half = igp_graph_half(&r->igp->graph, r->router, link);
    SIM_ASSERT(r->igp->sim, half != IGP_NONE);
    return half / 2;
}

static void look_at_link(struct igp_repair *r, uint32_t slot)
{
    struct heap *heap = &r->igp->work.heap;
    if (r->slot == slot)
        return;
    forget_link(r);
    tilfa_init(&r->paths, &r->igp->graph, &r->db, heap, r->router, slot, false);
    tilfa_init(&r->round, &r->igp->graph, &r->db, heap, r->router, slot, true);
    r->slot = slot;
}

static bool find(struct igp_repair *r, uint32_t slot, uint32_t target, struct igp_backup *out)
{
    struct lfa_choice choice;
    switch (r->is.how) {
    case IGP_REROUTE_NONE:
        return false;
    case IGP_REROUTE_LFA:
        if (!lfa_find(&r->lfa, &(struct lfa_options){r->is.node, r->is.downstream}, slot, target,
                      &choice))
            return false;
        *out = (struct igp_backup){.link = choice.half / 2, .node = choice.node};
        return true;
    case IGP_REROUTE_TILFA:
        look_at_link(r, slot);
        return (r->is.node && tilfa_find(&r->round, target, out)) ||
               tilfa_find(&r->paths, target, out);
    }
    return false;
}

bool igp_repair_find(struct igp_repair *r, uint32_t link, uint32_t target, struct igp_backup *out)
{
    const struct igp_graph *g = &r->igp->graph;
    uint32_t t = igp_graph_find(g, target);
    if (t == IGP_NONE || !find(r, slot_of(r, link), t, out))
        return false;
    out->link = g->link[out->link];
    for (uint32_t i = 0; i < out->nsegments; i++) {
        struct igp_segment *s = &out->segments[i];
        s->router = g->router[s->router];
        s->link = s->link == IGP_NONE ? IGP_NO_LINK : g->link[s->link];
    }
    return true;
}

bool igp_repair_untouched(struct igp_repair *r, uint32_t link, uint32_t target)
{
    uint32_t t = igp_graph_find(&r->igp->graph, target);
    look_at_link(r, slot_of(r, link));
    return t != IGP_NONE && tilfa_untouched(r->is.node ? &r->round : &r->paths, t);
}

bool igp_repair_share_risk(const struct igp_repair *r, uint32_t link, uint32_t other)
{
    return igp_graph_share_risk(&r->igp->graph, slot_of(r, link), slot_of(r, other));
}

// One next hop of the route to `target`: what becomes of it when its link fails.
static void cover(struct igp_repair *r, const struct spf_set *set, uint32_t slot, uint32_t target,
                  struct igp_coverage *c)
{
    const struct igp_graph *g = &r->igp->graph;
    uint32_t e = g->from[2 * slot] == r->router ? g->from[2 * slot + 1] : g->from[2 * slot];
    struct igp_backup b = {0};
    bool covered = find(r, slot, target, &b);
    for (uint32_t i = 0; i < set->n && !covered; i++)
        covered = !igp_graph_share_risk(g, set->slot[i], slot);
    c->pairs++;
    c->covered += covered;
    c->node_pairs += target != e;
    c->node_covered += target != e && b.node;
}

struct igp_coverage igp_coverage(struct igp *g, const struct igp_repair_options *o)
{
    struct igp_coverage c = {0};
    for (uint32_t s = 0; s < g->graph.nrouters; s++) {
        struct igp_repair *r = igp_repair_new(g, g->graph.router[s], o);
        for (size_t i = 0; i < r->lfa.neighbours.n; i++) {
            uint32_t slot = r->lfa.neighbours.v[i].half / 2;
            for (uint32_t t = 0; t < g->graph.nrouters; t++) {
                const struct spf_set *set = &r->lfa.own->sets.v[r->lfa.own->set[t]];
                for (uint32_t k = 0; k < set->n; k++)
                    if (set->slot[k] == slot)
                        cover(r, set, slot, t, &c);
            }
        }
        igp_repair_free(r);
    }
    return c;
}
