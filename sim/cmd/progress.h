// SPDX-License-Identifier: GPL-3.0-or-later
// progress: a bar on stderr, on a terminal only. Nothing of it reaches a result.
#ifndef ANYSIM_CMD_PROGRESS_H
#define ANYSIM_CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool on;
    const char *what;
    double start_s, last_s; // wall clock
};

void progress_begin(struct progress *p, bool on, const char *what);
void progress_show(struct progress *p, double share); // at most ten times a second
void progress_end(struct progress *p);                // wipes the bar

// progress_show as a callback: `ctx` is the struct progress.
void progress_tick(void *ctx, double share);

double wall_clock_s(void); // for bars and "took 3.1 s" lines only

#endif
