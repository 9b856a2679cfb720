// SPDX-License-Identifier: GPL-3.0-or-later
// icmp_write: the IP headers that this node's ICMP messages of either family are sent with.
// Internal to icmp_*.c.
#ifndef ANYSIM_FWD_ICMP_WRITE_H
#define ANYSIM_FWD_ICMP_WRITE_H

#include "fwd/headers6.h"

#define ICMP_TTL 64 // RFC 1700, and Linux's default of both families

struct icmp_header {
    bool six;
    struct ip6_addr src, dst; // of that family, IPv4 mapped
    uint32_t length;          // of the whole datagram
    uint16_t id;              // IPv4
    uint8_t tos;              // or traffic class
    const uint8_t *options;   // IPv4
    uint32_t options_size;    // a multiple of 4
};

static inline uint32_t icmp_header_size(const struct icmp_header *f)
{
    return f->six ? IP6_HEADER : IP4_HEADER + f->options_size;
}

// DF is not set, as in Linux: an error or a reply that is too long on its way is cut, not lost.
static inline void icmp_write_header(uint8_t *h, const struct icmp_header *f)
{
    if (f->six) {
        ip6_write(h, &(struct ip6_fields){.src = f->src,
                                          .dst = f->dst,
                                          .length = f->length,
                                          .hops = ICMP_TTL,
                                          .next = PROTOCOL_ICMP6,
                                          .traffic_class = f->tos});
        return;
    }
    ip4_write(h, &(struct ip4_fields){.src = ip6_to_ip4(f->src),
                                      .dst = ip6_to_ip4(f->dst),
                                      .length = f->length,
                                      .ttl = ICMP_TTL,
                                      .protocol = PROTOCOL_ICMP,
                                      .tos = f->tos});
    h[0] = (uint8_t)(IP4_PLAIN + f->options_size / 4);
    be16_put(h + IP4_ID, f->id);
    be16_put(h + IP4_FRAGMENT, 0);
    be16_put(h + IP4_CHECKSUM, 0);
    if (f->options_size)
        memcpy(h + IP4_HEADER, f->options, f->options_size);
    checksum_store(h + IP4_CHECKSUM, checksum_add(0, h, icmp_header_size(f)));
}

// Writes the checksum of the message at `at`, of which `stored` bytes, from the IP header on, are
// there.
static inline void icmp_write_checksum(uint8_t *h, bool six, uint32_t at, uint32_t stored,
                                       uint32_t length)
{
    uint64_t sum = six ? ip6_pseudo_sum(h, length - at, PROTOCOL_ICMP6) : 0;
    be16_put(h + at + ICMP_CHECKSUM, 0);
    checksum_store(h + at + ICMP_CHECKSUM, checksum_add(sum, h + at, stored - at));
}

static inline bool icmp_is_six(const uint8_t *h)
{
    return h[0] >> 4 == 6;
}

// Of an error, by the TOS of what it is about (RFC 1812 §4.3.2.5): precedence "internetwork
// control", and the other bits but the lowest as they were, as Linux. ICMPv6 errors have class 0.
static inline uint8_t icmp_error_tos(const uint8_t *about)
{
    return icmp_is_six(about) ? 0 : (uint8_t)((about[IP4_TOS] & 0x1e) | 0xc0);
}

// Bytes of an error, IP header included: RFC 1812 §4.3.2.3, RFC 4443 §2.4 (c).
static inline uint32_t icmp_error_max(bool six)
{
    return six ? IP6_MTU_MIN : 576;
}

// The eight bytes before the quote, checksum not yet.
static inline void icmp_write_error(uint8_t *icmp, bool six, uint8_t type, uint8_t code,
                                    uint32_t info)
{
    memset(icmp, 0, ICMP_HEADER);
    icmp[ICMP_TYPE] = type;
    icmp[ICMP_CODE] = code;
    if (six)
        be32_put(icmp + 4, info);
    else if (type == ICMP_PARAMETER)
        icmp[4] = (uint8_t)info;
    else
        be16_put(icmp + ICMP_MTU, info < IP4_LENGTH_MAX ? info : IP4_LENGTH_MAX);
}

#endif
