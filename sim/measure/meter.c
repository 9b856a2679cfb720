// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/meter.h"

#include "base/table.h"
#include "base/vec.h"
#include "measure/flowmeter.h"

#include <math.h>
#include <stdlib.h>

struct meter {
    const struct scenario *scenario;
    struct sim *sim;
    struct control *control;
    int64_t epoch_ps;
    int64_t first_event_ps;         // absolute; TIME_NEVER before
    struct table pop_of;            // entry address → POP
    VEC(struct flow_meter *) flows; // by flow index
    struct bucket_result *buckets;
    int nbuckets;
    struct probe *probe;
};

struct meter *meter_new(const struct scenario *s, struct sim *sim, struct control *control,
                        int64_t epoch_ps)
{
    struct meter *m = xcalloc(1, sizeof *m);
    m->scenario = s;
    m->sim = sim;
    m->control = control;
    m->epoch_ps = epoch_ps;
    m->first_event_ps = TIME_NEVER;
    m->nbuckets = (int)((s->duration_ps + s->bucket_ps - 1) / s->bucket_ps);
    size_t n = (size_t)s->nservices * (size_t)s->ngroups * (size_t)m->nbuckets;
    m->buckets = xcalloc(n, sizeof *m->buckets);
    for (size_t i = 0; i < n; i++)
        m->buckets[i].site = -1;
    table_init(&m->pop_of);
    return m;
}

void meter_free(struct meter *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->flows.n; i++)
        flow_meter_free(m->flows.v[i]);
    vec_free(&m->flows);
    table_free(&m->pop_of);
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
    memcpy(fm->watch, o->watch, sizeof fm->watch);
    vec_push(&m->flows, fm);
}

void meter_first_event(struct meter *m)
{
    m->first_event_ps = sim_now(m->sim);
    control_mark(m->control);
}

void meter_watch_probe(struct meter *m, struct probe *p)
{
    *p = (struct probe){0};
    m->probe = p;
}

static bool is_probe(uint32_t seq)
{
    return seq == UINT32_MAX;
}

// Requests sent before time 0 are there for the load alone.
static bool counts(const struct meter *m, const struct flow *flow, uint32_t seq)
{
    return flow_sent_ps(flow, seq) >= m->epoch_ps;
}

static enum phase phase_of(const struct meter *m, int64_t sent_ps)
{
    int64_t t = sent_ps - m->epoch_ps;
    if (t < m->scenario->outage_from_ps)
        return PHASE_BEFORE;
    return t < m->scenario->outage_to_ps ? PHASE_OUTAGE : PHASE_AFTER;
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
    int64_t sent_ps = flow_sent_ps(flow, seq);
    if (!counts(m, flow, seq))
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
    int64_t detect_ps = control_first_reaction(m->control);
    f->cut_off = false;
    f->flow->traced = false;
    if (phase_of(m, flow_sent_ps(f->flow, seq)) == PHASE_AFTER)
        return; // of what the repair itself cut off; the failover is the outage's
    f->restored_seq = seq;
    f->detect_ps = f->converge_ps = TIME_NEVER;
    if (m->first_event_ps == TIME_NEVER)
        return;
    int64_t sent_ps = flow_sent_ps(f->flow, seq);
    if (detect_ps == TIME_NEVER || detect_ps > sent_ps) // healed before anybody noticed
        detect_ps = sent_ps;
    int64_t change_ps = path ? last_change_on_path(m, f, path, entry) : INT64_MIN;
    if (change_ps < detect_ps)
        change_ps = detect_ps;
    if (change_ps > sent_ps)
        change_ps = sent_ps; // the packet overtook the change: it was not needed
    f->detect_ps = detect_ps - m->first_event_ps;
    f->converge_ps = change_ps - detect_ps;
}

