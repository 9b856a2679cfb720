// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "igp/throttle.h"

static struct throttle example(void)
{
    struct throttle t;
    throttle_init(&t, 50, 200, 1000, 10);
    return t;
}

// The SPF's start after news at `now`; it is then as if it had started.
static int64_t next(struct throttle *t, int64_t now)
{
    int64_t at = throttle_trigger(t, now);
    throttle_started(t);
    return at;
}

static void doubles_up_to_max(void)
{
    struct throttle t = example();
    CU_ASSERT_EQUAL(next(&t, 0), 50);
    CU_ASSERT_EQUAL(next(&t, 100), 250);
    CU_ASSERT_EQUAL(next(&t, 300), 650);
    CU_ASSERT_EQUAL(next(&t, 700), 1450);
    CU_ASSERT_EQUAL(next(&t, 1500), 2450); // 1000, not 1600
    CU_ASSERT_EQUAL(next(&t, 2500), 3450);
}

static void quiet_resets(void)
{
    struct throttle t = example();
    next(&t, 0);
    next(&t, 100);                       // starts at 250, the wait is 400 now
    CU_ASSERT_EQUAL(next(&t, 649), 699); // still waiting, but the initial wait is longer
    struct throttle u = example();
    next(&u, 0);
    next(&u, 100);
    CU_ASSERT_EQUAL(next(&u, 650), 700);  // quiet for 400
    CU_ASSERT_EQUAL(next(&u, 710), 900);  // and the wait is 200 again
    CU_ASSERT_EQUAL(next(&t, 710), 1499); // not so here
}

static void one_start_for_many(void)
{
    struct throttle t = example();
    CU_ASSERT_EQUAL(throttle_trigger(&t, 0), 50);
    CU_ASSERT_EQUAL(throttle_trigger(&t, 49), 50);
    throttle_started(&t);
    CU_ASSERT_EQUAL(throttle_trigger(&t, 60), 250);
    CU_ASSERT_EQUAL(throttle_trigger(&t, 249), 250);
    throttle_started(&t);
    CU_ASSERT_EQUAL(throttle_trigger(&t, 251), 650); // doubled once, not for each trigger
}

static void not_during_a_run(void)
{
    struct throttle t;
    throttle_init(&t, 0, 0, 0, 10);
    CU_ASSERT_EQUAL(next(&t, 0), 0);
    CU_ASSERT_EQUAL(next(&t, 3), 10);
    CU_ASSERT_EQUAL(next(&t, 20), 20);
}

static void odd_settings(void)
{
    struct throttle t;
    throttle_init(&t, 5, 100, 40, 0); // max below hold
    CU_ASSERT_EQUAL(next(&t, 0), 5);
    CU_ASSERT_EQUAL(next(&t, 6), 45);
    CU_ASSERT_EQUAL(next(&t, 46), 85);
    throttle_init(&t, 0, INT64_MAX / 4, INT64_MAX / 4 + 1, 0); // no overflow
    CU_ASSERT_EQUAL(next(&t, 0), 0);
    CU_ASSERT_EQUAL(next(&t, 1), INT64_MAX / 4);
    CU_ASSERT_EQUAL(t.wait_ps, INT64_MAX / 4 + 1);
}

static void reset(void)
{
    struct throttle t = example();
    next(&t, 0);
    throttle_trigger(&t, 60);
    throttle_reset(&t);
    CU_ASSERT_EQUAL(next(&t, 70), 120);
}

UNIT_MAIN("igp throttle", {"doubles_up_to_max", doubles_up_to_max}, {"quiet_resets", quiet_resets},
          {"one_start_for_many", one_start_for_many}, {"not_during_a_run", not_during_a_run},
          {"odd_settings", odd_settings}, {"reset", reset})
