// SPDX-License-Identifier: GPL-3.0-or-later
// Databases that were apart come together again: partitions, silent deaths, lost LSAs, adjacencies
// that one end sees and the other does not.
#include "unit.h"

#include "world.h"

// Two rings of four (0 … 3, 4 … 7), joined by links 8 (0 — 4) and 9 (2 — 6).
static void two_rings(struct world *w, bool joined)
{
    world_init(w, 8, &world_timers);
    for (uint32_t r = 0; r < 8; r++)
        world_link(w, r, r % 4 == 3 ? r - 3 : r + 1, 1 + r % 2, 2, 2 * MS);
    world_link(w, 0, 4, 5, 5, 3 * MS);
    world_link(w, 2, 6, 7, 6, 3 * MS);
    world_find(w, 8)->cut = !joined;
    world_find(w, 9)->cut = !joined;
    world_start(w);
    world_settle(w);
}

static void partition_and_heal(void)
{
    struct world w;
    two_rings(&w, true);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_fail(&w, 8);
    world_fail(&w, 9);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_metric(&w, 1, 5), IGP_UNREACHABLE);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_fail(&w, 1); // each side changes while the other cannot hear it
    world_die(&w, 7);
    world_bury(&w, 7);
    world_settle(&w);
    world_return(&w, 7);
    world_fail(&w, 4);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_repair(&w, 9);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    CU_ASSERT_NOT_EQUAL(world_metric(&w, 1, 5), IGP_UNREACHABLE);
    world_repair(&w, 8);
    world_repair(&w, 1);
    world_repair(&w, 4);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

// Alone, a router that came back starts its sequence numbers anew; the other side remembers more.
static void restart_while_apart(void)
{
    struct world w;
    world_init(&w, 3, &world_timers);
    world_link(&w, 0, 1, 1, 1, MS);
    world_link(&w, 1, 2, 1, 1, MS);
    world_start(&w);
    world_settle(&w);
    for (int i = 0; i < 5; i++) { // the LSAs of 1 and 2 get high numbers
        world_fail(&w, 1);
        world_settle(&w);
        world_repair(&w, 1);
        world_settle(&w);
    }
    world_fail(&w, 0);
    world_die(&w, 1);
    world_die(&w, 2);
    world_settle(&w);
    world_return(&w, 1);
    world_return(&w, 2);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_repair(&w, 0); // 0 still has the old LSAs of both, with higher numbers
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 2), 2);
    world_free(&w);
}

// 0 and 1 restart while 2 and 3 cannot hear them, and number their LSAs from 1 once more. So 3 has
// an LSA of 1 with the number of the new one; the new one is told by its age.
static void same_number(void)
{
    struct world w;
    world_init(&w, 4, &world_timers);
    world_link(&w, 0, 1, 10, 10, MS);
    uint32_t cheap = world_link(&w, 0, 1, 1, 1, MS);
    uint32_t west = world_link(&w, 1, 2, 5, 5, MS);
    world_link(&w, 2, 3, 5, 5, MS);
    uint32_t east = world_link(&w, 3, 0, 5, 5, MS);
    world_find(&w, cheap)->cut = true;
    world_start(&w);
    world_settle(&w);
    world_die(&w, 0);
    world_die(&w, 1);
    world_fail(&w, west);
    world_fail(&w, east);
    world_settle(&w);
    world_find(&w, cheap)->cut = false;
    world_return(&w, 0);
    world_return(&w, 1);
    world_settle(&w);
    CU_ASSERT_EQUAL(igp_stats(w.igp)->lsas_originated, 4 + 2 + 2); // the last: 0 and 1, once each
    world_repair(&w, east);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_metric(&w, 3, 1), 6);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

static void silent_death(void)
{
    struct world w;
    two_rings(&w, true);
    int64_t t = sim_now(w.sim);
    world_die(&w, 1);
    sim_run(w.sim, t + 2 * PS_PER_S);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 1), 1); // nobody has noticed
    CU_ASSERT_EQUAL(world_first(&w, 0, t), -1);
    CU_ASSERT_EQUAL(world_metric(&w, 1, 0), IGP_UNREACHABLE); // it has forgotten all but itself
    CU_ASSERT_EQUAL(world_metric(&w, 1, 1), 0);
    world_bury(&w, 1);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 1), IGP_UNREACHABLE);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    for (int life = 0; life < 3; life++) { // and again, each life outbidding the one before
        world_return(&w, 1);
        world_settle(&w);
        CU_ASSERT_EQUAL(world_wrong(&w), 0);
        world_die(&w, 1);
        world_bury(&w, 1);
        world_settle(&w);
        CU_ASSERT_EQUAL(world_wrong(&w), 0);
    }
    world_free(&w);
}

// Back before any neighbour noticed: their adjacencies were up all the time.
static void quick_restart(void)
{
    struct world w;
    two_rings(&w, true);
    int64_t t = sim_now(w.sim);
    world_die(&w, 1);
    sim_run(w.sim, t + 5 * MS);
    uint64_t spf_runs = igp_stats(w.igp)->spf_runs;
    world_return(&w, 1);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    // Its new LSA says what the old one said: nobody but itself has anything to compute.
    CU_ASSERT_EQUAL(igp_stats(w.igp)->spf_runs - spf_runs, 1);
    CU_ASSERT(world_first(&w, 1, t) > t);
    world_free(&w);
}

