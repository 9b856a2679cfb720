// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/commands.h"
#include "cmd/progress.h"
#include "cmd/results_dir.h"
#include "run/trace.h"

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

static int explain(const struct cli *c, const struct scenario *s, int group, int service,
                   int64_t at_ps)
{
    struct progress bar;
    struct run_options o = {.progress = progress_tick, .ctx = &bar};
    struct world *w = world_new(s);
    struct timeline *t = timeline_new(w);
    struct flow *f = trace_flow(w, group, service);
    struct probe probe;
    int code = EXIT_GOOD;
    if (f) {
        progress_begin(&bar, c->progress, "explain");
        run_warm_up(w, &o);
        run_until(w, at_ps, &o);
        progress_end(&bar);
        trace_run(w, f, PROBE_TIMEOUT_PS, &probe);
        trace_print(w, group, service, &probe, stdout);
    } else {
        fprintf(stderr, "anysim explain: no traffic of the scenario joins %s to %s\n", c->from,
                c->to);
        code = EXIT_USAGE;
    }
    timeline_free(t);
    world_free(w);
    return code;
}

static int run_on(const struct cli *c, const struct scenario *s)
{
    struct arena a;
    int64_t at_ps = 0;
    int code = EXIT_GOOD;
    int group = scenario_group(s, c->from), service = find_service(s, c->to);
    arena_init(&a);
    if (c->at && unit_parse(UNIT_TIME, c->at, &at_ps) != UNIT_OK) {
        fprintf(stderr, "anysim explain: --at wants a time with a unit, as 75s, not '%s'\n", c->at);
        code = EXIT_USAGE;
    } else if (at_ps < 0 || at_ps > s->duration_ps) {
        fprintf(stderr, "anysim explain: --at %s is outside the scenario's duration\n", c->at);
        code = EXIT_USAGE;
    } else if (group < 0) {
        code = complain("client group", c->from, nearest_group(s, c->from, &a));
    } else if (service < 0) {
        code = complain("service", c->to, nearest_service(s, c->to, &a));
    } else {
        code = explain(c, s, group, service, at_ps);
    }
    arena_free(&a);
    return code;
}

static int run(const struct cli *c)
{
    struct scenario_list l;
    int first = 0, n = 0;
    if (!c->from || !c->to) {
        fprintf(stderr, "anysim explain: --from GROUP and --to SERVICE are needed\n");
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
        "its way there and back hop by hop, the POP that it entered by, and the route decisions.\n"
        "With variants the first one, unless --variant names another.\n",
    .options = "at from to variant set seed no-color",
    .run = run,
};
