// SPDX-License-Identifier: GPL-3.0-or-later
#include "anycast/eip.h"

static struct prefix6 prefix_of(const struct anycast_service *s)
{
    return prefix6_from_prefix(s->prefix);
}

// The new tunnel is there before the old one goes.
static void point_entry(const struct anycast_service *s, struct net *net, struct anycast_entry *e,
                        const struct anycast_backend *to)
{
    struct fwd_node *fwd = net->nodes[e->node].fwd;
    struct fwd_tunnel_options tunnel = {
        .kind = to->tunnel, .remote = ip6_from_ip4(to->address), .dscp = -1};
    uint32_t before = e->binding.tunnel;
    e->binding.tunnel = fwd_tunnel_add(fwd, &tunnel);
    e->binding.choice = 0;
    e->binding.snat = to->kind == LIFE_NAT ? ip6_from_ip4(fwd_address(fwd)) : e->snat;
    fwd_eip_bind(fwd, prefix_of(s), &e->binding);
    fwd_tunnel_accept(fwd, to->tunnel);
    if (before != FWD_NO_TUNNEL)
        fwd_tunnel_del(fwd, before);
}

static void take_in(const struct anycast_service *s, struct net *net,
                    const struct anycast_backend *b, bool closing)
{
    fwd_backend_bind(net->nodes[b->node].fwd, prefix_of(s),
                     &(struct fwd_backend_options){.way = b->kind == LIFE_NAT ? FWD_RETURN_NEAREST
                                                                              : FWD_RETURN_INGRESS,
                                                   .kind = b->tunnel,
                                                   .tunnel = FWD_NO_TUNNEL,
                                                   .closing = closing});
}

void anycast_point(struct anycast_service *s, struct net *net, const struct anycast_backend *to)
{
    struct fwd_node *gateway = net->nodes[to->node].fwd;
    fwd_tunnel_accept(gateway, to->tunnel);
    take_in(s, net, to, false);
    fwd_route_set(gateway, (struct prefix){s->address, 32}, FWD_ACT_LOCAL, 0);
    for (size_t i = 0; i < s->entries.n; i++)
        point_entry(s, net, &s->entries.v[i], to);
    for (size_t i = 0; i < s->sites.n; i++)
        s->sites.v[i].server = to->node;
}

void anycast_refuse(struct anycast_service *s, struct net *net, enum fwd_drop why)
{
    for (size_t i = 0; i < s->entries.n; i++) {
        struct anycast_entry *e = &s->entries.v[i];
        if (e->binding.refuse == why)
            continue;
        e->binding.refuse = why;
        fwd_eip_bind(net->nodes[e->node].fwd, prefix_of(s), &e->binding);
    }
}

void anycast_close(struct anycast_service *s, struct net *net, const struct anycast_backend *b,
                   bool closing)
{
    take_in(s, net, b, closing);
}

void anycast_forget(struct anycast_service *s, struct net *net, uint32_t gateway_node)
{
    fwd_backend_unbind(net->nodes[gateway_node].fwd, prefix_of(s));
}

void anycast_leave(struct anycast_service *s, struct net *net, uint32_t gateway_node)
{
    anycast_forget(s, net, gateway_node);
    fwd_route_del(net->nodes[gateway_node].fwd, (struct prefix){s->address, 32});
}

struct fwd_eip_counters anycast_counters(const struct anycast_service *s, const struct net *net)
{
    struct fwd_eip_counters sum = {{0, 0}, {0, 0}, 0, 0, 0, 0};
    for (size_t i = 0; i < s->entries.n; i++) {
        const struct fwd_eip_counters *c =
            fwd_eip_counters(net->nodes[s->entries.v[i].node].fwd, prefix_of(s));
        sum.in.packets += c->in.packets;
        sum.in.bytes += c->in.bytes;
        sum.out.packets += c->out.packets;
        sum.out.bytes += c->out.bytes;
        sum.dropped_in += c->dropped_in;
        sum.dropped_out += c->dropped_out;
        sum.refused += c->refused;
        sum.policed += c->policed;
    }
    return sum;
}
