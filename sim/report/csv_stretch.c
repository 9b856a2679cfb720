// SPDX-License-Identifier: GPL-3.0-or-later
// How much longer than necessary the way to a service is.
#include "measure/stretch.h"
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

#include <math.h>

static double ms(int64_t t_ps) // −1: none
{
    return t_ps < 0 ? NAN : ps_to_ms(t_ps);
}

static void row(struct csvout *o, const struct scenario *s, const struct client_result *c)
{
    const struct stretch_result *k = &c->stretch;
    double median_ms = figure_ms(figure_rtt_ns(c, 0.5));
    csvout_text(o, s->services[c->service].name);
    csvout_text(o, figure_network(s, c->group));
    csvout_text(o, figure_group(s, c->group)->region);
    csvout_text(o, phase_names[c->phase]);
    csvout_text(o, figure_site(s, c->site));
    csvout_fixed(o, median_ms, 3);
    csvout_text(o, figure_site(s, k->best_site));
    csvout_fixed(o, ms(k->best_ps), 3);
    csvout_fixed(o, stretch_of(c, k->best_ps), 3);
    csvout_fixed(o, median_ms - ms(k->best_ps), 3);
    csvout_fixed(o, k->circle_km, 1);
    csvout_fixed(o, ms(k->circle_ps), 3);
    csvout_fixed(o, stretch_of(c, k->circle_ps), 3);
    csvout_end(o);
}

void csv_stretch(const struct results *r, FILE *f)
{
    struct csvout o =
        csvout_start(f, "service,network,region,phase,site,rtt_p50_ms,best_site,best_rtt_ms,"
                        "stretch_best,excess_ms,circle_km,circle_rtt_ms,stretch_circle");
    for (int i = 0; i < r->nclients; i++)
        row(&o, r->scenario, &r->clients[i]);
}
