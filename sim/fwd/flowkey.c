// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/flowkey.h"

#include "fwd/flowhash.h"
#include "fwd/headers6.h"

static struct flowkey key_of_ip6(const uint8_t *h, size_t stored)
{
    struct ip6_upper u = ip6_upper_of(h, stored);
    struct flowkey k = {
        .src = ip6_get(h + IP6_SRC), .dst = ip6_get(h + IP6_DST), .protocol = u.protocol};
    if (u.fragment) {
        k.protocol = PROTOCOL_FRAGMENT;
        return k;
    }
    const uint8_t *t = h + u.at;
    switch (u.protocol) {
    case PROTOCOL_UDP:
    case PROTOCOL_TCP:
    case PROTOCOL_SCTP:
        if (stored >= u.at + 4u)
            k.ports = be32_get(t);
        break;
    case PROTOCOL_ICMP6:
        if (stored >= u.at + (size_t)ICMP_HEADER &&
            (t[ICMP_TYPE] == ICMP6_ECHO || t[ICMP_TYPE] == ICMP6_ECHO_REPLY))
            k.ports = (uint32_t)be16_get(t + ICMP_ID) * 0x10001u;
        break;
    default:
        break;
    }
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
