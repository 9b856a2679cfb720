// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/peek.h"

// Behind the outer header at `h`, that of a packet of this kind.
static bool find_inner(const struct tunnel_ops *ops, const struct tunnel_outer *o, const uint8_t *h,
                       size_t stored, uint32_t *at)
{
    struct tunnel_parse t;
    if (o->later || ops->parse(o->protocol, h + o->at, stored - o->at, &t))
        return false;
    const uint8_t *inner = h + o->at + t.size;
    size_t left = stored - o->at - t.size;
    if (t.version == 4 ? !ip4_readable(inner, left) : !ip6_readable(inner, left))
        return false;
    *at = o->at + t.size;
    return true;
}

bool peek_inner(const uint8_t *h, size_t stored, uint32_t *at)
{
    struct tunnel_outer o = tunnel_outer_of(h, stored);
    const struct tunnel_ops *ops = tunnel_seen(o.protocol, o.port);
    return ops && !o.fragment && find_inner(ops, &o, h, stored, at);
}

static bool is_readable(const uint8_t *quote, size_t stored)
{
    return ip4_readable(quote, stored) || ip6_readable(quote, stored);
}

bool peek_quoted(const uint8_t *quote, size_t stored, uint32_t *at)
{
    return is_readable(quote, stored) && peek_inner(quote, stored, at);
}

bool peek_quoted_of(const struct tunnel *t, const uint8_t *quote, size_t stored, uint32_t *at)
{
    if (!is_readable(quote, stored))
        return false;
    struct tunnel_outer o = tunnel_outer_of(quote, stored);
    const struct tunnel_ops *ops = tunnel_seen(o.protocol, o.port);
    if (t->ops->port && tunnel_is_kind(t->ops, t->options.port, o.protocol, o.port))
        ops = t->ops;
    return ops && find_inner(ops, &o, quote, stored, at);
}
