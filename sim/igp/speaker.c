// SPDX-License-Identifier: GPL-3.0-or-later
#include "igp/speaker.h"

#include "igp/instance.h"

static struct lsdb *database(const struct igp_speaker *s)
{
    return &s->igp->dbs[s->router];
}

static void originate_now(struct igp_speaker *s)
{
    timer_set(s->igp->sim, &s->originate, sim_now(s->igp->sim));
}

// An LSA of the adjacencies as they are, not numbered yet; the caller's reference.
static struct lsa *describe(const struct igp_speaker *s)
{
    const struct igp_graph *g = &s->igp->graph;
    struct lsa *l = lsa_new(&s->igp->pool, s->router, igp_graph_degree(g, s->router));
    for (uint32_t i = g->first[s->router]; i < g->first[s->router + 1]; i++) {
        uint32_t half = g->row[i];
        if (s->igp->flood.lines[half].up)
            l->links[l->n++] = (struct lsa_link){half, g->from[half ^ 1], g->metric[half]};
    }
    l->overload = s->overload || s->starting;
    return l;
}

static void has_started(struct sim *sim, struct timer *t)
{
    struct igp_speaker *s = t->owner;
    (void)sim;
    s->starting = false;
    originate_now(s);
}

// Makes and floods a new LSA when it says something new, then greets new neighbours: their answer
// is built on a database that has it.
static void originate(struct sim *sim, struct timer *t)
{
    struct igp_speaker *s = t->owner;
    struct igp *g = s->igp;
    const struct lsa *old = database(s)->newest[s->router];
    struct lsa *l = describe(s);
    if (!old || s->outbid || !lsa_same(old, l)) {
        s->outbid = false;
        l->seq = ++s->seq;
        l->born_ps = sim_now(sim);
        g->stats.lsas_originated++;
        bool differs = lsdb_install(database(s), &g->pool, l);
        flood_lsa(&g->flood, s->router, l, IGP_NONE);
        if (differs)
            igp_speaker_changed(s);
    }
    lsa_drop(&g->pool, l);
    for (uint32_t i = g->graph.first[s->router]; i < g->graph.first[s->router + 1]; i++)
        if (g->flood.lines[g->graph.row[i]].greet)
            flood_hello(&g->flood, g->graph.row[i]);
}

static void try_again(struct sim *sim, struct timer *t)
{
    struct igp_speaker *s = t->owner;
    struct igp *g = s->igp;
    (void)sim;
    for (uint32_t i = g->graph.first[s->router]; i < g->graph.first[s->router + 1]; i++) {
        const struct flood_line *line = &g->flood.lines[g->graph.row[i]];
        if (line->up && line->lost)
            flood_hello(&g->flood, g->graph.row[i]); // sets the timer anew when it is lost too
    }
}

static void spare_put(struct igp *g, struct spf_routes *r)
{
    if (r)
        vec_push(&g->spare, r);
}

static struct spf_routes *spare_get(struct igp *g)
{
    return g->spare.n ? g->spare.v[--g->spare.n] : spf_routes_new(g->graph.nrouters);
}

// The computed routes take effect.
static void publish(struct sim *sim, struct timer *t)
{
    struct igp_speaker *s = t->owner;
    struct igp *g = s->igp;
    struct spf_routes *before = s->routes;
    s->routes = s->computed;
    s->computed = NULL;
    bool changed = !spf_routes_same(before, s->routes);
    spare_put(g, before);
    if (!changed)
        return;
    g->stats.last_change_ps = sim_now(sim);
    g->env.routes_changed(g->env.ctx, g->graph.router[s->router]);
}

// The routes in force are what the database said at its mark, so the new ones follow from the
// difference.
static void compute(struct igp_speaker *s)
{
    struct igp *g = s->igp;
    s->computed = spare_get(g);
    spf_routes_copy(s->computed, s->routes);
    s->one_link_down = delta_run(database(s), s->router, &g->work, s->computed);
    lsdb_mark(database(s), &g->pool);
    s->runs++;
    g->stats.spf_runs++;
}

static void run_spf(struct sim *sim, struct timer *t)
{
    struct igp_speaker *s = t->owner;
    struct igp *g = s->igp;
    SIM_ASSERT(sim, s->alive && !s->computed);
    throttle_started(&s->throttle);
    compute(s);
    if (g->timers.spf_run_ps == 0)
        publish(sim, &s->spf_done);
    else
        timer_set(sim, &s->spf_done, sim_now(sim) + g->timers.spf_run_ps);
}

