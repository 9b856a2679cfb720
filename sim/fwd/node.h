// SPDX-License-Identifier: GPL-3.0-or-later
// node: what one node's data plane consists of. Private to the forwarding core.
//
// The first two cache lines are all that plain transit touches here.
#ifndef ANYSIM_FWD_NODE_H
#define ANYSIM_FWD_NODE_H

#include "fwd/adjacency.h"
#include "fwd/binding.h"
#include "fwd/choice.h"
#include "fwd/encap.h"
#include "fwd/endpoint.h"
#include "fwd/fib.h"
#include "fwd/flowtab.h"
#include "fwd/fragtab.h"
#include "fwd/fwd.h"
#include "fwd/icmp.h"
#include "fwd/nat.h"
#include "fwd/ports.h"

// What a node does besides plain forwarding; plain transit is for nodes that do none of it.
enum {
    NODE_ACL = 1,
    NODE_PORTS = 2,  // interfaces or next hops are declared
    NODE_SERVERS = 4 // an interface is the servers' side
};

struct fwd_node {
    struct fib fib4;                     // leaves are numbers of adjacencies
    const struct adjacency *adjacencies; // the table's entries
    uint32_t hash_seed;
    uint32_t features;
    struct fwd_counters counters;
    struct fib fib6;

    ip4_addr address;
    struct ip6_addr address6;
    bool hash_outer;
    bool is_gateway; // there is a flow table
    bool translates; // there is a table of translations
    bool sized;      // an interface or tunnel has had an MTU
    uint16_t ip_id;
    uint32_t fragment_id; // of the IPv6 datagram cut last
    uint32_t routes;

    struct adjacency_table table;
    struct ports ports;
    struct tunnel_table tunnels;
    struct endpoint_table endpoints;
    struct binding_table eips;
    struct backend_table backends;
    struct flowtab flows;
    struct fragtab answers; // a gateway's: POPs that fragmented answers go to
    struct nat nat;
    struct acl *acl;
    struct icmp_bucket icmp;

    struct fwd_gate gate;
    struct policer *policers;
    struct shaper *shapers;
    uint32_t npolicers, nshapers;
    struct choice *choices; // choice 1 is the first
    uint32_t nchoices;
};

_Static_assert(offsetof(struct fwd_node, counters.local) <= 2 * FWD_CACHE_LINE,
               "plain transit stays in two lines of the node");

// What the FIB of the prefix's family holds for exactly it.
uint16_t node_fib_get(const struct fwd_node *n, struct prefix6 p);
void node_fib_put(struct fwd_node *n, struct prefix6 p, uint16_t id); // 0 deletes
// The adjacency that a packet to `a` meets.
uint16_t node_classify(const struct fwd_node *n, struct ip6_addr a);

// The route that decides when an EIP's backend is this node itself.
uint16_t node_route_under(const struct fwd_node *n, const struct binding *b);

// What fits through adjacency `id`, headers of tunnels that begin here taken off; UINT32_MAX:
// anything.
uint32_t node_mtu_towards(const struct fwd_node *n, uint16_t id, int64_t now_ps);
// The same for what goes into a tunnel towards `far_end` (zero: its own).
uint32_t node_tunnel_mtu(const struct fwd_node *n, const struct tunnel *t, struct ip6_addr far_end,
                         int64_t now_ps);

// The address that this node speaks with towards `to`: of the interface that leads there (RFC 1812
// §4.3.2.4), else the node's; zero: it has none of the family.
struct ip6_addr node_own_address(const struct fwd_node *n, struct ip6_addr to);
static inline bool node_is_own(const struct fwd_node *n, struct ip6_addr a)
{
    return ip6_is_ip4(a) ? ip6_to_ip4(a) == n->address : ip6_equal(a, n->address6);
}
// Identification of the next IPv4 datagram that the node makes.
static inline uint16_t node_next_id(struct fwd_node *n)
{
    return ++n->ip_id;
}

// The tables may have moved: what the packets' way reads of them is fetched anew.
void node_publish(struct fwd_node *n);

#endif
