// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/flowkey.h"

#include "fwd/flowhash.h"
#include "fwd/headers6.h"

// Of an upper layer's header, of which `left` bytes are stored.
static uint32_t ports_of(uint8_t protocol, const uint8_t *t, size_t left)
{
    bool six = protocol == PROTOCOL_ICMP6;
    switch (protocol) {
    case PROTOCOL_UDP:
    case PROTOCOL_TCP:
    case PROTOCOL_SCTP:
        return left >= 4 ? be32_get(t) : 0;
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMP6:
        if (left < ICMP_HEADER || (t[ICMP_TYPE] != (six ? ICMP6_ECHO : ICMP_ECHO) &&
                                   t[ICMP_TYPE] != (six ? ICMP6_ECHO_REPLY : ICMP_ECHO_REPLY)))
            return 0;
        return (uint32_t)be16_get(t + ICMP_ID) * 0x10001u;
    default:
        return 0;
    }
}

static enum flowkey_part read4(const uint8_t *h, size_t stored, struct flowkey *flow,
                               struct flowkey *datagram)
{
    size_t header = ip4_header_size(h);
    uint16_t word = be16_get(h + IP4_FRAGMENT);
    *flow = (struct flowkey){.src = ip6_from_ip4(be32_get(h + IP4_SRC)),
                             .dst = ip6_from_ip4(be32_get(h + IP4_DST)),
                             .protocol = h[IP4_PROTOCOL]};
    if (fwd_unlikely(word & (IP4_MORE_FRAGMENTS | IP4_OFFSET_MASK))) {
        *datagram = *flow;
        datagram->ports = be16_get(h + IP4_ID);
        if (word & IP4_OFFSET_MASK)
            return FLOWKEY_LATER;
    }
    flow->ports = ports_of(h[IP4_PROTOCOL], h + header, stored - header);
    return word & IP4_MORE_FRAGMENTS ? FLOWKEY_FIRST : FLOWKEY_WHOLE;
}

static enum flowkey_part read6(const uint8_t *h, size_t stored, struct flowkey *flow,
                               struct flowkey *datagram)
{
    struct ip6_upper u = ip6_upper_of(h, stored);
    *flow = (struct flowkey){
        .src = ip6_get(h + IP6_SRC), .dst = ip6_get(h + IP6_DST), .protocol = u.protocol};
    bool more = false;
    if (fwd_unlikely(u.fragment)) {
        *datagram = *flow;
        datagram->protocol = PROTOCOL_FRAGMENT;
        datagram->ports = be32_get(h + u.fragment_at + FRAGMENT_ID);
        more = be16_get(h + u.fragment_at + FRAGMENT_OFFSET) & FRAGMENT_MORE;
        if (u.later)
            return FLOWKEY_LATER;
    }
    if (u.protocol != PROTOCOL_ICMP && stored >= u.at)
        flow->ports = ports_of(u.protocol, h + u.at, stored - u.at);
    return more ? FLOWKEY_FIRST : FLOWKEY_WHOLE; // one that is alone is whole: RFC 6946
}

enum flowkey_part flowkey_read(const uint8_t *h, size_t stored, struct flowkey *flow,
                               struct flowkey *datagram)
{
    return h[0] >> 4 == 6 ? read6(h, stored, flow, datagram) : read4(h, stored, flow, datagram);
}

static struct flowkey key_of_ip6(const uint8_t *h, size_t stored)
{
    struct ip6_upper u = ip6_upper_of(h, stored);
    struct flowkey k = {
        .src = ip6_get(h + IP6_SRC), .dst = ip6_get(h + IP6_DST), .protocol = u.protocol};
    if (u.fragment)
        k.protocol = PROTOCOL_FRAGMENT;
    else if (u.protocol != PROTOCOL_ICMP && stored >= u.at)
        k.ports = ports_of(u.protocol, h + u.at, stored - u.at);
    return k;
}

struct flowkey flowkey_of(const uint8_t *h, size_t stored)
{
    if (h[0] >> 4 == 6)
        return key_of_ip6(h, stored);
    return (struct flowkey){.src = ip6_from_ip4(be32_get(h + IP4_SRC)),
                            .dst = ip6_from_ip4(be32_get(h + IP4_DST)),
                            .ports = flowhash_ports4(h, stored),
                            .protocol = h[IP4_PROTOCOL]};
}

uint32_t flowkey_hash(const struct flowkey *k, uint32_t seed)
{
    if (ip6_is_ip4(k->src) && ip6_is_ip4(k->dst))
        return flowhash_mix4(ip6_to_ip4(k->src), ip6_to_ip4(k->dst), k->ports, k->protocol, seed);
    return flowhash_mix6(k->src, k->dst, (uint64_t)k->ports << 8 | k->protocol, seed);
}
