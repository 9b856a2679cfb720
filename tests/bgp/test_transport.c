// SPDX-License-Identifier: GPL-3.0-or-later
// TCP below a session: lossy paths, paths that work in one direction, slow and stuck receivers.
#include "unit.h"
#include "world.h"

#include "bgp/instance.h"

#include <math.h>
#include <string.h>

static struct world *pair(uint64_t seed)
{
    struct world *w = world_new(seed);
    w->timers.no_jitter = true;
    world_add(w, 1);
    world_add(w, 2);
    world_link(w, 0, 1, BGP_REL_CUSTOMER);
    world_run(w, 100 * SECOND);
    return w;
}

static struct bgp_peer *side(const struct world *w, uint32_t router)
{
    return w->speakers.v[router]->peers.v[0];
}

static const char *why(const struct world *w, uint32_t router)
{
    for (size_t i = w->sessions.n; i-- > 0;)
        if (w->sessions.v[i].router == router && !w->sessions.v[i].up)
            return w->sessions.v[i].why;
    return "";
}

// At 10 % loss every message arrives, about one in ten an RTO late.
static void losses_delay_messages(void)
{
    int late = 0, n = 2000;
    struct world *w = pair(3);
    w->links.v[0].loss_ppm = 100000;
    for (int i = 0; i < n; i++) {
        int64_t now_ps = sim_now(w->sim);
        if (i % 2)
            bgp_withdraw(w->bgp, 1, world_prefix);
        else
            bgp_originate(w->bgp, 1, world_prefix);
        world_run(w, now_ps + 64 * SECOND);
        CU_ASSERT_STRING_EQUAL(world_path(w, 0), i % 2 ? "none" : "2");
        int64_t took_ps = w->changes.v[w->changes.n - 1] - now_ps;
        late += took_ps > 11 * MILLI;
        CU_ASSERT_TRUE(took_ps == 11 * MILLI || took_ps >= 500 * MILLI);
    }
    // Keepalives get lost as well, and what comes behind one waits for it.
    double share = (double)late / n;
    CU_ASSERT_TRUE(fabs(share - 0.1) < 4 * sqrt(0.1 * 0.9 / n) + 0.01);
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->session_losses, 0);
    world_free(w);
}

// Hold timers run out only where nearly everything is lost.
static void hold_timers_expire_falsely(void)
{
    uint64_t losses[2] = {0, 0};
    for (int heavy = 0; heavy < 2; heavy++) {
        struct world *w = pair(8);
        w->links.v[0].loss_ppm = heavy ? 900000 : 200000;
        world_run(w, 20000 * SECOND);
        losses[heavy] = bgp_stats(w->bgp)->session_losses;
        world_free(w);
    }
    CU_ASSERT_EQUAL(losses[0], 0);
    CU_ASSERT_TRUE(losses[1] > 5);
}

static void lossless_draws_nothing(void)
{
    struct world *w = pair(8);
    CU_ASSERT_PTR_NULL(side(w, 0)->pipe.loss);
    world_free(w);
}

// The path from router 1 to 0 is broken: 1 hears 0's keepalives until 0's TCP stops sending, as no
// acknowledgements come. Both hold timers run out.
static void one_direction_is_not_enough(void)
{
    struct world *w = pair(1);
    w->links.v[0].cut_to_a = true;
    world_run(w, 400 * SECOND);
    // 0 heard the last keepalive at 90.053 s, 1 the one that left at 120.031 s.
    int64_t lost_ps[2] = {0, 0};
    for (size_t i = 0; i < w->sessions.n; i++)
        if (!w->sessions.v[i].up)
            lost_ps[w->sessions.v[i].router] = w->sessions.v[i].at_ps;
    CU_ASSERT_EQUAL(lost_ps[0] / SECOND, 180);
    CU_ASSERT_TRUE(lost_ps[1] > lost_ps[0] && lost_ps[1] <= 211 * SECOND);
    CU_ASSERT_STRING_EQUAL(why(w, 0), "hold timer expired");
    world_free(w);
}

// While acknowledgements are missing, messages leave until the first RTO, and wait after it.
static void missing_acknowledgements_stop_the_sender(void)
{
    struct world *w = pair(1);
    struct prefix second = {IP4(198, 51, 100, 0), 24}, third = {IP4(192, 0, 2, 0), 24};
    w->links.v[0].cut_to_a = true; // what 1 sends
    bgp_originate(w->bgp, 0, world_prefix);
    world_run(w, 100 * SECOND + 500 * MILLI);
    bgp_originate(w->bgp, 0, second);
    world_run(w, 102 * SECOND);
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 1, world_prefix));
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 1, second));
    bgp_originate(w->bgp, 0, third);
    world_run(w, 104 * SECOND);
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 1, third));
    w->links.v[0].cut_to_a = false;
    world_run(w, 110 * SECOND); // tries at 101, 103 and 107 s
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 1, third));
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->last_change_ps, 107 * SECOND + 11 * MILLI);
    world_free(w);
}

