// SPDX-License-Identifier: GPL-3.0-or-later
// route: one path to a prefix as a speaker holds it, for reading.
//
// A route belongs to its speaker's RIB; a pointer to one is good until the next event. Attributes
// are those after import policy (see bgp/attr.h).
#ifndef ANYSIM_BGP_ROUTE_H
#define ANYSIM_BGP_ROUTE_H

#include "base/ip.h"
#include <stdbool.h>
#include <stdint.h>

struct bgp_attr;
struct bgp_peer; // one side of a session; opaque here

enum bgp_source {
    BGP_SOURCE_LOCAL, // originated here: deliver, do not forward
    BGP_SOURCE_EBGP,  // the next hop is the neighbour at the other end of the session's link
    BGP_SOURCE_IBGP   // the next hop is a loopback of this AS, to be resolved by the IGP
};

struct bgp_route {
    const struct bgp_attr *attr;
    const struct bgp_peer *peer;   // learnt from; NULL when local
    int64_t since_ps;              // when it was learnt or last changed
    uint32_t igp_metric;           // to the next hop; UINT32_MAX: unreachable; 0 when local
    uint32_t path_id : 24;         // ADD-PATH (RFC 7911 §3) as received; 0: none
    uint32_t source : 2;           // enum bgp_source
    uint32_t best : 1, chosen : 1; // kept by the RIB: is the best path; shares the traffic
    uint32_t stale : 1;            // kept through a restart of the peer (bgp/graceful.h)
};

#define BGP_NO_ROUTER   UINT32_MAX
#define BGP_PATH_ID_MAX 0xffffffu

ip4_addr bgp_route_nexthop(const struct bgp_route *r);

// What bgp_connect was given for the session that the route came over: the link (-1: multi-hop or
// local) and the router at its other end (BGP_NO_ROUTER when local).
int32_t bgp_route_link(const struct bgp_route *r);
uint32_t bgp_route_peer_router(const struct bgp_route *r);

// Is its traffic to be dropped (RFC 7999)?
bool bgp_route_discards(const struct bgp_route *r);

// AS_PATH, the neighbour's AS first. Returns its length (0: this AS originates the prefix).
uint32_t bgp_route_path(const struct bgp_route *r, const uint32_t **path);

#endif
