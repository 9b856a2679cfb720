// SPDX-License-Identifier: GPL-3.0-or-later
// replicas: the same scenario with other seeds, for confidence intervals.
//
// Replica 0 is the run with the scenario's own seed, which the caller does; 1 to n − 1 run here, in
// processes of their own (run/jobs.h), each with a seed derived from the scenario's and its number.
// So the first k of n replicas are those of k replicas, and any of them can be run alone.
#ifndef ANYSIM_RUN_REPLICAS_H
#define ANYSIM_RUN_REPLICAS_H

#include "measure/results.h"
#include <stdio.h>

// At most 63 bits, as seeds of scenarios are.
uint64_t replicas_seed(uint64_t seed, int replica);

struct replicas_options {
    const struct scenario *scenario;
    int n;        // replicas, 0 among them
    int parallel; // processes at once
    void *ctx;
    // In the replica's process: writes what the parent wants of its results.
    void (*write)(void *ctx, const struct results *r, FILE *out);
    // In the parent, replica after replica; see struct jobs.
    void (*done)(void *ctx, int replica, bool ok, const char *bytes, size_t len);
    void (*progress)(void *ctx, size_t ended, size_t all); // may be NULL
};

// False when a process could not be started (the reason is in errno).
bool replicas_run(const struct replicas_options *o);

#endif
