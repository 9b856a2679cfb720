// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

#include <math.h>
#include <stdlib.h>

static bool has_traffic(const struct results *r, int service, int group)
{
    for (int p = 0; p < PHASE_COUNT; p++) {
        const struct client_result *c = results_client(r, service, group, (enum phase)p);
        if (c && c->sent)
            return true;
    }
    return false;
}

static double bucket_time_s(const struct results *r, int b)
{
    return ps_to_s((int64_t)b * r->scenario->bucket_ps);
}

static double mean_ms(int64_t sum_ns, uint64_t n)
{
    return n ? (double)sum_ns / (double)n / 1e6 : NAN;
}

static void series_of(const struct results *r, struct csvout *o, int service, int group)
{
    const struct scenario *s = r->scenario;
    for (int b = 0; b < r->nbuckets; b++) {
        const struct bucket_result *k = &results_buckets(r, service, group)[b];
        if (k->sent == 0)
            continue;
        csvout_fixed(o, bucket_time_s(r, b), 3);
        csvout_text(o, s->services[service].name);
        csvout_text(o, figure_network(s, group));
        csvout_text(o, figure_group(s, group)->region);
        csvout_uint(o, k->sent);
        csvout_uint(o, k->received);
        csvout_uint(o, k->lost);
        csvout_fixed(o, mean_ms(k->rtt_sum_ns, k->answered), 3);
        csvout_fixed(o, k->answered ? figure_ms(k->rtt_max_ns) : NAN, 3);
        csvout_text(o, figure_site(s, k->site));
        csvout_end(o);
    }
}

void csv_timeseries(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(f, "time_s,service,network,region,sent,received,lost,"
                                      "rtt_mean_ms,rtt_max_ms,site");
    for (int v = 0; v < r->scenario->nservices; v++)
        for (int g = 0; g < r->scenario->ngroups; g++)
            if (has_traffic(r, v, g))
                series_of(r, &o, v, g);
}

static void aggregated_row(const struct results *r, struct csvout *o, int service, int b)
{
    uint64_t sent = 0, received = 0, answered = 0, lost = 0;
    int64_t sum_ns = 0, max_ns = -1;
    for (int g = 0; g < r->scenario->ngroups; g++) {
        const struct bucket_result *k = &results_buckets(r, service, g)[b];
        sent += k->sent;
        received += k->received;
        answered += k->answered;
        lost += k->lost;
        sum_ns += k->rtt_sum_ns;
        if (k->answered && k->rtt_max_ns > max_ns)
            max_ns = k->rtt_max_ns;
    }
    if (sent == 0)
        return;
    csvout_fixed(o, bucket_time_s(r, b), 3);
    csvout_text(o, r->scenario->services[service].name);
    csvout_uint(o, sent);
    csvout_uint(o, received);
    csvout_uint(o, lost);
    csvout_fixed(o, 100.0 * (double)lost / (double)sent, 4);
    csvout_fixed(o, mean_ms(sum_ns, answered), 3);
    csvout_fixed(o, figure_ms(max_ns), 3);
    csvout_end(o);
}

void csv_aggregated(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(f, "time_s,service,sent,received,lost,loss_pct,rtt_mean_ms,"
                                      "rtt_max_ms");
    for (int v = 0; v < r->scenario->nservices; v++)
        for (int b = 0; b < r->nbuckets; b++)
            aggregated_row(r, &o, v, b);
}

// Answered requests by site and bucket, [site * nbuckets + bucket]; the last "site" counts
// the unanswered ones.
static void count_sites(const struct results *r, int service, uint64_t *count)
{
    int npops = r->scenario->topology.npops;
    for (int g = 0; g < r->scenario->ngroups; g++)
        for (int b = 0; b < r->nbuckets; b++) {
            const struct bucket_result *k = &results_buckets(r, service, g)[b];
            int site = k->site >= 0 && k->site < npops ? k->site : npops;
            count[site * r->nbuckets + b] += k->received;
            count[npops * r->nbuckets + b] += k->sent - k->received;
        }
}

static bool shown(const struct results *r, int service, int site, const uint64_t *count)
{
    const struct service *s = &r->scenario->services[service];
    for (int k = 0; k < s->npublish; k++)
        if (s->publish[k] == site)
            return true;
    for (int b = 0; b < r->nbuckets; b++)
        if (count[site * r->nbuckets + b])
            return true;
    return site == r->scenario->topology.npops;
}

// One band a site, stacked in the order of POPs, and on top one without site: the unanswered.
static void catchment_band(const struct results *r, struct csvout *o, int service, int site,
                           const uint64_t *count)
{
    int npops = r->scenario->topology.npops;
    for (int b = 0; b < r->nbuckets; b++) {
        uint64_t sent = 0, below = 0, here = count[site * r->nbuckets + b];
        for (int i = 0; i <= npops; i++) {
            sent += count[i * r->nbuckets + b];
            below += i < site ? count[i * r->nbuckets + b] : 0;
        }
        if (sent == 0)
            continue;
        csvout_fixed(o, bucket_time_s(r, b), 3);
        csvout_text(o, r->scenario->services[service].name);
        csvout_text(o, figure_site(r->scenario, site));
        csvout_fixed(o, (double)here / (double)sent, 6);
        csvout_fixed(o, (double)below / (double)sent, 6);
        csvout_fixed(o, (double)(below + here) / (double)sent, 6);
        csvout_end(o);
    }
}

void csv_catchment(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(f, "time_s,service,site,share,stack_from,stack_to");
    int npops = r->scenario->topology.npops;
    for (int v = 0; v < r->scenario->nservices; v++) {
        uint64_t *count = xcalloc((size_t)(npops + 1) * (size_t)r->nbuckets + 1, sizeof *count);
        count_sites(r, v, count);
        for (int site = 0; site <= npops; site++)
            if (shown(r, v, site, count))
                catchment_band(r, &o, v, site, count);
        free(count);
    }
}

static void cdf_of(struct csvout *o, const char *service, const char *phase,
                   const struct figure_sum *sum)
{
    int64_t value_ns = 0;
    uint64_t count = 0, below = 0;
    csvout_text(o, service); // every curve starts at zero, also that of a phase without answers
    csvout_text(o, phase);
    csvout_fixed(o, 0, 4);
    csvout_fixed(o, 0, 6);
    csvout_end(o);
    for (size_t i = 0; (i = hist_next(&sum->rtt_ns, i, &value_ns, &count)) != 0;) {
        below += count;
        csvout_text(o, service);
        csvout_text(o, phase);
        csvout_fixed(o, (double)value_ns / 1e6, 4);
        csvout_fixed(o, (double)below / (double)(sum->rtt_ns.count + sum->endless), 6);
        csvout_end(o);
    }
}

void csv_rttcdf(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(f, "service,phase,rtt_ms,share");
    for (int v = 0; v < r->scenario->nservices; v++)
        for (int p = 0; p < PHASE_COUNT; p++) {
            struct figure_sum sum;
            figure_sum(r, v, -1, (enum phase)p, &sum);
            if (sum.sent)
                cdf_of(&o, r->scenario->services[v].name, phase_names[p], &sum);
            figure_sum_free(&sum);
        }
}
