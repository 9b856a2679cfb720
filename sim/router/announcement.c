// SPDX-License-Identifier: GPL-3.0-or-later
// What routers announce of the prefixes that they originate, and to whom: see router/control.h.
#include "bgp/attr.h"
#include "bgp/route.h"
#include "router/state.h"

#include <assert.h>
#include <string.h>

void control_announce(struct control *c, uint32_t router, struct prefix p)
{
    control_prefix_id(c, p);
    control_reacted(c);
    bgp_originate(c->bgp, router, p);
}

void control_withdraw(struct control *c, uint32_t router, struct prefix p)
{
    control_reacted(c);
    bgp_withdraw(c->bgp, router, p);
}

void control_drain(struct control *c, uint32_t router, struct prefix p, bool on)
{
    control_reacted(c);
    bgp_drain(c->bgp, router, p, on);
}

void control_drain_sessions(struct control *c, uint32_t router, uint32_t peer_router, bool on)
{
    control_reacted(c);
    bgp_drain_sessions(c->bgp, router,
                       peer_router == CONTROL_NO_ROUTER ? BGP_NO_ROUTER : peer_router, on);
}

// --- what neighbours are told

// The first one that does not come before the two; as many as there are: none.
static size_t find(const struct router *r, uint32_t prefix_id, uint32_t network)
{
    size_t i = 0;
    while (i < r->manners.n &&
           (r->manners.v[i].prefix_id < prefix_id ||
            (r->manners.v[i].prefix_id == prefix_id && r->manners.v[i].network < network)))
        i++;
    return i;
}

static const struct manner *said(const struct router *r, uint32_t prefix_id, uint32_t network)
{
    static const struct manner nothing = {
        .prepend = CONTROL_UNSAID, .quiet = CONTROL_UNSAID, .med = CONTROL_UNSAID};
    size_t at = find(r, prefix_id, network);
    bool there = at < r->manners.n && r->manners.v[at].prefix_id == prefix_id &&
                 r->manners.v[at].network == network;
    return there ? &r->manners.v[at] : &nothing;
}

// Neighbours know the AS as the first one of the path, which the speaker has put there.
static bool speak(const struct router *r, uint32_t prefix_id, uint32_t network,
                  struct bgp_draft *draft)
{
    const struct manner *all = said(r, prefix_id, CONTROL_ALL_NETWORKS);
    const struct manner *one = said(r, prefix_id, network);
    int prepend = one->prepend >= 0 ? one->prepend : all->prepend;
    int64_t med = one->med >= 0 ? one->med : all->med;
    if ((one->quiet >= 0 ? one->quiet : all->quiet) > 0)
        return false;
    if (prepend < all->least)
        prepend = all->least;
    for (int i = 0; i < prepend; i++)
        bgp_draft_prepend(draft, draft->path.v[0]);
    if (med >= 0)
        bgp_draft_set_med(draft, (uint32_t)med);
    for (size_t i = 0; i < all->communities.n; i++)
        bgp_draft_add_community(draft, all->communities.v[i]);
    for (size_t i = 0; i < one->communities.n; i++)
        bgp_draft_add_community(draft, one->communities.v[i]);
    return true;
}

static bool originates(const struct router *r, struct prefix p)
{
    const struct bgp_route *best = bgp_best(r->control->bgp, r->index, p);
    return best && best->source == BGP_SOURCE_LOCAL;
}

static bool is_blackhole(const struct router *r, uint32_t prefix_id)
{
    for (size_t i = 0; i < r->blackholes.n; i++)
        if (r->blackholes.v[i] == prefix_id)
            return true;
    return false;
}

// The export filter of routers that announce with more than the route itself.
static bool tells(void *ctx, uint32_t router, uint32_t peer, struct prefix p,
                  struct bgp_draft *draft)
{
    const struct control *c = ctx;
    const struct router *r = c->routers.v[router];
    uint32_t id, to = c->routers.v[peer]->is.network;
    if (!control_prefix_find(c, p, &id))
        return true;
    if (r->is.network == to)
        return !is_blackhole(r, id);
    bool own = originates(r, p);
    if (c->prefixes.v[id].at_origin_only && !own)
        return false;
    if (own && is_blackhole(r, id))
        bgp_draft_add_community(draft, BGP_BLACKHOLE);
    return !own || r->manners.n == 0 || speak(r, id, to, draft);
}

