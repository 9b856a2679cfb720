// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

void csv_eips(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(
        f, "service,from_s,to_s,began_with,state,blocked,backend,kind,in_packets,in_bytes,"
           "out_packets,out_bytes,dropped_unbound,dropped_blocked,dropped_policed,"
           "dropped_untranslated");
    for (int i = 0; i < r->neips; i++) {
        const struct eip_result *x = &r->eips[i];
        bool bound = x->backend.pop >= 0;
        csvout_text(&o, r->scenario->services[x->service].name);
        csvout_fixed(&o, ps_to_s(x->from_ps), 3);
        csvout_fixed(&o, ps_to_s(x->to_ps), 3);
        csvout_text(&o, x->what ? x->what : x->from_ps ? "time" : "start");
        csvout_text(&o, life_state_names[x->state]);
        csvout_text(&o, x->blocked ? "yes" : "no");
        csvout_text(&o, bound ? figure_site(r->scenario, x->backend.pop) : NULL);
        csvout_text(&o, bound ? life_backend_names[x->backend.kind] : NULL);
        csvout_uint(&o, x->in_packets);
        csvout_uint(&o, x->in_bytes);
        csvout_uint(&o, x->out_packets);
        csvout_uint(&o, x->out_bytes);
        csvout_uint(&o, x->unbound);
        csvout_uint(&o, x->blocked_drops);
        csvout_uint(&o, x->policed);
        csvout_uint(&o, x->untranslated);
        csvout_end(&o);
    }
}
