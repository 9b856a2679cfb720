// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

#include <math.h>

static double percent(int32_t ppm) // −1: none
{
    return ppm < 0 ? NAN : (double)ppm / 1e4;
}

static void link_row(const struct results *r, struct csvout *o, const struct link_result *l)
{
    csvout_text(o, l->name);
    csvout_text(o, l->a);
    csvout_text(o, l->b);
    csvout_text(o, l->network);
    csvout_int(o, l->rate_bps);
    csvout_uint(o, l->packets);
    csvout_uint(o, l->bytes);
    csvout_uint(o, l->drops);
    for (int p = 0; p < PHASE_COUNT; p++) {
        int32_t peak = figure_link_peak_ppm(r, l, (enum phase)p);
        csvout_fixed(o, peak < 0 ? NAN : percent(l->mean_ppm[p]), 4);
        csvout_fixed(o, percent(peak), 4);
    }
    csvout_fixed(o, percent(l->max_ppm), 4);
    csvout_fixed(o, ps_to_ms(l->max_queue_ps), 6);
    csvout_uint(o, figure_link_dark(r, l));
    csvout_end(o);
}

void csv_links(const struct results *r, FILE *f)
{
    fputs("link,a,b,network,rate_bps,packets,bytes,drops", f);
    for (int p = 0; p < PHASE_COUNT; p++)
        fprintf(f, ",%s_pct,%s_peak_pct", phase_names[p], phase_names[p]);
    struct csvout o = csvout_start(f, ",max_pct,max_queue_ms,dark");
    for (int i = 0; i < r->nlinks; i++)
        link_row(r, &o, &r->links[i]);
}

void csv_linkseries(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(f, "link,time_s,utilisation_pct");
    for (int i = 0; i < r->nlinks; i++)
        for (int b = 0; b < r->nbuckets; b++) {
            csvout_text(&o, r->links[i].name);
            csvout_fixed(&o, ps_to_s((int64_t)b * r->scenario->bucket_ps), 3);
            csvout_fixed(&o, percent(r->links[i].util_ppm[b]), 4);
            csvout_end(&o);
        }
}
