// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/eips.h"
#include "run/gateways.h"

#include "anycast/entrance.h"
#include "engine/timer.h"
#include "measure/load.h"
#include "run/gateway_guard.h"
#include "run/site.h"

#include <stdlib.h>

#define GATEWAY_METRIC 5
#define FACE_METRIC    1
#define NAT_LIMIT      65536 // translations at once, as many as a backend's gateway knows flows
#define BUCKETS        4096  // of a resilient group: 128 for each of the most gateways

struct gateway { // and its interface
    struct gateway_node is;
    uint32_t router;               // control's number of `face`
    uint32_t links[2];             // to the POP's routers
    uint32_t ports[2];             // of `face`, on those
    bool sees[2];                  // that the router is alive
    uint32_t core_port, back_port; // of `face` towards `node`, where they differ, and back
    struct gateway_guard guard;
    uint64_t refused[2]; // by its line until time 0
};

struct doorman { // a router of a POP with gateways
    struct gateways_run *all;
    int pop, k;
    uint32_t router, group; // group: a resilient one of its forwarding core, or 0
    struct entrance entrance;
    struct timer join;
};

struct gateways_run {
    struct entity entity; // must stay first: its event is the end of a bucket
    struct world *world;
    VEC(struct gateway *) gateways; // ordered by POP and number
    VEC(struct gateway_node) list;  // the same, for others
    VEC(struct doorman *) doormen;  // a POP's follow each other
    int *first;                     // [pop]: its first gateway
};

static const struct gateways *config(const struct world *w, int pop)
{
    return &site_pop(w, pop)->gateways;
}

int gateways_at(const struct world *w, int pop)
{
    return (int)config(w, pop)->count;
}

int gateways_all(const struct world *w, const struct gateway_node **out)
{
    *out = w->gateways->list.v;
    return (int)w->gateways->list.n;
}

static struct gateway *gateway_of(const struct gateways_run *g, int pop, int number)
{
    return g->gateways.v[g->first[pop] + number - 1];
}

static struct fwd_node *core(const struct world *w, uint32_t node)
{
    return w->net->nodes[node].fwd;
}

// --- What a router gives to whom

static enum fwd_select select_of(int spread)
{
    static const enum fwd_select how[SPREADS] = {[SPREAD_RESILIENT] = FWD_SELECT_RESILIENT,
                                                 [SPREAD_THRESHOLD] = FWD_SELECT_THRESHOLD,
                                                 [SPREAD_RENDEZVOUS] = FWD_SELECT_RENDEZVOUS,
                                                 [SPREAD_MAGLEV] = FWD_SELECT_MAGLEV};
    return how[spread];
}

// A group's members are known by their gateways' numbers, so that all routers choose alike.
static int members_of(const struct doorman *d, struct fwd_member out[ENTRANCE_MAX])
{
    const struct world *w = d->all->world;
    int n = 0;
    for (int i = 0; i < d->entrance.count; i++) {
        const struct gateway *g = gateway_of(d->all, d->pop, i + 1);
        if (entrance_is_in(&d->entrance, i))
            out[n++] = (struct fwd_member){.nexthop = w->net->links[g->links[d->k]].a_port,
                                           .weight = 1,
                                           .id = (uint64_t)(i + 1)};
    }
    return n;
}

// The group as it is now; there are members.
static uint32_t group_of(struct doorman *d)
{
    struct fwd_member members[ENTRANCE_MAX];
    const struct world *w = d->all->world;
    struct fwd_node *fwd = core(w, control_router(w->control, d->router)->node);
    enum fwd_select how = select_of(config(w, d->pop)->spread);
    int n = members_of(d, members);
    if (how != FWD_SELECT_RESILIENT)
        return fwd_group_weighted(fwd, how, members, n);
    if (d->group)
        fwd_group_update(fwd, d->group, members, n);
    else
        d->group = fwd_group_resilient(fwd, BUCKETS, members, n);
    return d->group;
}

static bool is_here(const struct anycast_service *s, const struct doorman *d)
{
    for (size_t i = 0; i < s->sites.n; i++)
        if (s->sites.v[i].router == d->router)
            return true;
    return false;
}

