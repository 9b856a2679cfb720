// SPDX-License-Identifier: GPL-3.0-or-later
// service: one address published at several places, while it runs.
//
// A site is a router that announces the service's prefix. What stands behind it depends
// on the mode:
//   accelerated: the router's forwarding core, or those of gateways behind it, tunnels the address to
//                the backend's gateway node, which remembers by which of them each flow entered and
//                sends answers back through it;
//   replicated:  a server of its own at every site;
//   unicast:     one server at one site.
// Announcing and withdrawing go through BGP and take the time that BGP takes.
#ifndef ANYSIM_ANYCAST_SERVICE_H
#define ANYSIM_ANYCAST_SERVICE_H

#include "base/vec.h"
#include "router/control.h"

// What may stand against announcing a site. Each is set and lifted by whoever minds it; a site is
// announced while there is none.
enum anycast_why {
    ANYCAST_BY_OPERATOR, // not announced yet, or withdrawn on the timeline
    ANYCAST_BY_DRAIN,    // the POP is drained (anycast/drain.h)
    ANYCAST_NO_GATEWAY,  // no gateway of the POP is alive
    ANYCAST_UNHEALTHY,   // health checks say that nothing behind it answers
    ANYCAST_NOT_ALIVE,   // the EIP is not allocated (anycast/eip.h)
    ANYCAST_NOT_IN_ZONE  // it is not published here now
};

struct anycast_site {
    uint32_t pop;    // the scenario's number
    uint32_t router; // that announces
    uint32_t server; // node that answers: its own server, or the backend's gateway
    uint32_t held;   // a bit an enum anycast_why
    bool announced;  // held is 0
    bool wanted;     // the zone that it is published in has it now
};

struct anycast_entry {
    uint32_t pop, node;
    struct fwd_eip_options binding; // as it stands there
    struct ip6_addr snat;           // its own, whatever the backend is: struct anycast_way
};

struct anycast_service {
    struct prefix prefix;
    ip4_addr address;
    VEC(struct anycast_site) sites;
    VEC(struct anycast_entry) entries; // accelerated: what holds the binding
};

void anycast_init(struct anycast_service *s, struct prefix prefix);
void anycast_free(struct anycast_service *s);

// A site with a server behind `port` of the router (replicated, unicast). The server's node gets
// the service's address as its own.
void anycast_add_server_site(struct anycast_service *s, struct control *c, struct net *net,
                             uint32_t pop, uint32_t router, uint32_t port, uint32_t server_node);

// A site that announces only (accelerated): what it announces is taken in at the POP's entries.
void anycast_add_site(struct anycast_service *s, uint32_t pop, uint32_t router);

// Where packets that were taken in go.
struct anycast_way {
    uint32_t service; // the scenario's number
    enum fwd_tunnel kind;
    ip4_addr gateway;     // in front of the backend; 0: it is bound to none yet
    struct ip6_addr snat; // what clients' addresses are replaced by; zero: they are kept
};
// An entry: a node that holds the binding and tunnels to the backend: the POP's router itself or
// one of its gateways.
void anycast_add_entry(struct anycast_service *s, struct net *net, uint32_t pop, uint32_t node,
                       const struct anycast_way *way);
// The gateway node itself, after its sites: accepts the tunnels, owns the address, answers through the POP of entry.
void anycast_bind_backend(struct anycast_service *s, struct net *net, uint32_t gateway_node,
                          enum fwd_tunnel kind);

#define ANYCAST_ALL_POPS    UINT32_MAX
#define ANYCAST_ALL_ROUTERS UINT32_MAX
struct anycast_where { // sites of a service
    uint32_t pop, router;
};
// Something stands against announcing there from now on; and no longer. Both may be said twice.
void anycast_hold(struct anycast_service *s, struct control *c, struct anycast_where at,
                  enum anycast_why why);
void anycast_let(struct anycast_service *s, struct control *c, struct anycast_where at,
                 enum anycast_why why);

// The operator's own word: ANYCAST_BY_OPERATOR at a POP, or at all of them.
void anycast_announce(struct anycast_service *s, struct control *c, uint32_t pop);
void anycast_withdraw(struct anycast_service *s, struct control *c, uint32_t pop);

#endif
