// SPDX-License-Identifier: GPL-3.0-or-later
#include "router/state.h"

#define HOPS_MAX 64 // as the TTL of a BGP packet would end it

uint32_t control_port(const struct control *c, uint32_t router, uint32_t link)
{
    const struct net_link *l = &c->net->links[link];
    return c->net->ports[l->a_port]->from == c->routers.v[router]->is.node ? l->a_port : l->b_port;
}

int64_t transport_delay_ps(const struct control *c, uint32_t from, uint32_t to, int32_t link)
{
    if (!c->routers.v[from]->up || !c->routers.v[to]->up)
        return -1;
    if (link >= 0) {
        const struct port *p = c->net->ports[control_port(c, from, (uint32_t)link)];
        return p->alive ? p->delay_ps : -1;
    }
    uint32_t id, at = from;
    int64_t delay_ps = 0;
    if (!control_prefix_find(c, (struct prefix){c->routers.v[to]->is.loopback, 32}, &id))
        return -1;
    for (int hops = 0; hops < HOPS_MAX; hops++) {
        if (at == to)
            return delay_ps;
        const struct fib_entry *e = router_fib(c->routers.v[at], id);
        if (e->owner != FIB_ROUTED || e->resolved == 0)
            return -1;
        const struct port *p = c->net->ports[e->first_port];
        if (!p->alive)
            return -1;
        delay_ps += p->delay_ps;
        at = control_router_of_node(c, p->to);
        if (at == CONTROL_NO_ROUTER)
            return -1;
    }
    return -1; // a loop: the packets never arrive
}
