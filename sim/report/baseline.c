// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/baseline.h"

#include "base/file.h"
#include "report/baseline_json.h"
#include "report/figure.h"
#include "report/json.h"

#include <math.h>
#include <stdlib.h>

#define MAX_BYTES ((size_t)64 << 20)

struct baseline {
    json_t *root;
};

json_t *baseline_json(const struct baseline *b)
{
    return b->root;
}

static json_t *ms_or_null(int64_t value_ns) // −1: none
{
    return json_real_or_null(figure_ms(value_ns), 3);
}

static json_t *phase_figures(const struct results *r, int service, enum phase phase)
{
    json_t *networks = json_object();
    for (int n = 0; n < r->scenario->topology.nnetworks; n++) {
        struct figure_sum sum;
        figure_sum(r, service, n, phase, &sum);
        uint64_t lost = sum.endless;
        if (sum.sent) {
            json_t *o = json_object();
            json_object_set_new(o, "availability", json_real_or_null(sum.availability, 6));
            json_object_set_new(o, "p50_ms", ms_or_null(hist_quantile(&sum.rtt_ns, 0.50, lost)));
            json_object_set_new(o, "p95_ms", ms_or_null(hist_quantile(&sum.rtt_ns, 0.95, lost)));
            json_object_set_new(networks, r->scenario->topology.networks[n].name, o);
        }
        figure_sum_free(&sum);
    }
    return networks;
}

static json_t *failovers(const struct results *r, int service)
{
    json_t *networks = json_object();
    for (int n = 0; n < r->scenario->topology.nnetworks; n++) {
        int64_t max_ps = -1;
        int64_t lost = 0, groups = 0;
        for (int i = 0; i < r->nclients; i++) {
            const struct client_result *c = &r->clients[i];
            if (c->service != service || c->phase != PHASE_OUTAGE || c->sent == 0 ||
                r->scenario->groups[c->group].network != n)
                continue;
            groups++;
            if (c->failover_ps == TIME_NEVER)
                lost++;
            else if (c->failover_ps > max_ps)
                max_ps = c->failover_ps;
        }
        if (groups == 0)
            continue;
        json_t *o = json_object();
        json_object_set_new(o, "max_s", json_real_or_null(max_ps < 0 ? NAN : ps_to_s(max_ps), 6));
        json_object_set_new(o, "not_restored", json_integer(lost));
        json_object_set_new(networks, r->scenario->topology.networks[n].name, o);
    }
    return networks;
}

static json_t *catchments(const struct results *r, int service)
{
    json_t *groups = json_object();
    for (int g = 0; g < r->scenario->ngroups; g++) {
        char name[FIGURE_NAME];
        json_t *o = json_object();
        for (int p = 0; p < PHASE_COUNT; p++) {
            const struct client_result *c = results_client(r, service, g, (enum phase)p);
            if (c && c->sent)
                json_object_set_new(o, phase_names[p],
                                    json_text_or_null(figure_site(r->scenario, c->site)));
        }
        if (json_object_size(o))
            json_object_set_new(groups, scenario_group_name(r->scenario, g, name, sizeof name), o);
        else
            json_decref(o);
    }
    return groups;
}

static json_t *demand_figures(const struct results *r, int demand, bool down)
{
    json_t *phases = json_object();
    for (int p = 0; p < PHASE_COUNT; p++) {
        struct demand_figures f;
        results_demand(r, demand, -1, down, (enum phase)p, &f);
        if (f.offered_bit <= 0)
            continue;
        double delay_ps = f.delivered_bit > 0 ? f.delay_bit_ps / f.delivered_bit : NAN;
        json_t *o = json_object();
        json_object_set_new(o, "carried", json_real_or_null(f.delivered_bit / f.offered_bit, 6));
        json_object_set_new(o, "delay_ms", json_real_or_null(delay_ps / PS_PER_MS, 3));
        json_object_set_new(phases, phase_names[p], o);
    }
    return phases;
}

static json_t *demands(const struct results *r)
{
    json_t *all = json_object();
    for (int d = 0; d < r->scenario->ndemands; d++) {
        json_t *o = json_object();
        json_object_set_new(o, "up", demand_figures(r, d, false));
        json_object_set_new(o, "down", demand_figures(r, d, true));
        json_object_set_new(all, r->scenario->demands[d].name, o);
    }
    return all;
}

struct baseline *baseline_of(const struct results *r)
{
    const struct scenario *s = r->scenario;
    struct baseline *b = xmalloc(sizeof *b);
    json_t *services = json_object();
    b->root = json_object();
    json_object_set_new(b->root, "baseline", json_integer(BASELINE_FORMAT));
    json_object_set_new(b->root, "scenario", json_string(s->name));
    json_object_set_new(b->root, "variant", json_text_or_null(s->variant));
    json_object_set_new(b->root, "seed", json_integer((json_int_t)s->seed));
    for (int v = 0; v < s->nservices; v++) {
        json_t *o = json_object(), *phases = json_object();
        for (int p = 0; p < PHASE_COUNT; p++)
            json_object_set_new(phases, phase_names[p], phase_figures(r, v, (enum phase)p));
        json_object_set_new(o, "phases", phases);
        json_object_set_new(o, "failover", failovers(r, v));
        json_object_set_new(o, "catchment", catchments(r, v));
        json_object_set_new(services, s->services[v].name, o);
    }
    json_object_set_new(b->root, "services", services);
    if (s->ndemands)
        json_object_set_new(b->root, "demands", demands(r));
    return b;
}

void baseline_free(struct baseline *b)
{
    if (!b)
        return;
    json_decref(b->root);
    free(b);
}

void baseline_write(const struct baseline *b, FILE *f)
{
    json_dumpf(b->root, f, JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15));
    putc('\n', f);
}

void baseline_write_results(const struct results *r, FILE *f)
{
    struct baseline *b = baseline_of(r);
    baseline_write(b, f);
    baseline_free(b);
}

struct baseline *baseline_read(struct arena *a, const char *path, const char **why)
{
    size_t len;
    json_error_t error;
    char *text = file_read(a, path, MAX_BYTES, &len, why);
    if (!text)
        return NULL;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        *why = arena_printf(a, "line %d, column %d: %s", error.line, error.column, error.text);
        return NULL;
    }
    json_int_t format = json_integer_value(json_object_get(root, "baseline"));
    if (format != BASELINE_FORMAT || !json_is_object(json_object_get(root, "services"))) {
        *why =
            format == 0
                ? "not a baseline of anysim"
                : arena_printf(a, "baseline format %" JSON_INTEGER_FORMAT ", this program knows %d",
                               format, BASELINE_FORMAT);
        json_decref(root);
        return NULL;
    }
    struct baseline *b = xmalloc(sizeof *b);
    b->root = root;
    return b;
}
