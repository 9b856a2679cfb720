// SPDX-License-Identifier: GPL-3.0-or-later
#include "wire/nd.h"

#include "fwd/headers6.h"

#define HOP_LIMIT         255 // nobody has forwarded it: RFC 4861 §7.1
#define OPTION_SOURCE_MAC 1
#define OPTION_TARGET_MAC 2
#define OPTION_SIZE       8 // an Ethernet address with its head
#define FLAG_ROUTER       0x80
#define FLAG_SOLICITED    0x40
#define FLAG_OVERRIDE     0x20

// The message behind it.
enum { FLAGS = 4, TARGET = 8, MESSAGE = 24 };

_Static_assert(ND_FRAME == FRAME_ETHERNET + IP6_HEADER + MESSAGE + OPTION_SIZE,
               "headers and a message");

static uint64_t sum_of(const uint8_t *header, const uint8_t *message, size_t size)
{
    return checksum_add(ip6_pseudo_sum(header, (uint32_t)size, PROTOCOL_ICMP6), message, size);
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
    // An IPv4-mapped address would be taken for IPv4 here.
    if (ip6_is_martian(m->target) || (!ip6_is_zero(m->src) && ip6_is_martian(m->src)))
        return false;
    if (m->type == ND_ADVERTISEMENT)
        return !(m->solicited && ip6_is_multicast(m->dst)) && !ip6_is_zero(m->src);
    return !ip6_is_zero(m->src) || (ip6_equal(m->dst, nd_group(m->target)) && !m->has_mac);
}

enum nd_result nd_read(const uint8_t *bytes, size_t stored, struct nd *out)
{
    memset(out, 0, sizeof *out);
    if (stored < IP6_HEADER + 1 || bytes[0] >> 4 != 6 || bytes[IP6_NEXT] != PROTOCOL_ICMP6)
        return ND_OTHER;
    const uint8_t *message = bytes + IP6_HEADER;
    size_t size = be16_get(bytes + IP6_LENGTH);
    out->type = message[ICMP_TYPE];
    if (out->type != ND_SOLICITATION && out->type != ND_ADVERTISEMENT)
        return ND_OTHER;
    out->src = ip6_get(bytes + IP6_SRC);
    out->dst = ip6_get(bytes + IP6_DST);
    if (size > stored - IP6_HEADER || size < MESSAGE || bytes[IP6_HOPS] != HOP_LIMIT ||
        message[ICMP_CODE] != 0 || !checksum_ok(sum_of(bytes, message, size)))
        return ND_BAD;
    out->target = ip6_get(message + TARGET);
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
    uint8_t *header = frame + FRAME_ETHERNET, *message = header + IP6_HEADER;
    size_t size = MESSAGE + (m->has_mac ? OPTION_SIZE : 0);
    frame_write_ethernet(frame, dst, src, FRAME_TYPE_IP6);
    memset(header, 0, IP6_HEADER + size);
    header[0] = 6 << 4;
    be16_put(header + IP6_LENGTH, (uint16_t)size);
    header[IP6_NEXT] = PROTOCOL_ICMP6;
    header[IP6_HOPS] = HOP_LIMIT;
    ip6_put(header + IP6_SRC, m->src);
    ip6_put(header + IP6_DST, m->dst);
    message[ICMP_TYPE] = m->type;
    message[FLAGS] = (uint8_t)((m->router ? FLAG_ROUTER : 0) | (m->solicited ? FLAG_SOLICITED : 0) |
                               (m->overrides ? FLAG_OVERRIDE : 0));
    ip6_put(message + TARGET, m->target);
    if (m->has_mac) {
        message[MESSAGE] = m->type == ND_SOLICITATION ? OPTION_SOURCE_MAC : OPTION_TARGET_MAC;
        message[MESSAGE + 1] = 1;
        memcpy(message + MESSAGE + 2, m->mac, FRAME_MAC);
    }
    checksum_store(message + ICMP_CHECKSUM, sum_of(header, message, size));
    return FRAME_ETHERNET + IP6_HEADER + size;
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
