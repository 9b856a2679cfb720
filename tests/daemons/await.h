// SPDX-License-Identifier: GPL-3.0-or-later
// await: watches the routers of a lab until they hold what the simulator expects, and keep it.
#ifndef DAEMONS_AWAIT_H
#define DAEMONS_AWAIT_H

#include "lab.h"

struct await_options {
    const char *expected; // file of `anysim export --format routes`
    double every_s;       // between two looks at all routers
    double settle_s;      // equal and unchanged for so long: converged
    double deadline_s;    // different for so long after the last change, or changing: given up
    char *const *command; // run first, in a process of its own; NULL: nothing
};

// Prints "CHANGED_S DIFFERENCES ROUTES": when the last change was seen, in seconds after the
// command was started (0: none), how many best paths differ at the end, and of how many; then the
// differences, a line each. 0: none differ, 1: some do, 2: it could not be done.
int await(struct lab *l, const struct await_options *o);

#endif
