// SPDX-License-Identifier: GPL-3.0-or-later
// world: a small network around an IGP for tests: links with constant delays that can be cut,
// routers that can die, and an oracle (Floyd–Warshall) for what everybody should believe.
#ifndef ANYSIM_TESTS_IGP_WORLD_H
#define ANYSIM_TESTS_IGP_WORLD_H

#include "igp/igp.h"
#include "base/vec.h"

struct world_link {
    uint32_t id, a, b, metric_ab, metric_ba;
    int64_t delay_ps;
    bool cut;
    uint32_t risk; // shared-risk group, 0: none
};

struct world_change { // a routes_changed
    int64_t at_ps;
    uint32_t router;
};

struct world {
    struct sim *sim;
    struct igp *igp;
    uint32_t nrouters;
    bool *dead;
    bool *overload;
    VEC(struct world_link) links; // index is not the id
    VEC(struct world_change) log;
};

#define MS PS_PER_MS

extern const struct igp_timers world_timers; // flood 1, initial 50, hold 200, max 5000, run 10 ms

// Routers 0 … n−1; a router r is known to the IGP as r + 100, a link id as id + 1000, so that a
// confusion of numbers shows.
void world_init(struct world *w, uint32_t nrouters, const struct igp_timers *timers);
void world_free(struct world *w);
uint32_t world_link(struct world *w, uint32_t a, uint32_t b, uint32_t metric_ab, uint32_t metric_ba,
                    int64_t delay_ps);                         // returns its id: 0, 1, …
void world_risk(struct world *w, uint32_t id, uint32_t group); // before the start
struct world_link *world_find(struct world *w, uint32_t id);
void world_start(struct world *w); // adds links in the order of w->links; all not cut come up
void world_start_converged(struct world *w);            // without links that are cut
void world_settle(struct world *w);                     // runs until nothing can be under way
void world_tell(struct world *w, uint32_t id, bool up); // both ends notice now
void world_fail(struct world *w, uint32_t id);          // cut, both ends notice now
void world_repair(struct world *w, uint32_t id);
void world_die(struct world *w, uint32_t r);    // silently: neighbours are not told
void world_bury(struct world *w, uint32_t r);   // the neighbours notice
void world_return(struct world *w, uint32_t r); // up again, all its links too

void world_set_metric(struct world *w, uint32_t id, uint32_t router, uint32_t metric);
void world_overload(struct world *w, uint32_t r, bool overload);

uint32_t world_metric(const struct world *w, uint32_t router, uint32_t target);
int world_nexthops(const struct world *w, uint32_t router, uint32_t target, uint32_t *ids);
// Time of the first or last change of `router` at or after `from_ps`, −1: none.
int64_t world_first(const struct world *w, uint32_t router, int64_t from_ps);
int64_t world_last(const struct world *w, uint32_t router, int64_t from_ps);

// Number of (router, target) pairs where a living router's belief is not the oracle's.
uint32_t world_wrong(const struct world *w);
uint64_t world_digest(const struct world *w); // of the log, the counters and everybody's routes

// Shapes, with metrics and delays from a small generator started at `seed`.
void world_ring(struct world *w, uint32_t n);
void world_grid(struct world *w, uint32_t side);
void world_random(struct world *w, uint32_t n, uint32_t nlinks, uint64_t seed);
uint32_t world_draw(uint64_t *state, uint32_t below);

#endif
