// SPDX-License-Identifier: GPL-3.0-or-later
// flowhash: 32 well-mixed bits that are the same for all packets of a flow, for choosing among next
// hops. The same on every machine; different seeds give unrelated hashes.
//
// What is hashed (see flowkey.h):
//   IPv4            addresses, protocol, and ports (UDP, TCP, SCTP) or identifier (echo); fragments
//                   have no ports, not even the first, so that a datagram's fragments stay together
//   IPv6, label 0   the same, from behind the extension headers; of fragments the addresses alone
//   IPv6, labelled  addresses and flow label, and nothing else (the 3-tuple of RFC 6437 §2 and RFC
//                   6438 §3): the source says what a flow is. Ports and protocol are left out, as
//                   the next header of a fragment is not that of a whole datagram, so that here
//                   fragments and whole datagrams of a flow stay together
//   a tunnel        the same of the innermost header that is stored, FWD_TUNNEL_DEPTH levels down
//                   at most, and nothing of the outer ones: a flow keeps its hash in and out of
//                   tunnels. Not if only the outer header is to count
// The two directions of a flow have different hashes.
#ifndef ANYSIM_FWD_FLOWHASH_H
#define ANYSIM_FWD_FLOWHASH_H

#include "fwd/flowkey.h"

// For choices that are to be alike at all nodes; an arbitrary number, which no node should have as
// its own.
#define FLOWHASH_COMMON_SEED 0xa5c1e99du
// The same for a choice that is made ahead of another with the common seed: were the hashes alike, the
// second would see only a part of its table used.
#define FLOWHASH_AHEAD_SEED 0x3d8f27b1u

// Destination ports (RFC 7348 §5, RFC 8926 §3.3) of tunnels that are looked into.
enum { FLOWHASH_VXLAN = 4789, FLOWHASH_GENEVE = 6081 };

// Ports of an IPv4 datagram as struct flowkey has them.
static inline uint32_t flowhash_ports4(const uint8_t *h, size_t stored)
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

// Every bit of the key and of the seed moves about half of the result's bits: rounds of multiply
// and fold, with the 64-bit finaliser constants of MurmurHash3 (public domain).
static inline uint32_t flowhash_mix4(ip4_addr src, ip4_addr dst, uint32_t ports, uint32_t protocol,
                                     uint32_t seed)
{
    uint64_t x = ((uint64_t)src << 32 | dst) ^ ((uint64_t)seed * 0x9e3779b97f4a7c15u);
    x = (x ^ x >> 33) * 0xff51afd7ed558ccdu;
    x ^= ((uint64_t)ports << 8 | protocol) ^ x >> 33;
    x *= 0xc4ceb9fe1a85ec53u;
    x = (x ^ x >> 33) * 0xff51afd7ed558ccdu;
    return (uint32_t)(x >> 32);
}

// `tail` is what counts besides the addresses: ports << 8 | protocol, or 1 << 63 | the label.
uint32_t flowhash_mix6(struct ip6_addr src, struct ip6_addr dst, uint64_t tail, uint32_t seed);

// Whether peek_inner() may find another header in an IPv4 datagram.
static inline bool flowhash_may_hide(uint32_t protocol, uint32_t ports)
{
    const uint64_t tunnels =
        UINT64_C(1) << PROTOCOL_IPIP | UINT64_C(1) << PROTOCOL_IPV6 | UINT64_C(1) << PROTOCOL_GRE;
    if (protocol == PROTOCOL_UDP)
        return (uint16_t)ports == FLOWHASH_VXLAN || (uint16_t)ports == FLOWHASH_GENEVE;
    return protocol < 64 && tunnels >> protocol & 1;
}

// The same as flowhash(), for whatever is not plain IPv4.
uint32_t flowhash_deep(const uint8_t *h, size_t stored, uint32_t seed, bool outer_only);

// Of the addresses of the outermost header alone: the same for all flows of a client to an address.
uint32_t flowhash_addresses(const uint8_t *h, uint32_t seed);

// Of a validated datagram of either version, of which `stored` bytes are there.
static inline uint32_t flowhash(const uint8_t *h, size_t stored, uint32_t seed, bool outer_only)
{
    if (fwd_unlikely(h[0] >> 4 != 4))
        return flowhash_deep(h, stored, seed, outer_only);
    uint32_t ports = flowhash_ports4(h, stored);
    if (fwd_unlikely(flowhash_may_hide(h[IP4_PROTOCOL], ports)))
        return flowhash_deep(h, stored, seed, outer_only);
    return flowhash_mix4(be32_get(h + IP4_SRC), be32_get(h + IP4_DST), ports, h[IP4_PROTOCOL],
                         seed);
}

#endif
