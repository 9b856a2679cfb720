// SPDX-License-Identifier: GPL-3.0-or-later
// run: a scenario from start to results.
#ifndef ANYSIM_RUN_RUN_H
#define ANYSIM_RUN_RUN_H

#include "run/fault.h"
#include "run/mrt_tap.h"
#include "run/tap.h"
#include "run/world.h"

struct run_options {
    struct tap_options *tap;     // packets to write into files; may be NULL
    struct mrt_tap_options *mrt; // routes to write into files; may be NULL
    // Called now and then with the share of the simulated time that is over; may be NULL.
    void (*progress)(void *ctx, double share);
    void *ctx;
};

// Warm-up, timeline, traffic, draining, results. The caller frees them with results_free; they
// refer to names in the scenario only. NULL when what `tap` or `mrt`
// asks for cannot be done: see its error.
struct results *run_scenario(const struct scenario *s, const struct run_options *o);

// --- the same in steps, for sweeps and explanations
void run_warm_up(struct world *w, const struct run_options *o); // to the scenario's time 0
// To scenario time `until_ps`.
void run_until(struct world *w, int64_t until_ps, const struct run_options *o);
// Lets packets under way arrive (the longest timeout), then collects. The world is used up.
struct results *run_collect(struct world *w);

#endif
