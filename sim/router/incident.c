// SPDX-License-Identifier: GPL-3.0-or-later
// Incidents that befall BGP, passed on to its speakers: see router/control.h.
#include "bgp/route.h"
#include "router/state.h"

static bool speaks(const struct control *c, uint32_t router)
{
    return c->routers.v[router]->is.bgp.asn != 0;
}

bool control_ebgp_ends(const struct control *c, uint32_t link, uint32_t ends[2])
{
    const struct control_link *l = link < c->links.n ? c->links.v[link] : NULL;
    if (!l || l->kind != LINK_EBGP)
        return false;
    ends[0] = l->a;
    ends[1] = l->b;
    return true;
}

void control_reset(struct control *c, uint32_t router, uint32_t peer, const char *text)
{
    if (speaks(c, router))
        bgp_reset(c->bgp, router, peer, text);
}

void control_shutdown(struct control *c, uint32_t router, uint32_t peer, bool on, const char *text)
{
    if (speaks(c, router))
        bgp_shutdown(c->bgp, router, peer, on, text);
}

void control_drop_keepalives(struct control *c, uint32_t router, uint32_t peer, int64_t for_ps)
{
    if (speaks(c, router))
        bgp_drop_keepalives(c->bgp, router, peer, for_ps);
}

void control_stall(struct control *c, uint32_t router, uint32_t peer, bool stalled)
{
    if (speaks(c, router))
        bgp_stall(c->bgp, router, peer, stalled);
}

void control_slow(struct control *c, uint32_t router, uint32_t factor)
{
    if (speaks(c, router))
        bgp_slow(c->bgp, router, factor);
}

void control_slow_peer(struct control *c, uint32_t router, uint32_t peer, uint32_t factor)
{
    if (speaks(c, router))
        bgp_slow_peer(c->bgp, router, peer, factor);
}

bool control_restarts_gracefully(const struct control *c, uint32_t router)
{
    return speaks(c, router) && bgp_is_graceful(c->bgp, router);
}

void control_hijack(struct control *c, uint32_t router, struct prefix p, uint32_t origin)
{
    if (!speaks(c, router))
        return;
    control_prefix_id(c, p);
    bgp_hijack(c->bgp, router, p, origin);
}

void control_leak(struct control *c, uint32_t router, uint32_t from_as, uint32_t to_as, bool on)
{
    if (speaks(c, router))
        bgp_leak(c->bgp, router, from_as, to_as, on);
}
