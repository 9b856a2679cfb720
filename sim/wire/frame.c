// SPDX-License-Identifier: GPL-3.0-or-later
#include "wire/frame.h"

#include "fwd/headers.h"

#define ETHERTYPE_MIN 0x600   // below, the field is a length (IEEE 802.3 §3.2.6)
#define FAMILY_MAX    0xffffu // no family is larger, so a larger one has its bytes swapped

enum { SLL_CAST = 0, SLL_ADDRESS_SIZE = 4, SLL_ADDRESS = 6, SLL_TYPE = 14, SLL_HEADER = 16 };
enum { SLL2_TYPE = 0, SLL2_CAST = 10, SLL2_ADDRESS_SIZE = 11, SLL2_ADDRESS = 12, SLL2_HEADER = 20 };
enum { LOOPBACK_HEADER = 4 };
enum { HDLC_CAST = 0, HDLC_TYPE = 2, HDLC_HEADER = 4 };
#define HDLC_BROADCAST 0x8f

uint16_t frame_type_of(const uint8_t *datagram, size_t stored)
{
    if (!stored)
        return 0;
    unsigned version = datagram[0] >> 4;
    return version == 4 ? FRAME_TYPE_IP4 : version == 6 ? FRAME_TYPE_IP6 : 0;
}

void frame_write_ethernet(uint8_t *at, const uint8_t dst[FRAME_MAC], const uint8_t src[FRAME_MAC],
                          uint16_t ethertype)
{
    memmove(at, dst, FRAME_MAC);
    memmove(at + FRAME_MAC, src, FRAME_MAC);
    be16_put(at + 2 * FRAME_MAC, ethertype);
}

// The type field lies before out->offset. Steps over VLAN tags behind it.
static enum frame_result skip_tags(const uint8_t *bytes, size_t stored, struct frame *out)
{
    while (out->ethertype == FRAME_TYPE_VLAN || out->ethertype == FRAME_TYPE_PROVIDER) {
        if (out->tags == FRAME_TAGS_MAX)
            return FRAME_TAGGED;
        if (stored < (size_t)out->offset + FRAME_TAG)
            return FRAME_TRUNCATED;
        out->tag_type[out->tags] = out->ethertype;
        out->tag_control[out->tags++] = be16_get(bytes + out->offset);
        out->ethertype = be16_get(bytes + out->offset + 2);
        out->offset = (uint16_t)(out->offset + FRAME_TAG);
    }
    return out->ethertype < ETHERTYPE_MIN ? FRAME_LENGTH : FRAME_OK;
}

static enum frame_result decode_ethernet(const uint8_t *bytes, size_t stored, struct frame *out)
{
    static const uint8_t broadcast[FRAME_MAC] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    if (stored < FRAME_ETHERNET)
        return FRAME_TRUNCATED;
    memcpy(out->dst, bytes, FRAME_MAC);
    memcpy(out->src, bytes + FRAME_MAC, FRAME_MAC);
    out->has_src = out->has_dst = true;
    out->cast = memcmp(out->dst, broadcast, FRAME_MAC) == 0 ? FRAME_CAST_BROADCAST
                : out->dst[0] & 1                           ? FRAME_CAST_MULTICAST
                                                            : FRAME_CAST_UNICAST;
    out->ethertype = be16_get(bytes + 2 * FRAME_MAC);
    out->offset = FRAME_ETHERNET;
    return skip_tags(bytes, stored, out);
}

// Both cooked headers number the kinds of packet as packet(7) does.
static uint8_t cooked_cast(unsigned kind)
{
    static const uint8_t casts[] = {FRAME_CAST_UNICAST, FRAME_CAST_BROADCAST, FRAME_CAST_MULTICAST,
                                    FRAME_CAST_OTHER, FRAME_CAST_OUTGOING};
    return kind < sizeof casts ? casts[kind] : (uint8_t)FRAME_CAST_UNKNOWN;
}

