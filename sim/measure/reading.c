// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/reading.h"

#include "base/units.h"
#include "measure/quality.h"
#include "measure/stretch.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static struct reading none(const char *why)
{
    return (struct reading){.why = why};
}

static struct reading of(int64_t value)
{
    return (struct reading){.exists = true, .value = value};
}

static struct reading of_real(double value) // NaN: none
{
    return isnan(value) ? none("no value") : of((int64_t)value);
}

// Lost samples are infinitely late: quantiles count them (RFC 7679 §4, RFC 7680).
static struct reading quantile(const struct hist *ns, double q, uint64_t lost)
{
    if (ns->count + lost == 0)
        return none("nothing measured");
    int64_t v = hist_quantile(ns, q, lost);
    return of(v < 0 ? TIME_NEVER : v * PS_PER_NS);
}

// Rounded against the expectation: 99.9999 % is not 100 %.
static struct reading share(int64_t part, int64_t whole, bool complement)
{
    if (whole == 0)
        return none("nothing measured");
    int64_t ppm = part * 1000000 / whole;
    return of(complement ? 1000000 - ppm : ppm);
}

// The same for a share of what should not be: rounded up.
static struct reading share_up(int64_t part, int64_t whole)
{
    return share(whole - part, whole, true);
}

static struct reading outage_only(const struct client_result *c, int64_t t_ps)
{
    return c->phase == PHASE_OUTAGE && t_ps >= 0 ? of(t_ps) : none("no value");
}

static struct reading of_rtt(const struct client_result *c, enum metric m)
{
    uint64_t lost = client_endless(c);
    if (c->rtt_ns.count == 0)
        return none("nothing answered");
    switch (m) {
    case METRIC_RTT_MIN:
        return of(c->rtt_ns.min * PS_PER_NS);
    case METRIC_RTT_MEAN:
        return of((int64_t)(hist_mean(&c->rtt_ns) * 1e3));
    case METRIC_RTT_P50:
        return quantile(&c->rtt_ns, 0.50, lost);
    case METRIC_RTT_P95:
        return quantile(&c->rtt_ns, 0.95, lost);
    case METRIC_STRETCH:
        return of_real(stretch_of(c, c->stretch.best_ps) * 1e6);
    case METRIC_STRETCH_CIRCLE:
        return of_real(stretch_of(c, c->stretch.circle_ps) * 1e6);
    default:
        return quantile(&c->rtt_ns, 0.99, lost);
    }
}

// One direction's metrics are in the same order as the other's.
static struct reading of_way(const struct way_result *w, enum metric up)
{
    uint64_t lost = w->sent - w->received;
    switch (up) {
    case METRIC_LOSS_UP:
        return share((int64_t)w->received, (int64_t)w->sent, true);
    case METRIC_OWD_UP_P50:
        return quantile(&w->delay_ns, 0.50, lost);
    case METRIC_OWD_UP_P95:
        return quantile(&w->delay_ns, 0.95, lost);
    case METRIC_OWD_UP_P99:
        return quantile(&w->delay_ns, 0.99, lost);
    case METRIC_IPDV_UP_P95:
        return quantile(&w->ipdv_ns, 0.95, 0);
    case METRIC_IPDV_UP_P99:
        return quantile(&w->ipdv_ns, 0.99, 0);
    case METRIC_PDV_UP_P95:
        return quantile(&w->pdv_ns, 0.95, 0);
    case METRIC_PDV_UP_P99:
        return quantile(&w->pdv_ns, 0.99, 0);
    case METRIC_REORDERED_UP:
        return share_up((int64_t)w->reordered, (int64_t)w->received);
    default:
        return share_up((int64_t)w->duplicated, (int64_t)w->received);
    }
}

static struct reading of_objects(const struct object_result *o, enum metric m)
{
    uint64_t failed = o->reset + o->timeout;
    if (o->ok + failed == 0)
        return none("no object ended");
    switch (m) {
    case METRIC_OBJECT_P50:
    case METRIC_PAGE_LOAD_P50:
    case METRIC_DOWNLOAD_P50:
    case METRIC_LOOKUP_P50:
        return quantile(&o->duration_ns, 0.50, failed);
    case METRIC_OBJECT_P95:
    case METRIC_PAGE_LOAD_P95:
    case METRIC_DOWNLOAD_P95:
    case METRIC_LOOKUP_P95:
        return quantile(&o->duration_ns, 0.95, failed);
    case METRIC_OBJECT_FAILED:
        return share_up((int64_t)failed, (int64_t)(o->ok + failed));
    case METRIC_GOODPUT_MEAN:
        return of_real(hist_mean(&o->goodput_bps));
    default:
        return o->ok ? of(hist_quantile(&o->goodput_bps, 0.05, 0)) : none("no object ended well");
    }
}

// The kind whose objects a metric is about; −1: any.
static int kind_of(enum metric m)
{
    switch (m) {
    case METRIC_MOS:
        return TRAFFIC_VOIP;
    case METRIC_PAGE_LOAD_P50:
    case METRIC_PAGE_LOAD_P95:
        return TRAFFIC_WEB;
    case METRIC_DOWNLOAD_P50:
    case METRIC_DOWNLOAD_P95:
        return TRAFFIC_DOWNLOAD;
    case METRIC_LOOKUP_P50:
    case METRIC_LOOKUP_P95:
        return TRAFFIC_DNS;
    default:
        return -1;
    }
}

