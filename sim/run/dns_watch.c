// SPDX-License-Identifier: GPL-3.0-or-later
// How DNS finds out which answers work and how far they are.
#include "base/rng.h"
#include "run/dns_state.h"

#define GAUGE_LEAD_PS (10 * PS_PER_S) // of the first measurements, before users ask

static double phase_of(const struct dns_zone *z, const char *name)
{
    gsl_rng *rng = rng_stream(sim_seed(z->dns->w->sim), name, "phase");
    double phase = rng_uniform(rng);
    gsl_rng_free(rng);
    return phase;
}

// --- Health

enum { PROBE_SEND, PROBE_JUDGE };

// Up while enough probers say so.
static void count_votes(struct dns_zone *z, uint32_t answer)
{
    size_t votes = 0;
    for (size_t i = 0; i < z->probers.n; i++)
        votes += checker_is_up(&z->probers.v[i]->checker, answer);
    int64_t ppm = (int64_t)votes * 1000000 / (int64_t)z->probers.n;
    gslb_set_up(z->policy, (int)answer, ppm >= z->is->health.quorum_ppm);
}

static void result(struct dns_prober *p, uint32_t answer, bool good)
{
    int64_t now_ps = sim_now(p->zone->dns->w->sim);
    p->open &= ~(1u << answer);
    if (checker_result(&p->checker, answer, good, now_ps) != HEALTH_SAME)
        count_votes(p->zone, answer);
}

static void prober_happens(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct dns_prober *p = (struct dns_prober *)self;
    const struct gslb_health *h = &p->zone->is->health;
    int64_t now_ps = sim_now(sim);
    for (uint32_t i = 0; arg == PROBE_JUDGE && i < (uint32_t)p->zone->is->nanswers; i++)
        if (p->open >> i & 1)
            result(p, i, false);
    if (arg == PROBE_JUDGE || dns_now(p->zone->dns) >= p->zone->dns->w->scenario->duration_ps)
        return;
    sim_at(sim, &p->entity, &p->entity, now_ps + h->timeout_ps, SIM_PHASE_DATA, PROBE_JUDGE);
    sim_at(sim, &p->entity, &p->entity, now_ps + h->interval_ps, SIM_PHASE_DATA, PROBE_SEND);
    p->serial++;
    for (uint32_t i = 0; i < (uint32_t)p->zone->is->nanswers; i++) {
        p->open |= 1u << i;
        lookup_ping(p->flow, p->zone->address[i], p->serial * GSLB_ANSWERS_MAX + i);
    }
}

static void prober_answered(void *ctx, struct flow *f, uint32_t question,
                            const struct lookup_answer *a)
{
    const struct dns_zone *z = ctx;
    (void)a;
    for (size_t i = 0; i < z->probers.n; i++) {
        struct dns_prober *p = z->probers.v[i];
        uint32_t answer = question % GSLB_ANSWERS_MAX;
        if (p->flow == f && question / GSLB_ANSWERS_MAX == p->serial && p->open >> answer & 1)
            result(p, answer, true);
    }
}

static void add_prober(struct dns_zone *z, int group)
{
    const struct gslb_health *h = &z->is->health;
    const struct world *w = z->dns->w;
    struct health_options o = {h->interval_ps, h->timeout_ps, (uint32_t)h->fall, (uint32_t)h->rise};
    struct dns_prober *p = xcalloc(1, sizeof *p);
    char name[300], text[160];
    scenario_group_name(w->scenario, group, text, sizeof text);
    snprintf(name, sizeof name, "%s prober %s", w->scenario->services[z->service].name, text);
    sim_entity(w->sim, &p->entity, prober_happens);
    p->zone = z;
    p->flow =
        dns_flow(z, name, w->group_node[group], world_client_address(w, group), &z->prober_hooks);
    checker_init(&p->checker, &o);
    for (int i = 0; i < z->is->nanswers; i++)
        checker_add(&p->checker, z->dns->start_ps);
    vec_push(&z->probers, p);
    int64_t first_ps = z->dns->start_ps + (int64_t)(phase_of(z, name) * (double)h->interval_ps);
    sim_at(w->sim, &p->entity, &p->entity, first_ps, SIM_PHASE_DATA, PROBE_SEND);
}

static int64_t people_of(const struct world *w, int group)
{
    const struct group_ref *g = &w->scenario->groups[group];
    return w->scenario->topology.networks[g->network].clients[g->index].population;
}

