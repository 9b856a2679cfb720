// SPDX-License-Identifier: GPL-3.0-or-later
// await: watches the routers of a lab until they hold what the simulator expects, and keep it.
#ifndef DAEMONS_AWAIT_H
#define DAEMONS_AWAIT_H

#include "lab.h"

struct await_options {
    const char *expected; // file of `anysim export --format routes`
    double every_s;       // between two looks at all routers, which take as long at most
    double settle_s;      // equal and unchanged for so long: converged
    double deadline_s;    // different for so long after the last change: given up
    double limit_s;       // still changing, or not come up: given up
    bool come_up;         // it has to be ready (ready.h) before anything counts
    char *const *command; // run first, in a process of its own; NULL: nothing
};

// Prints "CHANGED_S DIFFERENCES ROUTES": when the last change was seen, in seconds after the
// command was started (0: none), how many best paths differ at the end, and of how many; then the
// differences, a line each, and what the lab was still without. 0: nothing of either, 1: something,
// 2: it could not be done.
int await(struct lab *l, const struct await_options *o);

#endif
