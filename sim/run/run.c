// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/run.h"

#include "measure/judge.h"
#include "run/backends.h"
#include "run/caps.h"
#include "run/dns.h"
#include "run/eips.h"
#include "run/gateways.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRESS_STEPS 200

void run_until(struct world *w, int64_t until_ps, const struct run_options *o)
{
    int64_t end_ps = w->epoch_ps + until_ps, from_ps = sim_now(w->sim);
    int64_t whole_ps = w->epoch_ps + w->scenario->duration_ps;
    for (int i = 1; o && o->progress && i < PROGRESS_STEPS; i++) {
        sim_run(w->sim, from_ps + (end_ps - from_ps) / PROGRESS_STEPS * i);
        o->progress(o->ctx, (double)sim_now(w->sim) / (double)whole_ps);
    }
    sim_run(w->sim, end_ps);
}

void run_warm_up(struct world *w, const struct run_options *o)
{
    run_until(w, 0, o);
    w->converged_ps = control_stats(w->control).last_fib_change_ps - w->epoch_ps;
}

static const char *link_network(const struct world *w, const struct world_link *l)
{
    switch (l->kind) {
    case WORLD_INTERCONNECT:
        return "interconnect";
    case WORLD_ACCESS:
        return "access";
    case WORLD_SITE:
        return "site";
    default:
        return w->scenario->topology.networks[l->network].name;
    }
}

static char *port_name(const struct world *w, const struct port *p)
{
    const char *a = w->net->nodes[p->from].name, *b = w->net->nodes[p->to].name;
    size_t size = strlen(a) + strlen(b) + 2;
    char *name = xmalloc(size);
    snprintf(name, size, "%s>%s", a, b);
    return name;
}

// The names of nodes belong to the world, which dies before the results: keep what is read later.
static void collect_links(struct world *w, struct results *r)
{
    r->nlinks = (int)w->net->nports;
    r->links = xcalloc((size_t)r->nlinks, sizeof *r->links);
    for (uint32_t i = 0; i < w->net->nlinks; i++) {
        const uint32_t both[2] = {w->net->links[i].a_port, w->net->links[i].b_port};
        for (int k = 0; k < 2; k++) {
            const struct port *p = w->net->ports[both[k]];
            const struct city *a = world_city_of(w, p->from), *b = world_city_of(w, p->to);
            struct link_result *l = &r->links[both[k]];
            l->name = port_name(w, p);
            l->network = link_network(w, &w->links[i]);
            l->a = strdup(w->net->nodes[p->from].name);
            l->b = strdup(w->net->nodes[p->to].name);
            l->a_lat = a->lat;
            l->a_lon = a->lon;
            l->b_lat = b->lat;
            l->b_lon = b->lon;
            l->rate_bps = p->rate_bps;
            l->packets = p->packets;
            l->bytes = p->bytes;
            l->drops = p->drops;
        }
    }
    load_collect(w->load, r);
    queueing_collect(w->queueing, r);
}

// Which links the scenario's expectations are about.
static void select_links(const struct world *w, struct results *r)
{
    const struct scenario *s = w->scenario;
    struct fault f = {.links = {0}};
    r->expected_links =
        xcalloc((size_t)s->nexpectations * (size_t)r->nlinks, sizeof *r->expected_links);
    for (int e = 0; e < s->nexpectations; e++) {
        bool *mine = &r->expected_links[(size_t)e * (size_t)r->nlinks];
        if (!s->expectations[e].links)
            continue;
        fault_select(w, s->expectations[e].links, &f);
        for (size_t i = 0; i < f.links.n; i++) {
            const struct net_link *l = &w->net->links[f.links.v[i]];
            mine[l->a_port] = mine[l->b_port] = true;
        }
    }
    fault_free(&f);
}

// The POP whose city a node stands in; -1: none.
static int pop_of_node(const struct world *w, uint32_t node)
{
    const struct topology *t = &w->scenario->topology;
    for (int i = 0; i < t->npops; i++)
        if (t->pops[i].network == w->nodes[node].network && t->pops[i].city == w->nodes[node].city)
            return i;
    return -1;
}

