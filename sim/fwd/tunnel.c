// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/tunnel.h"
#include "fwd/encap.h"
#include "fwd/srv6.h"

#define DSCP_MAX   63
#define SPREAD_MAX 16
#define INNER_MIN  68

static const struct tunnel_ops *const registry[FWD_TUNNEL_KINDS] = {
    [FWD_TUNNEL_IPIP] = &tunnel_ipip,   [FWD_TUNNEL_GRE] = &tunnel_gre,
    [FWD_TUNNEL_VXLAN] = &tunnel_vxlan, [FWD_TUNNEL_GENEVE] = &tunnel_geneve,
    [FWD_TUNNEL_SRV6] = &tunnel_srv6,
};

const struct tunnel_ops *tunnel_of_kind(enum fwd_tunnel kind)
{
    FWD_ASSERT((unsigned)kind < FWD_TUNNEL_KINDS);
    return registry[kind];
}

const char *fwd_tunnel_name(enum fwd_tunnel kind)
{
    return tunnel_of_kind(kind)->name;
}

uint32_t fwd_tunnel_overhead(const struct fwd_tunnel_options *o)
{
    bool outer4 =
        o->kind != FWD_TUNNEL_SRV6 && ip6_is_ip4(ip6_is_zero(o->remote) ? o->local : o->remote);
    return (outer4 ? IP4_HEADER : IP6_HEADER) + tunnel_of_kind(o->kind)->between(o);
}

// Neither does any packet have such an address, nor may one go to it.
static bool is_martian(struct ip6_addr a)
{
    return ip6_is_ip4(a) ? ip4_is_martian(ip6_to_ip4(a)) : ip6_is_martian(a);
}

static const char *check_addresses(const struct fwd_tunnel_options *o)
{
    struct ip6_addr remote = o->remote;
    if (o->kind == FWD_TUNNEL_SRV6) {
        if (o->segment_count < 1 || o->segment_count > FWD_SEGMENTS_MAX)
            return "one to eight segments are needed";
        for (int i = 0; i < o->segment_count; i++)
            if (ip6_is_martian(o->segments[i]))
                return "a segment is not the IPv6 address of a node";
        remote = o->segments[0];
    } else if (o->segment_count) {
        return "only srv6 has segments";
    }
    if (is_martian(remote))
        return "the remote address is not that of a node";
    if (ip6_is_zero(o->local))
        return NULL;
    if (ip6_is_ip4(o->local) != ip6_is_ip4(remote))
        return "local and remote address are of different families";
    return is_martian(o->local) ? "the local address is not that of a node" : NULL;
}

const char *fwd_tunnel_check(const struct fwd_tunnel_options *o)
{
    if ((unsigned)o->kind >= FWD_TUNNEL_KINDS)
        return "no such kind of tunnel";
    const char *wrong = check_addresses(o);
    if (!wrong)
        wrong = tunnel_of_kind(o->kind)->check(o);
    if (wrong)
        return wrong;
    if (o->dscp < -1 || o->dscp > DSCP_MAX)
        return "a DSCP is at most 63";
    if (o->spread_bits > SPREAD_MAX)
        return "at most 16 bits of the source can vary";
    if (!tunnel_of_kind(o->kind)->port && o->port)
        return "only vxlan and geneve have a port";
    bool outer6 = o->kind == FWD_TUNNEL_SRV6 || !ip6_is_ip4(o->remote);
    if (o->mtu && outer6 && o->mtu < IP6_MTU_MIN)
        return "an IPv6 MTU is at least 1280";
    if (o->mtu && o->mtu < fwd_tunnel_overhead(o) + INNER_MIN)
        return "the MTU has no room for a packet inside";
    return NULL;
}

const char *fwd_endpoint_check(const struct fwd_endpoint_options *o)
{
    if ((unsigned)o->kind >= FWD_TUNNEL_KINDS)
        return "no such kind of tunnel";
    if (o->kind == FWD_TUNNEL_SRV6)
        return "srv6 ends at a segment's route, not at an endpoint";
    if (o->local.len > 128 || o->from.len > 128)
        return "a prefix is at most 128 bits long";
    if (o->local.len && o->from.len && prefix6_is_ip4(o->local) != prefix6_is_ip4(o->from))
        return "destinations and sources are of different families";
    if (!tunnel_of_kind(o->kind)->port && o->port)
        return "only vxlan and geneve have a port";
    // The way out may refuse what the way in cannot write, and needs no address for it.
    struct fwd_tunnel_options like = {.kind = o->kind,
                                      .keyed = o->keyed,
                                      .key = o->key,
                                      .sequence = o->sequence,
                                      .checksum = o->checksum};
    return tunnel_of_kind(o->kind)->check(&like);
}

// --- what all kinds read

void tunnel_outer6(struct tunnel_outer *o, const uint8_t *h, size_t stored)
{
    struct ip6_upper u = ip6_upper_of(h, stored);
    *o = (struct tunnel_outer){
        .at = u.at, .protocol = u.protocol, .fragment = u.fragment, .later = u.later};
    if (u.at > IP6_HEADER)
        o->segments_left = srv6_segments_left(h, stored);
}

const struct tunnel_ops *tunnel_seen(uint8_t protocol, uint16_t port)
{
    if (protocol == PROTOCOL_TCP) // most packets
        return NULL;
    for (int kind = 0; kind < FWD_TUNNEL_KINDS; kind++)
        if (tunnel_is_kind(registry[kind], registry[kind]->port, protocol, port))
            return registry[kind];
    return NULL;
}
