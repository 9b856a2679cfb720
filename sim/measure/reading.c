// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/reading.h"

#include "base/units.h"
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

static struct reading outage_only(const struct client_result *c, int64_t t_ps)
{
    return c->phase == PHASE_OUTAGE && t_ps >= 0 ? of(t_ps) : none("no value");
}

static struct reading of_rtt(const struct client_result *c, enum metric m)
{
    uint64_t lost = c->sent - c->received;
    if (c->received == 0)
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

struct reading reading_of_clients(const struct client_result *c, enum metric m)
{
    const struct availability_result *a = &c->available;
    if (c->sent == 0)
        return none("nothing sent");
    switch (m) {
    case METRIC_AVAILABILITY:
    case METRIC_LOSS:
        return share((int64_t)c->received, (int64_t)c->sent, m == METRIC_LOSS);
    case METRIC_FAILOVER:
        return outage_only(c, c->failover_ps == -1 ? 0 : c->failover_ps);
    case METRIC_DETECT:
        return outage_only(c, c->detect_ps);
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
