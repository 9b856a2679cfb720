// SPDX-License-Identifier: GPL-3.0-or-later
// When things happen, to the picosecond: flooding along a chain, SPF waits and back-off, what a run
// of SPF sees, and how many copies of an LSA travel.
#include "unit.h"

#include "world.h"

// 0 — 1 — … — 5, hop k → k+1 takes k+1 ms.
static void chain(struct world *w, const struct igp_timers *timers)
{
    world_init(w, 6, timers);
    for (uint32_t r = 0; r < 5; r++)
        world_link(w, r, r + 1, 1, 1, (r + 1) * MS);
    world_start(w);
    world_settle(w);
}

// A hub 0 with 5 spokes of 2 ms.
static void star(struct world *w, const struct igp_timers *timers)
{
    world_init(w, 6, timers);
    for (uint32_t r = 1; r < 6; r++)
        world_link(w, 0, r, 1, 1, 2 * MS);
    world_start(w);
    world_settle(w);
}

static void flooding_along_a_chain(void)
{
    struct world w;
    chain(&w, &world_timers);
    int64_t t = sim_now(w.sim);
    world_fail(&w, 0);
    world_settle(&w);
    int64_t away = 0; // from router 1, which detects: delay and 1 ms of work for each hop
    CU_ASSERT_EQUAL(world_first(&w, 0, t), t + 60 * MS);
    for (uint32_t r = 1; r < 6; r++) {
        CU_ASSERT_EQUAL(world_first(&w, r, t), t + away + 50 * MS + 10 * MS);
        CU_ASSERT_EQUAL(world_last(&w, r, t), t + away + 60 * MS); // and once only
        away += (r + 1) * MS + 1 * MS;
    }
    CU_ASSERT_EQUAL(igp_stats(w.igp)->last_change_ps, t + (3 + 4 + 5 + 6 + 60) * MS);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

static void back_off(void)
{
    struct world w;
    star(&w, &world_timers);
    int64_t t = sim_now(w.sim);
    const int64_t fail_ms[] = {0, 100, 300, 700};
    const int64_t done_ms[] = {60, 260, 660, 1460}; // starts at 50, 250, 650, 1450
    for (uint32_t i = 0; i < 4; i++) {
        sim_run(w.sim, t + fail_ms[i] * MS);
        world_fail(&w, i);
    }
    world_settle(&w);
    int64_t from = t;
    for (uint32_t i = 0; i < 4; i++) {
        int64_t at = world_first(&w, 0, from);
        CU_ASSERT_EQUAL(at, t + done_ms[i] * MS);
        from = at + 1;
    }
    CU_ASSERT_EQUAL(world_first(&w, 0, from), -1);
    t = sim_now(w.sim);
    world_repair(&w, 0); // quiet again: the first wait is short
    world_settle(&w);
    CU_ASSERT_EQUAL(world_first(&w, 0, t), t + 60 * MS);
    world_free(&w);
}

static void spf_sees_its_start(void)
{
    struct world w;
    star(&w, &world_timers);
    int64_t t = sim_now(w.sim);
    world_fail(&w, 0); // to router 1
    sim_run(w.sim, t + 55 * MS);
    world_fail(&w, 1); // to router 2, while the SPF runs
    sim_run(w.sim, t + 60 * MS - 1);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 1), 1); // not before the end of the run
    sim_run(w.sim, t + 60 * MS);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 1), IGP_UNREACHABLE);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 2), 1);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_last(&w, 0, t), t + 260 * MS);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 2), IGP_UNREACHABLE);
    world_free(&w);
}

static void runs_do_not_overlap(void)
{
    struct world w;
    star(&w, &(struct igp_timers){.spf_run_ps = 10 * MS});
    int64_t t = sim_now(w.sim);
    world_fail(&w, 0);
    sim_run(w.sim, t + 5 * MS);
    world_fail(&w, 1);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_first(&w, 0, t), t + 10 * MS);
    CU_ASSERT_EQUAL(world_first(&w, 0, t + 10 * MS + 1), t + 20 * MS);
    world_free(&w);
}

static void no_delay_at_all(void)
{
    struct world w;
    chain(&w, &(struct igp_timers){0});
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    for (uint32_t id = 0; id < 5; id++)
        world_find(&w, id)->delay_ps = 0;
    int64_t t = sim_now(w.sim);
    world_fail(&w, 0);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_last(&w, 5, t), t);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

static void one_lsa_an_instant(void)
{
    struct world w;
    star(&w, &world_timers);
    uint64_t before = igp_stats(w.igp)->lsas_originated;
    world_fail(&w, 0);
    world_fail(&w, 1);
    world_settle(&w);
    CU_ASSERT_EQUAL(igp_stats(w.igp)->lsas_originated - before, 3); // hub once, two spokes
    before = igp_stats(w.igp)->lsas_originated;
    world_tell(&w, 2, false); // down and up in one instant: nothing new to say
    world_tell(&w, 2, true);
    world_settle(&w);
    CU_ASSERT_EQUAL(igp_stats(w.igp)->lsas_originated - before, 0);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

static void copies(void)
{
    struct world w;
    world_init(&w, 2, &world_timers);
    world_link(&w, 0, 1, 1, 1, MS);
    world_start(&w);
    world_settle(&w);
    // HELLOs cross, and each sends its database, which is its own LSA.
    CU_ASSERT_EQUAL(igp_stats(w.igp)->lsas_flooded, 2);
    CU_ASSERT_EQUAL(igp_stats(w.igp)->lsas_originated, 2);
    CU_ASSERT_EQUAL(world_first(&w, 0, 0), (50 + 10) * MS); // both LSAs are there at 4 ms
    world_free(&w);

    world_ring(&w, 8);
    world_start(&w);
    world_settle(&w);
    uint64_t before = igp_stats(w.igp)->lsas_flooded;
    world_fail(&w, 7); // 7 — 0: both ends' LSAs run along the other seven links once
    world_settle(&w);
    CU_ASSERT_EQUAL(igp_stats(w.igp)->lsas_flooded - before, 14);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

// The delay of a link falls while an LSA is under way: the next one waits behind it.
static void no_overtaking(void)
{
    struct world w;
    star(&w, &world_timers); // link 4 joins the hub and router 5
    world_find(&w, 4)->delay_ps = 400 * MS;
    int64_t t = sim_now(w.sim);
    world_fail(&w, 0);
    sim_run(w.sim, t + 10 * MS);
    world_find(&w, 4)->delay_ps = 1 * MS;
    world_fail(&w, 1);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_first(&w, 3, t), t + (2 + 1 + 60) * MS);
    CU_ASSERT_EQUAL(world_first(&w, 5, t), t + (400 + 1 + 60) * MS);
    CU_ASSERT_EQUAL(world_last(&w, 5, t), t + (400 + 1 + 60) * MS); // both LSAs at once
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

UNIT_MAIN("igp timing", {"flooding_along_a_chain", flooding_along_a_chain}, {"back_off", back_off},
          {"spf_sees_its_start", spf_sees_its_start}, {"runs_do_not_overlap", runs_do_not_overlap},
          {"no_delay_at_all", no_delay_at_all}, {"one_lsa_an_instant", one_lsa_an_instant},
          {"copies", copies}, {"no_overtaking", no_overtaking})
