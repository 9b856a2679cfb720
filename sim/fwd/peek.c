// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/peek.h"
#include "fwd/encap.h"

bool peek_inner(const uint8_t *h, size_t stored, uint32_t *at)
{
    struct tunnel_outer o = tunnel_outer_of(h, stored);
    const struct tunnel_ops *ops = tunnel_seen(o.protocol, o.port);
    struct tunnel_parse t;
    if (!ops || o.fragment || ops->parse(o.protocol, h + o.at, stored - o.at, &t))
        return false;
    const uint8_t *inner = h + o.at + t.size;
    size_t left = stored - o.at - t.size;
    if (t.version == 4 ? !ip4_readable(inner, left) : !ip6_readable(inner, left))
        return false;
    *at = o.at + t.size;
    return true;
}

bool peek_quoted(const uint8_t *quote, size_t stored, uint32_t *at)
{
    return (ip4_readable(quote, stored) || ip6_readable(quote, stored)) &&
           peek_inner(quote, stored, at);
}
