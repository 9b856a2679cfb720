// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/tunnel.h"

static const struct tunnel_ops *const registry[FWD_TUNNEL_KINDS] = {
    [FWD_TUNNEL_IPIP] = &tunnel_ipip,
    [FWD_TUNNEL_GRE] = &tunnel_gre,
};

const struct tunnel_ops *tunnel_of_kind(enum fwd_tunnel kind)
{
    FWD_ASSERT((unsigned)kind < FWD_TUNNEL_KINDS);
    return registry[kind];
}

enum fwd_tunnel tunnel_of_protocol(uint8_t protocol)
{
    for (unsigned k = 0; k < FWD_TUNNEL_KINDS; k++)
        if (registry[k]->protocol == protocol)
            return (enum fwd_tunnel)k;
    return FWD_TUNNEL_KINDS;
}

enum fwd_drop tunnel_push(struct packet *p, enum fwd_tunnel kind, ip4_addr src, ip4_addr dst)
{
    const struct tunnel_ops *ops = tunnel_of_kind(kind);
    if (p->depth >= FWD_TUNNEL_DEPTH)
        return FWD_DROP_TUNNEL_DEPTH;
    if (p->length + ops->overhead > IP4_LENGTH_MAX)
        return FWD_DROP_MTU;
    if (!packet_make_room(p, ops->overhead))
        return FWD_DROP_NO_HEADROOM;
    uint8_t tos = packet_data(p)[IP4_TOS];
    packet_push(p, ops->overhead);
    p->depth++;
    ip4_write(packet_data(p), &(struct ip4_fields){.src = src,
                                                   .dst = dst,
                                                   .length = p->length,
                                                   .ttl = TUNNEL_TTL,
                                                   .protocol = ops->protocol,
                                                   .tos = tos});
    ops->push(packet_data(p) + IP4_HEADER);
    return FWD_DROP_NONE;
}

// What RFC 6040 figure 4 puts into the inner header, by inner and outer ECN field (00 not capable,
// 01 ECT(1), 10 ECT(0), 11 congestion experienced); ECN_DROP where the packet must go.
#define ECN_DROP 4
static const uint8_t ecn_out[4][4] = {
    {0, 0, 0, ECN_DROP},
    {1, 1, 1, 3},
    {2, 1, 2, 3},
    {3, 3, 3, 3},
};

enum fwd_drop tunnel_pop(struct packet *p, enum fwd_tunnel kind)
{
    const struct tunnel_ops *ops = tunnel_of_kind(kind);
    const uint8_t *outer = packet_data(p);
    size_t header = ip4_header_size(outer);
    if (ip4_is_fragment(outer)) // an end that does not reassemble
        return FWD_DROP_TUNNEL_BAD;
    int between = ops->pop(outer + header, p->captured - header);
    if (between < 0)
        return FWD_DROP_TUNNEL_BAD;
    size_t skip = header + (size_t)between;
    if (p->captured < skip + IP4_HEADER)
        return FWD_DROP_TRUNCATED;
    uint8_t *inner = packet_data(p) + skip;
    uint8_t tos = inner[IP4_TOS];
    uint8_t ecn = ecn_out[tos & IP4_ECN_MASK][outer[IP4_TOS] & IP4_ECN_MASK];
    if (ecn == ECN_DROP)
        return FWD_DROP_TUNNEL_BAD;
    if (ecn != (tos & IP4_ECN_MASK))
        ip4_set_tos(inner, (uint8_t)((tos & ~IP4_ECN_MASK) | ecn));
    packet_pull(p, (uint32_t)skip);
    if (p->depth)
        p->depth--;
    return FWD_DROP_NONE;
}