// RFC 6298: on a path of 600 ms there and 600 back the first RTO is 3 s, not 1.
static void retransmission_knows_the_path(void)
{
    struct world *w = world_new(1);
    w->timers.no_jitter = true;
    w->delay_ps = 600 * MILLI;
    world_add(w, 1);
    world_add(w, 2);
    world_link(w, 0, 1, BGP_REL_CUSTOMER);
    world_run(w, 6 * SECOND); // some messages: SRTT 1.2 s, RTTVAR still large
    int64_t rto_ps = side(w, 1)->pipe.srtt_ps + 4 * side(w, 1)->pipe.rttvar_ps;
    CU_ASSERT_EQUAL(side(w, 1)->pipe.srtt_ps, 1200 * MILLI);
    CU_ASSERT_TRUE(rto_ps > 1200 * MILLI && rto_ps < 3600 * MILLI);
    world_cut(w, 0);
    bgp_originate(w->bgp, 1, world_prefix);
    world_run(w, 6 * SECOND + rto_ps / 2);
    world_mend(w, 0);
    world_run(w, 20 * SECOND);
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->last_change_ps, 6 * SECOND + rto_ps + 601 * MILLI);
    world_free(w);
}

static void dropped_keepalives_end_it(void)
{
    struct world *w = pair(1);
    bgp_drop_keepalives(w->bgp, 1, 0, 200 * SECOND);
    world_run(w, 191 * SECOND);
    CU_ASSERT_STRING_EQUAL(why(w, 0), "hold timer expired");
    world_run(w, 400 * SECOND);
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->sessions_up, 1);
    world_free(w);
    w = pair(1); // shorter than the hold time: nothing happens
    bgp_drop_keepalives(w->bgp, 1, BGP_NO_ROUTER, 40 * SECOND);
    world_run(w, 400 * SECOND);
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->session_losses, 0);
    world_free(w);
}

static void slow_processor(void)
{
    struct world *w = pair(1);
    bgp_slow(w->bgp, 0, 50);
    bgp_originate(w->bgp, 1, world_prefix);
    world_run(w, 101 * SECOND);
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->last_change_ps, 100 * SECOND + (10 + 50) * MILLI);
    world_free(w);
}

// RFC 9687: a receiver that is stuck holds the session, and old routes with it, unless the sender
// has a SendHoldTimer.
static void stuck_receiver(void)
{
    for (int timer = 0; timer < 2; timer++) {
        struct world *w = world_new(1);
        w->z_side.send_hold_ps = timer ? 240 * SECOND : 0;
        world_add(w, 1);
        world_add(w, 2);
        world_link(w, 0, 1, BGP_REL_CUSTOMER);
        bgp_originate(w->bgp, 1, world_prefix);
        world_run(w, 100 * SECOND);
        bgp_stall(w->bgp, 0, 1, true);
        bgp_withdraw(w->bgp, 1, world_prefix);
        world_run(w, 330 * SECOND);
        CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
        CU_ASSERT_TRUE(side(w, 1)->pipe.q.n > 5); // its queue grows
        world_run(w, 350 * SECOND);
        CU_ASSERT_EQUAL(strcmp(why(w, 1), "send hold timer expired") == 0, timer);
        if (timer)
            CU_ASSERT_EQUAL(side(w, 1)->last_sent.error, BGP_ERROR_SEND_HOLD);
        bgp_stall(w->bgp, 0, 1, false);
        world_run(w, 600 * SECOND);
        CU_ASSERT_STRING_EQUAL(world_path(w, 0), "none");
        CU_ASSERT_EQUAL(bgp_stats(w->bgp)->sessions_up, 1);
        world_free(w);
    }
}

static void forged_path_and_leak(void)
{
    struct world *w = world_new(1); // 0: AS 1, customer of 2 (router 1) and 3 (router 2)
    for (uint32_t asn = 1; asn <= 4; asn++)
        world_add(w, asn);
    world_link(w, 0, 1, BGP_REL_PROVIDER);
    world_link(w, 0, 2, BGP_REL_PROVIDER);
    world_link(w, 1, 3, BGP_REL_PROVIDER); // AS 4 originates, above AS 2
    bgp_originate(w->bgp, 3, world_prefix);
    world_run(w, 50 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2 4");
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "none");
    bgp_leak(w->bgp, 0, 2, 3, true);
    world_run(w, 60 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "1 2 4");
    bgp_leak(w->bgp, 0, 2, 3, false);
    world_run(w, 70 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "none");
    bgp_hijack(w->bgp, 2, world_prefix, 4);
    world_run(w, 80 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2 4"); // as long as "3 4", and older by identifier
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "4");
    CU_ASSERT_STRING_EQUAL(world_path(w, 3), "own"); // sees its own AS in the path
    bgp_withdraw(w->bgp, 2, world_prefix);
    world_run(w, 90 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "none");
    world_free(w);
}

UNIT_MAIN("bgp-transport", {"losses_delay_messages", losses_delay_messages},
          {"hold_timers_expire_falsely", hold_timers_expire_falsely},
          {"lossless_draws_nothing", lossless_draws_nothing},
          {"one_direction_is_not_enough", one_direction_is_not_enough},
          {"missing_acknowledgements_stop_the_sender", missing_acknowledgements_stop_the_sender},
          {"retransmission_knows_the_path", retransmission_knows_the_path},
          {"dropped_keepalives_end_it", dropped_keepalives_end_it},
          {"slow_processor", slow_processor}, {"stuck_receiver", stuck_receiver},
          {"forged_path_and_leak", forged_path_and_leak})
