// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/json.h"

#include "measure/judge.h"
#include "measure/stretch.h"
#include "report/figure.h"
#include "report/version.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

// 15 digits hold every decimal of a rounded figure and hide the binary tail behind it.
#define FLAGS (JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY)

json_t *json_real_or_null(double value, int decimals)
{
    double scale = pow(10, decimals);
    if (!isfinite(value))
        return json_null();
    return json_real(round(value * scale) / scale + 0.0); // + 0.0: never "-0.0"
}

json_t *json_text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *count(uint64_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *ms_or_null(int64_t value_ns) // −1: none
{
    return json_real_or_null(figure_ms(value_ns), 6);
}

static json_t *seconds_or_null(int64_t t_ps) // −1 and TIME_NEVER: none
{
    return json_real_or_null(t_ps < 0 || t_ps == TIME_NEVER ? NAN : ps_to_s(t_ps), 6);
}

static json_t *causes(uint64_t sent, uint64_t received, uint64_t late,
                      const uint64_t lost_by[FWD_DROP_COUNT])
{
    json_t *o = json_object();
    uint64_t unfinished = figure_unfinished(sent, received, late, lost_by);
    for (int d = 1; d < FWD_DROP_COUNT; d++)
        if (lost_by[d])
            json_object_set_new(o, fwd_drop_name((enum fwd_drop)d), count(lost_by[d]));
    if (late)
        json_object_set_new(o, "late", count(late));
    if (unfinished)
        json_object_set_new(o, "unfinished", count(unfinished));
    return o;
}

static json_t *rtt(const struct client_result *c)
{
    json_t *o = json_object();
    bool any = c->rtt_ns.count > 0;
    json_object_set_new(o, "min", ms_or_null(any ? c->rtt_ns.min : -1));
    json_object_set_new(o, "mean", json_real_or_null(hist_mean(&c->rtt_ns) / 1e6, 6));
    json_object_set_new(o, "p50", ms_or_null(figure_rtt_ns(c, 0.50)));
    json_object_set_new(o, "p95", ms_or_null(figure_rtt_ns(c, 0.95)));
    json_object_set_new(o, "p99", ms_or_null(figure_rtt_ns(c, 0.99)));
    return o;
}

static json_t *ipdv(const struct client_result *c)
{
    json_t *o = json_object();
    json_object_set_new(o, "mean", json_real_or_null(hist_mean(&c->ipdv_ns) / 1e6, 6));
    json_object_set_new(o, "p50", ms_or_null(hist_quantile(&c->ipdv_ns, 0.50, 0)));
    json_object_set_new(o, "p95", ms_or_null(hist_quantile(&c->ipdv_ns, 0.95, 0)));
    json_object_set_new(o, "p99", ms_or_null(hist_quantile(&c->ipdv_ns, 0.99, 0)));
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
    json_object_set_new(o, "detect_s", seconds_or_null(c->detect_ps));
    json_object_set_new(o, "converge_s", seconds_or_null(c->converge_ps));
    json_object_set_new(o, "restore_s", seconds_or_null(c->restore_ps));
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
            json_object_set_new(o, figure_site(s, i), count(c->site_count[i]));
    return o;
}

static json_t *client(const struct scenario *s, const struct client_result *c)
{
    json_t *o = json_object();
    json_t *loss = json_object();
    bool outage = c->phase == PHASE_OUTAGE;
    json_object_set_new(o, "service", json_string(s->services[c->service].name));
    json_object_set_new(o, "network", json_string(figure_network(s, c->group)));
    json_object_set_new(o, "region", json_string(figure_group(s, c->group)->region));
    json_object_set_new(o, "phase", json_string(phase_names[c->phase]));
    json_object_set_new(o, "population", json_integer(figure_group(s, c->group)->population));
    json_object_set_new(o, "sent", count(c->sent));
    json_object_set_new(o, "received", count(c->received));
    json_object_set_new(o, "availability", json_real_or_null(figure_availability(c), 6));
    json_object_set_new(o, "rtt_ms", rtt(c));
    json_object_set_new(o, "jitter_ms", json_real_or_null(c->jitter_ps / 1e9, 6));
    json_object_set_new(o, "ipdv_ms", ipdv(c));
    json_object_set_new(loss, "total", count(figure_lost(c)));
    json_object_set_new(loss, "by_cause", causes(c->sent, c->received, c->late, c->lost_by));
    json_object_set_new(o, "loss", loss);
    json_object_set_new(o, "failover_s", seconds_or_null(outage ? c->failover_ps : -1));
    json_object_set_new(o, "failover", failover(c));
    json_object_set_new(o, "available", available(&c->available));
    json_object_set_new(o, "stretch", stretch(s, c));
    json_object_set_new(o, "site", json_text_or_null(figure_site(s, c->site)));
    json_object_set_new(o, "catchment", catchment(s, c));
    return o;
}

static json_t *ratio_or_null(int32_t ppm) // −1: none
{
    return json_real_or_null(ppm < 0 ? NAN : (double)ppm / 1e6, 6);
}

static json_t *waits(const struct hist *waited_ns)
{
    json_t *o = json_object();
    json_object_set_new(o, "mean", json_real_or_null(hist_mean(waited_ns) / 1e6, 6));
    json_object_set_new(o, "p99", ms_or_null(hist_quantile(waited_ns, 0.99, 0)));
    return o;
}

static json_t *link_json(const struct results *r, const struct link_result *l)
{
    json_t *o = json_object();
    json_t *mean = json_object(), *peak = json_object(), *p95 = json_object();
    json_t *p99 = json_object(), *queueing = json_object();
    json_object_set_new(o, "name", json_string(l->name));
    json_object_set_new(o, "network", json_text_or_null(l->network));
    json_object_set_new(o, "rate_bps", json_integer(l->rate_bps));
    json_object_set_new(o, "packets", count(l->packets));
    json_object_set_new(o, "drops", count(l->drops));
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

static json_t *service_json(const struct results *r, int service, enum phase phase)
{
    struct figure_sum sum;
    json_t *o = json_object(), *rtts = json_object(), *loss = json_object();
    figure_sum(r, service, -1, phase, &sum);
    uint64_t lost = sum.sent - sum.received;
    json_object_set_new(o, "service", json_string(r->scenario->services[service].name));
    json_object_set_new(o, "phase", json_string(phase_names[phase]));
    json_object_set_new(o, "groups", json_integer(sum.groups));
    json_object_set_new(o, "sent", count(sum.sent));
    json_object_set_new(o, "received", count(sum.received));
    json_object_set_new(o, "availability", json_real_or_null(sum.availability, 6));
    json_object_set_new(rtts, "mean", json_real_or_null(hist_mean(&sum.rtt_ns) / 1e6, 6));
    json_object_set_new(rtts, "p50", ms_or_null(hist_quantile(&sum.rtt_ns, 0.50, lost)));
    json_object_set_new(rtts, "p95", ms_or_null(hist_quantile(&sum.rtt_ns, 0.95, lost)));
    json_object_set_new(rtts, "p99", ms_or_null(hist_quantile(&sum.rtt_ns, 0.99, lost)));
    json_object_set_new(o, "rtt_ms", rtts);
    json_object_set_new(o, "jitter_ms", json_real_or_null(sum.jitter_ps / 1e9, 6));
    json_object_set_new(loss, "total", count(lost));
    json_object_set_new(loss, "by_cause", causes(sum.sent, sum.received, sum.late, sum.lost_by));
    json_object_set_new(o, "loss", loss);
    figure_sum_free(&sum);
    return o;
}

static json_t *conservation(const struct results *r)
{
    json_t *o = json_object(), *by = json_object();
    json_object_set_new(o, "sent", count(r->sent));
    json_object_set_new(o, "delivered", count(r->delivered));
    json_object_set_new(o, "dropped", count(r->dropped));
    json_object_set_new(o, "in_flight", count(r->in_flight));
    json_object_set_new(o, "balanced",
                        json_boolean(r->sent == r->delivered + r->dropped + r->in_flight));
    for (int d = 1; d < FWD_DROP_COUNT; d++)
        if (r->dropped_by[d])
            json_object_set_new(by, fwd_drop_name((enum fwd_drop)d), count(r->dropped_by[d]));
    json_object_set_new(o, "dropped_by", by);
    return o;
}

// The names of enum bgp_cycle_kind for programs.
static const char *const cycle_kinds[] = {"dispute", "med", "internal"};

static json_t *cycles(const struct control_result *c)
{
    json_t *a = json_array();
    for (int i = 0; i < c->ncycles; i++) {
        const struct bgp_cycle *x = &c->cycles[i];
        char text[PREFIX_TEXT];
        json_t *o = json_object(), *steps = json_array();
        for (uint32_t k = 0; k < x->nsteps; k++) {
            json_t *s = json_object();
            json_object_set_new(s, "router", json_string(x->step[k].router));
            json_object_set_new(s, "path", json_string(x->step[k].path));
            json_object_set_new(s, "from", json_string(x->step[k].from));
            json_array_append_new(steps, s);
        }
        json_object_set_new(o, "prefix", json_string(prefix_print(x->prefix, text)));
        json_object_set_new(o, "kind", json_string(cycle_kinds[x->kind]));
        json_object_set_new(o, "times", count(x->times));
        json_object_set_new(o, "changes", count(x->changes));
        json_object_set_new(o, "period_s", json_real_or_null(ps_to_s(x->period_ps), 6));
        json_object_set_new(o, "steps", steps);
        json_array_append_new(a, o);
    }
    return a;
}

static json_t *control(const struct control_result *c)
{
    json_t *o = json_object();
    json_object_set_new(o, "converged_s", json_real_or_null(ps_to_s(c->converged_ps), 6));
    json_object_set_new(o, "warm", json_boolean(c->warm));
    json_object_set_new(o, "routers", count(c->routers));
    json_object_set_new(o, "bgp_sessions", count(c->sessions));
    json_object_set_new(o, "bgp_updates", count(c->bgp_updates));
    json_object_set_new(o, "bgp_withdraws", count(c->bgp_withdraws));
    json_object_set_new(o, "spf_runs", count(c->spf_runs));
    json_object_set_new(o, "lsa_floods", count(c->lsa_floods));
    json_object_set_new(o, "reroutes", count(c->reroutes));
    json_object_set_new(o, "fib_changes", count(c->fib_changes));
    json_object_set_new(o, "never_settles", cycles(c));
    return o;
}

static json_t *events(const struct scenario *s)
{
    json_t *a = json_array();
    for (int i = 0; i < s->nevents; i++) {
        json_t *o = json_object();
        json_object_set_new(o, "time_s", json_real_or_null(ps_to_s(s->events[i].at_ps), 6));
        json_object_set_new(o, "label", json_text_or_null(s->events[i].label));
        json_array_append_new(a, o);
    }
    return a;
}

static json_t *expectations(const struct results *r)
{
    const struct scenario *s = r->scenario;
    json_t *a = json_array();
    for (int i = 0; i < r->nchecks; i++) {
        const struct check_result *k = &r->checks[i];
        const struct expectation *e = &s->expectations[k->expectation];
        char name[FIGURE_NAME];
        json_t *o = json_object();
        if (e->links)
            json_object_set_new(o, "links", json_string(e->links->text));
        else
            json_object_set_new(o, "service", json_string(s->services[e->service].name));
        json_object_set_new(o, e->links ? "link" : "group",
                            json_string(check_subject(r, k, name, sizeof name)));
        json_object_set_new(o, "phase", json_string(phase_names[e->phase]));
        json_object_set_new(o, "metric",
                            json_string(metric_names[e->conditions[k->condition].metric]));
        json_object_set_new(o, "expected", json_string(k->expected));
        json_object_set_new(o, "obtained", json_string(k->obtained));
        json_object_set_new(o, "ok", json_boolean(k->ok));
        json_array_append_new(a, o);
    }
    return a;
}

static json_t *phases(const struct scenario *s)
{
    json_t *o = json_object();
    bool outage = figure_has_outage(s);
    json_object_set_new(o, "outage_from_s", seconds_or_null(outage ? s->outage_from_ps : -1));
    json_object_set_new(o, "outage_to_s", seconds_or_null(outage ? s->outage_to_ps : -1));
    return o;
}

static json_t *seeds(const struct replicas_result *x)
{
    json_t *a = json_array();
    for (int i = 0; x && i < x->n; i++)
        json_array_append_new(a, count(x->seeds[i]));
    return a;
}

// Services over all groups; replicas.csv has the others.
static json_t *replicas(const struct results *r)
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
        json_object_set_new(o, "n", count(f->finite.n));
        json_object_set_new(o, "infinite", json_integer(f->infinite));
        json_object_set_new(o, "mean", json_real_or_null(f->finite.mean / per, 9));
        json_object_set_new(o, "low", json_real_or_null(f->finite.low / per, 9));
        json_object_set_new(o, "high", json_real_or_null(f->finite.high / per, 9));
        json_array_append_new(a, o);
    }
    return a;
}

