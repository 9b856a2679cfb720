// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "anycast/gslb.h"

#define MS INT64_C(1000000000)

static void preferred_site_that_is_up(void)
{
    struct gslb_state *g = gslb_new(GSLB_NEAREST, 3, 2);
    const int order[] = {2, 0, 1};
    gslb_order(g, 1, order);
    CU_ASSERT_EQUAL(gslb_answer(g, 0, 0), 0);
    CU_ASSERT_EQUAL(gslb_answer(g, 1, 0), 2);
    gslb_set_up(g, 2, false);
    CU_ASSERT_EQUAL(gslb_answer(g, 1, 0), 0);
    CU_ASSERT(gslb_right(g, 1, 0) && !gslb_right(g, 1, 2) && !gslb_right(g, 1, 1));
    gslb_set_up(g, 0, false);
    CU_ASSERT_EQUAL(gslb_answer(g, 1, 0), 1);
    CU_ASSERT_EQUAL(gslb_answer(g, 0, 0), 1);
    gslb_free(g);
}

static void all_down_counts_as_all_up(void)
{
    struct gslb_state *g = gslb_new(GSLB_MAP, 2, 1);
    const int order[] = {1, 0};
    gslb_order(g, 0, order);
    gslb_set_up(g, 0, false);
    gslb_set_up(g, 1, false);
    CU_ASSERT_EQUAL(gslb_answer(g, 0, 0), 1);
    CU_ASSERT(gslb_right(g, 0, 1));
    gslb_free(g);
}

static void least_rtt(void)
{
    struct gslb_state *g = gslb_new(GSLB_RTT, 3, 1);
    CU_ASSERT_EQUAL(gslb_answer(g, 0, 0), 0); // nothing measured: the order
    gslb_measured(g, 0, 1, 20 * MS);
    CU_ASSERT_EQUAL(gslb_answer(g, 0, 0), 1); // measured before not measured
    gslb_measured(g, 0, 2, 10 * MS);
    CU_ASSERT_EQUAL(gslb_answer(g, 0, 0), 2);
    gslb_measured(g, 0, 2, 90 * MS); // smoothed: 10 + 80/8
    CU_ASSERT_EQUAL(gslb_rtt_ps(g, 0, 2), 20 * MS);
    gslb_measured(g, 0, 2, 28 * MS);
    CU_ASSERT_EQUAL(gslb_answer(g, 0, 0), 1);
    gslb_set_up(g, 1, false);
    CU_ASSERT_EQUAL(gslb_answer(g, 0, 0), 2);
    gslb_free(g);
}

static void shares_follow_weights(void)
{
    struct gslb_state *g = gslb_new(GSLB_WEIGHTED, 3, 1);
    int got[3] = {0};
    gslb_weigh(g, 0, 3);
    gslb_weigh(g, 1, 1);
    gslb_weigh(g, 2, 0);
    for (int i = 0; i < 1000; i++)
        got[gslb_answer(g, 0, i / 1000.0)]++;
    CU_ASSERT(got[0] == 750 && got[1] == 250 && got[2] == 0);
    gslb_set_up(g, 0, false);
    CU_ASSERT_EQUAL(gslb_answer(g, 0, 0.01), 1);
    gslb_set_up(g, 1, false); // what has no weight is better than nothing
    CU_ASSERT_EQUAL(gslb_answer(g, 0, 0.99), 2);
    CU_ASSERT(!gslb_right(g, 0, 0) && gslb_right(g, 0, 2));
    gslb_free(g);
}

static void one_after_the_other(void)
{
    struct gslb_state *g = gslb_new(GSLB_ROUND_ROBIN, 3, 1);
    const int before[] = {0, 1, 2, 0}, after[] = {2, 0, 2, 0};
    for (int i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(gslb_answer(g, 0, 0), before[i]);
    gslb_set_up(g, 1, false);
    for (int i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(gslb_answer(g, 0, 0), after[i]);
    gslb_free(g);
}

UNIT_MAIN("gslb", {"preferred site that is up", preferred_site_that_is_up},
          {"all down counts as all up", all_down_counts_as_all_up}, {"least rtt", least_rtt},
          {"shares follow weights", shares_follow_weights},
          {"one after the other", one_after_the_other})
