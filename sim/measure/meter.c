// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/meter_state.h"

#include <stdlib.h>

struct meter *meter_new(const struct scenario *s, struct sim *sim, struct control *control,
                        int64_t epoch_ps)
{
    struct meter *m = xcalloc(1, sizeof *m);
    m->scenario = s;
    m->sim = sim;
    m->control = control;
    m->epoch_ps = epoch_ps;
    m->nbuckets = (int)((s->duration_ps + s->bucket_ps - 1) / s->bucket_ps);
    size_t n = (size_t)s->nservices * (size_t)s->ngroups * (size_t)m->nbuckets;
    m->buckets = xcalloc(n, sizeof *m->buckets);
    for (size_t i = 0; i < n; i++)
        m->buckets[i].site = -1;
    table_init(&m->pop_of);
    m->attacks = attackmeter_new(s, sim, epoch_ps);
    return m;
}

void meter_free(struct meter *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->flows.n; i++)
        flow_meter_free(m->flows.v[i]);
    vec_free(&m->flows);
    vec_free(&m->events);
    table_free(&m->pop_of);
    attackmeter_free(m->attacks);
    free(m->buckets);
    free(m);
}

void meter_add_entry(struct meter *m, ip4_addr address, uint32_t pop)
{
    table_put(&m->pop_of, &address, sizeof address, pop);
}

int meter_pop_of(const struct meter *m, ip4_addr entry)
{
    uint64_t pop;
    return table_get(&m->pop_of, &entry, sizeof entry, &pop) ? (int)pop : -1;
}

void meter_add_flow(struct meter *m, struct flow *f, const struct meter_flow *o)
{
    SIM_ASSERT(m->sim, f->index == m->flows.n);
    struct flow_meter *fm =
        flow_meter_new(f, o->group, o->service, o->timeout_ps, m->scenario->topology.npops);
    fm->traffic = o->traffic;
    fm->quality = quality_new(m->scenario, m->epoch_ps, o->timeout_ps);
    memcpy(fm->watch, o->watch, sizeof fm->watch);
    vec_push(&m->flows, fm);
}

// The newest event's first reaction is known when the next one happens, or at the end.
void meter_close_event(struct meter *m)
{
    if (m->events.n)
        m->events.v[m->events.n - 1].reaction_ps = control_first_reaction(m->control);
}

void meter_event(struct meter *m)
{
    struct meter_event e = {sim_now(m->sim), TIME_NEVER};
    meter_close_event(m);
    vec_push(&m->events, e);
    control_mark(m->control);
}

static uint8_t newest_event(const struct meter *m)
{
    size_t n = m->events.n;
    return n == 0 ? EVENT_NONE : n > EVENT_NONE ? EVENT_NONE - 1 : (uint8_t)(n - 1);
}

void meter_watch_probe(struct meter *m, struct probe *p)
{
    if (p)
        *p = (struct probe){0};
    m->probe = p;
}

static bool is_probe(uint32_t seq)
{
    return seq == TRAFFIC_PROBE;
}

// Requests sent before time 0 are there for the load alone.
static bool counts(const struct meter *m, const struct flow_meter *f, uint32_t seq)
{
    int64_t sent_ps = flow_meter_sent_ps(f, seq) - m->epoch_ps;
    return sent_ps >= 0 && sent_ps < m->scenario->duration_ps; // a retry may come after the end
}

static enum phase phase_of(const struct meter *m, int64_t sent_ps)
{
    return scenario_phase(m->scenario, sent_ps - m->epoch_ps);
}

static struct bucket_result *bucket_of(struct meter *m, const struct flow_meter *f, int64_t sent_ps)
{
    int64_t b = (sent_ps - m->epoch_ps) / m->scenario->bucket_ps;
    size_t row = (size_t)f->service * (size_t)m->scenario->ngroups + (size_t)f->group;
    return &m->buckets[row * (size_t)m->nbuckets + (size_t)b];
}