// All routes of the router that lead to gateways follow the group; without gateways they go, and the
// announcements with them.
static void renew(struct doorman *d)
{
    struct world *w = d->all->world;
    struct anycast_where where = {(uint32_t)d->pop, d->router};
    for (int i = 0; i < w->scenario->nservices; i++) {
        struct anycast_service *s = &w->services[i];
        if (w->scenario->services[i].mode != MODE_ACCELERATED || !is_here(s, d))
            continue;
        if (d->entrance.members) {
            control_static_group(w->control, d->router, s->prefix, group_of(d));
            anycast_let(s, w->control, where, ANYCAST_NO_GATEWAY);
        } else {
            anycast_hold(s, w->control, where, ANYCAST_NO_GATEWAY);
            control_static_gone(w->control, d->router, s->prefix);
        }
    }
}

static void await(struct doorman *d)
{
    int64_t next_ps = entrance_next_ps(&d->entrance);
    if (next_ps == INT64_MAX)
        timer_cancel(&d->join);
    else
        timer_set(d->all->world->sim, &d->join, next_ps);
}

static void joins(struct sim *sim, struct timer *t)
{
    struct doorman *d = t->owner;
    if (entrance_due(&d->entrance, sim_now(sim)))
        renew(d);
    await(d);
}

// What a gateway has no better way for goes to the routers that it sees.
static void renew_exit(const struct world *w, const struct gateway *g)
{
    uint32_t ports[2];
    int n = 0;
    struct prefix all = {0, 0};
    for (int k = 0; k < site_routers(w, g->is.pop); k++)
        if (g->sees[k])
            ports[n++] = g->ports[k];
    if (n)
        fwd_route_set(core(w, g->is.face), all, FWD_ACT_FORWARD,
                      fwd_group(core(w, g->is.face), ports, n));
    else
        fwd_route_del(core(w, g->is.face), all);
    if (w->demands)
        demand_fib_changed(w->demands, g->is.face, prefix6_from_prefix(all));
}

// A router noticed something about a link of its own.
static void noticed(void *ctx, uint32_t router, uint32_t link, bool up)
{
    struct gateways_run *all = ctx;
    struct world *w = all->world;
    for (size_t i = 0; i < all->doormen.n; i++) {
        struct doorman *d = all->doormen.v[i];
        for (int n = 0; d->router == router && n < d->entrance.count; n++) {
            if (gateway_of(all, d->pop, n + 1)->links[d->k] != link)
                continue;
            if (up ? entrance_seen(&d->entrance, n, sim_now(w->sim))
                   : entrance_lost(&d->entrance, n))
                renew(d);
            await(d);
        }
    }
    for (size_t i = 0; i < all->gateways.n; i++) {
        struct gateway *g = all->gateways.v[i];
        for (int k = 0; g->router == router && k < site_routers(w, g->is.pop); k++)
            if (g->links[k] == link) {
                g->sees[k] = up;
                renew_exit(w, g);
            }
    }
}

// --- Figures

static uint64_t refused(const struct world *w, const struct gateway *g, int why)
{
    if (g->is.face == g->is.node)
        return 0;
    return w->net->ports[g->core_port]->refused[why] + w->net->ports[g->back_port]->refused[why];
}

static void bucket_ends(const struct world *w, struct gateway *g, int64_t bucket_ps)
{
    double bits[2] = {0, 0};
    if (w->demands && w->net->nodes[g->is.node].downs == 0)
        demand_through(w->demands, g->is.node, bits);
    for (int way = 0; way < 2; way++)
        bits[way] *= ps_to_s(bucket_ps);
    gateway_guard_bucket(&g->guard, bucket_ps, bits);
}

