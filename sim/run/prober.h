// SPDX-License-Identifier: GPL-3.0-or-later
// prober: someone who checks the health of targets from a node of the network: real probes
// (traffic/health.h), opinions (anycast/health.h), and a line in the results for every change.
#ifndef ANYSIM_RUN_PROBER_H
#define ANYSIM_RUN_PROBER_H

#include "anycast/health.h"
#include "run/world.h"

struct truth {        // how it really is with a target; kept by who makes it fail
    uint32_t node;    // whose own failures count as well
    int fails;        // failures of the target that hold it down now
    int64_t since_ps; // when that began or ended last, absolute; TIME_NEVER: never
};

struct prober;

struct prober_options {
    const char *name; // of the place, for results; outlives the world's results' making
    uint32_t node;
    ip4_addr address; // that answers come back to
    int service;      // that it is for
    struct health_options is;
    // The opinion of a target changed.
    void (*changed)(void *ctx);
    void *ctx;
};

// Before the world runs, behind world_build_clients.
struct prober *prober_new(struct world *w, const struct prober_options *o);
void prober_free(struct prober *p); // NULL is allowed
// Targets are numbered 0, 1, 2 …; `truth` outlives the prober.
uint32_t prober_target(struct prober *p, const char *name, ip4_addr address,
                       const struct truth *truth);
bool prober_is_up(const struct prober *p, uint32_t target);
// The probes so far, into the log: at the end of the run, once.
void prober_collect(const struct prober *p);

#endif
