// SPDX-License-Identifier: GPL-3.0-or-later
// One-way metrics, and what became of objects: a row for each traffic × service × group × phase.
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"
#include "traffic/traffic.h"

#include <math.h>

static void head(struct csvout *o, const struct scenario *s, const struct quality_result *q)
{
    csvout_text(o, s->traffic[q->traffic].name);
    csvout_text(o, traffic_kind_at(s->traffic[q->traffic].kind)->name);
    csvout_text(o, s->services[q->service].name);
    csvout_text(o, figure_network(s, q->group));
    csvout_text(o, figure_group(s, q->group)->region);
    csvout_text(o, phase_names[q->phase]);
}

static void quantiles(struct csvout *o, const struct hist *ns, uint64_t lost)
{
    csvout_fixed(o, figure_ms(hist_quantile(ns, 0.50, lost)), 6);
    csvout_fixed(o, figure_ms(hist_quantile(ns, 0.95, lost)), 6);
    csvout_fixed(o, figure_ms(hist_quantile(ns, 0.99, lost)), 6);
}

static void way(struct csvout *o, const struct way_result *w)
{
    uint64_t lost = w->sent - w->received;
    csvout_uint(o, w->sent);
    csvout_uint(o, w->received);
    csvout_uint(o, w->late);
    csvout_fixed(o, figure_share((int64_t)lost, (int64_t)w->sent), 6);
    csvout_fixed(o, w->received ? figure_ms(w->delay_ns.min) : NAN, 6);
    csvout_fixed(o, hist_mean(&w->delay_ns) / 1e6, 6);
    quantiles(o, &w->delay_ns, lost);
    csvout_fixed(o, hist_mean(&w->ipdv_ns) / 1e6, 6);
    quantiles(o, &w->ipdv_ns, 0);
    csvout_fixed(o, hist_mean(&w->pdv_ns) / 1e6, 6);
    quantiles(o, &w->pdv_ns, 0);
    csvout_fixed(o, w->jitter_ps / 1e9, 6);
    csvout_fixed(o, figure_share((int64_t)w->reordered, (int64_t)w->received), 6);
    csvout_fixed(o, hist_mean(&w->extent), 3);
    csvout_fixed(o, w->reordered ? (double)w->extent.max : NAN, 0);
    csvout_fixed(o, figure_share((int64_t)w->duplicated, (int64_t)w->received), 6);
    csvout_uint(o, w->copies);
}

void csv_quality(const struct results *r, FILE *f)
{
    static const char *const direction[] = {"up", "down"};
    static const char *const columns[] = {
        "sent",        "received",    "late",       "loss",         "owd_min_ms",  "owd_mean_ms",
        "owd_p50_ms",  "owd_p95_ms",  "owd_p99_ms", "ipdv_mean_ms", "ipdv_p50_ms", "ipdv_p95_ms",
        "ipdv_p99_ms", "pdv_mean_ms", "pdv_p50_ms", "pdv_p95_ms",   "pdv_p99_ms",  "jitter_ms",
        "reordered",   "extent_mean", "extent_max", "duplicated",   "copies"};
    fputs("traffic,kind,service,network,region,phase,threshold_s", f);
    for (int d = 0; d < 2; d++)
        for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
            fprintf(f, ",%s_%s", direction[d], columns[i]);
    struct csvout o = csvout_start(f, ",mos,resets,timeouts");
    for (int i = 0; i < r->nquality; i++) {
        const struct quality_result *q = &r->quality[i];
        if (q->way[TRAFFIC_TO_SERVER].sent + q->way[TRAFFIC_TO_CLIENT].sent == 0)
            continue;
        head(&o, r->scenario, q);
        csvout_fixed(&o, ps_to_s(q->threshold_ps), 3);
        for (int d = 0; d < TRAFFIC_DIRECTIONS; d++)
            way(&o, &q->way[d]);
        csvout_fixed(&o, figure_mos(r->scenario, q), 3);
        csvout_uint(&o, q->broken[TRAFFIC_BREAK_RESET]);
        csvout_uint(&o, q->broken[TRAFFIC_BREAK_TIMEOUT]);
        csvout_end(&o);
    }
}

static void object_row(struct csvout *o, const struct object_result *k)
{
    uint64_t bad = k->reset + k->timeout;
    csvout_uint(o, k->begun);
    csvout_uint(o, k->ok);
    csvout_uint(o, k->reset);
    csvout_uint(o, k->timeout);
    csvout_uint(o, k->begun - k->ok - bad);
    csvout_uint(o, k->octets);
    csvout_fixed(o, hist_mean(&k->duration_ns) / 1e6, 3);
    csvout_fixed(o, figure_ms(hist_quantile(&k->duration_ns, 0.50, bad)), 3);
    csvout_fixed(o, figure_ms(hist_quantile(&k->duration_ns, 0.95, bad)), 3);
    csvout_fixed(o, figure_ms(hist_quantile(&k->duration_ns, 0.99, bad)), 3);
    csvout_fixed(o, hist_mean(&k->goodput_bps), 0);
    csvout_fixed(o, k->ok ? (double)hist_quantile(&k->goodput_bps, 0.05, 0) : NAN, 0);
    csvout_fixed(o, k->ok ? (double)hist_quantile(&k->goodput_bps, 0.50, 0) : NAN, 0);
    csvout_fixed(o, k->scored ? k->score_sum / (double)k->scored : NAN, 3);
    csvout_fixed(o, k->score_min, 3);
    csvout_uint(o, k->stalls);
    csvout_fixed(o, ps_to_s(k->stalled_ps), 6);
    csvout_end(o);
}

void csv_objects(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(
        f, "traffic,kind,service,network,region,phase,begun,ok,reset,timeout,unfinished,octets,"
           "mean_ms,p50_ms,p95_ms,p99_ms,goodput_mean_bps,goodput_p5_bps,goodput_p50_bps,"
           "score_mean,score_min,stalls,stalled_s");
    for (int i = 0; i < r->nquality; i++)
        if (r->quality[i].objects.begun) {
            head(&o, r->scenario, &r->quality[i]);
            object_row(&o, &r->quality[i].objects);
        }
}

// One curve: the share of all packets sent that arrived within a time.
static void curve(struct csvout *o, const char *service, const char *direction, enum phase phase,
                  const struct way_result *w)
{
    int64_t value;
    uint64_t count, sum = 0;
    for (size_t i = 0; (i = hist_next(&w->delay_ns, i, &value, &count)) != 0;) {
        sum += count;
        csvout_text(o, service);
        csvout_text(o, direction);
        csvout_text(o, phase_names[phase]);
        csvout_fixed(o, figure_ms(value), 3);
        csvout_fixed(o, (double)sum / (double)w->sent, 6);
        csvout_end(o);
    }
}

void csv_owdcdf(const struct results *r, FILE *f)
{
    static const char *const direction[] = {"up", "down"};
    const struct scenario *s = r->scenario;
    struct csvout o = csvout_start(f, "service,direction,phase,owd_ms,share");
    for (int v = 0; v < s->nservices; v++)
        for (int p = 0; p < PHASE_COUNT; p++) {
            struct quality_result sum;
            figure_quality(r, v, (enum phase)p, &sum);
            for (int d = 0; d < TRAFFIC_DIRECTIONS; d++)
                if (sum.way[d].sent)
                    curve(&o, s->services[v].name, direction[d], (enum phase)p, &sum.way[d]);
            quality_result_free(&sum);
        }
}
