// SPDX-License-Identifier: GPL-3.0-or-later
// The gateways in front of backends.
#include "run/site.h"

#define GATEWAY_METRIC  5
#define GATEWAY_FLOWS   65536
#define GATEWAY_IDLE_PS (30 * PS_PER_S)

uint32_t backend_gateway(struct world *w, int pop)
{
    const struct pop *p = site_pop(w, pop);
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
    for (int k = 0; k < site_routers(w, pop); k++) {
        struct net_link_options o = site_link(w, site_router(w, pop, k), node);
        uint32_t link = world_add_link(w, &o, &link_is);
        control_add_igp_link(w->control, link, site_router(w, pop, k), router, GATEWAY_METRIC);
    }
    w->backend_node[pop] = node;
    return node;
}
