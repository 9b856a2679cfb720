// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/json_part.h"

json_t *json_health(const struct results *r)
{
    json_t *all = NULL;
    for (int v = 0; r->health && v < r->health->nservices; v++) {
        const struct health_count *c = &r->health->counts[v];
        struct health_sum sum = health_log_sum(r->health, v);
        if (!c->checked)
            continue;
        json_t *o = json_object();
        json_object_set_new(o, "probes", json_count(c->good + c->bad));
        json_object_set_new(o, "bad_probes", json_count(c->bad));
        json_object_set_new(o, "alarms", json_count(sum.downs));
        json_object_set_new(o, "false_alarms", json_count(sum.false_alarms));
        json_object_set_new(o, "recoveries", json_count(sum.ups));
        json_object_set_new(o, "withdrawals", json_count(sum.withdrawals));
        json_object_set_new(o, "returns", json_count(sum.returns));
        json_object_set_new(o, "first_notice_s", json_seconds_or_null(sum.detect_min_ps));
        json_object_set_new(o, "last_notice_s", json_seconds_or_null(sum.detect_max_ps));
        if (!all)
            all = json_object();
        json_object_set_new(all, r->scenario->services[v].name, o);
    }
    return all;
}
