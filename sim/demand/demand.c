// SPDX-License-Identifier: GPL-3.0-or-later
#include "demand/demand.h"

#include <math.h>

struct part { // a flow of the solver
    int demand, pair;
    bool down;
    double bps;       // of the pair: full rate, before curve and surges
    double share;     // of that
    int64_t since_ps; // accounted for until then
    struct demand_figures in[PHASE_COUNT];
    double *pop_bit; // [phase * npops + pop], or NULL
};

struct surging {
    const struct surge *surge;
    int64_t begin_ps;
};

struct demand_run {
    struct entity entity; // must stay first: its events are ticks, phase borders, and solving
    const struct scenario *scenario;
    struct sim *sim;
    struct net *net;
    struct demand_world world;
    struct solver *solver;
    int64_t begin_ps, epoch_ps;
    bool begun, pending;
    int nbuckets;
    int *pop_of;            // by node: the POP there, or -1
    VEC(struct part) parts; // by flow
    VEC(struct surging) surges;
    struct demand_figures *series;
};

enum { EVENT_TICK, EVENT_BORDER, EVENT_SOLVE };

// --- Accounts

void demand_figures_add(struct demand_figures *sum, const struct demand_figures *f)
{
    sum->offered_bit += f->offered_bit;
    sum->sent_bit += f->sent_bit;
    sum->delivered_bit += f->delivered_bit;
    sum->delay_bit_ps += f->delay_bit_ps;
    for (int k = 0; k < GRAPH_CAUSES; k++)
        sum->lost_bit[k] += f->lost_bit[k];
}

static void account_pops(const struct demand_run *d, struct part *p, uint32_t flow,
                         enum phase phase, double sent_bit)
{
    const struct solver_end *ends;
    size_t n = solver_ends(d->solver, flow, &ends);
    bool entries = false;
    for (size_t i = 0; i < n; i++)
        entries |= ends[i].entry;
    for (size_t i = 0; i < n; i++) {
        int pop = d->world.pop(d->world.ctx, ends[i].node);
        if (ends[i].entry == entries && pop >= 0)
            p->pop_bit[(int)phase * d->scenario->topology.npops + pop] += sent_bit * ends[i].share;
    }
}

static bool with_service(const struct demand_run *d, const struct part *p)
{
    return d->scenario->demands[p->demand].pairs[p->pair].to.kind == DEMAND_SERVICE;
}

static void tell_slice(const struct demand_run *d, const struct part *p, uint32_t flow,
                       int64_t from_ps, int64_t to_ps, double sent_bit)
{
    struct demand_slice s = {.demand = p->demand,
                             .pair = p->pair,
                             .down = p->down,
                             .from_ps = from_ps - d->epoch_ps,
                             .to_ps = to_ps - d->epoch_ps,
                             .sent_bit = sent_bit};
    s.npassages = solver_passages(d->solver, flow, &s.passages);
    s.nlegs = solver_legs(d->solver, flow, &s.legs);
    d->world.slice(d->world.ctx, &s);
}

// What has been so since the last time is added up.
static void account(struct demand_run *d, uint32_t flow)
{
    struct part *p = &d->parts.v[flow];
    const struct solver_outcome *o = solver_outcome(d->solver, flow);
    int64_t now_ps = sim_now(d->sim), end_ps = d->epoch_ps + d->scenario->duration_ps;
    int64_t from_ps = p->since_ps > d->epoch_ps ? p->since_ps : d->epoch_ps;
    int64_t to_ps = now_ps < end_ps ? now_ps : end_ps;
    p->since_ps = now_ps;
    if (from_ps >= to_ps)
        return;
    int64_t middle_ps = from_ps + (to_ps - from_ps) / 2 - d->epoch_ps;
    enum phase phase = scenario_phase(d->scenario, middle_ps);
    double s = ps_to_s(to_ps - from_ps) / SOLVER_MILLI;
    struct demand_figures f = {.offered_bit = (double)o->offered_milli * s,
                               .sent_bit = (double)o->rate_milli * s};
    f.delivered_bit = f.sent_bit * o->delivered;
    f.delay_bit_ps = f.delivered_bit * o->delay_ps;
    for (int k = 0; k < GRAPH_CAUSES; k++)
        f.lost_bit[k] = f.sent_bit * o->lost[k];
    demand_figures_add(&p->in[phase], &f);
    if (p->pop_bit)
        account_pops(d, p, flow, phase, f.sent_bit);
    if (d->world.slice && with_service(d, p))
        tell_slice(d, p, flow, from_ps, to_ps, f.sent_bit);
    int64_t bucket = middle_ps / d->scenario->bucket_ps;
    int row = p->demand * 2 + p->down;
    demand_figures_add(&d->series[(int64_t)row * d->nbuckets + bucket], &f);
}

