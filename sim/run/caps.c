// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/caps.h"

#include "anycast/cap.h"
#include "base/rng.h"
#include "measure/load.h"

#include <stdlib.h>

enum { EVENT_EXCHANGE, EVENT_APPLY, EVENT_BITS = 1 }; // below: the service

// A direction of a capped EIP at one of its entries.
struct member {
    uint32_t node, pop, policer;
    bool outward;
    gsl_rng *rng;        // which of those that stand for many pass
    double pass;         // their share in this interval
    double allowed_bits; // of them, in this interval; 0: all
    double owed_bits;    // of those before it, that did not pass; negative: that passed too many
    double due_bits;     // of them, that should have passed and have not
    int64_t share_bps;   // of the cap
    int64_t demand_bps;  // of that, for demands
    uint32_t limit;      // of the demands
    uint64_t weighted_bits, weighted_passed_bits; // in this interval
    uint64_t plain_bytes, plain_passed_bytes;     // at the interval's beginning
    struct cap_figures in[PHASE_COUNT];
};

struct capped {
    int service;
    int64_t rate_bps;
    VEC(int64_t) next_bps; // changes on their way, in order
    VEC(struct member) members;
};

struct caps {
    struct entity entity; // must stay first
    struct world *world;
    VEC(struct capped) v;
};

struct gate { // of a node
    struct caps *caps;
    uint32_t node;
};

static const struct service_cap *options(const struct caps *c, const struct capped *x)
{
    return &c->world->scenario->services[x->service].cap;
}

static struct capped *capped_of(struct caps *c, int service)
{
    for (size_t i = 0; i < c->v.n; i++)
        if (c->v.v[i].service == service)
            return &c->v.v[i];
    return NULL;
}

// --- Packets that stand for many

// Each packet passes with a chance that grows with what is due to its kind: `pass` in the mean. What
// passed is never further from that mean than one packet's worth: independent draws would be off by a
// percent after ten thousand of them.
static bool admit(struct member *m, uint64_t bits)
{
    m->weighted_bits += bits;
    if (m->pass < 1) {
        m->due_bits += m->pass * (double)bits;
        if (m->due_bits < gsl_rng_uniform(m->rng) * (double)bits)
            return false;
        m->due_bits -= (double)bits;
    }
    m->weighted_passed_bits += bits;
    return true;
}

static enum fwd_gate_says ask(void *ctx, const struct packet *p, uint32_t service, bool outward)
{
    const struct gate *g = ctx;
    struct capped *x = capped_of(g->caps, (int)service);
    if (p->weight <= 1 || !x)
        return FWD_GATE_METER;
    for (size_t i = 0; i < x->members.n; i++) {
        struct member *m = &x->members.v[i];
        if (m->node != g->node || m->outward != outward)
            continue;
        return admit(m, (uint64_t)p->length * 8 * p->weight) ? FWD_GATE_PASS : FWD_GATE_DROP;
    }
    return FWD_GATE_METER;
}

// --- The exchange

static struct policer_options police(int64_t rate_bps, int64_t burst_ps)
{
    return (struct policer_options){.kind = POLICER_BUCKET,
                                    .cir_bps = (uint64_t)rate_bps,
                                    .cbs_bytes = cap_burst_bytes(rate_bps, burst_ps),
                                    .rules[POLICER_RED] = {POLICER_DROP, 0}};
}

static int64_t per_second(uint64_t bits, int64_t interval_ps)
{
    return (int64_t)((double)bits * ((double)PS_PER_S / (double)interval_ps));
}

static uint64_t all_bytes(const struct policer *p)
{
    return p->counters.bytes[POLICER_GREEN] + p->counters.bytes[POLICER_RED];
}

// What was offered in the interval that ends, and what of it passed, into the figures of its phase.
static struct cap_load look_back(struct caps *c, struct member *m, int64_t interval_ps)
{
    struct world *w = c->world;
    const struct policer *p = fwd_policer(w->net->nodes[m->node].fwd, m->policer);
    int64_t demand_bps = w->demands ? demand_limit_bps(w->demands, m->limit) : 0;
    int64_t middle_ps = sim_now(w->sim) - w->epoch_ps - interval_ps / 2;
    uint64_t plain = all_bytes(p) - m->plain_bytes;
    uint64_t passed = p->counters.bytes[POLICER_GREEN] - m->plain_passed_bytes;
    struct cap_load out = {.plain = per_second(plain * 8, interval_ps),
                           .weighted = per_second(m->weighted_bits, interval_ps),
                           .demand = demand_bps};
    if (middle_ps >= 0 && middle_ps < w->scenario->duration_ps) {
        struct cap_figures *f = &m->in[scenario_phase(w->scenario, middle_ps)];
        int64_t through_bps = demand_bps < m->demand_bps ? demand_bps : m->demand_bps;
        double s = ps_to_s(interval_ps);
        f->seconds += s;
        f->offered_bit += (double)(plain * 8 + m->weighted_bits) + (double)demand_bps * s;
        f->passed_bit += (double)(passed * 8 + m->weighted_passed_bits) + (double)through_bps * s;
        f->share_bit += (double)m->share_bps * s;
    }
    if (m->allowed_bits > 0)
        m->owed_bits += m->allowed_bits - (double)m->weighted_passed_bits;
    m->plain_bytes += plain;
    m->plain_passed_bytes += passed;
    m->weighted_bits = m->weighted_passed_bits = 0;
    return out;
}

