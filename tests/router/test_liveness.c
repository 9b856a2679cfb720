// SPDX-License-Identifier: GPL-3.0-or-later
// How soon one end of a link notices, to the picosecond where the rule is exact.
#include "router/liveness.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define MS    PS_PER_MS
#define CUT   (100 * PS_PER_S)
#define DRAWS 400

struct heard {
    int64_t at_ps;
    int n;
    bool up;
    const char *why;
    struct sim *sim;
};

static void hear(void *ctx, const struct liveness *l, bool up, const char *why)
{
    struct heard *h = ctx;
    (void)l;
    h->at_ps = sim_now(h->sim);
    h->up = up;
    h->why = why;
    h->n++;
}

// One end of a link, at time CUT.
struct end {
    struct sim *sim;
    struct liveness l;
    struct heard heard;
};

static void end_begin(struct end *e, uint64_t seed, const char *name, uint32_t router,
                      const struct liveness_timers *t)
{
    memset(e, 0, sizeof *e);
    e->sim = sim_new(seed);
    e->heard.sim = e->sim;
    liveness_init(&e->l, e->sim, name, router, 7, t, hear, &e->heard);
    sim_run(e->sim, CUT);
}

static void end_free(struct end *e)
{
    liveness_free(&e->l);
    sim_free(e->sim);
}

static void run_for(struct end *e, int64_t ps)
{
    sim_run(e->sim, sim_now(e->sim) + ps);
}

static const struct liveness_timers igp = {
    .detect_ps = 50 * MS, .hello_ps = 10 * PS_PER_S, .hold_ps = 30 * PS_PER_S};

static void detected_is_exact(void)
{
    struct liveness_timers t = igp;
    t.bfd_ps = 10 * MS, t.bfd_multiplier = 3; // sooner, but the interface tells
    struct end e;
    end_begin(&e, 1, "x~y", 0, &t);
    liveness_failed(&e.l, e.sim, false);
    run_for(&e, 50 * MS - 1);
    CU_ASSERT_EQUAL(e.heard.n, 0);
    run_for(&e, PS_PER_S);
    CU_ASSERT_EQUAL(e.heard.n, 1);
    CU_ASSERT_EQUAL(e.heard.at_ps, CUT + 50 * MS);
    CU_ASSERT(!e.heard.up && !e.l.up);
    CU_ASSERT_STRING_EQUAL(e.heard.why, "interface down");
    end_free(&e);
}

// The times of DRAWS silent failures: first and last.
static void silent(const struct liveness_timers *t, int64_t *low, int64_t *high, const char *why)
{
    *low = INT64_MAX, *high = 0;
    for (uint32_t i = 0; i < DRAWS; i++) {
        struct end e;
        end_begin(&e, 1, "x~y", i, t);
        liveness_failed(&e.l, e.sim, true);
        run_for(&e, 100 * PS_PER_S);
        CU_ASSERT_EQUAL(e.heard.n, 1);
        CU_ASSERT_STRING_EQUAL(e.heard.why, why);
        int64_t after_ps = e.heard.at_ps - CUT;
        *low = after_ps < *low ? after_ps : *low;
        *high = after_ps > *high ? after_ps : *high;
        end_free(&e);
    }
}

// Inside (from, to], and over nearly all of it.
static bool fills(int64_t low, int64_t high, int64_t from, int64_t to)
{
    return low > from && high <= to && low < from + (to - from) / 20 &&
           high > to - (to - from) / 20;
}

static void hellos_run_out_after_the_hold_time(void)
{
    int64_t low, high;
    silent(&igp, &low, &high, "hello holding time expired");
    CU_ASSERT(fills(low, high, 20 * PS_PER_S, 30 * PS_PER_S));
}

