// SPDX-License-Identifier: GPL-3.0-or-later
// What DNS answered over time, who held which address, and where requests went.
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

static void row(struct csvout *o, const struct results *r, const struct answers_result *n,
                int bucket, int answer)
{
    const struct scenario *s = r->scenario;
    const struct answers_cell *c = &n->cells[bucket * (n->n + 1) + answer];
    bool none = answer == n->n;
    csvout_fixed(o, ps_to_s(bucket * s->bucket_ps), 3);
    csvout_text(o, s->services[n->service].name);
    csvout_text(o, none ? NULL : s->services[s->services[n->service].gslb->answers[answer]].name);
    csvout_text(o, none ? NULL : c->up ? "yes" : "no");
    csvout_uint(o, c->given);
    csvout_fixed(o, c->users, 6);
    csvout_fixed(o, c->users_stale, 6);
    csvout_uint(o, c->requests);
    csvout_uint(o, c->stale);
    csvout_end(o);
}

void csv_gslb(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(f, "time_s,service,answer,up,answers,users,users_stale,requests,"
                                      "requests_stale");
    for (int i = 0; i < r->nnames; i++)
        for (int b = 0; b < r->names[i].nbuckets; b++)
            for (int a = 0; a <= r->names[i].n; a++)
                row(&o, r, &r->names[i], b, a);
}
