// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/json_part.h"

#include "measure/judge.h"
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

json_t *json_count(uint64_t n)
{
    return json_integer((json_int_t)n);
}

json_t *json_ms_or_null(int64_t value_ns) // −1: none
{
    return json_real_or_null(figure_ms(value_ns), 6);
}

json_t *json_seconds_or_null(int64_t t_ps) // −1 and TIME_NEVER: none
{
    return json_real_or_null(t_ps < 0 || t_ps == TIME_NEVER ? NAN : ps_to_s(t_ps), 6);
}

json_t *json_causes(uint64_t sent, uint64_t received, uint64_t late,
                    const uint64_t lost_by[FWD_DROP_COUNT])
{
    json_t *o = json_object();
    uint64_t unfinished = figure_unfinished(sent, received, late, lost_by);
    for (int d = 1; d < FWD_DROP_COUNT; d++)
        if (lost_by[d])
            json_object_set_new(o, fwd_drop_name((enum fwd_drop)d), json_count(lost_by[d]));
    if (late)
        json_object_set_new(o, "late", json_count(late));
    if (unfinished)
        json_object_set_new(o, "unfinished", json_count(unfinished));
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
    json_object_set_new(o, "sent", json_count(sum.sent));
    json_object_set_new(o, "received", json_count(sum.received));
    json_object_set_new(o, "availability", json_real_or_null(sum.availability, 6));
    json_object_set_new(rtts, "mean", json_real_or_null(hist_mean(&sum.rtt_ns) / 1e6, 6));
    json_object_set_new(rtts, "p50",
                        json_ms_or_null(hist_quantile(&sum.rtt_ns, 0.50, sum.endless)));
    json_object_set_new(rtts, "p95",
                        json_ms_or_null(hist_quantile(&sum.rtt_ns, 0.95, sum.endless)));
    json_object_set_new(rtts, "p99",
                        json_ms_or_null(hist_quantile(&sum.rtt_ns, 0.99, sum.endless)));
    json_object_set_new(o, "rtt_ms", rtts);
    json_object_set_new(o, "jitter_ms", json_real_or_null(sum.jitter_ps / 1e9, 6));
    json_object_set_new(loss, "total", json_count(lost));
    json_object_set_new(loss, "by_cause",
                        json_causes(sum.sent, sum.received, sum.late, sum.lost_by));
    json_object_set_new(o, "loss", loss);
    figure_sum_free(&sum);
    return o;
}

static json_t *conservation(const struct results *r)
{
    json_t *o = json_object(), *by = json_object();
    json_object_set_new(o, "sent", json_count(r->sent));
    json_object_set_new(o, "delivered", json_count(r->delivered));
    json_object_set_new(o, "dropped", json_count(r->dropped));
    json_object_set_new(o, "in_flight", json_count(r->in_flight));
    json_object_set_new(o, "balanced",
                        json_boolean(r->sent == r->delivered + r->dropped + r->in_flight));
    for (int d = 1; d < FWD_DROP_COUNT; d++)
        if (r->dropped_by[d])
            json_object_set_new(by, fwd_drop_name((enum fwd_drop)d), json_count(r->dropped_by[d]));
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
        json_object_set_new(o, "times", json_count(x->times));
        json_object_set_new(o, "changes", json_count(x->changes));
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
    json_object_set_new(o, "routers", json_count(c->routers));
    json_object_set_new(o, "bgp_sessions", json_count(c->sessions));
    json_object_set_new(o, "bgp_updates", json_count(c->bgp_updates));
    json_object_set_new(o, "bgp_withdraws", json_count(c->bgp_withdraws));
    json_object_set_new(o, "spf_runs", json_count(c->spf_runs));
    json_object_set_new(o, "lsa_floods", json_count(c->lsa_floods));
    json_object_set_new(o, "reroutes", json_count(c->reroutes));
    json_object_set_new(o, "fib_changes", json_count(c->fib_changes));
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
        else if (e->demand)
            json_object_set_new(o, "demand", json_string(e->demand->name));
        else
            json_object_set_new(o, "service", json_string(s->services[e->service].name));
        if (e->pop >= 0)
            json_object_set_new(o, "pop", json_string(s->topology.pops[e->pop].name));
        json_object_set_new(o, e->links ? "link" : "group",
                            json_string(check_subject(r, k, name, sizeof name)));
        json_object_set_new(o, "phase", json_string(phase_names[e->phase]));
        if (e->headline)
            json_object_set_new(o, "headline", json_string(e->headline));
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
    json_object_set_new(o, "outage_from_s", json_seconds_or_null(outage ? s->outage_from_ps : -1));
    json_object_set_new(o, "outage_to_s", json_seconds_or_null(outage ? s->outage_to_ps : -1));
    return o;
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
        json_array_append_new(clients, json_client(s, &r->clients[i]));
    for (int i = 0; i < r->nlinks; i++)
        json_array_append_new(links, json_link(r, &r->links[i]));
    json_object_set_new(o, "version", json_string(ANYSIM_VERSION));
    json_object_set_new(o, "seed", json_count(s->seed));
    json_object_set_new(o, "input_hash", json_string(hash));
    json_object_set_new(o, "scenario", json_string(s->name));
    json_object_set_new(o, "variant", json_text_or_null(s->variant));
    json_object_set_new(o, "duration_s", json_real_or_null(ps_to_s(s->duration_ps), 6));
    json_object_set_new(o, "phases", phases(s));
    json_object_set_new(o, "events", events(s));
    json_object_set_new(o, "conservation", conservation(r));
    json_object_set_new(o, "control", control(&r->control));
    json_object_set_new(o, "packet_hops", json_count(r->packet_hops));
    json_object_set_new(o, "expectations", expectations(r));
    if (r->replicas) {
        json_object_set_new(o, "replica_seeds", json_replica_seeds(r->replicas));
        json_object_set_new(o, "replicas", json_replicas(r));
    }
    json_object_set_new(o, "services", services);
    json_object_set_new(o, "clients", clients);
    json_object_set_new(o, "quality", json_quality(r));
    json_object_set_new(o, "objects", json_objects(r));
    json_t *health = json_health(r);
    if (health)
        json_object_set_new(o, "health", health);
    if (s->ndemands)
        json_object_set_new(o, "demands", json_demands(r));
    if (r->neips > s->nservices) // something happened to one
        json_object_set_new(o, "eips", json_eips(r));
    if (r->nnames)
        json_object_set_new(o, "names", json_names(r));
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
