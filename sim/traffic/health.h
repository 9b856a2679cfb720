// SPDX-License-Identifier: GPL-3.0-or-later
// health: probes of one target by one prober: small UDP requests that the target's server process
// answers, sent every interval whatever became of the one before. They are packets like all others:
// they queue, get lost and follow the FIBs; at a server they wait for their turn (server.h). They are
// nobody's experience: the meter does not count them.
#ifndef ANYSIM_TRAFFIC_HEALTH_H
#define ANYSIM_TRAFFIC_HEALTH_H

#include "traffic/traffic.h"

struct health_probe {
    const char *name;  // names the random stream that the phase is drawn from
    uint32_t node;     // where the prober stands; a server may stand there as well
    ip4_addr from, to; // its address, the target's
    int64_t start_ps,
        stop_ps; // absolute; the first probe is sent within an interval from the start
    int64_t interval_ps;
    int64_t timeout_ps; // at most the interval
    // Every probe ends once: answered in time, or not.
    void (*ended)(void *ctx, uint32_t number, bool good, int64_t now_ps);
    void *ctx;
    uint32_t number; // the caller's
};

// The target's node has to be a server (traffic_add_server). Not before all flows that a meter counts.
void health_probe_add(struct traffic_run *t, const struct health_probe *p);

#endif
