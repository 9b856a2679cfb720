// SPDX-License-Identifier: GPL-3.0-or-later
#include "await.h"

#include "ready.h"

#include "base/vec.h"

#include <jansson.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

struct watch {
    struct lab *lab;
    char **seen, **expected; // by router; seen may be NULL
    double start_s, changed_s;
    struct ready missing; // when last asked
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void pause_s(double s)
{
    struct timespec t = {(time_t)s, (long)((s - (double)(time_t)s) * 1e9)};
    nanosleep(&t, NULL);
}

// Looks at every router once.
static void look(struct watch *w)
{
    for (size_t i = 0; i < w->lab->n; i++) {
        char *routes = lab_routes(w->lab, i);
        if ((routes == NULL) != (w->seen[i] == NULL) || (routes && strcmp(routes, w->seen[i]) != 0))
            w->changed_s = now_s();
        free(w->seen[i]);
        w->seen[i] = routes;
    }
}

static bool as_expected(const struct watch *w)
{
    for (size_t i = 0; i < w->lab->n; i++)
        if (!w->seen[i] || strcmp(w->seen[i], w->expected[i]) != 0)
            return false;
    return true;
}

static bool read_expected(struct watch *w, const char *path)
{
    json_error_t why;
    json_t *json = json_load_file(path, 0, &why);
    bool good = json != NULL;
    if (!json)
        fprintf(stderr, "%s: %s\n", path, why.text);
    for (size_t i = 0; good && i < w->lab->n; i++) {
        w->expected[i] = expected_routes(json, w->lab->routers[i].host);
        good = w->expected[i] != NULL;
        if (!good)
            fprintf(stderr, "%s: nothing about %s\n", path, w->lab->routers[i].host);
    }
    json_decref(json);
    return good;
}

// Lines of `a` that are not in `b`, each after `mark`.
static int print_missing(FILE *f, const char *host, const char *mark, const char *a, const char *b)
{
    int n = 0;
    char *copy = strdup(a), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n")) != NULL && *line;) {
        const char *at = b;
        size_t len = strlen(line);
        while ((at = strstr(at, line)) != NULL && !((at == b || at[-1] == '\n') && at[len] == '\n'))
            at++;
        if (!at) {
            fprintf(f, "  %s %s: %s\n", mark, host, line);
            n++;
        }
    }
    free(copy);
    return n;
}

static int count_lines(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static bool run_command(char *const *command)
{
    pid_t pid;
    int status;
    if (posix_spawnp(&pid, command[0], NULL, NULL, command, environ) != 0)
        return false;
    return waitpid(pid, &status, 0) == pid && status == 0;
}

static int report(const struct watch *w)
{
    int routes = 0, different = 0;
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    for (size_t i = 0; i < w->lab->n; i++) {
        const char *host = w->lab->routers[i].host, *seen = w->seen[i] ? w->seen[i] : "";
        routes += count_lines(w->expected[i]);
        int missing = print_missing(f, host, "simulator", w->expected[i], seen);
        int extra = print_missing(f, host, "daemon   ", seen, w->expected[i]);
        different += missing > extra ? missing : extra;
    }
    fclose(f);
    printf("%.3f %d %d\n%s", w->changed_s > 0 ? w->changed_s - w->start_s : 0.0, different, routes,
           text);
    free(text);
    if (w->missing.host[0])
        printf("  not come up, %s for one: %d adjacencies, %d sessions, %d next hops, %d routers\n",
               w->missing.host, w->missing.adjacencies, w->missing.sessions, w->missing.next_hops,
               w->missing.silent);
    return different != 0 || w->missing.host[0];
}

// Looks until the routes are as expected and stay so, or for as long as there is hope.
static void watch(struct watch *w, const struct await_options *o)
{
    double steady_s = w->start_s;
    while (now_s() - w->start_s < o->limit_s) {
        double before_s = now_s();
        look(w);
        // A large lab on a small machine has better things to do than to answer.
        double took_s = now_s() - before_s;
        pause_s(took_s > o->every_s ? took_s : o->every_s);
        if (w->changed_s > steady_s)
            steady_s = w->changed_s;
        if (now_s() - steady_s < (as_expected(w) ? o->settle_s : o->deadline_s))
            continue;
        if (!o->come_up || ready(w->lab, &w->missing))
            return;
        steady_s = now_s();
    }
}

int await(struct lab *l, const struct await_options *o)
{
    struct watch w = {.lab = l};
    int code = 2;
    w.seen = xcalloc(l->n, sizeof *w.seen);
    w.expected = xcalloc(l->n, sizeof *w.expected);
    if (read_expected(&w, o->expected)) {
        look(&w);
        w.changed_s = 0;
        w.start_s = now_s();
        if (o->command && !run_command(o->command)) {
            fprintf(stderr, "%s failed\n", o->command[0]);
        } else {
            watch(&w, o);
            code = report(&w);
        }
    }
    for (size_t i = 0; i < l->n; i++) {
        free(w.seen[i]);
        free(w.expected[i]);
    }
    free(w.seen);
    free(w.expected);
    return code;
}
