// SPDX-License-Identifier: GPL-3.0-or-later
// throttle: when may the next SPF start? The classic exponential back-off of router vendors (not
// the three-state machine of RFC 8405, which solves the same problem):
//
//   start = max(first trigger since the last start + initial, last start + wait, last run's end)
//
// A trigger when `wait` has passed since the last start finds a quiet network: wait becomes `hold`.
// A trigger earlier than that doubles wait for the next time, up to `max`. Triggers that find a
// start already scheduled change nothing: that run will see their news.
//
// With initial 50, hold 200, max 1000 ms and triggers at 0, 100, 300, 700 ms: starts at 50, 250,
// 650, 1450 ms.
#ifndef ANYSIM_IGP_THROTTLE_H
#define ANYSIM_IGP_THROTTLE_H

#include "base/units.h"

struct throttle {
    int64_t initial_ps, hold_ps, max_ps, run_ps;
    int64_t wait_ps;  // since last_ps, before the next start
    int64_t last_ps;  // of the last start, TIME_NEVER: none yet
    int64_t start_ps; // the start that is scheduled, TIME_NEVER: none
};

// Times are not negative. A max below hold makes every wait max long.
void throttle_init(struct throttle *t, int64_t initial_ps, int64_t hold_ps, int64_t max_ps,
                   int64_t run_ps);
void throttle_reset(struct throttle *t); // as after throttle_init
// There is news at now_ps. Returns when the SPF starts.
int64_t throttle_trigger(struct throttle *t, int64_t now_ps);
void throttle_started(struct throttle *t); // the scheduled start has come

#endif
