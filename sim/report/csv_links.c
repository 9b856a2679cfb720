// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

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
        csvout_ppm(o, l->mean_ppm[p]);
        csvout_ppm(o, figure_link_peak_ppm(r, l, (enum phase)p));
    }
    csvout_ppm(o, l->max_ppm);
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
            csvout_ppm(&o, r->links[i].util_ppm[b]);
            csvout_end(&o);
        }
}