static void build_probers(struct dns_zone *z)
{
    const struct world *w = z->dns->w;
    const struct scenario *s = w->scenario;
    int *largest = xcalloc((size_t)s->topology.nnetworks, sizeof *largest);
    for (int i = 0; i < s->topology.nnetworks; i++)
        largest[i] = -1;
    for (int g = 0; g < s->ngroups; g++) {
        int *best = &largest[s->groups[g].network];
        if (*best < 0 || people_of(w, g) > people_of(w, *best))
            *best = g;
    }
    for (int g = 0; g < s->ngroups; g++)
        if (z->is->health.from ? z->is->health.from[g] : largest[s->groups[g].network] == g)
            add_prober(z, g);
    free(largest);
}

// --- Distance

static void gauge_happens(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct dns_gauge *g = (struct dns_gauge *)self;
    const struct dns_zone *z = g->zone;
    (void)arg;
    if (dns_now(z->dns) >= z->dns->w->scenario->duration_ps)
        return;
    g->sent_ps = sim_now(sim);
    g->serial++;
    sim_at(sim, &g->entity, &g->entity, g->sent_ps + z->is->measure_ps, SIM_PHASE_DATA, 0);
    for (uint32_t i = 0; i < (uint32_t)z->is->nanswers; i++)
        lookup_ping(g->flow, z->address[i], g->serial * GSLB_ANSWERS_MAX + i);
}

static void gauge_answered(void *ctx, struct flow *f, uint32_t question,
                           const struct lookup_answer *a)
{
    const struct dns_zone *z = ctx;
    (void)a;
    for (size_t i = 0; i < z->gauges.n; i++) {
        const struct dns_gauge *g = z->gauges.v[i];
        if (g->flow == f && question / GSLB_ANSWERS_MAX == g->serial)
            gslb_measured(z->policy, g->view, (int)(question % GSLB_ANSWERS_MAX),
                          sim_now(z->dns->w->sim) - g->sent_ps);
    }
}

static void add_gauge(struct dns_zone *z, int view)
{
    const struct world *w = z->dns->w;
    const struct scenario *s = w->scenario;
    const struct dns_host *h = view < s->ngroups ? NULL : &z->dns->hosts.v[view - s->ngroups];
    struct dns_gauge *g = xcalloc(1, sizeof *g);
    char name[300];
    snprintf(name, sizeof name, "%s gauge %s", s->services[z->service].name,
             w->net->nodes[h ? h->node : w->group_node[view]].name);
    sim_entity(w->sim, &g->entity, gauge_happens);
    g->zone = z;
    g->view = view;
    g->flow = dns_flow(z, name, h ? h->node : w->group_node[view],
                       h ? h->address : world_client_address(w, view), &z->gauge_hooks);
    vec_push(&z->gauges, g);
    int64_t spread_ps =
        z->is->measure_ps < GAUGE_LEAD_PS / 2 ? z->is->measure_ps : GAUGE_LEAD_PS / 2;
    int64_t first_ps = z->dns->start_ps - GAUGE_LEAD_PS;
    first_ps = (first_ps < 0 ? 0 : first_ps) + (int64_t)(phase_of(z, name) * (double)spread_ps);
    sim_at(w->sim, &g->entity, &g->entity, first_ps, SIM_PHASE_DATA, 0);
}

static void build_gauges(struct dns_zone *z)
{
    const struct dns *d = z->dns;
    bool *wanted = xcalloc((size_t)dns_views(d), sizeof *wanted);
    for (int g = 0; g < d->w->scenario->ngroups; g++) {
        const struct dns_crowd *c = z->crowds[g];
        for (int i = 0; c && i < audience_classes(c->users); i++)
            wanted[dns_view_of(c, audience_class(c->users, i))] = true;
        if (c) // to know who is misplaced
            wanted[g] = true;
    }
    for (int v = 0; v < dns_views(d); v++)
        if (wanted[v])
            add_gauge(z, v);
    free(wanted);
}

void dns_watch_build(struct dns_zone *z)
{
    z->prober_hooks = (struct lookup_hooks){z, NULL, prober_answered};
    z->gauge_hooks = (struct lookup_hooks){z, NULL, gauge_answered};
    if (z->is->health.interval_ps)
        build_probers(z);
    if (z->is->choose == GSLB_BY_RTT)
        build_gauges(z);
}

bool dns_dead(const struct dns_zone *z, int answer)
{
    const struct world *w = z->dns->w;
    const struct anycast_service *s = &w->services[z->is->answers[answer]];
    for (size_t i = 0; i < s->sites.n; i++) {
        const struct anycast_site *site = &s->sites.v[i];
        uint32_t router = control_router(w->control, site->router)->node;
        if (site->announced && w->net->nodes[router].downs == 0 &&
            w->net->nodes[site->server].downs == 0)
            return false;
    }
    return true;
}
