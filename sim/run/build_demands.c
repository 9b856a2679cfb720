// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/caps.h"
#include "run/dns.h"

static struct ip6_addr address_of(void *ctx, uint32_t node)
{
    const struct world *w = ctx;
    uint32_t router = control_router_of_node(w->control, node);
    struct ip6_addr none = {0, 0};
    return router == CONTROL_NO_ROUTER ? none
                                       : ip6_from_ip4(control_router(w->control, router)->loopback);
}

static int routers_of(const struct world *w, const struct demand_end *e)
{
    return e->kind == DEMAND_CITY
               ? w->scenario->topology.networks[e->network].cities[e->index].routers
               : 1;
}

// Where part k of a demand comes in, or what it is for.
static uint32_t node_of(const struct world *w, const struct demand_end *e, int k)
{
    if (e->kind == DEMAND_GROUP)
        return w->group_node[e->index];
    uint32_t router = world_router(w, e->network, e->index, k % routers_of(w, e));
    return control_router(w->control, router)->node;
}

static struct ip6_addr end_address(const struct world *w, const struct demand_end *e, int k)
{
    if (e->kind == DEMAND_SERVICE)
        return ip6_from_ip4(w->services[e->index].address);
    if (e->kind == DEMAND_GROUP)
        return ip6_from_ip4(world_client_address(w, e->index));
    return address_of((void *)(uintptr_t)w, node_of(w, e, k));
}

// To a name: a part to each of its addresses, and one to nowhere, of users who have none.
static void add_named(struct world *w, int demand, int pair)
{
    const struct demand_pair *p = &w->scenario->demands[demand].pairs[pair];
    const struct gslb *g = w->scenario->services[p->to.index].gslb;
    for (int i = 0; i <= g->nanswers; i++) {
        ip4_addr to = i < g->nanswers ? w->services[g->answers[i]].address : 0;
        struct demand_part part = {.demand = demand,
                                   .pair = pair,
                                   .node = node_of(w, &p->from, 0),
                                   .to = ip6_from_ip4(to),
                                   .from = end_address(w, &p->from, 0)};
        dns_demand(w->dns, p->to.index, p->from.index, i, demand_add(w->demands, &part));
    }
}

// Between cities with two routers each, half of it takes either pair.
static void add_pair(struct world *w, int demand, int pair)
{
    const struct demand_pair *p = &w->scenario->demands[demand].pairs[pair];
    int from = routers_of(w, &p->from), to = routers_of(w, &p->to), parts = from > to ? from : to;
    for (int k = 0; k < parts; k++) {
        struct demand_part part = {.demand = demand,
                                   .pair = pair,
                                   .share = 1.0 / parts,
                                   .node = node_of(w, &p->from, k),
                                   .to = end_address(w, &p->to, k),
                                   .from = end_address(w, &p->from, k)};
        demand_add(w->demands, &part);
    }
}

static void demand_slice(void *ctx, const struct demand_slice *slice)
{
    const struct world *w = ctx;
    monitor_slice(w->monitor, slice);
}

void world_build_demands(struct world *w)
{
    const struct scenario *s = w->scenario;
    struct demand_world world = {w, address_of, world_pop_at, world_inside, demand_slice};
    if (s->ndemands == 0)
        return;
    w->demands = demand_new(s, w->net, &world, w->epoch_ps - load_lead_ps(s), w->epoch_ps);
    caps_limit_demands(w->caps);
    for (int d = 0; d < s->ndemands; d++)
        for (int i = 0; i < s->demands[d].npairs; i++) {
            const struct demand_end *to = &s->demands[d].pairs[i].to;
            if (to->kind == DEMAND_SERVICE && s->services[to->index].mode == MODE_GSLB)
                add_named(w, d, i);
            else
                add_pair(w, d, i);
        }
    w->net->watch = (struct net_watch){w->demands, demand_port_changed};
    control_watch(w->control, demand_fib_changed, w->demands);
}
