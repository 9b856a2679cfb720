// SPDX-License-Identifier: GPL-3.0-or-later
// What routers believe, against Floyd–Warshall distances and next hops: after a cold start, after
// every single failure and repair, and independent of the order of insertion.
#include "unit.h"

#include "world.h"

#include <stdio.h>

// Every link fails and comes back, one after the other.
static void every_link(struct world *w)
{
    for (uint32_t id = 0; id < w->links.n; id++) {
        world_fail(w, id);
        world_settle(w);
        CU_ASSERT_EQUAL(world_wrong(w), 0);
        world_repair(w, id);
        world_settle(w);
        CU_ASSERT_EQUAL(world_wrong(w), 0);
    }
}

static void every_router(struct world *w)
{
    for (uint32_t r = 0; r < w->nrouters; r++) {
        world_die(w, r);
        world_bury(w, r);
        world_settle(w);
        CU_ASSERT_EQUAL(world_wrong(w), 0);
        world_return(w, r);
        world_settle(w);
        CU_ASSERT_EQUAL(world_wrong(w), 0);
    }
}

static void ring(void)
{
    struct world w;
    world_ring(&w, 8);
    world_start(&w);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    uint32_t ids[IGP_MAX_ECMP];
    CU_ASSERT_EQUAL(world_nexthops(&w, 0, 4, ids), 2); // both ways round
    CU_ASSERT_EQUAL(world_metric(&w, 0, 4), 40);
    CU_ASSERT_EQUAL(world_metric(&w, 3, 3), 0);
    CU_ASSERT_EQUAL(world_nexthops(&w, 3, 3, ids), 0);
    every_link(&w);
    every_router(&w);
    world_free(&w);
}

static void grid(void)
{
    struct world w;
    world_grid(&w, 5);
    world_start(&w);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    every_link(&w);
    every_router(&w);
    world_free(&w);
}

static void random_graphs(void)
{
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct world w;
        uint32_t n = 6 + 4 * (uint32_t)seed;
        world_random(&w, n, 2 * n, seed);
        world_start(&w);
        world_settle(&w);
        every_link(&w);
        every_router(&w);
        if (CU_get_number_of_failures())
            printf("  random graph of seed %llu\n", (unsigned long long)seed);
        world_free(&w);
    }
}

// Failures and repairs that overlap, so that LSAs meet on their way; what is true in
// the end counts.
static void storm(void)
{
    struct world w;
    uint64_t state = 7;
    world_random(&w, 60, 300, 9);
    world_start(&w);
    sim_run(w.sim, 20 * MS); // not even the cold start has ended
    for (int i = 0; i < 400; i++) {
        uint32_t id = world_draw(&state, (uint32_t)w.links.n);
        uint32_t r = world_draw(&state, w.nrouters);
        if (i % 10 == 0 && !w.dead[r]) {
            world_die(&w, r);
            sim_run(w.sim, sim_now(w.sim) + world_draw(&state, 30) * MS);
            world_bury(&w, r);
        } else if (i % 10 == 5 && w.dead[r]) {
            world_return(&w, r);
        } else if (world_find(&w, id)->cut) {
            world_repair(&w, id);
        } else {
            world_fail(&w, id);
        }
        sim_run(w.sim, sim_now(w.sim) + world_draw(&state, 30) * MS);
    }
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    for (uint32_t id = 0; id < w.links.n; id++)
        world_repair(&w, id);
    for (uint32_t r = 0; r < w.nrouters; r++)
        if (w.dead[r])
            world_return(&w, r);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

static void parallel_links(void)
{
    struct world w;
    uint32_t ids[IGP_MAX_ECMP];
    world_init(&w, 3, &world_timers);
    world_link(&w, 0, 1, 5, 5, MS);
    world_link(&w, 1, 0, 5, 5, 3 * MS); // the other way round
    world_link(&w, 0, 1, 6, 5, MS);     // dearer from 0
    world_link(&w, 1, 2, 1, 1, MS);
    world_start(&w);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    CU_ASSERT_EQUAL(world_nexthops(&w, 0, 2, ids), 2);
    CU_ASSERT(ids[0] == 0 && ids[1] == 1);
    CU_ASSERT_EQUAL(world_nexthops(&w, 2, 0, ids), 1);
    CU_ASSERT_EQUAL(world_nexthops(&w, 1, 0, ids), 3);
    world_fail(&w, 0);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_nexthops(&w, 0, 2, ids), 1);
    CU_ASSERT_EQUAL(ids[0], 1);
    world_free(&w);
}

static void asymmetric_metrics(void)
{
    struct world w;
    uint32_t ids[IGP_MAX_ECMP];
    world_init(&w, 3, &world_timers);
    uint32_t direct = world_link(&w, 0, 2, 10, 1, MS);
    uint32_t left = world_link(&w, 0, 1, 2, 50, MS);
    world_link(&w, 2, 1, 50, 3, MS);
    world_start(&w);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 2), 5); // over 1
    CU_ASSERT_EQUAL(world_nexthops(&w, 0, 2, ids), 1);
    CU_ASSERT_EQUAL(ids[0], left);
    CU_ASSERT_EQUAL(world_metric(&w, 2, 0), 1);
    CU_ASSERT_EQUAL(world_nexthops(&w, 2, 0, ids), 1);
    CU_ASSERT_EQUAL(ids[0], direct);
    CU_ASSERT_EQUAL(world_metric(&w, 1, 0), 4);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

static uint64_t history(uint64_t shuffle)
{
    struct world w;
    world_random(&w, 20, 50, 3);
    for (uint32_t i = (uint32_t)w.links.n; shuffle && i-- > 1;) {
        uint32_t j = world_draw(&shuffle, i + 1);
        struct world_link l = w.links.v[i];
        w.links.v[i] = w.links.v[j];
        w.links.v[j] = l;
    }
    world_start(&w);
    world_settle(&w);
    world_fail(&w, 7);
    sim_run(w.sim, sim_now(w.sim) + 3 * MS);
    world_die(&w, 11);
    world_bury(&w, 11);
    world_settle(&w);
    world_repair(&w, 7);
    world_return(&w, 11);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    uint64_t digest = world_digest(&w);
    world_free(&w);
    return digest;
}

static void run_twice(void)
{
    CU_ASSERT_EQUAL(history(0), history(0));
}

static void insertion_order(void)
{
    uint64_t plain = history(0);
    for (uint64_t shuffle = 1; shuffle <= 5; shuffle++)
        CU_ASSERT_EQUAL(history(shuffle), plain); // times and counters too, not only routes
}

UNIT_MAIN("igp routes", {"ring", ring}, {"grid", grid}, {"random_graphs", random_graphs},
          {"storm", storm}, {"parallel_links", parallel_links},
          {"asymmetric_metrics", asymmetric_metrics}, {"run_twice", run_twice},
          {"insertion_order", insertion_order})
