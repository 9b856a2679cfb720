// SPDX-License-Identifier: GPL-3.0-or-later
// Health checks: a line a service.
#include "report/text_part.h"

#include <stdio.h>

#define NAME_WIDTH 20

static void row(const struct cell_out *o, const struct results *r, int service)
{
    char buf[CELL_BUF];
    const struct health_count *c = &r->health->counts[service];
    struct health_sum sum = health_log_sum(r->health, service);
    fputs("  ", o->f);
    cell_name(o, r->scenario->services[service].name, NAME_WIDTH - 3, CELL_PLAIN);
    putc(' ', o->f);
    cell_right(o, cell_count(c->good + c->bad, buf), 10, CELL_PLAIN);
    cell_right(o, cell_count(c->bad, buf), 10, CELL_PLAIN);
    cell_right(o, cell_count(sum.downs, buf), 8, CELL_PLAIN);
    cell_right(o, cell_count(sum.false_alarms, buf), 8, sum.false_alarms ? CELL_RED : CELL_PLAIN);
    cell_right(o, cell_count(sum.withdrawals, buf), 12, CELL_PLAIN);
    if (sum.detect_max_ps < 0)
        cell_right(o, CELL_NONE, 14, CELL_PLAIN);
    else
        cell_right(o, cell_seconds(sum.detect_max_ps, buf), 14, CELL_PLAIN);
    putc('\n', o->f);
}

void text_health(const struct cell_out *o, const struct results *r)
{
    bool any = false;
    for (int v = 0; r->health && v < r->health->nservices; v++)
        any |= r->health->counts[v].checked;
    if (!any)
        return;
    putc('\n', o->f);
    cell_left(o, "Health checks", NAME_WIDTH, CELL_BOLD);
    cell_right(o, "probes", 10, CELL_DIM);
    cell_right(o, "bad", 10, CELL_DIM);
    cell_right(o, "alarms", 8, CELL_DIM);
    cell_right(o, "false", 8, CELL_DIM);
    cell_right(o, "withdrawals", 12, CELL_DIM);
    cell_right(o, "last notice", 14, CELL_DIM);
    putc('\n', o->f);
    for (int v = 0; v < r->health->nservices; v++)
        if (r->health->counts[v].checked)
            row(o, r, v);
}