// The share of the last interval's offer is off by what the offer changed since, and by chance always to
// the same side. What an interval passed too much or too little is made up for in the next one, up to
// half of what that has.
static void set_pass(struct member *m, const struct cap_split *split, const struct cap_load *load,
                     int64_t interval_ps)
{
    double offered = (double)load->weighted * ps_to_s(interval_ps);
    m->pass = 1;
    if (split->pass >= 1 || offered <= 0) {
        m->allowed_bits = m->owed_bits = 0;
        return;
    }
    double most = split->pass * offered / 2;
    m->allowed_bits = split->pass * offered;
    m->owed_bits = m->owed_bits > most ? most : m->owed_bits < -most ? -most : m->owed_bits;
    double pass = (m->allowed_bits + m->owed_bits) / offered;
    m->pass = pass < 1 ? pass : 1;
}

static void set_member(struct caps *c, const struct capped *x, struct member *m,
                       const struct cap_load *load)
{
    struct world *w = c->world;
    struct fwd_node *fwd = w->net->nodes[m->node].fwd;
    struct cap_split split = cap_split(m->share_bps, load);
    struct policer_options o = police(split.policer_bps, options(c, x)->burst_ps);
    if (o.cir_bps != fwd_policer(fwd, m->policer)->options.cir_bps)
        fwd_policer_set(fwd, m->policer, &o, sim_now(w->sim));
    set_pass(m, &split, load, options(c, x)->interval_ps);
    m->demand_bps = split.demand_bps;
    if (w->demands)
        demand_limit_set(w->demands, m->limit, m->demand_bps);
}

static bool together(const struct service_cap *o, const struct member *a, const struct member *b)
{
    return a->outward == b->outward && (o->scope == CAP_GLOBAL || a->pop == b->pop);
}

// Shares of those that have a bucket together with member `first`, the first of them.
static void share_bucket(struct caps *c, struct capped *x, size_t first,
                         const struct cap_load *loads)
{
    const struct service_cap *o = options(c, x);
    size_t n = x->members.n, count = 0;
    int64_t *offered = xcalloc(2 * n, sizeof *offered), *shares = offered + n;
    for (size_t i = first; i < n; i++)
        if (together(o, &x->members.v[first], &x->members.v[i]))
            offered[count++] = loads[i].plain + loads[i].weighted + loads[i].demand;
    cap_share(x->rate_bps, offered, (int)count, shares);
    count = 0;
    for (size_t i = first; i < n; i++)
        if (together(o, &x->members.v[first], &x->members.v[i])) {
            x->members.v[i].share_bps = shares[count++];
            set_member(c, x, &x->members.v[i], &loads[i]);
        }
    free(offered);
}

static void share(struct caps *c, struct capped *x, const struct cap_load *loads)
{
    const struct service_cap *o = options(c, x);
    for (size_t i = 0; i < x->members.n; i++) {
        bool first = true;
        for (size_t k = 0; k < i; k++)
            first = first && !together(o, &x->members.v[k], &x->members.v[i]);
        if (first)
            share_bucket(c, x, i, loads);
    }
}

static void exchange(struct caps *c, struct capped *x)
{
    int64_t interval_ps = options(c, x)->interval_ps;
    struct cap_load *loads = xcalloc(x->members.n, sizeof *loads);
    for (size_t i = 0; i < x->members.n; i++)
        loads[i] = look_back(c, &x->members.v[i], interval_ps);
    share(c, x, loads);
    free(loads);
}

static void schedule(struct caps *c, const struct capped *x, int64_t at_ps, uint64_t what)
{
    sim_at(c->world->sim, &c->entity, &c->entity, at_ps, SIM_PHASE_WORLD,
           what | (uint64_t)x->service << EVENT_BITS);
}

static void happens(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct caps *c = (struct caps *)self;
    struct capped *x = capped_of(c, (int)(arg >> EVENT_BITS));
    int64_t interval_ps = options(c, x)->interval_ps;
    if (!(arg & EVENT_APPLY)) {
        exchange(c, x);
        if (sim_now(sim) - c->world->epoch_ps < c->world->scenario->duration_ps)
            schedule(c, x, sim_now(sim) + interval_ps, EVENT_EXCHANGE);
        return;
    }
    x->rate_bps = x->next_bps.v[0];
    x->next_bps.n--;
    memmove(x->next_bps.v, x->next_bps.v + 1, x->next_bps.n * sizeof *x->next_bps.v);
}

