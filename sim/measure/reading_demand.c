// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/reading.h"

void results_demand(const struct results *r, int demand, int group, bool down, enum phase phase,
                    struct demand_figures *sum)
{
    const struct demand *d = &r->scenario->demands[demand];
    *sum = (struct demand_figures){0};
    for (int i = 0; i < r->demands.n; i++) {
        const struct demand_result *x = &r->demands.v[i];
        const struct demand_end *from = &d->pairs[x->demand == demand ? x->pair : 0].from;
        if (x->demand == demand && x->down == down &&
            (group < 0 || (from->kind == DEMAND_GROUP && from->index == group)))
            demand_figures_add(sum, &x->in[phase]);
    }
}

static struct reading share(double part, double whole, bool complement)
{
    // Rounded against the expectation: 99.9999 % is not 100 %. A billionth is a rounding error.
    double ppm = part / whole * 1e6 + 1e-3;
    int64_t down = (int64_t)(ppm < 1e6 ? ppm : 1e6);
    return (struct reading){.exists = true, .value = complement ? 1000000 - down : down};
}

struct reading reading_of_demand(const struct results *r, int demand, int group, enum phase phase,
                                 enum metric m)
{
    struct demand_figures f, down;
    results_demand(r, demand, group, false, phase, &f);
    results_demand(r, demand, group, true, phase, &down);
    demand_figures_add(&f, &down);
    if (f.offered_bit <= 0)
        return (struct reading){.why = "nothing wanted"};
    if (m == METRIC_CARRIED)
        return share(f.delivered_bit, f.offered_bit, false);
    if (m == METRIC_HELD_BACK)
        return share(f.sent_bit, f.offered_bit, true);
    if (m == METRIC_LOST && f.sent_bit > 0)
        return share(f.delivered_bit, f.sent_bit, true);
    if (m == METRIC_DELAY_MEAN && f.delivered_bit > 0)
        return (struct reading){.exists = true,
                                .value = (int64_t)(f.delay_bit_ps / f.delivered_bit)};
    return (struct reading){.why = m == METRIC_LOST ? "nothing sent" : "nothing arrived"};
}
