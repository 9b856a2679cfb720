// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/backends.h"

#include "anycast/backend.h"

#define WEIGHT_PER_PPM 100 // shares as weights of 16 bits

static void log_open(const struct backends_run *b, const char *who, bool open)
{
    const struct world *w = b->world;
    struct health_record r = {.at_ps = sim_now(w->sim) - w->epoch_ps,
                              .service = b->service,
                              .what = HEALTH_OPEN,
                              .prober = (char *)(uintptr_t)who,
                              .target = "",
                              .up = !open,
                              .after_ps = -1};
    health_log_add(w->health, &r);
}

// --- A gateway and its servers

static bool server_is_up(const struct backend_group *g, int k)
{
    return !g->prober || prober_is_up(g->prober, (uint32_t)k);
}

static void set_servers(struct backends_run *b, struct backend_group *g)
{
    struct world *w = b->world;
    struct fwd_node *core = w->net->nodes[g->gateway].fwd;
    enum fwd_select how = b->is->backends && b->is->backends->by_source ? FWD_SELECT_MAGLEV_SOURCE
                                                                        : FWD_SELECT_MAGLEV;
    struct fwd_member members[FWD_MAX_ECMP];
    struct prefix address = {w->services[b->service].address, 32};
    int n = 0;
    for (int k = 0; k < g->n; k++)
        if (g->weights[k])
            members[n++] = (struct fwd_member){.nexthop = g->hosts[k].port,
                                               .weight = (uint16_t)g->weights[k],
                                               .id = g->hosts[k].address};
    uint32_t group = fwd_group_weighted(core, how, members, n);
    if (g->router != CONTROL_NO_ROUTER) {
        control_static_group(w->control, g->router, address, group);
        return;
    }
    fwd_route_set(core, address, FWD_ACT_FORWARD, group);
    if (w->demands)
        demand_fib_changed(w->demands, g->gateway, prefix6_from_prefix(address));
}

static void update_group(struct backends_run *b, struct backend_group *g)
{
    struct backend_server seen[BACKENDS_SERVERS];
    uint32_t weights[BACKENDS_SERVERS];
    bool same = true;
    if (g->hosts[0].port == BACKENDS_AT_ITSELF)
        return;
    for (int k = 0; k < g->n; k++)
        seen[k] = (struct backend_server){g->hosts[k].weight, server_is_up(g, k)};
    bool open = backend_weights(seen, g->n, weights);
    for (int k = 0; k < g->n; k++) {
        same &= weights[k] == g->weights[k];
        g->weights[k] = weights[k];
    }
    if (!same)
        set_servers(b, g);
    if (open != g->open)
        log_open(b, g->gateway_name, open);
    g->open = open;
}

// --- A POP and the regions

// What a POP believes of a region. Its prober's targets are the hosts of all regions, or of its own.
static bool is_healthy(const struct backends_run *b, const struct backend_pop *p, int region)
{
    const struct backend_group *g = &b->groups[region];
    uint32_t target = 0;
    for (int i = 0; i < region && b->is->mode == MODE_ACCELERATED; i++)
        target += (uint32_t)b->groups[i].n;
    for (int k = 0; k < g->n; k++, target++)
        if (g->hosts[k].weight && (!p->prober || prober_is_up(p->prober, target)))
            return true;
    return false;
}

static void set_regions(const struct backends_run *b, const struct backend_entry *e)
{
    const struct world *w = b->world;
    struct fwd_node *core = w->net->nodes[e->node].fwd;
    enum fwd_select how = b->is->backends->by_source ? FWD_SELECT_MAGLEV_SOURCE : FWD_SELECT_MAGLEV;
    struct fwd_member members[BACKEND_MAX];
    int n = 0;
    for (int i = 0; i < b->n; i++) {
        uint32_t weight = e->share_ppm[i] / WEIGHT_PER_PPM;
        if (e->share_ppm[i])
            members[n++] = (struct fwd_member){
                .nexthop = e->tunnel[i],
                .weight = (uint16_t)(weight ? weight : 1),
                .id = control_router(w->control, b->groups[i].router)->loopback};
    }
    fwd_choice_set(core, e->choice, how, members, n);
    if (w->demands)
        demand_fib_changed(w->demands, e->node, prefix6_from_prefix(b->is->prefix));
}

