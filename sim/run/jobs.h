// SPDX-License-Identifier: GPL-3.0-or-later
// jobs: independent tasks on several cores, with results in task order.
//
// Each task runs in a forked child, so that it starts from the parent's state (a warmed-up world
// costs nothing to copy), cannot disturb another task, and a crash loses only itself. A task writes
// its result to a stream; the parent hands the results out in task order, so what is made of them
// does not depend on the number of jobs. The igraph of Debian is not thread-safe, which processes
// do not mind either.
#ifndef ANYSIM_RUN_JOBS_H
#define ANYSIM_RUN_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct jobs {
    int parallel; // children at once, at least 1
    size_t tasks;
    void *ctx;
    // In the child: does task `i`, writes its result. The stream ends when it returns.
    void (*work)(void *ctx, size_t i, FILE *out);
    // In the parent, once a task, in order: the bytes that it wrote (NUL added). `ok` is false when
    // the child crashed; then text says how.
    void (*done)(void *ctx, size_t i, bool ok, const char *text, size_t len);
    // In the parent, whenever a task ends; may be NULL.
    void (*progress)(void *ctx, size_t ended, size_t tasks);
};

// Returns false when a child could not be started (the reason is in errno).
bool jobs_run(const struct jobs *j);

int jobs_default(void); // cores of this machine

#endif
