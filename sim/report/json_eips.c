// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/figure.h"
#include "report/json_part.h"

json_t *json_eips(const struct results *r)
{
    json_t *a = json_array();
    for (int i = 0; i < r->neips; i++) {
        const struct eip_result *x = &r->eips[i];
        json_t *o = json_object(), *drops = json_object();
        bool bound = x->backend.pop >= 0;
        json_object_set_new(o, "service", json_string(r->scenario->services[x->service].name));
        json_object_set_new(o, "from_s", json_seconds_or_null(x->from_ps));
        json_object_set_new(o, "to_s", json_seconds_or_null(x->to_ps));
        json_object_set_new(o, "state", json_string(life_state_names[x->state]));
        json_object_set_new(o, "blocked", json_boolean(x->blocked));
        json_object_set_new(o, "backend",
                            bound ? json_string(figure_site(r->scenario, x->backend.pop))
                                  : json_null());
        json_object_set_new(o, "kind",
                            bound ? json_string(life_backend_names[x->backend.kind]) : json_null());
        json_object_set_new(o, "in_packets", json_count(x->in_packets));
        json_object_set_new(o, "out_packets", json_count(x->out_packets));
        json_object_set_new(drops, "unbound", json_count(x->unbound));
        json_object_set_new(drops, "blocked", json_count(x->blocked_drops));
        json_object_set_new(drops, "policed", json_count(x->policed));
        json_object_set_new(drops, "untranslated", json_count(x->untranslated));
        json_object_set_new(o, "dropped", drops);
        json_array_append_new(a, o);
    }
    return a;
}
