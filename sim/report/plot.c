// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/plot.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

const struct plot_spec plot_specs[] = {
    {"rtt-cdf", {"rttcdf.csv", "run.csv"}, "RTT distribution before, during and after"},
    {"timeline", {"aggregated.csv", "events.csv", "run.csv"}, "RTT and loss over time"},
    {"catchment", {"catchment.csv", "run.csv"}, "requests by POP over time"},
    {"map", {"map-links.csv", "map-clients.csv", "map-pops.csv", "catchment.csv"}, "map of China"},
    {"links", {"links.csv", "run.csv"}, "the busiest links"},
    {"owd-cdf", {"owdcdf.csv", "run.csv"}, "one-way delay before, during and after"},
    {"load", {"linkload.csv", "run.csv"}, "percentiles of utilisation, and waits"},
    {"monitor", {"monitor-pops.csv", "catchment.csv", "run.csv"}, "in and out by POP over time"},
    {"replicas", {"replicas.csv", "run.csv"}, "confidence intervals over replicas"},
    {"sweep", {"sweep.csv", "run.csv"}, "worst case of every link in a sweep"},
};

const size_t plot_nspecs = sizeof plot_specs / sizeof plot_specs[0];

__attribute__((format(printf, 2, 3))) static int fail(struct plot_outcome *out, const char *fmt,
                                                      ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(out->error, sizeof out->error, fmt, ap);
    va_end(ap);
    return PLOT_FAILED;
}

// Joins into buf; false when it does not fit.
__attribute__((format(printf, 3, 4))) static bool path_of(char *buf, size_t size, const char *fmt,
                                                          ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(buf, size, fmt, ap);
    va_end(ap);
    return n >= 0 && (size_t)n < size;
}

bool plot_find(const struct plot_search *search, char *path, size_t size)
{
    for (int i = 0; i < PLOT_SEARCH; i++) {
        char style[PATH_MAX];
        if (!search->dirs[i] || !search->dirs[i][0])
            continue;
        if (!path_of(style, sizeof style, "%s/style.gp", search->dirs[i]) || access(style, R_OK))
            continue;
        char *real = realpath(search->dirs[i], NULL);
        bool ok = real && path_of(path, size, "%s", real);
        free(real);
        if (ok)
            return true;
    }
    return false;
}

// Appends a text to buf and gives its place, or NULL when there is no room.
static const char *keep(char **buf, size_t *left, const char *head, const char *tail)
{
    char *here = *buf;
    int n = snprintf(here, *left, "%s%s", head, tail);
    if (n < 0 || (size_t)n >= *left)
        return NULL;
    *buf += n + 1;
    *left -= (size_t)n + 1;
    return here;
}

