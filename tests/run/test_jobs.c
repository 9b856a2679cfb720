// SPDX-License-Identifier: GPL-3.0-or-later
// Tasks in processes: order, crashes, and results larger than a pipe.
#include "run/jobs.h"
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TASKS 23

struct seen {
    size_t n; // tasks handed out
    size_t wrong, failed, progressed;
    size_t bytes;
    char text[64]; // of the last failure
};

// The first tasks take longest, so that they end last when several run at once.
static void number(void *ctx, size_t i, FILE *out)
{
    (void)ctx;
    usleep((useconds_t)(TASKS - i) * 500);
    fprintf(out, "task %zu", i);
}

static void check_number(void *ctx, size_t i, bool ok, const char *text, size_t len)
{
    struct seen *s = ctx;
    char expected[32];
    snprintf(expected, sizeof expected, "task %zu", i);
    s->wrong += !ok || i != s->n || strcmp(text, expected) != 0 || len != strlen(expected);
    s->n++;
}

static void progressed(void *ctx, size_t ended, size_t tasks)
{
    struct seen *s = ctx;
    s->wrong += ended != ++s->progressed || tasks != TASKS;
}

static void in_order_at_any_number_of_jobs(void)
{
    for (int parallel = 1; parallel <= 4; parallel++) {
        struct seen s = {0};
        struct jobs j = {.parallel = parallel,
                         .tasks = TASKS,
                         .ctx = &s,
                         .work = number,
                         .done = check_number,
                         .progress = progressed};
        CU_ASSERT(jobs_run(&j));
        CU_ASSERT_EQUAL(s.n, TASKS);
        CU_ASSERT_EQUAL(s.progressed, TASKS);
        CU_ASSERT_EQUAL(s.wrong, 0);
    }
}

static void more_jobs_than_tasks(void)
{
    struct seen s = {0};
    struct jobs j = {.parallel = 64, .tasks = 2, .ctx = &s, .work = number, .done = check_number};
    CU_ASSERT(jobs_run(&j));
    CU_ASSERT_EQUAL(s.n, 2);
    CU_ASSERT_EQUAL(s.wrong, 0);
}

static void no_task(void)
{
    struct seen s = {0};
    struct jobs j = {.parallel = 2, .ctx = &s, .work = number, .done = check_number};
    CU_ASSERT(jobs_run(&j));
    CU_ASSERT_EQUAL(s.n, 0);
}

// --- crashes

static void crash_some(void *ctx, size_t i, FILE *out)
{
    (void)ctx;
    fprintf(out, "task %zu", i);
    fflush(out);
    if (i == 1)
        raise(SIGKILL);
    if (i == 3)
        _exit(9);
}

static void check_crashes(void *ctx, size_t i, bool ok, const char *text, size_t len)
{
    struct seen *s = ctx;
    const char *expected = i == 1   ? "ended by signal 9 (Killed)"
                           : i == 3 ? "ended with status 9"
                                    : NULL;
    s->n++;
    s->failed += !ok;
    if (expected)
        s->wrong += ok || strcmp(text, expected) != 0 || len != strlen(expected);
    else
        s->wrong += !ok;
}

static void crash_loses_only_itself(void)
{
    for (int parallel = 1; parallel <= 3; parallel++) {
        struct seen s = {0};
        struct jobs j = {
            .parallel = parallel, .tasks = 6, .ctx = &s, .work = crash_some, .done = check_crashes};
        CU_ASSERT(jobs_run(&j));
        CU_ASSERT_EQUAL(s.n, 6);
        CU_ASSERT_EQUAL(s.failed, 2);
        CU_ASSERT_EQUAL(s.wrong, 0);
    }
}

// --- what goes through the pipe

#define BIG (3u * 1024 * 1024 + 7)

static void write_big(void *ctx, size_t i, FILE *out)
{
    (void)ctx;
    for (unsigned k = 0; k < BIG; k++)
        putc((int)((k * 31u + (unsigned)i) & 255), out);
}

static void check_big(void *ctx, size_t i, bool ok, const char *text, size_t len)
{
    struct seen *s = ctx;
    s->wrong += !ok || len != BIG || text[len] != '\0';
    for (size_t k = 0; ok && k < len; k++)
        if ((unsigned char)text[k] != (((unsigned)k * 31u + (unsigned)i) & 255)) {
            s->wrong++;
            break;
        }
    s->n++;
    s->bytes += len;
}

static void big_results_arrive_whole(void)
{
    struct seen s = {0};
    struct jobs j = {.parallel = 3, .tasks = 5, .ctx = &s, .work = write_big, .done = check_big};
    CU_ASSERT(jobs_run(&j));
    CU_ASSERT_EQUAL(s.n, 5);
    CU_ASSERT_EQUAL(s.bytes, 5u * BIG);
    CU_ASSERT_EQUAL(s.wrong, 0);
}

static void write_nothing(void *ctx, size_t i, FILE *out)
{
    (void)ctx, (void)i, (void)out;
}

static void check_nothing(void *ctx, size_t i, bool ok, const char *text, size_t len)
{
    struct seen *s = ctx;
    (void)i;
    s->wrong += !ok || len != 0 || text[0] != '\0';
    s->n++;
}

static void empty_results(void)
{
    struct seen s = {0};
    struct jobs j = {
        .parallel = 2, .tasks = 3, .ctx = &s, .work = write_nothing, .done = check_nothing};
    CU_ASSERT(jobs_run(&j));
    CU_ASSERT_EQUAL(s.n, 3);
    CU_ASSERT_EQUAL(s.wrong, 0);
}

// Each task sees the parent as it was, and changes only its own copy.
static void count(void *ctx, size_t i, FILE *out)
{
    size_t *counter = (size_t *)ctx + 1;
    (void)i;
    *counter += 1;
    fprintf(out, "%zu", *counter);
}

static void check_count(void *ctx, size_t i, bool ok, const char *text, size_t len)
{
    size_t *wrong = ctx;
    (void)i, (void)len;
    *wrong += !ok || strcmp(text, "42") != 0;
}

static void tasks_share_nothing(void)
{
    size_t state[2] = {0, 41}; // wrong answers, counter
    struct jobs j = {.parallel = 2, .tasks = 4, .ctx = state, .work = count, .done = check_count};
    CU_ASSERT(jobs_run(&j));
    CU_ASSERT_EQUAL(state[0], 0);
    CU_ASSERT_EQUAL(state[1], 41);
}

static void leaves_no_children(void)
{
    struct seen s = {0};
    struct jobs j = {.parallel = 4, .tasks = 9, .ctx = &s, .work = number, .done = check_number};
    CU_ASSERT(jobs_run(&j));
    CU_ASSERT_EQUAL(waitpid(-1, NULL, WNOHANG), -1);
    CU_ASSERT(jobs_default() >= 1);
}

UNIT_MAIN("jobs", {"in_order_at_any_number_of_jobs", in_order_at_any_number_of_jobs},
          {"more_jobs_than_tasks", more_jobs_than_tasks}, {"no_task", no_task},
          {"crash_loses_only_itself", crash_loses_only_itself},
          {"big_results_arrive_whole", big_results_arrive_whole}, {"empty_results", empty_results},
          {"tasks_share_nothing", tasks_share_nothing}, {"leaves_no_children", leaves_no_children})
