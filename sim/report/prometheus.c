// SPDX-License-Identifier: GPL-3.0-or-later
// The totals of the run in Prometheus' text exposition format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/): base units (bytes, seconds), counters
// that end in _total, label values escaped.
#include "report/csv.h"
#include "report/figure.h"
#include "report/version.h"

#include <inttypes.h>

static void head(FILE *f, const char *name, const char *type, const char *help)
{
    fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

// {first="…" or ,next="…"
static void label(FILE *f, char before, const char *name, const char *value)
{
    fprintf(f, "%c%s=\"", before, name);
    for (const char *s = value; *s; s++) {
        if (*s == '\n')
            fputs("\\n", f);
        else if (*s == '"' || *s == '\\')
            fprintf(f, "\\%c", *s);
        else
            putc(*s, f);
    }
    putc('"', f);
}

static void row_labels(FILE *f, const struct results *r, const struct monitor_row *m)
{
    label(f, '{', "service", r->scenario->services[m->service].name);
    label(f, ',', "pop", m->pop < 0 ? "" : figure_site(r->scenario, m->pop));
}

static void volumes(FILE *f, const struct results *r, const struct monitor_interval *v,
                    enum monitor_direction d, bool bytes)
{
    static const char *const names[MONITOR_DIRECTIONS][2] = {
        {"anysim_service_receive_packets_total", "anysim_service_receive_bytes_total"},
        {"anysim_service_transmit_packets_total", "anysim_service_transmit_bytes_total"}};
    static const char *const helps[MONITOR_DIRECTIONS] = {
        "Modelled volume that came in for the service by way of the POP.",
        "Modelled volume of the service that left by way of the POP."};
    const char *name = names[d][bytes];
    head(f, name, "counter", helps[d]);
    for (int i = 0; i < v->nrows; i++) {
        const struct monitor_volume *x = &v->rows[i].total[d];
        if (v->rows[i].pop < 0)
            continue;
        fputs(name, f);
        row_labels(f, r, &v->rows[i]);
        fprintf(f, "} %.0f\n", bytes ? x->bits / 8 : x->packets);
    }
}

static void drops(FILE *f, const struct results *r, const struct monitor_interval *v, bool bytes)
{
    const char *name =
        bytes ? "anysim_service_dropped_bytes_total" : "anysim_service_dropped_packets_total";
    head(f, name, "counter",
         "Modelled volume of the service that was dropped; without a POP: outside of the "
         "operator's network.");
    for (int i = 0; i < v->nrows; i++)
        for (int k = 0; k < v->rows[i].ndrops; k++) {
            const struct monitor_drops *x = &v->rows[i].drops[k];
            fputs(name, f);
            row_labels(f, r, &v->rows[i]);
            label(f, ',', "direction", monitor_direction_names[x->direction]);
            label(f, ',', "cause", fwd_drop_name(x->cause));
            fprintf(f, "} %.0f\n", bytes ? x->total.bits / 8 : x->total.packets);
        }
}

static void legs(FILE *f, const struct results *r, const struct monitor_interval *v)
{
    static const char *const ways[MONITOR_DIRECTIONS] = {"to_backend", "from_backend"};
    const char *name = "anysim_accelerated_bytes_total";
    head(f, name, "counter",
         "Modelled volume between the area of the POP and that of the backend.");
    for (int i = 0; i < v->nlegs; i++)
        for (int d = 0; d < MONITOR_DIRECTIONS; d++) {
            const struct monitor_leg *l = &v->legs[i];
            fputs(name, f);
            label(f, '{', "service", r->scenario->services[l->service].name);
            label(f, ',', "ingress", l->ingress);
            label(f, ',', "backend", l->backend);
            label(f, ',', "direction", ways[d]);
            fprintf(f, "} %.0f\n", l->total[d].bits / 8);
        }
}

static void highest(FILE *f, const struct results *r)
{
    const char *name = "anysim_service_highest_bytes_per_second";
    head(f, name, "gauge", "Highest mean rate of a point of the monitoring.");
    for (int i = 0; i < r->monitor.nintervals; i++) {
        const struct monitor_interval *v = &r->monitor.intervals[i];
        for (int k = 0; k < v->nrows && v->listed; k++)
            for (int d = 0; d < MONITOR_DIRECTIONS && v->rows[k].pop >= 0; d++) {
                double most = 0;
                char seconds[32];
                for (int p = 0; p < v->npoints; p++) {
                    double rate = v->rows[k].points[d][p].bits / 8 /
                                  ps_to_s(monitor_point_ps(r->scenario, v, p));
                    most = rate > most ? rate : most;
                }
                snprintf(seconds, sizeof seconds, "%.0f", ps_to_s(v->interval_ps));
                fputs(name, f);
                row_labels(f, r, &v->rows[k]);
                label(f, ',', "direction", monitor_direction_names[d]);
                label(f, ',', "interval_seconds", seconds);
                fprintf(f, "} %.3f\n", most);
            }
    }
}

static void bills(FILE *f, const struct results *r)
{
    const char *name = "anysim_billed_bytes_per_second";
    head(f, name, "gauge", "Rate of the percentile that is billed.");
    for (int i = 0; i < r->monitor.nbills; i++) {
        const struct monitor_bill *b = &r->monitor.bills[i];
        fputs(name, f);
        label(f, '{', "service", r->scenario->services[b->service].name);
        label(f, ',', "server_area", b->server);
        label(f, ',', "ingress_area", b->ingress);
        fprintf(f, "} %.3f\n", b->billed_bps / 8);
    }
}

void prometheus_metrics(const struct results *r, FILE *f)
{
    const struct scenario *s = r->scenario;
    char seed[32];
    snprintf(seed, sizeof seed, "%" PRIu64, s->seed);
    head(f, "anysim_run_info", "gauge", "What was run.");
    fputs("anysim_run_info", f);
    label(f, '{', "scenario", s->name);
    label(f, ',', "variant", s->variant ? s->variant : "");
    label(f, ',', "seed", seed);
    label(f, ',', "version", ANYSIM_VERSION);
    fputs("} 1\n", f);
    head(f, "anysim_run_duration_seconds", "gauge", "Measured time.");
    fprintf(f, "anysim_run_duration_seconds %.3f\n", ps_to_s(s->duration_ps));
    if (r->monitor.nintervals == 0)
        return;
    const struct monitor_interval *v = &r->monitor.intervals[0]; // totals are alike in all
    for (int d = 0; d < MONITOR_DIRECTIONS; d++)
        for (int bytes = 0; bytes < 2; bytes++)
            volumes(f, r, v, (enum monitor_direction)d, bytes);
    for (int bytes = 0; bytes < 2; bytes++)
        drops(f, r, v, bytes);
    legs(f, r, v);
    highest(f, r);
    bills(f, r);
}
