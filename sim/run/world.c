// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/world.h"

#include "bgp/rov.h"
#include "run/caps.h"
#include "run/eips.h"
#include "run/gateways.h"
#include "run/dns.h"
#include "run/backends.h"
#include "run/lines.h"
#include "run/pop_drains.h"
#include "run/scrubs.h"

#include <stdlib.h>
#include <string.h>

uint32_t world_add_node(struct world *w, const char *name, const struct fwd_options *fwd,
                        const struct world_node *is)
{
    uint32_t node = net_add_node(w->net, name, fwd_node_new(fwd));
    if (node >= w->nodes_cap) {
        w->nodes_cap = w->nodes_cap ? 2 * w->nodes_cap : 64;
        w->nodes = xrealloc(w->nodes, w->nodes_cap * sizeof *w->nodes);
    }
    w->nodes[node] = *is;
    return node;
}

uint32_t world_add_link(struct world *w, const struct net_link_options *o,
                        const struct world_link *is)
{
    char *name =
        arena_printf(&w->arena, "%s~%s", w->net->nodes[o->a].name, w->net->nodes[o->b].name);
    uint32_t link = net_add_link(w->net, name, o);
    if (link >= w->links_cap) {
        w->links_cap = w->links_cap ? 2 * w->links_cap : 64;
        w->links = xrealloc(w->links, w->links_cap * sizeof *w->links);
    }
    w->links[link] = *is;
    return link;
}

ip4_addr world_host_address(struct world *w)
{
    return IP4(10, 224, 0, 1) + w->hosts++;
}

uint32_t world_router(const struct world *w, int network, int city, int k)
{
    return w->routers[(w->router_base[network] + city) * 2 + k];
}

const struct city *world_city_of(const struct world *w, uint32_t node)
{
    const struct world_node *n = &w->nodes[node];
    return w->scenario->topology.networks[n->network].cities[n->city].city;
}

static void add_stretch(struct world *w)
{
    w->shortest_nodes = xcalloc(w->net->nnodes, sizeof *w->shortest_nodes);
    for (uint32_t i = 0; i < w->net->nnodes; i++) {
        const struct world_node *n = &w->nodes[i];
        w->shortest_nodes[i] = (struct shortest_node){
            .network = n->network,
            .router = n->router != CONTROL_NO_ROUTER && n->pop < 0,
            .carrier = w->scenario->topology.networks[n->network].kind == NETWORK_CARRIER};
    }
    w->stretch = stretch_new(&(struct stretch_options){.scenario = w->scenario,
                                                       .sim = w->sim,
                                                       .net = w->net,
                                                       .control = w->control,
                                                       .services = w->services,
                                                       .group_node = w->group_node,
                                                       .nodes = w->shortest_nodes,
                                                       .epoch_ps = w->epoch_ps});
}

struct world *world_new(const struct scenario *s)
{
    struct world *w = xcalloc(1, sizeof *w);
    w->scenario = s;
    w->epoch_ps = s->warmup_ps;
    arena_init(&w->arena);
    w->sim = sim_new(s->seed);
    w->net = net_new(w->sim);
    w->control = control_new(w->sim, w->net);
    w->meter = meter_new(s, w->sim, w->control, w->epoch_ps);
    struct traffic_hooks hooks = meter_hooks(w->meter);
    w->traffic = traffic_new(w->sim, w->net, &hooks);
    world_build_origins(w);
    world_build_networks(w);
    world_build_interconnects(w);
    world_build_services(w);
    w->eips = eips_new(w);
    w->caps = caps_new(w);
    w->dns = dns_new(w);
    world_build_clients(w);
    if (w->dns)
        dns_build(w->dns);
    world_build_health(w);
    w->load = load_new(s, w->sim, w->net, w->epoch_ps);
    world_build_monitor(w);
    world_build_demands(w);
    w->queueing = queueing_new(s, w->sim, w->net, w->epoch_ps);
    add_stretch(w);
    w->scrubs = scrubs_new(w);
    w->pop_drains = pop_drains_new(w);
    control_start(w->control);
    w->lines = lines_new(w);
    return w;
}

void world_free(struct world *w)
{
    if (!w)
        return;
    for (int i = 0; w->services && i < w->scenario->nservices; i++)
        anycast_free(&w->services[i]);
    caps_free(w->caps);
    eips_free(w->eips);
    scrubs_free(w->scrubs);
    gateways_free(w->gateways);
    for (int i = 0; w->backends && i < w->scenario->nservices; i++)
        backends_free(w->backends[i]);
    health_log_free(w->health);
    pop_drains_free(w->pop_drains);
    queueing_free(w->queueing);
    stretch_free(w->stretch);
    lines_free(w->lines);
    demand_free(w->demands);
    monitor_free(w->monitor);
    dns_free(w->dns);
    load_free(w->load);
    traffic_free(w->traffic);
    meter_free(w->meter);
    control_free(w->control);
    bgp_rov_free(w->rov);
    net_free(w->net);
    sim_free(w->sim);
    free(w->services);
    free(w->backends);
    free(w->links);
    free(w->pop_at);
    free(w->nodes);
    free(w->shortest_nodes);
    free(w->routers);
    free(w->router_base);
    free(w->backend_node);
    free(w->group_node);
    free(w->group_prefix);
    arena_free(&w->arena);
    free(w);
}
