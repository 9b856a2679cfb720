// SPDX-License-Identifier: GPL-3.0-or-later
#include "router/reroute.h"

#include <stdlib.h>

static const struct igp_repair_options *options(const struct router *r)
{
    return &r->control->networks.v[r->is.network].is.repair;
}

static bool reroutes(const struct router *r)
{
    return options(r)->how != IGP_REROUTE_NONE;
}

// Does the router believe that its link is down?
static bool is_down(const struct router *r, uint32_t link)
{
    const struct control_link *l = r->control->links.v[link];
    return !l->ends[l->b == r->index].up;
}

static bool is_interior(const struct router *r, uint32_t link)
{
    return r->control->links.v[link]->kind == LINK_IGP;
}

// --- before the start

// An interface address of the router at the `z_end` of the link; the other router is connected to it.
static void prepare_end(struct control *c, uint32_t link, bool z_end)
{
    const struct control_link *l = c->links.v[link];
    struct router *here = c->routers.v[z_end ? l->b : l->a];
    struct router *there = c->routers.v[z_end ? l->a : l->b];
    struct prefix p = {control_link_address(link, z_end), 32};
    struct fwd_node *far = c->net->nodes[there->is.node].fwd;
    uint32_t port = control_port(c, there->index, link);
    fwd_route_set(c->net->nodes[here->is.node].fwd, p, FWD_ACT_LOCAL, 0);
    fwd_route_set(far, p, FWD_ACT_FORWARD, fwd_group(far, &port, 1));
    if (here->reroute.accepts)
        return;
    here->reroute.accepts = true;
    struct fwd_endpoint_options any = {
        .kind = FWD_TUNNEL_IPIP, .local = {ip6_from_ip4(control_link_address(0, false)), 108}};
    fwd_tunnel_accept(c->net->nodes[here->is.node].fwd, FWD_TUNNEL_IPIP);
    fwd_endpoint_add(c->net->nodes[here->is.node].fwd, &any);
}

void reroute_prepare_link(struct control *c, uint32_t link)
{
    const struct router *r = c->routers.v[c->links.v[link]->a];
    if (options(r)->how != IGP_REROUTE_TILFA)
        return;
    prepare_end(c, link, false);
    prepare_end(c, link, true);
}

// --- what to do instead

static void drop_backups(struct router *r)
{
    igp_repair_free(r->reroute.backups);
    r->reroute.backups = NULL;
}

static struct igp_repair *backups(struct router *r)
{
    if (r->reroute.backups && !igp_repair_current(r->reroute.backups))
        drop_backups(r);
    if (!r->reroute.backups)
        r->reroute.backups = igp_repair_new(r->igp, r->index, options(r));
    return r->reroute.backups;
}

static void keep(const struct router *r, struct resolved *s, uint32_t link)
{
    s->links[s->count] = link;
    s->ports[s->count++] = control_port(r->control, r->index, link);
}

static bool shares_risk(struct router *r, const struct resolved *s, uint32_t link)
{
    bool shared = false;
    for (int i = 0; is_interior(r, link) && i < s->count; i++)
        shared = shared || (is_interior(r, s->links[i]) && is_down(r, s->links[i]) &&
                            igp_repair_share_risk(backups(r), link, s->links[i]));
    return shared;
}

static void use_backup(const struct router *r, struct resolved *s, const struct igp_backup *b)
{
    s->count = 0;
    keep(r, s, b->link);
    s->nsegments = b->nsegments;
    for (uint32_t i = 0; i < b->nsegments; i++)
        s->segments[i] = b->segments[i];
    s->repaired = s->backup = true;
}

// The interior link of `s` that is down (of several, the last), or UINT32_MAX.
static uint32_t lost_link(const struct router *r, const struct resolved *s)
{
    uint32_t lost = UINT32_MAX;
    for (int i = 0; i < s->count; i++)
        if (is_interior(r, s->links[i]) && is_down(r, s->links[i]))
            lost = s->links[i];
    return lost;
}

// The next hops that are left: those that share no risk with one that is down, then a backup, then
// whatever is up.
void reroute_adjust(struct router *r, struct resolved *s)
{
    struct igp_backup b;
    if (!reroutes(r) || s->target == CONTROL_NO_ROUTER)
        return;
    uint32_t lost = lost_link(r, s);
    if (lost == UINT32_MAX)
        return;
    struct resolved safe = *s, up = *s;
    safe.count = up.count = 0;
    safe.repaired = up.repaired = true;
    for (int i = 0; i < s->count; i++) {
        if (is_down(r, s->links[i]))
            continue;
        keep(r, &up, s->links[i]);
        if (!shares_risk(r, s, s->links[i]))
            keep(r, &safe, s->links[i]);
    }
    if (safe.count)
        *s = safe;
    else if (igp_repair_find(backups(r), lost, s->target, &b) && !is_down(r, b.link))
        use_backup(r, s, &b);
    else if (up.count)
        *s = up;
}

