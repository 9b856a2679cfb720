// SPDX-License-Identifier: GPL-3.0-or-later
#include "world.h"

#include "base/table.h"

#define ROUTER 100u
#define LINK   1000u
#define FAR    UINT32_MAX

const struct igp_timers world_timers = {.flood_ps = 1 * MS,
                                        .spf_initial_ps = 50 * MS,
                                        .spf_hold_ps = 200 * MS,
                                        .spf_max_ps = 5000 * MS,
                                        .spf_run_ps = 10 * MS};

static int64_t link_delay(void *ctx, uint32_t router, uint32_t link)
{
    struct world *w = ctx;
    const struct world_link *l = world_find(w, link - LINK);
    if (l->a != router - ROUTER && l->b != router - ROUTER)
        return INT64_MAX / 2; // the IGP asks for a direction that does not exist: nothing arrives
    return l->cut ? -1 : l->delay_ps;
}

static void routes_changed(void *ctx, uint32_t router)
{
    struct world *w = ctx;
    vec_push(&w->log, ((struct world_change){sim_now(w->sim), router - ROUTER}));
}

void world_init(struct world *w, uint32_t nrouters, const struct igp_timers *timers)
{
    *w = (struct world){.nrouters = nrouters};
    w->sim = sim_new(1);
    w->dead = xcalloc(nrouters, sizeof *w->dead);
    w->overload = xcalloc(nrouters, sizeof *w->overload);
    w->igp = igp_new(w->sim, timers, &(struct igp_env){w, link_delay, routes_changed});
}

void world_free(struct world *w)
{
    igp_free(w->igp);
    sim_free(w->sim);
    free(w->dead);
    free(w->overload);
    vec_free(&w->links);
    vec_free(&w->log);
}

uint32_t world_link(struct world *w, uint32_t a, uint32_t b, uint32_t metric_ab, uint32_t metric_ba,
                    int64_t delay_ps)
{
    uint32_t id = (uint32_t)w->links.n;
    vec_push(&w->links, ((struct world_link){id, a, b, metric_ab, metric_ba, delay_ps, false, 0}));
    return id;
}

void world_risk(struct world *w, uint32_t id, uint32_t group)
{
    world_find(w, id)->risk = group;
}

struct world_link *world_find(struct world *w, uint32_t id)
{
    if (w->links.v[id].id == id)
        return &w->links.v[id];
    for (size_t i = 0; i < w->links.n; i++)
        if (w->links.v[i].id == id)
            return &w->links.v[i];
    abort();
}

static void add_all(struct world *w)
{
    for (uint32_t r = 0; r < w->nrouters; r++)
        igp_router_add(w->igp, r + ROUTER);
    for (size_t i = 0; i < w->links.n; i++) {
        const struct world_link *l = &w->links.v[i];
        igp_link_add(w->igp, l->id + LINK, l->a + ROUTER, l->b + ROUTER, l->metric_ab,
                     l->metric_ba);
        if (l->risk)
            igp_link_srlg(w->igp, l->id + LINK, l->risk);
    }
}

void world_start_converged(struct world *w)
{
    add_all(w);
    igp_start_converged(w->igp);
}

void world_start(struct world *w)
{
    add_all(w);
    igp_start(w->igp);
    for (uint32_t id = 0; id < w->links.n; id++)
        if (!world_find(w, id)->cut)
            world_tell(w, id, true);
}

void world_settle(struct world *w)
{
    while (sim_pending(w->sim) > 0)
        sim_run(w->sim, sim_now(w->sim) + PS_PER_S);
    sim_run(w->sim, sim_now(w->sim) + 10 * PS_PER_S); // a quiet time: the throttle rests
}

void world_tell(struct world *w, uint32_t id, bool up)
{
    const struct world_link *l = world_find(w, id);
    if (!w->dead[l->a])
        igp_adjacency(w->igp, l->a + ROUTER, id + LINK, up);
    if (!w->dead[l->b])
        igp_adjacency(w->igp, l->b + ROUTER, id + LINK, up);
}

