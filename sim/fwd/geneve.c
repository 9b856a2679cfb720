// SPDX-License-Identifier: GPL-3.0-or-later
// geneve: Ethernet in UDP with options (RFC 8926). Sent without options; those that come in are
// skipped, and packets with a critical one refused, as §3.5 wants of who understands none.
#include "fwd/ethernet.h"
#include "fwd/udpencap.h"

#define GENEVE_PORT     6081
#define GENEVE_VERSION  0xc0u // of the first byte; the rest is the options' size in 4 bytes
#define GENEVE_SIZE     0x3fu
#define GENEVE_CONTROL  0x80u // of the second: for the endpoint itself, not to be passed on (§3.4)
#define GENEVE_CRITICAL 0x40u // there is an option that must be understood

enum {
    GENEVE_FLAGS = UDP_HEADER + 1,
    GENEVE_PROTOCOL = UDP_HEADER + 2,
    GENEVE_NETWORK = UDP_HEADER + 4,
    GENEVE_OPTIONS = UDP_HEADER + 8
};
// An option.
enum { OPTION_TYPE = 2, OPTION_SIZE = 3, OPTION_HEADER = 4 };
#define OPTION_CRITICAL  0x80u
#define OPTION_SIZE_MASK 0x1fu

static uint32_t between(const struct fwd_tunnel_options *o)
{
    (void)o;
    return GENEVE_OPTIONS + ETHERNET_HEADER;
}

static void fill(struct tunnel *t, const struct tunnel_fill *f)
{
    be32_put(f->between + UDP_HEADER, ETHERNET_BRIDGE);
    be32_put(f->between + GENEVE_NETWORK, t->options.key << 8);
    udpencap_fill(t, f, GENEVE_OPTIONS);
}

// Whether the options fill their room exactly and none has to be understood.
static bool can_skip(const uint8_t *option, const uint8_t *end)
{
    while (option < end) { // both are on a multiple of 4, so there is a header at least
        if (option[OPTION_TYPE] & OPTION_CRITICAL)
            return false;
        ptrdiff_t size = OPTION_HEADER + 4 * (ptrdiff_t)(option[OPTION_SIZE] & OPTION_SIZE_MASK);
        if (end - option < size)
            return false;
        option += size;
    }
    return true;
}

static enum fwd_drop parse(uint8_t protocol, const uint8_t *b, size_t stored,
                           struct tunnel_parse *out)
{
    (void)protocol;
    enum fwd_drop bad = udpencap_parse(b, stored, out);
    if (bad)
        return bad;
    if (stored < GENEVE_OPTIONS)
        return FWD_DROP_TRUNCATED;
    if (b[UDP_HEADER] & GENEVE_VERSION)
        return FWD_DROP_TUNNEL_BAD;
    out->key_known = out->keyed = true;
    out->key = be32_get(b + GENEVE_NETWORK) >> 8;
    if (b[GENEVE_FLAGS] & (GENEVE_CONTROL | GENEVE_CRITICAL) ||
        be16_get(b + GENEVE_PROTOCOL) != ETHERNET_BRIDGE)
        return FWD_DROP_TUNNEL_BAD;
    uint32_t frame = GENEVE_OPTIONS + 4u * (b[UDP_HEADER] & GENEVE_SIZE);
    if (stored < frame)
        return FWD_DROP_TRUNCATED;
    if (!can_skip(b + GENEVE_OPTIONS, b + frame))
        return FWD_DROP_TUNNEL_BAD;
    return udpencap_parse_ethernet(b, stored, frame, out);
}

const struct tunnel_ops tunnel_geneve = {.name = "geneve",
                                         .protocol4 = PROTOCOL_UDP,
                                         .protocol6 = PROTOCOL_UDP,
                                         .port = GENEVE_PORT,
                                         .check = udpencap_check,
                                         .between = between,
                                         .fill = fill,
                                         .parse = parse,
                                         .sound = udpencap_sound};
