// SPDX-License-Identifier: GPL-3.0-or-later
// node_tunnel: a node's tunnels and endpoints (see tunnel.h), and what fits through them.
#include "fwd/node.h"

uint32_t fwd_tunnel_add(struct fwd_node *n, const struct fwd_tunnel_options *o)
{
    struct tunnel *t = tunnel_take(&n->tunnels, o, n->address, n->address6);
    n->sized |= o->mtu != 0;
    t->adjacency = adjacency_tunnel(&n->table, t->id);
    adjacency_ref(&n->table, t->adjacency);
    node_publish(n);
    return t->id;
}

void fwd_tunnel_del(struct fwd_node *n, uint32_t id)
{
    adjacency_unref(&n->table, tunnel_at(&n->tunnels, id)->adjacency);
    tunnel_give(&n->tunnels, id);
}

const struct fwd_tunnel_counters *fwd_tunnel_counters(const struct fwd_node *n, uint32_t id)
{
    return &tunnel_at(&n->tunnels, id)->counters;
}

uint32_t fwd_tunnel_mtu(const struct fwd_node *n, uint32_t id, int64_t now_ps)
{
    return tunnel_mtu(tunnel_at(&n->tunnels, id), now_ps);
}

uint32_t fwd_endpoint_add(struct fwd_node *n, const struct fwd_endpoint_options *o)
{
    FWD_ASSERT(!fwd_endpoint_check(o));
    return endpoint_add(&n->endpoints, o);
}

const struct fwd_endpoint_counters *fwd_endpoint_counters(const struct fwd_node *n, uint32_t id)
{
    FWD_ASSERT(id < n->endpoints.count);
    return &n->endpoints.entries[id].counters;
}

void fwd_tunnel_accept(struct fwd_node *n, enum fwd_tunnel kind)
{
    for (uint32_t i = 0; i < n->endpoints.count; i++) {
        const struct fwd_endpoint_options *o = &n->endpoints.entries[i].options;
        if (o->kind == kind && o->local.len == 0 && o->from.len == 0 && !o->keyed)
            return;
    }
    fwd_endpoint_add(n, &(struct fwd_endpoint_options){.kind = kind});
}

// The smallest MTU among the interfaces of a group, so that whichever member a flow takes fits.
static uint32_t group_mtu(const struct fwd_node *n, const struct adjacency *a)
{
    uint32_t nexthops[FWD_MAX_ECMP], least = UINT32_MAX;
    int count = adjacency_nexthops(a, nexthops);
    for (int i = 0; i < count; i++) {
        uint32_t mtu = ports_mtu(&n->ports, ports_of_nexthop(&n->ports, nexthops[i]));
        least = mtu < least ? mtu : least;
    }
    return least;
}

static uint32_t tunnel_room(const struct fwd_node *n, const struct tunnel *t,
                            struct ip6_addr far_end, int64_t now_ps, int depth);

// The least of all tunnels that a flow may take.
static uint32_t choice_room(const struct fwd_node *n, uint32_t choice, int64_t now_ps, int depth)
{
    uint32_t tunnels[FWD_MAX_ECMP], least = UINT32_MAX;
    int count = choice_tunnels(&n->choices[choice - 1], tunnels);
    for (int i = 0; i < count; i++) {
        uint32_t room = tunnel_room(n, tunnel_at(&n->tunnels, tunnels[i]), (struct ip6_addr){0, 0},
                                    now_ps, depth + 1);
        least = room < least ? room : least;
    }
    return least;
}

static uint32_t room_towards(const struct fwd_node *n, uint16_t id, int64_t now_ps, int depth)
{
    const struct adjacency *a = &n->adjacencies[id];
    if (a->kind == ADJACENCY_FORWARD && n->ports.limited)
        return group_mtu(n, a);
    if (depth >= FWD_TUNNEL_DEPTH)
        return UINT32_MAX;
    uint32_t tunnel = FWD_NO_TUNNEL;
    if (a->kind == ADJACENCY_TUNNEL)
        tunnel = a->index;
    else if (a->kind == ADJACENCY_EIP && n->eips.bindings[a->index].o.choice)
        return choice_room(n, n->eips.bindings[a->index].o.choice, now_ps, depth);
    else if (a->kind == ADJACENCY_EIP)
        tunnel = n->eips.bindings[a->index].o.tunnel;
    if (tunnel == FWD_NO_TUNNEL)
        return UINT32_MAX;
    return tunnel_room(n, tunnel_at(&n->tunnels, tunnel), (struct ip6_addr){0, 0}, now_ps,
                       depth + 1);
}

static uint32_t tunnel_room(const struct fwd_node *n, const struct tunnel *t,
                            struct ip6_addr far_end, int64_t now_ps, int depth)
{
    if (ip6_is_zero(far_end))
        far_end = t->remote;
    uint32_t own = tunnel_mtu(t, now_ps);
    uint32_t below =
        room_towards(n, node_classify(n, tunnel_destination(t, far_end)), now_ps, depth);
    uint32_t least = own && own < below ? own : below;
    if (least == UINT32_MAX)
        return least;
    return least > t->overhead ? least - t->overhead : 0;
}

uint32_t node_mtu_towards(const struct fwd_node *n, uint16_t id, int64_t now_ps)
{
    return n->sized ? room_towards(n, id, now_ps, 0) : UINT32_MAX;
}

uint32_t node_tunnel_mtu(const struct fwd_node *n, const struct tunnel *t, struct ip6_addr far_end,
                         int64_t now_ps)
{
    if (!n->sized)
        return UINT32_MAX;
    return tunnel_room(n, t, far_end, now_ps, 0);
}