static struct reading of_quality(const struct results *r, const struct client_result *c,
                                 enum metric m)
{
    struct quality_result q;
    struct reading v;
    bool any = results_quality(r, c->service, c->group, c->phase, kind_of(m), &q);
    if (!any)
        v = none("no such traffic");
    else if (m >= METRIC_LOSS_UP && m <= METRIC_DUPLICATED_UP)
        v = of_way(&q.way[TRAFFIC_TO_SERVER], m);
    else if (m >= METRIC_LOSS_DOWN && m <= METRIC_DUPLICATED_DOWN)
        v = of_way(&q.way[TRAFFIC_TO_CLIENT], m - METRIC_LOSS_DOWN + METRIC_LOSS_UP);
    else if (m == METRIC_BROKEN_FLOWS)
        v = of((int64_t)(q.broken[TRAFFIC_BREAK_RESET] + q.broken[TRAFFIC_BREAK_TIMEOUT]) *
               1000000);
    else if (m == METRIC_MOS)
        v = q.objects.scored ? of_real(q.objects.score_sum / (double)q.objects.scored * 1e6)
                             : none("no call ended");
    else
        v = of_objects(&q.objects, m);
    quality_result_free(&q);
    return v;
}

static struct reading of_answers(const struct results *r, const struct client_result *c,
                                 enum metric m)
{
    const struct answers_client *a = results_answers(r, c->service, c->group, c->phase);
    if (!a || a->requests == 0)
        return none(a ? "nothing measured" : "no name: mode is not gslb");
    uint64_t part = m == METRIC_STALE       ? a->stale
                    : m == METRIC_MISPLACED ? a->misplaced
                                            : a->unresolved;
    return share_up((int64_t)part, (int64_t)a->requests);
}

struct reading reading_of_clients(const struct results *r, const struct client_result *c,
                                  enum metric m)
{
    const struct availability_result *a = &c->available;
    if (c->sent == 0)
        return none("nothing sent");
    if (m >= METRIC_LOSS_UP && m <= METRIC_BROKEN_FLOWS)
        return of_quality(r, c, m);
    switch (m) {
    case METRIC_AVAILABILITY:
    case METRIC_LOSS:
        return share((int64_t)c->received, (int64_t)c->sent, m == METRIC_LOSS);
    case METRIC_FAILOVER:
        return outage_only(c, c->failover_ps == -1 ? 0 : c->failover_ps);
    case METRIC_DETECT:
        return outage_only(c, c->detect_ps);
    case METRIC_STALE:
    case METRIC_MISPLACED:
    case METRIC_UNRESOLVED:
        return of_answers(r, c, m);
    case METRIC_JITTER:
        return of_real(c->jitter_ps);
    case METRIC_SITE:
        return c->site < 0 ? none("none") : of(c->site);
    case METRIC_AVAILABLE_1S:
        return share(a->seconds - a->outage_seconds, a->seconds, false);
    case METRIC_AVAILABLE_10S:
        return share(a->tens - a->outage_tens, a->tens, false);
    case METRIC_OUTAGE_SECONDS:
        return of(a->outage_seconds * PS_PER_S);
    default:
        return of_rtt(c, m);
    }
}

static struct reading of_ppm(int32_t ppm) // −1: none
{
    return ppm < 0 ? none("no bucket in this phase") : of(ppm);
}

struct reading reading_of_link(const struct link_result *l, enum phase phase, enum metric m)
{
    const struct link_phase *in = &l->in[phase];
    switch (m) {
    case METRIC_UTILISATION_MEAN:
        return of_ppm(l->mean_ppm[phase]);
    case METRIC_UTILISATION_P95:
        return of_ppm(in->p95_ppm);
    case METRIC_UTILISATION_P99:
        return of_ppm(in->p99_ppm);
    case METRIC_UTILISATION_MAX:
        return of_ppm(in->max_ppm);
    case METRIC_QUEUEING_MEAN:
        return of_real(hist_mean(&in->waited_ns) * 1e3);
    default:
        return quantile(&in->waited_ns, 0.99, 0);
    }
}

char *reading_print(const struct scenario *s, const struct reading *r, enum metric m,
                    char buf[READING_TEXT])
{
    double v = (double)r->value;
    if (!r->exists) {
        snprintf(buf, READING_TEXT, "%s", r->why);
        return buf;
    }
    switch (metric_specs[m].unit) {
    case METRIC_POP:
        snprintf(buf, READING_TEXT, "%s", s->topology.pops[r->value].name);
        break;
    case METRIC_SHARE:
    case METRIC_LOAD:
        snprintf(buf, READING_TEXT, "%.4g%%", v / 1e4);
        break;
    case METRIC_FACTOR:
        snprintf(buf, READING_TEXT, "%.4g", v / 1e6);
        break;
    case METRIC_RATE:
        snprintf(buf, READING_TEXT, "%.4gMbps", v / 1e6);
        break;
    case METRIC_TIME:
        if (r->value == TIME_NEVER)
            snprintf(buf, READING_TEXT, "%s", m == METRIC_FAILOVER ? "never" : "lost");
        else if (r->value >= PS_PER_S)
            snprintf(buf, READING_TEXT, "%.3fs", ps_to_s(r->value));
        else
            snprintf(buf, READING_TEXT, "%.3fms", ps_to_ms(r->value));
        break;
    }
    return buf;
}
