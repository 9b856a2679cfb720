// SPDX-License-Identifier: GPL-3.0-or-later
// mrt_tap: the control plane of a running world as MRT files: updates.mrt with every UPDATE that a
// speaker hears from the scenario's time 0 on, which stands for 1970; rib-start.mrt and rib-end.mrt
// with all tables of best paths at time 0 and at the end.
#ifndef ANYSIM_RUN_MRT_TAP_H
#define ANYSIM_RUN_MRT_TAP_H

#include "run/world.h"

struct mrt_tap_options {
    const char *dir; // where the files go
    char error[512]; // out: what went wrong
};

struct mrt_tap;

// Before the world runs. NULL with the reason in the options when a file cannot be written.
struct mrt_tap *mrt_tap_new(struct world *w, struct mrt_tap_options *o);
void mrt_tap_start(struct mrt_tap *t); // at time 0
// At the end of the run: writes the tables and closes the files. False with the reason in the
// options.
bool mrt_tap_finish(struct mrt_tap *t, struct mrt_tap_options *o);

#endif