static void on_answered(void *ctx, const struct flow *flow, uint32_t seq, const struct packet *p)
{
    struct meter *m = ctx;
    struct flow_meter *f = m->flows.v[flow->index];
    if (is_probe(seq)) {
        if (m->probe) {
            m->probe->done = true;
            m->probe->entry = p->entry;
        }
        return;
    }
    if (!counts(m, flow, seq))
        return;
    int64_t sent_ps = flow_sent_ps(flow, seq);
    enum phase phase = phase_of(m, sent_ps);
    struct bucket_result *b = bucket_of(m, f, sent_ps);
    int64_t rtt_ps = sim_now(m->sim) - sent_ps;
    int pop = meter_pop_of(m, p->entry);
    flow_meter_answered(f, phase, seq, rtt_ps, pop);
    if (rtt_ps <= f->timeout_ps) {
        int64_t rtt_ns = rtt_ps / PS_PER_NS;
        b->received++;
        b->rtt_sum_ns += rtt_ns;
        b->rtt_max_ns = rtt_ns > b->rtt_max_ns ? rtt_ns : b->rtt_max_ns;
    }
    // Majority vote (Boyer and Moore 1981): exact when one site has most of the bucket.
    if (b->site_votes == 0)
        b->site = (int16_t)pop;
    b->site_votes = (int16_t)(b->site_votes + (b->site == pop ? 1 : -1));
    // Answers may overtake each other: the first request answered counts, not the first answer.
    bool first = f->cut_off || (f->restored_seq != UINT32_MAX && seq < f->restored_seq);
    if (first && seq > f->cut_seq && rtt_ps <= f->timeout_ps)
        restored(m, f, seq, p->entry);
}

static void on_lost(void *ctx, const struct flow *flow, uint32_t seq, const struct packet *p,
                    enum fwd_drop reason)
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
    if (!counts(m, flow, seq))
        return;
    flow_meter_lost(f, phase_of(m, flow_sent_ps(flow, seq)), seq, reason);
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
    probe->hops[i].back = (p->kind & ~PACKET_TRACED) == TRAFFIC_ANSWER;
    probe->hops[i].tunnel = p->depth > 0;
}

struct traffic_hooks meter_hooks(struct meter *m)
{
    return (struct traffic_hooks){m, on_sent, on_answered, on_lost, on_hop};
}

// --- collecting

static int most_frequent(const uint64_t *count, int n)
{
    int best = -1;
    for (int i = 0; i < n; i++)
        if (count[i] && (best < 0 || count[i] > count[best]))
            best = i;
    return best;
}

// The failover of the flow, into the outage's result.
static void collect_failover(const struct meter *m, const struct flow_meter *f,
                             struct client_result *c)
{
    c->failover_ps = c->detect_ps = c->converge_ps = c->restore_ps = -1;
    if (m->first_event_ps == TIME_NEVER)
        return;
    int64_t from_ps = m->epoch_ps + m->scenario->outage_from_ps;
    int64_t to_ps = m->epoch_ps + m->scenario->outage_to_ps;
    uint32_t last = UINT32_MAX, first_ok = UINT32_MAX;
    for (uint32_t i = 0; i < f->nrequests; i++) {
        int64_t sent_ps = flow_sent_ps(f->flow, i);
        // A request on its way when the outage began was sent before it.
        if (sent_ps + f->timeout_ps < from_ps || sent_ps >= to_ps)
            continue;
        if (f->outcome[i] == OUTCOME_CUT_OFF)
            last = i, first_ok = UINT32_MAX;
        else if (f->outcome[i] == OUTCOME_ANSWERED && last != UINT32_MAX && first_ok == UINT32_MAX)
            first_ok = i;
    }
    if (last == UINT32_MAX)
        return; // nothing was cut off
    c->failover_ps = TIME_NEVER;
    if (first_ok == UINT32_MAX)
        return;
    int64_t failover_ps = flow_sent_ps(f->flow, first_ok) - m->first_event_ps;
    c->failover_ps = failover_ps > 0 ? failover_ps : 0;
    if (f->restored_seq != first_ok || f->detect_ps == TIME_NEVER)
        return;
    c->detect_ps = f->detect_ps > 0 ? f->detect_ps : 0;
    c->converge_ps = f->converge_ps;
    c->restore_ps = c->failover_ps - c->detect_ps - c->converge_ps;
    if (c->restore_ps < 0)
        c->restore_ps = 0;
}

