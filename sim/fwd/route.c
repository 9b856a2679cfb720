// SPDX-License-Identifier: GPL-3.0-or-later
// route: groups and routes as the control plane sets and reads them (see route.h).
#include "fwd/node.h"

uint16_t node_fib_get(const struct fwd_node *n, struct prefix6 p)
{
    return prefix6_is_ip4(p) ? fib_get(&n->fib4, prefix6_to_prefix(p)) : fib_get6(&n->fib6, p);
}

void node_fib_put(struct fwd_node *n, struct prefix6 p, uint16_t id)
{
    if (prefix6_is_ip4(p)) {
        if (id)
            fib_set(&n->fib4, prefix6_to_prefix(p), id);
        else
            fib_del(&n->fib4, prefix6_to_prefix(p));
    } else if (id) {
        fib_set6(&n->fib6, p, id);
    } else {
        fib_del6(&n->fib6, p);
    }
}

uint16_t node_classify(const struct fwd_node *n, struct ip6_addr a)
{
    if (ip6_is_ip4(a))
        return ip4_is_martian(ip6_to_ip4(a)) ? ADJACENCY_ID_NONE
                                             : fib_lookup(&n->fib4, ip6_to_ip4(a));
    return ip6_is_martian(a) ? ADJACENCY_ID_NONE : fib_lookup6(&n->fib6, a);
}

uint32_t fwd_group(struct fwd_node *n, const uint32_t *nexthops, int count)
{
    uint16_t id = adjacency_group(&n->table, nexthops, count);
    node_publish(n);
    return id;
}

uint32_t fwd_group_weighted(struct fwd_node *n, enum fwd_select how,
                            const struct fwd_member *members, int count)
{
    uint16_t id = adjacency_group_weighted(&n->table, how, members, count);
    node_publish(n);
    return id;
}

uint32_t fwd_group_resilient(struct fwd_node *n, uint32_t buckets, const struct fwd_member *members,
                             int count)
{
    uint16_t id = adjacency_group_resilient(&n->table, buckets, members, count);
    node_publish(n);
    return id;
}

void fwd_group_update(struct fwd_node *n, uint32_t group, const struct fwd_member *members,
                      int count)
{
    adjacency_group_update(&n->table, (uint16_t)group, members, count);
    node_publish(n);
}

void fwd_group_release(struct fwd_node *n, uint32_t group)
{
    adjacency_release(&n->table, (uint16_t)group);
}

// The binding of exactly this prefix, or NULL; `held` is what the FIB holds for the prefix.
static struct binding *binding_at(const struct fwd_node *n, uint16_t held)
{
    const struct adjacency *a = &n->adjacencies[held];
    return a->kind == ADJACENCY_EIP ? &n->eips.bindings[a->index] : NULL;
}

static uint16_t adjacency_of(const struct fwd_node *n, enum fwd_action action, uint32_t argument)
{
    switch (action) {
    case FWD_ACT_LOCAL:
        return ADJACENCY_ID_LOCAL;
    case FWD_ACT_BLACKHOLE:
        return ADJACENCY_ID_BLACKHOLE;
    case FWD_ACT_REJECT:
        FWD_ASSERT(argument <= FWD_REJECT_PROHIBITED);
        return (uint16_t)(ADJACENCY_ID_REJECT + argument);
    case FWD_ACT_SID:
        FWD_ASSERT(argument <= FWD_SID_END_DT46);
        return (uint16_t)(ADJACENCY_ID_SID + argument);
    case FWD_ACT_TUNNEL:
        FWD_ASSERT(tunnel_at(&n->tunnels, argument));
        return tunnel_at(&n->tunnels, argument)->adjacency;
    case FWD_ACT_FORWARD:
        break;
    }
    FWD_ASSERT(action == FWD_ACT_FORWARD && argument < n->table.used);
    FWD_ASSERT(n->adjacencies[argument].kind == ADJACENCY_FORWARD);
    return (uint16_t)argument;
}

void fwd_route_set6(struct fwd_node *n, struct prefix6 p, enum fwd_action action, uint32_t argument)
{
    uint16_t id = adjacency_of(n, action, argument);
    uint16_t held = node_fib_get(n, p);
    struct binding *b = binding_at(n, held);
    uint16_t old = b ? b->under : held;
    adjacency_ref(&n->table, id);
    if (b)
        b->under = id;
    else
        node_fib_put(n, p, id);
    adjacency_unref(&n->table, old);
    n->routes += old == ADJACENCY_ID_NONE;
}

void fwd_route_del6(struct fwd_node *n, struct prefix6 p)
{
    uint16_t held = node_fib_get(n, p);
    struct binding *b = binding_at(n, held);
    uint16_t old = b ? b->under : held;
    if (old == ADJACENCY_ID_NONE)
        return;
    if (b)
        b->under = ADJACENCY_ID_NONE;
    else
        node_fib_put(n, p, ADJACENCY_ID_NONE);
    adjacency_unref(&n->table, old);
    n->routes--;
}

