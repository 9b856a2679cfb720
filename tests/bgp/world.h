// SPDX-License-Identifier: GPL-3.0-or-later
// world: a small world for BGP tests: speakers, links with constant delays that can be cut,
// next-hop metrics that can be set, and a record of what happened.
#ifndef ANYSIM_TESTS_BGP_WORLD_H
#define ANYSIM_TESTS_BGP_WORLD_H

#include "base/vec.h"
#include "bgp/attr.h"
#include "bgp/bgp.h"
#include "bgp/route.h"

#define SECOND PS_PER_S
#define MILLI  PS_PER_MS

struct world_link {
    uint32_t a, z;
    ip4_addr a_addr, z_addr;
    int64_t delay_ps;
    bool cut;
    bool cut_to_a;     // in that direction only
    uint32_t loss_ppm; // in both
};

struct world_metric {
    uint32_t router;
    ip4_addr nexthop;
    uint32_t metric;
};

struct world_session { // a report of session_changed
    int64_t at_ps;
    uint32_t router, peer;
    bool up;
    const char *why;
};

struct world {
    struct sim *sim;
    struct bgp *bgp;
    struct bgp_timers timers; // of speakers added from now on
    struct bgp_decide_options decide;
    struct bgp_speaker_options speaker;     // likewise, besides the fields above
    int64_t delay_ps;                       // of links added from now on
    struct bgp_peer_options a_side, z_side; // of their sessions; relation and address are filled in
    VEC(struct bgp_speaker *) speakers;
    VEC(uint32_t) asns;
    VEC(struct world_link) links;
    VEC(struct world_metric) metrics; // the rest is 10; eBGP next hops 0 while the link is up
    VEC(struct world_session) sessions;
    VEC(int64_t) changes; // times of best-path changes
    int selections;       // graceful restarts that came to an end
    uint64_t digest;      // of everything reported, in order
};

struct world *world_new(uint64_t seed);
void world_free(struct world *w);

// Routers are numbered from 0; router r has identifier and loopback 10.0.(r/250).(r%250 + 1).
uint32_t world_add(struct world *w, uint32_t asn);
uint32_t world_add_reflector(struct world *w, uint32_t asn, ip4_addr cluster_id);
ip4_addr world_id(uint32_t router);

// A session over a link of its own, from time 0 on.
int32_t world_link(struct world *w, uint32_t a, uint32_t z, enum bgp_relation a_sees_z);
int32_t world_link_at(struct world *w, uint32_t a, uint32_t z, enum bgp_relation a_sees_z,
                      int64_t start_ps);

void world_cut(struct world *w, int32_t link);  // silently
void world_mend(struct world *w, int32_t link); // silently
void world_down(struct world *w, int32_t link); // cut, and both ends notice
void world_up(struct world *w, int32_t link);   // mended, and both ends notice
void world_metric(struct world *w, uint32_t router, ip4_addr nexthop, uint32_t metric);

void world_run(struct world *w, int64_t until_ps);

extern const struct prefix world_prefix; // 203.0.113.0/24

// The AS path of the best route to world_prefix as text: "1 2", "own", or "none".
const char *world_path(const struct world *w, uint32_t router);
// The time of the last best-path change, after `since_ps`, in seconds from there; 0: none.
double world_settled_s(const struct world *w, int64_t since_ps);

// Prints a row of VALIDATION.md and asserts it.
void world_row(int row, bool ok, const char *expected, const char *obtained, ...)
    __attribute__((format(printf, 4, 5)));

#endif
