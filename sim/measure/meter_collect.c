// SPDX-License-Identifier: GPL-3.0-or-later
// The meter's figures, when the run is over: see meter.h for what they mean.
#include "measure/availability.h"
#include "measure/meter_state.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>

static int most_frequent(const uint64_t *count, int n)
{
    int best = -1;
    for (int i = 0; i < n; i++)
        if (count[i] && (best < 0 || count[i] > count[best]))
            best = i;
    return best;
}

struct failover {
    int64_t took_ps;   // −1: the event cut nothing off; TIME_NEVER: not restored in the outage
    uint32_t first_ok; // the request that ended it
};

// What one event did to a flow: from the event to the first request answered after the last one cut
// off before the next event.
static struct failover failover_after(const struct meter *m, const struct flow_meter *f,
                                      size_t event)
{
    int64_t to_ps = m->epoch_ps + m->scenario->outage_to_ps;
    uint32_t n = (uint32_t)f->units.n, i = n;
    const struct unit_meter *u = f->units.v;
    while (i > 0 && (u[i - 1].cut_event != event || u[i - 1].sent_ps >= to_ps))
        i--;
    if (i == 0)
        return (struct failover){-1, UINT32_MAX};
    while (i < n && u[i].outcome != OUTCOME_ANSWERED)
        i++;
    if (i == n || u[i].sent_ps >= to_ps)
        return (struct failover){TIME_NEVER, UINT32_MAX};
    int64_t took_ps = u[i].sent_ps - m->events.v[event].at_ps;
    return (struct failover){took_ps > 0 ? took_ps : 0, i};
}

// Splits a failover by what the flow's restoration tells.
static void split(const struct meter *m, const struct flow_meter *f, size_t event,
                  const struct failover *o, struct client_result *c)
{
    const struct restoration *r = NULL;
    int64_t at_ps = m->events.v[event].at_ps, end_ps = at_ps + o->took_ps;
    for (size_t i = 0; i < f->restorations.n; i++)
        if (f->restorations.v[i].seq == o->first_ok)
            r = &f->restorations.v[i];
    if (!r)
        return;
    int64_t detect_ps = r->noticed_ps, change_ps = r->change_ps;
    if (detect_ps < at_ps || detect_ps > end_ps) // nobody at the failure itself: anybody
        detect_ps = m->events.v[event].reaction_ps;
    if (detect_ps < at_ps || detect_ps > end_ps) // healed before anybody noticed
        detect_ps = end_ps;
    if (change_ps < detect_ps)
        change_ps = detect_ps;
    if (change_ps > end_ps) // the packet overtook the change: it was not needed
        change_ps = end_ps;
    c->detect_ps = detect_ps - at_ps;
    c->converge_ps = change_ps - detect_ps;
    c->restore_ps = end_ps - change_ps;
}

// The longest failover of the outage's events, into the result.
static void collect_failover(const struct meter *m, const struct flow_meter *f,
                             struct client_result *c)
{
    struct failover worst = {-1, UINT32_MAX};
    size_t of = 0;
    for (size_t k = 0; k < m->events.n && k < EVENT_NONE; k++) {
        struct failover o = failover_after(m, f, k);
        if (m->events.v[k].at_ps >= m->epoch_ps + m->scenario->outage_to_ps)
            break;
        if (o.took_ps > worst.took_ps)
            worst = o, of = k;
    }
    c->failover_ps = worst.took_ps;
    c->detect_ps = c->converge_ps = c->restore_ps = -1;
    if (worst.first_ok != UINT32_MAX)
        split(m, f, of, &worst, c);
}

// The flows that tell what only one of them can tell; NULL: none does.
struct tellers {
    const struct flow_meter *failover, *jitter;
};

static void collect_flow(const struct meter *m, const struct flow_meter *f,
                         const struct tellers *tell, struct client_result *out) // [PHASE_COUNT]
{
    for (int ph = 0; ph < PHASE_COUNT; ph++) {
        const struct phase_meter *from = &f->phase[ph];
        struct client_result *c = &out[ph];
        c->sent += from->sent;
        c->received += from->received;
        c->late += from->late;
        c->lost_one_way += f->one_way ? from->sent - from->received : 0;
        for (int r = 0; r < FWD_DROP_COUNT; r++)
            c->lost_by[r] += from->lost_by[r];
        hist_merge(&c->rtt_ns, &from->rtt_ns);
        for (int p = 0; p < m->scenario->topology.npops; p++)
            c->site_count[p] += f->site_count[ph * m->scenario->topology.npops + p];
        if (f == tell->jitter) {
            hist_merge(&c->ipdv_ns, &from->ipdv_ns);
            c->jitter_ps = from->rtt_ns.count > 1 ? from->jitter_ps : NAN;
        }
        if (f == tell->failover && ph == PHASE_OUTAGE)
            collect_failover(m, f, c);
    }
}