static void bfd_row(int64_t interval_ps)
{
    struct liveness_timers t = igp;
    int64_t low, high;
    t.bfd_ps = interval_ps, t.bfd_multiplier = 3;
    silent(&t, &low, &high, "BFD timeout");
    bool ok = fills(low, high, 2 * interval_ps, 3 * interval_ps);
    printf("row 9: expected (%.3f, %.3f] s, obtained %.6f to %.6f s: %s\n",
           ps_to_s(2 * interval_ps), ps_to_s(3 * interval_ps), ps_to_s(low), ps_to_s(high),
           ok ? "ok" : "FAILED");
    CU_ASSERT(ok);
}

static void bfd_gives_up_after_its_multiple(void)
{
    bfd_row(300 * MS);
    bfd_row(50 * MS);
}

static void nobody_watches(void)
{
    struct liveness_timers t = {.detect_ps = 50 * MS, .hello_ps = PS_PER_S};
    struct end e;
    end_begin(&e, 1, "x~y", 0, &t);
    liveness_failed(&e.l, e.sim, true);
    run_for(&e, 1000 * PS_PER_S);
    CU_ASSERT_EQUAL(e.heard.n, 0);
    CU_ASSERT(e.l.up);
    end_free(&e);
}

static void repaired_before_noticed_is_no_news(void)
{
    for (int quiet = 0; quiet < 2; quiet++) {
        struct end e;
        end_begin(&e, 1, "x~y", 0, &igp);
        liveness_failed(&e.l, e.sim, quiet);
        run_for(&e, 49 * MS);
        liveness_repaired(&e.l, e.sim, quiet);
        run_for(&e, 100 * PS_PER_S);
        CU_ASSERT_EQUAL(e.heard.n, 0);
        CU_ASSERT(e.l.up);
        liveness_failed(&e.l, e.sim, false); // and the next failure is news again
        run_for(&e, PS_PER_S);
        CU_ASSERT_EQUAL(e.heard.n, 1);
        end_free(&e);
    }
}

static void repair_is_noticed(void)
{
    struct end e;
    end_begin(&e, 1, "x~y", 0, &igp);
    liveness_failed(&e.l, e.sim, false);
    run_for(&e, PS_PER_S);
    liveness_repaired(&e.l, e.sim, false);
    run_for(&e, PS_PER_S);
    CU_ASSERT_EQUAL(e.heard.n, 2);
    CU_ASSERT_EQUAL(e.heard.at_ps, CUT + PS_PER_S + 50 * MS);
    CU_ASSERT(e.heard.up);
    CU_ASSERT_STRING_EQUAL(e.heard.why, "interface up");
    end_free(&e);
}

static void silent_repair_is_noticed_with_the_next_hello(void)
{
    int64_t high = 0;
    for (uint32_t i = 0; i < DRAWS; i++) {
        struct end e;
        end_begin(&e, 1, "x~y", i, &igp);
        liveness_failed(&e.l, e.sim, true);
        run_for(&e, 40 * PS_PER_S);
        liveness_repaired(&e.l, e.sim, true);
        run_for(&e, 40 * PS_PER_S);
        CU_ASSERT_EQUAL(e.heard.n, 2);
        CU_ASSERT(e.heard.up);
        int64_t after_ps = e.heard.at_ps - (CUT + 40 * PS_PER_S);
        CU_ASSERT(after_ps >= 0 && after_ps < igp.hello_ps);
        high = after_ps > high ? after_ps : high;
        end_free(&e);
    }
    CU_ASSERT(high > igp.hello_ps * 9 / 10);
}

static void fails_again_before_the_repair_is_noticed(void)
{
    struct end e;
    end_begin(&e, 1, "x~y", 0, &igp);
    liveness_failed(&e.l, e.sim, false);
    run_for(&e, PS_PER_S);
    liveness_repaired(&e.l, e.sim, false);
    run_for(&e, 20 * MS);
    liveness_failed(&e.l, e.sim, false);
    run_for(&e, PS_PER_S);
    CU_ASSERT_EQUAL(e.heard.n, 1);
    CU_ASSERT(!e.l.up);
    end_free(&e);
}

