// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/commands.h"
#include "cmd/draw.h"
#include "cmd/progress.h"
#include "cmd/results_dir.h"
#include "report/sweep.h"
#include "run/sweep.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static int parse_kind(const struct cli *c, enum sweep_kind *kind)
{
    const char *near = c->fail ? suggest(c->fail, sweep_kind_names, SWEEP_KINDS) : NULL;
    for (int i = 0; c->fail && i < SWEEP_KINDS; i++)
        if (strcmp(c->fail, sweep_kind_names[i]) == 0) {
            *kind = (enum sweep_kind)i;
            return EXIT_GOOD;
        }
    fprintf(stderr, "anysim sweep: --fail wants links, nodes or pops");
    if (c->fail)
        fprintf(stderr, ", not '%s'", c->fail);
    fprintf(stderr, near ? "; did you mean '%s'?\n" : "\n", near);
    return EXIT_USAGE;
}

static bool save(const struct sweep *w, const char *dir)
{
    struct outdir o;
    if (outdir_open(&o, dir) && outdir_finish(&o, sweep_write(w, &o)))
        return true;
    fprintf(stderr, "anysim sweep: %s\n", o.error);
    return false;
}

// Cases that crashed have no figures; results with holes would replace good older ones.
static bool all_ended_well(const struct sweep *w)
{
    bool good = true;
    for (size_t i = 0; i < w->ncases; i++)
        if (!w->cases[i].ok) {
            fprintf(stderr, "anysim sweep: case %s did not end well\n", w->cases[i].name);
            good = false;
        }
    return good;
}

static int sweep(const struct cli *c, const struct scenario *s, enum sweep_kind kind)
{
    struct arena a;
    struct sweep w;
    struct progress bar;
    struct sweep_options o = {
        .kind = kind, .jobs = (int)cli_jobs(c), .progress = progress_tick, .ctx = &bar};
    int code = EXIT_GOOD;
    double start_s = wall_clock_s();
    arena_init(&a);
    progress_begin(&bar, c->progress, "sweep");
    bool ran = sweep_run(s, &o, &w);
    progress_end(&bar);
    const char *dir =
        c->out ? c->out : arena_printf(&a, "results/%s-sweep-%s", s->name, sweep_kind_names[kind]);
    if (!ran) {
        fprintf(stderr, "anysim sweep: cannot start a process: %s\n", strerror(errno));
        code = EXIT_INTERNAL;
    } else if (!all_ended_well(&w)) {
        code = EXIT_INTERNAL;
    } else if (!save(&w, dir)) {
        code = EXIT_OUTPUT;
    } else if (!c->quiet) {
        sweep_summary(&w, stdout);
        fflush(stdout); // before anything on stderr, which may be the same terminal
        fprintf(stderr, "results in %s/ (%zu failures, %.1f s)\n", dir, w.ncases - 1,
                wall_clock_s() - start_s);
    }
    if (code == EXIT_GOOD && !c->no_plots)
        code = draw_plots(c, dir, false);
    sweep_free(&w);
    arena_free(&a);
    return code;
}

static int run(const struct cli *c)
{
    struct scenario_list l;
    enum sweep_kind kind;
    int first = 0, n = 0;
    int code = parse_kind(c, &kind);
    if (code != EXIT_GOOD)
        return code;
    code = cli_load(c, c->args.v[0], &l);
    if (code == EXIT_GOOD)
        code = results_choose(c, &l, &first, &n);
    if (code == EXIT_GOOD)
        code = sweep(c, &l.v[first], kind);
    scenario_list_free(&l);
    return code;
}

const struct command command_sweep = {
    .name = "sweep",
    .args = "SCENARIO",
    .min_args = 1,
    .max_args = 1,
    .summary = "every single failure as a case: who is hit, which link fills",
    .text =
        "The scenario's own events are left out; each link, router or POP fails in a case of its\n"
        "own, which is measured when routing has settled. Writes cases.csv (one row a failure) "
        "and\n"
        "sweep.csv (one row a link: its load before, its worst load and the failure that causes\n"
        "it) to results/NAME-sweep-KIND/, and draws the latter. The same bytes at any --jobs.\n",
    .options = "fail out jobs variant set seed no-plots quiet no-color",
    .run = run,
};
