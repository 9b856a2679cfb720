// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "anycast/namecache.h"

#define S PS_PER_S

static const struct namecache_rules plain, stale = {.stale_ps = 100 * S},
                                           bounds = {.min_ttl_ps = 30 * S, .max_ttl_ps = 60 * S};

static void answers_age(void)
{
    struct namecache c;
    struct namecache_says says;
    namecache_init(&c);
    CU_ASSERT_FALSE(namecache_look(&c, 0, &says));
    namecache_put(&c, &plain, 3, 60 * S, 10 * S);
    CU_ASSERT(namecache_look(&c, 50 * S, &says) && says.site == 3 && says.ttl_ps == 20 * S);
    CU_ASSERT_FALSE(namecache_look(&c, 70 * S, &says));
}

static void resolver_bounds(void)
{
    struct namecache c;
    struct namecache_says says;
    namecache_init(&c);
    namecache_put(&c, &bounds, 1, 5 * S, 0);
    CU_ASSERT(namecache_look(&c, 0, &says) && says.ttl_ps == 30 * S);
    namecache_put(&c, &bounds, 1, 500 * S, 0);
    CU_ASSERT(namecache_look(&c, 0, &says) && says.ttl_ps == 60 * S);
}

static void failures_are_remembered(void)
{
    struct namecache c;
    struct namecache_says says;
    namecache_init(&c);
    namecache_put(&c, &plain, 1, 10 * S, 0);
    namecache_fail(&c, &plain, 20 * S);
    CU_ASSERT(namecache_look(&c, 21 * S, &says) && says.site == NAMECACHE_NOBODY);
    CU_ASSERT_EQUAL(says.ttl_ps, NAMECACHE_FAILURE_PS - S);
    CU_ASSERT_FALSE(namecache_look(&c, 20 * S + NAMECACHE_FAILURE_PS, &says));
    namecache_put(&c, &plain, 2, 10 * S, 22 * S);
    CU_ASSERT(namecache_look(&c, 23 * S, &says) && says.site == 2);
}

static void old_answers_are_served(void)
{
    struct namecache c;
    struct namecache_says says;
    namecache_init(&c);
    namecache_put(&c, &stale, 1, 10 * S, 0);
    namecache_fail(&c, &stale, 20 * S);
    CU_ASSERT(namecache_look(&c, 20 * S, &says) && says.site == 1);
    CU_ASSERT_EQUAL(says.ttl_ps, NAMECACHE_STALE_TTL_PS);
    CU_ASSERT_FALSE(namecache_look(&c, 50 * S, &says)); // it asks again
    namecache_fail(&c, &stale, 100 * S);
    CU_ASSERT(namecache_look(&c, 100 * S, &says) && says.ttl_ps == 10 * S); // 110 s is the end
    namecache_fail(&c, &stale, 110 * S);
    CU_ASSERT(namecache_look(&c, 110 * S, &says) && says.site == NAMECACHE_NOBODY);
}

static void choice_of_servers(void)
{
    struct nameservers s = {.n = 3};
    CU_ASSERT_EQUAL(nameservers_best(&s, 0), 0);
    nameservers_answered(&s, 0, 40);
    CU_ASSERT_EQUAL(nameservers_best(&s, 0), 1); // not tried yet
    nameservers_answered(&s, 1, 10 * S);
    nameservers_silent(&s, 2, 3 * S);
    CU_ASSERT_EQUAL(nameservers_best(&s, 0), 0);
    CU_ASSERT_EQUAL(nameservers_best(&s, 1), 2);
    CU_ASSERT_EQUAL(nameservers_best(&s, 1 | 4), 1);
    CU_ASSERT_EQUAL(nameservers_best(&s, 7), -1);
    for (int i = 0; i < 2000; i++) // what was bad is tried again one day
        nameservers_answered(&s, 0, S);
    CU_ASSERT(nameservers_best(&s, 0) != 0);
}

UNIT_MAIN("namecache", {"answers age", answers_age}, {"resolver bounds", resolver_bounds},
          {"failures are remembered", failures_are_remembered},
          {"old answers are served", old_answers_are_served},
          {"choice of servers", choice_of_servers})
