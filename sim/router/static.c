// SPDX-License-Identifier: GPL-3.0-or-later
// FIB entries that no protocol brings: see router/control.h.
#include "router/state.h"

void control_static(struct control *c, uint32_t router, struct prefix p, uint32_t port)
{
    struct router *r = c->routers.v[router];
    router_fib(r, control_prefix_id(c, p))->first_port = port;
    control_static_group(c, router, p, fwd_group(c->net->nodes[r->is.node].fwd, &port, 1));
}

void control_static_group(struct control *c, uint32_t router, struct prefix p, uint32_t group)
{
    struct router *r = c->routers.v[router];
    struct fib_entry *e = router_fib(r, control_prefix_id(c, p));
    e->owner = FIB_STATIC;
    e->changed_ps = sim_now(c->sim);
    fwd_route_set(c->net->nodes[r->is.node].fwd, p, FWD_ACT_FORWARD, group);
    download_tell(r, p);
}

void control_static_gone(struct control *c, uint32_t router, struct prefix p)
{
    struct router *r = c->routers.v[router];
    uint32_t id = control_prefix_id(c, p);
    struct fib_entry *e = router_fib(r, id);
    if (e->owner != FIB_STATIC)
        return;
    e->owner = FIB_NONE;
    e->resolved = 0;
    e->changed_ps = sim_now(c->sim);
    fwd_route_del(c->net->nodes[r->is.node].fwd, p);
    download_tell(r, p);
    download_queue(r, id);
}

void control_local(struct control *c, uint32_t router, struct prefix p)
{
    struct router *r = c->routers.v[router];
    struct fib_entry *e = router_fib(r, control_prefix_id(c, p));
    e->owner = FIB_LOCAL;
    e->changed_ps = sim_now(c->sim);
}
