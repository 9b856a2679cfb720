// SPDX-License-Identifier: GPL-3.0-or-later
// igp: one network's link-state routing protocol in virtual time (in the manner of IS-IS,
// ISO 10589, and OSPF, RFC 2328).
//
// Every router has its own link-state database, fed by flooding hop by hop, and its own SPF with
// throttling, so that routers disagree while a change spreads. What it needs from the world (is this
// link passing packets now, how long does it take) comes through `struct igp_env`; what it computes
// goes out through it. One instance a network; no BGP here.
//
//   link fails → detection (by the caller: igp_adjacency) → new LSA → flooding (link delay +
//   flood_ps a hop) → SPF wait (throttled) + spf_run_ps → routes_changed → FIB (by the caller)
#ifndef ANYSIM_IGP_IGP_H
#define ANYSIM_IGP_IGP_H

#include "engine/sim.h"

#define IGP_UNREACHABLE UINT32_MAX
#define IGP_MAX_ECMP    16

struct igp;

struct igp_timers {
    int64_t flood_ps;
    int64_t spf_initial_ps, spf_hold_ps, spf_max_ps, spf_run_ps;
};

struct igp_env {
    void *ctx;
    // One-way delay of `link` (the caller's index) now, in the direction that starts at `router`;
    // -1 when it does not pass packets: the LSA is lost there, and the database is synchronised when
    // the adjacency comes back.
    int64_t (*link_delay_ps)(void *ctx, uint32_t router, uint32_t link);
    // Routes of `router` changed after an SPF (distance or next hops of at least one destination).
    void (*routes_changed)(void *ctx, uint32_t router);
};

// Routers and links are named by the caller's dense indices (router < nrouters in the whole
// simulation; an igp holds those that were added to it).
struct igp *igp_new(struct sim *sim, const struct igp_timers *timers, const struct igp_env *env);
void igp_free(struct igp *g);
void igp_router_add(struct igp *g, uint32_t router);
// A link between two routers with the metric of each direction. Adjacency is down until
// igp_adjacency says up.
void igp_link_add(struct igp *g, uint32_t link, uint32_t a, uint32_t b, uint32_t metric_ab,
                  uint32_t metric_ba);
void igp_start(struct igp *g); // after all are added; routers originate their LSAs at now

// `router` notices that its adjacency over `link` came up or went down. Both ends are told
// separately, each when it notices. A link is used by SPF only while both ends' LSAs list it
// (two-way check).
void igp_adjacency(struct igp *g, uint32_t router, uint32_t link, bool up);
void igp_router_down(struct igp *g, uint32_t router); // dies silently, forgets everything
void igp_router_up(struct igp *g, uint32_t router);

// What `router` currently believes (result of its last SPF).
uint32_t igp_metric(const struct igp *g, uint32_t router, uint32_t target); // to itself: 0
// Links to the equal-cost next hops towards `target`, ascending by link index; returns their number.
int igp_nexthops(const struct igp *g, uint32_t router, uint32_t target,
                 uint32_t links[IGP_MAX_ECMP]);

struct igp_stats {
    uint64_t lsas_originated, lsas_flooded, spf_runs;
    int64_t last_change_ps;
};
const struct igp_stats *igp_stats(const struct igp *g);

#endif
