// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/incident.h"

#include "run/act.h"
#include "run/fault.h"
#include "run/lines.h"

int incident_steps(const struct event *e)
{
    if (e->kind == EVENT_FLAP)
        return (int)e->incident.times * (e->target.service >= 0 ? 2 : 1);
    bool ends = e->incident.for_ps && e->kind != EVENT_RESET && e->kind != EVENT_RESTART_BGP &&
                e->kind != EVENT_DROP_KEEPALIVES; // which end by themselves
    return ends ? 2 : 1;
}

int64_t incident_step_ps(const struct event *e, int step)
{
    if (e->kind != EVENT_FLAP)
        return e->at_ps + step * e->incident.for_ps;
    return e->at_ps + step * e->incident.every_ps / (e->target.service >= 0 ? 2 : 1);
}

// --- Sessions

static void on_session(struct world *w, const struct event *e, uint32_t router, uint32_t peer,
                       bool begins)
{
    switch (e->kind) {
    case EVENT_DROP_KEEPALIVES:
        control_drop_keepalives(w->control, router, peer, e->incident.for_ps);
        break;
    case EVENT_STALL:
        control_stall(w->control, router, peer, begins);
        break;
    case EVENT_SHUTDOWN:
        control_shutdown(w->control, router, peer, begins, e->incident.text);
        break;
    case EVENT_SLOW:
        control_slow_peer(w->control, router, peer, begins ? (uint32_t)e->incident.factor : 1);
        break;
    default:
        control_reset(w->control, router, peer, e->incident.text);
        break;
    }
}

// Is one side's doing enough?
static bool is_one_sided(const struct event *e)
{
    return e->kind == EVENT_RESET || e->kind == EVENT_FLAP || e->kind == EVENT_SHUTDOWN;
}

static void on_sessions(struct world *w, const struct event *e, const struct fault *f, bool begins)
{
    for (size_t i = 0; i < f->links.n; i++) {
        uint32_t ends[2];
        if (!control_ebgp_ends(w->control, f->links.v[i], ends))
            continue;
        on_session(w, e, ends[0], ends[1], begins);
        if (!is_one_sided(e))
            on_session(w, e, ends[1], ends[0], begins);
    }
    for (size_t i = 0; i < f->nodes.n; i++)
        on_session(w, e, w->nodes[f->nodes.v[i]].router, CONTROL_NO_ROUTER, begins);
}

// --- Routers, lines, services

static void on_routers(struct world *w, const struct event *e, const struct fault *f, bool begins)
{
    for (size_t i = 0; i < f->nodes.n; i++) {
        uint32_t router = w->nodes[f->nodes.v[i]].router;
        if (e->kind == EVENT_SLOW)
            control_slow(w->control, router, begins ? (uint32_t)e->incident.factor : 1);
        else
            control_restart_bgp(w->control, router, e->incident.for_ps,
                                control_restarts_gracefully(w->control, router));
    }
}

static void on_lines(struct world *w, const struct event *e, const struct fault *f, bool begins)
{
    uint32_t loss_ppm = begins ? (uint32_t)e->incident.loss_ppm : 0;
    for (size_t i = 0; i < f->links.n; i++) {
        net_link_loss(w->net, f->links.v[i], loss_ppm);
        control_line_changed(w->control, f->links.v[i]);
    }
}

// Does `back`, of the two directions of a link, start at the selector's first city or network?
static bool starts_there(const struct world *w, const struct event *e, uint32_t link, bool back)
{
    const struct net_link *l = &w->net->links[link];
    const struct world_node *from = &w->nodes[w->net->ports[back ? l->b_port : l->a_port]->from];
    if (e->target.first_network >= 0)
        return from->network == e->target.first_network;
    return from->city == e->target.first_city;
}

static void on_impairment(struct world *w, const struct event *e, const struct fault *f,
                          bool begins)
{
    for (size_t i = 0; i < f->links.n; i++)
        for (int back = 0; back < 2; back++) {
            uint32_t link = f->links.v[i];
            if (e->one_way && !starts_there(w, e, link, back))
                continue;
            if (begins && !e->incident.with)
                lines_clear(w->lines, link, back);
            else
                lines_impair(w->lines, link, back, begins ? e->incident.with : NULL);
        }
}

static void on_service(struct world *w, const struct event *e, bool away)
{
    struct anycast_service *s = &w->services[e->target.service];
    uint32_t pop = e->target.pop < 0 ? ANYCAST_ALL_POPS : (uint32_t)e->target.pop;
    if (away)
        anycast_withdraw(s, w->control, pop);
    else
        anycast_announce(s, w->control, pop);
}

// --- Announcements

static void on_network(struct world *w, const struct event *e, bool begins)
{
    const struct incident *x = &e->incident;
    const struct topology *t = &w->scenario->topology;
    for (uint32_t i = 0; i < control_routers(w->control); i++) {
        const struct world_node *n = &w->nodes[control_router(w->control, i)->node];
        if (n->network != x->by || n->pop >= 0 || (x->city >= 0 && n->city != x->city))
            continue;
        if (e->kind == EVENT_LEAK)
            control_leak(w->control, i, t->networks[x->from].asn, t->networks[x->to].asn, begins);
        else if (begins)
            control_hijack(w->control, i, x->prefix, x->origin);
        else
            control_withdraw(w->control, i, x->prefix);
    }
}

void incident_happens(struct world *w, const struct event *e, int step)
{
    struct fault f = {0};
    bool begins = step % 2 == 0;
    if (e->kind == EVENT_ACTION) {
        act_happens(w, e, begins);
        return;
    }
    if (e->kind != EVENT_HIJACK && e->kind != EVENT_LEAK && e->target.service < 0)
        fault_select(w, &e->target, &f);
    switch (e->kind) {
    case EVENT_SLOW:
        if (e->target.interconnect[0] >= 0)
            on_sessions(w, e, &f, begins);
        else
            on_routers(w, e, &f, begins);
        break;
    case EVENT_RESTART_BGP:
        on_routers(w, e, &f, begins);
        break;
    case EVENT_DEGRADE:
        on_lines(w, e, &f, begins);
        break;
    case EVENT_IMPAIR:
        on_impairment(w, e, &f, begins);
        break;
    case EVENT_HIJACK:
    case EVENT_LEAK:
        on_network(w, e, begins);
        break;
    case EVENT_FLAP:
        if (e->target.service >= 0)
            on_service(w, e, begins);
        else
            on_sessions(w, e, &f, true);
        break;
    default:
        on_sessions(w, e, &f, begins);
        break;
    }
    fault_free(&f);
}
