// SPDX-License-Identifier: GPL-3.0-or-later
// Baselines: round trip, tolerances at and beyond their edge, both directions, moved catchments.
#include "fake.h"
#include "report/baseline.h"
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

static struct baseline *from_text(struct arena *a, const char *text, const char **why)
{
    char path[] = "/tmp/anysim-baseline-XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "w");
    fputs(text, f);
    fclose(f);
    struct baseline *b = baseline_read(a, path, why);
    unlink(path);
    return b;
}

// A baseline of one service with one network and one client group.
static struct baseline *small(struct arena *a, double availability, double p50_ms,
                              double failover_s, const char *site)
{
    const char *why = NULL;
    struct baseline *b = from_text(
        a,
        arena_printf(a,
                     "{\"baseline\":1,\"services\":{\"eip\":{\"phases\":{\"outage\":{\"telecom\":"
                     "{\"availability\":%.6f,\"p50_ms\":%.3f,\"p95_ms\":null}}},\"failover\":"
                     "{\"telecom\":{\"max_s\":%.6f,\"not_restored\":0}},\"catchment\":"
                     "{\"telecom/hebei\":{\"outage\":%s}}}}}",
                     availability, p50_ms, failover_s, site),
        &why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(b);
    return b;
}

static struct baseline_diff compare(struct arena *a, struct baseline *x, struct baseline *y)
{
    struct baseline_diff d = baseline_compare(a, x, y, &baseline_tolerances);
    baseline_free(x);
    baseline_free(y);
    return d;
}

static void within_tolerance(void)
{
    struct arena a;
    arena_init(&a);
    struct baseline_diff d = compare(&a, small(&a, 0.999, 40, 2, "\"beijing\""),
                                     small(&a, 0.998, 42, 2.2, "\"beijing\""));
    CU_ASSERT_EQUAL(d.n, 0);
    // 5 % of 10 ms is less than 1 ms, which is allowed.
    d = compare(&a, small(&a, 1, 10, 0, "null"), small(&a, 1, 10.9, 0.2, "null"));
    CU_ASSERT_EQUAL(d.n, 0);
    arena_free(&a);
}

static void worse(void)
{
    struct arena a;
    arena_init(&a);
    struct baseline_diff d = compare(&a, small(&a, 0.999, 40, 2, "\"beijing\""),
                                     small(&a, 0.9979, 42.1, 2.3, "\"shanghai\""));
    CU_ASSERT_EQUAL_FATAL(d.n, 4);
    CU_ASSERT_EQUAL(d.nworse, 4);
    CU_ASSERT_STRING_EQUAL(d.v[0].text,
                           "eip, outage, telecom: availability fell from 99.900 % to 99.790 %");
    CU_ASSERT_STRING_EQUAL(d.v[1].text,
                           "eip, outage, telecom: RTT p50 rose from 40.0 ms to 42.1 ms");
    CU_ASSERT_STRING_EQUAL(d.v[2].text,
                           "eip, telecom: the longest failover rose from 2.00 s to 2.30 s");
    CU_ASSERT_STRING_EQUAL(d.v[3].text,
                           "telecom/hebei on eip moved from beijing to shanghai (outage)");
    arena_free(&a);
}

static void better(void)
{
    struct arena a;
    arena_init(&a);
    struct baseline_diff d =
        compare(&a, small(&a, 0.90, 50, 9, "null"), small(&a, 1, 40, 1, "\"beijing\""));
    CU_ASSERT_EQUAL(d.n, 4);
    CU_ASSERT_EQUAL(d.nworse, 0);
    d = compare(&a, small(&a, 1, 40, 1, "\"beijing\""), small(&a, 1, 40, 1, "null"));
    CU_ASSERT_EQUAL(d.n, 1);
    CU_ASSERT_EQUAL(d.nworse, 1);
    arena_free(&a);
}

static void of_results(void)
{
    static struct fake k;
    struct arena a;
    char *text;
    size_t len;
    const char *why = NULL;
    arena_init(&a);
    fake_init(&k, "x");
    FILE *f = open_memstream(&text, &len);
    baseline_write_results(&k.results, f);
    fclose(f);
    struct baseline *old = from_text(&a, text, &why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(old);
    struct baseline *now = baseline_of(&k.results);
    struct baseline_diff d = baseline_compare(&a, old, now, &baseline_tolerances);
    CU_ASSERT_EQUAL(d.n, 0);
    baseline_free(now);
    k.results.clients[9 * PHASE_COUNT].site = FAKE_GUANGZHOU; // telecom/hebei, eip, before
    now = baseline_of(&k.results);
    d = baseline_compare(&a, old, now, &baseline_tolerances);
    CU_ASSERT_EQUAL_FATAL(d.n, 1);
    CU_ASSERT_STRING_EQUAL(d.v[0].text,
                           "telecom/hebei on eip moved from beijing to guangzhou (before)");
    baseline_free(now);
    k.scenario.nservices--;
    now = baseline_of(&k.results);
    d = baseline_compare(&a, old, now, &baseline_tolerances);
    CU_ASSERT_STRING_EQUAL(d.v[d.n - 1].text, "service plain-multihomed is missing");
    baseline_free(now);
    baseline_free(old);
    free(text);
    fake_free(&k);
    arena_free(&a);
}

static void refusals(void)
{
    struct arena a;
    const char *why = NULL;
    arena_init(&a);
    CU_ASSERT_PTR_NULL(from_text(&a, "{\"baseline\":1,", &why));
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "line 1"));
    CU_ASSERT_PTR_NULL(from_text(&a, "{}", &why));
    CU_ASSERT_STRING_EQUAL(why, "not a baseline of anysim");
    CU_ASSERT_PTR_NULL(from_text(&a, "{\"baseline\":99,\"services\":{}}", &why));
    CU_ASSERT_STRING_EQUAL(why, "baseline format 99, this program knows 1");
    CU_ASSERT_PTR_NULL(baseline_read(&a, "/dev/null/x.json", &why));
    arena_free(&a);
}

