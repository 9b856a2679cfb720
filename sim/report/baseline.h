// SPDX-License-Identifier: GPL-3.0-or-later
// baseline: the key figures of a run as a small JSON file, and what changed between two of them.
//
// Kept per service: availability, RTT p50 and p95 by phase and network, the longest failover by
// network, and the measured catchment of every client group; per demand: what part of it arrives,
// and how late. Comparing an old with a new one gives
// changes in words; those for the worse (a moved catchment too) are regressions.
#ifndef ANYSIM_REPORT_BASELINE_H
#define ANYSIM_REPORT_BASELINE_H

#include "base/arena.h"
#include "measure/results.h"

#include <stdbool.h>
#include <stdio.h>

#define BASELINE_FORMAT 1

struct baseline; // opaque

// What is tolerated. Where two are given, a change must exceed both to count.
struct baseline_tolerance {
    double availability; // absolute, as a fraction
    double rtt_share;    // of the old RTT
    double rtt_ms;
    double failover_share; // of the old time
    double failover_s;
};

// 0.1 percentage point; RTT 5 % or 1 ms; failover 10 % or 0.2 s.
extern const struct baseline_tolerance baseline_tolerances;

struct baseline_change {
    bool worse;
    const char *text; // "telecom/hebei on eip moved from beijing to shanghai (outage)"
};

struct baseline_diff { // changes in the order of the old baseline; texts live in the arena
    struct baseline_change *v;
    size_t n;
    size_t nworse;
};

struct baseline *baseline_of(const struct results *r); // free with baseline_free
void baseline_free(struct baseline *b);
void baseline_write(const struct baseline *b, FILE *f);
void baseline_write_results(const struct results *r, FILE *f); // both in one step

// Reads a baseline.json. NULL when it cannot be read or is none; *why says so (lives in `a`).
struct baseline *baseline_read(struct arena *a, const char *path, const char **why);

struct baseline_diff baseline_compare(struct arena *a, const struct baseline *before,
                                      const struct baseline *after,
                                      const struct baseline_tolerance *t);

#endif
