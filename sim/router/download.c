// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/route.h"
#include "router/pathlist.h"
#include "router/reroute.h"

#include <stdlib.h>

void resolved_clear(struct resolved *s)
{
    s->count = 0;
    s->target = CONTROL_NO_ROUTER;
    s->repaired = s->backup = s->discard = false;
    s->nsegments = 0;
}

static void add_link(const struct router *r, uint32_t link, struct resolved *out)
{
    int at = out->count;
    while (at > 0 && out->links[at - 1] > link)
        at--;
    if ((at > 0 && out->links[at - 1] == link) || out->count == FWD_MAX_ECMP)
        return;
    size_t behind = (size_t)(out->count - at) * sizeof out->links[0];
    memmove(&out->links[at + 1], &out->links[at], behind);
    memmove(&out->ports[at + 1], &out->ports[at], behind);
    out->links[at] = link;
    out->ports[at] = control_port(r->control, r->index, link);
    out->count++;
}

static void via_igp(const struct router *r, uint32_t target, struct resolved *out)
{
    uint32_t links[FWD_MAX_ECMP];
    int n = igp_nexthops(r->igp, r->index, target, links);
    if (out->count == 0) // of several paths: the best one's
        out->target = target;
    for (int i = 0; i < n; i++)
        add_link(r, links[i], out);
}

void download_add_nexthop(const struct router *r, ip4_addr nexthop, struct resolved *out)
{
    uint64_t where;
    if (!table_get(&r->control->address, &nexthop, sizeof nexthop, &where))
        return;
    if (where >> 32) // an interface address: the link of an eBGP session
        add_link(r, (uint32_t)where, out);
    else
        via_igp(r, (uint32_t)where, out);
}

static void resolve(const struct router *r, uint32_t prefix_id, struct resolved *out)
{
    const struct control *c = r->control;
    const struct known_prefix *known = &c->prefixes.v[prefix_id];
    resolved_clear(out);
    if (known->loopback_of != CONTROL_NO_ROUTER) {
        if (c->routers.v[known->loopback_of]->igp == r->igp)
            via_igp(r, known->loopback_of, out);
        return;
    }
    if (r->is.bgp.asn == 0)
        return;
    const struct bgp_route *paths[FWD_MAX_ECMP];
    uint32_t n = bgp_paths(c->bgp, r->index, known->prefix, paths, FWD_MAX_ECMP);
    out->discard = n && bgp_route_discards(paths[0]);
    if (out->discard)
        return;
    for (uint32_t i = 0; i < n && i < FWD_MAX_ECMP; i++)
        download_add_nexthop(r, bgp_route_nexthop(paths[i]), out);
}

uint64_t resolved_hash(const struct resolved *s)
{
    if (s->count == 0)
        return s->discard;
    uint64_t h = hash_bytes(s->ports, (size_t)s->count * sizeof s->ports[0], 1);
    if (s->nsegments)
        h = hash_bytes(s->segments, s->nsegments * sizeof s->segments[0], h);
    return h ? h : 1;
}

// Fast reroute has to know what an entry does.
static void remember(const struct router *r, struct fib_entry *e, const struct resolved *s)
{
    if (r->control->networks.v[r->is.network].is.repair.how == IGP_REROUTE_NONE)
        return;
    uint32_t count = (uint32_t)s->count;
    struct fib_forward *f = xrealloc(e->forward, sizeof *f + count * sizeof f->links[0]);
    *f = (struct fib_forward){.target = s->target,
                              .nsegments = s->nsegments,
                              .repaired = s->repaired,
                              .backup = s->backup,
                              .count = count};
    memcpy(f->segments, s->segments, s->nsegments * sizeof s->segments[0]);
    memcpy(f->links, s->links, count * sizeof f->links[0]);
    e->forward = f;
}

void download_tell(const struct router *r, struct prefix p)
{
    const struct control *c = r->control;
    if (c->watch)
        c->watch(c->watch_ctx, r->is.node, prefix6_from_prefix(p));
}

void download_program(struct router *r, uint32_t prefix_id, const struct resolved *s)
{
    struct control *c = r->control;
    struct fib_entry *e = router_fib(r, prefix_id);
    struct fwd_node *fwd = c->net->nodes[r->is.node].fwd;
    struct prefix p = c->prefixes.v[prefix_id].prefix;
    if (s->nsegments)
        reroute_program(r, p, s);
    else if (s->count)
        fwd_route_set(fwd, p, FWD_ACT_FORWARD, fwd_group(fwd, s->ports, s->count));
    else if (s->discard)
        fwd_route_set(fwd, p, FWD_ACT_BLACKHOLE, 0);
    else
        fwd_route_del(fwd, p);
    remember(r, e, s);
    e->owner = s->count || s->discard ? FIB_ROUTED : FIB_NONE;
    e->resolved = resolved_hash(s);
    e->first_port = s->count ? s->ports[0] : 0;
    e->changed_ps = sim_now(c->sim);
    c->fib_changes++;
    download_tell(r, p);
    multihop_paths_changed(c);
    c->last_fib_change_ps = e->changed_ps;
}

