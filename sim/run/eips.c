// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/eips.h"

#include "anycast/eip.h"
#include "run/backends.h"
#include "run/site.h"
#include "scenario/action.h"

#include <stdlib.h>
#include <string.h>

enum {
    EVENT_DUE,
    EVENT_LEAVE,
    EVENT_BITS = 1
}; // below: the service; of LEAVE, above 32 bits: the POP

struct eip_run {
    struct life life;
    struct life_backend pointed;      // that the cores tunnel to; pop −1: none
    struct fwd_eip_counters counters; // at the beginning of the last row
    VEC(struct eip_result) log;
};

struct eips {
    struct entity entity; // must stay first
    struct world *world;
    struct eip_run *v; // by service
};

static const struct service *service_of(const struct eips *e, int service)
{
    return &e->world->scenario->services[service];
}

// Of a service with `backends`: its regions, each a gateway with servers of its own, between which
// its entries choose. NULL: it has one backend at a time.
static const struct backends_run *regions_of(const struct eips *e, int service)
{
    return service_of(e, service)->backends ? e->world->backends[service] : NULL;
}

static struct anycast_backend backend_of(const struct eips *e, int service, struct life_backend b)
{
    struct world *w = e->world;
    uint32_t node = w->backend_node[b.pop];
    return (struct anycast_backend){
        .node = node,
        .address = site_loopback(w, w->nodes[node].router),
        .kind = b.kind,
        .tunnel = service_of(e, service)->tunnel == TUNNEL_GRE ? FWD_TUNNEL_GRE : FWD_TUNNEL_IPIP};
}

// --- The log

static void close_row(const struct eips *e, int service, struct eip_run *x)
{
    struct world *w = e->world;
    struct fwd_eip_counters now = anycast_counters(&w->services[service], w->net),
                            was = x->counters;
    if (x->log.n) {
        struct eip_result *row = &x->log.v[x->log.n - 1];
        uint64_t refused = now.refused - was.refused, policed = now.policed - was.policed;
        uint64_t dropped = now.dropped_in + now.dropped_out - was.dropped_in - was.dropped_out;
        row->to_ps = sim_now(w->sim) - w->epoch_ps;
        row->in_packets = now.in.packets - was.in.packets;
        row->in_bytes = now.in.bytes - was.in.bytes;
        row->out_packets = now.out.packets - was.out.packets;
        row->out_bytes = now.out.bytes - was.out.bytes;
        row->unbound = row->blocked ? 0 : refused;
        row->blocked_drops = row->blocked ? refused : 0;
        row->policed = policed;
        row->untranslated = dropped - refused - policed;
    }
    x->counters = now;
}

static void open_row(const struct eips *e, int service, struct eip_run *x, const char *what)
{
    const struct world *w = e->world;
    int64_t now_ps = sim_now(w->sim) - w->epoch_ps;
    close_row(e, service, x);
    struct eip_result row = {.service = service,
                             .from_ps = now_ps > 0 ? now_ps : 0, // the first while it is built
                             .what = what,
                             .state = x->life.state,
                             .blocked = x->life.blocked,
                             .backend = x->life.backend};
    vec_push(&x->log, row);
}

// --- What the cores are told

static void tell_demands(const struct eips *e, int service)
{
    const struct world *w = e->world;
    const struct anycast_service *s = &w->services[service];
    for (size_t i = 0; w->demands && i < s->entries.n; i++)
        demand_fib_changed(w->demands, s->entries.v[i].node, prefix6_from_prefix(s->prefix));
    for (int i = 0; w->demands && i < w->scenario->topology.npops; i++)
        if (w->backend_node[i] != UINT32_MAX)
            demand_fib_changed(w->demands, w->backend_node[i], prefix6_from_prefix(s->prefix));
}

static void leave_later(struct eips *e, int service, struct life_backend b)
{
    struct sim *sim = e->world->sim;
    sim_at(sim, &e->entity, &e->entity, sim_now(sim) + service_of(e, service)->life.linger_ps,
           SIM_PHASE_WORLD, EVENT_LEAVE | (uint64_t)service << EVENT_BITS | (uint64_t)b.pop << 32);
}