void control_announce_at_origin_only(struct control *c, uint32_t network, struct prefix p)
{
    struct network_state *n = &c->networks.v[network];
    uint32_t id = control_prefix_id(c, p); // may move the vector
    n->filters_origins = true;
    c->prefixes.v[id].at_origin_only = true;
    for (size_t i = 0; i < n->routers.n; i++)
        if (c->routers.v[n->routers.v[i]]->is.bgp.asn)
            bgp_filters(c->bgp, n->routers.v[i], NULL, tells, c);
}

bool control_is_at_origin_only(const struct control *c, uint32_t router, struct prefix p)
{
    uint32_t id;
    return c->networks.v[c->routers.v[router]->is.network].filters_origins &&
           control_prefix_find(c, p, &id) && c->prefixes.v[id].at_origin_only;
}

bool control_has_manners(const struct control *c, uint32_t router)
{
    return c->routers.v[router]->manners.n > 0;
}

// --- what an operator says about it

static struct manner *about(struct control *c, uint32_t router, struct prefix p, uint32_t network)
{
    struct router *r = c->routers.v[router];
    uint32_t id = control_prefix_id(c, p);
    size_t at = find(r, id, network);
    if (said(r, id, network) == &r->manners.v[at])
        return &r->manners.v[at];
    struct manner m = {.prefix_id = id,
                       .network = network,
                       .prepend = CONTROL_UNSAID,
                       .quiet = CONTROL_UNSAID,
                       .med = CONTROL_UNSAID};
    vec_push(&r->manners, m);
    memmove(&r->manners.v[at + 1], &r->manners.v[at],
            (r->manners.n - 1 - at) * sizeof *r->manners.v);
    r->manners.v[at] = m;
    return &r->manners.v[at];
}

static void tell_anew(struct control *c, uint32_t router)
{
    control_reacted(c);
    bgp_filters(c->bgp, router, NULL, tells, c);
    bgp_refresh(c->bgp, router, BGP_NO_ROUTER, BGP_REFRESH_OUT);
}

void control_prepend(struct control *c, uint32_t router, struct prefix p, uint32_t network,
                     int times)
{
    assert(times >= CONTROL_UNSAID && times <= CONTROL_PREPEND_MAX);
    about(c, router, p, network)->prepend = times;
    tell_anew(c, router);
}

void control_prepend_least(struct control *c, uint32_t router, struct prefix p, int times)
{
    assert(times >= 0 && times <= CONTROL_PREPEND_MAX);
    about(c, router, p, CONTROL_ALL_NETWORKS)->least = times;
    tell_anew(c, router);
}

void control_quiet(struct control *c, uint32_t router, struct prefix p, uint32_t network, int quiet)
{
    about(c, router, p, network)->quiet = quiet;
    tell_anew(c, router);
}

void control_med(struct control *c, uint32_t router, struct prefix p, uint32_t network, int64_t med)
{
    assert(med >= CONTROL_UNSAID && med <= UINT32_MAX);
    about(c, router, p, network)->med = med;
    tell_anew(c, router);
}

void control_attach(struct control *c, uint32_t router, struct prefix p, uint32_t network,
                    uint32_t community, bool on)
{
    struct manner *m = about(c, router, p, network);
    size_t at = 0;
    while (at < m->communities.n && m->communities.v[at] != community)
        at++;
    if ((at < m->communities.n) == on)
        return;
    if (on)
        vec_push(&m->communities, community);
    else
        m->communities.v[at] = m->communities.v[--m->communities.n]; // a set: no order
    tell_anew(c, router);
}

void control_blackhole(struct control *c, uint32_t router, struct prefix host, bool on)
{
    struct router *r = c->routers.v[router];
    uint32_t id = control_prefix_id(c, host);
    size_t at = 0;
    while (at < r->blackholes.n && r->blackholes.v[at] != id)
        at++;
    if ((at < r->blackholes.n) == on)
        return;
    control_reacted(c);
    bgp_filters(c->bgp, router, NULL, tells, c);
    if (on) {
        vec_push(&r->blackholes, id);
        bgp_hijack(c->bgp, router, host, 0); // an own route to discard is made in the same way
        return;
    }
    bgp_withdraw(c->bgp, router, host);
    r->blackholes.v[at] = r->blackholes.v[--r->blackholes.n];
}

void announcement_free(struct router *r)
{
    for (size_t i = 0; i < r->manners.n; i++)
        vec_free(&r->manners.v[i].communities);
    vec_free(&r->manners);
    vec_free(&r->blackholes);
}