// No hello comes between two silent failures that overlap, so the first deadline stands.
static void overlapping_failures_put_nothing_off(void)
{
    int64_t alone_ps = 0;
    for (int second = 0; second < 3; second++) { // none, silent, detected
        struct end e;
        end_begin(&e, 1, "x~y", 0, &igp);
        liveness_failed(&e.l, e.sim, true);
        run_for(&e, 15 * PS_PER_S);
        if (second)
            liveness_failed(&e.l, e.sim, second == 1);
        run_for(&e, 100 * PS_PER_S);
        CU_ASSERT_EQUAL(e.heard.n, 1);
        if (second == 0)
            alone_ps = e.heard.at_ps;
        else if (second == 1)
            CU_ASSERT_EQUAL(e.heard.at_ps, alone_ps)
        else
            CU_ASSERT_EQUAL(e.heard.at_ps, CUT + 15 * PS_PER_S + 50 * MS)
        CU_ASSERT_STRING_EQUAL(e.heard.why,
                               second == 2 ? "interface down" : "hello holding time expired");
        end_free(&e);
    }
    struct end e; // detected, then silent on top before it was noticed
    end_begin(&e, 1, "x~y", 0, &igp);
    liveness_failed(&e.l, e.sim, false);
    run_for(&e, 20 * MS);
    liveness_failed(&e.l, e.sim, true);
    run_for(&e, 100 * PS_PER_S);
    CU_ASSERT_EQUAL(e.heard.n, 1);
    CU_ASSERT_EQUAL(e.heard.at_ps, CUT + 50 * MS);
    end_free(&e);
}

static void the_dead_hear_nothing(void)
{
    struct end e;
    end_begin(&e, 1, "x~y", 0, &igp);
    liveness_failed(&e.l, e.sim, false);
    liveness_die(&e.l);
    run_for(&e, PS_PER_S);
    CU_ASSERT_EQUAL(e.heard.n, 0);
    CU_ASSERT(!e.l.up);
    liveness_repaired(&e.l, e.sim, false);
    run_for(&e, PS_PER_S);
    CU_ASSERT_EQUAL(e.heard.n, 1);
    CU_ASSERT(e.heard.up);
    end_free(&e);
}

static int64_t noticed(uint64_t seed, const char *name, uint32_t router)
{
    struct end e;
    end_begin(&e, seed, name, router, &igp);
    liveness_failed(&e.l, e.sim, true);
    run_for(&e, 100 * PS_PER_S);
    int64_t at_ps = e.heard.at_ps;
    end_free(&e);
    return at_ps;
}

static void each_end_has_a_stream_of_its_own(void)
{
    int64_t at_ps = noticed(1, "x~y", 0);
    CU_ASSERT_EQUAL(noticed(1, "x~y", 0), at_ps);
    CU_ASSERT_NOT_EQUAL(noticed(1, "x~y", 1), at_ps);
    CU_ASSERT_NOT_EQUAL(noticed(1, "x~z", 0), at_ps);
    CU_ASSERT_NOT_EQUAL(noticed(2, "x~y", 0), at_ps);
}

UNIT_MAIN("liveness", {"detected_is_exact", detected_is_exact},
          {"hellos_run_out_after_the_hold_time", hellos_run_out_after_the_hold_time},
          {"bfd_gives_up_after_its_multiple", bfd_gives_up_after_its_multiple},
          {"nobody_watches", nobody_watches},
          {"repaired_before_noticed_is_no_news", repaired_before_noticed_is_no_news},
          {"repair_is_noticed", repair_is_noticed},
          {"silent_repair_is_noticed_with_the_next_hello",
           silent_repair_is_noticed_with_the_next_hello},
          {"fails_again_before_the_repair_is_noticed", fails_again_before_the_repair_is_noticed},
          {"overlapping_failures_put_nothing_off", overlapping_failures_put_nothing_off},
          {"the_dead_hear_nothing", the_dead_hear_nothing},
          {"each_end_has_a_stream_of_its_own", each_end_has_a_stream_of_its_own})