void world_fail(struct world *w, uint32_t id)
{
    world_find(w, id)->cut = true;
    world_tell(w, id, false);
}

void world_repair(struct world *w, uint32_t id)
{
    struct world_link *l = world_find(w, id);
    l->cut = false;
    if (!w->dead[l->a] && !w->dead[l->b]) // else there is nobody to become adjacent to
        world_tell(w, id, true);
}

void world_die(struct world *w, uint32_t r)
{
    w->dead[r] = true;
    igp_router_down(w->igp, r + ROUTER);
}

void world_bury(struct world *w, uint32_t r)
{
    for (size_t i = 0; i < w->links.n; i++)
        if (w->links.v[i].a == r || w->links.v[i].b == r)
            world_tell(w, w->links.v[i].id, false);
}

void world_return(struct world *w, uint32_t r)
{
    w->dead[r] = false;
    igp_router_up(w->igp, r + ROUTER);
    for (size_t i = 0; i < w->links.n; i++)
        if ((w->links.v[i].a == r || w->links.v[i].b == r) && !w->links.v[i].cut)
            world_repair(w, w->links.v[i].id);
}

void world_set_metric(struct world *w, uint32_t id, uint32_t router, uint32_t metric)
{
    struct world_link *l = world_find(w, id);
    *(l->a == router ? &l->metric_ab : &l->metric_ba) = metric;
    igp_set_metric(w->igp, router + ROUTER, id + LINK, metric);
}

void world_overload(struct world *w, uint32_t r, bool overload)
{
    w->overload[r] = overload;
    igp_set_overload(w->igp, r + ROUTER, overload);
}

uint32_t world_metric(const struct world *w, uint32_t router, uint32_t target)
{
    return igp_metric(w->igp, router + ROUTER, target + ROUTER);
}

int world_nexthops(const struct world *w, uint32_t router, uint32_t target, uint32_t *ids)
{
    uint32_t links[IGP_MAX_ECMP];
    int n = igp_nexthops(w->igp, router + ROUTER, target + ROUTER, links);
    for (int i = 0; i < n; i++)
        ids[i] = links[i] - LINK;
    return n;
}

int64_t world_first(const struct world *w, uint32_t router, int64_t from_ps)
{
    for (size_t i = 0; i < w->log.n; i++)
        if (w->log.v[i].router == router && w->log.v[i].at_ps >= from_ps)
            return w->log.v[i].at_ps;
    return -1;
}

int64_t world_last(const struct world *w, uint32_t router, int64_t from_ps)
{
    for (size_t i = w->log.n; i-- > 0;)
        if (w->log.v[i].router == router && w->log.v[i].at_ps >= from_ps)
            return w->log.v[i].at_ps;
    return -1;
}

static bool usable(const struct world *w, const struct world_link *l)
{
    return !l->cut && !w->dead[l->a] && !w->dead[l->b];
}

static uint64_t *distances(const struct world *w)
{
    uint32_t n = w->nrouters;
    uint64_t *d = xmalloc((size_t)n * n * sizeof *d);
    for (uint32_t i = 0; i < n * n; i++)
        d[i] = i % (n + 1) ? FAR : 0;
    for (size_t i = 0; i < w->links.n; i++) {
        const struct world_link *l = &w->links.v[i];
        if (!usable(w, l))
            continue;
        if (l->metric_ab < d[l->a * n + l->b])
            d[l->a * n + l->b] = l->metric_ab;
        if (l->metric_ba < d[l->b * n + l->a])
            d[l->b * n + l->a] = l->metric_ba;
    }
    for (uint32_t k = 0; k < n; k++)
        for (uint32_t i = 0; i < n && !w->overload[k]; i++)
            for (uint32_t j = 0; d[i * n + k] != FAR && j < n; j++)
                if (d[i * n + k] + d[k * n + j] < d[i * n + j])
                    d[i * n + j] = d[i * n + k] + d[k * n + j];
    return d;
}