static void changes(void *ctx, uint32_t flow)
{
    account(ctx, flow);
}

static void account_all(struct demand_run *d)
{
    for (uint32_t i = 0; i < d->parts.n; i++)
        account(d, i);
}

// --- Rates

static const struct city *city_of(const struct scenario *s, const struct demand_end *e)
{
    if (e->kind == DEMAND_CITY)
        return s->topology.networks[e->network].cities[e->index].city;
    const struct network *n = &s->topology.networks[s->groups[e->index].network];
    return n->cities[n->clients[s->groups[e->index].index].city].city;
}

static double curve_factor(const struct demand_run *d, const struct demand *demand,
                           const struct demand_pair *pair, int64_t t_ps)
{
    const struct daytime *c = &d->scenario->daytime;
    if (!demand->curve)
        return 1;
    double passed_ps = (double)t_ps * ((double)c->speed_ppm / 1e6);
    int64_t local_ps = d->scenario->clock_ps + (int64_t)fmod(passed_ps, (double)CURVE_DAY_PS);
    if (!c->one_zone)
        local_ps += city_of(d->scenario, &pair->from)->utc_offset_ps - c->zone_ps;
    return (double)curve_ppm(demand->curve, local_ps) / 1e6;
}

static double surge_factor(const struct demand_run *d, const struct part *p,
                           const struct demand_pair *pair, int64_t now_ps)
{
    double factor = 1;
    for (size_t i = 0; i < d->surges.n; i++) {
        const struct surge *s = d->surges.v[i].surge;
        bool meant = !s->from || (pair->from.kind == DEMAND_GROUP && s->from[pair->from.index]);
        if (s->demand != p->demand || !meant)
            continue;
        double passed_ps = (double)(now_ps - d->surges.v[i].begin_ps), grown = 1;
        if (passed_ps < (double)s->ramp_ps)
            grown = passed_ps / (double)s->ramp_ps;
        factor *= 1 + ((double)s->factor_ppm / 1e6 - 1) * grown;
    }
    return factor;
}

// Curves at the middle of the bucket that `at_ps` lies in, surges as they are.
static void set_rates(struct demand_run *d)
{
    int64_t now_ps = sim_now(d->sim), bucket_ps = d->scenario->bucket_ps;
    int64_t t_ps = now_ps - d->epoch_ps;
    int64_t bucket = t_ps < 0 ? -1 : t_ps / bucket_ps;
    int64_t middle_ps = bucket * bucket_ps + bucket_ps / 2;
    double sum = 0;
    for (uint32_t i = 0; i < d->parts.n; i++) {
        const struct part *p = &d->parts.v[i];
        const struct demand *demand = &d->scenario->demands[p->demand];
        const struct demand_pair *pair = &demand->pairs[p->pair];
        double milli = p->bps * p->share * SOLVER_MILLI * curve_factor(d, demand, pair, middle_ps) *
                       surge_factor(d, p, pair, now_ps + (bucket < 0 ? 0 : bucket_ps / 2));
        double left = (double)SOLVER_MAX - sum; // a surge can ask for anything
        milli = milli < left ? milli : left;
        sum += milli;
        solver_offer(d->solver, i, (int64_t)milli);
    }
}

// --- Time

static void solve(struct demand_run *d)
{
    d->pending = false;
    solver_solve(d->solver);
}

static void solve_soon(struct demand_run *d)
{
    if (!d->begun || d->pending)
        return;
    d->pending = true;
    sim_at(d->sim, &d->entity, &d->entity, sim_now(d->sim), SIM_PHASE_DATA, EVENT_SOLVE);
}

static void tick(struct demand_run *d)
{
    int64_t end_ps = d->epoch_ps + d->scenario->duration_ps, now_ps = sim_now(d->sim);
    int64_t next_ps = now_ps < d->epoch_ps ? d->epoch_ps : now_ps + d->scenario->bucket_ps;
    account_all(d);
    if (now_ps >= end_ps)
        return;
    if (!d->begun)
        solver_everything_changed(d->solver);
    d->begun = true;
    set_rates(d);
    solver_loads_changed(d->solver);
    solve(d);
    sim_at(d->sim, &d->entity, &d->entity, next_ps < end_ps ? next_ps : end_ps, SIM_PHASE_METER,
           EVENT_TICK);
}

static void happens(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct demand_run *d = (struct demand_run *)self;
    (void)sim;
    if (arg == EVENT_TICK)
        tick(d);
    else if (arg == EVENT_BORDER)
        account_all(d);
    else
        solve(d);
}

