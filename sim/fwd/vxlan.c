// SPDX-License-Identifier: GPL-3.0-or-later
// vxlan: Ethernet in UDP (RFC 7348 §5). What it carries here is IP, one hop from its host.
#include "fwd/ethernet.h"
#include "fwd/udpencap.h"

#define VXLAN_PORT       4789
#define VXLAN_HAS_NUMBER 0x08000000u // the I flag; all other flags are ignored

enum { VXLAN_FLAGS = UDP_HEADER, VXLAN_NUMBER = UDP_HEADER + 4, VXLAN_FRAME = UDP_HEADER + 8 };

static uint32_t between(const struct fwd_tunnel_options *o)
{
    (void)o;
    return VXLAN_FRAME + ETHERNET_HEADER;
}

static void fill(struct tunnel *t, const struct tunnel_fill *f)
{
    be32_put(f->between + VXLAN_FLAGS, VXLAN_HAS_NUMBER);
    be32_put(f->between + VXLAN_NUMBER, t->options.key << 8);
    udpencap_fill(t, f, VXLAN_FRAME);
}

static enum fwd_drop parse(uint8_t protocol, const uint8_t *b, size_t stored,
                           struct tunnel_parse *out)
{
    (void)protocol;
    enum fwd_drop bad = udpencap_parse(b, stored, out);
    if (bad)
        return bad;
    if (stored < VXLAN_FRAME)
        return FWD_DROP_TRUNCATED;
    if (!(be32_get(b + VXLAN_FLAGS) & VXLAN_HAS_NUMBER))
        return FWD_DROP_TUNNEL_BAD;
    out->key_known = out->keyed = true;
    out->key = be32_get(b + VXLAN_NUMBER) >> 8;
    return udpencap_parse_ethernet(b, stored, VXLAN_FRAME, out);
}

const struct tunnel_ops tunnel_vxlan = {.name = "vxlan",
                                        .protocol4 = PROTOCOL_UDP,
                                        .protocol6 = PROTOCOL_UDP,
                                        .port = VXLAN_PORT,
                                        .check = udpencap_check,
                                        .between = between,
                                        .fill = fill,
                                        .parse = parse,
                                        .sound = udpencap_sound};