// A router whose BGP restarts gracefully leaves alone what BGP has put into the FIB.
static bool kept(const struct router *r, uint32_t prefix_id)
{
    return r->keeps_forwarding &&
           r->control->prefixes.v[prefix_id].loopback_of == CONTROL_NO_ROUTER;
}

// Brings the entry up to date; true when it changed.
static bool install(struct router *r, uint32_t prefix_id)
{
    struct fib_entry *e = router_fib(r, prefix_id);
    struct resolved s;
    e->queued = false;
    if (e->owner == FIB_LOCAL || e->owner == FIB_STATIC || kept(r, prefix_id))
        return false;
    resolve(r, prefix_id, &s);
    reroute_adjust(r, &s);
    bool shares = pathlist_assign(r, prefix_id);
    if (resolved_hash(&s) == e->resolved) {
        if (e->forward)
            remember(r, e, &s); // the same, but perhaps for another reason
        return shares;          // it is programmed to share another list
    }
    download_program(r, prefix_id, &s);
    return true;
}

// One prefix at a time; the next follows after the time that programming one takes.
static void download(struct sim *sim, struct timer *t)
{
    struct router *r = t->owner;
    while (r->queue_head < r->queue.n) {
        if (!install(r, r->queue.v[r->queue_head++]))
            continue; // changed back meanwhile: costs nothing
        if (r->queue_head < r->queue.n) {
            timer_set(sim, t, sim_now(sim) + r->control->networks.v[r->is.network].is.fib_each_ps);
            return;
        }
    }
    r->queue.n = r->queue_head = 0;
}

void download_flush(struct router *r)
{
    while (r->queue_head < r->queue.n)
        install(r, r->queue.v[r->queue_head++]);
    r->queue.n = r->queue_head = 0;
    timer_cancel(&r->download);
}

void download_init(struct router *r)
{
    timer_init(r->control->sim, &r->download, download, r, SIM_PHASE_CONTROL);
}

void download_free(struct router *r)
{
    for (size_t id = 0; id < r->nfib; id++)
        free(r->fib[id].forward);
    free(r->fib);
    vec_free(&r->queue);
}

void download_queue(struct router *r, uint32_t prefix_id)
{
    struct fib_entry *e = router_fib(r, prefix_id);
    if (e->queued || e->owner == FIB_LOCAL || e->owner == FIB_STATIC)
        return;
    e->queued = true;
    vec_push(&r->queue, prefix_id);
    if (!timer_armed(&r->download))
        timer_set(r->control->sim, &r->download,
                  sim_now(r->control->sim) + r->control->networks.v[r->is.network].is.fib_ps);
}

void download_queue_changed(struct router *r)
{
    for (uint32_t id = 0; id < r->control->prefixes.n; id++) {
        const struct fib_entry *e = router_fib(r, id);
        struct resolved s;
        if (e->queued || e->owner == FIB_LOCAL || e->owner == FIB_STATIC || e->pathlist ||
            kept(r, id))
            continue;
        resolve(r, id, &s);
        if (resolved_hash(&s) != e->resolved)
            download_queue(r, id);
    }
    pathlist_routes_changed(r);
}

bool control_fib_behind(const struct control *c, uint32_t router, struct prefix p)
{
    const struct router *r = c->routers.v[router];
    struct resolved s;
    uint32_t id;
    if (!control_prefix_find(c, p, &id) || id >= r->nfib)
        return false;
    const struct fib_entry *e = &r->fib[id];
    if (e->owner == FIB_LOCAL || e->owner == FIB_STATIC)
        return false;
    resolve(r, id, &s);
    return resolved_hash(&s) != e->resolved;
}

void download_forget(struct router *r)
{
    struct fwd_node *fwd = r->control->net->nodes[r->is.node].fwd;
    timer_cancel(&r->download);
    r->queue.n = r->queue_head = 0;
    for (uint32_t id = 0; id < r->nfib; id++) {
        struct fib_entry *e = &r->fib[id];
        e->queued = false;
        if (e->owner != FIB_ROUTED)
            continue;
        fwd_route_del(fwd, r->control->prefixes.v[id].prefix);
        e->owner = FIB_NONE;
        e->resolved = 0;
        free(e->forward);
        e->forward = NULL;
        e->changed_ps = sim_now(r->control->sim);
        download_tell(r, r->control->prefixes.v[id].prefix);
    }
}
