// SPDX-License-Identifier: GPL-3.0-or-later
// Servers that die and are repaired, weights and traffic dials, on the timeline. What lasts ends with
// what the scenario's `backends` say.
#include "run/act.h"
#include "run/backends.h"

static void each(struct world *w, const struct event *e, bool fails)
{
    const struct backend_event *x = e->data;
    struct backends_run *b = w->backends[x->service];
    struct backend_group *g = backends_group(b, x->pop);
    for (int k = 0; k < g->n; k++)
        if (x->server == 0 || x->server == k + 1)
            backends_fail(b, &g->hosts[k], fails);
}

void act_fail_server(struct world *w, const struct event *e, bool begins)
{
    each(w, e, begins);
}

void act_repair_server(struct world *w, const struct event *e, bool begins)
{
    if (begins)
        each(w, e, false);
}

static const struct region *written(const struct backends_run *b, const struct backend_group *g)
{
    for (int i = 0; b->is->backends && i < b->is->backends->nregions; i++)
        if (b->is->backends->regions[i].pop == g->pop)
            return &b->is->backends->regions[i];
    return NULL;
}

void act_set_weight(struct world *w, const struct event *e, bool begins)
{
    const struct backend_event *x = e->data;
    struct backends_run *b = w->backends[x->service];
    struct backend_group *g = backends_group(b, x->pop);
    const struct region *r = written(b, g);
    if (x->server) {
        int64_t usual = r ? r->servers[x->server - 1].weight : 1;
        g->hosts[x->server - 1].weight = (uint32_t)(begins ? x->weight : usual);
    } else {
        g->weight = (uint32_t)(begins ? x->weight : r ? r->weight : 1);
    }
    backends_update(b);
}

void act_set_dial(struct world *w, const struct event *e, bool begins)
{
    const struct backend_event *x = e->data;
    struct backends_run *b = w->backends[x->service];
    struct backend_group *g = backends_group(b, x->pop);
    const struct region *r = written(b, g);
    g->dial_ppm = (uint32_t)(begins ? x->dial_ppm : r ? r->dial_ppm : 1000000);
    backends_update(b);
}
