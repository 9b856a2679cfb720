// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/pop_drains.h"

#include "anycast/drain.h"
#include "base/arena.h"
#include "run/fault.h"
#include "run/site.h"

#include <stdlib.h>

struct pop_state {
    struct world *world;
    int pop;
    struct drain drain;
    const struct pop_drain *what;
    struct timer timer;
    struct fault off; // what is switched off
};

struct pop_drains {
    int n;
    struct pop_state *pops;
};

// --- What comes

static bool is_router_of(const struct world *w, uint32_t node, int pop)
{
    const struct pop *p = site_pop(w, pop);
    const struct world_node *n = &w->nodes[node];
    return n->pop < 0 && n->router != CONTROL_NO_ROUTER && n->network == p->network &&
           n->city == p->city;
}

// Packets for services that entries have taken in and lines to servers have carried.
static uint64_t come_for_services(const struct world *w, int pop, bool *busy)
{
    uint64_t sum = 0;
    for (int i = 0; i < w->scenario->nservices; i++) {
        const struct anycast_service *s = &w->services[i];
        for (size_t k = 0; k < s->entries.n; k++) {
            uint32_t node = s->entries.v[k].node;
            const struct fwd_eip_counters *c =
                fwd_eip_counters(w->net->nodes[node].fwd, prefix6_from_prefix(s->prefix));
            double bps[2] = {0, 0};
            if (s->entries.v[k].pop != (uint32_t)pop || w->net->nodes[node].downs)
                continue;
            if (w->demands)
                demand_through(w->demands, node, bps);
            *busy |= bps[0] > 0;
            sum += c ? c->in.packets + c->dropped_in : 0;
        }
    }
    for (uint32_t i = 0; i < w->net->nports; i++) {
        const struct port *p = w->net->ports[i];
        const struct world_node *to = &w->nodes[p->to];
        if (is_router_of(w, p->from, pop) && to->pop == pop && to->router == CONTROL_NO_ROUTER) {
            sum += p->packets;
            *busy |= p->fluid && p->fluid->demand_bps > 0;
        }
    }
    return sum;
}

// And whatever leaves the routers, for anybody.
static uint64_t come_at_all(const struct world *w, int pop, bool *busy)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < w->net->nports; i++) {
        const struct port *p = w->net->ports[i];
        if (!is_router_of(w, p->from, pop))
            continue;
        sum += p->packets;
        *busy |= p->fluid && p->fluid->demand_bps > 0;
    }
    return sum;
}

// --- Steps

static void on_service(struct pop_state *p, int service, enum drain_step step, bool on)
{
    struct world *w = p->world;
    struct anycast_service *s = &w->services[service];
    struct anycast_where here = {(uint32_t)p->pop, ANYCAST_ALL_ROUTERS};
    switch (step) {
    case DRAIN_GSHUT:
        for (size_t i = 0; i < s->sites.n; i++)
            if (s->sites.v[i].pop == (uint32_t)p->pop)
                control_drain(w->control, s->sites.v[i].router, s->prefix, on);
        break;
    case DRAIN_PREPEND:
        for (size_t i = 0; i < s->sites.n; i++)
            if (s->sites.v[i].pop == (uint32_t)p->pop)
                control_prepend_least(w->control, s->sites.v[i].router, s->prefix,
                                      on ? p->what->prepend : 0);
        break;
    default:
        if (on)
            anycast_hold(s, w->control, here, ANYCAST_BY_DRAIN);
        else
            anycast_let(s, w->control, here, ANYCAST_BY_DRAIN);
        break;
    }
}

static void on_transit(const struct pop_state *p, bool on)
{
    struct world *w = p->world;
    for (int k = 0; k < site_routers(w, p->pop); k++) {
        uint32_t router = site_router(w, p->pop, k);
        control_drain_sessions(w->control, router, CONTROL_NO_ROUTER, on);
        control_set_overload(w->control, router, on);
    }
}

static void take_step(struct pop_state *p, enum drain_step step, bool on)
{
    if (step == DRAIN_TRANSIT) {
        on_transit(p, on);
        return;
    }
    for (int i = 0; i < p->world->scenario->nservices; i++)
        on_service(p, i, step, on);
}