static enum frame_result decode_sll(const uint8_t *bytes, size_t stored, struct frame *out)
{
    if (stored < SLL_HEADER)
        return FRAME_TRUNCATED;
    out->cast = cooked_cast(be16_get(bytes + SLL_CAST));
    out->has_src = be16_get(bytes + SLL_ADDRESS_SIZE) == FRAME_MAC;
    if (out->has_src)
        memcpy(out->src, bytes + SLL_ADDRESS, FRAME_MAC);
    out->ethertype = be16_get(bytes + SLL_TYPE);
    out->offset = SLL_HEADER;
    return skip_tags(bytes, stored, out);
}

static enum frame_result decode_sll2(const uint8_t *bytes, size_t stored, struct frame *out)
{
    if (stored < SLL2_HEADER)
        return FRAME_TRUNCATED;
    out->cast = cooked_cast(bytes[SLL2_CAST]);
    out->has_src = bytes[SLL2_ADDRESS_SIZE] == FRAME_MAC;
    if (out->has_src)
        memcpy(out->src, bytes + SLL2_ADDRESS, FRAME_MAC);
    out->ethertype = be16_get(bytes + SLL2_TYPE);
    out->offset = SLL2_HEADER;
    return skip_tags(bytes, stored, out);
}

// The family is in the byte order of the machine that captured, and IPv6 has another number on each
// system.
static enum frame_result decode_loopback(const uint8_t *bytes, size_t stored, struct frame *out)
{
    if (stored < LOOPBACK_HEADER)
        return FRAME_TRUNCATED;
    uint32_t family = be32_get(bytes);
    if (family > FAMILY_MAX)
        family = __builtin_bswap32(family);
    switch (family) {
    case 2:
        out->ethertype = FRAME_TYPE_IP4;
        break;
    case 10: // Linux
    case 24: // NetBSD, OpenBSD
    case 28: // FreeBSD
    case 30: // macOS
        out->ethertype = FRAME_TYPE_IP6;
        break;
    default:
        return FRAME_UNKNOWN;
    }
    out->offset = LOOPBACK_HEADER;
    return FRAME_OK;
}

// Address, control, and an ethertype (RFC 1547 §4.3.1). Keepalives have a type of their own.
static enum frame_result decode_hdlc(const uint8_t *bytes, size_t stored, struct frame *out)
{
    if (stored < HDLC_HEADER)
        return FRAME_TRUNCATED;
    out->cast = bytes[HDLC_CAST] == HDLC_BROADCAST ? FRAME_CAST_BROADCAST : FRAME_CAST_UNICAST;
    out->ethertype = be16_get(bytes + HDLC_TYPE);
    out->offset = HDLC_HEADER;
    return skip_tags(bytes, stored, out);
}

static enum frame_result decode_ip(const uint8_t *bytes, size_t stored, struct frame *out)
{
    if (!stored)
        return FRAME_TRUNCATED;
    out->ethertype = frame_type_of(bytes, stored);
    return out->ethertype ? FRAME_OK : FRAME_UNKNOWN;
}

enum frame_result frame_decode(enum frame_link link, const uint8_t *bytes, size_t stored,
                               struct frame *out)
{
    memset(out, 0, sizeof *out);
    switch (link) {
    case FRAME_LINK_ETHERNET:
        return decode_ethernet(bytes, stored, out);
    case FRAME_LINK_IP:
        return decode_ip(bytes, stored, out);
    case FRAME_LINK_SLL:
        return decode_sll(bytes, stored, out);
    case FRAME_LINK_SLL2:
        return decode_sll2(bytes, stored, out);
    case FRAME_LINK_LOOPBACK:
        return decode_loopback(bytes, stored, out);
    case FRAME_LINK_HDLC:
        return decode_hdlc(bytes, stored, out);
    case FRAME_LINK_COUNT:
        break;
    }
    return FRAME_UNKNOWN;
}
