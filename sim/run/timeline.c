// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/fault.h"
#include "run/incident.h"

#include <stdlib.h>
#include <string.h>

struct timeline {
    struct entity entity; // must stay first: its event is an event of the scenario
    struct world *world;
};

static void act_on_service(struct world *w, const struct event *e)
{
    struct anycast_service *s = &w->services[e->target.service];
    uint32_t pop = e->target.pop < 0 ? ANYCAST_ALL_POPS : (uint32_t)e->target.pop;
    if (e->kind == EVENT_WITHDRAW)
        anycast_withdraw(s, w->control, pop);
    else
        anycast_announce(s, w->control, pop);
}

// The metric of every selected link in both directions, or in that which starts at the selector's
// first city.
static void act_on_metric(struct world *w, const struct event *e)
{
    struct fault f = {0};
    fault_select(w, &e->target, &f);
    for (size_t i = 0; i < f.links.n; i++) {
        const struct world_link *l = &w->links[f.links.v[i]];
        const struct network *n = &w->scenario->topology.networks[l->network];
        uint32_t metric = (uint32_t)(e->metric ? e->metric : n->links[l->row].metric);
        for (int from_b = 0; from_b < 2; from_b++)
            if (!e->one_way || (from_b ? l->b_city : l->a_city) == e->target.first_city)
                control_set_metric(w->control, f.links.v[i], from_b, metric);
    }
    fault_free(&f);
}

static void act_on_overload(struct world *w, const struct event *e)
{
    struct fault f = {0};
    fault_select(w, &e->target, &f);
    for (size_t i = 0; i < f.nodes.n; i++)
        control_set_overload(w->control, w->nodes[f.nodes.v[i]].router, e->on);
    fault_free(&f);
}

// The first network named drains its side of an interconnect.
static void drain_sessions(struct world *w, const struct event *e)
{
    struct fault f = {0};
    fault_select(w, &e->target, &f);
    for (size_t i = 0; i < f.nodes.n; i++)
        if (w->nodes[f.nodes.v[i]].router != CONTROL_NO_ROUTER &&
            control_router(w->control, w->nodes[f.nodes.v[i]].router)->bgp.asn)
            control_drain_sessions(w->control, w->nodes[f.nodes.v[i]].router, CONTROL_NO_ROUTER,
                                   e->on);
    for (size_t i = 0; f.nodes.n == 0 && i < f.links.n; i++) {
        const struct port *port = w->net->ports[w->net->links[f.links.v[i]].a_port];
        bool mine = w->nodes[port->from].network == e->target.first_network;
        control_drain_sessions(w->control, w->nodes[mine ? port->from : port->to].router,
                               w->nodes[mine ? port->to : port->from].router, e->on);
    }
    fault_free(&f);
}

static void act_on_drain(struct world *w, const struct event *e)
{
    if (e->target.service < 0) {
        drain_sessions(w, e);
        return;
    }
    const struct anycast_service *s = &w->services[e->target.service];
    for (size_t i = 0; i < s->sites.n; i++)
        if (e->target.pop < 0 || s->sites.v[i].pop == (uint32_t)e->target.pop)
            control_drain(w->control, s->sites.v[i].router, s->prefix, e->on);
}

// A repair undoes the newest failure of the same target, in the way in which that one happened.
static bool was_silent(const struct scenario *s, int repair)
{
    for (int i = repair - 1; i >= 0; i--)
        if (s->events[i].kind == EVENT_FAIL &&
            strcmp(s->events[i].target.text, s->events[repair].target.text) == 0)
            return s->events[i].mode == OUTAGE_SILENT;
    return false;
}

// An event is scheduled with its index and, of an incident, the step (run/incident.h).
#define STEP_SHIFT 32

static void happens(struct sim *sim, struct entity *self, uint64_t arg)
{
    uint32_t index = (uint32_t)arg;
    struct timeline *t = (struct timeline *)self;
    struct world *w = t->world;
    const struct event *e = &w->scenario->events[index];
    struct fault f = {0};
    (void)sim;
    meter_event(w->meter);
    switch (e->kind) {
    case EVENT_WITHDRAW:
    case EVENT_ANNOUNCE:
        act_on_service(w, e);
        return;
    case EVENT_METRIC:
        act_on_metric(w, e);
        return;
    case EVENT_OVERLOAD:
        act_on_overload(w, e);
        return;
    case EVENT_DRAIN:
        act_on_drain(w, e);
        return;
    default:
        incident_happens(w, e, (int)(arg >> STEP_SHIFT));
        return;
    case EVENT_FAIL:
        fault_select(w, &e->target, &f);
        fault_break(w, &f, e->mode == OUTAGE_SILENT);
        break;
    case EVENT_REPAIR:
        fault_select(w, &e->target, &f);
        fault_mend(w, &f, was_silent(w->scenario, (int)index));
        break;
    }
    fault_free(&f);
}

static void schedule(struct timeline *t, int index)
{
    struct world *w = t->world;
    const struct event *e = &w->scenario->events[index];
    int steps = e->kind >= EVENT_FIRST_INCIDENT ? incident_steps(e) : 1;
    for (int step = 0; step < steps; step++) {
        int64_t at_ps = step ? incident_step_ps(e, step) : e->at_ps;
        sim_at(w->sim, &t->entity, &t->entity, w->epoch_ps + at_ps, SIM_PHASE_WORLD,
               (uint64_t)step << STEP_SHIFT | (uint32_t)index);
    }
}

struct timeline *timeline_new(struct world *w)
{
    struct timeline *t = xcalloc(1, sizeof *t);
    sim_entity(w->sim, &t->entity, happens);
    t->world = w;
    for (int i = 0; i < w->scenario->nevents; i++)
        schedule(t, i);
    return t;
}

void timeline_free(struct timeline *t)
{
    free(t);
}