static void switch_off(struct pop_state *p)
{
    const struct world *w = p->world;
    for (uint32_t i = 0; i < w->net->nnodes; i++) {
        const struct world_node *n = &w->nodes[i];
        bool all = p->what->off == POP_OFF_EVERYTHING;
        if (all ? n->pop == p->pop || is_router_of(w, i, p->pop)
                : n->pop == p->pop && n->gateway > 0)
            vec_push(&p->off.nodes, i);
    }
    fault_break(p->world, &p->off, false);
}

static void switch_on(struct pop_state *p)
{
    fault_mend(p->world, &p->off, false);
    p->off.nodes.n = 0;
}

static bool obey(struct pop_state *p, struct drain_order o)
{
    switch (o.act) {
    case DRAIN_DO:
    case DRAIN_UNDO:
        take_step(p, o.step, o.act == DRAIN_DO);
        return true;
    case DRAIN_OFF:
        switch_off(p);
        return true;
    case DRAIN_ON:
        switch_on(p);
        return true;
    default:
        return false;
    }
}

static void go_on(struct sim *sim, struct timer *t)
{
    struct pop_state *p = t->owner;
    bool busy = false, all = p->what->off == POP_OFF_EVERYTHING;
    uint64_t traffic = come_for_services(p->world, p->pop, &busy);
    traffic += all ? come_at_all(p->world, p->pop, &busy) : 0;
    while (obey(p, drain_next(&p->drain, traffic, busy, sim_now(sim))))
        continue;
    if (p->drain.next_ps < INT64_MAX)
        timer_set(sim, &p->timer, p->drain.next_ps);
}

// --- For the timeline

struct pop_drains *pop_drains_new(struct world *w)
{
    struct pop_drains *d = xcalloc(1, sizeof *d);
    d->n = w->scenario->topology.npops;
    d->pops = xcalloc((size_t)d->n + 1, sizeof *d->pops);
    for (int i = 0; i < d->n; i++) {
        d->pops[i].world = w;
        d->pops[i].pop = i;
        drain_init(&d->pops[i].drain);
    }
    return d;
}

void pop_drains_free(struct pop_drains *d)
{
    if (!d)
        return;
    for (int i = 0; i < d->n; i++)
        fault_free(&d->pops[i].off);
    free(d->pops);
    free(d);
}

static struct drain_plan plan_of(const struct pop_drain *what)
{
    static const enum drain_step steps[POP_DRAIN_STEPS] = {[POP_DRAIN_GSHUT] = DRAIN_GSHUT,
                                                           [POP_DRAIN_PREPEND] = DRAIN_PREPEND,
                                                           [POP_DRAIN_WITHDRAW] = DRAIN_WITHDRAW};
    struct drain_plan plan = {.wait_ps = what->wait_ps,
                              .quiet_ps = what->quiet_ps,
                              .patience_ps = what->patience_ps,
                              .off = what->off != POP_OFF_NOTHING,
                              .down_ps = what->down_ps};
    for (int i = 0; i < what->nhow; i++)
        plan.steps[plan.nsteps++] = steps[what->how[i]];
    if (what->off == POP_OFF_EVERYTHING)
        plan.steps[plan.nsteps++] = DRAIN_TRANSIT;
    return plan;
}

void pop_drains_begin(struct pop_drains *d, const struct pop_drain *what)
{
    struct pop_state *p = &d->pops[what->pop];
    struct sim *sim = p->world->sim;
    struct drain_plan plan = plan_of(what);
    if (!p->what) // its first time: an entity more, only where there is one
        timer_init(sim, &p->timer, go_on, p, SIM_PHASE_WORLD);
    if (p->drain.state == DRAIN_IDLE)
        p->what = what;
    drain_begin(&p->drain, &plan, sim_now(sim));
    go_on(sim, &p->timer);
}

void pop_drains_return(struct pop_drains *d, int pop)
{
    struct pop_state *p = &d->pops[pop];
    if (!p->what)
        return;
    drain_return(&p->drain, sim_now(p->world->sim));
    go_on(p->world->sim, &p->timer);
}
