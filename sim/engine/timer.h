// SPDX-License-Identifier: GPL-3.0-or-later
// timer: a deadline that can be moved and cancelled, on top of uncancellable events.
//
// A timer keeps few events in the queue: arming it for a later time lets the old event fire and
// re-schedule itself; cancelling lets it fire and do nothing; arming it for an earlier time adds an
// event and remembers one later event for the time after.
#ifndef ANYSIM_ENGINE_TIMER_H
#define ANYSIM_ENGINE_TIMER_H

#include "engine/sim.h"

struct timer;
typedef void timer_fn(struct sim *sim, struct timer *t);

struct timer {
    struct entity entity; // must stay first; private
    timer_fn *fn;
    void *owner; // for fn
    enum sim_phase phase;
    int64_t deadline_ps; // TIME_NEVER: not armed
    int64_t queued_ps;   // earliest event of ours in the queue, TIME_NEVER: none; private
    int64_t spare_ps;    // a later one, left by moving forward, TIME_NEVER: none; private
};

void timer_init(struct sim *sim, struct timer *t, timer_fn *fn, void *owner, enum sim_phase phase);
void timer_set(struct sim *sim, struct timer *t, int64_t at_ps); // replaces an earlier deadline
void timer_cancel(struct timer *t);
static inline bool timer_armed(const struct timer *t)
{
    return t->deadline_ps != TIME_NEVER;
}

#endif
