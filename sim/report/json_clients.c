// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/stretch.h"
#include "report/figure.h"
#include "report/json_part.h"

#include <math.h>

static json_t *rtt(const struct client_result *c)
{
    json_t *o = json_object();
    bool any = c->rtt_ns.count > 0;
    json_object_set_new(o, "min", json_ms_or_null(any ? c->rtt_ns.min : -1));
    json_object_set_new(o, "mean", json_real_or_null(hist_mean(&c->rtt_ns) / 1e6, 6));
    json_object_set_new(o, "p50", json_ms_or_null(figure_rtt_ns(c, 0.50)));
    json_object_set_new(o, "p95", json_ms_or_null(figure_rtt_ns(c, 0.95)));
    json_object_set_new(o, "p99", json_ms_or_null(figure_rtt_ns(c, 0.99)));
    return o;
}

static json_t *ipdv(const struct client_result *c)
{
    json_t *o = json_object();
    json_object_set_new(o, "mean", json_real_or_null(hist_mean(&c->ipdv_ns) / 1e6, 6));
    json_object_set_new(o, "p50", json_ms_or_null(hist_quantile(&c->ipdv_ns, 0.50, 0)));
    json_object_set_new(o, "p95", json_ms_or_null(hist_quantile(&c->ipdv_ns, 0.95, 0)));
    json_object_set_new(o, "p99", json_ms_or_null(hist_quantile(&c->ipdv_ns, 0.99, 0)));
    return o;
}

static json_t *failover(const struct client_result *c)
{
    json_t *o = json_object();
    if (c->phase != PHASE_OUTAGE || c->failover_ps < 0) {
        json_decref(o);
        return json_null();
    }
    json_object_set_new(o, "restored", json_boolean(c->failover_ps != TIME_NEVER));
    json_object_set_new(o, "detect_s", json_seconds_or_null(c->detect_ps));
    json_object_set_new(o, "converge_s", json_seconds_or_null(c->converge_ps));
    json_object_set_new(o, "restore_s", json_seconds_or_null(c->restore_ps));
    return o;
}

static json_t *available(const struct availability_result *a)
{
    json_t *o = json_object();
    double share = figure_share(a->seconds - a->outage_seconds, a->seconds);
    json_object_set_new(o, "share_1s", json_real_or_null(share, 6));
    share = figure_share(a->tens - a->outage_tens, a->tens);
    json_object_set_new(o, "share_10s", json_real_or_null(share, 6));
    json_object_set_new(o, "outage_s", json_integer(a->outage_seconds));
    json_object_set_new(o, "longest_outage_s", json_integer(a->longest_seconds));
    return o;
}

static json_t *stretch(const struct scenario *s, const struct client_result *c)
{
    json_t *o = json_object();
    const struct stretch_result *k = &c->stretch;
    json_object_set_new(o, "best_site", json_text_or_null(figure_site(s, k->best_site)));
    json_object_set_new(o, "best_rtt_ms",
                        json_real_or_null(k->best_ps < 0 ? NAN : ps_to_ms(k->best_ps), 6));
    json_object_set_new(o, "best", json_real_or_null(stretch_of(c, k->best_ps), 6));
    json_object_set_new(o, "circle", json_real_or_null(stretch_of(c, k->circle_ps), 6));
    return o;
}

static json_t *catchment(const struct scenario *s, const struct client_result *c)
{
    json_t *o = json_object();
    for (int i = 0; c->site_count && i < s->topology.npops; i++)
        if (c->site_count[i])
            json_object_set_new(o, figure_site(s, i), json_count(c->site_count[i]));
    return o;
}

json_t *json_client(const struct scenario *s, const struct client_result *c)
{
    json_t *o = json_object();
    json_t *loss = json_object();
    bool outage = c->phase == PHASE_OUTAGE;
    json_object_set_new(o, "service", json_string(s->services[c->service].name));
    json_object_set_new(o, "network", json_string(figure_network(s, c->group)));
    json_object_set_new(o, "region", json_string(figure_group(s, c->group)->region));
    json_object_set_new(o, "phase", json_string(phase_names[c->phase]));
    json_object_set_new(o, "population", json_integer(figure_group(s, c->group)->population));
    json_object_set_new(o, "sent", json_count(c->sent));
    json_object_set_new(o, "received", json_count(c->received));
    json_object_set_new(o, "availability", json_real_or_null(figure_availability(c), 6));
    json_object_set_new(o, "rtt_ms", rtt(c));
    json_object_set_new(o, "jitter_ms", json_real_or_null(c->jitter_ps / 1e9, 6));
    json_object_set_new(o, "ipdv_ms", ipdv(c));
    json_object_set_new(loss, "total", json_count(figure_lost(c)));
    json_object_set_new(loss, "by_cause", json_causes(c->sent, c->received, c->late, c->lost_by));
    json_object_set_new(o, "loss", loss);
    json_object_set_new(o, "failover_s", json_seconds_or_null(outage ? c->failover_ps : -1));
    json_object_set_new(o, "failover", failover(c));
    json_object_set_new(o, "available", available(&c->available));
    json_object_set_new(o, "stretch", stretch(s, c));
    json_object_set_new(o, "site", json_text_or_null(figure_site(s, c->site)));
    json_object_set_new(o, "catchment", catchment(s, c));
    return o;
}
