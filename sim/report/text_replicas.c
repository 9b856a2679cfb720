// SPDX-License-Identifier: GPL-3.0-or-later
// Services over replicas: means and the half widths of their confidence intervals.
#include "report/text.h"
#include "report/text_part.h"

#include "base/units.h"
#include "report/figure.h"

#include <math.h>

#define NAME_WIDTH   18
#define PHASE_WIDTH  8
#define FIGURE_WIDTH 19

static const enum metric shown[] = {METRIC_AVAILABILITY, METRIC_RTT_P50, METRIC_RTT_P95,
                                    METRIC_JITTER};
#define NSHOWN (sizeof shown / sizeof *shown)

static const struct replica_figure *find(const struct results *r, int service, enum phase phase,
                                         enum metric m)
{
    for (size_t i = 0; i < r->replicas->nfigures; i++) {
        const struct replica_figure *f = &r->replicas->figures[i];
        if (f->service == service && f->group < 0 && f->phase == phase && f->metric == m)
            return f;
    }
    return NULL;
}

static char *text_of(const struct replica_figure *f, char buf[CELL_BUF])
{
    double per = f && metric_specs[f->metric].unit == METRIC_TIME ? 1e9 : 1e4;
    if (!f)
        snprintf(buf, CELL_BUF, "%s", CELL_NONE);
    else if (f->infinite)
        snprintf(buf, CELL_BUF, "lost in %d", f->infinite);
    else
        snprintf(buf, CELL_BUF, "%.2f \xc2\xb1 %.2f", f->finite.mean / per,
                 (f->finite.high - f->finite.mean) / per);
    return buf;
}

void text_replicas(const struct cell_out *o, const struct results *r)
{
    static const char *const headings[NSHOWN] = {"availability [%]", "RTT p50 [ms]", "RTT p95 [ms]",
                                                 "jitter [ms]"};
    char text[128], buf[CELL_BUF];
    int phases = figure_has_outage(r->scenario) ? PHASE_COUNT : 1;
    if (!r->replicas)
        return;
    putc('\n', o->f);
    snprintf(text, sizeof text, "%d replicas", r->replicas->n);
    cell_left(o, text, NAME_WIDTH + PHASE_WIDTH, CELL_BOLD);
    for (size_t m = 0; m < NSHOWN; m++)
        cell_right(o, headings[m], FIGURE_WIDTH, CELL_DIM);
    putc('\n', o->f);
    for (int v = 0; v < r->scenario->nservices; v++)
        for (int p = 0; p < phases; p++) {
            cell_name(o, p ? "" : r->scenario->services[v].name, NAME_WIDTH, CELL_PLAIN);
            cell_left(o, phase_names[p], PHASE_WIDTH, CELL_PLAIN);
            for (size_t m = 0; m < NSHOWN; m++)
                cell_right(o, text_of(find(r, v, (enum phase)p, shown[m]), buf), FIGURE_WIDTH,
                           CELL_PLAIN);
            putc('\n', o->f);
        }
    cell_text(o, "Mean over replicas \xc2\xb1 half of its 95 % confidence interval (Student's t).",
              CELL_DIM);
    putc('\n', o->f);
}
