// SPDX-License-Identifier: GPL-3.0-or-later
// What the monitor has to know of the network: at which POP a node stands, and whose it is.
#include "run/world.h"

// The POP in the city of a cloud's router, or that of a server.
static int pop_of_node(const struct world *w, uint32_t node)
{
    const struct world_node *n = &w->nodes[node];
    if (n->pop >= 0)
        return n->pop;
    for (int i = 0; n->router != CONTROL_NO_ROUTER && i < w->scenario->topology.npops; i++) {
        const struct pop *p = &w->scenario->topology.pops[i];
        if (p->network == n->network && p->city == n->city)
            return i;
    }
    return -1;
}

int world_pop_at(void *world, uint32_t node)
{
    const struct world *w = world;
    return w->pop_at[node];
}

bool world_inside(void *world, uint32_t node)
{
    const struct world *w = world;
    const struct world_node *n = &w->nodes[node];
    return w->scenario->topology.networks[n->network].kind != NETWORK_CARRIER &&
           (n->pop >= 0 || n->router != CONTROL_NO_ROUTER);
}

static int entry_of(void *ctx, ip4_addr entry)
{
    const struct world *w = ctx;
    return meter_pop_of(w->meter, entry);
}

void world_build_monitor(struct world *w)
{
    struct monitor_world world = {w, world_pop_at, world_inside, entry_of};
    w->pop_at = xcalloc(w->net->nnodes, sizeof *w->pop_at);
    for (uint32_t i = 0; i < w->net->nnodes; i++)
        w->pop_at[i] = pop_of_node(w, i);
    w->monitor = monitor_new(w->scenario, w->sim, &world, w->epoch_ps);
    for (int i = 0; i < w->scenario->nservices; i++)
        if (w->scenario->services[i].prefix.len) // a name has no address of its own
            monitor_add_prefix(w->monitor, w->scenario->services[i].prefix, i);
    struct traffic_watch watch = monitor_watch(w->monitor);
    traffic_set_watch(w->traffic, &watch);
}