static void on_sent(void *ctx, const struct flow *flow, uint32_t seq)
{
    struct meter *m = ctx;
    struct flow_meter *f = m->flows.v[flow->index];
    int64_t sent_ps = sim_now(m->sim);
    flow_meter_sent(f, seq, sent_ps);
    if (!counts(m, f, seq))
        return;
    f->phase[phase_of(m, sent_ps)].sent++;
    bucket_of(m, f, sent_ps)->sent++;
}

// The last FIB change on the path, for the prefixes that the flow's packets meet.
static int64_t last_change_on_path(const struct meter *m, const struct flow_meter *f,
                                   const struct flow_path *path, ip4_addr entry)
{
    struct prefix at_entry = {entry, 32}; // where the answer's tunnel ends
    int64_t last_ps = INT64_MIN;
    for (int i = 0; i < path->n; i++) {
        uint32_t router = control_router_of_node(m->control, path->node[i]);
        if (router == CONTROL_NO_ROUTER)
            continue;
        for (int k = 0; k <= METER_WATCH; k++) {
            struct prefix p = k < METER_WATCH ? f->watch[k] : at_entry;
            int64_t t = control_fib_changed(m->control, router, p);
            last_ps = t > last_ps ? t : last_ps;
        }
    }
    return last_ps;
}

// The first answer after requests that were cut off: what restored the flow?
static void restored(struct meter *m, struct flow_meter *f, uint32_t seq, ip4_addr entry)
{
    const struct flow_path *path = flow_meter_path(f, seq);
    struct restoration r = {
        .seq = seq,
        .noticed_ps =
            f->cut_port == UINT32_MAX ? INT64_MIN : control_noticed(m->control, f->cut_port),
        .change_ps = path ? last_change_on_path(m, f, path, entry) : INT64_MIN,
    };
    flow_meter_restored(f, &r);
    f->flow->traced = false;
}

// The unit of `f` reached its end; `round`: with its answer.
static void arrived(struct meter *m, struct flow_meter *f, uint32_t seq, const struct packet *p,
                    bool round)
{
    if (!counts(m, f, seq))
        return;
    int64_t sent_ps = flow_meter_sent_ps(f, seq);
    enum phase phase = phase_of(m, sent_ps);
    struct bucket_result *b = bucket_of(m, f, sent_ps);
    int64_t took_ps = sim_now(m->sim) - sent_ps;
    int pop = meter_pop_of(m, p->entry);
    if (round)
        flow_meter_answered(f, phase, seq, took_ps, pop);
    else
        flow_meter_delivered(f, phase, seq, took_ps, pop);
    b->received += took_ps <= f->timeout_ps;
    if (round && took_ps <= f->timeout_ps) {
        int64_t rtt_ns = took_ps / PS_PER_NS;
        b->answered++;
        b->rtt_sum_ns += rtt_ns;
        b->rtt_max_ns = rtt_ns > b->rtt_max_ns ? rtt_ns : b->rtt_max_ns;
    }
    // Majority vote (Boyer and Moore 1981): exact when one site has most of the bucket.
    if (b->site_votes == 0)
        b->site = (int16_t)pop;
    b->site_votes = (int16_t)(b->site_votes + (b->site == pop ? 1 : -1));
    if (took_ps <= f->timeout_ps && flow_meter_restores(f, seq))
        restored(m, f, seq, p->entry);
}

static void on_answered(void *ctx, const struct flow *flow, uint32_t seq, const struct packet *p)
{
    struct meter *m = ctx;
    if (!is_probe(seq)) {
        arrived(m, m->flows.v[flow->index], seq, p, true);
    } else if (m->probe) {
        m->probe->done = true;
        m->probe->entry = p->entry;
    }
}

static void on_delivered(void *ctx, const struct flow *flow, uint32_t seq, const struct packet *p)
{
    struct meter *m = ctx;
    arrived(m, m->flows.v[flow->index], seq, p, false);
}