static bool has_round_trips(const struct flow_meter *f)
{
    for (int ph = 0; ph < PHASE_COUNT; ph++)
        if (f->phase[ph].rtt_ns.count)
            return true;
    return false;
}

static bool is_faster(const struct flow_meter *f, const struct flow_meter *than)
{
    return !than || f->flow->is.interval_ps < than->flow->is.interval_ps;
}

// The flow with the shortest interval between requests gives the failover, and of those with round
// trips the jitter.
static struct tellers tellers_of(const struct meter *m, int service, int group)
{
    struct tellers best = {NULL, NULL};
    for (size_t i = 0; i < m->flows.n; i++) {
        const struct flow_meter *f = m->flows.v[i];
        const struct traffic_kind_ops *kind = f->flow->is.ops;
        if (kind && kind->hostile)
            continue;
        if (f->service != service || f->group != group)
            continue;
        if (is_faster(f, best.failover))
            best.failover = f;
        if (has_round_trips(f) && is_faster(f, best.jitter))
            best.jitter = f;
    }
    return best;
}

static void collect_availability(const struct meter *m, int service, int group,
                                 struct client_result *out) // [PHASE_COUNT]
{
    struct availability *a = availability_new(m->scenario);
    struct availability_result r[PHASE_COUNT];
    for (size_t i = 0; i < m->flows.n; i++) {
        const struct flow_meter *f = m->flows.v[i];
        for (uint32_t k = 0; f->service == service && f->group == group && k < f->units.n; k++) {
            int64_t sent_ps = flow_meter_sent_ps(f, k) - m->epoch_ps;
            // What is asked again after the end belongs to no second of the run.
            if (sent_ps >= 0 && sent_ps < m->scenario->duration_ps)
                availability_add(a, sent_ps, f->units.v[k].outcome == OUTCOME_ANSWERED);
        }
    }
    availability_collect(a, r);
    for (int ph = 0; ph < PHASE_COUNT; ph++)
        out[ph].available = r[ph];
    availability_free(a);
}

static void collect_pair(const struct meter *m, int service, int group, struct results *r)
{
    const struct tellers tell = tellers_of(m, service, group);
    if (!tell.failover)
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
            collect_flow(m, m->flows.v[i], &tell, out);
    collect_availability(m, service, group, out);
    for (int ph = 0; ph < PHASE_COUNT; ph++)
        out[ph].site = most_frequent(out[ph].site_count, npops);
    r->nclients += PHASE_COUNT;
}

static int by_flow(const void *pa, const void *pb)
{
    const struct quality_result *a = pa, *b = pb;
    if (a->traffic != b->traffic)
        return a->traffic - b->traffic;
    if (a->group != b->group)
        return a->group - b->group;
    return a->service != b->service ? a->service - b->service : (int)a->phase - (int)b->phase;
}

static void collect_quality(const struct meter *m, struct results *r)
{
    r->quality = xcalloc(m->flows.n * PHASE_COUNT, sizeof *r->quality);
    for (size_t i = 0; i < m->flows.n; i++) {
        const struct flow_meter *f = m->flows.v[i];
        struct quality_result *out = &r->quality[r->nquality];
        quality_collect(f->quality, out);
        for (int ph = 0; ph < PHASE_COUNT; ph++) {
            out[ph].traffic = f->traffic;
            out[ph].service = f->service;
            out[ph].group = f->group;
            out[ph].threshold_ps = f->timeout_ps;
        }
        r->nquality += PHASE_COUNT;
    }
    if (r->nquality)
        qsort(r->quality, (size_t)r->nquality, sizeof *r->quality, by_flow);
}

void meter_collect(struct meter *m, struct results *r)
{
    const struct scenario *s = m->scenario;
    meter_close_event(m);
    r->clients =
        xcalloc((size_t)s->nservices * (size_t)s->ngroups * PHASE_COUNT, sizeof *r->clients);
    for (int service = 0; service < s->nservices; service++)
        for (int group = 0; group < s->ngroups; group++)
            collect_pair(m, service, group, r);
    collect_quality(m, r);
    attackmeter_collect(m->attacks, r);
    size_t n = (size_t)s->nservices * (size_t)s->ngroups * (size_t)m->nbuckets;
    for (size_t i = 0; i < n; i++)
        m->buckets[i].lost = m->buckets[i].sent - m->buckets[i].received;
    r->buckets = m->buckets;
    r->nbuckets = m->nbuckets;
    m->buckets = NULL;
}
