// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/commands.h"
#include "cmd/progress.h"
#include "cmd/results_dir.h"
#include "report/playbook.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define REACT_DEFAULT_PS (30 * PS_PER_S)

// Takes the next of a list of words, up to a comma; its index among `names`, -1 after a message.
static int next_word(const char **list, const char *option, const char *const *names, int n)
{
    char word[64];
    size_t len = strcspn(*list, ",");
    snprintf(word, sizeof word, "%.*s", (int)len, *list);
    *list += len + ((*list)[len] == ',');
    for (int i = 0; i < n; i++)
        if (strcmp(word, names[i]) == 0)
            return i;
    const char *near = suggest(word, names, (size_t)n);
    fprintf(stderr, "anysim playbook: %s knows no '%s'", option, word);
    if (near)
        fprintf(stderr, "; did you mean '%s'?\n", near);
    else
        fprintf(stderr, "\n");
    return -1;
}

static bool parse_actions(const char *list, bool kinds[PLAY_KINDS])
{
    for (int k = 0; k < PLAY_KINDS; k++)
        kinds[k] = !list;
    while (list && *list) {
        int k = next_word(&list, "--actions", play_kind_names, PLAY_KINDS);
        if (k < 0)
            return false;
        kinds[k] = true;
    }
    return true;
}

// Those named first, the others behind them.
static bool parse_rank(const char *list, enum play_rank keys[RANK_KEYS])
{
    bool named[RANK_KEYS] = {false};
    int n = 0;
    while (list && *list) {
        int k = next_word(&list, "--rank", play_rank_names, RANK_KEYS);
        if (k < 0)
            return false;
        if (!named[k])
            keys[n++] = (enum play_rank)k;
        named[k] = true;
    }
    for (int k = 0; k < RANK_KEYS; k++)
        if (!named[k])
            keys[n++] = (enum play_rank)k;
    return true;
}

static bool parse_service(const struct cli *c, const struct scenario *s, int *service)
{
    *service = -1;
    for (int i = 0; c->to && i < s->nservices; i++)
        if (strcmp(s->services[i].name, c->to) == 0)
            *service = i;
    if (!c->to || *service >= 0)
        return true;
    fprintf(stderr, "anysim playbook: --to knows no service '%s'\n", c->to);
    return false;
}

static bool parse(const struct cli *c, const struct scenario *s, struct playbook_options *o,
                  enum play_rank keys[RANK_KEYS])
{
    o->react_ps = REACT_DEFAULT_PS;
    if (c->react && (unit_parse(UNIT_TIME, c->react, &o->react_ps) != UNIT_OK || o->react_ps < 0)) {
        fprintf(stderr, "anysim playbook: --react wants a time as in 30s, not '%s'\n", c->react);
        return false;
    }
    return parse_actions(c->actions, o->kinds) && parse_rank(c->rank, keys) &&
           parse_service(c, s, &o->service);
}

// Plays that crashed have no figures; results with holes would replace good older ones.
static bool all_ended_well(const struct playbook *p)
{
    bool good = true;
    for (size_t i = 0; i < p->nplays; i++)
        if (!p->plays[i].ok) {
            fprintf(stderr, "anysim playbook: '%s' did not end well\n", p->plays[i].name);
            good = false;
        }
    return good;
}

static int tell(const struct cli *c, const struct playbook_view *v, const char *dir, double took_s)
{
    struct outdir o;
    struct cell_out out = {.f = stdout, .colour = c->color_out, .brief = !c->verbose};
    if (!outdir_open(&o, dir) || !outdir_finish(&o, playbook_files(v, &o))) {
        fprintf(stderr, "anysim playbook: %s\n", o.error);
        return EXIT_OUTPUT;
    }
    if (c->json)
        playbook_json(v, stdout);
    else if (!c->quiet)
        playbook_text(v, &out);
    fflush(stdout); // before anything on stderr, which may be the same terminal
    if (!c->quiet)
        fprintf(stderr, "results in %s/ (%zu plays, %.1f s)\n", dir, v->book->nplays - 1, took_s);
    return EXIT_GOOD;
}

static int try_all(const struct cli *c, const struct scenario *s, struct playbook_options *o,
                   const enum play_rank keys[RANK_KEYS])
{
    struct playbook p;
    struct progress bar;
    double start_s = wall_clock_s();
    int code = EXIT_INTERNAL;
    o->jobs = (int)cli_jobs(c);
    o->progress = progress_tick;
    o->ctx = &bar;
    progress_begin(&bar, c->progress, "playbook");
    bool ran = playbook_run(s, o, &p);
    progress_end(&bar);
    if (!ran) {
        fprintf(stderr, "anysim playbook: cannot start a process: %s\n", strerror(errno));
    } else if (all_ended_well(&p)) {
        struct playbook_view v = {.book = &p, .order = xcalloc(p.nplays, sizeof *v.order)};
        memcpy(v.keys, keys, sizeof v.keys);
        playbook_rank(&p, keys, v.order, &v.n);
        const char *dir =
            c->out       ? c->out
            : s->variant ? arena_printf(&p.arena, "results/%s-playbook/%s", s->name, s->variant)
                         : arena_printf(&p.arena, "results/%s-playbook", s->name);
        code = tell(c, &v, dir, wall_clock_s() - start_s);
        free(v.order);
    }
    playbook_free(&p);
    return code;
}

static int run(const struct cli *c)
{
    struct scenario_list l;
    struct playbook_options o = {0};
    enum play_rank keys[RANK_KEYS];
    int first = 0, n = 0;
    int code = cli_load(c, c->args.v[0], &l);
    if (code == EXIT_GOOD)
        code = results_choose(c, &l, &first, &n);
    if (code == EXIT_GOOD && !parse(c, &l.v[first], &o, keys))
        code = EXIT_USAGE;
    const char *why = code == EXIT_GOOD ? playbook_check(&l.v[first], &o) : NULL;
    if (why) {
        fprintf(stderr, "anysim playbook: %s: %s\n", l.v[first].name, why);
        code = EXIT_BAD_INPUT;
    }
    if (code == EXIT_GOOD)
        code = try_all(c, &l.v[first], &o, keys);
    scenario_list_free(&l);
    return code;
}

const struct command command_playbook = {
    .name = "playbook",
    .args = "SCENARIO",
    .min_args = 1,
    .max_args = 1,
    .summary = "what an operator could do about a failure or an attack, best first",
    .text =
        "The scenario runs up to --react after its first event or attack; from there each action\n"
        "of an operator is a run of its own, to the end: withdraw, drain, prepend (a whole POP),\n"
        "neighbour (prepend towards one), no-announce, no-export, blackhole (of an attacked\n"
        "address), add (a POP), replace (one POP by a new one), raise-cap. Prints the best and "
        "writes all to\n"
        "results/NAME-playbook/. The same bytes at any --jobs.\n",
    .options = "react actions rank to out jobs variant set seed json quiet verbose no-color",
    .run = run,
};
