// SPDX-License-Identifier: GPL-3.0-or-later
// How full links are, and what packets wait for it.
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

#include <math.h>

static void row(struct csvout *o, const struct link_result *l, enum phase phase)
{
    const struct link_phase *in = &l->in[phase];
    csvout_text(o, l->name);
    csvout_text(o, l->network);
    csvout_text(o, phase_names[phase]);
    csvout_ppm(o, l->mean_ppm[phase]);
    csvout_ppm(o, in->p95_ppm);
    csvout_ppm(o, in->p99_ppm);
    csvout_ppm(o, in->max_ppm);
    csvout_uint(o, in->packets);
    csvout_fixed(o, hist_mean(&in->waited_ns) / 1e6, 6);
    csvout_fixed(o, figure_ms(hist_quantile(&in->waited_ns, 0.99, 0)), 6);
    csvout_fixed(o, in->packets ? figure_ms(in->waited_ns.max) : NAN, 6);
    csvout_end(o);
}

void csv_linkload(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(f, "link,network,phase,mean_pct,p95_pct,p99_pct,max_pct,packets,"
                                      "queue_mean_ms,queue_p99_ms,queue_max_ms");
    for (int i = 0; i < r->nlinks; i++)
        for (int p = 0; p < PHASE_COUNT; p++)
            if (r->links[i].mean_ppm[p] >= 0)
                row(&o, &r->links[i], (enum phase)p);
}