// Time 0, and then the end of every bucket; `ended`: how many have.
static void border(struct sim *sim, struct entity *self, uint64_t ended)
{
    struct gateways_run *all = (struct gateways_run *)self;
    const struct world *w = all->world;
    for (size_t i = 0; i < all->gateways.n; i++) {
        struct gateway *g = all->gateways.v[i];
        if (ended > 0)
            bucket_ends(w, g, load_bucket_ps(w->scenario, (int)ended - 1));
        for (int why = 0; why < 2 && ended == 0; why++)
            g->refused[why] = refused(w, g, why);
    }
    int64_t next_ps = load_bucket_ps(w->scenario, (int)ended);
    if (next_ps > 0)
        sim_at(sim, self, self, sim_now(sim) + next_ps, SIM_PHASE_METER, ended + 1);
}

void gateways_collect(const struct world *w, struct results *r)
{
    const struct gateways_run *all = w->gateways;
    r->gateways = xcalloc(all->gateways.n + 1, sizeof *r->gateways);
    r->ngateways = (int)all->gateways.n;
    for (size_t i = 0; i < all->gateways.n; i++) {
        const struct gateway *g = all->gateways.v[i];
        struct gateway_result *x = &r->gateways[i];
        *x = g->guard.result;
        x->pop = g->is.pop;
        x->number = g->is.number;
        x->flow_limit = config(w, g->is.pop)->capacity.flow_limit;
        x->refused_bit_rate = refused(w, g, 0) - g->refused[0];
        x->refused_packet_rate = refused(w, g, 1) - g->refused[1];
    }
}

// --- Building

// A node of a gateway, which runs the IGP.
static uint32_t add_node(struct world *w, const struct gateway_node *is, const char *suffix,
                         uint32_t *router)
{
    const struct pop *p = site_pop(w, is->pop);
    const struct gateways *c = &p->gateways;
    ip4_addr address = world_host_address(w);
    char *name = arena_printf(&w->arena, "%s-gateway-%d%s", p->name, is->number, suffix);
    struct fwd_options fwd = {
        .address = address,
        .hash_seed = address,
        .nat_limit = c->nat ? NAT_LIMIT : eips_translations(w->scenario, p->network, p->city)};
    struct world_node node_is = {
        .network = p->network, .city = p->city, .pop = is->pop, .gateway = is->number};
    uint32_t node = world_add_node(w, name, &fwd, &node_is);
    struct control_router r = {
        .network = (uint32_t)p->network, .node = node, .name = name, .loopback = address};
    *router = w->nodes[node].router = control_add_router(w->control, &r);
    fwd_route_set(core(w, node), (struct prefix){address, 32}, FWD_ACT_LOCAL, 0);
    return node;
}

// The line between a gateway and its interface, which is as good as its limits.
static void add_face(struct world *w, struct gateway *g)
{
    struct world_link link_is = site_link_is(w, g->is.pop);
    uint32_t router;
    uint32_t inside = g->router;
    g->is.face = add_node(w, &g->is, "-face", &router);
    g->router = router;
    struct net_link_options o = site_link(w, router, g->is.node);
    site_limit(&config(w, g->is.pop)->capacity, &o);
    uint32_t link = world_add_link(w, &o, &link_is);
    control_add_igp_link(w->control, link, router, inside, FACE_METRIC);
    g->core_port = w->net->links[link].a_port;
    g->back_port = w->net->links[link].b_port;
    fwd_route_set(core(w, g->is.node), (struct prefix){0, 0}, FWD_ACT_FORWARD,
                  fwd_group(core(w, g->is.node), &g->back_port, 1));
}

