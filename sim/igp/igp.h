// SPDX-License-Identifier: GPL-3.0-or-later
// igp: one network's link-state routing protocol in virtual time (in the manner of IS-IS,
// ISO 10589, and OSPF, RFC 2328).
//
// Every router has its own link-state database, fed by flooding hop by hop, and its own SPF with
// throttling, so that routers disagree while a change spreads. What it needs from the world (is
// this link passing packets now, how long does it take) comes through `struct igp_env`; what it
// computes goes out through it. One instance a network; no BGP here. Areas, ageing (MaxAge,
// refreshes) and hellos are not modelled: the caller detects failures. A network with tens of
// routers costs next to nothing; memory grows with the square of the number of routers.
//
//   link fails → detection (by the caller: igp_adjacency) → new LSA → flooding (link delay +
//   flood_ps a hop) → SPF wait (throttled) + spf_run_ps → routes_changed → FIB (by the caller)
//
// A new LSA leaves in the instant of the change that causes it; changes that a router notices in
// one instant share one LSA. There is no other throttling of LSAs (MinLSInterval of RFC 2328 is 0).
// igp/lsdb.h, flood.h, spf.h and throttle.h say the rest.
#ifndef ANYSIM_IGP_IGP_H
#define ANYSIM_IGP_IGP_H

#include "engine/sim.h"

#define IGP_UNREACHABLE UINT32_MAX
#define IGP_MAX_ECMP    16

struct igp;

struct igp_timers {   // none negative
    int64_t flood_ps; // a router's work on an LSA, for each hop
    // SPF back-off (igp/throttle.h), and how long a run takes: routes change at its end, by the
    // database as it was at its start.
    int64_t spf_initial_ps, spf_hold_ps, spf_max_ps, spf_run_ps;
    // A router that comes back (igp_router_up) says that it is overloaded for so long (ISO 10589
    // §7.2.8.1, RFC 3277 §2): its BGP has time to learn before it carries transit. 0: not at all.
    int64_t overload_startup_ps;
};

struct igp_env {
    void *ctx;
    // One-way delay of `link` (the caller's index) now, in the direction that starts at `router`;
    // -1 when it does not pass packets: the LSA is lost there, and the database is synchronised
    // when the adjacency comes back (or see igp_retransmit).
    int64_t (*link_delay_ps)(void *ctx, uint32_t router, uint32_t link);
    // Routes of `router` changed after an SPF (distance or next hops of at least one destination).
    // May call everything here but igp_free.
    void (*routes_changed)(void *ctx, uint32_t router);
};

// Routers and links are named by the caller's dense indices (router < nrouters in the whole
// simulation; an igp holds those that were added to it).
struct igp *igp_new(struct sim *sim, const struct igp_timers *timers, const struct igp_env *env);
// The simulation must not run on after it: our events are still in its queue.
void igp_free(struct igp *g);
void igp_router_add(struct igp *g, uint32_t router);
// A link between two routers with the metric of each direction, at least 1; links may be parallel.
// Adjacency is down until igp_adjacency says up.
void igp_link_add(struct igp *g, uint32_t link, uint32_t a, uint32_t b, uint32_t metric_ab,
                  uint32_t metric_ba);
// The link belongs to a shared-risk group: a number of the caller's, not 0. Links of a group are no
// backups for one another (igp/repair.h). Every router knows (RFC 5307). Before igp_start.
void igp_link_srlg(struct igp *g, uint32_t link, uint32_t srlg);
// A router that knows that messages were lost on a link while its adjacency stayed up synchronises
// again every `every_ps` (RxmtInterval of RFC 2328 §9, usually 5 s) until they pass. 0, the
// default: it waits for the adjacency to go down and up. Before igp_start.
void igp_retransmit(struct igp *g, int64_t every_ps);
void igp_start(struct igp *g); // after all are added; routers originate their LSAs at now
// Starts a network that has been running: all links are adjacent at both ends, every database is
// complete and every SPF done, at now and without an event; routes_changed follows for each router.
// A cold start floods every LSA over every link, which for 2,000 routers and 4,000 links is 12
// million messages; this costs one SPF a router.
void igp_start_converged(struct igp *g);

// `router` notices that its adjacency over `link` came up or went down. Both ends are told
// separately, each when it notices; up means that the neighbour is alive and hears it too (the
// handshake of RFC 5303 is the caller's), so at once in its LSA, as in IS-IS. A link is used by SPF
// only while both ends' LSAs list it (two-way check). Telling it again changes nothing. May be
// called before igp_start.
void igp_adjacency(struct igp *g, uint32_t router, uint32_t link, bool up);
// Dies silently: forgets database, adjacencies and routes (no routes_changed), and hears nothing,
// igp_adjacency included, until it is up again.
void igp_router_down(struct igp *g, uint32_t router);
// Starts from nothing, all its adjacencies down. Takes up its LSA above the sequence number of its
// earlier life when a neighbour sends that back (RFC 2328 §13.4).
void igp_router_up(struct igp *g, uint32_t router);

// The metric of `link` in the direction that starts at `router` becomes `metric`, at least 1: its
// new LSA leaves in this instant.
void igp_set_metric(struct igp *g, uint32_t router, uint32_t link, uint32_t metric);
// Overload bit (ISO 10589 §7.2.8.1): `router` stays reachable, but nobody computes a path through
// it; the effect of RFC 6987's maximum metrics, without their last resort. Stays set over a
// restart.
void igp_set_overload(struct igp *g, uint32_t router, bool overload);

// Was the failure of one link of its own all that the last SPF of `router` had to take in?
bool igp_one_link_down(const struct igp *g, uint32_t router);

// What `router` currently believes (result of its last SPF). A target outside this IGP is
// unreachable; a `router` outside it is a bug.
uint32_t igp_metric(const struct igp *g, uint32_t router, uint32_t target); // to itself: 0
// Links to the equal-cost next hops towards `target`, ascending by link index; returns their number
// (0 when unreachable, or the router itself). Of more than IGP_MAX_ECMP the lowest count.
int igp_nexthops(const struct igp *g, uint32_t router, uint32_t target,
                 uint32_t links[IGP_MAX_ECMP]);

struct igp_stats {
    uint64_t lsas_originated;
    uint64_t lsas_flooded; // copies that went over a link
    uint64_t spf_runs;
    int64_t last_change_ps; // time of the last routes_changed, 0: none yet
};
const struct igp_stats *igp_stats(const struct igp *g); // live, until igp_free

#endif