struct plot_search plot_search_usual(const char *env, char *buf, size_t size)
{
    struct plot_search s = {{0}};
    char exe[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    s.dirs[0] = env && env[0] ? env : NULL;
    if (n > 0) {
        exe[n] = '\0';
        char *slash = strrchr(exe, '/');
        if (slash)
            *slash = '\0';
        s.dirs[1] = keep(&buf, &size, exe, "/plots");
        s.dirs[2] = keep(&buf, &size, exe, "/../plots");
        s.dirs[3] = keep(&buf, &size, exe, "/../share/anysim/plots");
    }
    s.dirs[4] = "plots";
    return s;
}

// Reads what gnuplot says until it closes its end; keeps the beginning, without empty lines.
static void read_all(int fd, char *text, size_t size)
{
    char chunk[512];
    size_t used = 0;
    ssize_t n;
    while ((n = read(fd, chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR))
        for (ssize_t i = 0; i < n; i++)
            if (used + 1 < size && !(chunk[i] == '\n' && (used == 0 || text[used - 1] == '\n')))
                text[used++] = chunk[i];
    while (used && text[used - 1] == '\n')
        used--;
    text[used] = '\0';
}

// Starts argv[0] from PATH with stdout and stderr on a pipe. Returns 0 or an errno.
static int start(char *const argv[], pid_t *pid, int *out_fd)
{
    int ends[2];
    posix_spawn_file_actions_t actions;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    int error = posix_spawn_file_actions_init(&actions);
    if (!error) {
        error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        if (!error)
            error = posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
        if (!error)
            error = posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
        if (!error)
            error = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close(ends[1]);
    if (error)
        close(ends[0]);
    else
        *out_fd = ends[0];
    return error;
}

static int run_gnuplot(const char *script, const char *results, const char *picture,
                       struct plot_outcome *out)
{
    char said[256];
    // -d: no init file of the user or the system decides how a plot looks.
    const char *argv[] = {"gnuplot", "-d", "-c", script, results, picture, NULL};
    pid_t pid = -1;
    int fd = -1, status;
    int error = start((char *const *)argv, &pid, &fd); // NOLINT: exec does not write to it
    if (error == ENOENT)
        return fail(out, "gnuplot is not installed or not in PATH (Debian: gnuplot-nox)");
    if (error)
        return fail(out, "gnuplot cannot be started: %s", strerror(error));
    read_all(fd, said, sizeof said);
    close(fd);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return fail(out, "waiting for gnuplot: %s", strerror(errno));
    if (WIFSIGNALED(status))
        return fail(out, "gnuplot died of signal %d on %s", WTERMSIG(status), script);
    if (WEXITSTATUS(status) != 0)
        return fail(out, "gnuplot failed on %s: %s", script, said);
    return 0;
}

// Draws into a file of its own beside the final one, and renames it when it is whole.
static int draw(const char *scripts, const char *results, const struct plot_spec *spec,
                const char *ending, struct plot_outcome *out)
{
    char script[PATH_MAX], picture[PATH_MAX], partial[PATH_MAX];
    struct stat st;
    if (!path_of(script, sizeof script, "%s/%s.gp", scripts, spec->name) ||
        !path_of(picture, sizeof picture, "%s/plots/%s.%s", results, spec->name, ending) ||
        !path_of(partial, sizeof partial, "%s/plots/.%s.partial-%ld.%s", results, spec->name,
                 (long)getpid(), ending))
        return fail(out, "the path of %s.%s is too long", spec->name, ending);
    int status = run_gnuplot(script, results, partial, out);
    if (status == 0 && (stat(partial, &st) != 0 || st.st_size == 0))
        status = fail(out, "gnuplot wrote nothing to %s", picture);
    if (status == 0 && rename(partial, picture) != 0)
        status = fail(out, "%s: %s", picture, strerror(errno));
    if (status != 0)
        unlink(partial);
    else
        out->made++;
    return status;
}

// More than its header line.
static bool has_rows(const char *path)
{
    FILE *f = fopen(path, "r");
    int c = f ? getc(f) : EOF, lines = 0;
    for (; c != EOF && lines < 2; c = getc(f))
        lines += c == '\n';
    if (f)
        fclose(f);
    return lines == 2;
}

static bool has_data(const char *results, const struct plot_spec *spec)
{
    for (int i = 0; i < PLOT_NEEDS && spec->needs[i]; i++) {
        char path[PATH_MAX];
        if (!path_of(path, sizeof path, "%s/%s", results, spec->needs[i]) || access(path, R_OK))
            return false;
        if (i == 0 && !has_rows(path))
            return false;
    }
    return true;
}

int plot_run(const char *results_dir, const struct plot_search *search, struct plot_outcome *out)
{
    static const char *const endings[] = {"svg", "png"};
    char scripts[PATH_MAX], results[PATH_MAX], pictures[PATH_MAX];
    *out = (struct plot_outcome){0};
    char *real = realpath(results_dir, NULL);
    bool fits = real && path_of(results, sizeof results, "%s", real) &&
                path_of(pictures, sizeof pictures, "%s/plots", real);
    free(real);
    if (!fits)
        return fail(out, "%s: %s", results_dir, strerror(errno));
    if (!plot_find(search, scripts, sizeof scripts))
        return fail(out, "the plot scripts (plots/style.gp) are not found; set ANYSIM_PLOTS");
    if (!make_dirs(pictures))
        return fail(out, "%s: %s", pictures, strerror(errno));
    for (size_t i = 0; i < plot_nspecs; i++) {
        if (!has_data(results, &plot_specs[i]))
            continue;
        for (size_t e = 0; e < sizeof endings / sizeof endings[0]; e++) {
            int status = draw(scripts, results, &plot_specs[i], endings[e], out);
            if (status != 0)
                return status;
        }
    }
    return 0;
}
