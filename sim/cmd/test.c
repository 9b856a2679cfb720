// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/cases.h"
#include "cmd/commands.h"
#include "cmd/progress.h"
#include "report/junit.h"
#include "run/jobs.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

struct test_case { // what came back from a case's child
    VEC(const char *) failures;
    VEC(const char *) notes;
    int64_t checks;
    double seconds;
};

struct test_run {
    const struct cli *cli;
    struct case_list *list;
    struct test_case *cases;
    struct arena arena; // texts
    struct progress bar;
    size_t failed;
};

static void work(void *ctx, size_t i, FILE *out)
{
    struct test_run *t = ctx;
    double start_s = wall_clock_s();
    // The cases share the processes; with fewer of them than jobs, replicas get the rest.
    int64_t each = cli_jobs(t->cli) / (int64_t)t->list->n;
    json_t *result = case_run(t->cli, t->list->v[i], each < 1 ? 1 : (int)each);
    json_object_set_new(result, "seconds", json_real(wall_clock_s() - start_s));
    json_dumpf(result, out, JSON_COMPACT);
    json_decref(result);
}

static void print_line(const struct test_run *t, size_t i)
{
    const struct test_case *k = &t->cases[i];
    const struct scenario *s = t->list->v[i];
    bool good = k->failures.n == 0, color = t->cli->color_out;
    char name[160];
    snprintf(name, sizeof name, "%s%s%s", s->name, s->variant ? ":" : "",
             s->variant ? s->variant : "");
    if (good && t->cli->quiet)
        return;
    printf("%s%-4s%s  %-44s %4lld checks  %6.1f s\n", color ? (good ? "\033[32m" : "\033[31m") : "",
           good ? "ok" : "FAIL", color ? "\033[0m" : "", name, (long long)k->checks, k->seconds);
    for (size_t f = 0; f < k->failures.n; f++)
        printf("      %s\n", k->failures.v[f]);
    for (size_t f = 0; f < k->notes.n && !t->cli->quiet; f++)
        printf("      note: %s\n", k->notes.v[f]);
    fflush(stdout);
}

static void done(void *ctx, size_t i, bool ok, const char *text, size_t len)
{
    struct test_run *t = ctx;
    struct test_case *k = &t->cases[i];
    json_t *o = ok ? json_loadb(text, len, 0, NULL) : NULL, *line;
    size_t at;
    if (!o)
        vec_push(&k->failures, arena_printf(&t->arena, "the run did not end well: %s", text));
    json_array_foreach(json_object_get(o, "failures"), at, line)
        vec_push(&k->failures, arena_strdup(&t->arena, json_string_value(line)));
    json_array_foreach(json_object_get(o, "notes"), at, line)
        vec_push(&k->notes, arena_strdup(&t->arena, json_string_value(line)));
    k->checks = json_integer_value(json_object_get(o, "checks"));
    k->seconds = json_real_value(json_object_get(o, "seconds"));
    json_decref(o);
    t->failed += k->failures.n > 0;
    progress_end(&t->bar);
    print_line(t, i);
}

static void progress(void *ctx, size_t ended, size_t tasks)
{
    progress_show(&((struct test_run *)ctx)->bar, (double)ended / (double)tasks);
}

static bool write_junit(struct test_run *t, const char *path)
{
    VEC(struct junit_case) cases = {0};
    char *tmp = NULL;
    for (size_t i = 0; i < t->list->n; i++) {
        const struct scenario *s = t->list->v[i];
        struct junit_case k = {.suite = s->name,
                               .name = s->variant ? s->variant : "expectations",
                               .seconds = t->cases[i].seconds,
                               .failures = t->cases[i].failures.v,
                               .nfailures = t->cases[i].failures.n};
        vec_push(&cases, k);
    }
    FILE *f = whole_file_open(path, &tmp);
    if (f)
        junit_write(f, cases.v, cases.n);
    bool ok = f && whole_file_close(f, path, tmp);
    if (!ok)
        fprintf(stderr, "anysim test: cannot write %s: %s\n", path, strerror(errno));
    vec_free(&cases);
    return ok;
}

static int run_cases(struct test_run *t)
{
    const struct cli *c = t->cli;
    struct jobs j = {.parallel = (int)cli_jobs(c),
                     .tasks = t->list->n,
                     .ctx = t,
                     .work = work,
                     .done = done,
                     .progress = progress};
    progress_begin(&t->bar, c->progress, "test");
    if (!jobs_run(&j)) {
        fprintf(stderr, "anysim test: cannot start a process: %s\n", strerror(errno));
        return EXIT_INTERNAL;
    }
    printf("%zu passed, %zu failed\n", t->list->n - t->failed, t->failed);
    if (c->junit && !write_junit(t, c->junit))
        return EXIT_OUTPUT;
    return t->failed ? EXIT_EXPECTATION : EXIT_GOOD;
}

static int run(const struct cli *c)
{
    struct case_list list;
    struct test_run t = {.cli = c, .list = &list};
    int code = case_list_load(c, &list);
    arena_init(&t.arena);
    if (code == EXIT_GOOD) {
        t.cases = arena_array(&t.arena, struct test_case, list.n);
        code = run_cases(&t);
        for (size_t i = 0; i < list.n; i++) {
            vec_free(&t.cases[i].failures);
            vec_free(&t.cases[i].notes);
        }
    }
    case_list_free(&list);
    arena_free(&t.arena);
    return code;
}

const struct command command_test = {
    .name = "test",
    .args = "DIR|FILE...",
    .min_args = 1,
    .max_args = -1,
    .summary = "run scenarios and check what they expect",
    .text =
        "Runs every scenario that has 'expect:', in parallel, one line each. With --baseline the\n"
        "key figures are compared with those kept in DIR/NAME.json: regressions fail, catchment\n"
        "moves are named. --replicas N judges each over N runs with seeds of their own. Exit code\n"
        "1 when anything fails.\n",
    .options = "jobs replicas junit baseline update-baselines set seed out quiet no-color",
    .run = run,
};
