// SPDX-License-Identifier: GPL-3.0-or-later
// The packets under way: found again, numbered, and no more memory than the flight needs.
#include "traffic/flight.h"
#include "unit.h"

static void found_with_its_time_and_number(void)
{
    struct flight f = {0};
    struct flight_item is;
    CU_ASSERT(!flight_ended(&f, 0, &is));
    CU_ASSERT_EQUAL(flight_sent(&f, 7, 100), 0);
    CU_ASSERT_EQUAL(flight_sent(&f, 9, 200), 1);
    CU_ASSERT(flight_ended(&f, 9, &is));
    CU_ASSERT_EQUAL(is.sent_ps, 200);
    CU_ASSERT_EQUAL(is.number, 1);
    CU_ASSERT(flight_ended(&f, 7, &is));
    CU_ASSERT_EQUAL(is.sent_ps, 100);
    CU_ASSERT(!flight_ended(&f, 8, &is));
    flight_free(&f);
}

static void a_duplicate_is_found_again(void)
{
    struct flight f = {0};
    struct flight_item is;
    flight_sent(&f, 3, 100);
    CU_ASSERT(flight_ended(&f, 3, &is));
    CU_ASSERT(is.open);
    CU_ASSERT(flight_ended(&f, 3, &is));
    CU_ASSERT(!is.open);
    CU_ASSERT_EQUAL(is.number, 0);
    flight_free(&f);
}

static void grows_with_the_flight_only(void)
{
    struct flight f = {0};
    struct flight_item is;
    for (uint32_t i = 0; i < 100000; i++) {
        flight_sent(&f, i, i);
        CU_ASSERT(i < 10 || flight_ended(&f, i - 10, &is));
    }
    uint32_t small = f.size;
    CU_ASSERT(small <= 64);
    for (uint32_t i = 100000; i < 101000; i++) // nothing arrives
        flight_sent(&f, i, i);
    CU_ASSERT(f.size >= 1000 && f.size <= 2048);
    bool all = true;
    for (uint32_t i = 99990; i < 101000; i++)
        all = all && flight_ended(&f, i, &is) && is.number == i && is.sent_ps == i;
    CU_ASSERT(all);
    flight_free(&f);
}

UNIT_MAIN("flight", {"found with its time and number", found_with_its_time_and_number},
          {"a duplicate is found again", a_duplicate_is_found_again},
          {"grows with the flight only", grows_with_the_flight_only})
