// SPDX-License-Identifier: GPL-3.0-or-later
// flowmeter: what is known of one flow's requests. The meter's own.
#ifndef ANYSIM_MEASURE_FLOWMETER_H
#define ANYSIM_MEASURE_FLOWMETER_H

#include "base/hist.h"
#include "scenario/scenario.h"
#include "traffic/traffic.h"

enum outcome {
    OUTCOME_UNKNOWN, // on its way when the run ended
    OUTCOME_ANSWERED,
    OUTCOME_LATE,    // answered after the timeout
    OUTCOME_CUT_OFF, // forwarding failed
    OUTCOME_DROPPED  // by a queue or a congested link
};

struct phase_meter {
    uint64_t sent, received, late;
    uint64_t lost_by[FWD_DROP_COUNT];
    struct hist rtt_ns, ipdv_ns;
    double jitter_ps;
    int64_t last_rtt_ps; // of the answered request before; -1: none in this phase
    uint32_t last_seq;
};

#define METER_WATCH 3

#define PATH_NODES 64
#define PATH_SLOTS 16 // requests on their way at once that are traced

struct flow_path {
    uint32_t seq;
    int n;
    uint32_t node[PATH_NODES];
};

struct flow_meter {
    struct flow *flow;
    int group, service;
    int64_t timeout_ps;
    struct prefix watch[METER_WATCH]; // see meter.h
    uint8_t *outcome;                 // enum outcome of each request
    uint32_t nrequests;
    struct phase_meter phase[PHASE_COUNT];
    uint64_t *site_count; // [phase * npops + pop]
    int npops;
    struct flow_path *paths; // PATH_SLOTS of them, made when first needed
    bool cut_off;            // a request was cut off, and none sent after it was answered in time
    uint32_t cut_seq;        // the last one cut off, when cut_off
    uint32_t restored_seq;   // the answered request that ended the last time of being cut off
    int64_t detect_ps, converge_ps; // of that restoration; TIME_NEVER: unknown
};

struct flow_meter *flow_meter_new(struct flow *f, int group, int service, int64_t timeout_ps,
                                  int npops);
void flow_meter_free(struct flow_meter *f);

void flow_meter_answered(struct flow_meter *f, enum phase phase, uint32_t seq, int64_t rtt_ps,
                         int pop);
void flow_meter_lost(struct flow_meter *f, enum phase phase, uint32_t seq, enum fwd_drop reason);
void flow_meter_hop(struct flow_meter *f, uint32_t seq, uint32_t node);
const struct flow_path *flow_meter_path(const struct flow_meter *f, uint32_t seq); // or NULL

// Did forwarding fail, as opposed to a queue being full?
bool flow_meter_is_cut_off(enum fwd_drop reason);

#endif
