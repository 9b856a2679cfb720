// SPDX-License-Identifier: GPL-3.0-or-later
#include "igp/igp.h"

#include "igp/instance.h"

struct igp *igp_new(struct sim *sim, const struct igp_timers *timers, const struct igp_env *env)
{
    SIM_ASSERT(sim, timers->flood_ps >= 0 && timers->spf_initial_ps >= 0);
    SIM_ASSERT(sim, timers->spf_hold_ps >= 0 && timers->spf_max_ps >= 0);
    SIM_ASSERT(sim, timers->spf_run_ps >= 0 && timers->overload_startup_ps >= 0);
    struct igp *g = xcalloc(1, sizeof *g);
    g->sim = sim;
    g->timers = *timers;
    g->env = *env;
    return g;
}

void igp_free(struct igp *g)
{
    if (!g)
        return;
    if (g->started) {
        flood_free(&g->flood);
        for (uint32_t r = 0; r < g->graph.nrouters; r++) {
            igp_speaker_free(&g->speakers[r]);
            lsdb_free(&g->dbs[r], &g->pool);
        }
        SIM_ASSERT(g->sim, g->pool.live == 0);
        lsa_pool_free(&g->pool);
        delta_work_free(&g->work);
    }
    for (size_t i = 0; i < g->spare.n; i++)
        spf_routes_free(g->spare.v[i]);
    vec_free(&g->spare);
    vec_free(&g->told_early);
    free(g->speakers);
    free(g->dbs);
    igp_graph_free(&g->graph);
    free(g);
}

void igp_router_add(struct igp *g, uint32_t router)
{
    SIM_ASSERT(g->sim, !g->started);
    igp_graph_router(&g->graph, router);
}

void igp_link_add(struct igp *g, uint32_t link, uint32_t a, uint32_t b, uint32_t metric_ab,
                  uint32_t metric_ba)
{
    SIM_ASSERT(g->sim, !g->started);
    igp_graph_link(&g->graph, (struct igp_edge){link, a, b, metric_ab, metric_ba, 0});
}

void igp_link_srlg(struct igp *g, uint32_t link, uint32_t srlg)
{
    SIM_ASSERT(g->sim, !g->started && srlg);
    bool found = igp_graph_srlg(&g->graph, link, srlg);
    SIM_ASSERT(g->sim, found);
}

void igp_retransmit(struct igp *g, int64_t every_ps)
{
    SIM_ASSERT(g->sim, !g->started && every_ps >= 0);
    g->retransmit_ps = every_ps;
}

static int64_t delay_ps(void *ctx, uint32_t half)
{
    const struct igp *g = ctx;
    return g->env.link_delay_ps(g->env.ctx, g->graph.router[g->graph.from[half]],
                                g->graph.link[half / 2]);
}

static void changed(void *ctx, uint32_t router)
{
    struct igp *g = ctx;
    igp_speaker_changed(&g->speakers[router]);
}

static void outbid(void *ctx, uint32_t router, uint32_t seq)
{
    struct igp *g = ctx;
    igp_speaker_outbid(&g->speakers[router], seq);
}

static void lost(void *ctx, uint32_t router)
{
    struct igp *g = ctx;
    igp_speaker_lost(&g->speakers[router]);
}

static void build(struct igp *g)
{
    SIM_ASSERT(g->sim, !g->started);
    const char *wrong = igp_graph_build(&g->graph);
    if (wrong)
        sim_bug(g->sim, wrong, __FILE__, __LINE__);
    uint32_t n = g->graph.nrouters;
    g->started = true;
    g->dbs = xcalloc(n, sizeof *g->dbs);
    g->speakers = xcalloc(n, sizeof *g->speakers);
    lsa_pool_init(&g->pool, n);
    delta_work_init(&g->work, n);
    for (uint32_t r = 0; r < n; r++) {
        lsdb_init(&g->dbs[r], n, 2 * g->graph.nlinks);
        igp_speaker_init(&g->speakers[r], g, r);
    }
    flood_init(&g->flood, g->sim, &g->graph, &g->pool, g->dbs, g->timers.flood_ps,
               &(struct flood_hooks){g, delay_ps, changed, outbid, lost}, &g->stats.lsas_flooded);
    for (uint32_t r = 0; r < n; r++)
        igp_speaker_init_spf(&g->speakers[r]);
}

