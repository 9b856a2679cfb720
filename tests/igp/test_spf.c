// SPDX-License-Identifier: GPL-3.0-or-later
// The edges of SPF: more next hops than fit, paths too long, ties met in any order. Ordinary graphs
// are in test_routes.c.
#include "unit.h"

#include "igp/spf.h"
#include "world.h"

static void more_than_fit(void)
{
    struct world w;
    uint32_t ids[IGP_MAX_ECMP];
    world_init(&w, 2 + 20, &world_timers);
    for (uint32_t i = 0; i < 20; i++) // 0 over 20 routers to 1
        world_link(&w, 2 + 19 - i, 0, 1, 1, MS);
    for (uint32_t i = 0; i < 20; i++)
        world_link(&w, 2 + i, 1, 1, 1, MS);
    world_start(&w);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 1), 2);
    CU_ASSERT_EQUAL(world_nexthops(&w, 0, 1, ids), IGP_MAX_ECMP);
    for (uint32_t i = 0; i < IGP_MAX_ECMP; i++)
        CU_ASSERT_EQUAL(ids[i], i); // the lowest, ascending
    CU_ASSERT_EQUAL(world_nexthops(&w, 1, 0, ids), IGP_MAX_ECMP);
    CU_ASSERT_EQUAL(ids[0], 20);
    world_fail(&w, 3);
    world_settle(&w);
    world_nexthops(&w, 0, 1, ids);
    CU_ASSERT(ids[2] == 2 && ids[3] == 4 && ids[15] == 16);
    world_free(&w);
}

static void too_long(void)
{
    struct world w;
    uint32_t ids[IGP_MAX_ECMP];
    world_init(&w, 4, &world_timers);
    world_link(&w, 0, 1, MAX_PATH_METRIC - 1, 1, MS);
    world_link(&w, 1, 2, 1, UINT32_MAX, MS);
    world_link(&w, 2, 3, 1, 1, MS);
    world_start(&w);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 2), MAX_PATH_METRIC); // just fits
    CU_ASSERT_EQUAL(world_metric(&w, 0, 3), IGP_UNREACHABLE); // one too many
    CU_ASSERT_EQUAL(world_nexthops(&w, 0, 3, ids), 0);
    CU_ASSERT_EQUAL(world_metric(&w, 2, 1), IGP_UNREACHABLE);
    CU_ASSERT_EQUAL(world_nexthops(&w, 2, 1, ids), 0);
    CU_ASSERT_EQUAL(world_metric(&w, 2, 0), IGP_UNREACHABLE);
    CU_ASSERT_EQUAL(world_metric(&w, 1, 0), 1);
    world_free(&w);
}

// A lattice of ties: the set of a far corner is the union over all ways of meeting it.
static void many_ties(void)
{
    struct world w;
    uint32_t ids[IGP_MAX_ECMP];
    world_grid(&w, 7);
    world_start(&w);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_nexthops(&w, 0, 48, ids), 2);
    CU_ASSERT_EQUAL(world_nexthops(&w, 24, 0, ids), 2);
    CU_ASSERT_EQUAL(world_nexthops(&w, 24, 27, ids), 1);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

static void compares_contents(void)
{
    struct spf_routes *a = spf_routes_new(2);
    struct spf_routes *b = spf_routes_new(2);
    spf_routes_clear(a, 0);
    spf_routes_clear(b, 0);
    CU_ASSERT(spf_routes_same(a, b));
    vec_push(&a->sets, ((struct spf_set){.n = 1, .slot = {7}}));
    vec_push(&b->sets, ((struct spf_set){.n = 1, .slot = {8}}));
    vec_push(&b->sets, ((struct spf_set){.n = 1, .slot = {7}}));
    a->metric[1] = b->metric[1] = 3;
    a->set[1] = 1;
    b->set[1] = 2;
    CU_ASSERT(spf_routes_same(a, b)); // the same members under another number
    b->set[1] = 1;
    CU_ASSERT(!spf_routes_same(a, b));
    b->set[1] = 2;
    b->metric[1] = 4;
    CU_ASSERT(!spf_routes_same(a, b));
    spf_routes_free(a);
    spf_routes_free(b);
}

UNIT_MAIN("igp spf", {"more_than_fit", more_than_fit}, {"too_long", too_long},
          {"many_ties", many_ties}, {"compares_contents", compares_contents})
