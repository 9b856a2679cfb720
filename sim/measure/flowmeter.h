// SPDX-License-Identifier: GPL-3.0-or-later
// flowmeter: what is known of one flow's requests. The meter's own.
#ifndef ANYSIM_MEASURE_FLOWMETER_H
#define ANYSIM_MEASURE_FLOWMETER_H

#include "base/hist.h"
#include "base/vec.h"
#include "measure/quality.h"
#include "scenario/scenario.h"
#include "traffic/flow.h"

enum outcome {
    OUTCOME_UNKNOWN,  // on its way when the run ended
    OUTCOME_ANSWERED, // or delivered, when that is all that is wanted
    OUTCOME_LATE,     // answered after the timeout
    OUTCOME_CUT_OFF,  // forwarding failed
    OUTCOME_DROPPED   // by a queue or a congested link
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

// The end of a time of being cut off.
struct restoration {
    uint32_t seq;       // the first request answered
    int64_t noticed_ps; // when the router before the failure found it; INT64_MIN: not known
    int64_t change_ps;  // the last FIB change on the path of that request; INT64_MIN: not known
};

#define EVENT_NONE UINT8_MAX

struct unit_meter { // one request, or another unit of the kind's
    int64_t sent_ps;
    uint8_t outcome;   // enum outcome
    uint8_t cut_event; // when cut off: the scenario's event before it (index)
};

struct flow_meter {
    struct flow *flow;
    int traffic, group, service;
    struct quality *quality; // owned
    int64_t timeout_ps;
    struct prefix watch[METER_WATCH]; // see meter.h
    VEC(struct unit_meter) units;     // all that were sent, by number
    struct phase_meter phase[PHASE_COUNT];
    uint64_t *site_count; // [phase * npops + pop]
    int npops;
    bool one_way;            // units were delivered: those that are lost lack no round trip
    struct flow_path *paths; // PATH_SLOTS of them, made when first needed
    bool cut_off;            // a request was cut off, and none sent after it was answered in time
    uint32_t cut_seq;        // the last one cut off, when cut_off
    uint32_t cut_port;       // where forwarding failed last; UINT32_MAX: not at a port
    VEC(struct restoration) restorations; // in order of time
};

struct flow_meter *flow_meter_new(struct flow *f, int group, int service, int64_t timeout_ps,
                                  int npops);
void flow_meter_free(struct flow_meter *f);

// To be told before anything else about the unit. One that is left out was sent, but its end is
// never known.
void flow_meter_sent(struct flow_meter *f, uint32_t seq, int64_t sent_ps);
static inline int64_t flow_meter_sent_ps(const struct flow_meter *f, uint32_t seq)
{
    return f->units.v[seq].sent_ps;
}

void flow_meter_answered(struct flow_meter *f, enum phase phase, uint32_t seq, int64_t rtt_ps,
                         int pop);
// One way: the same without a round trip.
void flow_meter_delivered(struct flow_meter *f, enum phase phase, uint32_t seq, int64_t delay_ps,
                          int pop);
// `event`: index of the scenario's newest event, or EVENT_NONE; `port`: where, or UINT32_MAX.
void flow_meter_lost(struct flow_meter *f, enum phase phase, uint32_t seq, enum fwd_drop reason,
                     uint8_t event, uint32_t port);
// Does the answer to `seq` end a time of being cut off (as far as is known now)?
bool flow_meter_restores(const struct flow_meter *f, uint32_t seq);
void flow_meter_restored(struct flow_meter *f, const struct restoration *r);
void flow_meter_hop(struct flow_meter *f, uint32_t seq, uint32_t node);
const struct flow_path *flow_meter_path(const struct flow_meter *f, uint32_t seq); // or NULL

// Did forwarding fail, as opposed to a queue being full?
bool flow_meter_is_cut_off(enum fwd_drop reason);

#endif
