// SPDX-License-Identifier: GPL-3.0-or-later
// route: what a node's FIB says: groups of next hops, and what to do with the packets of a prefix.
// Part of the public header fwd.h.
//
// Recursive next hops are the caller's to resolve: a group holds next hops that can be sent to.
#ifndef ANYSIM_FWD_ROUTE_H
#define ANYSIM_FWD_ROUTE_H

#include "base/ip6.h"
#include "fwd/drop.h"
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FWD_MAX_ECMP 64

struct fwd_node;

// How a flow finds its next hop among the members of a group.
enum fwd_select {
    FWD_SELECT_THRESHOLD,  // hash threshold (RFC 2992): compact; N/4 to N/2 of flows move on change
    FWD_SELECT_RENDEZVOUS, // highest random weight (RFC 2991): 1/N of flows move; no state
    FWD_SELECT_RESILIENT,  // table of buckets: only flows of changed buckets move; has a history
    FWD_SELECT_MAGLEV,     // Maglev table of 65537: alike at every gateway with the same members
    FWD_SELECT_MAGLEV_SOURCE, // the same by addresses alone: all flows of a client go alike
    FWD_SELECTS
};

struct fwd_member {
    uint32_t nexthop; // the caller's number
    uint16_t weight;  // share; 0 means 1
    uint64_t
        id; // RENDEZVOUS, MAGLEV (both): what the hash knows it by; equal ids at different nodes
            // choose alike. 0: the number is the id. Two members with one id are a bug
};

// Group ids: equal member lists, in whatever order, give the same id (counted by the routes that
// use it); so a group of one kind and content exists once. RESILIENT groups are objects of their
// own. An id is good until the last route that uses it is gone: call again for a new route rather
// than keep the number; setting a route to a dead id is a bug and ends the program. At most 65,526
// different groups, tunnels and EIP bindings at a node.

// Equal shares by hash threshold; a member listed twice carries twice the share.
uint32_t fwd_group(struct fwd_node *n, const uint32_t *nexthops, int count); // 1..FWD_MAX_ECMP
uint32_t fwd_group_weighted(struct fwd_node *n, enum fwd_select how,
                            const struct fwd_member *members, int count);
// `buckets`: a power of two, 16..32768, at least 4 for each member. The group is the caller's until
// fwd_group_release(), besides the routes that use it.
uint32_t fwd_group_resilient(struct fwd_node *n, uint32_t buckets, const struct fwd_member *members,
                             int count);
// New members of a resilient group: buckets of members that stay keep them, as far as shares allow.
void fwd_group_update(struct fwd_node *n, uint32_t group, const struct fwd_member *members,
                      int count);
void fwd_group_release(struct fwd_node *n, uint32_t group);

enum fwd_action {
    FWD_ACT_FORWARD,   // argument: group
    FWD_ACT_LOCAL,     // for this node: no argument
    FWD_ACT_BLACKHOLE, // dropped in silence
    FWD_ACT_REJECT,    // dropped, and the sender hears: enum fwd_reject
    FWD_ACT_TUNNEL,    // pushed into a tunnel: its id (tunnel.h)
    FWD_ACT_SID        // SRv6 segment that ends here (RFC 8986): enum fwd_sid
};

// ICMP code, ICMPv6 code.
enum fwd_reject {
    FWD_REJECT_NET,       // net unreachable (3/0), no route (1/0)
    FWD_REJECT_HOST,      // host unreachable (3/1), address unreachable (1/3)
    FWD_REJECT_PROHIBITED // communication administratively prohibited (3/13), (1/1)
};

enum fwd_sid {
    FWD_SID_END,     // RFC 8986 §4.1
    FWD_SID_END_DT4, // §4.7: decapsulate IPv4, look up
    FWD_SID_END_DT6, // §4.6
    FWD_SID_END_DT46 // §4.8
};

void fwd_route_set(struct fwd_node *n, struct prefix p, enum fwd_action action, uint32_t argument);
void fwd_route_del(struct fwd_node *n, struct prefix p);
bool fwd_route_get(const struct fwd_node *n, struct prefix p, enum fwd_action *action,
                   uint32_t *argument);
void fwd_route_set6(struct fwd_node *n, struct prefix6 p, enum fwd_action action,
                    uint32_t argument);
void fwd_route_del6(struct fwd_node *n, struct prefix6 p);
bool fwd_route_get6(const struct fwd_node *n, struct prefix6 p, enum fwd_action *action,
                    uint32_t *argument);
uint32_t fwd_route_count(const struct fwd_node *n); // both families
size_t fwd_fib_bytes(const struct fwd_node *n);     // lookup structures and what is behind them

// What a packet to `dst` would meet now, for fluid traffic and for explanations. False: no route.
// A tunnel or EIP binding is told by its far ends (look those up next); `action` is FORWARD then,
// without next hops of its own.
struct fwd_path {
    enum fwd_action action;
    int gateways; // tunnels that begin here, equal shares; one that is listed twice has two
    struct {
        struct ip6_addr far_end;
        uint32_t overhead; // bytes that this tunnel adds
    } gateway[FWD_MAX_ECMP];
    uint32_t service;      // of the EIP binding; UINT32_MAX
    enum fwd_drop refused; // why that takes nothing; FWD_DROP_NONE
    int count;             // FORWARD: next hops, ascending
    uint32_t nexthops[FWD_MAX_ECMP];
};
bool fwd_lookup(const struct fwd_node *n, struct ip6_addr dst, struct fwd_path *path);

#ifdef __cplusplus
}
#endif

#endif