static void tell(struct igp *g)
{
    for (size_t i = 0; i < g->told_early.n; i++)
        igp_adjacency(g, g->told_early.v[i].router, g->told_early.v[i].link, g->told_early.v[i].up);
    vec_free(&g->told_early);
}

void igp_start(struct igp *g)
{
    build(g);
    for (uint32_t r = 0; r < g->graph.nrouters; r++)
        igp_speaker_up(&g->speakers[r]);
    tell(g);
}

void igp_start_converged(struct igp *g)
{
    build(g);
    uint32_t n = g->graph.nrouters;
    for (uint32_t r = 0; r < n; r++)
        igp_speaker_settled(&g->speakers[r]);
    for (uint32_t r = 0; r < n; r++) {
        for (uint32_t o = 0; o < n; o++)
            if (o != r)
                lsdb_install(&g->dbs[r], &g->pool, g->dbs[o].newest[o]);
        igp_speaker_compute(&g->speakers[r]);
    }
    tell(g);
}

static struct igp_speaker *speaker(const struct igp *g, uint32_t router)
{
    SIM_ASSERT(g->sim, g->started);
    uint32_t r = igp_graph_find(&g->graph, router);
    SIM_ASSERT(g->sim, r != IGP_NONE);
    return &g->speakers[r];
}

void igp_adjacency(struct igp *g, uint32_t router, uint32_t link, bool up)
{
    if (!g->started) {
        vec_push(&g->told_early, ((struct igp_told){router, link, up}));
        return;
    }
    struct igp_speaker *s = speaker(g, router);
    uint32_t half = igp_graph_half(&g->graph, s->router, link);
    SIM_ASSERT(g->sim, half != IGP_NONE);
    igp_speaker_adjacency(s, half, up);
}

void igp_router_down(struct igp *g, uint32_t router)
{
    igp_speaker_down(speaker(g, router));
}

void igp_router_up(struct igp *g, uint32_t router)
{
    igp_speaker_restart(speaker(g, router));
}

void igp_set_metric(struct igp *g, uint32_t router, uint32_t link, uint32_t metric)
{
    struct igp_speaker *s = speaker(g, router);
    uint32_t half = igp_graph_half(&g->graph, s->router, link);
    SIM_ASSERT(g->sim, half != IGP_NONE && metric > 0);
    g->graph.metric[half] = metric;
    igp_speaker_news(s);
}

void igp_set_overload(struct igp *g, uint32_t router, bool overload)
{
    struct igp_speaker *s = speaker(g, router);
    s->overload = overload;
    igp_speaker_news(s);
}

uint32_t igp_metric(const struct igp *g, uint32_t router, uint32_t target)
{
    const struct igp_speaker *s = speaker(g, router);
    uint32_t t = igp_graph_find(&g->graph, target);
    return t == IGP_NONE ? IGP_UNREACHABLE : s->routes->metric[t];
}

int igp_nexthops(const struct igp *g, uint32_t router, uint32_t target,
                 uint32_t links[IGP_MAX_ECMP])
{
    const struct igp_speaker *s = speaker(g, router);
    uint32_t t = igp_graph_find(&g->graph, target);
    if (t == IGP_NONE)
        return 0;
    const struct spf_set *set = &s->routes->sets.v[s->routes->set[t]];
    for (uint32_t i = 0; i < set->n; i++)
        links[i] = g->graph.link[set->slot[i]];
    return (int)set->n;
}

bool igp_one_link_down(const struct igp *g, uint32_t router)
{
    return speaker(g, router)->one_link_down;
}

const struct igp_stats *igp_stats(const struct igp *g)
{
    return &g->stats;
}
