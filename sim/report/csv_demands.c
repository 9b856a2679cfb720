// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

#include <math.h>

static double mbps(double bits, double seconds)
{
    return seconds > 0 ? bits / seconds / 1e6 : NAN;
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

static void figures(struct csvout *o, const struct demand_figures *f, double seconds)
{
    csvout_fixed(o, mbps(f->offered_bit, seconds), 3);
    csvout_fixed(o, mbps(f->sent_bit, seconds), 3);
    csvout_fixed(o, mbps(f->delivered_bit, seconds), 3);
    csvout_fixed(o, ratio(f->delivered_bit, f->offered_bit), 6);
    csvout_fixed(o, ratio(demand_lost_bit(f), f->sent_bit), 6);
    csvout_fixed(o, ratio(f->delay_bit_ps, f->delivered_bit) / 1e9, 6);
}

// "beijing 0.750 shanghai 0.250": by way of which POPs.
static void pops(const struct results *r, struct csvout *o, const double *bit)
{
    char text[2048] = "";
    double sum = 0;
    size_t used = 0;
    for (int i = 0; bit && i < r->scenario->topology.npops; i++)
        sum += bit[i];
    for (int i = 0; bit && i < r->scenario->topology.npops; i++) {
        if (bit[i] <= 0 || used >= sizeof text)
            continue;
        int n = snprintf(text + used, sizeof text - used, "%s%s %.3f", used ? " " : "",
                         figure_site(r->scenario, i), bit[i] / sum);
        used += n > 0 ? (size_t)n : 0;
    }
    csvout_text(o, text);
}

// Causes up to this one have a column always, the later ones, of services, where one happened.
#define LAST_FIXED GRAPH_LINE_LOSS

static bool has_column(const struct results *r, int cause)
{
    bool any = cause <= LAST_FIXED;
    for (int i = 0; i < r->demands.n && !any; i++)
        for (int ph = 0; ph < PHASE_COUNT; ph++)
            any = any || r->demands.v[i].in[ph].lost_bit[cause] > 0;
    return any;
}

static void rows(const struct results *r, struct csvout *o, const struct demand_result *x)
{
    const struct scenario *s = r->scenario;
    const struct demand_pair *p = &s->demands[x->demand].pairs[x->pair];
    char from[FIGURE_NAME], to[FIGURE_NAME];
    for (int ph = 0; ph < PHASE_COUNT; ph++) {
        if (r->demands.phase_s[ph] <= 0)
            continue;
        csvout_text(o, s->demands[x->demand].name);
        csvout_text(o, figure_demand_end(s, &p->from, from, sizeof from));
        csvout_text(o, figure_demand_end(s, &p->to, to, sizeof to));
        csvout_text(o, x->down ? "down" : "up");
        csvout_text(o, phase_names[ph]);
        figures(o, &x->in[ph], r->demands.phase_s[ph]);
        for (int k = 0; k < GRAPH_CAUSES; k++)
            if (has_column(r, k))
                csvout_fixed(o, mbps(x->in[ph].lost_bit[k], r->demands.phase_s[ph]), 3);
        pops(r, o, x->pop_bit[ph]);
        csvout_end(o);
    }
}

void csv_demands(const struct results *r, FILE *f)
{
    fputs("demand,from,to,direction,phase,wanted_mbps,sent_mbps,arrived_mbps,carried,lost,delay_ms",
          f);
    for (int k = 0; k < GRAPH_CAUSES; k++)
        if (has_column(r, k))
            fprintf(f, ",%s_mbps", fwd_drop_name(graph_drop((enum graph_cause)k)));
    struct csvout o = csvout_start(f, ",pops");
    for (int i = 0; i < r->demands.n; i++)
        rows(r, &o, &r->demands.v[i]);
}

void csv_demandseries(const struct results *r, FILE *f)
{
    const struct scenario *s = r->scenario;
    struct csvout o = csvout_start(f, "demand,direction,time_s,wanted_mbps,sent_mbps,arrived_mbps,"
                                      "carried,lost,delay_ms");
    for (int row = 0; row < 2 * s->ndemands; row++)
        for (int b = 0; b < r->demands.nbuckets; b++) {
            const struct demand_figures *x =
                &r->demands.series[(size_t)row * (size_t)r->demands.nbuckets + (size_t)b];
            int64_t from_ps = (int64_t)b * s->bucket_ps, left_ps = s->duration_ps - from_ps;
            csvout_text(&o, s->demands[row / 2].name);
            csvout_text(&o, row % 2 ? "down" : "up");
            csvout_fixed(&o, ps_to_s(from_ps), 3);
            figures(&o, x, ps_to_s(left_ps < s->bucket_ps ? left_ps : s->bucket_ps));
            csvout_end(&o);
        }
}
