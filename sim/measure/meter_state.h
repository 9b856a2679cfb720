// SPDX-License-Identifier: GPL-3.0-or-later
// meter_state: what the meter's files share. Not for others.
#ifndef ANYSIM_MEASURE_METER_STATE_H
#define ANYSIM_MEASURE_METER_STATE_H

#include "base/table.h"
#include "base/vec.h"
#include "measure/attackmeter.h"
#include "measure/meter.h"

struct meter_event {
    int64_t at_ps;       // absolute
    int64_t reaction_ps; // first of a control plane, before the next event; TIME_NEVER: none
};

struct meter {
    const struct scenario *scenario;
    struct sim *sim;
    struct control *control;
    int64_t epoch_ps;
    VEC(struct meter_event) events; // of the scenario, so far
    struct table pop_of;            // entry address → POP
    VEC(struct flow_meter *) flows; // by flow index
    struct bucket_result *buckets;
    int nbuckets;
    struct probe *probe;
    struct attackmeter *attacks;
};

// What is known of the newest event by now.
void meter_close_event(struct meter *m);

#endif
