// SPDX-License-Identifier: GPL-3.0-or-later
// node: making a node, and its tables as the control plane sees them.
#include "fwd/node.h"

#include <stdlib.h>

struct fwd_node *fwd_node_new(const struct fwd_options *o)
{
    FWD_ASSERT(o->address != 0);
    struct fwd_node *n = fwd_memory_aligned(sizeof *n);
    n->address = o->address;
    n->hash_seed = o->hash_seed;
    fib_init(&n->fib);
    fib_init(&n->backends);
    adjacency_init(&n->table);
    n->adjacencies = n->table.entries;
    binding_init(&n->eips);
    icmp_bucket_init(&n->icmp);
    n->is_gateway = o->flow_limit > 0;
    if (n->is_gateway)
        flowtab_init(&n->flows, o->flow_limit, o->flow_idle_ps);
    return n;
}

void fwd_node_free(struct fwd_node *n)
{
    if (!n)
        return;
    fib_free(&n->fib);
    fib_free(&n->backends);
    adjacency_free(&n->table);
    binding_free(&n->eips);
    if (n->is_gateway)
        flowtab_free(&n->flows);
    free(n);
}

uint32_t fwd_group(struct fwd_node *n, const uint32_t *out_ifs, int count)
{
    uint16_t id = adjacency_group(&n->table, out_ifs, count);
    n->adjacencies = n->table.entries;
    return id;
}

// The binding of exactly this prefix, or NULL; `held` is what the FIB holds for the prefix.
static struct binding *binding_at(const struct fwd_node *n, uint16_t held)
{
    const struct adjacency *a = &n->adjacencies[held];
    return a->kind == ADJACENCY_EIP ? &n->eips.bindings[a->index] : NULL;
}

static uint16_t adjacency_of(const struct fwd_node *n, enum fwd_action action, uint32_t group)
{
    switch (action) {
    case FWD_ACT_LOCAL:
        return ADJACENCY_ID_LOCAL;
    case FWD_ACT_BLACKHOLE:
        return ADJACENCY_ID_BLACKHOLE;
    default:
        break;
    }
    FWD_ASSERT(action == FWD_ACT_FORWARD);
    FWD_ASSERT(group < n->table.used && n->adjacencies[group].kind == ADJACENCY_FORWARD);
    return (uint16_t)group;
}

void fwd_route_set(struct fwd_node *n, struct prefix p, enum fwd_action action, uint32_t group)
{
    uint16_t id = adjacency_of(n, action, group);
    uint16_t held = fib_get(&n->fib, p);
    struct binding *b = binding_at(n, held);
    uint16_t old = b ? b->under : held;
    adjacency_ref(&n->table, id);
    if (b)
        b->under = id;
    else
        fib_set(&n->fib, p, id);
    adjacency_unref(&n->table, old);
    n->routes += old == ADJACENCY_ID_NONE;
}

void fwd_route_del(struct fwd_node *n, struct prefix p)
{
    uint16_t held = fib_get(&n->fib, p);
    struct binding *b = binding_at(n, held);
    uint16_t old = b ? b->under : held;
    if (old == ADJACENCY_ID_NONE)
        return;
    if (b)
        b->under = ADJACENCY_ID_NONE;
    else
        fib_del(&n->fib, p);
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
    default:
        return FWD_ACT_FORWARD;
    }
}

bool fwd_route_get(const struct fwd_node *n, struct prefix p, enum fwd_action *action,
                   uint32_t *group)
{
    uint16_t held = fib_get(&n->fib, p);
    const struct binding *b = binding_at(n, held);
    uint16_t id = b ? b->under : held;
    if (id == ADJACENCY_ID_NONE)
        return false;
    *action = action_of(&n->adjacencies[id]);
    *group = *action == FWD_ACT_FORWARD ? id : 0;
    return true;
}

uint32_t fwd_route_count(const struct fwd_node *n)
{
    return n->routes;
}

size_t fwd_fib_bytes(const struct fwd_node *n)
{
    return fib_bytes(&n->fib);
}

bool fwd_lookup(const struct fwd_node *n, ip4_addr dst, struct fwd_path *path)
{
    *path = (struct fwd_path){.action = FWD_ACT_FORWARD, .service = UINT32_MAX};
    uint16_t id = ip4_is_martian(dst) ? ADJACENCY_ID_NONE : fib_lookup(&n->fib, dst);
    const struct binding *b = binding_at(n, id);
    if (b) {
        path->service = b->service;
        if (b->gateway != n->address) {
            path->gateway = b->gateway;
            return true;
        }
        id = fwd_node_route_under(n, b);
    }
    const struct adjacency *a = &n->adjacencies[id];
    path->action = action_of(a);
    if (a->kind == ADJACENCY_FORWARD) {
        path->count = a->count;
        memcpy(path->out_ifs, a->count == 1 ? &a->index : a->members,
               a->count * sizeof *path->out_ifs);
    }
    return id != ADJACENCY_ID_NONE;
}

void fwd_eip_bind(struct fwd_node *n, struct prefix eip, uint32_t service, enum fwd_tunnel kind,
                  ip4_addr gateway)
{
    FWD_ASSERT((unsigned)kind < FWD_TUNNEL_KINDS && gateway != 0);
    uint16_t held = fib_get(&n->fib, eip);
    struct binding *b = binding_at(n, held);
    if (!b) {
        uint32_t number = binding_take(&n->eips);
        b = &n->eips.bindings[number];
        uint16_t id = adjacency_eip(&n->table, number);
        n->adjacencies = n->table.entries;
        adjacency_ref(&n->table, id);
        fib_set(&n->fib, eip, id);
        b->under = held;
    }
    b->prefix = eip;
    b->service = service;
    b->kind = kind;
    b->gateway = gateway;
}

void fwd_eip_unbind(struct fwd_node *n, struct prefix eip)
{
    uint16_t held = fib_get(&n->fib, eip);
    const struct binding *b = binding_at(n, held);
    if (!b)
        return;
    if (b->under == ADJACENCY_ID_NONE)
        fib_del(&n->fib, eip);
    else
        fib_set(&n->fib, eip, b->under);
    binding_give(&n->eips, n->adjacencies[held].index);
    adjacency_unref(&n->table, held);
}

uint16_t fwd_node_route_under(const struct fwd_node *n, const struct binding *b)
{
    while (b->under == ADJACENCY_ID_NONE) {
        uint16_t id = fib_match_upto(&n->fib, b->prefix.addr, b->prefix.len - 1);
        b = binding_at(n, id);
        if (!b)
            return id;
    }
    return b->under;
}

void fwd_tunnel_accept(struct fwd_node *n, enum fwd_tunnel kind)
{
    FWD_ASSERT((unsigned)kind < FWD_TUNNEL_KINDS);
    n->accepts[kind] = true;
}

void fwd_backend_bind(struct fwd_node *n, struct prefix eip, enum fwd_tunnel kind)
{
    FWD_ASSERT(n->is_gateway && (unsigned)kind < FWD_TUNNEL_KINDS);
    fib_set(&n->backends, eip, (uint16_t)(kind + 1u));
}

void fwd_backend_unbind(struct fwd_node *n, struct prefix eip)
{
    fib_del(&n->backends, eip);
}

const struct fwd_counters *fwd_counters(const struct fwd_node *n)
{
    return &n->counters;
}

uint64_t fwd_counters_dropped(const struct fwd_counters *c)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < FWD_DROP_COUNT; i++)
        sum += c->dropped[i];
    return sum;
}