static void collect_flow(const struct meter *m, const struct flow_meter *f, bool primary,
                         struct client_result *out) // [PHASE_COUNT]
{
    for (int ph = 0; ph < PHASE_COUNT; ph++) {
        const struct phase_meter *from = &f->phase[ph];
        struct client_result *c = &out[ph];
        c->sent += from->sent;
        c->received += from->received;
        c->late += from->late;
        for (int r = 0; r < FWD_DROP_COUNT; r++)
            c->lost_by[r] += from->lost_by[r];
        hist_merge(&c->rtt_ns, &from->rtt_ns);
        for (int p = 0; p < m->scenario->topology.npops; p++)
            c->site_count[p] += f->site_count[ph * m->scenario->topology.npops + p];
        if (!primary)
            continue;
        hist_merge(&c->ipdv_ns, &from->ipdv_ns);
        c->jitter_ps = from->received > 1 ? from->jitter_ps : NAN;
        if (ph == PHASE_OUTAGE)
            collect_failover(m, f, c);
    }
}

// The flow with the shortest interval between requests gives jitter and failover.
static const struct flow_meter *primary_of(const struct meter *m, int service, int group)
{
    const struct flow_meter *best = NULL;
    for (size_t i = 0; i < m->flows.n; i++) {
        const struct flow_meter *f = m->flows.v[i];
        if (f->service == service && f->group == group &&
            (!best || f->flow->is.interval_ps < best->flow->is.interval_ps))
            best = f;
    }
    return best;
}

static void collect_pair(const struct meter *m, int service, int group, struct results *r)
{
    const struct flow_meter *primary = primary_of(m, service, group);
    if (!primary)
        return;
    struct client_result *out = &r->clients[r->nclients];
    int npops = m->scenario->topology.npops;
    for (int ph = 0; ph < PHASE_COUNT; ph++) {
        out[ph] = (struct client_result){.group = group,
                                         .service = service,
                                         .phase = (enum phase)ph,
                                         .jitter_ps = NAN,
                                         .failover_ps = -1,
                                         .detect_ps = -1,
                                         .converge_ps = -1,
                                         .restore_ps = -1};
        out[ph].site_count = xcalloc((size_t)npops, sizeof *out[ph].site_count);
        hist_init(&out[ph].rtt_ns);
        hist_init(&out[ph].ipdv_ns);
    }
    for (size_t i = 0; i < m->flows.n; i++)
        if (m->flows.v[i]->service == service && m->flows.v[i]->group == group)
            collect_flow(m, m->flows.v[i], m->flows.v[i] == primary, out);
    for (int ph = 0; ph < PHASE_COUNT; ph++)
        out[ph].site = most_frequent(out[ph].site_count, npops);
    r->nclients += PHASE_COUNT;
}

void meter_collect(struct meter *m, struct results *r)
{
    const struct scenario *s = m->scenario;
    r->clients =
        xcalloc((size_t)s->nservices * (size_t)s->ngroups * PHASE_COUNT, sizeof *r->clients);
    for (int service = 0; service < s->nservices; service++)
        for (int group = 0; group < s->ngroups; group++)
            collect_pair(m, service, group, r);
    size_t n = (size_t)s->nservices * (size_t)s->ngroups * (size_t)m->nbuckets;
    for (size_t i = 0; i < n; i++)
        m->buckets[i].lost = m->buckets[i].sent - m->buckets[i].received;
    r->buckets = m->buckets;
    r->nbuckets = m->nbuckets;
    m->buckets = NULL;
}
