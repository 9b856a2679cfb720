// SPDX-License-Identifier: GPL-3.0-or-later
// eip: bindings, backends and meters as the control plane sets and reads them (see eip.h).
#include "fwd/node.h"

// The binding of exactly this prefix, or NULL.
static struct binding *binding_of(const struct fwd_node *n, struct prefix6 eip, uint16_t *held)
{
    *held = node_fib_get(n, eip);
    const struct adjacency *a = &n->adjacencies[*held];
    return a->kind == ADJACENCY_EIP ? &n->eips.bindings[a->index] : NULL;
}

static void check(const struct fwd_node *n, struct prefix6 eip, const struct fwd_eip_options *o)
{
    const uint32_t policers[] = {o->in.policer, o->out.policer};
    const uint32_t shapers[] = {o->in.shaper, o->out.shaper};
    for (int i = 0; i < 2; i++) {
        FWD_ASSERT(policers[i] == FWD_NO_METER || policers[i] < n->npolicers);
        FWD_ASSERT(shapers[i] == FWD_NO_METER || shapers[i] < n->nshapers);
    }
    FWD_ASSERT(o->tunnel == FWD_NO_TUNNEL || o->choice || tunnel_at(&n->tunnels, o->tunnel));
    FWD_ASSERT(o->choice <= n->nchoices);
    FWD_ASSERT(ip6_is_zero(o->snat) || n->translates);
    FWD_ASSERT(ip6_is_zero(o->snat) || ip6_is_ip4(o->snat) == prefix6_is_ip4(eip));
}

// The addresses that translation answers for.
static void hold_address(struct fwd_node *n, struct ip6_addr address, bool hold)
{
    if (ip6_is_zero(address))
        return;
    if (hold)
        nat_address_add(&n->nat, address);
    else
        nat_address_del(&n->nat, address);
}

void fwd_eip_bind(struct fwd_node *n, struct prefix6 eip, const struct fwd_eip_options *o)
{
    check(n, eip, o);
    uint16_t held;
    struct binding *b = binding_of(n, eip, &held);
    if (!b) {
        uint32_t number = binding_take(&n->eips, eip);
        uint16_t id = adjacency_eip(&n->table, number);
        node_publish(n);
        adjacency_ref(&n->table, id);
        node_fib_put(n, eip, id);
        b = &n->eips.bindings[number];
        b->under = held;
    }
    hold_address(n, o->snat, true);
    hold_address(n, b->o.snat, false);
    b->o = *o;
}

bool fwd_eip_choose(struct fwd_node *n, struct prefix6 eip, uint32_t choice)
{
    uint16_t held;
    struct binding *b = binding_of(n, eip, &held);
    FWD_ASSERT(choice <= n->nchoices);
    if (b)
        b->o.choice = choice;
    return b != NULL;
}

void fwd_eip_unbind(struct fwd_node *n, struct prefix6 eip)
{
    uint16_t held;
    const struct binding *b = binding_of(n, eip, &held);
    if (!b)
        return;
    hold_address(n, b->o.snat, false);
    node_fib_put(n, eip, b->under);
    binding_give(&n->eips, n->adjacencies[held].index);
    adjacency_unref(&n->table, held);
}

const struct fwd_eip_counters *fwd_eip_counters(const struct fwd_node *n, struct prefix6 eip)
{
    uint16_t held;
    const struct binding *b = binding_of(n, eip, &held);
    return b ? &b->counters : NULL;
}

// Lets go of what a backend's way back holds.
static void release_way(struct fwd_node *n, struct backend *b)
{
    for (int i = 0; i < 2; i++) {
        if (b->own_tunnels[i] != FWD_NO_TUNNEL)
            fwd_tunnel_del(n, b->own_tunnels[i]);
        b->own_tunnels[i] = FWD_NO_TUNNEL;
    }
    if (b->exit)
        adjacency_unref(&n->table, b->exit);
    b->exit = ADJACENCY_ID_NONE;
}

// A POP's address, and so the tunnel to it, may be of either family.
static void make_tunnels(struct fwd_node *n, struct backend *b)
{
    struct fwd_tunnel_options t = {.kind = b->o.kind, .dscp = -1};
    if (t.kind != FWD_TUNNEL_SRV6) {
        t.local = ip6_from_ip4(n->address);
        b->own_tunnels[1] = fwd_tunnel_add(n, &t);
    }
    if (!ip6_is_zero(n->address6)) {
        t.local = n->address6;
        b->own_tunnels[0] = fwd_tunnel_add(n, &t);
    }
}

void fwd_backend_bind(struct fwd_node *n, struct prefix6 eip, const struct fwd_backend_options *o)
{
    FWD_ASSERT(n->is_gateway || o->way != FWD_RETURN_INGRESS);
    struct backend *b = backend_at(&n->backends, eip, true);
    uint16_t exit = ADJACENCY_ID_NONE;
    if (o->way == FWD_RETURN_DIRECT) { // held before the old one goes: it may be the same
        FWD_ASSERT(o->exit_group < n->table.used &&
                   n->adjacencies[o->exit_group].kind == ADJACENCY_FORWARD);
        exit = (uint16_t)o->exit_group;
        adjacency_ref(&n->table, exit);
    }
    release_way(n, b);
    b->o = *o;
    b->exit = exit;
    if (o->way == FWD_RETURN_INGRESS && o->tunnel == FWD_NO_TUNNEL)
        make_tunnels(n, b);
}

void fwd_backend_unbind(struct fwd_node *n, struct prefix6 eip)
{
    struct backend *b = backend_at(&n->backends, eip, false);
    if (!b)
        return;
    release_way(n, b);
    backend_drop(&n->backends, b);
}

void fwd_gate_set(struct fwd_node *n, const struct fwd_gate *gate)
{
    n->gate = *gate;
}

uint32_t fwd_policer_add(struct fwd_node *n, const struct policer_options *o)
{
    FWD_ASSERT(!policer_check(o));
    n->policers = fwd_memory_resize(n->policers, n->npolicers + 1u, sizeof *n->policers);
    policer_init(&n->policers[n->npolicers], o, 0);
    return n->npolicers++;
}

void fwd_policer_set(struct fwd_node *n, uint32_t id, const struct policer_options *o,
                     int64_t now_ps)
{
    FWD_ASSERT(id < n->npolicers && !policer_check(o));
    policer_change(&n->policers[id], o, now_ps);
}

const struct policer *fwd_policer(const struct fwd_node *n, uint32_t id)
{
    FWD_ASSERT(id < n->npolicers);
    return &n->policers[id];
}

uint32_t fwd_shaper_add(struct fwd_node *n, const struct shaper_options *o)
{
    FWD_ASSERT(!shaper_check(o));
    n->shapers = fwd_memory_resize(n->shapers, n->nshapers + 1u, sizeof *n->shapers);
    shaper_init(&n->shapers[n->nshapers], o, 0);
    return n->nshapers++;
}

void fwd_shaper_set(struct fwd_node *n, uint32_t id, const struct shaper_options *o, int64_t now_ps)
{
    FWD_ASSERT(id < n->nshapers && !shaper_check(o));
    shaper_change(&n->shapers[id], o, now_ps);
}

const struct shaper *fwd_shaper(const struct fwd_node *n, uint32_t id)
{
    FWD_ASSERT(id < n->nshapers);
    return &n->shapers[id];
}