static bool right(struct world *w, const uint64_t *d, uint32_t r, uint32_t t)
{
    uint32_t n = w->nrouters;
    uint32_t got[IGP_MAX_ECMP];
    int ngot = world_nexthops(w, r, t, got);
    int nwant = 0;
    if (world_metric(w, r, t) != d[r * n + t])
        return false;
    for (uint32_t id = 0; r != t && d[r * n + t] != FAR && id < w->links.n; id++) {
        const struct world_link *l = world_find(w, id);
        if (!usable(w, l) || (l->a != r && l->b != r))
            continue;
        uint64_t metric = l->a == r ? l->metric_ab : l->metric_ba;
        uint32_t v = l->a == r ? l->b : l->a;
        if ((w->overload[v] && v != t) || d[v * n + t] == FAR ||
            metric + d[v * n + t] != d[r * n + t])
            continue;
        if (nwant == ngot || got[nwant] != id)
            return false;
        nwant++;
    }
    return nwant == ngot;
}

uint32_t world_wrong(const struct world *w)
{
    struct world copy = *w; // world_find wants it writable
    uint64_t *d = distances(w);
    uint32_t wrong = 0;
    for (uint32_t r = 0; r < w->nrouters; r++)
        for (uint32_t t = 0; t < w->nrouters && !w->dead[r]; t++)
            wrong += !right(&copy, d, r, t);
    free(d);
    return wrong;
}

uint64_t world_digest(const struct world *w)
{
    uint64_t h = 0;
    for (size_t i = 0; i < w->log.n; i++) {
        h = hash_bytes(&w->log.v[i].at_ps, sizeof w->log.v[i].at_ps, h);
        h = hash_bytes(&w->log.v[i].router, sizeof w->log.v[i].router, h);
    }
    const struct igp_stats *s = igp_stats(w->igp);
    uint64_t figures[] = {s->lsas_originated, s->lsas_flooded, s->spf_runs,
                          (uint64_t)s->last_change_ps, sim_events(w->sim)};
    h = hash_bytes(figures, sizeof figures, h);
    for (uint32_t r = 0; r < w->nrouters; r++)
        for (uint32_t t = 0; t < w->nrouters; t++) {
            uint32_t route[1 + IGP_MAX_ECMP] = {world_metric(w, r, t)};
            world_nexthops(w, r, t, route + 1);
            h = hash_bytes(route, sizeof route, h);
        }
    return h;
}

// xorshift64*: good enough to shape test networks.
uint32_t world_draw(uint64_t *state, uint32_t below)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)((*state * UINT64_C(2685821657736338717)) >> 32) % below;
}

void world_ring(struct world *w, uint32_t n)
{
    world_init(w, n, &world_timers);
    for (uint32_t r = 0; r < n; r++)
        world_link(w, r, (r + 1) % n, 10, 10, (1 + r % 3) * MS);
}

void world_grid(struct world *w, uint32_t side)
{
    world_init(w, side * side, &world_timers);
    for (uint32_t y = 0; y < side; y++)
        for (uint32_t x = 0; x < side; x++) {
            uint32_t r = y * side + x;
            if (x + 1 < side)
                world_link(w, r, r + 1, 1, 1, 2 * MS);
            if (y + 1 < side)
                world_link(w, r + side, r, 1, 1, 3 * MS);
        }
}

// A random tree, so that it is connected, and random links on it, some of them parallel; metrics
// from 1 to 4, so that ties abound, and different in each direction.
void world_random(struct world *w, uint32_t n, uint32_t nlinks, uint64_t seed)
{
    uint64_t state = seed * 2654435761u + 88172645463325252u;
    world_init(w, n, &world_timers);
    for (uint32_t i = 0; i < nlinks; i++) {
        uint32_t a = i + 1 < n ? i + 1 : world_draw(&state, n);
        uint32_t b = i + 1 < n ? world_draw(&state, a) : world_draw(&state, n - 1);
        b += i + 1 >= n && b >= a;
        uint32_t ab = 1 + world_draw(&state, 4);
        uint32_t ba = 1 + world_draw(&state, 4);
        world_link(w, a, b, ab, ba, (1 + world_draw(&state, 20000)) * PS_PER_US);
    }
}
