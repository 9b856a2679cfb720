// SPDX-License-Identifier: GPL-3.0-or-later
#include "router/state.h"

#define HOPS_MAX 64 // as the TTL of a BGP packet would end it

uint32_t control_port(const struct control *c, uint32_t router, uint32_t link)
{
    const struct net_link *l = &c->net->links[link];
    return c->net->ports[l->a_port]->from == c->routers.v[router]->is.node ? l->a_port : l->b_port;
}

// Along the FIBs from router to router; -1: does not arrive. `hops` is what the TTL leaves. Where a
// repair path begins it is followed to the ends of its segments first.
static int64_t walk(const struct control *c, uint32_t at, uint32_t to, int *hops);

static int64_t walk_repair(const struct control *c, uint32_t *at, const struct fib_forward *f,
                           int *hops)
{
    int64_t delay_ps = 0;
    for (uint32_t i = 0; i < f->nsegments; i++) {
        const struct igp_segment *s = &f->segments[i];
        int64_t leg_ps;
        if (s->link == IGP_NO_LINK) {
            leg_ps = walk(c, *at, s->router, hops);
        } else {
            const struct port *p = c->net->ports[control_port(c, *at, s->link)];
            leg_ps = p->alive ? p->delay_ps : -1;
        }
        if (leg_ps < 0)
            return -1;
        delay_ps += leg_ps;
        *at = s->router;
    }
    return delay_ps;
}

static int64_t walk(const struct control *c, uint32_t at, uint32_t to, int *hops)
{
    uint32_t id;
    int64_t delay_ps = 0;
    if (!control_prefix_find(c, (struct prefix){c->routers.v[to]->is.loopback, 32}, &id))
        return -1;
    while ((*hops)-- > 0) {
        if (at == to)
            return delay_ps;
        const struct fib_entry *e = router_fib(c->routers.v[at], id);
        if (e->owner != FIB_ROUTED || e->resolved == 0)
            return -1;
        if (e->forward && e->forward->nsegments) {
            int64_t leg_ps = walk_repair(c, &at, e->forward, hops);
            if (leg_ps < 0)
                return -1;
            delay_ps += leg_ps;
            continue;
        }
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

int64_t transport_delay_ps(const struct control *c, uint32_t from, uint32_t to, int32_t link)
{
    if (!c->routers.v[from]->up || !c->routers.v[to]->up)
        return -1;
    if (link >= 0) {
        const struct port *p = c->net->ports[control_port(c, from, (uint32_t)link)];
        return p->alive ? p->delay_ps : -1;
    }
    int hops = HOPS_MAX;
    return walk(c, from, to, &hops);
}
