// SPDX-License-Identifier: GPL-3.0-or-later
// flowkey: what makes packets one flow: addresses, protocol, and the ports of UDP, TCP and SCTP or
// the identifier of an ICMP echo. Both families; the protocol of IPv6 is that after the extension
// headers.
//
// Fragments are seen in two ways. Whoever keeps no memory of them, and only spreads packets
// (flowkey_of()), gives them no ports, not even the first, so that all of a datagram's fragments
// belong together; IPv6 ones are of PROTOCOL_FRAGMENT, as what is behind the fragment header may
// look different in the first one. Whoever keeps memory of flows (flowkey_read()) takes a first
// fragment for what the whole would be, and knows the later ones by the datagram: both directions
// of a flow are found whichever of them is fragmented.
#ifndef ANYSIM_FWD_FLOWKEY_H
#define ANYSIM_FWD_FLOWKEY_H

#include "fwd/headers.h"

struct flowkey {
    struct ip6_addr src, dst; // IPv4 as mapped addresses
    uint32_t ports;           // source in the upper half; for an echo the identifier in both
    uint32_t protocol;
};

// From a validated header of either version.
struct flowkey flowkey_of(const uint8_t *h, size_t stored);

enum flowkey_part { FLOWKEY_WHOLE, FLOWKEY_FIRST, FLOWKEY_LATER };
// What part of a datagram it is, from a validated header of either version. WHOLE, FIRST: `flow` is
// its flow. FIRST, LATER: `datagram` is alike for all fragments of one datagram and no other:
// addresses, protocol (IPv6: PROTOCOL_FRAGMENT) and in place of ports the identification. LATER:
// `flow` has no ports.
enum flowkey_part flowkey_read(const uint8_t *h, size_t stored, struct flowkey *flow,
                               struct flowkey *datagram);

// The key of the packets that go the other way.
static inline struct flowkey flowkey_reverse(struct flowkey k)
{
    return (struct flowkey){
        .src = k.dst, .dst = k.src, .ports = k.ports << 16 | k.ports >> 16, .protocol = k.protocol};
}

static inline bool flowkey_equal(const struct flowkey *a, const struct flowkey *b)
{
    return ip6_equal(a->src, b->src) && ip6_equal(a->dst, b->dst) && a->ports == b->ports &&
           a->protocol == b->protocol;
}

// 32 well-mixed bits, the same on every machine; different seeds give unrelated hashes.
uint32_t flowkey_hash(const struct flowkey *k, uint32_t seed);

#endif