void demand_fib_changed(void *run, uint32_t node, struct prefix6 p)
{
    struct demand_run *d = run;
    if (!d->begun)
        return;
    solver_fib_changed(d->solver, node, p);
    solve_soon(d);
}

void demand_port_changed(void *run, uint32_t port)
{
    struct demand_run *d = run;
    if (!d->begun)
        return;
    solver_port_changed(d->solver, port);
    solve_soon(d);
}

void demand_surge(struct demand_run *d, const struct surge *s, bool begins)
{
    struct surging new = {s, sim_now(d->sim)};
    size_t kept = 0;
    if (begins)
        vec_push(&d->surges, new);
    for (size_t i = 0; i < d->surges.n && !begins; i++)
        if (d->surges.v[i].surge != s)
            d->surges.v[kept++] = d->surges.v[i];
    if (!begins)
        d->surges.n = kept;
    if (!d->begun)
        return;
    set_rates(d);
    solve_soon(d);
}

void demand_through(const struct demand_run *d, uint32_t node, double bps[2])
{
    bps[0] = bps[1] = 0;
    for (uint32_t i = 0; i < d->parts.n; i++) {
        const struct solver_end *ends;
        size_t n = d->parts.v[i].pop_bit ? solver_ends(d->solver, i, &ends) : 0;
        bool answered = i + 1 < d->parts.n && d->parts.v[i + 1].down; // see demand_add
        for (size_t k = 0; k < n; k++) {
            if (!ends[k].entry || ends[k].node != node)
                continue;
            bps[0] +=
                (double)solver_outcome(d->solver, i)->rate_milli * ends[k].share / SOLVER_MILLI;
            if (answered)
                bps[1] += (double)solver_outcome(d->solver, i + 1)->rate_milli * ends[k].share /
                          SOLVER_MILLI;
        }
    }
}

void demand_limits(struct demand_run *d, const struct limit *limits, uint32_t n)
{
    solver_limits(d->solver, limits, n);
}

void demand_limit_set(struct demand_run *d, uint32_t limit, int64_t bps)
{
    solver_limit_set(d->solver, limit, bps);
    solve_soon(d);
}

int64_t demand_limit_bps(const struct demand_run *d, uint32_t limit)
{
    return solver_limit_milli(d->solver, limit) / SOLVER_MILLI;
}

// --- Building, results

static struct ip6_addr address(void *ctx, uint32_t node)
{
    const struct demand_run *d = ctx;
    return d->world.address(d->world.ctx, node);
}

// Where it is published, the flow's service takes packets in.
static int pop(void *ctx, uint32_t flow, uint32_t node)
{
    const struct demand_run *d = ctx;
    const struct part *p = &d->parts.v[flow];
    const struct demand_end *to = &d->scenario->demands[p->demand].pairs[p->pair].to;
    const struct service *s = &d->scenario->services[to->index];
    for (int i = 0; i < s->npublish && d->pop_of[node] >= 0; i++)
        if (s->publish[i] == d->pop_of[node])
            return d->pop_of[node];
    return -1;
}

static bool inside(void *ctx, uint32_t node)
{
    const struct demand_run *d = ctx;
    return d->world.inside(d->world.ctx, node);
}

struct demand_run *demand_new(const struct scenario *s, struct net *net,
                              const struct demand_world *world, int64_t begin_ps, int64_t epoch_ps)
{
    struct demand_run *d = xcalloc(1, sizeof *d);
    struct solver_hooks hooks = {d, address, changes, pop, inside};
    d->scenario = s;
    d->sim = net->sim;
    d->net = net;
    d->world = *world;
    d->begin_ps = begin_ps;
    d->epoch_ps = epoch_ps;
    d->nbuckets = (int)((s->duration_ps + s->bucket_ps - 1) / s->bucket_ps);
    d->series = xcalloc((size_t)s->ndemands * 2 * (size_t)d->nbuckets, sizeof *d->series);
    d->pop_of = xcalloc((size_t)net->nnodes + 1, sizeof *d->pop_of);
    for (uint32_t i = 0; i < net->nnodes; i++)
        d->pop_of[i] = world->pop(world->ctx, i);
    d->solver = solver_new(net, &hooks);
    sim_entity(d->sim, &d->entity, happens);
    sim_at(d->sim, &d->entity, &d->entity, begin_ps, SIM_PHASE_METER, EVENT_TICK);
    for (int i = 0; i < 2; i++) {
        int64_t border_ps = i ? s->outage_to_ps : s->outage_from_ps;
        if (border_ps > 0 && border_ps < s->duration_ps)
            sim_at(d->sim, &d->entity, &d->entity, epoch_ps + border_ps, SIM_PHASE_METER,
                   EVENT_BORDER);
    }
    return d;
}

