// SPDX-License-Identifier: GPL-3.0-or-later
// What an operator changes: metrics and the overload bit; and networks that start converged.
#include "unit.h"

#include "world.h"

static void metric_of_one_direction(void)
{
    struct world w;
    uint32_t ids[IGP_MAX_ECMP];
    world_ring(&w, 6); // metrics 10
    world_start(&w);
    world_settle(&w);
    int64_t t = sim_now(w.sim);
    world_set_metric(&w, 0, 0, 25); // 0 → 1
    world_settle(&w);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 1), 25);
    CU_ASSERT_EQUAL(world_metric(&w, 1, 0), 10);
    CU_ASSERT_EQUAL(world_nexthops(&w, 0, 3, ids), 1); // no longer both ways round
    CU_ASSERT_EQUAL(ids[0], 5);
    CU_ASSERT_EQUAL(world_nexthops(&w, 3, 0, ids), 2);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    CU_ASSERT_EQUAL(world_first(&w, 0, t), t + 60 * MS); // SPF wait and run: no flooding first
    world_set_metric(&w, 0, 0, 10);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 1), 10);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

static void same_metric_again(void)
{
    struct world w;
    world_ring(&w, 4);
    world_start(&w);
    world_settle(&w);
    uint64_t lsas = igp_stats(w.igp)->lsas_originated;
    world_set_metric(&w, 0, 0, 10);
    world_settle(&w);
    CU_ASSERT_EQUAL(igp_stats(w.igp)->lsas_originated, lsas);
    world_free(&w);
}

static void overloaded_carries_no_transit(void)
{
    struct world w;
    uint32_t ids[IGP_MAX_ECMP];
    world_ring(&w, 6);
    world_start(&w);
    world_settle(&w);
    world_overload(&w, 1, true);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 1), 10); // reachable
    CU_ASSERT_EQUAL(world_metric(&w, 0, 2), 40); // the other way round
    CU_ASSERT_EQUAL(world_metric(&w, 1, 3), 20); // its own paths are as ever
    CU_ASSERT_EQUAL(world_nexthops(&w, 0, 2, ids), 1);
    CU_ASSERT_EQUAL(ids[0], 5);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_fail(&w, 3); // 3 — 4: now only the overloaded router joins the halves
    world_settle(&w);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 2), IGP_UNREACHABLE);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_overload(&w, 1, false);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 2), 20);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

static void overload_survives_a_restart(void)
{
    struct world w;
    world_ring(&w, 5);
    world_start(&w);
    world_settle(&w);
    world_overload(&w, 2, true);
    world_settle(&w);
    world_die(&w, 2);
    world_bury(&w, 2);
    world_settle(&w);
    world_return(&w, 2);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_metric(&w, 1, 3), 30);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

static void overloaded_while_it_starts(void)
{
    struct world w;
    struct igp_timers timers = world_timers;
    timers.overload_startup_ps = 60 * PS_PER_S;
    world_init(&w, 5, &timers);
    for (uint32_t r = 0; r < 5; r++)
        world_link(&w, r, (r + 1) % 5, 10, 10, MS);
    world_start(&w);
    sim_run(w.sim, 10 * PS_PER_S);
    CU_ASSERT_EQUAL(world_metric(&w, 1, 3), 20); // a first start is none of that
    world_die(&w, 2);
    world_bury(&w, 2);
    sim_run(w.sim, 20 * PS_PER_S);
    world_return(&w, 2);
    sim_run(w.sim, 79 * PS_PER_S);
    CU_ASSERT_EQUAL(world_metric(&w, 1, 2), 10);
    CU_ASSERT_EQUAL(world_metric(&w, 1, 3), 30);
    sim_run(w.sim, 81 * PS_PER_S);
    CU_ASSERT_EQUAL(world_metric(&w, 1, 3), 20);
    world_die(&w, 2); // and dies again, and comes back, while it starts
    world_bury(&w, 2);
    sim_run(w.sim, 90 * PS_PER_S);
    world_return(&w, 2);
    sim_run(w.sim, 100 * PS_PER_S);
    world_die(&w, 2);
    world_bury(&w, 2);
    sim_run(w.sim, 110 * PS_PER_S);
    world_return(&w, 2);
    sim_run(w.sim, 155 * PS_PER_S);
    CU_ASSERT_EQUAL(world_metric(&w, 1, 3), 30); // the first life's timer does not count
    sim_run(w.sim, 171 * PS_PER_S);
    CU_ASSERT_EQUAL(world_metric(&w, 1, 3), 20);
    world_free(&w);
}

static void random_changes(void)
{
    uint32_t wrong = 0;
    uint64_t state = 77;
    struct world w;
    world_random(&w, 24, 48, 5);
    world_start(&w);
    world_settle(&w);
    for (int i = 0; i < 60; i++) {
        uint32_t id = world_draw(&state, 48);
        uint32_t r = world_draw(&state, 24);
        if (i % 3 == 0)
            world_overload(&w, r, !w.overload[r]);
        else if (i % 3 == 1)
            world_set_metric(&w, id, world_find(&w, id)->a, 1 + world_draw(&state, 6));
        else if (world_find(&w, id)->cut)
            world_repair(&w, id);
        else
            world_fail(&w, id);
        if (i % 4 == 0)
            world_settle(&w);
        if (i % 4 == 0)
            wrong += world_wrong(&w);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    world_free(&w);
}

static void starts_converged(void)
{
    struct world w;
    world_random(&w, 30, 70, 3);
    world_start_converged(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    CU_ASSERT_EQUAL(sim_pending(w.sim), 0);
    CU_ASSERT_EQUAL(w.log.n, 30); // everybody is told of the routes
    CU_ASSERT_EQUAL(igp_stats(w.igp)->lsas_flooded, 0);
    sim_run(w.sim, PS_PER_S);
    int64_t t = sim_now(w.sim);
    world_fail(&w, 40);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    CU_ASSERT_EQUAL(world_first(&w, world_find(&w, 40)->a, t), t + 60 * MS); // a rested throttle
    world_repair(&w, 40);
    world_die(&w, 4);
    world_bury(&w, 4);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_return(&w, 4);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

UNIT_MAIN("igp changes", {"metric_of_one_direction", metric_of_one_direction},
          {"same_metric_again", same_metric_again},
          {"overloaded_carries_no_transit", overloaded_carries_no_transit},
          {"overload_survives_a_restart", overload_survives_a_restart},
          {"overloaded_while_it_starts", overloaded_while_it_starts},
          {"random_changes", random_changes}, {"starts_converged", starts_converged})
