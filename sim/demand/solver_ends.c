// SPDX-License-Identifier: GPL-3.0-or-later
// Where requests end: at which POPs they enter a service and which nodes answer them; and from there
// the ways of the answers. Where several nodes answer, those behind each POP are found by a walk of
// their own, as POPs may send to different ones. Behind a gateway an answer's tunnel counts from the server
// on, though the gateway pushes it: the server's own line is told a header too much (2 % and less).
#include "demand/classes.h"

struct ends_of {
    const struct graph *graph;
    struct end_list *into;
};

static void end(void *ctx, const struct graph_state *at, double share)
{
    const struct ends_of *x = ctx;
    const struct graph *g = x->graph;
    uint32_t octets = 0;
    if (at->entry && at->count && graph_stays(g, g->edges.v[at->first].port)) {
        uint32_t inside = g->states.v[g->edges.v[at->first].to].stack;
        octets = g->stacks.v[inside].octets - g->stacks.v[at->stack].octets;
    }
    for (size_t i = 0; i < x->into->n; i++)
        if (x->into->v[i].node == at->node && x->into->v[i].entry == at->entry) {
            x->into->v[i].share += share;
            return;
        }
    struct solver_end e = {.node = at->node,
                           .octets = octets,
                           .state = (uint32_t)(at - g->states.v),
                           .entry = at->entry,
                           .share = share};
    vec_push(x->into, e);
}

static bool same(const struct flow_state *f, const struct solver *s)
{
    bool same = f->ends.n == s->ends.n && f->ways.n == s->ways.n;
    for (size_t i = 0; same && i < s->ends.n; i++) {
        const struct solver_end *a = &f->ends.v[i], *b = &s->ends.v[i];
        same = a->node == b->node && a->entry == b->entry && a->octets == b->octets &&
               a->share == b->share;
    }
    for (size_t i = 0; same && i < s->ways.n; i++) {
        const struct solver_way *a = &f->ways.v[i], *b = &s->ways.v[i];
        same = a->node == b->node && a->pop == b->pop && a->octets == b->octets &&
               a->share == b->share;
    }
    return same;
}

// What enters at a POP, divided among those who answer it.
static void add_ways(struct solver *s, const struct solver_end *entry,
                     const struct end_list *behind)
{
    double sum = 0;
    for (size_t i = 0; i < behind->n; i++)
        sum += behind->v[i].entry ? 0 : behind->v[i].share;
    for (size_t i = 0; i < behind->n; i++) {
        const struct solver_end *e = &behind->v[i];
        if (e->entry || sum <= 0)
            continue;
        double share = e->share == sum ? entry->share : entry->share * e->share / sum;
        struct solver_way way = {e->node, entry->node, entry->octets, share};
        vec_push(&s->ways, way);
    }
}

static void find_ways(struct solver *s, struct flow_class *c)
{
    size_t answering = 0, entries = 0;
    for (size_t i = 0; i < s->ends.n; i++) {
        entries += s->ends.v[i].entry;
        answering += !s->ends.v[i].entry;
    }
    s->ways.n = 0;
    for (size_t i = 0; i < s->ends.n; i++) {
        const struct solver_end e = s->ends.v[i];
        if (entries == 0) {
            struct solver_way way = {.node = e.node, .share = e.share};
            vec_push(&s->ways, way);
        }
        if (!e.entry)
            continue;
        if (answering == 1) {
            add_ways(s, &e, &s->ends);
            continue;
        }
        struct graph_source here = {.node = e.node, .state = e.state};
        double whole = 1;
        s->behind.n = 0;
        struct ends_of x = {&c->graph, &s->behind};
        graph_unit(&c->graph, &here, &whole, 1, &s->scratch, end, &x);
        graph_unit_done(&s->scratch);
        add_ways(s, &e, &s->behind);
    }
}

void solver_find_ends(struct solver *s, struct flow_class *c)
{
    struct ends_of x = {&c->graph, &s->ends};
    for (size_t i = 0; i < c->flows.n; i++) {
        struct flow_state *f = &s->flows.v[c->flows.v[i]];
        if (!f->is.ends)
            continue;
        s->ends.n = 0;
        graph_unit(&c->graph, &c->sources.v[f->first_source], &c->shares.v[f->first_source],
                   f->nsources, &s->scratch, end, &x);
        graph_unit_done(&s->scratch);
        find_ways(s, c);
        if (same(f, s))
            continue;
        f->ends.n = f->ways.n = 0;
        for (size_t k = 0; k < s->ends.n; k++)
            vec_push(&f->ends, s->ends.v[k]);
        for (size_t k = 0; k < s->ways.n; k++)
            vec_push(&f->ways, s->ways.v[k]);
        if (f->answer != SOLVER_NONE)
            s->classes.v[s->flows.v[f->answer].class].explore = true;
    }
}
