// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/route.h"
#include "router/state.h"

// What a prefix resolves to at a router now: ports, ascending by link, without repetition.
struct resolved {
    uint32_t ports[FWD_MAX_ECMP];
    int count; // 0: no route
};

static void via_igp(const struct router *r, uint32_t me, uint32_t target, struct resolved *out)
{
    uint32_t links[IGP_MAX_ECMP];
    int n = igp_nexthops(r->igp, me, target, links);
    for (int i = 0; i < n && i < FWD_MAX_ECMP; i++)
        out->ports[out->count++] = control_port(r->control, me, links[i]);
}

static void resolve(const struct router *r, uint32_t prefix_id, struct resolved *out)
{
    const struct control *c = r->control;
    const struct known_prefix *known = &c->prefixes.v[prefix_id];
    uint32_t me = r->index;
    uint64_t where;
    out->count = 0;
    if (known->loopback_of != CONTROL_NO_ROUTER) {
        if (c->routers.v[known->loopback_of]->igp == r->igp)
            via_igp(r, me, known->loopback_of, out);
        return;
    }
    if (r->is.bgp.asn == 0)
        return;
    const struct bgp_route *best = bgp_best(c->bgp, me, known->prefix);
    if (!best)
        return;
    ip4_addr nexthop = bgp_route_nexthop(best);
    if (!table_get(&c->address, &nexthop, sizeof nexthop, &where))
        return;
    if (where >> 32) // an interface address: the link of an eBGP session
        out->ports[out->count++] = control_port(c, me, (uint32_t)where);
    else
        via_igp(r, me, (uint32_t)where, out);
}

static uint64_t resolved_hash(const struct resolved *s)
{
    if (s->count == 0)
        return 0;
    uint64_t h = hash_bytes(s->ports, (size_t)s->count * sizeof s->ports[0], 1);
    return h ? h : 1;
}

// Brings the entry up to date; true when it changed.
static bool install(struct router *r, uint32_t prefix_id)
{
    struct control *c = r->control;
    struct fib_entry *e = router_fib(r, prefix_id);
    struct fwd_node *fwd = c->net->nodes[r->is.node].fwd;
    struct prefix p = c->prefixes.v[prefix_id].prefix;
    struct resolved s;
    e->queued = false;
    if (e->owner == FIB_LOCAL || e->owner == FIB_STATIC)
        return false;
    resolve(r, prefix_id, &s);
    uint64_t hash = resolved_hash(&s);
    if (hash == e->resolved)
        return false;
    if (s.count)
        fwd_route_set(fwd, p, FWD_ACT_FORWARD, fwd_group(fwd, s.ports, s.count));
    else
        fwd_route_del(fwd, p);
    e->owner = s.count ? FIB_ROUTED : FIB_NONE;
    e->resolved = hash;
    e->first_port = s.count ? s.ports[0] : 0;
    e->changed_ps = sim_now(c->sim);
    c->fib_changes++;
    c->last_fib_change_ps = e->changed_ps;
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

void download_init(struct router *r)
{
    timer_init(r->control->sim, &r->download, download, r, SIM_PHASE_CONTROL);
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
        if (e->queued || e->owner == FIB_LOCAL || e->owner == FIB_STATIC)
            continue;
        resolve(r, id, &s);
        if (resolved_hash(&s) != e->resolved)
            download_queue(r, id);
    }
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
        e->changed_ps = sim_now(r->control->sim);
    }
}
