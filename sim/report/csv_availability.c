// SPDX-License-Identifier: GPL-3.0-or-later
// How long users could use a service.
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

#include <math.h>

static void row(struct csvout *o, const struct scenario *s, const struct client_result *c)
{
    const struct availability_result *a = &c->available;
    csvout_text(o, s->services[c->service].name);
    csvout_text(o, figure_network(s, c->group));
    csvout_text(o, figure_group(s, c->group)->region);
    csvout_text(o, phase_names[c->phase]);
    csvout_int(o, a->seconds);
    csvout_fixed(o, figure_share(a->seconds - a->outage_seconds, a->seconds), 6);
    csvout_int(o, a->outage_seconds);
    csvout_int(o, a->longest_seconds);
    csvout_int(o, a->tens);
    csvout_fixed(o, figure_share(a->tens - a->outage_tens, a->tens), 6);
    csvout_end(o);
}

void csv_availability(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(f, "service,network,region,phase,seconds,available_1s,outage_s,"
                                      "longest_outage_s,tens,available_10s");
    for (int i = 0; i < r->nclients; i++)
        row(&o, r->scenario, &r->clients[i]);
}
