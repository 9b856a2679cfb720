// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/sweep.h"

#include "report/cell.h"
#include "report/csv.h"
#include "report/csvout.h"

#include <math.h>
#include <stdlib.h>

#define SUMMARY_ROWS  10
#define SUMMARY_LEAST 0.005 // a smaller rise of a link's utilisation is not worth a line

static void write_cases(const struct sweep *w, FILE *f)
{
    struct csvout o = csvout_start(f, "case,failed,availability_pct,availability_worst_pct,"
                                      "groups_losing,groups_moved,failover_worst_s,rtt_mean_ms,"
                                      "worst_link,worst_utilisation_pct");
    for (size_t i = 0; i < w->ncases; i++) {
        const struct sweep_case *c = &w->cases[i];
        csvout_uint(&o, i);
        csvout_text(&o, c->name);
        csvout_fixed(&o, c->availability * 100, 3);
        csvout_fixed(&o, c->availability_worst * 100, 3);
        csvout_uint(&o, c->groups_losing);
        csvout_uint(&o, c->groups_moved);
        if (isinf(c->failover_worst_s))
            csvout_text(&o, "never");
        else
            csvout_fixed(&o, c->failover_worst_s < 0 ? NAN : c->failover_worst_s, 3);
        csvout_fixed(&o, c->rtt_mean_ms, 3);
        csvout_text(&o, c->worst_link < 0 ? NULL : w->links[c->worst_link].name);
        csvout_fixed(&o, c->worst_util * 100, 2);
        csvout_end(&o);
    }
}

static void write_links(const struct sweep *w, FILE *f)
{
    struct csvout o = csvout_start(f, "link,baseline_pct,worst_pct,worst_case");
    for (size_t i = 0; i < w->nlinks; i++) {
        const struct sweep_link *l = &w->links[i];
        if (!l->backbone)
            continue;
        csvout_text(&o, l->name);
        csvout_fixed(&o, l->baseline * 100, 2);
        csvout_fixed(&o, l->worst * 100, 2);
        csvout_text(&o, l->worst_case < 0 ? NULL : w->cases[l->worst_case].name);
        csvout_end(&o);
    }
}

static void write_run(const struct sweep *w, FILE *f)
{
    csv_run_sweep(&w->scenario, f);
}

bool sweep_write(const struct sweep *w, struct outdir *o)
{
    const struct {
        const char *name;
        void (*write)(const struct sweep *, FILE *);
    } files[] = {{"cases.csv", write_cases}, {"sweep.csv", write_links}, {"run.csv", write_run}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        FILE *f = outdir_file(o, files[i].name);
        if (!f)
            return false;
        files[i].write(w, f);
        if (!outdir_close(o, f))
            return false;
    }
    return true;
}

// --- summary: indices sorted by harm, ties in case order

struct ranked {
    size_t index;
    double harm;
};

static int more_harm(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->harm != y->harm)
        return x->harm < y->harm ? 1 : -1;
    return x->index < y->index ? -1 : 1;
}

// The first stays case 0: nothing fails.
static struct ranked *rank_cases(const struct sweep *w)
{
    struct ranked *r = xcalloc(w->ncases, sizeof *r);
    for (size_t i = 1; i < w->ncases; i++)
        r[i] = (struct ranked){i, 1 - w->cases[i].availability};
    qsort(r + 1, w->ncases - 1, sizeof *r, more_harm);
    return r;
}

// By the worst utilisation, or by how much it rises.
static struct ranked *rank_links(const struct sweep *w, bool by_rise)
{
    struct ranked *r = xcalloc(w->nlinks, sizeof *r);
    for (size_t i = 0; i < w->nlinks; i++) {
        const struct sweep_link *l = &w->links[i];
        double harm = by_rise ? l->worst - l->baseline - SUMMARY_LEAST : l->worst;
        r[i] = (struct ranked){i, l->backbone ? harm : -1};
    }
    qsort(r, w->nlinks, sizeof *r, more_harm);
    return r;
}

static void print_failover(double s, FILE *out)
{
    if (isinf(s))
        fprintf(out, "%9s", "never");
    else if (s < 0)
        fprintf(out, "%9s", "none");
    else
        fprintf(out, "%7.2f s", s);
}

static void print_cases(const struct sweep *w, const struct cell_out *o)
{
    struct ranked *cases = rank_cases(w);
    fprintf(o->f, "failures that hurt most once routing has settled\n");
    fprintf(o->f, "  %-44s %9s %7s %6s %9s %9s\n", "failed", "available", "losing", "moved",
            "failover", "mean RTT");
    for (size_t i = 0; i < w->ncases && i <= SUMMARY_ROWS; i++) {
        const struct sweep_case *c = &w->cases[cases[i].index];
        fputs("  ", o->f);
        cell_name(o, c->name, 44, CELL_PLAIN);
        fprintf(o->f, " %8.3f%% %7u %6u ", c->availability * 100, c->groups_losing,
                c->groups_moved);
        print_failover(c->failover_worst_s, o->f);
        if (isnan(c->rtt_mean_ms))
            fprintf(o->f, "%9s\n", "none");
        else
            fprintf(o->f, " %6.1f ms\n", c->rtt_mean_ms);
    }
    free(cases);
}

static void print_links(const struct sweep *w, const struct cell_out *o, bool by_rise)
{
    struct ranked *links = rank_links(w, by_rise);
    fprintf(o->f, "\n%s\n", by_rise ? "links that a failure fills most" : "fullest links");
    if (w->nlinks == 0 || links[0].harm < 0)
        fprintf(o->f, "  none by %.1f percentage points\n", SUMMARY_LEAST * 100);
    else
        fprintf(o->f, "  %-42s %8s %8s  %s\n", "link", "now", "worst", "when this fails");
    for (size_t i = 0; i < w->nlinks && i < SUMMARY_ROWS && links[i].harm >= 0; i++) {
        const struct sweep_link *l = &w->links[links[i].index];
        fputs("  ", o->f);
        cell_name(o, l->name, 42, CELL_PLAIN);
        fprintf(o->f, " %7.1f%% %7.1f%%  ", l->baseline * 100, l->worst * 100);
        const char *cause = l->worst_case < 0 ? CELL_NONE : w->cases[l->worst_case].name;
        int wide = cell_width(cause); // no blanks at the end of a line
        cell_name(o, cause, wide < 36 ? wide : 36, CELL_PLAIN);
        putc('\n', o->f);
    }
    free(links);
}

void sweep_summary(const struct sweep *w, FILE *out)
{
    struct cell_out o = {.f = out};
    fprintf(out, "%s: %zu single failures\n\n", w->scenario.name, w->ncases - 1);
    print_cases(w, &o);
    print_links(w, &o, true);
    print_links(w, &o, false);
}
