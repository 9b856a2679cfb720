// SPDX-License-Identifier: GPL-3.0-or-later
// everything: a node that does everything at once, drawn from a seed: interfaces and next hops,
// groups of all methods, routes of all actions, tunnels and endpoints of all kinds over both
// families, segments, meters, EIPs, translation, backends with all ways back, rules, small tables.
//
// Equal seeds make equal nodes, and stay so under equal changes.
#ifndef ANYSIM_TESTS_FWD_EVERYTHING_H
#define ANYSIM_TESTS_FWD_EVERYTHING_H

#include "fwd/fwd.h"
#include "random.h"

// The addresses of both families that something is at: a net of these, and a slot in it.
enum everything_net {
    NET_SELF,      // slot 0, host 1: the node's own address
    NET_CLIENT,    // connected
    NET_EIP,       // a binding a slot
    NET_BACKEND,   // bindings and backends both, a slot
    NET_SERVER,    // LOCAL, and a backend a slot
    NET_GATEWAY,   // far ends of tunnels: routed
    NET_LOCAL,     // LOCAL; own addresses of tunnels
    NET_SNAT,      // LOCAL; addresses of translation
    NET_GROUP,     // a group of every method, a slot
    NET_TUNNEL,    // a route into a tunnel, a slot
    NET_SEGMENT,   // SIDs, a slot; over IPv4 they make no sense
    NET_REJECT,    // by each reason, a slot
    NET_BLACKHOLE, //
    NET_NARROW,    // behind the smallest MTU
    NET_NOWHERE,   // no route
    NETS
};

enum {
    EVERYTHING_SLOTS = 8,
    EVERYTHING_INTERFACES = 6,
    EVERYTHING_NEXTHOPS = 10,
    EVERYTHING_SERVERS = 3, // the servers' interface
    EVERYTHING_TUNNELS_MAX = 24,
    EVERYTHING_ENDPOINTS_MAX = 24,
    EVERYTHING_METERS = 4,
    EVERYTHING_PORT = 5555 // of tunnels over UDP that do not use their usual one
};

struct everything {
    struct fwd_node *node;
    struct fwd_options options;
    bool maglev;   // groups by this method are costly to make: not every node has any
    bool declared; // interfaces and rules; without them plain packets go the short way
    struct fwd_tunnel_options tunnels[EVERYTHING_TUNNELS_MAX];
    uint32_t tunnel_ids[EVERYTHING_TUNNELS_MAX];
    unsigned tunnel_count;
    struct fwd_endpoint_options endpoints[EVERYTHING_ENDPOINTS_MAX];
    unsigned endpoint_count;
    uint32_t policers[EVERYTHING_METERS], shapers[EVERYTHING_METERS];
    uint32_t resilient;
};

struct everything *everything_new(uint64_t seed);
void everything_free(struct everything *e);

// Host `host` of a slot, of either family (IPv4 mapped), and the prefixes of slot and net.
struct ip6_addr everything_at(enum everything_net net, unsigned slot, unsigned host, bool six);
struct prefix6 everything_slot(enum everything_net net, unsigned slot, bool six);
struct prefix6 everything_net(enum everything_net net, bool six);

// One change of the kinds that a control plane makes: of routes, groups, bindings, backends, meters,
// interfaces and rules. What is changed, and to what, is drawn from `r`.
void everything_change(struct everything *e, struct random *r, int64_t now_ps);

#endif
