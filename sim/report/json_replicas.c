// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/json_part.h"

json_t *json_replica_seeds(const struct replicas_result *x)
{
    json_t *a = json_array();
    for (int i = 0; x && i < x->n; i++)
        json_array_append_new(a, json_count(x->seeds[i]));
    return a;
}

// Services over all groups; replicas.csv has the others.
json_t *json_replicas(const struct results *r)
{
    json_t *a = json_array();
    for (size_t i = 0; r->replicas && i < r->replicas->nfigures; i++) {
        const struct replica_figure *f = &r->replicas->figures[i];
        const struct metric_spec *m = &metric_specs[f->metric];
        double per = m->unit == METRIC_TIME ? 1e9 : m->unit == METRIC_RATE ? 1 : 1e6;
        if (f->service < 0 || f->group >= 0)
            continue;
        json_t *o = json_object();
        json_object_set_new(o, "service", json_string(r->scenario->services[f->service].name));
        json_object_set_new(o, "phase", json_string(phase_names[f->phase]));
        json_object_set_new(o, "metric", json_string(m->name));
        json_object_set_new(o, "n", json_count(f->finite.n));
        json_object_set_new(o, "infinite", json_integer(f->infinite));
        json_object_set_new(o, "mean", json_real_or_null(f->finite.mean / per, 9));
        json_object_set_new(o, "low", json_real_or_null(f->finite.low / per, 9));
        json_object_set_new(o, "high", json_real_or_null(f->finite.high / per, 9));
        json_array_append_new(a, o);
    }
    return a;
}
