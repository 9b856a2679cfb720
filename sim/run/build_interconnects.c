// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/lines.h"
#include "run/world.h"

#include <stdlib.h>

#define EBGP_START_PS PS_PER_S

// The router of the city that the next interconnect lands on: the two take turns.
static uint32_t next_router(const struct world *w, int network, int city, int *turns)
{
    int routers = w->scenario->topology.networks[network].cities[city].routers;
    int *turn = &turns[w->router_base[network] + city];
    return world_router(w, network, city, (*turn)++ % routers);
}

static void override_policies(const struct interconnect *x, int side, struct bgp_peer_options *o)
{
    if (x->import[side])
        o->policy.imports[1] = x->import[side];
    if (x->export_[side])
        o->policy.exports[1] = x->export_[side];
}

static void add_interconnect(struct world *w, int index, int *turns)
{
    const struct topology *t = &w->scenario->topology;
    const struct interconnect *x = &t->interconnects[index];
    uint32_t a = next_router(w, x->a, x->a_city, turns), b = next_router(w, x->b, x->b_city, turns);
    const struct city *city = t->networks[x->a].cities[x->a_city].city;
    struct net_link_options o = {.a = control_router(w->control, a)->node,
                                 .b = control_router(w->control, b)->node,
                                 .rate_bps = x->rate_bps,
                                 .delay_ps = x->delay_ps,
                                 .queue_ps = t->queue_ps,
                                 .background_ppm = x->background_ppm,
                                 .burst_bytes = x->burst_bytes,
                                 .burst = x->burst,
                                 .fluid = true};
    lines_options(w, &x->line, NULL, (const struct city *[]){city, city}, 1, &o);
    int topology_city = (int)(city - t->cities);
    struct world_link is = {.kind = WORLD_INTERCONNECT,
                            .network = -1,
                            .a_city = topology_city,
                            .b_city = topology_city,
                            .interconnect = index};
    uint32_t link = world_add_link(w, &o, &is);
    bool peering = x->relation == RELATION_PEER;
    enum bgp_relation a_sees_b = peering ? BGP_REL_PEER : BGP_REL_PROVIDER;
    struct bgp_peer_options ao = world_side(&t->networks[x->a], a_sees_b);
    struct bgp_peer_options bo = world_side(&t->networks[x->b], bgp_relation_mirror(a_sees_b));
    world_policy(w, x->a, x->b, city, &ao);
    world_policy(w, x->b, x->a, city, &bo);
    override_policies(x, 0, &ao);
    override_policies(x, 1, &bo);
    control_add_ebgp_link(w->control, link, a, &ao, b, &bo, EBGP_START_PS);
}

void world_build_interconnects(struct world *w)
{
    const struct topology *t = &w->scenario->topology;
    int cities = 0;
    for (int i = 0; i < t->nnetworks; i++)
        cities += t->networks[i].ncities;
    int *turns = xcalloc((size_t)cities, sizeof *turns);
    for (int i = 0; i < t->ninterconnects; i++)
        add_interconnect(w, i, turns);
    free(turns);
}
