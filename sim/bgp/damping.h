// SPDX-License-Identifier: GPL-3.0-or-later
// damping: route flap damping (RFC 2439), per peer, prefix and path.
//
// Each flap adds a penalty, which halves in every half-life. Above `suppress` the route is not used,
// whatever the peer says meanwhile, until the penalty has come down to `reuse`; no longer than
// `max_suppress_ps`, because the penalty is cut at what decays to `reuse` in that time. Below half of
// `reuse` a route is forgotten. The end of a session is no flap. Decay is exact: integers of 32 bits
// behind the point, not ticks, and no libm, so the same on every machine.
//
// A route that import refuses counts as withdrawn.
#ifndef ANYSIM_BGP_DAMPING_H
#define ANYSIM_BGP_DAMPING_H

#include "bgp/attr.h"
#include "engine/timer.h"

struct bgp_peer;

struct bgp_damping_options {
    uint32_t withdrawal, readvertisement, attribute_change; // penalties
    uint32_t suppress, reuse;
    int64_t half_life_ps, max_suppress_ps;
};

// Named sets. Vendors' defaults (RFC 7196 §3, table 1; FRR's are Cisco's), and these with the
// suppress threshold that RFC 7196 §4 recommends.
extern const struct bgp_damping_options bgp_damping_rfc7196, bgp_damping_frr, bgp_damping_cisco,
    bgp_damping_junos;

struct bgp_damping; // of one peer

// The peer said something of a path: `attr` after import, or NULL: withdrawn or refused. Takes over
// the reference; gives one back, of what may be used now, or NULL.
const struct bgp_attr *bgp_damping_hear(struct bgp_peer *p, uint32_t prefix, uint32_t path_id,
                                        const struct bgp_attr *attr);
// The session is gone: nothing is waiting any more, penalties stay.
void bgp_damping_lost(struct bgp_peer *p);
void bgp_damping_clear(struct bgp_peer *p); // the router died: it has forgotten everything
void bgp_damping_free(struct bgp_peer *p);

// For reports and tests: the penalty now, and when a suppressed path comes back (TIME_NEVER: it is
// not suppressed).
double bgp_damping_penalty(const struct bgp_peer *p, uint32_t prefix, uint32_t path_id);
int64_t bgp_damping_reuse_ps(const struct bgp_peer *p, uint32_t prefix, uint32_t path_id);

// A penalty with 32 bits behind the point after dt_ps.
uint64_t bgp_damping_decay(uint64_t penalty, int64_t dt_ps, int64_t half_life_ps);

#endif
