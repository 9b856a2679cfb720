// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/judge.h"

#include "base/arena.h"
#include "base/units.h"

#include <math.h>
#include <stdio.h>

// Requests that were sent but not answered are infinitely late: quantiles count them (RFC 7679).
static int64_t rtt_quantile_ps(const struct client_result *c, double q)
{
    int64_t ns = hist_quantile(&c->rtt_ns, q, c->sent - c->received);
    return ns < 0 ? TIME_NEVER : ns * PS_PER_NS;
}

static bool time_metric(const struct client_result *c, enum metric m, int64_t *value)
{
    switch (m) {
    case METRIC_FAILOVER:
        *value = c->failover_ps == -1 ? 0 : c->failover_ps;
        return c->phase == PHASE_OUTAGE;
    case METRIC_DETECT:
        *value = c->detect_ps;
        return c->phase == PHASE_OUTAGE && c->detect_ps >= 0;
    case METRIC_RTT_MIN:
        *value = c->rtt_ns.min * PS_PER_NS;
        return true;
    case METRIC_RTT_MEAN:
        *value = (int64_t)(hist_mean(&c->rtt_ns) * 1e3);
        return true;
    case METRIC_RTT_P50:
        *value = rtt_quantile_ps(c, 0.50);
        return true;
    case METRIC_RTT_P95:
        *value = rtt_quantile_ps(c, 0.95);
        return true;
    case METRIC_RTT_P99:
        *value = rtt_quantile_ps(c, 0.99);
        return true;
    case METRIC_JITTER:
        *value = isnan(c->jitter_ps) ? 0 : (int64_t)c->jitter_ps;
        return !isnan(c->jitter_ps);
    default:
        return false;
    }
}

static bool is_ratio(enum metric m)
{
    return m == METRIC_AVAILABILITY || m == METRIC_LOSS;
}

static bool is_rtt(enum metric m)
{
    return m >= METRIC_RTT_MIN && m <= METRIC_RTT_P99;
}

bool metric_value(const struct results *r, const struct client_result *c, enum metric m,
                  int64_t *value, char *text, size_t size)
{
    if (c->sent == 0) {
        snprintf(text, size, "nothing sent");
        return false;
    }
    if (m == METRIC_SITE) {
        *value = c->site;
        snprintf(text, size, "%s", c->site < 0 ? "none" : r->scenario->topology.pops[c->site].name);
        return c->site >= 0;
    }
    if (is_ratio(m)) {
        // Rounded against the expectation: 99.9999 % is not 100 %.
        uint64_t ppm = c->received * 1000000 / c->sent;
        *value = (int64_t)(m == METRIC_AVAILABILITY ? ppm : 1000000 - ppm);
        snprintf(text, size, "%.4g%%", (double)*value / 1e4);
        return true;
    }
    if (is_rtt(m) && c->received == 0) {
        snprintf(text, size, "nothing answered");
        return false;
    }
    if (!time_metric(c, m, value)) {
        snprintf(text, size, "no value");
        return false;
    }
    if (*value == TIME_NEVER)
        snprintf(text, size, "%s", m == METRIC_FAILOVER ? "never" : "lost");
    else if (*value >= PS_PER_S)
        snprintf(text, size, "%.3fs", ps_to_s(*value));
    else
        snprintf(text, size, "%.3fms", ps_to_ms(*value));
    return true;
}

static bool holds(int64_t obtained, enum compare op, int64_t wanted)
{
    switch (op) {
    case CMP_LT:
        return obtained < wanted;
    case CMP_LE:
        return obtained <= wanted;
    case CMP_EQ:
        return obtained == wanted;
    case CMP_NE:
        return obtained != wanted;
    case CMP_GE:
        return obtained >= wanted;
    case CMP_GT:
        return obtained > wanted;
    }
    return false;
}

static void check(struct results *r, int expectation, int condition, int group)
{
    const struct expectation *e = &r->scenario->expectations[expectation];
    const struct condition *k = &e->conditions[condition];
    const struct client_result *c = results_client(r, e->service, group, e->phase);
    int64_t value;
    if (!c)
        return; // no traffic joins them; the reader made sure that some group has
    struct check_result *out = &r->checks[r->nchecks++];
    *out =
        (struct check_result){.expectation = expectation, .condition = condition, .group = group};
    snprintf(out->expected, sizeof out->expected, "%s %s", compare_names[k->op], k->text);
    out->ok = metric_value(r, c, k->metric, &value, out->obtained, sizeof out->obtained) &&
              holds(value, k->op, k->value);
    r->nfailed += !out->ok;
}

void judge(struct results *r)
{
    const struct scenario *s = r->scenario;
    size_t n = 0;
    for (int e = 0; e < s->nexpectations; e++)
        n += (size_t)s->expectations[e].nconditions * (size_t)s->ngroups;
    r->checks = xcalloc(n, sizeof *r->checks);
    for (int e = 0; e < s->nexpectations; e++)
        for (int k = 0; k < s->expectations[e].nconditions; k++)
            for (int g = 0; g < s->ngroups; g++)
                if (s->expectations[e].from[g])
                    check(r, e, k, g);
}
