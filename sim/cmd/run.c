// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/commands.h"
#include "cmd/progress.h"
#include "cmd/results_dir.h"
#include "report/json.h"
#include "report/text.h"
#include "run/run.h"

static int run_one(const struct cli *c, const struct scenario *s, bool several)
{
    struct arena a;
    struct progress bar;
    struct run_options o = {progress_tick, &bar};
    double start_s = wall_clock_s();
    arena_init(&a);
    progress_begin(&bar, c->progress, s->variant ? s->variant : s->name);
    struct results *r = run_scenario(s, &o);
    progress_end(&bar);
    char *dir = results_dir(&a, c, s, several);
    int code = r->nfailed ? EXIT_EXPECTATION : EXIT_GOOD;
    if (!results_save(r, dir))
        code = EXIT_OUTPUT;
    if (c->json)
        json_summary(r, stdout);
    else if (!c->quiet)
        text_summary(r, stdout, c->color_out, c->verbose ? TEXT_FULL : TEXT_BRIEF);
    fflush(stdout); // before anything on stderr, which may be the same terminal
    if (!c->quiet && code != EXIT_OUTPUT)
        fprintf(stderr, "results in %s/ (%.1f s)\n", dir, wall_clock_s() - start_s);
    results_free(r);
    arena_free(&a);
    return code;
}

static int run(const struct cli *c)
{
    struct scenario_list l;
    int first = 0, n = 0;
    int code = cli_load(c, c->args.v[0], &l);
    if (code == EXIT_GOOD)
        code = results_choose(c, &l, &first, &n);
    for (int i = first; code != EXIT_OUTPUT && i < first + n; i++) {
        int this = run_one(c, &l.v[i], l.v[i].variant != NULL);
        code = this > code ? this : code;
    }
    scenario_list_free(&l);
    return code;
}

const struct command command_run = {
    .name = "run",
    .args = "SCENARIO",
    .min_args = 1,
    .max_args = 1,
    .summary = "simulate a scenario and write its results",
    .text =
        "Writes results/NAME/ (or --out DIR): summary.txt, summary.json, CSV files. A scenario "
        "with\n"
        "variants is run once for each, into a directory each. Old results are replaced only when\n"
        "the new ones are complete. --verbose prints all of summary.txt. Exit code 1 when an\n"
        "expectation of the scenario fails.\n",
    .options = "out variant set seed json quiet verbose no-color",
    .run = run,
};
