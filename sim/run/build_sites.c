// SPDX-License-Identifier: GPL-3.0-or-later
// The POP side of services: who announces, and where packets to them enter.
#include "run/gateways.h"
#include "run/site.h"

#define SITE_RATE_BPS INT64_C(4000000000000) // inside a POP: never the bottleneck
#define SITE_DELAY_PS (50 * PS_PER_US)
// What a packet counts as on a line that limits packets alone: the largest there is.
#define SITE_LEAST_BYTES 65535

const struct pop *site_pop(const struct world *w, int pop)
{
    return &w->scenario->topology.pops[pop];
}

int site_routers(const struct world *w, int pop)
{
    const struct pop *p = site_pop(w, pop);
    return w->scenario->topology.networks[p->network].cities[p->city].routers;
}

uint32_t site_router(const struct world *w, int pop, int k)
{
    return world_router(w, site_pop(w, pop)->network, site_pop(w, pop)->city, k);
}

ip4_addr site_loopback(const struct world *w, uint32_t router)
{
    return control_router(w->control, router)->loopback;
}

struct net_link_options site_link(const struct world *w, uint32_t router, uint32_t host)
{
    return (struct net_link_options){.a = control_router(w->control, router)->node,
                                     .b = host,
                                     .rate_bps = SITE_RATE_BPS,
                                     .delay_ps = SITE_DELAY_PS,
                                     .queue_ps = w->scenario->topology.queue_ps,
                                     .fluid = w->scenario->ndemands > 0};
}

void site_limit(const struct gateway_capacity *c, struct net_link_options *o)
{
    double packets = (double)c->packets_uhz / 1e6;
    o->limits = true;
    o->fluid = true; // weights have to keep to it as well
    o->rate_bps = c->rate_bps ? c->rate_bps : (int64_t)(packets * 8 * SITE_LEAST_BYTES + 0.5);
    if (c->packets_uhz)
        o->least_bytes = (uint32_t)((double)o->rate_bps / 8 / packets + 0.5);
}

struct world_link site_link_is(const struct world *w, int pop)
{
    const struct pop *p = site_pop(w, pop);
    return (struct world_link){.kind = WORLD_SITE,
                               .network = p->network,
                               .a_city = p->city,
                               .b_city = p->city,
                               .interconnect = -1};
}

void site_publish_tunnels(struct world *w, int service, int pop)
{
    const struct service *s = &w->scenario->services[service];
    ip4_addr gateway = s->life.first == LIFE_BIND
                           ? site_loopback(w, w->nodes[backend_gateway(w, s->backend)].router)
                           : 0;
    struct anycast_way way = {.service = (uint32_t)service,
                              .kind = s->tunnel == TUNNEL_GRE ? FWD_TUNNEL_GRE : FWD_TUNNEL_IPIP,
                              .gateway = gateway};
    if (gateways_at(w, pop)) {
        gateways_publish(w, service, pop, &way);
        return;
    }
    for (int k = 0; k < site_routers(w, pop); k++) {
        uint32_t router = site_router(w, pop, k);
        anycast_add_site(&w->services[service], (uint32_t)pop, router);
        control_local(w->control, router, s->prefix);
        anycast_add_entry(&w->services[service], w->net, (uint32_t)pop,
                          control_router(w->control, router)->node, &way);
    }
}

void site_publish_server(struct world *w, int service, int pop)
{
    const struct service *s = &w->scenario->services[service];
    char *name = arena_printf(&w->arena, "%s-server-%s", site_pop(w, pop)->name, s->name);
    struct fwd_options fwd = {.address = world_host_address(w)};
    struct world_node is = {.network = site_pop(w, pop)->network,
                            .city = site_pop(w, pop)->city,
                            .pop = pop,
                            .router = CONTROL_NO_ROUTER};
    struct world_link link_is = site_link_is(w, pop);
    uint32_t node = world_add_node(w, name, &fwd, &is);
    uint32_t ports[2];
    int n = site_routers(w, pop);
    for (int k = 0; k < n; k++) {
        struct net_link_options o = site_link(w, site_router(w, pop, k), node);
        uint32_t link = world_add_link(w, &o, &link_is);
        ports[k] = w->net->links[link].b_port;
        anycast_add_server_site(&w->services[service], w->control, w->net, (uint32_t)pop,
                                site_router(w, pop, k), w->net->links[link].a_port, node);
    }
    struct fwd_node *core = w->net->nodes[node].fwd;
    fwd_route_set(core, (struct prefix){0, 0}, FWD_ACT_FORWARD, fwd_group(core, ports, n));
    traffic_add_server(w->traffic, node, site_loopback(w, site_router(w, pop, 0)));
}
