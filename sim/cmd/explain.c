// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/commands.h"
#include "cmd/progress.h"
#include "cmd/results_dir.h"
#include "bgp/explain.h"
#include "report/trace.h"

#include <stdlib.h>
#include <string.h>

#define PROBE_TIMEOUT_PS (5 * PS_PER_S)

static const char *nearest_group(const struct scenario *s, const char *word, struct arena *a)
{
    const char **names = arena_array(a, const char *, s->ngroups);
    char text[128];
    for (int i = 0; i < s->ngroups; i++)
        names[i] = arena_strdup(a, scenario_group_name(s, i, text, sizeof text));
    return suggest(word, names, (size_t)s->ngroups);
}

static int complain(const char *option, const char *value, const char *hint)
{
    fprintf(stderr, "anysim explain: no %s '%s'", option, value);
    fprintf(stderr, hint ? "; did you mean '%s'?\n" : "\n", hint);
    return EXIT_USAGE;
}

static int find_service(const struct scenario *s, const char *name)
{
    for (int i = 0; i < s->nservices; i++)
        if (strcmp(s->services[i].name, name) == 0)
            return i;
    return -1;
}

static const char *nearest_service(const struct scenario *s, const char *word, struct arena *a)
{
    const char **names = arena_array(a, const char *, s->nservices);
    for (int i = 0; i < s->nservices; i++)
        names[i] = s->services[i].name;
    return suggest(word, names, (size_t)s->nservices);
}

// Runs to a time of the scenario with a progress bar.
static void advance(const struct cli *c, struct world *w, int64_t at_ps, bool warm_up)
{
    struct progress bar;
    struct run_options o = {.progress = progress_tick, .ctx = &bar};
    progress_begin(&bar, c->progress, "explain");
    if (warm_up)
        run_warm_up(w, &o);
    run_until(w, at_ps, &o);
    progress_end(&bar);
}

static void print_trace(const struct cli *c, const struct trace *t, const struct trace *before)
{
    if (c->json) {
        trace_json(t, before, stdout);
        return;
    }
    if (before) {
        trace_changes_text(before, t, stdout);
        fputc('\n', stdout);
    }
    trace_text(t, stdout);
}

// `since_ps` -1: no earlier trace.
static int explain(const struct cli *c, const struct scenario *s, int group, int service,
                   int64_t since_ps, int64_t at_ps)
{
    struct world *w = world_new(s);
    struct timeline *t = timeline_new(w);
    struct trace *traces = xcalloc(2, sizeof *traces);
    int code = EXIT_GOOD;
    if (trace_flow(w, group, service)) {
        if (since_ps >= 0) {
            advance(c, w, since_ps, true);
            trace_take(w, group, service, PROBE_TIMEOUT_PS, &traces[0]);
        }
        advance(c, w, at_ps, since_ps < 0);
        trace_take(w, group, service, PROBE_TIMEOUT_PS, &traces[1]);
        print_trace(c, &traces[1], since_ps >= 0 ? &traces[0] : NULL);
    } else {
        fprintf(stderr, "anysim explain: no traffic of the scenario joins %s to %s\n", c->from,
                c->to);
        code = EXIT_USAGE;
    }
    trace_free(&traces[0]);
    trace_free(&traces[1]);
    free(traces);
    timeline_free(t);
    world_free(w);
    return code;
}

static uint32_t find_router(const struct world *w, const char *name)
{
    for (uint32_t r = 0; r < control_routers(w->control); r++)
        if (strcmp(control_router(w->control, r)->name, name) == 0)
            return r;
    return CONTROL_NO_ROUTER;
}

static const char *nearest_router(const struct world *w, const char *word, struct arena *a)
{
    size_t n = control_routers(w->control);
    const char **names = arena_array(a, const char *, n);
    for (uint32_t r = 0; r < n; r++)
        names[r] = control_router(w->control, r)->name;
    return suggest(word, names, n);
}