// A dead router neither hears nor is told; its SPF in progress comes to nothing.
static void dead_is_dead(void)
{
    struct world w;
    two_rings(&w, true);
    int64_t t = sim_now(w.sim);
    world_fail(&w, 0); // 0 — 1
    sim_run(w.sim, t + 55 * MS);
    world_die(&w, 1); // while its SPF runs
    igp_adjacency(w.igp, 101, 1001, true);
    sim_run(w.sim, t + PS_PER_S);
    CU_ASSERT_EQUAL(world_first(&w, 1, t), -1);
    CU_ASSERT_EQUAL(world_metric(&w, 1, 2), IGP_UNREACHABLE);
    world_bury(&w, 1);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

// 0 — 1 — 2 — 3; the link 1 — 2 is cut unnoticed while 0 — 1 fails.
static void lose_news(struct world *w, int64_t retransmit_ps)
{
    world_init(w, 4, &world_timers);
    igp_retransmit(w->igp, retransmit_ps);
    for (uint32_t r = 0; r < 3; r++)
        world_link(w, r, r + 1, 1, 1, 2 * MS);
    world_start(w);
    world_settle(w);
    world_find(w, 1)->cut = true;
    world_fail(w, 0);
    sim_run(w->sim, sim_now(w->sim) + 2 * PS_PER_S);
    CU_ASSERT_EQUAL(world_metric(w, 1, 0), IGP_UNREACHABLE);
    CU_ASSERT_EQUAL(world_metric(w, 3, 0), 3);
}

static void lost_until_adjacent_again(void)
{
    struct world w;
    lose_news(&w, 0);
    world_find(&w, 1)->cut = false;
    world_settle(&w);
    CU_ASSERT_EQUAL(world_metric(&w, 3, 0), 3); // nobody knows that something was lost
    world_tell(&w, 1, false);
    world_settle(&w);
    world_tell(&w, 1, true);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

static void lost_until_retransmitted(void)
{
    struct world w;
    lose_news(&w, 3 * PS_PER_S);
    int64_t t = sim_now(w.sim) - 2 * PS_PER_S; // of the loss
    sim_run(w.sim, t + 4 * PS_PER_S);          // the first attempt, at 3 s, is lost as well
    CU_ASSERT_EQUAL(world_metric(&w, 3, 0), 3);
    world_find(&w, 1)->cut = false;
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    // HELLO, WELCOME, database: three times 2 + 1 ms; then SPF. One more hop to router 3.
    CU_ASSERT_EQUAL(world_first(&w, 2, t), t + 6 * PS_PER_S + (9 + 60) * MS);
    CU_ASSERT_EQUAL(world_first(&w, 3, t), t + 6 * PS_PER_S + (12 + 60) * MS);
    world_free(&w);
}

static void two_way_check(void)
{
    struct world w;
    world_ring(&w, 6);
    world_start(&w);
    world_settle(&w);
    igp_adjacency(w.igp, 100, 1000, false); // 0 stops seeing 1; 1 still sees 0
    world_settle(&w);
    CU_ASSERT_EQUAL(world_metric(&w, 0, 1), 50);
    CU_ASSERT_EQUAL(world_metric(&w, 1, 0), 50); // the long way round in both directions
    world_find(&w, 0)->cut = true;               // what the oracle should take it for
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_find(&w, 0)->cut = false;
    igp_adjacency(w.igp, 100, 1000, true);
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    world_free(&w);
}

// The ends notice the repair half a second apart; the exchange happens at the second.
static void ends_notice_apart(void)
{
    for (uint32_t first = 0; first < 2; first++) {
        struct world w;
        two_rings(&w, false);
        world_find(&w, 8)->cut = false;
        igp_adjacency(w.igp, first ? 104 : 100, 1008, true);
        sim_run(w.sim, sim_now(w.sim) + PS_PER_S / 2);
        CU_ASSERT_EQUAL(world_metric(&w, 0, 4), IGP_UNREACHABLE);
        int64_t t = sim_now(w.sim);
        igp_adjacency(w.igp, first ? 100 : 104, 1008, true);
        world_settle(&w);
        CU_ASSERT_EQUAL(world_wrong(&w), 0);
        CU_ASSERT(world_first(&w, 0, t) > t && world_first(&w, 4, t) > t);
        world_free(&w);
    }
}

static void told_before_start(void)
{
    struct world w;
    world_init(&w, 2, &world_timers);
    world_link(&w, 0, 1, 3, 4, MS);
    igp_adjacency(w.igp, 100, 1000, true);
    igp_adjacency(w.igp, 101, 1000, true);
    world_start(&w); // tells them again: no change
    world_settle(&w);
    CU_ASSERT_EQUAL(world_wrong(&w), 0);
    CU_ASSERT_EQUAL(igp_metric(w.igp, 100, 7), IGP_UNREACHABLE); // no router of this IGP
    CU_ASSERT_EQUAL(igp_metric(w.igp, 100, 4000000000u), IGP_UNREACHABLE);
    world_free(&w);
}

UNIT_MAIN("igp synchronisation", {"partition_and_heal", partition_and_heal},
          {"restart_while_apart", restart_while_apart}, {"same_number", same_number},
          {"silent_death", silent_death}, {"quick_restart", quick_restart},
          {"dead_is_dead", dead_is_dead}, {"lost_until_adjacent_again", lost_until_adjacent_again},
          {"lost_until_retransmitted", lost_until_retransmitted}, {"two_way_check", two_way_check},
          {"ends_notice_apart", ends_notice_apart}, {"told_before_start", told_before_start})
