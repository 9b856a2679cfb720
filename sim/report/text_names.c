// SPDX-License-Identifier: GPL-3.0-or-later
// Names: what users of services of mode gslb got from DNS, phase by phase.
#include "base/units.h"
#include "report/figure.h"
#include "report/text_part.h"

#include <stdio.h>

#define NAME_WIDTH 30
#define BAD        0.01 // from this share on it is red

static char *percent(uint64_t part, uint64_t whole, char buf[CELL_BUF])
{
    if (whole == 0)
        snprintf(buf, CELL_BUF, "%s", CELL_NONE);
    else
        snprintf(buf, CELL_BUF, "%.2f %%", (double)part / (double)whole * 100);
    return buf;
}

static void share(const struct cell_out *o, uint64_t part, uint64_t whole, int width)
{
    char buf[CELL_BUF];
    bool bad = (double)part > BAD * (double)whole;
    cell_right(o, percent(part, whole, buf), width, bad ? CELL_RED : CELL_PLAIN);
}

static void row(const struct cell_out *o, const struct results *r, const struct answers_result *n,
                enum phase phase)
{
    const struct answers_lookups *l = &n->lookups[phase];
    struct answers_client sum;
    char buf[CELL_BUF];
    figure_answers(r, n, phase, &sum);
    if (sum.requests == 0 && l->ended == 0)
        return;
    fputs("  ", o->f);
    cell_name(o, r->scenario->services[n->service].name, NAME_WIDTH - 3, CELL_PLAIN);
    putc(' ', o->f);
    cell_right(o, phase_names[phase], 8, CELL_PLAIN);
    share(o, sum.stale, sum.requests, 12);
    share(o, sum.misplaced, sum.requests, 12);
    share(o, sum.unresolved, sum.requests, 12);
    cell_right(o, cell_count(l->ended, buf), 11, CELL_PLAIN);
    share(o, l->failed, l->ended, 11);
    if (l->ended > l->failed)
        snprintf(buf, sizeof buf, "%.1f ms",
                 ps_to_ms(l->took_ps / (int64_t)(l->ended - l->failed)));
    else
        snprintf(buf, sizeof buf, "%s", CELL_NONE);
    cell_right(o, buf, 12, CELL_PLAIN);
    putc('\n', o->f);
}

void text_names(const struct cell_out *o, const struct results *r)
{
    if (r->nnames == 0)
        return;
    putc('\n', o->f);
    cell_left(o, "Names (DNS)", NAME_WIDTH, CELL_BOLD);
    cell_right(o, "phase", 8, CELL_DIM);
    cell_right(o, "stale", 12, CELL_DIM);
    cell_right(o, "misplaced", 12, CELL_DIM);
    cell_right(o, "no address", 12, CELL_DIM);
    cell_right(o, "look-ups", 11, CELL_DIM);
    cell_right(o, "failed", 11, CELL_DIM);
    cell_right(o, "took", 12, CELL_DIM);
    putc('\n', o->f);
    for (int i = 0; i < r->nnames; i++)
        for (int ph = 0; ph < PHASE_COUNT; ph++)
            row(o, r, &r->names[i], (enum phase)ph);
}
