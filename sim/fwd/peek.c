// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/peek.h"
#include "fwd/encap.h"

bool peek_inner(const uint8_t *h, size_t stored, uint32_t *at)
{
    struct tunnel_outer o = tunnel_outer_of(h, stored);
    if (o.fragment)
        return false;
    for (int kind = 0; kind < FWD_TUNNEL_KINDS; kind++) {
        const struct tunnel_ops *ops = tunnel_of_kind((enum fwd_tunnel)kind);
        struct tunnel_parse t;
        if (!tunnel_is_kind(ops, ops->port, &o, h, stored) ||
            ops->parse(o.protocol, h + o.at, stored - o.at, &t))
            continue;
        const uint8_t *inner = h + o.at + t.size;
        size_t left = stored - o.at - t.size;
        if (t.version == 4 ? !ip4_readable(inner, left) : !ip6_readable(inner, left))
            continue;
        *at = o.at + t.size;
        return true;
    }
    return false;
}

bool peek_quoted(const uint8_t *quote, size_t stored, uint32_t *at)
{
    return (ip4_readable(quote, stored) || ip6_readable(quote, stored)) &&
           peek_inner(quote, stored, at);
}