static void point(struct eips *e, int service, struct eip_run *x)
{
    struct life_backend to = x->life.backend, from = x->pointed;
    if (to.pop == from.pop && (to.pop < 0 || to.kind == from.kind))
        return;
    if (to.pop >= 0 && !regions_of(e, service)) {
        struct anycast_backend b = backend_of(e, service, to);
        anycast_point(&e->world->services[service], e->world->net, &b);
    }
    if (from.pop >= 0 && from.pop != to.pop)
        leave_later(e, service, from);
    x->pointed = to;
}

// The gateways of what it is bound to: they take the EIP in, or no new flows of it.
static void take_in(const struct eips *e, int service, const struct eip_run *x)
{
    struct world *w = e->world;
    const struct backends_run *regions = regions_of(e, service);
    bool balancer = x->pointed.kind == LIFE_BALANCER;
    if (x->pointed.pop < 0 || (!balancer && !regions))
        return; // anycast_point has done it
    for (int i = 0; i < (regions ? regions->n : 1); i++) {
        int pop = regions ? regions->groups[i].pop : x->pointed.pop;
        struct anycast_backend b =
            backend_of(e, service, (struct life_backend){pop, x->pointed.kind});
        anycast_close(&w->services[service], w->net, &b,
                      balancer && x->life.state == LIFE_UNBINDING);
    }
}

static void leave(const struct eips *e, int service, int pop)
{
    struct world *w = e->world;
    const struct backends_run *regions = regions_of(e, service);
    struct anycast_service *s = &w->services[service];
    if (!regions)
        anycast_leave(s, w->net, w->backend_node[pop]);
    for (int i = 0; regions && i < regions->n; i++) // to their servers they go by routes that stay
        anycast_forget(s, w->net, regions->groups[i].gateway);
    tell_demands(e, service);
}

// Brings the cores in line with the EIP's state.
static void apply(struct eips *e, int service)
{
    struct world *w = e->world;
    struct eip_run *x = &e->v[service];
    struct anycast_service *s = &w->services[service];
    struct anycast_where everywhere = {ANYCAST_ALL_POPS, ANYCAST_ALL_ROUTERS};
    point(e, service, x);
    anycast_refuse(s, w->net,
                   x->life.blocked           ? FWD_DROP_BLOCKED
                   : x->life.backend.pop < 0 ? FWD_DROP_UNBOUND
                                             : FWD_DROP_NONE);
    take_in(e, service, x);
    if (life_announced(&x->life))
        anycast_let(s, w->control, everywhere, ANYCAST_NOT_ALIVE);
    else
        anycast_hold(s, w->control, everywhere, ANYCAST_NOT_ALIVE);
    tell_demands(e, service);
}

static void changed(struct eips *e, int service, const char *what)
{
    struct eip_run *x = &e->v[service];
    open_row(e, service, x, what);
    apply(e, service);
    if (x->life.due_ps != INT64_MAX)
        sim_at(e->world->sim, &e->entity, &e->entity, x->life.due_ps, SIM_PHASE_WORLD,
               EVENT_DUE | (uint64_t)service << EVENT_BITS);
}

static void pass(struct eips *e, int service)
{
    if (life_pass(&e->v[service].life, sim_now(e->world->sim)))
        changed(e, service, NULL);
}

static void happens(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct eips *e = (struct eips *)self;
    int service = (int)((arg & UINT32_MAX) >> EVENT_BITS), pop = (int)(arg >> 32);
    (void)sim;
    if (!(arg & EVENT_LEAVE)) {
        pass(e, service);
    } else if (e->v[service].pointed.pop != pop) {
        leave(e, service, pop);
    }
}

// --- From outside

static const char *const words[] = {
    [LIFE_DO_ALLOCATE] = "allocate", [LIFE_DO_RELEASE] = "release", [LIFE_DO_BIND] = "bind",
    [LIFE_DO_UNBIND] = "unbind",     [LIFE_DO_BLOCK] = "block",     [LIFE_DO_UNBLOCK] = "unblock"};