// --- putting it into the forwarding core

static ip4_addr segment_address(const struct control *c, const struct igp_segment *s)
{
    if (s->link == IGP_NO_LINK)
        return c->routers.v[s->router]->is.loopback;
    return control_link_address(s->link, c->links.v[s->link]->b == s->router);
}

static uint32_t tunnel_to(struct router *r, ip4_addr remote)
{
    for (size_t i = 0; i < r->reroute.tunnels.n; i++)
        if (r->reroute.tunnels.v[i].remote == remote)
            return r->reroute.tunnels.v[i].id;
    struct fwd_tunnel_options o = {
        .kind = FWD_TUNNEL_IPIP, .remote = ip6_from_ip4(remote), .dscp = -1};
    struct reroute_tunnel t = {remote, fwd_tunnel_add(r->control->net->nodes[r->is.node].fwd, &o)};
    vec_push(&r->reroute.tunnels, t);
    return t.id;
}

void reroute_program(struct router *r, struct prefix p, const struct resolved *s)
{
    struct fwd_node *fwd = r->control->net->nodes[r->is.node].fwd;
    for (uint32_t i = 1; i < s->nsegments; i++) { // how the end of one is reached: by that before
        if (s->segments[i].link == IGP_NO_LINK)
            continue; // a loopback: has its own repair
        struct prefix end = {segment_address(r->control, &s->segments[i]), 32};
        ip4_addr before = segment_address(r->control, &s->segments[i - 1]);
        fwd_route_set(fwd, end, FWD_ACT_TUNNEL, tunnel_to(r, before));
        vec_push(&r->reroute.ends, end);
        download_tell(r, end);
    }
    ip4_addr last = segment_address(r->control, &s->segments[s->nsegments - 1]);
    fwd_route_set(fwd, p, FWD_ACT_TUNNEL, tunnel_to(r, last));
}

// Switches the entry of a loopback where a segment ends, unless it leads around the failure anyway.
static void switch_end(struct router *r, uint32_t lost, uint32_t router)
{
    struct control *c = r->control;
    struct igp_backup b;
    uint32_t id;
    if (igp_repair_untouched(backups(r), lost, router) ||
        !control_prefix_find(c, (struct prefix){c->routers.v[router]->is.loopback, 32}, &id))
        return;
    struct fib_entry *e = router_fib(r, id);
    if (e->owner != FIB_ROUTED || (e->forward && e->forward->backup))
        return;
    if (!igp_repair_find(backups(r), lost, router, &b))
        return;
    struct resolved s = {.target = router};
    use_backup(r, &s, &b);
    download_program(r, id, &s);
    r->control->reroutes++;
}

static bool uses(const struct fib_entry *e, uint32_t link)
{
    bool found = false;
    for (uint32_t i = 0; e->owner == FIB_ROUTED && e->forward && i < e->forward->count; i++)
        found = found || e->forward->links[i] == link;
    return found;
}

// A backup is for one failure: when its own link is lost as well, what uses it is lost until the
// network has converged.
static void switch_entry(struct router *r, uint32_t id, uint32_t lost)
{
    const struct fib_forward *f = r->fib[id].forward;
    struct resolved s = {.target = f->target};
    if (f->backup)
        return;
    for (uint32_t i = 0; i < f->count; i++)
        keep(r, &s, f->links[i]);
    reroute_adjust(r, &s);
    if (!s.repaired)
        return;
    download_program(r, id, &s);
    r->control->reroutes++;
    for (uint32_t i = 0; i < s.nsegments; i++)
        if (s.segments[i].link == IGP_NO_LINK)
            switch_end(r, lost, s.segments[i].router);
}

void reroute_link_lost(struct router *r, uint32_t link)
{
    if (!reroutes(r))
        return;
    for (uint32_t id = 0; id < r->nfib; id++)
        if (uses(&r->fib[id], link))
            switch_entry(r, id, link);
}

void reroute_link_back(struct router *r)
{
    if (!reroutes(r))
        return;
    download_queue_changed(r);
}

void reroute_forget(struct router *r)
{
    drop_backups(r);
    for (size_t i = 0; i < r->reroute.ends.n; i++) {
        fwd_route_del(r->control->net->nodes[r->is.node].fwd, r->reroute.ends.v[i]);
        download_tell(r, r->reroute.ends.v[i]);
    }
    r->reroute.ends.n = 0;
}

void reroute_free(struct router *r)
{
    drop_backups(r);
    vec_free(&r->reroute.tunnels);
    vec_free(&r->reroute.ends);
}
