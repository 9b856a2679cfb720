// SPDX-License-Identifier: GPL-3.0-or-later
// policy: what a speaker accepts and tells, by business relation (Gao & Rexford 2001).
//
// Import from eBGP: paths with the own AS are refused (RFC 4271 §9.1.2); LOCAL_PREF is set by the
// relation, or to 0 when the path carries GRACEFUL_SHUTDOWN (RFC 8326 §4.2); what the neighbour is
// gets remembered (enum bgp_learnt) and travels over iBGP.
//
// Export: own and customers' routes to everybody, peers' and providers' routes to customers only
// (valley-free); siblings count as customers. To eBGP the own AS is prepended, next hop is the
// interface, MED and LOCAL_PREF are dropped. To iBGP the next hop is this speaker (next-hop-self),
// unless the route is reflected (bgp/reflect.h). NO_EXPORT and NO_ADVERTISE are honoured
// (RFC 1997). An operator's filters (bgp_filters) run after these rules. No route goes back to the
// peer it came from.
#ifndef ANYSIM_BGP_POLICY_H
#define ANYSIM_BGP_POLICY_H

#include "bgp/attr.h"
#include "bgp/bgp.h"
#include "bgp/route.h"

#define BGP_LOCAL_PREF_OWN      400u
#define BGP_LOCAL_PREF_CUSTOMER 300u
#define BGP_LOCAL_PREF_PEER     200u
#define BGP_LOCAL_PREF_PROVIDER 100u
#define BGP_LOCAL_PREF_SIBLING  100u

// Attributes as they enter the Adj-RIB-In of `peer`'s speaker: one reference for the caller, or
// NULL when the route is refused.
const struct bgp_attr *bgp_policy_import(struct bgp_peer *peer, const struct bgp_attr *attr,
                                         uint32_t prefix);
// True when import gives the same for every prefix of an UPDATE.
bool bgp_policy_import_is_uniform(const struct bgp_peer *peer);

// Whether the rules without filters let `peer` hear of `best`.
bool bgp_policy_may_export(const struct bgp_peer *peer, const struct bgp_route *best);
// Attributes as `peer` is told them: one reference for the caller, or NULL: not to be told.
const struct bgp_attr *bgp_policy_export(struct bgp_peer *peer, const struct bgp_route *best,
                                         uint32_t prefix);

// True when export gives the same for every prefix with the same best path: equal attributes from
// the same peer.
bool bgp_policy_export_is_uniform(const struct bgp_peer *peer);

// Attributes of a prefix that the speaker originates. One reference for the caller.
const struct bgp_attr *bgp_policy_own(struct bgp_speaker *s);

#endif
