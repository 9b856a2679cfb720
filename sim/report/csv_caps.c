// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

#include <math.h>

static void row(const struct results *r, struct csvout *o, const struct cap_result *x,
                const char *pop, enum phase phase, const struct cap_figures *f)
{
    if (f->seconds <= 0)
        return;
    csvout_text(o, r->scenario->services[x->service].name);
    csvout_text(o, cap_scope_names[r->scenario->services[x->service].cap.scope]);
    csvout_text(o, pop);
    csvout_text(o, x->outward ? "out" : "in");
    csvout_text(o, phase_names[phase]);
    csvout_fixed(o, f->offered_bit / f->seconds / 1e6, 3);
    csvout_fixed(o, f->passed_bit / f->seconds / 1e6, 3);
    csvout_fixed(o, f->share_bit / f->seconds / 1e6, 3);
    csvout_fixed(o, f->offered_bit > 0 ? 1 - f->passed_bit / f->offered_bit : NAN, 6);
    csvout_end(o);
}

// The entries of `x`'s service and direction, at one POP or (−1) at all of them.
static struct cap_figures sum(const struct results *r, const struct cap_result *x, int pop,
                              enum phase phase)
{
    struct cap_figures s = {0};
    for (int i = 0; i < r->ncaps; i++) {
        const struct cap_result *c = &r->caps[i];
        if (c->service != x->service || c->outward != x->outward || (pop >= 0 && c->pop != pop))
            continue;
        s.seconds = c->in[phase].seconds;
        s.offered_bit += c->in[phase].offered_bit;
        s.passed_bit += c->in[phase].passed_bit;
        s.share_bit += c->in[phase].share_bit;
    }
    return s;
}

static bool is_first(const struct results *r, int i, bool of_pop)
{
    for (int k = 0; k < i; k++)
        if (r->caps[k].service == r->caps[i].service && r->caps[k].outward == r->caps[i].outward &&
            (!of_pop || r->caps[k].pop == r->caps[i].pop))
            return false;
    return true;
}

void csv_caps(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(
        f, "service,scope,pop,direction,phase,offered_mbps,passed_mbps,share_mbps,lost");
    for (int i = 0; i < r->ncaps; i++)
        for (int ph = 0; ph < PHASE_COUNT; ph++) {
            const struct cap_result *x = &r->caps[i];
            struct cap_figures all = sum(r, x, -1, (enum phase)ph);
            struct cap_figures here = sum(r, x, x->pop, (enum phase)ph);
            if (is_first(r, i, false))
                row(r, &o, x, "all", (enum phase)ph, &all);
            if (is_first(r, i, true))
                row(r, &o, x, figure_site(r->scenario, x->pop), (enum phase)ph, &here);
        }
}
