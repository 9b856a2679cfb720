// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/figure.h"
#include "report/json_part.h"

#include <math.h>

static json_t *ratio_or_null(int32_t ppm) // −1: none
{
    return json_real_or_null(ppm < 0 ? NAN : (double)ppm / 1e6, 6);
}

static json_t *waits(const struct hist *waited_ns)
{
    json_t *o = json_object();
    json_object_set_new(o, "mean", json_real_or_null(hist_mean(waited_ns) / 1e6, 6));
    json_object_set_new(o, "p99", json_ms_or_null(hist_quantile(waited_ns, 0.99, 0)));
    return o;
}

json_t *json_link(const struct results *r, const struct link_result *l)
{
    json_t *o = json_object();
    json_t *mean = json_object(), *peak = json_object(), *p95 = json_object();
    json_t *p99 = json_object(), *queueing = json_object();
    json_object_set_new(o, "name", json_string(l->name));
    json_object_set_new(o, "network", json_text_or_null(l->network));
    json_object_set_new(o, "rate_bps", json_integer(l->rate_bps));
    json_object_set_new(o, "packets", json_count(l->packets));
    json_object_set_new(o, "drops", json_count(l->drops));
    for (int p = 0; p < PHASE_COUNT; p++) {
        json_object_set_new(mean, phase_names[p], ratio_or_null(l->mean_ppm[p]));
        json_object_set_new(peak, phase_names[p],
                            ratio_or_null(figure_link_peak_ppm(r, l, (enum phase)p)));
        json_object_set_new(p95, phase_names[p], ratio_or_null(l->in[p].p95_ppm));
        json_object_set_new(p99, phase_names[p], ratio_or_null(l->in[p].p99_ppm));
        json_object_set_new(queueing, phase_names[p], waits(&l->in[p].waited_ns));
    }
    json_object_set_new(o, "utilisation_mean", mean);
    json_object_set_new(o, "utilisation_max", peak);
    json_object_set_new(o, "utilisation_p95", p95);
    json_object_set_new(o, "utilisation_p99", p99);
    json_object_set_new(o, "queueing_ms", queueing);
    return o;
}
