// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/commands.h"
#include "cmd/progress.h"
#include "cmd/replicate.h"
#include "cmd/results_dir.h"
#include "report/json.h"
#include "report/report.h"
#include "report/text.h"
#include "run/run.h"

static bool open_results(struct outdir *out, const char *dir)
{
    if (outdir_open(out, dir))
        return true;
    fprintf(stderr, "anysim: %s\n", out->error);
    return false;
}

// The run itself, and its results in `dir`; captures are written there while it goes on. NULL with
// an exit code after a message.
static struct results *simulate(const struct cli *c, const struct scenario *s, const char *dir,
                                int *code)
{
    struct progress bar;
    struct outdir out;
    char why[256];
    struct tap_options tap = {.wanted = c->pcaps.v, .n = (int)c->pcaps.n};
    struct mrt_tap_options mrt = {.dir = NULL};
    struct run_options o = {.tap = tap.n ? &tap : NULL,
                            .mrt = c->mrt ? &mrt : NULL,
                            .progress = progress_tick,
                            .ctx = &bar};
    bool early = o.tap || o.mrt; // files are written while it runs
    *code = EXIT_OUTPUT;
    if (early && !open_results(&out, dir))
        return NULL;
    tap.dir = mrt.dir = early ? out.work : NULL;
    progress_begin(&bar, c->progress, s->variant ? s->variant : s->name);
    struct results *r = run_scenario(s, &o);
    progress_end(&bar);
    if (!r) {
        outdir_abort(&out);
        fprintf(stderr, "anysim run: %s%s\n", tap.bad_name ? "--pcap: " : "",
                tap.error[0] ? tap.error : mrt.error);
        *code = tap.bad_name ? EXIT_USAGE : EXIT_OUTPUT;
        return NULL;
    }
    if (!replicate(c, s, r, (int)cli_jobs(c), why, sizeof why)) {
        if (early)
            outdir_abort(&out);
        fprintf(stderr, "anysim run: %s\n", why);
        results_free(r);
        *code = EXIT_INTERNAL;
        return NULL;
    }
    if (!early && !open_results(&out, dir))
        return r;
    if (outdir_finish(&out, report_write(r, &out)))
        *code = r->nfailed ? EXIT_EXPECTATION : EXIT_GOOD;
    else
        fprintf(stderr, "anysim: %s\n", out.error);
    return r;
}

static int run_one(const struct cli *c, const struct scenario *s, bool several)
{
    struct arena a;
    double start_s = wall_clock_s();
    arena_init(&a);
    char *dir = results_dir(&a, c, s, several);
    int code;
    struct results *r = simulate(c, s, dir, &code);
    if (!r) {
        arena_free(&a);
        return code;
    }
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
    for (int i = first; code <= EXIT_EXPECTATION && i < first + n; i++) {
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
        "the new ones are complete. --pcap NODE[:NEIGHBOUR] adds a capture of what that node saw,\n"
        "on all of its links or the one to the neighbour; --mrt adds every UPDATE (updates.mrt) "
        "and\n"
        "all tables of best paths (rib-start.mrt, rib-end.mrt). --verbose prints all of "
        "summary.txt.\n"
        "--replicas N runs it N times, the first with the scenario's own seed: replicas.csv has "
        "the\n"
        "mean of each figure and its 95 % confidence interval, and expectations are judged over\n"
        "all runs. The same bytes at any --jobs.\n"
        "Exit code 1 when an expectation of the scenario fails.\n",
    .options = "out variant set seed replicas jobs pcap mrt json quiet verbose no-color",
    .run = run,
};
