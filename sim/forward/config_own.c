// SPDX-License-Identifier: GPL-3.0-or-later
// Which addresses are this node's: the node's and its interfaces' own, and those under local routes.
#include "forward/config_reader.h"

#include "fwd/headers6.h"

bool config_on_link(const struct config_interface *f, struct ip6_addr a)
{
    if (ip6_is_link_local(a))
        return true;
    for (int i = 0; i < f->naddresses; i++)
        if (prefix6_has(config_network(&f->addresses[i]), a))
            return true;
    return false;
}

bool config_is_own(const struct config *c, struct ip6_addr a)
{
    if (ip6_equal(a, ip6_from_ip4(c->node.address)) || ip6_equal(a, c->node.address6))
        return true;
    for (int i = 0; i < c->ninterfaces; i++)
        for (int k = 0; k < c->interfaces[i].naddresses; k++)
            if (ip6_equal(a, c->interfaces[i].addresses[k].a))
                return true;
    for (int i = 0; i < c->nroutes; i++)
        if (c->routes[i].action == FWD_ACT_LOCAL && prefix6_has(c->routes[i].prefix, a))
            return true;
    return false;
}

bool config_owns_some(const struct config *c, struct prefix6 p)
{
    if (prefix6_has(p, ip6_from_ip4(c->node.address)) ||
        (!ip6_is_zero(c->node.address6) && prefix6_has(p, c->node.address6)))
        return true;
    for (int i = 0; i < c->ninterfaces; i++)
        for (int k = 0; k < c->interfaces[i].naddresses; k++)
            if (prefix6_has(p, c->interfaces[i].addresses[k].a))
                return true;
    for (int i = 0; i < c->nroutes; i++)
        if (c->routes[i].action == FWD_ACT_LOCAL &&
            (prefix6_has(p, c->routes[i].prefix.addr) || prefix6_has(c->routes[i].prefix, p.addr)))
            return true;
    return false;
}

struct owned {
    struct prefix6 *v;
    int n;
};

// Halves what no single one of them holds; what none of them is in ends it.
static bool holds_all(const struct owned *o, struct prefix6 p)
{
    bool some = false;
    for (int i = 0; i < o->n; i++) {
        if (o->v[i].len <= p.len && prefix6_has(o->v[i], p.addr))
            return true;
        some |= prefix6_has(p, o->v[i].addr);
    }
    if (!some || p.len >= 128)
        return false;
    struct prefix6 low = {p.addr, (uint8_t)(p.len + 1)}, high = low;
    if (p.len < 64)
        high.addr.hi |= UINT64_C(1) << (63 - p.len);
    else
        high.addr.lo |= UINT64_C(1) << (127 - p.len);
    return holds_all(o, low) && holds_all(o, high);
}

bool config_owns_all(struct config_reader *r, struct prefix6 p)
{
    const struct config *c = r->out;
    int most = 2;
    for (int i = 0; i < c->ninterfaces; i++)
        most += c->interfaces[i].naddresses;
    for (int i = 0; i < c->nroutes; i++)
        most += c->routes[i].action == FWD_ACT_LOCAL;
    struct owned o = {.v = arena_array(r->in->a, struct prefix6, most)};
    o.v[o.n++] = config_host(ip6_from_ip4(c->node.address));
    o.v[o.n++] = config_host(c->node.address6);
    for (int i = 0; i < c->ninterfaces; i++)
        for (int k = 0; k < c->interfaces[i].naddresses; k++)
            o.v[o.n++] = config_host(c->interfaces[i].addresses[k].a);
    for (int i = 0; i < c->nroutes; i++)
        if (c->routes[i].action == FWD_ACT_LOCAL)
            o.v[o.n++] = c->routes[i].prefix;
    return holds_all(&o, p);
}
