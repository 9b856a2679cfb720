// SPDX-License-Identifier: GPL-3.0-or-later
// The comparison of two baselines. It walks the old one; what only the new one has is reported as a
// change. Missing keys read as null, so a hand-edited file cannot crash it.
#include "report/baseline.h"

#include "base/vec.h"
#include "report/baseline_json.h"

#include <math.h>
#include <stdarg.h>

const struct baseline_tolerance baseline_tolerances = {
    .availability = 0.001,
    .rtt_share = 0.05,
    .rtt_ms = 1,
    .failover_share = 0.10,
    .failover_s = 0.2,
};

// A change of exactly the tolerance passes, whatever its last bit.
#define ROUNDING 1e-9

struct compare_run {
    struct arena *arena;
    const struct baseline_tolerance *tolerance;
    VEC(struct baseline_change) changes;
    size_t nworse;
};

__attribute__((format(printf, 3, 4))) static void change(struct compare_run *w, bool worse,
                                                         const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct baseline_change c = {.worse = worse, .text = arena_strdup(w->arena, text)};
    vec_push(&w->changes, c);
    w->nworse += worse;
}

static double number(const json_t *object, const char *key) // NaN: null or missing
{
    json_t *v = json_object_get(object, key);
    return json_is_number(v) ? json_number_value(v) : NAN;
}

static void compare_rtt(struct compare_run *w, const char *where, const char *name, double before,
                        double after)
{
    if (isnan(before) && isnan(after))
        return;
    if (isnan(after)) {
        change(w, true, "%s: RTT %s was %.1f ms, now that many requests are lost", where, name,
               before);
        return;
    }
    if (isnan(before)) {
        change(w, false, "%s: RTT %s is %.1f ms, so many requests were lost before", where, name,
               after);
        return;
    }
    double allowed = fmax(w->tolerance->rtt_ms, w->tolerance->rtt_share * before);
    if (fabs(after - before) > allowed + ROUNDING)
        change(w, after > before, "%s: RTT %s %s from %.1f ms to %.1f ms", where, name,
               after > before ? "rose" : "fell", before, after);
}

static void compare_phase(struct compare_run *w, const char *where, const json_t *before,
                          const json_t *after)
{
    double a = number(before, "availability"), b = number(after, "availability");
    if (isnan(a) != isnan(b) || fabs(b - a) > w->tolerance->availability + ROUNDING)
        change(w, isnan(b) || b < a, "%s: availability %s from %.3f %% to %.3f %%", where,
               isnan(b) || b < a ? "fell" : "rose", 100 * a, 100 * b);
    compare_rtt(w, where, "p50", number(before, "p50_ms"), number(after, "p50_ms"));
    compare_rtt(w, where, "p95", number(before, "p95_ms"), number(after, "p95_ms"));
}

// No failover (nothing was lost) counts as zero seconds.
static void compare_failover(struct compare_run *w, const char *where, const json_t *before,
                             const json_t *after)
{
    double a = number(before, "max_s"), b = number(after, "max_s");
    double lost_a = number(before, "not_restored"), lost_b = number(after, "not_restored");
    a = isnan(a) ? 0 : a;
    b = isnan(b) ? 0 : b;
    lost_a = isnan(lost_a) ? 0 : lost_a;
    lost_b = isnan(lost_b) ? 0 : lost_b;
    if (lost_a != lost_b)
        change(w, lost_b > lost_a, "%s: %.0f groups stayed without service, now %.0f", where,
               lost_a, lost_b);
    double allowed = fmax(w->tolerance->failover_s, w->tolerance->failover_share * a);
    if (fabs(b - a) > allowed + ROUNDING)
        change(w, b > a, "%s: the longest failover %s from %.2f s to %.2f s", where,
               b > a ? "rose" : "fell", a, b);
}

static void compare_site(struct compare_run *w, const char *service, const char *group,
                         const char *phase, const json_t *before, const json_t *after)
{
    const char *a = json_string_value(before), *b = json_string_value(after);
    if (a && b && strcmp(a, b) != 0)
        change(w, true, "%s on %s moved from %s to %s (%s)", group, service, a, b, phase);
    else if (a && !b)
        change(w, true, "%s on %s is no longer answered; it was by %s (%s)", group, service, a,
               phase);
    else if (!a && b)
        change(w, false, "%s on %s is now answered by %s; it was not (%s)", group, service, b,
               phase);
}

