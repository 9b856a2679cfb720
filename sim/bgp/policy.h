// SPDX-License-Identifier: GPL-3.0-or-later
// policy: what a speaker accepts and tells: the built-in rules by business relation (Gao & Rexford
// 2001), well-known communities, and what the options of a side add (bgp/options.h,
// struct bgp_policy_options); with an operator's own policies (policy/policy.h) at the end.
//
// Import, in this order. Refused: paths with the own AS more often than allowed (RFC 4271 §9.1.2;
// the AS of the confederation too, RFC 5065 §4), reflected routes that come round; on eBGP what has
// no policy where one is required (RFC 8212), paths that are too long, leaks (RFC 9234, bgp/role.h),
// invalid origins (RFC 6811). From eBGP, LOCAL_PREF is set by the relation (100 without the built-in
// rules), to 0 when the path carries GRACEFUL_SHUTDOWN (RFC 8326 §4.2); what the neighbour is gets
// remembered (enum bgp_learnt) and travels over iBGP; BLACKHOLE makes the route one to discard where
// that is allowed, and adds NO_EXPORT (RFC 7999 §3.2). Then the policies, then a filter.
//
// Export. Not told: back to the peer it came from; NO_ADVERTISE, NO_EXPORT, NO_EXPORT_SUBCONFED
// (RFC 1997); by the built-in rules, peers' and providers' routes to others than customers
// (valley-free; siblings count as customers); what RFC 8212, RFC 9234, reflection, conditions
// (bgp/conditional.h) and aggregates (bgp/aggregate.h) forbid. Then the
// policies see the route as the Loc-RIB has it. To eBGP the own AS is prepended after that, next hop
// is the interface, LOCAL_PREF is dropped, and MED unless a policy has set it or the side sends
// the IGP metric. To iBGP the next hop is this speaker (next-hop-self), unless the route is
// reflected or comes from another member of the confederation; to such a member the own member AS
// is prepended, and nothing else differs from iBGP. Then a filter.
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
#define BGP_LOCAL_PREF_DEFAULT  100u // without the built-in rules

// Attributes as they enter the Adj-RIB-In of `peer`'s speaker: one reference for the caller, or
// NULL when the route is refused.
const struct bgp_attr *bgp_policy_import(struct bgp_peer *peer, const struct bgp_attr *attr,
                                         uint32_t prefix);
// True when import gives the same for every prefix of an UPDATE.
bool bgp_policy_import_is_uniform(const struct bgp_peer *peer);

// Whether the rules without policies and filters let `peer` hear of `best`.
bool bgp_policy_may_export(const struct bgp_peer *peer, const struct bgp_route *best);
// True when they alone decide, and what the peer is told depends on the attributes and on whom they
// came from only.
bool bgp_policy_export_is_uniform(const struct bgp_peer *peer);
// Attributes as `peer` is told them: one reference for the caller, or NULL: not to be told.
const struct bgp_attr *bgp_policy_export(struct bgp_peer *peer, const struct bgp_route *best,
                                         uint32_t prefix);

// Does the RIB hold more of this peer than its limit?
// May what the peer is told of a route with these attributes depend on the metric to its next hop?
bool bgp_policy_tells_metric(const struct bgp_peer *peer, const struct bgp_attr *attr);
bool bgp_policy_over_limit(const struct bgp_peer *peer);

// Attributes of a prefix that the speaker originates. One reference for the caller.
const struct bgp_attr *bgp_policy_own(struct bgp_speaker *s, uint32_t prefix);

#endif