void caps_change(struct caps *c, int service, int64_t rate_bps)
{
    struct capped *x = capped_of(c, service);
    vec_push(&x->next_bps, rate_bps);
    schedule(c, x, sim_now(c->world->sim) + options(c, x)->apply_ps, EVENT_APPLY);
}

// --- Building

static void add_member(struct caps *c, struct capped *x, struct anycast_entry *e, bool outward)
{
    struct world *w = c->world;
    struct anycast_service *s = &w->services[x->service];
    struct fwd_node *fwd = w->net->nodes[e->node].fwd;
    struct policer_options o = police(x->rate_bps, options(c, x)->burst_ps);
    struct member *m = vec_add(&x->members);
    m->node = e->node;
    m->pop = e->pop;
    m->outward = outward;
    m->policer = fwd_policer_add(fwd, &o);
    m->pass = 1;
    char *name = arena_printf(&w->arena, "%s at %s", w->scenario->services[x->service].name,
                              w->net->nodes[e->node].name);
    m->rng = rng_stream(w->scenario->seed, name, outward ? "cap out" : "cap in");
    *(outward ? &e->binding.out.policer : &e->binding.in.policer) = m->policer;
    fwd_eip_bind(fwd, prefix6_from_prefix(s->prefix), &e->binding);
    struct gate *g = arena_new(&w->arena, struct gate);
    *g = (struct gate){c, e->node};
    fwd_gate_set(fwd, &(struct fwd_gate){g, ask});
}

static void add_capped(struct caps *c, int service)
{
    struct world *w = c->world;
    struct anycast_service *s = &w->services[service];
    struct capped *x = vec_add(&c->v);
    x->service = service;
    x->rate_bps = w->scenario->services[service].cap.rate_bps;
    int ways = options(c, x)->direction == CAP_BOTH ? 2 : 1;
    for (size_t i = 0; i < s->entries.n; i++)
        for (int way = 0; way < ways; way++)
            add_member(c, x, &s->entries.v[i], way == 0);
    struct cap_load *none = xcalloc(x->members.n, sizeof *none);
    share(c, x, none);
    free(none);
    // From when there is traffic on, so that time 0 finds shares that fit it.
    int64_t at_ps = w->epoch_ps - load_lead_ps(w->scenario) + options(c, x)->interval_ps;
    schedule(c, x, at_ps, EVENT_EXCHANGE);
}

struct caps *caps_new(struct world *w)
{
    struct caps *c = xcalloc(1, sizeof *c);
    sim_entity(w->sim, &c->entity, happens);
    c->world = w;
    for (int i = 0; i < w->scenario->nservices; i++)
        if (w->scenario->services[i].cap.rate_bps)
            add_capped(c, i);
    return c;
}

void caps_limit_demands(struct caps *c)
{
    struct world *w = c->world;
    VEC(struct limit) limits = {0};
    for (size_t i = 0; i < c->v.n; i++)
        for (size_t k = 0; k < c->v.v[i].members.n; k++) {
            struct member *m = &c->v.v[i].members.v[k];
            struct limit l = {
                .node = m->node, .service = (uint32_t)c->v.v[i].service, .outward = m->outward};
            m->limit = (uint32_t)limits.n;
            vec_push(&limits, l);
        }
    if (limits.n)
        demand_limits(w->demands, limits.v, (uint32_t)limits.n);
    for (size_t i = 0; i < c->v.n; i++)
        for (size_t k = 0; k < c->v.v[i].members.n; k++)
            demand_limit_set(w->demands, c->v.v[i].members.v[k].limit,
                             c->v.v[i].members.v[k].demand_bps);
    vec_free(&limits);
}

void caps_collect(struct caps *c, struct results *r)
{
    VEC(struct cap_result) all = {0};
    for (size_t i = 0; i < c->v.n; i++)
        for (size_t k = 0; k < c->v.v[i].members.n; k++) {
            const struct member *m = &c->v.v[i].members.v[k];
            struct cap_result row = {
                .service = c->v.v[i].service, .pop = (int)m->pop, .outward = m->outward};
            memcpy(row.in, m->in, sizeof row.in);
            vec_push(&all, row);
        }
    r->caps = all.v;
    r->ncaps = (int)all.n;
}

void caps_free(struct caps *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->v.n; i++) {
        for (size_t k = 0; k < c->v.v[i].members.n; k++)
            gsl_rng_free(c->v.v[i].members.v[k].rng);
        vec_free(&c->v.v[i].members);
        vec_free(&c->v.v[i].next_bps);
    }
    vec_free(&c->v);
    free(c);
}