static void update_entry(struct backends_run *b, struct backend_entry *e)
{
    struct backend_region seen[BACKEND_MAX];
    uint32_t shares[BACKEND_MAX];
    struct backend_pop *p = &b->pops[e->pop];
    bool same = true;
    for (int i = 0; i < b->n; i++) {
        const struct backend_group *g = &b->groups[i];
        seen[i] = (struct backend_region){
            .weight = g->weight,
            .dial_ppm = g->dial_ppm,
            .rank = g->rank,
            .distance = control_distance(b->world->control, e->router, g->router),
            .healthy = is_healthy(b, p, i)};
    }
    bool by_weight = b->is->backends->choose == BACKENDS_WEIGHT;
    bool open = backend_shares(seen, b->n, by_weight ? BACKEND_WEIGHT : BACKEND_NEAREST, shares);
    for (int i = 0; i < b->n; i++) {
        same &= shares[i] == e->share_ppm[i];
        e->share_ppm[i] = shares[i];
    }
    if (!same)
        set_regions(b, e);
    if (sim_now(b->world->sim) < b->world->epoch_ps)
        return; // routes are still coming
    if (open != p->open)
        log_open(b, b->world->scenario->topology.pops[p->pop].name, open);
    p->open = open;
}

// --- Announcements

static bool is_announced(const struct backends_run *b, int pop)
{
    const struct anycast_service *s = &b->world->services[b->service];
    for (size_t i = 0; i < s->sites.n; i++)
        if (s->sites.v[i].pop == (uint32_t)pop && s->sites.v[i].announced)
            return true;
    return false;
}

static bool others_announce(const struct backends_run *b, int pop)
{
    for (int i = 0; i < b->is->npublish; i++)
        if (b->is->publish[i] != pop && is_announced(b, b->is->publish[i]))
            return true;
    return false;
}

// Something answers: of a region that the POP may use, for a site of its own servers here.
static bool is_alive(const struct backends_run *b, const struct backend_pop *p)
{
    for (int i = 0; i < b->n; i++)
        if ((b->is->mode == MODE_ACCELERATED || b->groups[i].pop == p->pop) && is_healthy(b, p, i))
            return true;
    return false;
}

static void update_site(struct backends_run *b, struct backend_pop *p)
{
    struct world *w = b->world;
    int64_t now_ps = sim_now(w->sim);
    struct anycast_where at = {(uint32_t)p->pop, ANYCAST_ALL_ROUTERS};
    // The last site that is left stays: users fare no worse there than with no route at all.
    bool alive = is_alive(b, p) || (p->guard.announced && !others_announce(b, p->pop));
    bool changed = guard_update(&p->guard, alive, now_ps);
    int64_t due_ps = guard_due_ps(&p->guard);
    if (due_ps != TIME_NEVER)
        timer_set(w->sim, &p->timer, due_ps > now_ps ? due_ps : now_ps);
    else
        timer_cancel(&p->timer);
    if (!changed)
        return;
    if (p->guard.announced)
        anycast_let(&w->services[b->service], w->control, at, ANYCAST_UNHEALTHY);
    else
        anycast_hold(&w->services[b->service], w->control, at, ANYCAST_UNHEALTHY);
    struct health_record r = {.at_ps = now_ps - w->epoch_ps,
                              .service = b->service,
                              .what = HEALTH_SITE,
                              .prober = (char *)(uintptr_t)w->scenario->topology.pops[p->pop].name,
                              .target = "",
                              .up = p->guard.announced,
                              .after_ps = -1};
    health_log_add(w->health, &r);
}

static bool withdraws(const struct backends_run *b)
{
    return b->is->health && b->is->health->withdraw && b->is->npublish > 1;
}

void backends_start(struct backends_run *b)
{
    for (int i = 0; i < b->n; i++)
        update_group(b, &b->groups[i]);
}

void backends_update(struct backends_run *b)
{
    backends_start(b);
    for (size_t i = 0; i < b->entries.n; i++)
        update_entry(b, &b->entries.v[i]);
    for (int i = 0; withdraws(b) && i < b->is->npublish; i++)
        update_site(b, &b->pops[i]);
}

void backends_routes_changed(void *world, uint32_t router)
{
    const struct world *w = world;
    for (int v = 0; v < w->scenario->nservices; v++) {
        struct backends_run *b = w->backends[v];
        for (size_t i = 0; b && i < b->entries.n; i++)
            if (b->entries.v[i].router == router)
                update_entry(b, &b->entries.v[i]);
    }
}

struct backend_group *backends_group(struct backends_run *b, int pop)
{
    for (int i = 0; i < b->n; i++)
        if (b->groups[i].pop == pop)
            return &b->groups[i];
    return NULL;
}

void backends_fail(struct backends_run *b, struct backend_host *h, bool fails)
{
    struct net *net = b->world->net;
    int before = h->truth.fails;
    if (fails)
        net_node_down(net, h->node);
    else if (before > 0)
        net_node_up(net, h->node);
    else
        return;
    h->truth.fails += fails ? 1 : -1;
    if ((before > 0) != (h->truth.fails > 0))
        h->truth.since_ps = sim_now(net->sim);
}
