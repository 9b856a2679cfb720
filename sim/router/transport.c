// SPDX-License-Identifier: GPL-3.0-or-later
#include "router/state.h"

#define HOPS_MAX 64 // as the TTL of a BGP packet would end it

uint32_t control_port(const struct control *c, uint32_t router, uint32_t link)
{
    const struct net_link *l = &c->net->links[link];
    return c->net->ports[l->a_port]->from == c->routers.v[router]->is.node ? l->a_port : l->b_port;
}

struct trip {
    int hops;    // what the TTL leaves
    double pass; // the share of packets that no link has lost so far
};

// -1: the link is cut.
static int64_t cross(struct trip *t, const struct port *p)
{
    t->pass *= 1 - port_line_loss(p, sim_now(p->net->sim));
    return p->alive ? p->delay_ps : -1;
}

// Along the FIBs from router to router; -1: does not arrive. Where a repair path begins it is followed
// to the ends of its segments first.
static int64_t walk(const struct control *c, uint32_t at, uint32_t to, struct trip *t);

static int64_t walk_repair(const struct control *c, uint32_t *at, const struct fib_forward *f,
                           struct trip *t)
{
    int64_t delay_ps = 0;
    for (uint32_t i = 0; i < f->nsegments; i++) {
        const struct igp_segment *s = &f->segments[i];
        int64_t leg_ps;
        if (s->link == IGP_NO_LINK) {
            leg_ps = walk(c, *at, s->router, t);
        } else {
            const struct port *p = c->net->ports[control_port(c, *at, s->link)];
            leg_ps = cross(t, p);
        }
        if (leg_ps < 0)
            return -1;
        delay_ps += leg_ps;
        *at = s->router;
    }
    return delay_ps;
}

static int64_t walk(const struct control *c, uint32_t at, uint32_t to, struct trip *t)
{
    uint32_t id;
    int64_t delay_ps = 0;
    if (!control_prefix_find(c, (struct prefix){c->routers.v[to]->is.loopback, 32}, &id))
        return -1;
    while (t->hops-- > 0) {
        if (at == to)
            return delay_ps;
        const struct fib_entry *e = router_fib(c->routers.v[at], id);
        if (e->owner != FIB_ROUTED || e->resolved == 0)
            return -1;
        if (e->forward && e->forward->nsegments) {
            int64_t leg_ps = walk_repair(c, &at, e->forward, t);
            if (leg_ps < 0)
                return -1;
            delay_ps += leg_ps;
            continue;
        }
        const struct port *p = c->net->ports[e->first_port];
        int64_t leg_ps = cross(t, p);
        if (leg_ps < 0)
            return -1;
        delay_ps += leg_ps;
        at = control_router_of_node(c, p->to);
        if (at == CONTROL_NO_ROUTER)
            return -1;
    }
    return -1; // a loop: the packets never arrive
}

static int64_t travel(const struct control *c, uint32_t from, uint32_t to, int32_t link,
                      struct trip *t)
{
    *t = (struct trip){.hops = HOPS_MAX, .pass = 1};
    if (!c->routers.v[from]->up || !c->routers.v[to]->up)
        return -1;
    if (link >= 0)
        return cross(t, c->net->ports[control_port(c, from, (uint32_t)link)]);
    return walk(c, from, to, t);
}

int64_t transport_delay_ps(const struct control *c, uint32_t from, uint32_t to, int32_t link)
{
    struct trip t;
    return travel(c, from, to, link, &t);
}

uint32_t transport_loss_ppm(const struct control *c, uint32_t from, uint32_t to, int32_t link)
{
    struct trip t;
    if (!c->net->lossy || travel(c, from, to, link, &t) < 0)
        return 0;
    return (uint32_t)((1 - t.pass) * 1e6 + 0.5);
}
