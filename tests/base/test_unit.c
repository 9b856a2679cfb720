// SPDX-License-Identifier: GPL-3.0-or-later
// The frame itself: a failing test must fail its program, whatever way it fails. The program runs
// itself again with UNIT_CHILD set and looks at the exit status and at the closing line.
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct outcome {
    int exit_code; // -1 when a signal ended it
    int signal;
    char last_line[256];
};

// Keeps the last line that is not empty of what `f` gives.
static void read_last_line(FILE *f, char *out, size_t size)
{
    char line[256];
    out[0] = '\0';
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0])
            snprintf(out, size, "%s", line);
    }
}

// Runs this program with the tests called `set`, and only the test `only` unless that is NULL.
static struct outcome run_child(const char *set, const char *only)
{
    struct outcome o = {.exit_code = -1};
    int pipe_fd[2];
    if (pipe(pipe_fd) != 0)
        return o;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        dup2(pipe_fd[1], STDOUT_FILENO);
        dup2(pipe_fd[1], STDERR_FILENO);
        close(pipe_fd[0]);
        close(pipe_fd[1]);
        setenv("UNIT_CHILD", set, 1);
        execl("/proc/self/exe", "child", only, (char *)NULL);
        _exit(127);
    }
    close(pipe_fd[1]);
    FILE *f = fdopen(pipe_fd[0], "r");
    if (f) {
        read_last_line(f, o.last_line, sizeof o.last_line);
        fclose(f);
    }
    int status = 0;
    if (pid > 0 && waitpid(pid, &status, 0) == pid) {
        o.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        o.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }
    return o;
}

static void passes(void)
{
    CU_ASSERT_EQUAL(1 + 1, 2);
}

static void fails(void)
{
    CU_ASSERT_EQUAL(1 + 1, 3);
}

static void fails_fatally(void)
{
    CU_ASSERT_EQUAL_FATAL(1 + 1, 3);
    CU_PASS("never reached");
}

static void skips_and_fails(void)
{
    unit_skip("one half of it");
    CU_FAIL("on purpose: the other half");
}

static void skips(void)
{
    unit_skip("the moon is not full");
    unit_skip("nor is the tide high");
}

static void aborts(void)
{
    abort();
}

static int child_main(int argc, char **argv, const char *set)
{
    static const struct unit_test good[] = {{"passes", passes}, {"again", passes}};
    static const struct unit_test bad[] = {{"passes", passes}, {"fails", fails}};
    static const struct unit_test fatal[] = {{"fatal", fails_fatally}, {"passes", passes}};
    static const struct unit_test skip[] = {{"skips", skips}, {"passes", passes}};
    static const struct unit_test crash[] = {{"passes", passes}, {"aborts", aborts}};
    if (strcmp(set, "good") == 0)
        return unit_main(argc, argv, set, good, 2);
    if (strcmp(set, "bad") == 0)
        return unit_main(argc, argv, set, bad, 2);
    if (strcmp(set, "fatal") == 0)
        return unit_main(argc, argv, set, fatal, 2);
    static const struct unit_test both[] = {{"skips_and_fails", skips_and_fails}};
    if (strcmp(set, "both") == 0)
        return unit_main(argc, argv, set, both, 1);
    if (strcmp(set, "skip") == 0)
        return unit_main(argc, argv, set, skip, 2);
    if (strcmp(set, "crash") == 0)
        return unit_main(argc, argv, set, crash, 2);
    return 99;
}

static void all_pass(void)
{
    struct outcome o = run_child("good", NULL);
    CU_ASSERT_EQUAL(o.exit_code, 0);
    CU_ASSERT_STRING_EQUAL(o.last_line, "good: 2 passed, 0 failed, 0 skipped");
}

static void a_failure_fails_the_program(void)
{
    struct outcome o = run_child("bad", NULL);
    CU_ASSERT_EQUAL(o.exit_code, 1);
    CU_ASSERT_STRING_EQUAL(o.last_line, "bad: 1 passed, 1 failed, 0 skipped");
}

static void a_fatal_failure_spares_the_rest(void)
{
    struct outcome o = run_child("fatal", NULL);
    CU_ASSERT_EQUAL(o.exit_code, 1);
    CU_ASSERT_STRING_EQUAL(o.last_line, "fatal: 1 passed, 1 failed, 0 skipped");
}

static void a_skip_is_counted(void)
{
    struct outcome o = run_child("skip", NULL);
    CU_ASSERT_EQUAL(o.exit_code, 0);
    CU_ASSERT_STRING_EQUAL(o.last_line, "skip: 1 passed, 0 failed, 1 skipped");
    o = run_child("both", NULL);
    CU_ASSERT_EQUAL(o.exit_code, 1);
    CU_ASSERT_STRING_EQUAL(o.last_line, "both: 0 passed, 1 failed, 0 skipped");
}

static void a_crash_leaves_no_closing_line(void)
{
    struct outcome o = run_child("crash", NULL);
    CU_ASSERT_NOT_EQUAL(o.exit_code, 0);
    CU_ASSERT_EQUAL(o.signal, SIGABRT);
    CU_ASSERT_PTR_NULL(strstr(o.last_line, "passed"));
}

static void one_test_by_name(void)
{
    struct outcome o = run_child("bad", "passes");
    CU_ASSERT_EQUAL(o.exit_code, 0);
    CU_ASSERT_STRING_EQUAL(o.last_line, "bad: 1 passed, 0 failed, 0 skipped");
    CU_ASSERT_EQUAL(run_child("bad", "fails").exit_code, 1);
}

static void an_unknown_name_is_an_error(void)
{
    CU_ASSERT_EQUAL(run_child("good", "no such test").exit_code, 2);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"all_pass", all_pass},
        {"a_failure_fails_the_program", a_failure_fails_the_program},
        {"a_fatal_failure_spares_the_rest", a_fatal_failure_spares_the_rest},
        {"a_skip_is_counted", a_skip_is_counted},
        {"a_crash_leaves_no_closing_line", a_crash_leaves_no_closing_line},
        {"one_test_by_name", one_test_by_name},
        {"an_unknown_name_is_an_error", an_unknown_name_is_an_error},
    };
    const char *set = getenv("UNIT_CHILD");
    if (set)
        return child_main(argc, argv, set);
    return unit_main(argc, argv, "unit", tests, sizeof tests / sizeof tests[0]);
}
