// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/cases.h"

#include "cmd/replicate.h"
#include "cmd/results_dir.h"
#include "measure/judge.h"
#include "report/baseline.h"
#include "run/run.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BASELINE_DIR "results/baselines"

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_yaml(const char *name)
{
    size_t n = strlen(name);
    return name[0] != '.' && n > 5 && strcmp(name + n - 5, ".yaml") == 0;
}

struct names {
    VEC(const char *) v;
    struct arena arena;
};

// The files of a directory, sorted: the order of readdir is the file system's.
static bool list_dir(struct names *out, const char *dir)
{
    size_t first = out->v.n;
    DIR *d = opendir(dir);
    if (!d)
        return false;
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        if (is_yaml(e->d_name))
            vec_push(&out->v, arena_printf(&out->arena, "%s/%s", dir, e->d_name));
    closedir(d);
    if (out->v.n > first)
        qsort(out->v.v + first, out->v.n - first, sizeof *out->v.v, by_name);
    return true;
}

static int load_file(const struct cli *c, const char *path, bool named, struct case_list *out)
{
    struct scenario_list *l = &out->files[out->nfiles];
    int code = cli_load(c, path, l);
    out->nfiles++;
    out->v = xrealloc(out->v, (out->n + (size_t)l->n) * sizeof *out->v);
    for (int i = 0; code == EXIT_GOOD && i < l->n; i++) {
        if (l->v[i].nexpectations)
            out->v[out->n++] = &l->v[i];
        else if (named) {
            fprintf(stderr, "anysim test: %s%s%s expects nothing: it has no 'expect:'\n", path,
                    l->v[i].variant ? ", variant " : "", l->v[i].variant ? l->v[i].variant : "");
            code = EXIT_BAD_INPUT;
        }
    }
    return code;
}

int case_list_load(const struct cli *c, struct case_list *out)
{
    struct names names = {0};
    int code = EXIT_GOOD;
    *out = (struct case_list){0};
    size_t named_dirs = 0;
    for (size_t i = 0; i < c->args.n; i++) {
        struct stat st;
        if (stat(c->args.v[i], &st) == 0 && S_ISDIR(st.st_mode)) {
            named_dirs++;
            if (!list_dir(&names, c->args.v[i])) {
                fprintf(stderr, "anysim test: %s: %s\n", c->args.v[i], strerror(errno));
                code = EXIT_NO_INPUT;
            }
        } else {
            vec_push(&names.v, c->args.v[i]);
        }
    }
    out->files = xcalloc(names.v.n, sizeof *out->files);
    for (size_t i = 0; i < names.v.n; i++) {
        int this = load_file(c, names.v.v[i], named_dirs == 0, out);
        code = this > code ? this : code;
    }
    if (code == EXIT_GOOD && out->n == 0) {
        fprintf(stderr, "anysim test: no scenario with 'expect:' found\n");
        code = EXIT_NO_INPUT;
    }
    vec_free(&names.v);
    arena_free(&names.arena);
    return code;
}

void case_list_free(struct case_list *l)
{
    for (size_t i = 0; i < l->nfiles; i++)
        scenario_list_free(&l->files[i]);
    free(l->files);
    free(l->v);
}

static void say(json_t *list, const char *text)
{
    json_array_append_new(list, json_string(text));
}

static void say_failed_checks(const struct results *r, json_t *failures)
{
    const struct scenario *s = r->scenario;
    char text[768], group[256], object[256];
    for (int i = 0; i < r->nchecks; i++) {
        const struct check_result *k = &r->checks[i];
        const struct expectation *e = &s->expectations[k->expectation];
        const struct condition *cond = &e->conditions[k->condition];
        if (k->ok)
            continue;
        snprintf(text, sizeof text, "%s:%d: %s from %s during %s: %s expected %s, obtained %s",
                 cond->at.file, cond->at.line, expectation_object(s, e, object, sizeof object),
                 check_subject(r, k, group, sizeof group), phase_names[e->phase],
                 metric_names[cond->metric], k->expected, k->obtained);
        say(failures, text);
    }
}

static bool write_baseline(const struct results *r, const char *path, struct arena *a)
{
    char *tmp = NULL, *dir = arena_strdup(a, path), *slash = strrchr(dir, '/');
    if (slash) {
        *slash = '\0';
        if (!make_dirs(dir))
            return false;
    }
    FILE *f = whole_file_open(path, &tmp);
    if (!f)
        return false;
    baseline_write_results(r, f);
    return whole_file_close(f, path, tmp);
}

static void compare_baseline(const struct results *r, const char *path, struct arena *a,
                             json_t *failures, json_t *notes)
{
    const char *why = NULL;
    struct baseline *before = baseline_read(a, path, &why);
    if (!before) {
        say(failures, arena_printf(a, "baseline %s: %s", path, why));
        return;
    }
    struct baseline *after = baseline_of(r);
    struct baseline_diff d = baseline_compare(a, before, after, &baseline_tolerances);
    for (size_t i = 0; i < d.n; i++)
        say(d.v[i].worse ? failures : notes, d.v[i].text);
    baseline_free(before);
    baseline_free(after);
}

json_t *case_run(const struct cli *c, const struct scenario *s, int parallel)
{
    struct arena a;
    char why[256];
    json_t *failures = json_array(), *notes = json_array();
    arena_init(&a);
    struct results *r = run_scenario(s, NULL);
    if (!replicate(c, s, r, parallel, why, sizeof why))
        say(failures, why);
    say_failed_checks(r, failures);
    if (r->sent != r->delivered + r->dropped + r->in_flight)
        say(failures, "packets are not conserved");
    const char *path = arena_printf(&a, "%s/%s%s%s.json", c->baseline ? c->baseline : BASELINE_DIR,
                                    s->name, s->variant ? "." : "", s->variant ? s->variant : "");
    if (c->update_baselines) {
        if (write_baseline(r, path, &a))
            say(notes, arena_printf(&a, "baseline %s written", path));
        else
            say(failures, arena_printf(&a, "cannot write %s: %s", path, strerror(errno)));
    } else if (c->baseline) {
        compare_baseline(r, path, &a, failures, notes);
    }
    if (c->out) {
        struct cli under = *c;
        under.out = arena_printf(&a, "%s/%s", c->out, s->name);
        if (!results_save(r, results_dir(&a, &under, s, s->variant != NULL)))
            say(failures, "results could not be written");
    }
    json_t *result =
        json_pack("{s:i, s:o, s:o}", "checks", r->nchecks, "failures", failures, "notes", notes);
    results_free(r);
    arena_free(&a);
    return result;
}
