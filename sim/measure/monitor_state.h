// SPDX-License-Identifier: GPL-3.0-or-later
// monitor_state: what the monitor's files share. Not for others.
#ifndef ANYSIM_MEASURE_MONITOR_STATE_H
#define ANYSIM_MEASURE_MONITOR_STATE_H

#include "measure/monitor.h"

struct monitor_prefix {
    struct prefix is;
    int service;
};

struct monitor {
    const struct scenario *scenario;
    struct sim *sim;
    struct monitor_world world;
    int64_t epoch_ps;
    VEC(struct monitor_prefix) prefixes;
    int *
        row; // [service * (npops + 1) + pop + 1]: its row; where it is not published, that without a POP
    int *leg; // [(service * npops + ingress) * npops + backend], by areas; −1: none yet
    struct monitor_result result;
};

#endif
