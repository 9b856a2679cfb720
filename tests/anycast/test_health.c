// SPDX-License-Identifier: GPL-3.0-or-later
// Opinions about targets, and announcements that follow them: state machines without a network.
#include "anycast/health.h"
#include "base/units.h"
#include "unit.h"

static const struct health_options usual = {
    .interval_ps = PS_PER_S, .timeout_ps = PS_PER_S / 2, .fall = 3, .rise = 2};

// One result a second: '+' good, '-' bad. What is expected after each: 'u' up, 'd' down.
static void play(const char *results, const char *expected)
{
    struct checker c;
    checker_init(&c, &usual);
    CU_ASSERT_EQUAL(checker_add(&c, 0), 0);
    CU_ASSERT_TRUE(checker_is_up(&c, 0));
    for (int i = 0; results[i]; i++) {
        bool was = checker_is_up(&c, 0), good = results[i] == '+';
        enum health_change change = checker_result(&c, 0, good, i * PS_PER_S);
        bool is = expected[i] == 'u';
        CU_ASSERT_EQUAL(checker_is_up(&c, 0), is);
        CU_ASSERT_EQUAL(c.up, is);
        CU_ASSERT_EQUAL(change, was == is ? HEALTH_SAME : is ? HEALTH_ROSE : HEALTH_FELL);
        if (was != is)
            CU_ASSERT_EQUAL(c.targets.v[0].since_ps, i * PS_PER_S);
    }
    checker_free(&c);
}

static void thresholds(void)
{
    play("---", "uud");
    play("--+--+---", "uuuuuuuud"); // a good one begins the count afresh
    play("---+-++", "uuddddu");     // and so does a bad one on the way back
    play("-----+++---", "uuddddu"
                        "uuud");
}

static void targets_are_apart(void)
{
    struct checker c;
    checker_init(&c, &usual);
    for (uint32_t i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(checker_add(&c, 0), i);
    for (int i = 0; i < 3; i++) {
        checker_result(&c, 0, true, i);
        checker_result(&c, 1, false, i);
    }
    CU_ASSERT_TRUE(checker_is_up(&c, 0));
    CU_ASSERT_FALSE(checker_is_up(&c, 1));
    CU_ASSERT_TRUE(checker_is_up(&c, 2));
    CU_ASSERT_EQUAL(c.up, 2);
    CU_ASSERT_EQUAL(c.targets.v[1].bad, 3);
    CU_ASSERT_EQUAL(c.targets.v[0].good, 3);
    checker_free(&c);
}

// Row 39: whenever a target dies, interval × threshold and a timeout later everybody knows.
static void death_is_noticed_in_time(void)
{
    CU_ASSERT_EQUAL(health_earliest_ps(&usual), 2500 * PS_PER_MS);
    CU_ASSERT_EQUAL(health_latest_ps(&usual), 3500 * PS_PER_MS);
    for (int64_t death_ps = 5 * PS_PER_S; death_ps < 6 * PS_PER_S; death_ps += 10 * PS_PER_MS) {
        struct checker c;
        int64_t noticed_ps = 0;
        checker_init(&c, &usual);
        checker_add(&c, 0);
        for (int64_t t_ps = 0; !noticed_ps; t_ps += usual.interval_ps) {
            bool good = t_ps < death_ps;
            int64_t end_ps = good ? t_ps + PS_PER_MS : t_ps + usual.timeout_ps;
            if (checker_result(&c, 0, good, end_ps) == HEALTH_FELL)
                noticed_ps = end_ps;
        }
        CU_ASSERT_TRUE(noticed_ps - death_ps >= health_earliest_ps(&usual));
        CU_ASSERT_TRUE(noticed_ps - death_ps <= health_latest_ps(&usual));
        checker_free(&c);
    }
}

static void guard_holds_down(void)
{
    struct guard g;
    guard_init(&g, 30 * PS_PER_S, 0);
    CU_ASSERT_TRUE(g.announced);
    CU_ASSERT_EQUAL(guard_due_ps(&g), TIME_NEVER);
    CU_ASSERT_TRUE(guard_update(&g, false, 10 * PS_PER_S)); // at once
    CU_ASSERT_FALSE(g.announced);
    CU_ASSERT_EQUAL(guard_due_ps(&g), TIME_NEVER);
    CU_ASSERT_FALSE(guard_update(&g, true, 20 * PS_PER_S));
    CU_ASSERT_EQUAL(guard_due_ps(&g), 50 * PS_PER_S);
    CU_ASSERT_FALSE(guard_update(&g, false, 49 * PS_PER_S)); // it begins afresh
    CU_ASSERT_FALSE(guard_update(&g, true, 60 * PS_PER_S));
    CU_ASSERT_FALSE(guard_update(&g, true, 89 * PS_PER_S));
    CU_ASSERT_TRUE(guard_update(&g, true, 90 * PS_PER_S));
    CU_ASSERT_TRUE(g.announced);
}

static void guard_without_hold(void)
{
    struct guard g;
    guard_init(&g, 0, 0);
    CU_ASSERT_FALSE(guard_update(&g, true, 1));
    CU_ASSERT_TRUE(guard_update(&g, false, 2));
    CU_ASSERT_FALSE(guard_update(&g, false, 3));
    CU_ASSERT_TRUE(guard_update(&g, true, 4));
}

UNIT_MAIN("health", {"thresholds", thresholds}, {"targets", targets_are_apart},
          {"death", death_is_noticed_in_time}, {"hold-down", guard_holds_down},
          {"no-hold", guard_without_hold})