// Where packets of attacks ended, in words; and, of those that no POP had taken over yet, at which it
// happened: on a line into it, or inside.
static void collect_attacks(const struct world *w, struct results *r)
{
    for (size_t i = 0; i < r->nattacks; i++) {
        struct attack_row *a = &r->attacks[i];
        const struct port *port = a->port == ATTACK_NOWHERE ? NULL : w->net->ports[a->port];
        if (a->end == TRAFFIC_STRIKE_SENT || (!port && a->node == ATTACK_NOWHERE))
            continue;
        a->place = port ? port_name(w, port) : strdup(w->net->nodes[a->node].name);
        if (a->pop < 0)
            a->pop = pop_of_node(w, port ? port->to : a->node);
    }
}

static void add_cycle(void *ctx, const struct bgp_cycle *c)
{
    struct control_result *r = ctx;
    r->cycles = xrealloc(r->cycles, ((size_t)r->ncycles + 1) * sizeof *r->cycles);
    r->cycles[r->ncycles++] = *c;
}

static void collect_control(const struct world *w, struct results *r)
{
    struct control_stats s = control_stats(w->control);
    r->control.bgp_updates = s.bgp_updates;
    r->control.bgp_withdraws = s.bgp_withdraws;
    r->control.spf_runs = s.spf_runs;
    r->control.lsa_floods = s.lsas_flooded;
    r->control.reroutes = s.reroutes;
    r->control.fib_changes = s.fib_changes;
    r->control.sessions = s.sessions;
    r->control.routers = s.routers;
    r->control.converged_ps = w->converged_ps;
    r->control.warm = w->converged_ps < -w->scenario->warmup_ps / 10;
    bgp_oscillations(control_bgp(w->control), add_cycle, &r->control);
}

struct results *run_collect(struct world *w)
{
    int64_t drain_ps = 0;
    for (int i = 0; i < w->scenario->ntraffic; i++)
        if (w->scenario->traffic[i].timeout_ps > drain_ps)
            drain_ps = w->scenario->traffic[i].timeout_ps;
    sim_run(w->sim, sim_now(w->sim) + drain_ps);
    traffic_stop(w->traffic);
    struct results *r = xcalloc(1, sizeof *r);
    r->scenario = w->scenario;
    meter_collect(w->meter, r);
    stretch_collect(w->stretch, r);
    collect_links(w, r);
    collect_attacks(w, r);
    collect_control(w, r);
    eips_collect(w->eips, r);
    gateways_collect(w, r);
    caps_collect(w->caps, r);
    backends_collect(w);
    r->health = w->health; // the results' from now on
    w->health = NULL;
    r->sent = w->net->sent;
    r->delivered = w->net->delivered;
    r->dropped = w->net->dropped;
    r->in_flight = net_in_flight(w->net);
    memcpy(r->dropped_by, w->net->dropped_by, sizeof r->dropped_by);
    r->packet_hops = w->net->packet_hops;
    r->events = sim_events(w->sim);
    monitor_collect(w->monitor, &r->monitor);
    if (w->demands)
        demand_collect(w->demands, &r->demands);
    r->nnames = dns_count(w->dns);
    r->names = xcalloc((size_t)r->nnames + 1, sizeof *r->names);
    for (int i = 0; i < r->nnames; i++)
        dns_collect(w->dns, i, &r->names[i]);
    select_links(w, r);
    judge(r);
    return r;
}

struct results *run_scenario(const struct scenario *s, const struct run_options *o)
{
    struct world *w = world_new(s);
    struct tap *tap = o && o->tap ? tap_new(w, o->tap) : NULL;
    struct mrt_tap *mrt = o && o->mrt ? mrt_tap_new(w, o->mrt) : NULL;
    struct results *r = NULL;
    if ((tap || !o || !o->tap) && (mrt || !o || !o->mrt)) {
        struct timeline *t = timeline_new(w);
        run_warm_up(w, o);
        if (mrt)
            mrt_tap_start(mrt);
        run_until(w, s->duration_ps, o);
        r = run_collect(w);
        timeline_free(t);
    }
    bool written = !tap || tap_finish(tap, o->tap);
    if (mrt && !mrt_tap_finish(mrt, o->mrt))
        written = false;
    if (!written) {
        results_free(r);
        r = NULL;
    }
    world_free(w);
    return r;
}
