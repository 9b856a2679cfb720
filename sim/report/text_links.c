// SPDX-License-Identifier: GPL-3.0-or-later
// The links that the outage loads most.
#include "base/units.h"
#include "report/figure.h"
#include "report/text.h"
#include "report/text_part.h"

#include <inttypes.h>
#include <stdlib.h>

#define MAX_LINKS  5
#define NAME_WIDTH 52
#define CROWDED    900000 // ppm: from here on queues grow

struct ranked {
    const struct link_result *link;
    int32_t load_ppm;
    int order;
};

static int by_load(const void *pa, const void *pb)
{
    const struct ranked *a = pa, *b = pb;
    if (a->load_ppm != b->load_ppm)
        return a->load_ppm > b->load_ppm ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static char *load(int32_t ppm, char buf[CELL_BUF])
{
    if (ppm < 0) // no bucket of that phase
        snprintf(buf, CELL_BUF, "%s", CELL_NONE);
    else
        snprintf(buf, CELL_BUF, "%.1f %%", (double)ppm / 1e4);
    return buf;
}

static void row(const struct cell_out *o, const struct link_result *l, bool outage)
{
    char rate[UNIT_BUF], buf[CELL_BUF];
    fputs("  ", o->f);
    cell_name(o, l->name, NAME_WIDTH - 3, CELL_PLAIN);
    putc(' ', o->f);
    cell_right(o, unit_print(UNIT_RATE, l->rate_bps, rate, sizeof rate), 8, CELL_PLAIN);
    cell_right(o, load(l->mean_ppm[PHASE_BEFORE], buf), 9, CELL_PLAIN);
    if (outage)
        cell_right(o, load(l->mean_ppm[PHASE_OUTAGE], buf), 9,
                   l->mean_ppm[PHASE_OUTAGE] > CROWDED ? CELL_RED : CELL_PLAIN);
    cell_right(o, load(l->max_ppm, buf), 9, CELL_PLAIN);
    cell_right(o, cell_count(l->drops, buf), 13, l->drops ? CELL_RED : CELL_PLAIN);
    putc('\n', o->f);
}

void text_links(const struct cell_out *o, const struct results *r)
{
    bool outage = figure_has_outage(r->scenario);
    enum phase phase = outage ? PHASE_OUTAGE : PHASE_BEFORE;
    struct ranked *v = xcalloc((size_t)r->nlinks + 1, sizeof *v);
    for (int i = 0; i < r->nlinks; i++) {
        const struct link_result *l = &r->links[i];
        v[i] = (struct ranked){l, l->mean_ppm[phase] < 0 ? l->max_ppm : l->mean_ppm[phase], i};
    }
    if (r->nlinks) {
        qsort(v, (size_t)r->nlinks, sizeof *v, by_load);
        putc('\n', o->f);
        cell_left(o, "Busiest links", NAME_WIDTH, CELL_BOLD);
        cell_right(o, "rate", 8, CELL_DIM);
        cell_right(o, outage ? "before" : "mean", 9, CELL_DIM);
        if (outage)
            cell_right(o, "outage", 9, CELL_DIM);
        cell_right(o, "peak", 9, CELL_DIM);
        cell_right(o, "drops", 13, CELL_DIM);
        putc('\n', o->f);
    }
    for (int i = 0; i < r->nlinks && i < MAX_LINKS; i++)
        row(o, v[i].link, outage);
    free(v);
}