static json_t *summary(const struct results *r)
{
    const struct scenario *s = r->scenario;
    json_t *o = json_object();
    json_t *services = json_array(), *clients = json_array(), *links = json_array();
    char hash[24];
    snprintf(hash, sizeof hash, "%016" PRIx64, s->input_hash);
    for (int v = 0; v < s->nservices; v++)
        for (int p = 0; p < PHASE_COUNT; p++)
            json_array_append_new(services, service_json(r, v, (enum phase)p));
    for (int i = 0; i < r->nclients; i++)
        json_array_append_new(clients, client(s, &r->clients[i]));
    for (int i = 0; i < r->nlinks; i++)
        json_array_append_new(links, link_json(r, &r->links[i]));
    json_object_set_new(o, "version", json_string(ANYSIM_VERSION));
    json_object_set_new(o, "seed", count(s->seed));
    json_object_set_new(o, "input_hash", json_string(hash));
    json_object_set_new(o, "scenario", json_string(s->name));
    json_object_set_new(o, "variant", json_text_or_null(s->variant));
    json_object_set_new(o, "duration_s", json_real_or_null(ps_to_s(s->duration_ps), 6));
    json_object_set_new(o, "phases", phases(s));
    json_object_set_new(o, "events", events(s));
    json_object_set_new(o, "conservation", conservation(r));
    json_object_set_new(o, "control", control(&r->control));
    json_object_set_new(o, "packet_hops", count(r->packet_hops));
    json_object_set_new(o, "expectations", expectations(r));
    if (r->replicas) {
        json_object_set_new(o, "replica_seeds", seeds(r->replicas));
        json_object_set_new(o, "replicas", replicas(r));
    }
    json_object_set_new(o, "services", services);
    json_object_set_new(o, "clients", clients);
    json_object_set_new(o, "links", links);
    return o;
}

void json_summary(const struct results *r, FILE *f)
{
    json_t *o = summary(r);
    json_print(o, f);
    json_decref(o);
}

static void print_array(const json_t *array, FILE *f)
{
    size_t n = json_array_size(array);
    fputs(n ? "[\n" : "[", f);
    for (size_t i = 0; i < n; i++) {
        fputs("    ", f);
        json_dumpf(json_array_get(array, i), f, FLAGS);
        fputs(i + 1 < n ? ",\n" : "\n", f);
    }
    fputs(n ? "  ]" : "]", f);
}

void json_print(const json_t *object, FILE *f)
{
    const char *key, *separator = "\n";
    json_t *value;
    putc('{', f);
    json_object_foreach((json_t *)object, key, value) // NOLINT: jansson's iterator is not const
    {
        json_t *name = json_string(key);
        fprintf(f, "%s  ", separator);
        json_dumpf(name, f, FLAGS);
        fputs(": ", f);
        if (json_is_array(value))
            print_array(value, f);
        else
            json_dumpf(value, f, FLAGS);
        json_decref(name);
        separator = ",\n";
    }
    fputs("\n}\n", f);
}
