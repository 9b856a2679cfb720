// SPDX-License-Identifier: GPL-3.0-or-later
// ipip: IP straight in IP (RFC 2003, RFC 2473, RFC 4213 §3): nothing stands between the two headers.
#include "fwd/encap.h"

static const char *check(const struct fwd_tunnel_options *o)
{
    if (o->keyed || o->key || o->sequence || o->checksum)
        return "ipip has no key, sequence number or checksum";
    return NULL;
}

static uint32_t between(const struct fwd_tunnel_options *o)
{
    (void)o;
    return 0;
}

static void fill(struct tunnel *t, const struct tunnel_fill *f)
{
    (void)t;
    (void)f;
}

static enum fwd_drop parse(uint8_t protocol, const uint8_t *b, size_t stored,
                           struct tunnel_parse *out)
{
    (void)b;
    (void)stored;
    *out = (struct tunnel_parse){.key_known = true, .version = protocol == PROTOCOL_IPIP ? 4 : 6};
    return FWD_DROP_NONE;
}

const struct tunnel_ops tunnel_ipip = {.name = "ipip",
                                       .protocol4 = PROTOCOL_IPIP,
                                       .protocol6 = PROTOCOL_IPV6,
                                       .cuts = true,
                                       .check = check,
                                       .between = between,
                                       .fill = fill,
                                       .parse = parse};
