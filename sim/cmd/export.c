// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/export.h"

#include "cmd/commands.h"
#include "cmd/progress.h"
#include "cmd/results_dir.h"
#include "run/run.h"

#include <errno.h>
#include <string.h>

static const char routes_format[] = "routes";

// EXPORT_FORMATS: the routes; -1 with a message: no such format.
static int format_named(const char *name)
{
    const char *names[EXPORT_FORMATS + 1];
    memcpy(names, export_format_names, sizeof export_format_names);
    names[EXPORT_FORMATS] = routes_format;
    for (int i = 0; name && i <= EXPORT_FORMATS; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    fprintf(stderr, "anysim export: --format wants bird, frr, containerlab or routes");
    const char *near = name ? suggest(name, names, EXPORT_FORMATS + 1) : NULL;
    if (name)
        fprintf(stderr, ", not '%s'", name);
    fprintf(stderr, near ? "; did you mean '%s'?\n" : "\n", near);
    return -1;
}

static int save(const struct cli *c, struct plan *p, enum export_format format)
{
    struct outdir out;
    struct arena a;
    const struct scenario *s = p->world->scenario;
    if (export_check(p, format, stderr)) {
        fprintf(stderr, "anysim export: %s cannot be written for %s\n", s->name,
                export_format_names[format]);
        return EXIT_BAD_INPUT;
    }
    arena_init(&a);
    char *name =
        s->variant ? arena_printf(&a, "%s-%s", s->name, s->variant) : arena_strdup(&a, s->name);
    const char *dir =
        c->out ? c->out : arena_printf(&a, "results/%s-%s", name, export_format_names[format]);
    bool good = outdir_open(&out, dir) && outdir_finish(&out, export_write(p, format, &out));
    if (!good)
        fprintf(stderr, "anysim: %s\n", out.error);
    else if (!c->quiet)
        fprintf(stderr, "configurations of %u routers in %s/\n", p->nrouters, dir);
    arena_free(&a);
    return good ? EXIT_GOOD : EXIT_OUTPUT;
}

// Configurations are those of the start; the routes are those at a time of the run.
static int routes(const struct cli *c, struct world *w, const struct plan *p, int64_t at_ps)
{
    struct progress bar;
    struct run_options o = {.progress = progress_tick, .ctx = &bar};
    struct timeline *t = timeline_new(w);
    FILE *f = stdout;
    char *part = NULL;
    progress_begin(&bar, c->progress, "export");
    run_warm_up(w, &o);
    run_until(w, at_ps, &o);
    progress_end(&bar);
    if (c->out)
        f = whole_file_open(c->out, &part);
    if (f)
        export_routes(p, f);
    bool good = f && (c->out ? whole_file_close(f, c->out, part) : fflush(f) == 0);
    if (!good)
        fprintf(stderr, "anysim: %s: %s\n", c->out ? c->out : "stdout", strerror(errno));
    timeline_free(t);
    return good ? EXIT_GOOD : EXIT_OUTPUT;
}

static int export_one(const struct cli *c, const struct scenario *s, int format)
{
    int64_t at_ps = 0;
    if (c->at && unit_parse(UNIT_TIME, c->at, &at_ps) != UNIT_OK) {
        fprintf(stderr, "anysim export: --at wants a time with a unit, as 75s, not '%s'\n", c->at);
        return EXIT_USAGE;
    }
    if (at_ps < 0 || at_ps > s->duration_ps) {
        fprintf(stderr, "anysim export: --at %s is outside the scenario's duration\n", c->at);
        return EXIT_USAGE;
    }
    if (c->at && format != EXPORT_FORMATS) {
        fprintf(stderr, "anysim export: --at goes with --format routes only: configurations are "
                        "those of the start\n");
        return EXIT_USAGE;
    }
    struct world *w = world_new(s);
    struct plan p;
    plan_init(&p, w);
    int code = format == EXPORT_FORMATS ? routes(c, w, &p, at_ps)
                                        : save(c, &p, (enum export_format)format);
    plan_free(&p);
    world_free(w);
    return code;
}

static int run(const struct cli *c)
{
    struct scenario_list l;
    int first = 0, n = 0, format = format_named(c->format);
    if (format < 0)
        return EXIT_USAGE;
    int code = cli_load(c, c->args.v[0], &l);
    if (code == EXIT_GOOD)
        code = results_choose(c, &l, &first, &n);
    if (code == EXIT_GOOD)
        code = export_one(c, &l.v[first], format);
    scenario_list_free(&l);
    return code;
}

const struct command command_export = {
    .name = "export",
    .args = "SCENARIO",
    .min_args = 1,
    .max_args = 1,
    .summary = "write the network as configurations of BIRD or FRR",
    .text =
        "Writes one configuration a router, with everything that decides routes: sessions, "
        "policy,\n"
        "metrics, timers, originated prefixes. --format bird, frr, or containerlab (a topology\n"
        "file, and for every network the daemon that can do it, FRR if both can); what the\n"
        "target cannot express is an error or a comment. The directory is --out or\n"
        "results/NAME-FORMAT.\n"
        "--format routes runs the scenario to --at (default 0s) and prints every router's best\n"
        "paths as JSON, to compare with the daemons' (into the file --out when given).\n"
        "With variants the first one, unless --variant names another.\n",
    .options = "format at out variant set seed quiet no-color",
    .run = run,
};