void demand_free(struct demand_run *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->parts.n; i++)
        free(d->parts.v[i].pop_bit);
    solver_free(d->solver);
    vec_free(&d->parts);
    vec_free(&d->surges);
    free(d->series);
    free(d->pop_of);
    free(d);
}

static uint32_t add_flow(struct demand_run *d, const struct demand_part *p, bool down,
                         uint32_t request)
{
    const struct demand *demand = &d->scenario->demands[p->demand];
    const struct demand_pair *pair = &demand->pairs[p->pair];
    bool service = pair->to.kind == DEMAND_SERVICE;
    struct part *part = vec_add(&d->parts);
    part->demand = p->demand;
    part->pair = p->pair;
    part->down = down;
    part->bps = down ? pair->down_bps : pair->up_bps;
    part->share = p->share;
    if (service && !down)
        part->pop_bit = xcalloc((size_t)PHASE_COUNT * (size_t)d->scenario->topology.npops,
                                sizeof *part->pop_bit);
    struct solver_flow f = {.node = p->node,
                            .to = down ? p->from : p->to,
                            .bytes = (uint32_t)demand->bytes,
                            .elastic = demand->elastic,
                            .weight = pair->users > 0 ? pair->users : 1,
                            .service = service ? (uint32_t)pair->to.index : SOLVER_NONE,
                            .answers = down ? request : SOLVER_NONE,
                            .ends = service && !down,
                            .passes = service && d->world.slice};
    return solver_add(d->solver, &f);
}

uint32_t demand_add(struct demand_run *d, const struct demand_part *p)
{
    const struct demand_pair *pair = &d->scenario->demands[p->demand].pairs[p->pair];
    uint32_t request = add_flow(d, p, false, SOLVER_NONE);
    if (pair->down_bps > 0)
        add_flow(d, p, true, request);
    return request;
}

void demand_share(struct demand_run *d, uint32_t part, double share)
{
    struct part *p = &d->parts.v[part];
    p->share = share;
    if (part + 1 < d->parts.n && p[1].down && p[1].demand == p->demand && p[1].pair == p->pair)
        p[1].share = share;
}

static void add_result(const struct demand_run *d, const struct part *p, struct demand_result *r)
{
    int npops = d->scenario->topology.npops;
    r->demand = p->demand;
    r->pair = p->pair;
    r->down = p->down;
    for (int ph = 0; ph < PHASE_COUNT; ph++) {
        demand_figures_add(&r->in[ph], &p->in[ph]);
        if (!p->pop_bit)
            continue;
        if (!r->pop_bit[ph])
            r->pop_bit[ph] = xcalloc((size_t)npops, sizeof *r->pop_bit[ph]);
        for (int i = 0; i < npops; i++)
            r->pop_bit[ph][i] += p->pop_bit[ph * npops + i];
    }
}

void demand_collect(const struct demand_run *d, struct demand_results *out)
{
    const struct scenario *s = d->scenario;
    *out = (struct demand_results){.nbuckets = d->nbuckets};
    size_t bytes = (size_t)s->ndemands * 2 * (size_t)d->nbuckets * sizeof *out->series;
    out->series = xmalloc(bytes + 1);
    memcpy(out->series, d->series, bytes);
    out->v = xcalloc(d->parts.n + 1, sizeof *out->v);
    for (size_t i = 0; i < d->parts.n; i++) {
        const struct part *p = &d->parts.v[i];
        // Parts of a pair follow each other: request and answer, then the next part's.
        struct demand_result *r = NULL;
        for (int k = out->n - 1; k >= 0 && k >= out->n - 2; k--)
            if (out->v[k].demand == p->demand && out->v[k].pair == p->pair &&
                out->v[k].down == p->down)
                r = &out->v[k];
        add_result(d, p, r ? r : &out->v[out->n++]);
    }
    const int64_t border[PHASE_COUNT + 1] = {0, s->outage_from_ps, s->outage_to_ps, s->duration_ps};
    for (int ph = 0; ph < PHASE_COUNT; ph++)
        out->phase_s[ph] = ps_to_s(border[ph + 1] - border[ph]);
}

void demand_results_free(struct demand_results *r)
{
    for (int i = 0; i < r->n; i++)
        for (int ph = 0; ph < PHASE_COUNT; ph++)
            free(r->v[i].pop_bit[ph]);
    free(r->v);
    free(r->series);
    *r = (struct demand_results){0};
}
