// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/flowmeter.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct flow_meter *flow_meter_new(struct flow *flow, int group, int service, int64_t timeout_ps,
                                  int npops)
{
    struct flow_meter *f = xcalloc(1, sizeof *f);
    f->flow = flow;
    f->group = group;
    f->service = service;
    f->timeout_ps = timeout_ps;
    f->npops = npops;
    f->site_count = xcalloc((size_t)npops * PHASE_COUNT, sizeof *f->site_count);
    f->cut_port = UINT32_MAX;
    for (int i = 0; i < PHASE_COUNT; i++) {
        hist_init(&f->phase[i].rtt_ns);
        hist_init(&f->phase[i].ipdv_ns);
        f->phase[i].last_rtt_ps = -1;
    }
    return f;
}

void flow_meter_free(struct flow_meter *f)
{
    for (int i = 0; i < PHASE_COUNT; i++) {
        hist_free(&f->phase[i].rtt_ns);
        hist_free(&f->phase[i].ipdv_ns);
    }
    quality_free(f->quality);
    vec_free(&f->units);
    vec_free(&f->restorations);
    free(f->site_count);
    free(f->paths);
    free(f);
}

bool flow_meter_is_cut_off(enum fwd_drop reason)
{
    return reason != FWD_DROP_QUEUE_FULL && reason != FWD_DROP_CONGESTION &&
           reason != FWD_DROP_LINE_LOSS && reason != FWD_DROP_BIT_RATE &&
           reason != FWD_DROP_PACKET_RATE && reason != FWD_DROP_FLOW_RATE &&
           reason != FWD_DROP_FLOW_TABLE;
}

// RFC 3550 §6.4.1 and RFC 3393, on round trips.
static void add_variation(struct phase_meter *m, uint32_t seq, int64_t rtt_ps)
{
    if (m->last_rtt_ps >= 0) {
        int64_t d_ps = rtt_ps - m->last_rtt_ps;
        d_ps = d_ps < 0 ? -d_ps : d_ps;
        m->jitter_ps += ((double)d_ps - m->jitter_ps) / 16;
        if (seq == m->last_seq + 1)
            hist_add(&m->ipdv_ns, d_ps / PS_PER_NS);
    }
    m->last_rtt_ps = rtt_ps;
    m->last_seq = seq;
}

void flow_meter_sent(struct flow_meter *f, uint32_t seq, int64_t sent_ps)
{
    struct unit_meter u = {sent_ps, OUTCOME_UNKNOWN, EVENT_NONE};
    while (f->units.n <= seq)
        vec_push(&f->units, u);
    f->units.v[seq] = u;
}

// False when it is too late.
static bool arrived(struct flow_meter *f, enum phase phase, uint32_t seq, int64_t took_ps, int pop)
{
    struct phase_meter *m = &f->phase[phase];
    if (took_ps > f->timeout_ps) {
        f->units.v[seq].outcome = OUTCOME_LATE;
        m->late++;
        return false;
    }
    f->units.v[seq].outcome = OUTCOME_ANSWERED;
    m->received++;
    if (pop >= 0)
        f->site_count[(int)phase * f->npops + pop]++;
    return true;
}

void flow_meter_answered(struct flow_meter *f, enum phase phase, uint32_t seq, int64_t rtt_ps,
                         int pop)
{
    struct phase_meter *m = &f->phase[phase];
    if (!arrived(f, phase, seq, rtt_ps, pop))
        return;
    hist_add(&m->rtt_ns, rtt_ps / PS_PER_NS);
    add_variation(m, seq, rtt_ps);
}

void flow_meter_delivered(struct flow_meter *f, enum phase phase, uint32_t seq, int64_t delay_ps,
                          int pop)
{
    f->one_way = true;
    arrived(f, phase, seq, delay_ps, pop);
}

// The answered request that ended the last time of being cut off, or UINT32_MAX.
static uint32_t restored_seq(const struct flow_meter *f)
{
    return f->restorations.n ? f->restorations.v[f->restorations.n - 1].seq : UINT32_MAX;
}

void flow_meter_lost(struct flow_meter *f, enum phase phase, uint32_t seq, enum fwd_drop reason,
                     uint8_t event, uint32_t port)
{
    f->phase[phase].lost_by[reason]++;
    bool cut_off = flow_meter_is_cut_off(reason);
    f->units.v[seq].outcome = cut_off ? OUTCOME_CUT_OFF : OUTCOME_DROPPED;
    if (!cut_off)
        return;
    f->units.v[seq].cut_event = event;
    // The fate of a request that left before the one that restored the flow changes nothing.
    if (f->restorations.n && seq < restored_seq(f))
        return;
    if (!f->cut_off || seq > f->cut_seq)
        f->cut_seq = seq;
    if (!f->cut_off || port != UINT32_MAX)
        f->cut_port = port;
    f->cut_off = true;
}

bool flow_meter_restores(const struct flow_meter *f, uint32_t seq)
{
    // Answers may overtake each other: the first request answered counts, not the first answer.
    bool first = f->cut_off || (f->restorations.n && seq < restored_seq(f));
    return first && seq > f->cut_seq;
}

void flow_meter_restored(struct flow_meter *f, const struct restoration *r)
{
    if (f->cut_off)
        vec_push(&f->restorations, *r);
    else
        f->restorations.v[f->restorations.n - 1] = *r; // an earlier request, answered later
    f->cut_off = false;
}

static struct flow_path *slot_of(const struct flow_meter *f, uint32_t seq)
{
    return &f->paths[seq % PATH_SLOTS];
}

void flow_meter_hop(struct flow_meter *f, uint32_t seq, uint32_t node)
{
    if (!f->paths)
        f->paths = xcalloc(PATH_SLOTS, sizeof *f->paths);
    struct flow_path *path = slot_of(f, seq);
    if (path->seq != seq) {
        path->seq = seq;
        path->n = 0;
    }
    if (path->n < PATH_NODES)
        path->node[path->n++] = node;
}

const struct flow_path *flow_meter_path(const struct flow_meter *f, uint32_t seq)
{
    if (!f->paths)
        return NULL;
    const struct flow_path *path = slot_of(f, seq);
    return path->seq == seq && path->n ? path : NULL;
}