void eips_act(struct eips *e, const struct life_event *a)
{
    struct eip_run *x = &e->v[a->service];
    struct sim *sim = e->world->sim;
    pass(e, a->service); // what is due now comes first, as the reader took it
    SIM_ASSERT(sim, !life_refuses(&x->life, a->act, a->to));
    life_do(&x->life, a->act, a->to, &service_of(e, a->service)->life.delays, sim_now(sim));
    changed(e, a->service,
            a->act == LIFE_DO_BLOCK && a->why == LIFE_BLOCK_SECURITY ? "block for security"
                                                                     : words[a->act]);
}

void eips_unblock(struct eips *e, int service)
{
    pass(e, service);
    if (e->v[service].life.blocked)
        eips_act(
            e, &(struct life_event){.service = service, .act = LIFE_DO_UNBLOCK, .to = {.pop = -1}});
}

#define TRANSLATIONS 65536 // as many as a backend's gateway knows flows

static bool ever_nat(const struct scenario *s, int service)
{
    bool nat = s->services[service].life.kind == LIFE_NAT;
    for (int i = 0; i < s->nevents && !nat; i++) {
        const struct life_event *x = s->events[i].data;
        nat = s->events[i].kind == EVENT_ACTION && s->events[i].action == ACTION_BIND &&
              x->service == service && x->to.kind == LIFE_NAT;
    }
    return nat;
}

uint32_t eips_translations(const struct scenario *s, int network, int city)
{
    for (int i = 0; i < s->nservices; i++) {
        const struct service *v = &s->services[i];
        for (int k = 0; k < v->npublish + v->nlater; k++) {
            int pop = k < v->npublish ? v->publish[k] : v->later[k - v->npublish];
            const struct pop *p = &s->topology.pops[pop];
            if (p->network == network && p->city == city && ever_nat(s, i))
                return TRANSLATIONS;
        }
    }
    return 0;
}

// The gateways of backends that the timeline names; nothing can be built later.
static void build_gateways(struct world *w)
{
    for (int i = 0; i < w->scenario->nevents; i++) {
        const struct event *e = &w->scenario->events[i];
        if (e->kind != EVENT_ACTION || e->action != ACTION_BIND)
            continue;
        const struct life_event *x = e->data;
        uint32_t gateway = backend_gateway(w, x->to.pop);
        traffic_add_server(w->traffic, gateway, 0);
    }
}

struct eips *eips_new(struct world *w)
{
    struct eips *e = xcalloc(1, sizeof *e);
    const struct scenario *s = w->scenario;
    sim_entity(w->sim, &e->entity, happens);
    e->world = w;
    e->v = xcalloc((size_t)s->nservices, sizeof *e->v);
    build_gateways(w);
    for (int i = 0; i < s->nservices; i++) {
        const struct service_life *l = &s->services[i].life;
        struct life_backend first = {s->services[i].backend, l->kind};
        struct eip_run *x = &e->v[i];
        if (s->services[i].mode != MODE_ACCELERATED)
            continue;
        life_init(&x->life, l->first, first);
        // What the services' builder has done: a cluster of servers, or nothing.
        x->pointed = (struct life_backend){.pop = l->first == LIFE_BIND ? first.pop : -1};
        open_row(e, i, x, NULL);
        if (l->given)
            apply(e, i);
    }
    return e;
}

void eips_collect(struct eips *e, struct results *r)
{
    const struct scenario *s = e->world->scenario;
    VEC(struct eip_result) all = {0};
    for (int i = 0; i < s->nservices; i++) {
        close_row(e, i, &e->v[i]);
        for (size_t k = 0; k < e->v[i].log.n; k++) {
            struct eip_result row = e->v[i].log.v[k];
            if (k + 1 == e->v[i].log.n)
                row.to_ps = s->duration_ps;
            vec_push(&all, row);
        }
    }
    r->eips = all.v;
    r->neips = (int)all.n;
}

void eips_free(struct eips *e)
{
    if (!e)
        return;
    for (int i = 0; i < e->world->scenario->nservices; i++)
        vec_free(&e->v[i].log);
    free(e->v);
    free(e);
}