static int look(const struct cli *c, const struct scenario *s, int64_t at_ps, struct arena *a)
{
    struct world *w = world_new(s);
    struct timeline *t = timeline_new(w);
    uint32_t router = find_router(w, c->looking_glass);
    int code = EXIT_GOOD;
    if (router == CONTROL_NO_ROUTER) {
        code = complain("router", c->looking_glass, nearest_router(w, c->looking_glass, a));
    } else if (control_router(w->control, router)->bgp.asn == 0) {
        fprintf(stderr, "anysim explain: %s speaks no BGP\n", c->looking_glass);
        code = EXIT_USAGE;
    } else {
        advance(c, w, at_ps, true);
        if (c->json)
            glass_json(w, router, stdout);
        else
            bgp_looking_glass(control_bgp(w->control), router, w->epoch_ps, stdout);
    }
    timeline_free(t);
    world_free(w);
    return code;
}

// A time of the scenario from an option; `otherwise` when it is not given.
static bool read_time(const struct scenario *s, const char *option, const char *value,
                      int64_t otherwise, int64_t *out)
{
    *out = otherwise;
    if (value && unit_parse(UNIT_TIME, value, out) != UNIT_OK) {
        fprintf(stderr, "anysim explain: %s wants a time with a unit, as 75s, not '%s'\n", option,
                value);
        return false;
    }
    if (value && (*out < 0 || *out > s->duration_ps)) {
        fprintf(stderr, "anysim explain: %s %s is outside the scenario's duration\n", option,
                value);
        return false;
    }
    return true;
}

static int run_on(const struct cli *c, const struct scenario *s)
{
    struct arena a;
    int64_t at_ps, since_ps;
    int code;
    arena_init(&a);
    if (!read_time(s, "--at", c->at, 0, &at_ps) ||
        !read_time(s, "--since", c->since, -1, &since_ps)) {
        code = EXIT_USAGE;
    } else if (c->since && since_ps >= at_ps) {
        fprintf(stderr, "anysim explain: --since %s is not before --at\n", c->since);
        code = EXIT_USAGE;
    } else if (c->looking_glass) {
        code = look(c, s, at_ps, &a);
    } else {
        int group = scenario_group(s, c->from), service = find_service(s, c->to);
        if (group < 0)
            code = complain("client group", c->from, nearest_group(s, c->from, &a));
        else if (service < 0)
            code = complain("service", c->to, nearest_service(s, c->to, &a));
        else
            code = explain(c, s, group, service, since_ps, at_ps);
    }
    arena_free(&a);
    return code;
}

static int run(const struct cli *c)
{
    struct scenario_list l;
    int first = 0, n = 0;
    if (c->looking_glass ? c->from || c->to || c->since : !c->from || !c->to) {
        fprintf(stderr, "anysim explain: give --from GROUP and --to SERVICE, or --looking-glass "
                        "ROUTER alone\n");
        return EXIT_USAGE;
    }
    int code = cli_load(c, c->args.v[0], &l);
    if (code == EXIT_GOOD)
        code = results_choose(c, &l, &first, &n);
    if (code == EXIT_GOOD)
        code = run_on(c, &l.v[first]);
    scenario_list_free(&l);
    return code;
}

const struct command command_explain = {
    .name = "explain",
    .args = "SCENARIO",
    .min_args = 1,
    .max_args = 1,
    .summary = "why does this client reach the service there, and how?",
    .text =
        "Runs the scenario to --at (default 0s), sends one request from --from to --to, and "
        "prints\n"
        "its way there and back hop by hop, the POP that it entered by, and the route decisions:\n"
        "every candidate, and the step that removed it. --since TIME sends another one before, "
        "and\n"
        "first prints what changed. --looking-glass ROUTER prints that router's whole BGP table.\n"
        "With variants the first one, unless --variant names another.\n",
    .options = "at since from to looking-glass variant set seed json no-color",
    .run = run,
};
