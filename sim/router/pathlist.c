// SPDX-License-Identifier: GPL-3.0-or-later
#include "router/pathlist.h"

#include "bgp/route.h"
#include "router/reroute.h"

static bool in_force(const struct router *r)
{
    return r->control->networks.v[r->is.network].is.pic && r->is.bgp.asn != 0;
}

// --- Which list

// The next hops in use and, last, the backup's; 0: there is none.
static uint32_t key_of(const struct router *r, struct prefix p, ip4_addr key[FWD_MAX_ECMP + 1])
{
    const struct bgp_route *paths[FWD_MAX_ECMP];
    const struct bgp_route *backup = bgp_backup(r->control->bgp, r->index, p);
    uint32_t n = bgp_paths(r->control->bgp, r->index, p, paths, FWD_MAX_ECMP);
    if (n > FWD_MAX_ECMP)
        n = FWD_MAX_ECMP;
    if (n && bgp_route_discards(paths[0]))
        return 0;
    for (uint32_t i = 0; i < n; i++)
        key[i] = bgp_route_nexthop(paths[i]);
    key[n] = backup ? bgp_route_nexthop(backup) : 0;
    return n;
}

static uint32_t find_or_add(struct pathlists *t, const ip4_addr *key, uint32_t n)
{
    uint64_t number;
    size_t size = (n + 1) * sizeof *key;
    if (table_get(&t->by_nexthops, key, size, &number))
        return (uint32_t)number;
    struct pathlist *l = xmalloc(sizeof *l + size);
    l->n = n;
    memcpy(l->nexthops, key, size);
    vec_push(&t->lists, l);
    table_put(&t->by_nexthops, key, size, t->lists.n);
    return (uint32_t)t->lists.n;
}

bool pathlist_assign(struct router *r, uint32_t prefix_id)
{
    const struct known_prefix *known = &r->control->prefixes.v[prefix_id];
    struct fib_entry *e = router_fib(r, prefix_id);
    ip4_addr key[FWD_MAX_ECMP + 1];
    uint32_t before = e->pathlist;
    if (!in_force(r) || known->loopback_of != CONTROL_NO_ROUTER)
        return false;
    uint32_t n = key_of(r, known->prefix, key);
    e->pathlist = n ? find_or_add(&r->pathlists, key, n) : 0;
    return e->pathlist != before;
}

// --- Where a list leads now

static bool believed_up(const struct router *r, uint32_t link)
{
    const struct control_link *l = r->control->links.v[link];
    return l->ends[l->ends[1].router == r->index].up;
}

static void lead(const struct router *r, const struct pathlist *l, struct resolved *out)
{
    resolved_clear(out);
    for (uint32_t i = 0; i <= l->n; i++) {
        uint64_t where;
        if ((i == l->n && out->count) || l->nexthops[i] == 0 ||
            !table_get(&r->control->address, &l->nexthops[i], sizeof l->nexthops[i], &where) ||
            (where >> 32 && !believed_up(r, (uint32_t)where)))
            continue;
        download_add_nexthop(r, l->nexthops[i], out);
    }
}

// Every entry whose list leads elsewhere by now.
static void switch_entries(struct router *r)
{
    struct resolved *leads = xmalloc((r->pathlists.lists.n + 1) * sizeof *leads);
    for (size_t i = 0; i < r->pathlists.lists.n; i++) {
        lead(r, r->pathlists.lists.v[i], &leads[i]);
        reroute_adjust(r, &leads[i]);
    }
    for (uint32_t id = 0; id < r->nfib; id++) {
        const struct fib_entry *e = &r->fib[id];
        if (!e->pathlist || e->owner != FIB_ROUTED)
            continue;
        const struct resolved *s = &leads[e->pathlist - 1];
        if (s->count && resolved_hash(s) != e->resolved)
            download_program(r, id, s);
    }
    free(leads);
}

static void due(struct sim *sim, struct timer *t)
{
    (void)sim;
    switch_entries(t->owner);
}

void pathlist_link_lost(struct router *r)
{
    if (in_force(r))
        switch_entries(r);
}

void pathlist_routes_changed(struct router *r)
{
    const struct control *c = r->control;
    if (in_force(r) && r->pathlists.lists.n && !timer_armed(&r->pathlists.timer))
        timer_set(c->sim, &r->pathlists.timer,
                  sim_now(c->sim) + c->networks.v[r->is.network].is.fib_ps);
}

void pathlist_init(struct router *r)
{
    table_init(&r->pathlists.by_nexthops);
    timer_init(r->control->sim, &r->pathlists.timer, due, r, SIM_PHASE_CONTROL);
}

void pathlist_forget(struct router *r)
{
    timer_cancel(&r->pathlists.timer);
    for (uint32_t id = 0; id < r->nfib; id++)
        r->fib[id].pathlist = 0;
    for (size_t i = 0; i < r->pathlists.lists.n; i++)
        free(r->pathlists.lists.v[i]);
    r->pathlists.lists.n = 0;
    table_free(&r->pathlists.by_nexthops);
}

void pathlist_free(struct router *r)
{
    pathlist_forget(r);
    vec_free(&r->pathlists.lists);
}
