// SPDX-License-Identifier: GPL-3.0-or-later
// Availability in buckets, on sequences made by hand.
#include "measure/availability.h"
#include "unit.h"

#define S PS_PER_S

static const struct scenario scenario = {
    .duration_ps = 30 * S, .outage_from_ps = 10 * S, .outage_to_ps = 20 * S};

// `lost` of ten requests in the second that begins at `from_s`.
static void second(struct availability *a, int64_t from_s, int lost)
{
    for (int i = 0; i < 10; i++)
        availability_add(a, from_s * S + i * S / 10, i >= lost);
}

static void one_in_five_may_be_lost(void)
{
    struct availability_result r[PHASE_COUNT];
    struct availability *a = availability_new(&scenario);
    for (int64_t t = 0; t < 30; t++)
        second(a, t, t == 3 ? 2 : t == 4 ? 3 : 0);
    availability_collect(a, r);
    CU_ASSERT_EQUAL(r[PHASE_BEFORE].seconds, 10);
    CU_ASSERT_EQUAL(r[PHASE_BEFORE].outage_seconds, 1); // 3 of 10, not 2 of 10
    CU_ASSERT_EQUAL(r[PHASE_BEFORE].longest_seconds, 1);
    CU_ASSERT_EQUAL(r[PHASE_BEFORE].tens, 1);
    CU_ASSERT_EQUAL(r[PHASE_BEFORE].outage_tens, 0); // 5 of 100
    CU_ASSERT_EQUAL(r[PHASE_OUTAGE].outage_seconds, 0);
    CU_ASSERT_EQUAL(r[PHASE_AFTER].seconds, 10);
    availability_free(a);
}

// The outage begins at 12 s and ends at 22 s: eight seconds in one phase, two in the next, and ten
// at a stretch.
static void an_outage_goes_on_across_phases(void)
{
    struct availability_result r[PHASE_COUNT];
    struct availability *a = availability_new(&scenario);
    for (int64_t t = 0; t < 30; t++)
        second(a, t, t >= 12 && t < 22 ? 10 : 0);
    availability_collect(a, r);
    CU_ASSERT_EQUAL(r[PHASE_OUTAGE].outage_seconds, 8);
    CU_ASSERT_EQUAL(r[PHASE_OUTAGE].longest_seconds, 8);
    CU_ASSERT_EQUAL(r[PHASE_AFTER].outage_seconds, 2);
    CU_ASSERT_EQUAL(r[PHASE_AFTER].longest_seconds, 10);
    CU_ASSERT_EQUAL(r[PHASE_OUTAGE].outage_tens, 1);
    CU_ASSERT_EQUAL(r[PHASE_AFTER].outage_tens, 0); // 20 of 100
    availability_free(a);
}

// A request every three seconds: the seconds between are as the last one known.
static void silence_is_as_before(void)
{
    struct availability_result r[PHASE_COUNT];
    struct availability *a = availability_new(&scenario);
    for (int64_t t = 2; t < 30; t += 3)
        availability_add(a, t * S, t != 11 && t != 14);
    availability_collect(a, r);
    CU_ASSERT_EQUAL(r[PHASE_BEFORE].seconds, 8); // from 2 s on
    CU_ASSERT_EQUAL(r[PHASE_BEFORE].outage_seconds, 0);
    CU_ASSERT_EQUAL(r[PHASE_OUTAGE].seconds, 10);
    CU_ASSERT_EQUAL(r[PHASE_OUTAGE].outage_seconds, 6);
    CU_ASSERT_EQUAL(r[PHASE_OUTAGE].longest_seconds, 6);
    availability_free(a);
}

static void the_last_bucket_may_be_short(void)
{
    struct scenario s = scenario;
    struct availability_result r[PHASE_COUNT];
    s.duration_ps = 20 * S + S / 2;
    struct availability *a = availability_new(&s);
    availability_add(a, 20 * S + S / 4, false);
    availability_collect(a, r);
    CU_ASSERT_EQUAL(r[PHASE_OUTAGE].seconds, 0);
    CU_ASSERT_EQUAL(r[PHASE_AFTER].seconds, 1);
    CU_ASSERT_EQUAL(r[PHASE_AFTER].outage_seconds, 1);
    CU_ASSERT_EQUAL(r[PHASE_AFTER].outage_tens, 1);
    availability_free(a);
}

UNIT_MAIN("measure/availability", {"one_in_five_may_be_lost", one_in_five_may_be_lost},
          {"an_outage_goes_on_across_phases", an_outage_goes_on_across_phases},
          {"silence_is_as_before", silence_is_as_before},
          {"the_last_bucket_may_be_short", the_last_bucket_may_be_short})
