// SPDX-License-Identifier: GPL-3.0-or-later
// Demands: how much of each was wanted, and what became of it, phase by phase.
#include "base/units.h"
#include "report/figure.h"
#include "report/text_part.h"

#include <math.h>
#include <stdio.h>

#define NAME_WIDTH 30
#define BAD        0.01 // from this share on losses are red

static char *percent(double part, double whole, char buf[CELL_BUF])
{
    if (whole <= 0)
        snprintf(buf, CELL_BUF, "%s", CELL_NONE);
    else
        snprintf(buf, CELL_BUF, "%.2f %%", part / whole * 100);
    return buf;
}

static char *rate(double bps, char buf[CELL_BUF])
{
    static const char *const units[] = {"bps", "kbps", "Mbps", "Gbps", "Tbps"};
    int unit = 0;
    for (; unit < 4 && bps >= 1000; unit++)
        bps /= 1000;
    snprintf(buf, CELL_BUF, "%.3g %s", bps, units[unit]);
    if (bps >= 999.5) // as %.3g would make it 1e+03
        snprintf(buf, CELL_BUF, "%.0f %s", bps, units[unit]);
    return buf;
}

static void row(const struct cell_out *o, const struct results *r, int demand, enum phase phase)
{
    struct demand_figures f, down;
    char name[FIGURE_NAME], buf[CELL_BUF];
    results_demand(r, demand, -1, false, phase, &f);
    results_demand(r, demand, -1, true, phase, &down);
    demand_figures_add(&f, &down);
    if (f.offered_bit <= 0)
        return;
    snprintf(name, sizeof name, "%s%s", r->scenario->demands[demand].name,
             r->scenario->demands[demand].elastic ? " (elastic)" : "");
    fputs("  ", o->f);
    cell_name(o, name, NAME_WIDTH - 3, CELL_PLAIN);
    putc(' ', o->f);
    cell_right(o, phase_names[phase], 8, CELL_PLAIN);
    cell_right(o, rate(f.offered_bit / r->demands.phase_s[phase], buf), 12, CELL_PLAIN);
    cell_right(o, percent(f.delivered_bit, f.offered_bit, buf), 12, CELL_PLAIN);
    cell_right(o, percent(demand_lost_bit(&f), f.sent_bit, buf), 11,
               demand_lost_bit(&f) > BAD * f.sent_bit ? CELL_RED : CELL_PLAIN);
    cell_right(o, percent(f.offered_bit - f.sent_bit, f.offered_bit, buf), 11, CELL_PLAIN);
    if (f.delivered_bit > 0)
        snprintf(buf, sizeof buf, "%.2f ms", f.delay_bit_ps / f.delivered_bit / 1e9);
    else
        snprintf(buf, sizeof buf, "%s", CELL_NONE);
    cell_right(o, buf, 12, CELL_PLAIN);
    putc('\n', o->f);
}

void text_demands(const struct cell_out *o, const struct results *r)
{
    if (r->demands.n == 0)
        return;
    putc('\n', o->f);
    cell_left(o, "Demands", NAME_WIDTH, CELL_BOLD);
    cell_right(o, "phase", 8, CELL_DIM);
    cell_right(o, "wanted", 12, CELL_DIM);
    cell_right(o, "carried", 12, CELL_DIM);
    cell_right(o, "lost", 11, CELL_DIM);
    cell_right(o, "held back", 11, CELL_DIM);
    cell_right(o, "delay", 12, CELL_DIM);
    putc('\n', o->f);
    for (int d = 0; d < r->scenario->ndemands; d++)
        for (int ph = 0; ph < PHASE_COUNT; ph++)
            row(o, r, d, (enum phase)ph);
}