static void add_gateway(struct gateways_run *all, int pop, int number)
{
    struct world *w = all->world;
    const struct gateways *c = config(w, pop);
    const struct pop *p = site_pop(w, pop);
    struct gateway *g = xcalloc(1, sizeof *g);
    g->is = (struct gateway_node){.pop = pop, .number = number};
    struct world_link link_is = site_link_is(w, pop);
    struct liveness_timers live = control_network(w->control, (uint32_t)p->network)->live;
    live.detect_ps = c->detection.interface_ps;
    live.bfd_ps = c->detection.bfd_ps;
    live.bfd_multiplier = c->detection.bfd_multiplier;
    g->is.node = g->is.face = add_node(w, &g->is, "", &g->router);
    meter_add_entry(w->meter, site_loopback(w, g->router), (uint32_t)pop);
    if (c->capacity.rate_bps || c->capacity.packets_uhz)
        add_face(w, g);
    for (int k = 0; k < site_routers(w, pop); k++) {
        struct net_link_options o = site_link(w, site_router(w, pop, k), g->is.face);
        g->links[k] = world_add_link(w, &o, &link_is);
        g->ports[k] = w->net->links[g->links[k]].b_port;
        g->sees[k] = true;
        control_add_igp_link(w->control, g->links[k], site_router(w, pop, k), g->router,
                             GATEWAY_METRIC);
        control_link_timers(w->control, g->links[k], &live);
    }
    renew_exit(w, g);
    int64_t from_ps = w->epoch_ps, to_ps = w->epoch_ps + w->scenario->duration_ps;
    gateway_guard_init(&g->guard, w->sim, w->net->nodes[g->is.node].name,
                       site_loopback(w, w->nodes[g->is.node].router), &c->capacity, from_ps, to_ps);
    w->net->nodes[g->is.node].guard = &g->guard.hook;
    vec_push(&all->gateways, g);
    vec_push(&all->list, g->is);
}

static void add_doorman(struct gateways_run *all, int pop, int k)
{
    struct world *w = all->world;
    struct doorman *d = xcalloc(1, sizeof *d);
    d->all = all;
    d->pop = pop;
    d->k = k;
    d->router = site_router(w, pop, k);
    entrance_init(&d->entrance, gateways_at(w, pop), config(w, pop)->detection.join_ps);
    timer_init(w->sim, &d->join, joins, d, SIM_PHASE_CONTROL);
    vec_push(&all->doormen, d);
}

void gateways_build(struct world *w)
{
    int npops = w->scenario->topology.npops;
    struct gateways_run *all = xcalloc(1, sizeof *all);
    all->world = w;
    all->first = xcalloc((size_t)npops + 1, sizeof *all->first);
    w->gateways = all;
    for (int i = 0; i < npops; i++) {
        all->first[i] = (int)all->gateways.n;
        for (int n = 1; n <= gateways_at(w, i); n++)
            add_gateway(all, i, n);
        for (int k = 0; gateways_at(w, i) && k < site_routers(w, i); k++)
            add_doorman(all, i, k);
    }
    if (all->gateways.n == 0)
        return;
    control_on_link(w->control, noticed, all);
    sim_entity(w->sim, &all->entity, border);
    sim_at(w->sim, &all->entity, &all->entity, w->epoch_ps, SIM_PHASE_METER, 0);
}

void gateways_free(struct gateways_run *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < g->doormen.n; i++)
        free(g->doormen.v[i]);
    for (size_t i = 0; i < g->gateways.n; i++) {
        gateway_guard_free(&g->gateways.v[i]->guard);
        free(g->gateways.v[i]);
    }
    vec_free(&g->doormen);
    vec_free(&g->gateways);
    vec_free(&g->list);
    free(g->first);
    free(g);
}

void gateways_publish(struct world *w, int service, int pop, const struct anycast_way *way)
{
    struct gateways_run *all = w->gateways;
    struct anycast_service *s = &w->services[service];
    for (int k = 0; k < site_routers(w, pop); k++)
        anycast_add_site(s, (uint32_t)pop, site_router(w, pop, k));
    for (size_t i = 0; i < all->doormen.n; i++)
        if (all->doormen.v[i]->pop == pop)
            renew(all->doormen.v[i]);
    for (int n = 1; n <= gateways_at(w, pop); n++) {
        const struct gateway *g = gateway_of(all, pop, n);
        struct anycast_way own = *way;
        if (config(w, pop)->nat)
            own.snat = ip6_from_ip4(site_loopback(w, w->nodes[g->is.node].router));
        anycast_add_entry(s, w->net, (uint32_t)pop, g->is.node, &own);
        if (g->is.face != g->is.node)
            fwd_route_set(core(w, g->is.face), s->prefix, FWD_ACT_FORWARD,
                          fwd_group(core(w, g->is.face), &g->core_port, 1));
    }
}
