// SPDX-License-Identifier: GPL-3.0-or-later
// Figures over replicas, and their confidence intervals.
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

#include <math.h>

struct scale {
    const char *unit;
    double per; // base units in it
    int decimals;
};

static struct scale scale_of(enum metric m)
{
    switch (metric_specs[m].unit) {
    case METRIC_TIME:
        return (struct scale){"ms", 1e9, 6};
    case METRIC_SHARE:
    case METRIC_LOAD:
        return (struct scale){"%", 1e4, 4};
    case METRIC_RATE:
        return (struct scale){"bps", 1, 0};
    default:
        return (struct scale){"", 1e6, 6};
    }
}

static void row(const struct results *r, struct csvout *o, const struct replica_figure *f)
{
    const struct scenario *s = r->scenario;
    const struct interval *i = &f->finite;
    struct scale k = scale_of(f->metric);
    const double values[] = {i->mean, i->low, i->high, i->stddev, i->least, i->greatest};
    csvout_text(o, f->service >= 0 ? s->services[f->service].name : NULL);
    csvout_text(o, f->group >= 0 ? figure_network(s, f->group) : NULL);
    csvout_text(o, f->group >= 0 ? figure_group(s, f->group)->region : NULL);
    csvout_text(o, f->link >= 0 ? r->links[f->link].name : NULL);
    csvout_text(o, phase_names[f->phase]);
    csvout_text(o, metric_names[f->metric]);
    csvout_text(o, k.unit);
    csvout_uint(o, i->n);
    csvout_int(o, f->infinite);
    for (size_t n = 0; n < sizeof values / sizeof *values; n++)
        csvout_fixed(o, values[n] / k.per, k.decimals);
    csvout_end(o);
}

void csv_replicas(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(f, "service,network,region,link,phase,metric,unit,n,infinite,"
                                      "mean,low,high,stddev,min,max");
    for (size_t i = 0; r->replicas && i < r->replicas->nfigures; i++)
        row(r, &o, &r->replicas->figures[i]);
}
