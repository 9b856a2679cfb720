// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/world.h"

#define SITE_RATE_BPS   INT64_C(4000000000000) // inside a POP: never the bottleneck
#define SITE_DELAY_PS   (50 * PS_PER_US)
#define GATEWAY_METRIC  5
#define GATEWAY_FLOWS   65536
#define GATEWAY_IDLE_PS (30 * PS_PER_S)

static const struct pop *pop_at(const struct world *w, int pop)
{
    return &w->scenario->topology.pops[pop];
}

static int routers_at(const struct world *w, int pop)
{
    const struct pop *p = pop_at(w, pop);
    return w->scenario->topology.networks[p->network].cities[p->city].routers;
}

static uint32_t router_at(const struct world *w, int pop, int k)
{
    return world_router(w, pop_at(w, pop)->network, pop_at(w, pop)->city, k);
}

static struct net_link_options site_link(const struct world *w, uint32_t router, uint32_t host)
{
    return (struct net_link_options){.a = control_router(w->control, router)->node,
                                     .b = host,
                                     .rate_bps = SITE_RATE_BPS,
                                     .delay_ps = SITE_DELAY_PS,
                                     .queue_ps = w->scenario->topology.queue_ps,
                                     .fluid = w->scenario->ndemands > 0};
}

static struct world_link site_link_is(const struct world *w, int pop)
{
    const struct pop *p = pop_at(w, pop);
    return (struct world_link){.kind = WORLD_SITE,
                               .network = p->network,
                               .a_city = p->city,
                               .b_city = p->city,
                               .interconnect = -1};
}

// The gateway in front of the backend: one a POP, shared by its services. It takes part in the IGP,
// so that every POP of the network can reach it by its own address.
static uint32_t backend_of(struct world *w, int pop)
{
    const struct pop *p = pop_at(w, pop);
    const struct network *n = &w->scenario->topology.networks[p->network];
    if (w->backend_node[pop] != UINT32_MAX)
        return w->backend_node[pop];
    ip4_addr address = world_host_address(w);
    char *name = arena_printf(&w->arena, "%s/%s-backend", n->name, n->cities[p->city].city->name);
    struct fwd_options fwd = {.address = address,
                              .hash_seed = address,
                              .flow_limit = GATEWAY_FLOWS,
                              .flow_idle_ps = GATEWAY_IDLE_PS};
    struct world_node is = {.network = p->network, .city = p->city, .pop = pop};
    uint32_t node = world_add_node(w, name, &fwd, &is);
    struct control_router r = {
        .network = (uint32_t)p->network, .node = node, .name = name, .loopback = address};
    uint32_t router = control_add_router(w->control, &r);
    struct world_link link_is = site_link_is(w, pop);
    w->nodes[node].router = router;
    fwd_route_set(w->net->nodes[node].fwd, (struct prefix){address, 32}, FWD_ACT_LOCAL, 0);
    for (int k = 0; k < routers_at(w, pop); k++) {
        struct net_link_options o = site_link(w, router_at(w, pop, k), node);
        uint32_t link = world_add_link(w, &o, &link_is);
        control_add_igp_link(w->control, link, router_at(w, pop, k), router, GATEWAY_METRIC);
    }
    w->backend_node[pop] = node;
    return node;
}

static ip4_addr loopback_of(const struct world *w, uint32_t router)
{
    return control_router(w->control, router)->loopback;
}

static void publish_tunnels(struct world *w, int service, int pop)
{
    const struct service *s = &w->scenario->services[service];
    uint32_t gateway = backend_of(w, s->backend);
    enum fwd_tunnel kind = s->tunnel == TUNNEL_GRE ? FWD_TUNNEL_GRE : FWD_TUNNEL_IPIP;
    for (int k = 0; k < routers_at(w, pop); k++)
        anycast_add_tunnel_site(&w->services[service], w->control, w->net, (uint32_t)pop,
                                router_at(w, pop, k), (uint32_t)service, kind,
                                loopback_of(w, w->nodes[gateway].router));
}

static void publish_server(struct world *w, int service, int pop)
{
    const struct service *s = &w->scenario->services[service];
    char *name = arena_printf(&w->arena, "%s-server-%s", pop_at(w, pop)->name, s->name);
    struct fwd_options fwd = {.address = world_host_address(w)};
    struct world_node is = {.network = pop_at(w, pop)->network,
                            .city = pop_at(w, pop)->city,
                            .pop = pop,
                            .router = CONTROL_NO_ROUTER};
    struct world_link link_is = site_link_is(w, pop);
    uint32_t node = world_add_node(w, name, &fwd, &is);
    uint32_t ports[2];
    int n = routers_at(w, pop);
    for (int k = 0; k < n; k++) {
        struct net_link_options o = site_link(w, router_at(w, pop, k), node);
        uint32_t link = world_add_link(w, &o, &link_is);
        ports[k] = w->net->links[link].b_port;
        anycast_add_server_site(&w->services[service], w->control, w->net, (uint32_t)pop,
                                router_at(w, pop, k), w->net->links[link].a_port, node);
    }
    struct fwd_node *core = w->net->nodes[node].fwd;
    fwd_route_set(core, (struct prefix){0, 0}, FWD_ACT_FORWARD, fwd_group(core, ports, n));
    traffic_add_server(w->traffic, node, loopback_of(w, router_at(w, pop, 0)));
}

static void build_service(struct world *w, int service)
{
    const struct service *s = &w->scenario->services[service];
    struct anycast_service *run = &w->services[service];
    anycast_init(run, s->prefix);
    for (int i = 0; i < s->npublish; i++) {
        if (s->mode == MODE_ACCELERATED)
            publish_tunnels(w, service, s->publish[i]);
        else
            publish_server(w, service, s->publish[i]);
    }
    if (s->mode == MODE_ACCELERATED) {
        uint32_t gateway = backend_of(w, s->backend);
        anycast_bind_backend(run, w->net, gateway,
                             s->tunnel == TUNNEL_GRE ? FWD_TUNNEL_GRE : FWD_TUNNEL_IPIP);
        traffic_add_server(w->traffic, gateway, 0);
    }
    for (int i = 0; i < s->npublish; i++) // "published at" means announced there, not elsewhere
        control_announce_at_origin_only(w->control, (uint32_t)pop_at(w, s->publish[i])->network,
                                        s->prefix);
    anycast_announce(run, w->control, ANYCAST_ALL_POPS);
}

void world_build_services(struct world *w)
{
    const struct topology *t = &w->scenario->topology;
    w->services = xcalloc((size_t)w->scenario->nservices, sizeof *w->services);
    w->backend_node = xcalloc((size_t)t->npops, sizeof *w->backend_node);
    for (int i = 0; i < t->npops; i++) {
        w->backend_node[i] = UINT32_MAX;
        for (int k = 0; k < routers_at(w, i); k++)
            meter_add_entry(w->meter, loopback_of(w, router_at(w, i, k)), (uint32_t)i);
    }
    for (int i = 0; i < w->scenario->nservices; i++)
        build_service(w, i);
}
