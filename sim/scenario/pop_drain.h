// SPDX-License-Identifier: GPL-3.0-or-later
// pop_drain: a POP that is taken out of service and brought back, as passive data: the actions
// drain_pop, return_pop and maintenance.
#ifndef ANYSIM_SCENARIO_POP_DRAIN_H
#define ANYSIM_SCENARIO_POP_DRAIN_H

#include "base/diag.h"
#include <stdint.h>

enum pop_drain_step { POP_DRAIN_GSHUT, POP_DRAIN_PREPEND, POP_DRAIN_WITHDRAW, POP_DRAIN_STEPS };
enum pop_off { POP_OFF_EVERYTHING, POP_OFF_GATEWAYS, POP_OFF_NOTHING, POP_OFFS };

struct pop_drain {
    int pop;
    enum pop_drain_step how[POP_DRAIN_STEPS]; // in this order
    int nhow;
    int prepend;     // how often, in that step
    int64_t wait_ps; // after each step
    int64_t quiet_ps, patience_ps;
    enum pop_off off;
    struct srcpos off_at; // or of the POP's name
    int64_t down_ps;      // maintenance: switched off for so long; else 0
};

struct scenario_reader;

// After all events, in order: what returns has been drained; and no service has its backend behind
// what is switched off then.
void pop_drains_check(struct scenario_reader *r);
void pop_drains_check_backends(struct scenario_reader *r);

#endif
