// SPDX-License-Identifier: GPL-3.0-or-later
#include "wire/nd.h"

#include "fwd/headers.h"

#define NEXT_HEADER_ICMP6 58
#define HOP_LIMIT         255 // nobody has forwarded it: RFC 4861 §7.1
#define OPTION_SOURCE_MAC 1
#define OPTION_TARGET_MAC 2
#define OPTION_SIZE       8 // an Ethernet address with its head
#define FLAG_ROUTER       0x80
#define FLAG_SOLICITED    0x40
#define FLAG_OVERRIDE     0x20

// The IPv6 header.
enum { LENGTH = 4, NEXT_HEADER = 6, HOPS = 7, SRC = 8, DST = 24, HEADER = 40 };
// The message behind it.
enum { TYPE = 0, CODE = 1, CHECKSUM = 2, FLAGS = 4, TARGET = 8, MESSAGE = 24 };

_Static_assert(ND_FRAME == FRAME_ETHERNET + HEADER + MESSAGE + OPTION_SIZE,
               "headers and a message");

static struct ip6_addr address_get(const uint8_t *at)
{
    return (struct ip6_addr){(uint64_t)be32_get(at) << 32 | be32_get(at + 4),
                             (uint64_t)be32_get(at + 8) << 32 | be32_get(at + 12)};
}

static void address_put(uint8_t *at, struct ip6_addr a)
{
    be32_put(at, (uint32_t)(a.hi >> 32));
    be32_put(at + 4, (uint32_t)a.hi);
    be32_put(at + 8, (uint32_t)(a.lo >> 32));
    be32_put(at + 12, (uint32_t)a.lo);
}

// The sum of message and pseudo-header (RFC 8200 §8.1).
static uint64_t sum_of(const uint8_t *header, const uint8_t *message, size_t size)
{
    uint8_t tail[8];
    be32_put(tail, (uint32_t)size);
    be32_put(tail + 4, NEXT_HEADER_ICMP6);
    uint64_t sum = checksum_add(0, header + SRC, HEADER - SRC);
    sum = checksum_add(sum, tail, sizeof tail);
    return checksum_add(sum, message, size);
}

static bool read_options(const uint8_t *at, size_t left, struct nd *out)
{
    uint8_t wanted = out->type == ND_SOLICITATION ? OPTION_SOURCE_MAC : OPTION_TARGET_MAC;
    while (left) {
        size_t size = left < 2 ? 0 : (size_t)at[1] * OPTION_SIZE;
        if (!size || size > left)
            return false;
        if (at[0] == wanted && size == OPTION_SIZE && frame_mac_is_station(at + 2)) {
            out->has_mac = true;
            memcpy(out->mac, at + 2, FRAME_MAC);
        }
        at += size;
        left -= size;
    }
    return true;
}

// RFC 4861 §7.1.1 and §7.1.2, what is left of them behind the general checks.
static bool plausible(const struct nd *m)
{
    if (nd_is_multicast(m->target) || nd_is_multicast(m->src))
        return false;
    if (m->type == ND_ADVERTISEMENT)
        return !(m->solicited && nd_is_multicast(m->dst)) && !ip6_is_zero(m->src);
    return !ip6_is_zero(m->src) || (ip6_equal(m->dst, nd_group(m->target)) && !m->has_mac);
}

enum nd_result nd_read(const uint8_t *bytes, size_t stored, struct nd *out)
{
    memset(out, 0, sizeof *out);
    if (stored < HEADER + 1 || bytes[0] >> 4 != 6 || bytes[NEXT_HEADER] != NEXT_HEADER_ICMP6)
        return ND_OTHER;
    const uint8_t *message = bytes + HEADER;
    size_t size = be16_get(bytes + LENGTH);
    out->type = message[TYPE];
    if (out->type != ND_SOLICITATION && out->type != ND_ADVERTISEMENT)
        return ND_OTHER;
    out->src = address_get(bytes + SRC);
    out->dst = address_get(bytes + DST);
    if (size > stored - HEADER || size < MESSAGE || bytes[HOPS] != HOP_LIMIT ||
        message[CODE] != 0 || !checksum_ok(sum_of(bytes, message, size)))
        return ND_BAD;
    out->target = address_get(message + TARGET);
    if (out->type == ND_ADVERTISEMENT) {
        out->router = message[FLAGS] & FLAG_ROUTER;
        out->solicited = message[FLAGS] & FLAG_SOLICITED;
        out->overrides = message[FLAGS] & FLAG_OVERRIDE;
    }
    return read_options(message + MESSAGE, size - MESSAGE, out) && plausible(out) ? ND_GOOD
                                                                                  : ND_BAD;
}

size_t nd_write(uint8_t *frame, const uint8_t dst[FRAME_MAC], const uint8_t src[FRAME_MAC],
                const struct nd *m)
{
    uint8_t *header = frame + FRAME_ETHERNET, *message = header + HEADER;
    size_t size = MESSAGE + (m->has_mac ? OPTION_SIZE : 0);
    frame_write_ethernet(frame, dst, src, FRAME_TYPE_IP6);
    memset(header, 0, HEADER + size);
    header[0] = 6 << 4;
    be16_put(header + LENGTH, (uint16_t)size);
    header[NEXT_HEADER] = NEXT_HEADER_ICMP6;
    header[HOPS] = HOP_LIMIT;
    address_put(header + SRC, m->src);
    address_put(header + DST, m->dst);
    message[TYPE] = m->type;
    message[FLAGS] = (uint8_t)((m->router ? FLAG_ROUTER : 0) | (m->solicited ? FLAG_SOLICITED : 0) |
                               (m->overrides ? FLAG_OVERRIDE : 0));
    address_put(message + TARGET, m->target);
    if (m->has_mac) {
        message[MESSAGE] = m->type == ND_SOLICITATION ? OPTION_SOURCE_MAC : OPTION_TARGET_MAC;
        message[MESSAGE + 1] = 1;
        memcpy(message + MESSAGE + 2, m->mac, FRAME_MAC);
    }
    checksum_store(message + CHECKSUM, sum_of(header, message, size));
    return FRAME_ETHERNET + HEADER + size;
}

struct ip6_addr nd_group(struct ip6_addr target)
{
    return (struct ip6_addr){UINT64_C(0xff02) << 48,
                             UINT64_C(0x00000001ff000000) | (target.lo & 0xffffff)};
}

void nd_group_mac(struct ip6_addr group, uint8_t mac[FRAME_MAC])
{
    mac[0] = mac[1] = 0x33;
    be32_put(mac + 2, (uint32_t)group.lo);
}
