// SPDX-License-Identifier: GPL-3.0-or-later
// Which gateways a router gives flows to: out at once, in again after a time.
#include "unit.h"

#include "anycast/entrance.h"

static void leaves_at_once(void)
{
    struct entrance e;
    entrance_init(&e, 3, 100);
    CU_ASSERT_EQUAL(e.members, 3);
    CU_ASSERT_TRUE(entrance_lost(&e, 1));
    CU_ASSERT_FALSE(entrance_lost(&e, 1)); // told twice
    CU_ASSERT_EQUAL(e.members, 2);
    CU_ASSERT_TRUE(entrance_is_in(&e, 0) && !entrance_is_in(&e, 1) && entrance_is_in(&e, 2));
    CU_ASSERT_EQUAL(entrance_next_ps(&e), INT64_MAX);
}

static void joins_later(void)
{
    struct entrance e;
    entrance_init(&e, 2, 100);
    entrance_lost(&e, 0);
    entrance_lost(&e, 1);
    CU_ASSERT_EQUAL(e.members, 0);
    CU_ASSERT_FALSE(entrance_seen(&e, 1, 1000));
    CU_ASSERT_FALSE(entrance_seen(&e, 1, 1050)); // puts nothing off
    CU_ASSERT_FALSE(entrance_seen(&e, 0, 1060));
    CU_ASSERT_EQUAL(entrance_next_ps(&e), 1100);
    CU_ASSERT_FALSE(entrance_due(&e, 1099));
    CU_ASSERT_TRUE(entrance_due(&e, 1100));
    CU_ASSERT_TRUE(entrance_is_in(&e, 1) && !entrance_is_in(&e, 0));
    CU_ASSERT_EQUAL(entrance_next_ps(&e), 1160);
    CU_ASSERT_FALSE(entrance_lost(&e, 0)); // dies again while it waits: the group stays
    CU_ASSERT_EQUAL(entrance_next_ps(&e), INT64_MAX);
    CU_ASSERT_FALSE(entrance_due(&e, 5000));
    CU_ASSERT_EQUAL(e.members, 1);
}

static void joins_at_once_without_delay(void)
{
    struct entrance e;
    entrance_init(&e, 1, 0);
    CU_ASSERT_TRUE(entrance_lost(&e, 0));
    CU_ASSERT_TRUE(entrance_seen(&e, 0, 7));
    CU_ASSERT_EQUAL(e.members, 1);
}

UNIT_MAIN("entrance", {"leaves_at_once", leaves_at_once}, {"joins_later", joins_later},
          {"joins_at_once_without_delay", joins_at_once_without_delay})
