// SPDX-License-Identifier: GPL-3.0-or-later
// node: making a node, its interfaces, and its counters.
#include "fwd/node.h"

#include <stdlib.h>

static struct flowstate_options timeouts(const struct fwd_options *o)
{
    struct flowstate_options t = FLOWSTATE_DEFAULTS;
    if (o->flow_idle_ps)
        t.idle_ps = o->flow_idle_ps;
    if (o->tcp_opening_ps)
        t.tcp_opening_ps = o->tcp_opening_ps;
    if (o->tcp_open_ps)
        t.tcp_open_ps = o->tcp_open_ps;
    return t;
}

struct fwd_node *fwd_node_new(const struct fwd_options *o)
{
    FWD_ASSERT(o->address != 0);
    struct fwd_node *n = fwd_memory_aligned(sizeof *n);
    struct flowstate_options times = timeouts(o);
    struct nat_options nat = {.limit = o->nat_limit, .seed = o->hash_seed, .times = times};
    n->address = o->address;
    n->address6 = o->address6;
    n->hash_seed = o->hash_seed;
    n->hash_outer = o->hash_outer;
    fib_init(&n->fib4);
    fib_init6(&n->fib6);
    adjacency_init(&n->table);
    tunnel_table_init(&n->tunnels);
    endpoint_table_init(&n->endpoints, o->address, o->address6);
    binding_init(&n->eips);
    backend_init(&n->backends);
    icmp_bucket_init(&n->icmp, o->icmp_per_s, o->icmp_burst);
    n->is_gateway = o->flow_limit > 0;
    if (n->is_gateway) {
        flowtab_init(&n->flows, o->flow_limit, &times, o->hash_seed);
        fragtab_init(&n->answers, o->hash_seed);
    }
    n->translates = o->nat_limit > 0;
    if (n->translates)
        nat_init(&n->nat, &nat);
    node_publish(n);
    return n;
}

ip4_addr fwd_address(const struct fwd_node *n)
{
    return n->address;
}

void fwd_node_free(struct fwd_node *n)
{
    if (!n)
        return;
    fib_free(&n->fib4);
    fib_free(&n->fib6);
    adjacency_free(&n->table);
    ports_free(&n->ports);
    tunnel_table_free(&n->tunnels);
    endpoint_table_free(&n->endpoints);
    binding_free(&n->eips);
    backend_free(&n->backends);
    if (n->is_gateway) {
        flowtab_free(&n->flows);
        fragtab_free(&n->answers);
    }
    if (n->translates)
        nat_free(&n->nat);
    acl_free(n->acl);
    choices_free(n->choices, n->nchoices);
    free(n->policers);
    free(n->shapers);
    free(n);
}

void node_publish(struct fwd_node *n)
{
    n->adjacencies = n->table.entries;
}

static void set_feature(struct fwd_node *n, uint32_t feature, bool on)
{
    n->features = on ? n->features | feature : n->features & ~feature;
}

void fwd_interface_set(struct fwd_node *n, uint32_t number, const struct fwd_interface *i)
{
    ports_set_interface(&n->ports, number, i);
    bool servers = false;
    n->sized |= i->mtu != 0;
    for (uint32_t k = 0; k < n->ports.ninterfaces; k++)
        servers |= n->ports.interfaces[k].o.servers;
    set_feature(n, NODE_PORTS, true);
    set_feature(n, NODE_SERVERS, servers);
}

void fwd_nexthop_set(struct fwd_node *n, uint32_t number, uint32_t interface)
{
    ports_set_nexthop(&n->ports, number, interface);
    set_feature(n, NODE_PORTS, true);
}

struct fwd_interface_counters fwd_interface_counters(const struct fwd_node *n, uint32_t number)
{
    const struct ports_interface *i = ports_interface(&n->ports, number);
    return i ? i->counters : (struct fwd_interface_counters){0};
}

struct fwd_nexthop_counters fwd_nexthop_counters(const struct fwd_node *n, uint32_t number)
{
    return number < n->ports.nnexthops ? n->ports.nexthops[number].counters
                                       : (struct fwd_nexthop_counters){0};
}

void fwd_acl_set(struct fwd_node *n, struct acl *acl)
{
    if (n->acl != acl)
        acl_free(n->acl);
    n->acl = acl;
    set_feature(n, NODE_ACL, acl != NULL);
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
