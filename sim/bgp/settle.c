// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/settle.h"

#include "base/arena.h"

#include <stdlib.h>

#define NO_PLACE UINT32_MAX

struct path { // of an AS as it was when the AS chose it; never changes
    const struct path *rest;
    uint32_t as, length; // length: of the rest
};

struct settling {
    const struct bgp_asgraph *g;
    struct bgp_choice *choices;
    struct arena paths;
    const struct path **path; // by AS: the own AS first; NULL: no route
    uint32_t *queue;          // a ring of ASes that have to choose, none twice
    bool *queued;
    uint32_t head, n;
};

static const struct path *longer(struct settling *s, uint32_t as, const struct path *rest)
{
    struct path *p = arena_new(&s->paths, struct path);
    *p = (struct path){rest, as, rest ? rest->length + 1 : 0};
    return p;
}

// Paths of the first state, from the origins on.
static void write_down(struct settling *s, uint32_t as)
{
    uint32_t length = s->choices[as].length;
    uint32_t *way = xmalloc(((size_t)length + 1) * sizeof *way);
    bgp_choice_path(s->choices, as, way + 1, length);
    way[0] = as;
    for (uint32_t i = length + 1; i-- > 0;)
        if (!s->path[way[i]])
            s->path[way[i]] = longer(s, way[i], i < length ? s->path[way[i + 1]] : NULL);
    free(way);
}

static void ask(struct settling *s, uint32_t as)
{
    if (s->queued[as] || s->choices[as].next == as)
        return;
    s->queued[as] = true;
    s->queue[(s->head + s->n++) % s->g->nases] = as;
}

static bool has(const struct path *p, uint32_t as)
{
    for (; p; p = p->rest)
        if (p->as == as)
            return true;
    return false;
}

static bool equal(const struct path *p, const struct path *q)
{
    while (p != q) {
        if (!p || !q || p->as != q->as)
            return false;
        p = p->rest;
        q = q->rest;
    }
    return true;
}

// The best offer in a group, or NO_PLACE.
static uint32_t best_of(const struct settling *s, uint32_t as, enum bgp_asgroup group)
{
    const struct bgp_asgraph *g = s->g;
    uint32_t best = NO_PLACE, end = bgp_asgraph_end(g, as, group);
    for (uint32_t i = bgp_asgraph_begin(g, as, group); i < end; i++) {
        uint32_t from = g->ends[i].as;
        if (!bgp_choice_goes_to(g, &s->choices[from], from, g->ends[i].mirror) ||
            (best != NO_PLACE && s->path[from]->length >= s->path[g->ends[best].as]->length))
            continue;
        if (!has(s->path[from], as))
            best = i;
    }
    return best;
}

static void choose(struct settling *s, uint32_t as)
{
    const struct bgp_asgraph *g = s->g;
    uint32_t best = NO_PLACE;
    for (int group = 0; group < BGP_AS_GROUPS && best == NO_PLACE; group++)
        best = best_of(s, as, (enum bgp_asgroup)group);
    const struct path *rest = best == NO_PLACE ? NULL : s->path[g->ends[best].as];
    const struct path *now = s->path[as];
    if (s->choices[as].place == best && (!now || equal(now->rest, rest)))
        return;
    s->path[as] = rest ? longer(s, as, rest) : NULL;
    s->choices[as] = rest ? (struct bgp_choice){rest->as, best, rest->length + 1}
                          : (struct bgp_choice){BGP_NO_AS, NO_PLACE, 0};
    uint32_t end = bgp_asgraph_end(g, as, BGP_AS_UPSTREAMS);
    for (uint32_t i = bgp_asgraph_begin(g, as, BGP_AS_CUSTOMERS); i < end; i++)
        ask(s, g->ends[i].as);
}

static void begin(struct settling *s)
{
    for (uint32_t as = 0; as < s->g->nases; as++) {
        if (s->choices[as].next != BGP_NO_AS)
            write_down(s, as);
        uint32_t end = bgp_asgraph_end(s->g, as, BGP_AS_UPSTREAMS);
        for (uint32_t i = bgp_asgraph_begin(s->g, as, BGP_AS_UPSTREAMS); i < end; i++)
            if (s->g->ends[i].relation == BGP_REL_SIBLING)
                ask(s, as);
    }
}

bool bgp_settle(const struct bgp_asgraph *g, struct bgp_choice *choices)
{
    struct settling s = {.g = g,
                         .choices = choices,
                         .path = xcalloc(g->nases, sizeof *s.path),
                         .queue = xmalloc(g->nases * sizeof *s.queue),
                         .queued = xcalloc(g->nases, sizeof *s.queued)};
    arena_init(&s.paths);
    begin(&s);
    for (uint64_t left = (uint64_t)g->nases * BGP_SETTLE_TURNS; s.n && left; left--) {
        uint32_t as = s.queue[s.head];
        s.head = (s.head + 1) % g->nases;
        s.n--;
        s.queued[as] = false;
        choose(&s, as);
    }
    arena_free(&s.paths);
    free(s.path);
    free(s.queue);
    free(s.queued);
    return s.n == 0;
}
