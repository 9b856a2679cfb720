// SPDX-License-Identifier: GPL-3.0-or-later
// Half-open connections take the places of a host until nobody else finds one.
#include "traffic/backlog.h"
#include "unit.h"

#include <math.h>

#define S BACKLOG_WINDOW_PS

static const struct service_backlog small = {.size = 1000, .hold_ps = 10 * S};

// `openings` of an attack in each of so many seconds, ten samples a second.
static void flood(struct backlog *b, uint32_t openings, int64_t from, int64_t to)
{
    for (int64_t t = from; t < to; t++)
        for (int i = 0; i < 10; i++)
            backlog_admits(b, openings / 10, true, 0, t * S + i * S / 10);
}

static void a_small_flood_finds_places(void)
{
    struct backlog b;
    backlog_init(&b, &small, 0);
    flood(&b, 90, 0, 100); // 900 places at a time
    CU_ASSERT(backlog_admits(&b, 1, false, 0.999, 100 * S));
    CU_ASSERT(fabs(b.taken - 900) < 1);
}

static void a_large_one_takes_them_all(void)
{
    struct backlog b;
    backlog_init(&b, &small, 0);
    CU_ASSERT(backlog_admits(&b, 1, false, 0.999, 0));
    flood(&b, 100000, 0, 3);
    // 100 places become free a second, for 100,000 openings.
    CU_ASSERT(!backlog_admits(&b, 1, false, 0.0011, 3 * S));
    CU_ASSERT(backlog_admits(&b, 1, false, 0.0009, 3 * S));
}

static void places_become_free_again(void)
{
    struct backlog b;
    backlog_init(&b, &small, 0);
    flood(&b, 100000, 0, 3);
    CU_ASSERT(!backlog_admits(&b, 1, false, 0.5, 3 * S));
    CU_ASSERT(backlog_admits(&b, 1, false, 0.999, 5 * S)); // no flood in the window before
    CU_ASSERT(backlog_admits(&b, 1, false, 0.999, 60 * S));
    CU_ASSERT_EQUAL(b.taken, 0);
}

static void cookies_need_no_place(void)
{
    struct service_backlog is = small;
    struct backlog b;
    is.cookies = true;
    backlog_init(&b, &is, 0);
    flood(&b, 100000, 0, 3);
    CU_ASSERT(backlog_admits(&b, 1, false, 0.999, 3 * S));
}

UNIT_MAIN("backlog", {"a_small_flood_finds_places", a_small_flood_finds_places},
          {"a_large_one_takes_them_all", a_large_one_takes_them_all},
          {"places_become_free_again", places_become_free_again},
          {"cookies_need_no_place", cookies_need_no_place})
