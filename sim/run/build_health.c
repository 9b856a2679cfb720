// SPDX-License-Identifier: GPL-3.0-or-later
// Who checks the health of a service's servers: a prober a gateway and one a POP.
#include "run/backends.h"
#include "run/site.h"

static void opinion_changed(void *ctx)
{
    backends_update(ctx);
}

static void guard_due(struct sim *sim, struct timer *t)
{
    const struct backend_pop *p = t->owner;
    (void)sim;
    backends_update(p->owner);
}

static struct prober *prober_at(struct backends_run *b, const char *name, uint32_t node,
                                ip4_addr address)
{
    const struct service_health *h = b->is->health;
    return prober_new(b->world, &(struct prober_options){.name = name,
                                                         .node = node,
                                                         .address = address,
                                                         .service = b->service,
                                                         .is = {.interval_ps = h->interval_ps,
                                                                .timeout_ps = h->timeout_ps,
                                                                .fall = (uint32_t)h->fall,
                                                                .rise = (uint32_t)h->rise},
                                                         .changed = opinion_changed,
                                                         .ctx = b});
}

static void add_targets(struct prober *p, const struct backend_group *g)
{
    for (int k = 0; k < g->n; k++)
        prober_target(p, g->hosts[k].name, g->hosts[k].address, &g->hosts[k].truth);
}

static void watch_servers(struct backends_run *b, struct backend_group *g)
{
    if (g->hosts[0].port == BACKENDS_AT_ITSELF)
        return; // nothing to choose
    ip4_addr own = fwd_address(b->world->net->nodes[g->gateway].fwd);
    g->prober = prober_at(b, g->gateway_name, g->gateway, own);
    add_targets(g->prober, g);
}

// Probes go in the tunnels that the service's packets take.
static void lay_ways(const struct backends_run *b, const struct backend_entry *e)
{
    struct fwd_node *core = b->world->net->nodes[e->node].fwd;
    for (int i = 0; i < b->n; i++)
        for (int k = 0; k < b->groups[i].n; k++)
            if (b->groups[i].hosts[k].port != BACKENDS_AT_ITSELF && e->node != b->groups[i].gateway)
                fwd_route_set(core, (struct prefix){b->groups[i].hosts[k].address, 32},
                              FWD_ACT_TUNNEL, e->tunnel[i]);
}

static const struct backend_entry *entry_at(const struct backends_run *b, int pop_index)
{
    for (size_t i = 0; i < b->entries.n; i++)
        if (b->entries.v[i].pop == pop_index)
            return &b->entries.v[i];
    return NULL;
}

static void watch_regions(struct backends_run *b, int i)
{
    struct world *w = b->world;
    struct backend_pop *p = &b->pops[i];
    const struct backend_entry *e = entry_at(b, i);
    uint32_t router = e ? e->router : site_router(w, p->pop, 0);
    uint32_t node = e ? e->node : control_router(w->control, router)->node;
    if (e)
        lay_ways(b, e);
    p->prober = prober_at(b, site_pop(w, p->pop)->name, node, site_loopback(w, router));
    for (int g = 0; g < b->n; g++)
        if (b->is->mode == MODE_ACCELERATED || b->groups[g].pop == p->pop)
            add_targets(p->prober, &b->groups[g]);
    guard_init(&p->guard, b->is->health->hold_ps, w->epoch_ps);
    timer_init(w->sim, &p->timer, guard_due, p, SIM_PHASE_CONTROL);
}

void world_build_health(struct world *w)
{
    for (int v = 0; v < w->scenario->nservices; v++) {
        struct backends_run *b = w->backends[v];
        if (!b)
            continue;
        for (int i = 0; b->is->health && i < b->n; i++)
            watch_servers(b, &b->groups[i]);
        for (int i = 0; b->is->health && i < b->is->npublish; i++)
            watch_regions(b, i);
        backends_start(b);
        control_on_routes(w->control, backends_routes_changed, w);
    }
}

void backends_collect(const struct world *w)
{
    for (int v = 0; v < w->scenario->nservices; v++) {
        const struct backends_run *b = w->backends[v];
        if (!b || !b->is->health)
            continue;
        for (int i = 0; i < b->n; i++)
            if (b->groups[i].prober)
                prober_collect(b->groups[i].prober);
        for (int i = 0; i < b->is->npublish; i++)
            prober_collect(b->pops[i].prober);
    }
}
