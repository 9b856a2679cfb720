// SPDX-License-Identifier: GPL-3.0-or-later
// flowkey: what makes packets one flow: addresses, protocol, and the ports of UDP, TCP and SCTP or
// the identifier of an ICMP echo. Fragments have no ports, not even the first, so that all of a
// datagram's fragments belong together.
#ifndef ANYSIM_FWD_FLOWKEY_H
#define ANYSIM_FWD_FLOWKEY_H

#include "fwd/headers.h"

struct flowkey {
    ip4_addr src, dst;
    uint32_t ports; // source in the upper half; for an echo the identifier in both
    uint32_t protocol;
};

static inline uint32_t flowkey_ports(const uint8_t *h, size_t stored)
{
    const uint8_t *t;
    switch (h[IP4_PROTOCOL]) {
    case PROTOCOL_UDP:
    case PROTOCOL_TCP:
    case PROTOCOL_SCTP:
        t = ip4_transport(h, stored, 4);
        return t ? be32_get(t) : 0;
    case PROTOCOL_ICMP:
        t = ip4_transport(h, stored, ICMP_HEADER);
        if (!t || (t[ICMP_TYPE] != ICMP_ECHO && t[ICMP_TYPE] != ICMP_ECHO_REPLY))
            return 0;
        return (uint32_t)be16_get(t + ICMP_ID) * 0x10001u;
    default:
        return 0;
    }
}

// From a validated header.
static inline struct flowkey flowkey_of(const uint8_t *h, size_t stored)
{
    return (struct flowkey){.src = be32_get(h + IP4_SRC),
                            .dst = be32_get(h + IP4_DST),
                            .ports = flowkey_ports(h, stored),
                            .protocol = h[IP4_PROTOCOL]};
}

// The key of the packets that go the other way.
static inline struct flowkey flowkey_reverse(struct flowkey k)
{
    return (struct flowkey){
        .src = k.dst, .dst = k.src, .ports = k.ports << 16 | k.ports >> 16, .protocol = k.protocol};
}

static inline bool flowkey_equal(const struct flowkey *a, const struct flowkey *b)
{
    return a->src == b->src && a->dst == b->dst && a->ports == b->ports &&
           a->protocol == b->protocol;
}

// A hash in which every bit of the key and of the seed moves about half of the result's bits: two
// rounds of multiply and fold, with the 64-bit finaliser constants of MurmurHash3 (public domain).
static inline uint32_t flowkey_hash(const struct flowkey *k, uint32_t seed)
{
    uint64_t x = ((uint64_t)k->src << 32 | k->dst) ^ ((uint64_t)seed * 0x9e3779b97f4a7c15u);
    x = (x ^ x >> 33) * 0xff51afd7ed558ccdu;
    x ^= ((uint64_t)k->ports << 8 | k->protocol) ^ x >> 33;
    x *= 0xc4ceb9fe1a85ec53u;
    x = (x ^ x >> 33) * 0xff51afd7ed558ccdu;
    return (uint32_t)(x >> 32);
}

#endif
