// SPDX-License-Identifier: GPL-3.0-or-later
// What health checks said, and when.
#include "base/units.h"
#include "report/csv.h"
#include "report/csvout.h"

#include <math.h>

static const char *event_of(const struct health_record *r)
{
    static const char *const events[][2] = {[HEALTH_TARGET] = {"down", "up"},
                                            [HEALTH_SITE] = {"withdrawn", "announced"},
                                            [HEALTH_OPEN] = {"fails-open", "chooses"}};
    return events[r->what][r->up];
}

void csv_health(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(f, "time_s,service,prober,target,event,alarm,after_s");
    for (size_t i = 0; r->health && i < r->health->records.n; i++) {
        const struct health_record *h = &r->health->records.v[i];
        bool alarm = h->what == HEALTH_TARGET && !h->up;
        csvout_fixed(&o, ps_to_s(h->at_ps), 6);
        csvout_text(&o, r->scenario->services[h->service].name);
        csvout_text(&o, h->prober);
        csvout_text(&o, h->target);
        csvout_text(&o, event_of(h));
        csvout_text(&o, !alarm ? "" : h->is_false ? "false" : "true");
        csvout_fixed(&o, h->after_ps < 0 ? NAN : ps_to_s(h->after_ps), 6);
        csvout_end(&o);
    }
}