void igp_speaker_init(struct igp_speaker *s, struct igp *igp, uint32_t router)
{
    const struct igp_timers *t = &igp->timers;
    *s = (struct igp_speaker){.igp = igp, .router = router};
    throttle_init(&s->throttle, t->spf_initial_ps, t->spf_hold_ps, t->spf_max_ps, t->spf_run_ps);
    s->routes = spf_routes_new(igp->graph.nrouters);
    spf_routes_clear(s->routes, router);
    timer_init(igp->sim, &s->originate, originate, s, SIM_PHASE_CONTROL);
    timer_init(igp->sim, &s->startup, has_started, s, SIM_PHASE_CONTROL);
    timer_init(igp->sim, &s->again, try_again, s, SIM_PHASE_CONTROL);
}

void igp_speaker_init_spf(struct igp_speaker *s)
{
    timer_init(s->igp->sim, &s->spf_done, publish, s, SIM_PHASE_CONTROL);
    timer_init(s->igp->sim, &s->spf_start, run_spf, s, SIM_PHASE_CONTROL);
}

void igp_speaker_free(struct igp_speaker *s)
{
    spf_routes_free(s->routes);
    spf_routes_free(s->computed);
}

void igp_speaker_up(struct igp_speaker *s)
{
    if (s->alive)
        return;
    s->alive = true;
    originate_now(s);
}

void igp_speaker_restart(struct igp_speaker *s)
{
    int64_t startup_ps = s->igp->timers.overload_startup_ps;
    if (!s->alive && startup_ps > 0) {
        s->starting = true;
        timer_set(s->igp->sim, &s->startup, sim_now(s->igp->sim) + startup_ps);
    }
    igp_speaker_up(s);
}

void igp_speaker_settled(struct igp_speaker *s)
{
    struct igp *g = s->igp;
    s->alive = true;
    for (uint32_t i = g->graph.first[s->router]; i < g->graph.first[s->router + 1]; i++)
        flood_settled(&g->flood, g->graph.row[i]);
    struct lsa *l = describe(s);
    l->seq = ++s->seq;
    l->born_ps = sim_now(g->sim);
    lsdb_install(database(s), &g->pool, l);
    lsa_drop(&g->pool, l);
    g->stats.lsas_originated++;
}

void igp_speaker_compute(struct igp_speaker *s)
{
    compute(s);
    publish(s->igp->sim, &s->spf_done);
}

void igp_speaker_down(struct igp_speaker *s)
{
    struct igp *g = s->igp;
    s->alive = false;
    s->outbid = false;
    s->starting = false;
    s->one_link_down = false;
    s->seq = 0;
    s->runs++;
    timer_cancel(&s->originate);
    timer_cancel(&s->again);
    timer_cancel(&s->startup);
    timer_cancel(&s->spf_start);
    timer_cancel(&s->spf_done);
    throttle_reset(&s->throttle);
    spare_put(g, s->computed);
    s->computed = NULL;
    spf_routes_clear(s->routes, s->router);
    lsdb_clear(database(s), &g->pool);
    for (uint32_t i = g->graph.first[s->router]; i < g->graph.first[s->router + 1]; i++)
        flood_set(&g->flood, g->graph.row[i], false);
}

void igp_speaker_adjacency(struct igp_speaker *s, uint32_t half, bool up)
{
    if (!s->alive || s->igp->flood.lines[half].up == up)
        return;
    flood_set(&s->igp->flood, half, up);
    originate_now(s);
}

void igp_speaker_news(struct igp_speaker *s)
{
    if (s->alive)
        originate_now(s);
}

void igp_speaker_changed(struct igp_speaker *s)
{
    struct sim *sim = s->igp->sim;
    timer_set(sim, &s->spf_start, throttle_trigger(&s->throttle, sim_now(sim)));
}

void igp_speaker_outbid(struct igp_speaker *s, uint32_t seq)
{
    if (seq > s->seq)
        s->seq = seq;
    s->outbid = true;
    originate_now(s);
}

void igp_speaker_lost(struct igp_speaker *s)
{
    struct igp *g = s->igp;
    if (g->retransmit_ps > 0 && !timer_armed(&s->again))
        timer_set(g->sim, &s->again, sim_now(g->sim) + g->retransmit_ps);
}