static void on_lost(void *ctx, const struct flow *flow, uint32_t seq, const struct packet *p,
                    enum fwd_drop reason, uint32_t port)
{
    struct meter *m = ctx;
    struct flow_meter *f = m->flows.v[flow->index];
    if (is_probe(seq)) {
        if (m->probe) {
            m->probe->done = m->probe->lost = true;
            m->probe->reason = reason;
            m->probe->entry = p->entry;
        }
        return;
    }
    if (!counts(m, f, seq))
        return;
    flow_meter_lost(f, phase_of(m, flow_meter_sent_ps(f, seq)), seq, reason, newest_event(m), port);
    f->flow->traced = f->cut_off;
}

static void on_hop(void *ctx, const struct flow *flow, uint32_t node, const struct packet *p)
{
    struct meter *m = ctx;
    if (!is_probe(p->seq)) {
        flow_meter_hop(m->flows.v[flow->index], p->seq, node);
        return;
    }
    struct probe *probe = m->probe;
    if (!probe || probe->n == PROBE_HOPS)
        return;
    int i = probe->n++;
    probe->hops[i].node = node;
    probe->hops[i].at_ps = sim_now(m->sim);
    probe->hops[i].back = (p->kind & ~PACKET_TRACED) == TRAFFIC_DOWN;
    probe->hops[i].tunnel = p->depth > 0;
}

static struct quality *quality_of(const struct meter *m, const struct flow *flow)
{
    return m->flows.v[flow->index]->quality;
}

static void on_packet_sent(void *ctx, const struct flow *flow, enum traffic_direction d,
                           uint32_t number, const struct packet *p)
{
    const struct meter *m = ctx;
    (void)p;
    quality_packet_sent(quality_of(m, flow), d, number, sim_now(m->sim));
}

static void on_packet_received(void *ctx, const struct flow *flow, enum traffic_direction d,
                               uint32_t number, int64_t sent_ps, const struct packet *p)
{
    const struct meter *m = ctx;
    (void)p;
    quality_packet_received(quality_of(m, flow), d, number, sent_ps, sim_now(m->sim));
}

static void on_object_begun(void *ctx, const struct flow *flow, uint32_t number)
{
    const struct meter *m = ctx;
    (void)number;
    quality_object_begun(quality_of(m, flow), sim_now(m->sim));
}

static void on_object_ended(void *ctx, const struct flow *flow, const struct traffic_object *o)
{
    quality_object_ended(quality_of(ctx, flow), o);
}

static void on_broken(void *ctx, const struct flow *flow, enum traffic_break why)
{
    const struct meter *m = ctx;
    quality_broken(quality_of(m, flow), why, sim_now(m->sim));
}

static void on_struck(void *ctx, const struct flow *flow, const struct traffic_strike *s)
{
    struct meter *m = ctx;
    const struct flow_meter *f = m->flows.v[flow->index];
    attackmeter_struck(m->attacks, f->traffic, f->service, meter_pop_of(m, s->entry), s);
}

void meter_defended(struct meter *m, const struct flow *flow, enum defence defence, int pop,
                    const struct packet *p, bool stopped)
{
    if (flow->is.ops->unseen)
        return;
    const struct flow_meter *f = m->flows.v[flow->index];
    attackmeter_defended(m->attacks, &(struct defended){.service = f->service,
                                                        .pop = pop,
                                                        .defence = defence,
                                                        .hostile = flow->is.ops->hostile,
                                                        .stopped = stopped,
                                                        .weight = p->weight});
}

static void on_opening(void *ctx, const struct flow *flow, const struct packet *p, bool refused)
{
    struct meter *m = ctx;
    meter_defended(m, flow, DEFENCE_BACKLOG, meter_pop_of(m, p->entry), p, refused);
}

struct traffic_hooks meter_hooks(struct meter *m)
{
    return (struct traffic_hooks){.ctx = m,
                                  .sent = on_sent,
                                  .answered = on_answered,
                                  .delivered = on_delivered,
                                  .lost = on_lost,
                                  .packet_sent = on_packet_sent,
                                  .packet_received = on_packet_received,
                                  .object_begun = on_object_begun,
                                  .object_ended = on_object_ended,
                                  .broken = on_broken,
                                  .struck = on_struck,
                                  .opening = on_opening,
                                  .hop = on_hop};
}
