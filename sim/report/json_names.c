// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/figure.h"
#include "report/json.h"
#include "report/json_part.h"

#include <math.h>

static json_t *ratio(uint64_t part, uint64_t whole)
{
    return json_real_or_null(whole ? (double)part / (double)whole : NAN, 6);
}

static json_t *name(const struct results *r, const struct answers_result *n, enum phase phase)
{
    const struct answers_lookups *l = &n->lookups[phase];
    struct answers_client sum;
    double took_ms = NAN;
    json_t *o = json_object();
    figure_answers(r, n, phase, &sum);
    if (l->ended > l->failed)
        took_ms = ps_to_ms(l->took_ps / (int64_t)(l->ended - l->failed));
    json_object_set_new(o, "service", json_string(r->scenario->services[n->service].name));
    json_object_set_new(o, "phase", json_string(phase_names[phase]));
    json_object_set_new(o, "stale", ratio(sum.stale, sum.requests));
    json_object_set_new(o, "misplaced", ratio(sum.misplaced, sum.requests));
    json_object_set_new(o, "unresolved", ratio(sum.unresolved, sum.requests));
    json_object_set_new(o, "lookups", json_count(l->ended));
    json_object_set_new(o, "lookups_failed", json_count(l->failed));
    json_object_set_new(o, "lookup_ms", json_real_or_null(took_ms, 6));
    return o;
}

json_t *json_names(const struct results *r)
{
    json_t *a = json_array();
    for (int i = 0; i < r->nnames; i++)
        for (int ph = 0; ph < PHASE_COUNT; ph++)
            json_array_append_new(a, name(r, &r->names[i], (enum phase)ph));
    return a;
}
