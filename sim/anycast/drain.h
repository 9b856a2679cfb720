// SPDX-License-Identifier: GPL-3.0-or-later
// drain: how a POP is taken out of service and brought back, make before break. Knows no network: it says
// what is to be done next, and is asked again when that is done.
//
// Out: the steps of the plan one after another, each followed by `wait_ps`; then the POP waits until
// nothing has come for `quiet_ps`, but not longer than `patience_ps`; then what is to be switched off is
// switched off. With `down_ps` it stays so for that time and comes back by itself.
// Back: switched on, after `wait_ps` the steps are undone in reverse order, `wait_ps` between two. So
// the first thing that the world hears is an announcement that nobody prefers.
// A drain that is called back half way undoes what it has done so far.
#ifndef ANYSIM_ANYCAST_DRAIN_H
#define ANYSIM_ANYCAST_DRAIN_H

#include <stdbool.h>
#include <stdint.h>

enum drain_step {
    DRAIN_GSHUT,    // announcements carry GRACEFUL_SHUTDOWN (RFC 8326)
    DRAIN_PREPEND,  // and the own AS several times more
    DRAIN_WITHDRAW, // and go
    DRAIN_TRANSIT,  // the routers carry nobody else's traffic either: sessions and overload bit
    DRAIN_STEPS
};

struct drain_plan {
    enum drain_step steps[DRAIN_STEPS];
    int nsteps;
    int64_t wait_ps, quiet_ps, patience_ps;
    bool off;        // something is switched off at the end
    int64_t down_ps; // 0: until drain_return()
};

enum drain_act { DRAIN_WAIT, DRAIN_DO, DRAIN_UNDO, DRAIN_OFF, DRAIN_ON };

struct drain_order {
    enum drain_act act;
    enum drain_step step; // of DO and UNDO
};

struct drain {
    struct drain_plan plan;
    enum { DRAIN_IDLE, DRAIN_GOES, DRAIN_EMPTIES, DRAIN_IS_OUT, DRAIN_COMES } state;
    int done; // steps that are in force
    bool is_off;
    int64_t next_ps;            // when to ask again; INT64_MAX: not by itself
    int64_t since_ps, heard_ps; // of EMPTIES: its begin; when something last came
    uint64_t seen;              // of the traffic
};

void drain_init(struct drain *d); // idle
void drain_begin(struct drain *d, const struct drain_plan *plan, int64_t now_ps);
void drain_return(struct drain *d, int64_t now_ps);

// To be called when d->next_ps has come, until it says WAIT: what is to be done now. `traffic` counts
// what has come to the POP so far; `busy`: something comes that is not counted.
struct drain_order drain_next(struct drain *d, uint64_t traffic, bool busy, int64_t now_ps);

// How long a plan takes at most, from its begin until all is as before; with down_ps only.
int64_t drain_longest_ps(const struct drain_plan *p);

#endif