// One demand, in one direction and phase.
static struct baseline *fluid(struct arena *a, const char *carried, const char *delay_ms)
{
    const char *why = NULL;
    struct baseline *b =
        from_text(a,
                  arena_printf(a,
                               "{\"baseline\":1,\"services\":{},\"demands\":{\"films\":{\"down\":"
                               "{\"before\":{\"carried\":%s,\"delay_ms\":%s}}}}}",
                               carried, delay_ms),
                  &why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(b);
    return b;
}

static void demands(void)
{
    struct arena a;
    arena_init(&a);
    struct baseline_diff d = compare(&a, fluid(&a, "0.999", "40"), fluid(&a, "0.998", "42"));
    CU_ASSERT_EQUAL(d.n, 0);
    d = compare(&a, fluid(&a, "0.999", "40"), fluid(&a, "0.9979", "42.1"));
    CU_ASSERT_EQUAL_FATAL(d.n, 2);
    CU_ASSERT_EQUAL(d.nworse, 2);
    CU_ASSERT_STRING_EQUAL(
        d.v[0].text, "demand films, down, before: what arrives fell from 99.900 % to 99.790 %");
    CU_ASSERT_STRING_EQUAL(d.v[1].text,
                           "demand films, down, before: mean delay rose from 40.0 ms to 42.1 ms");
    d = compare(&a, fluid(&a, "0.5", "90"), fluid(&a, "1", "10"));
    CU_ASSERT(d.n == 2 && d.nworse == 0);
    d = compare(&a, fluid(&a, "1", "40"), small(&a, 1, 10, 0, "null"));
    CU_ASSERT_EQUAL_FATAL(d.nworse, 1);
    CU_ASSERT_STRING_EQUAL(d.v[d.n - 1].text, "demand films is missing");
    arena_free(&a);
}

UNIT_MAIN("report/baseline", {"demands", demands}, {"within_tolerance", within_tolerance},
          {"worse", worse}, {"better", better}, {"of_results", of_results}, {"refusals", refusals})