static void compare_catchments(struct compare_run *w, const char *service, json_t *before,
                               const json_t *after)
{
    const char *group, *phase;
    json_t *phases, *site;
    json_object_foreach(before, group, phases)
    {
        const json_t *now = json_object_get(after, group);
        if (!now) {
            change(w, true, "%s on %s is missing", group, service);
            continue;
        }
        json_object_foreach(phases, phase, site)
            compare_site(w, service, group, phase, site, json_object_get(now, phase));
    }
}

typedef void compare_fn(struct compare_run *, const char *, const json_t *, const json_t *);

static void compare_networks(struct compare_run *w, const char *where, json_t *before,
                             const json_t *after, compare_fn *compare)
{
    const char *network;
    json_t *figures;
    json_object_foreach(before, network, figures)
    {
        char text[256];
        const json_t *now = json_object_get(after, network);
        snprintf(text, sizeof text, "%s, %s", where, network);
        if (now)
            compare(w, text, figures, now);
        else
            change(w, true, "%s: no figures any more", text);
    }
}

static void compare_service(struct compare_run *w, const char *name, const json_t *before,
                            const json_t *after)
{
    const char *phase;
    json_t *networks;
    const json_t *phases = json_object_get(after, "phases");
    json_object_foreach(json_object_get(before, "phases"), phase, networks)
    {
        char where[160];
        snprintf(where, sizeof where, "%s, %s", name, phase);
        compare_networks(w, where, networks, json_object_get(phases, phase), compare_phase);
    }
    compare_networks(w, name, json_object_get(before, "failover"),
                     json_object_get(after, "failover"), compare_failover);
    compare_catchments(w, name, json_object_get(before, "catchment"),
                       json_object_get(after, "catchment"));
}

static void compare_carried(struct compare_run *w, const char *where, const json_t *before,
                            const json_t *after)
{
    double a = number(before, "carried"), b = number(after, "carried");
    if (isnan(a) != isnan(b) || fabs(b - a) > w->tolerance->availability + ROUNDING)
        change(w, isnan(b) || b < a, "%s: what arrives %s from %.3f %% to %.3f %%", where,
               isnan(b) || b < a ? "fell" : "rose", 100 * a, 100 * b);
    a = number(before, "delay_ms");
    b = number(after, "delay_ms");
    double allowed = fmax(w->tolerance->rtt_ms, w->tolerance->rtt_share * a);
    if (fabs(b - a) > allowed + ROUNDING)
        change(w, b > a, "%s: mean delay %s from %.1f ms to %.1f ms", where,
               b > a ? "rose" : "fell", a, b);
}

static void compare_demand(struct compare_run *w, const char *name, json_t *before,
                           const json_t *after)
{
    const char *direction, *phase;
    json_t *phases, *figures;
    json_object_foreach(before, direction, phases)
    {
        const json_t *now = json_object_get(after, direction);
        json_object_foreach(phases, phase, figures)
        {
            char where[160];
            snprintf(where, sizeof where, "demand %s, %s, %s", name, direction, phase);
            compare_carried(w, where, figures, json_object_get(now, phase));
        }
    }
}

struct baseline_diff baseline_compare(struct arena *a, const struct baseline *before,
                                      const struct baseline *after,
                                      const struct baseline_tolerance *t)
{
    struct compare_run w = {.arena = a, .tolerance = t};
    json_t *old_services = json_object_get(baseline_json(before), "services");
    json_t *new_services = json_object_get(baseline_json(after), "services");
    const char *name;
    json_t *service;
    json_object_foreach(old_services, name, service)
    {
        const json_t *now = json_object_get(new_services, name);
        if (now)
            compare_service(&w, name, service, now);
        else
            change(&w, true, "service %s is missing", name);
    }
    json_object_foreach(new_services, name, service) if (!json_object_get(old_services, name))
        change(&w, false, "service %s is new", name);
    json_t *new_demands = json_object_get(baseline_json(after), "demands"), *demand;
    json_object_foreach(json_object_get(baseline_json(before), "demands"), name, demand)
    {
        const json_t *now = json_object_get(new_demands, name);
        if (now)
            compare_demand(&w, name, demand, now);
        else
            change(&w, true, "demand %s is missing", name);
    }
    struct baseline_diff diff = {.n = w.changes.n, .nworse = w.nworse};
    diff.v = arena_array(a, struct baseline_change, w.changes.n);
    if (w.changes.n)
        memcpy(diff.v, w.changes.v, w.changes.n * sizeof *diff.v);
    vec_free(&w.changes);
    return diff;
}
