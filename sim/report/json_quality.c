// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/figure.h"
#include "report/json_part.h"
#include "traffic/traffic.h"

#include <math.h>

static json_t *head(const struct scenario *s, const struct quality_result *q)
{
    json_t *o = json_object();
    json_object_set_new(o, "traffic", json_string(s->traffic[q->traffic].name));
    json_object_set_new(o, "kind", json_string(traffic_kind_at(s->traffic[q->traffic].kind)->name));
    json_object_set_new(o, "service", json_string(s->services[q->service].name));
    json_object_set_new(o, "network", json_string(figure_network(s, q->group)));
    json_object_set_new(o, "region", json_string(figure_group(s, q->group)->region));
    json_object_set_new(o, "phase", json_string(phase_names[q->phase]));
    return o;
}

static json_t *times(const struct hist *ns, uint64_t infinite)
{
    json_t *o = json_object();
    json_object_set_new(o, "mean", json_real_or_null(hist_mean(ns) / 1e6, 6));
    json_object_set_new(o, "p50", json_ms_or_null(hist_quantile(ns, 0.50, infinite)));
    json_object_set_new(o, "p95", json_ms_or_null(hist_quantile(ns, 0.95, infinite)));
    json_object_set_new(o, "p99", json_ms_or_null(hist_quantile(ns, 0.99, infinite)));
    return o;
}

static json_t *share(uint64_t part, uint64_t whole)
{
    return json_real_or_null(figure_share((int64_t)part, (int64_t)whole), 6);
}

static json_t *way(const struct way_result *w)
{
    json_t *o = json_object();
    uint64_t lost = w->sent - w->received;
    json_object_set_new(o, "sent", json_count(w->sent));
    json_object_set_new(o, "received", json_count(w->received));
    json_object_set_new(o, "late", json_count(w->late));
    json_object_set_new(o, "loss", share(lost, w->sent));
    json_object_set_new(o, "owd_ms", times(&w->delay_ns, lost));
    json_object_set_new(o, "ipdv_ms", times(&w->ipdv_ns, 0));
    json_object_set_new(o, "pdv_ms", times(&w->pdv_ns, 0));
    json_object_set_new(o, "jitter_ms", json_real_or_null(w->jitter_ps / 1e9, 6));
    json_object_set_new(o, "reordered", share(w->reordered, w->received));
    json_object_set_new(o, "extent_max", w->reordered ? json_integer(w->extent.max) : json_null());
    json_object_set_new(o, "duplicated", share(w->duplicated, w->received));
    return o;
}

json_t *json_quality(const struct results *r)
{
    json_t *a = json_array();
    for (int i = 0; i < r->nquality; i++) {
        const struct quality_result *q = &r->quality[i];
        if (q->way[TRAFFIC_TO_SERVER].sent + q->way[TRAFFIC_TO_CLIENT].sent == 0)
            continue;
        json_t *o = head(r->scenario, q);
        json_object_set_new(o, "threshold_s", json_seconds_or_null(q->threshold_ps));
        json_object_set_new(o, "up", way(&q->way[TRAFFIC_TO_SERVER]));
        json_object_set_new(o, "down", way(&q->way[TRAFFIC_TO_CLIENT]));
        json_object_set_new(o, "mos", json_real_or_null(figure_mos(r->scenario, q), 3));
        json_object_set_new(o, "resets", json_count(q->broken[TRAFFIC_BREAK_RESET]));
        json_object_set_new(o, "timeouts", json_count(q->broken[TRAFFIC_BREAK_TIMEOUT]));
        json_array_append_new(a, o);
    }
    return a;
}

json_t *json_objects(const struct results *r)
{
    json_t *a = json_array();
    for (int i = 0; i < r->nquality; i++) {
        const struct object_result *k = &r->quality[i].objects;
        if (k->begun == 0)
            continue;
        json_t *o = head(r->scenario, &r->quality[i]);
        uint64_t bad = k->reset + k->timeout;
        json_object_set_new(o, "begun", json_count(k->begun));
        json_object_set_new(o, "ok", json_count(k->ok));
        json_object_set_new(o, "reset", json_count(k->reset));
        json_object_set_new(o, "timeout", json_count(k->timeout));
        json_object_set_new(o, "octets", json_count(k->octets));
        json_object_set_new(o, "duration_ms", times(&k->duration_ns, bad));
        json_object_set_new(o, "goodput_bps", json_real_or_null(hist_mean(&k->goodput_bps), 0));
        double score = k->scored ? k->score_sum / (double)k->scored : NAN;
        json_object_set_new(o, "score", json_real_or_null(score, 3));
        json_object_set_new(o, "stalled_s", json_real_or_null(ps_to_s(k->stalled_ps), 6));
        json_array_append_new(a, o);
    }
    return a;
}