static enum fwd_action action_of(const struct adjacency *a)
{
    switch (a->kind) {
    case ADJACENCY_LOCAL:
        return FWD_ACT_LOCAL;
    case ADJACENCY_BLACKHOLE:
        return FWD_ACT_BLACKHOLE;
    case ADJACENCY_REJECT:
        return FWD_ACT_REJECT;
    case ADJACENCY_SID:
        return FWD_ACT_SID;
    case ADJACENCY_TUNNEL:
        return FWD_ACT_TUNNEL;
    default:
        return FWD_ACT_FORWARD;
    }
}

bool fwd_route_get6(const struct fwd_node *n, struct prefix6 p, enum fwd_action *action,
                    uint32_t *argument)
{
    uint16_t held = node_fib_get(n, p);
    const struct binding *b = binding_at(n, held);
    uint16_t id = b ? b->under : held;
    if (id == ADJACENCY_ID_NONE)
        return false;
    const struct adjacency *a = &n->adjacencies[id];
    *action = action_of(a);
    switch (*action) {
    case FWD_ACT_FORWARD:
        *argument = id;
        break;
    case FWD_ACT_REJECT:
    case FWD_ACT_SID:
    case FWD_ACT_TUNNEL:
        *argument = a->index;
        break;
    default:
        *argument = 0;
        break;
    }
    return true;
}

void fwd_route_set(struct fwd_node *n, struct prefix p, enum fwd_action action, uint32_t argument)
{
    fwd_route_set6(n, prefix6_from_prefix(p), action, argument);
}

void fwd_route_del(struct fwd_node *n, struct prefix p)
{
    fwd_route_del6(n, prefix6_from_prefix(p));
}

bool fwd_route_get(const struct fwd_node *n, struct prefix p, enum fwd_action *action,
                   uint32_t *argument)
{
    return fwd_route_get6(n, prefix6_from_prefix(p), action, argument);
}

uint32_t fwd_route_count(const struct fwd_node *n)
{
    return n->routes;
}

size_t fwd_fib_bytes(const struct fwd_node *n)
{
    return fib_bytes(&n->fib4) + fib_bytes(&n->fib6) + adjacency_bytes(&n->table);
}

uint16_t node_route_under(const struct fwd_node *n, const struct binding *b)
{
    while (b->under == ADJACENCY_ID_NONE) {
        struct prefix6 p = b->prefix;
        uint16_t id = prefix6_is_ip4(p) ? fib_match_upto(&n->fib4, ip6_to_ip4(p.addr),
                                                         p.len - IP6_MAPPED_BITS - 1)
                                        : fib_match_upto6(&n->fib6, p.addr, p.len - 1);
        b = binding_at(n, id);
        if (!b)
            return id;
    }
    return b->under;
}

// A tunnel that begins here, as fwd_lookup() tells it.
static void enters(const struct fwd_node *n, uint32_t tunnel, struct fwd_path *path)
{
    const struct tunnel *t = tunnel_at(&n->tunnels, tunnel);
    path->gateway[path->gateways].far_end = t->remote;
    path->gateway[path->gateways++].overhead = t->overhead;
}

static void enters_one_of(const struct fwd_node *n, uint32_t choice, struct fwd_path *path)
{
    uint32_t tunnels[FWD_MAX_ECMP];
    int count = choice_tunnels(&n->choices[choice - 1], tunnels);
    for (int i = 0; i < count; i++)
        enters(n, tunnels[i], path);
}

bool fwd_lookup(const struct fwd_node *n, struct ip6_addr dst, struct fwd_path *path)
{
    path->action = FWD_ACT_FORWARD;
    path->service = UINT32_MAX;
    path->refused = FWD_DROP_NONE;
    path->gateways = path->count = 0;
    uint16_t id = node_classify(n, dst);
    const struct binding *b = binding_at(n, id);
    if (b) {
        path->service = b->o.service;
        path->refused = b->o.refuse;
        if (b->o.choice) {
            enters_one_of(n, b->o.choice, path);
            return true;
        }
        if (b->o.tunnel != FWD_NO_TUNNEL) {
            enters(n, b->o.tunnel, path);
            return true;
        }
        id = node_route_under(n, b);
    }
    const struct adjacency *a = &n->adjacencies[id];
    if (a->kind == ADJACENCY_TUNNEL)
        enters(n, a->index, path);
    else
        path->action = action_of(a);
    if (a->kind == ADJACENCY_FORWARD)
        path->count = adjacency_nexthops(a, path->nexthops);
    return id != ADJACENCY_ID_NONE;
}
