// SPDX-License-Identifier: GPL-3.0-or-later
// Sessions in time: set-up, keepalives, hold timer, broken paths, resets, dead speakers.
#include "unit.h"
#include "world.h"

#include "base/rng.h"
#include "bgp/instance.h"
#include "bgp/neighbour.h"

static struct world *pair_with(int64_t a_hold_ps, int64_t z_hold_ps, bool jitter)
{
    struct world *w = world_new(7);
    w->timers.no_jitter = !jitter;
    w->timers.hold_ps = a_hold_ps;
    world_add(w, 1);
    w->timers.hold_ps = z_hold_ps;
    world_add(w, 2);
    world_link(w, 0, 1, BGP_REL_CUSTOMER);
    return w;
}

static struct world *pair(void)
{
    return pair_with(90 * SECOND, 90 * SECOND, false);
}

static bool is_up(const struct world *w)
{
    return bgp_stats(w->bgp)->sessions_up == 1;
}

static int64_t when(const struct world *w, uint32_t router, bool up, size_t nth)
{
    for (size_t i = 0; i < w->sessions.n; i++) {
        if (w->sessions.v[i].router == router && w->sessions.v[i].up == up && nth-- == 0)
            return w->sessions.v[i].at_ps;
    }
    return -1;
}

static const char *why(const struct world *w, uint32_t router)
{
    for (size_t i = w->sessions.n; i-- > 0;) {
        if (w->sessions.v[i].router == router && !w->sessions.v[i].up)
            return w->sessions.v[i].why;
    }
    return "";
}

// Router 1 opens (higher identifier). SYN 10 ms, SYN-ACK 10, OPEN 10 + 1 at router 0, which answers
// with OPEN and KEEPALIVE: 10, then 1 ms each at router 1.
static void set_up_takes_round_trips(void)
{
    struct world *w = pair();
    world_run(w, 5 * SECOND);
    CU_ASSERT_TRUE(is_up(w));
    // router 1: 10 + 10 + (10 + 1) + 10 + 1 for the OPEN + 1 for the KEEPALIVE behind it
    CU_ASSERT_EQUAL(when(w, 1, true, 0), 43 * MILLI);
    // router 0: router 1's KEEPALIVE leaves when the OPEN is processed at 42: 42 + 10 + 1
    CU_ASSERT_EQUAL(when(w, 0, true, 0), 53 * MILLI);
    world_free(w);
}

static void hold_timer_is_exact(void)
{
    struct world *w = pair();
    world_run(w, 200 * SECOND);
    CU_ASSERT_EQUAL(w->sessions.n, 2);
    int64_t cut_ps = 200 * SECOND;
    world_cut(w, 0);
    world_run(w, 400 * SECOND);
    // Keepalives come every 30 s; an OPEN-CONFIRM at 31 (router 0) and 42 ms (router 1) set the
    // phase. The last one before the cut was processed by router 1 at 180.031 + 0.011 s.
    int64_t last_ps = 180 * SECOND + 42 * MILLI;
    int64_t lost_ps = when(w, 1, false, 0);
    world_row(8, lost_ps == last_ps + 90 * SECOND, "270.042 s exactly", "%.6f s", ps_to_s(lost_ps));
    CU_ASSERT_STRING_EQUAL(why(w, 1), "hold timer expired");
    CU_ASSERT_TRUE(lost_ps - cut_ps <= 90 * SECOND);
    CU_ASSERT_EQUAL(when(w, 0, false, 0), 180 * SECOND + 53 * MILLI + 90 * SECOND);
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->session_losses, 1);
    CU_ASSERT_FALSE(is_up(w));
    world_free(w);
}

static void the_smaller_hold_time_counts(void)
{
    static const int64_t holds[][2] = {{9, 90}, {90, 9}};
    for (int i = 0; i < 2; i++) {
        struct world *w = pair_with(holds[i][0] * SECOND, holds[i][1] * SECOND, false);
        world_run(w, 100 * SECOND);
        CU_ASSERT_TRUE(is_up(w));
        world_cut(w, 0);
        world_run(w, 110 * SECOND);
        CU_ASSERT_FALSE(is_up(w));
        world_row(8, when(w, 1, false, 0) > 106 * SECOND && when(w, 1, false, 0) <= 109 * SECOND,
                  "within the smaller of 9 and 90 s", "%.3f s after silence",
                  ps_to_s(when(w, 1, false, 0) - 100 * SECOND));
        world_free(w);
    }
}

static void hold_time_zero_never_ends(void)
{
    struct world *w = pair_with(0, 90 * SECOND, true);
    world_run(w, 10 * SECOND);
    uint64_t keepalives = bgp_stats(w->bgp)->keepalives_sent;
    world_cut(w, 0);
    world_run(w, 5000 * SECOND);
    CU_ASSERT_TRUE(is_up(w));
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->keepalives_sent, keepalives);
    world_free(w);
}

static void broken_path_dies_and_comes_back(void)
{
    struct world *w = pair_with(90 * SECOND, 90 * SECOND, true);
    bgp_originate(w->bgp, 1, world_prefix);
    world_run(w, 100 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
    world_cut(w, 0);
    world_run(w, 300 * SECOND);
    CU_ASSERT_FALSE(is_up(w));
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "none");
    world_mend(w, 0);
    // Nobody tells the speakers: a SYN is tried again within its RTO or the connect-retry time.
    world_run(w, 331 * SECOND);
    CU_ASSERT_TRUE(is_up(w));
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
    world_free(w);
}

static void short_break_is_bridged(void)
{
    struct world *w = pair_with(90 * SECOND, 90 * SECOND, false);
    world_run(w, 100 * SECOND);
    world_cut(w, 0);
    bgp_originate(w->bgp, 1, world_prefix);
    struct prefix second = {IP4(198, 51, 100, 0), 24};
    world_run(w, 102 * SECOND);
    bgp_originate(w->bgp, 1, second); // behind the first: it waits, too
    world_run(w, 104 * SECOND);
    world_mend(w, 0);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "none");
    world_run(w, 200 * SECOND);
    // Tries at 100, 101, 103 and 107 s; path delay and two messages of processing follow.
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->last_change_ps, 107 * SECOND + 12 * MILLI);
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 0, second));
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->session_losses, 0);
    world_free(w);
}

static void interface_down_ends_it_at_once(void)
{
    struct world *w = pair();
    bgp_originate(w->bgp, 1, world_prefix);
    world_run(w, 100 * SECOND);
    world_down(w, 0);
    CU_ASSERT_FALSE(is_up(w));
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "none");
    CU_ASSERT_STRING_EQUAL(why(w, 0), "interface down");
    world_run(w, 300 * SECOND);
    CU_ASSERT_FALSE(is_up(w));
    world_up(w, 0);
    world_run(w, 301 * SECOND);
    CU_ASSERT_TRUE(is_up(w));
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
    world_free(w);
}

// One end hears of the link later than the other, before and after.
static void ends_notice_at_different_times(void)
{
    for (uint32_t first = 0; first < 2; first++) {
        struct world *w = pair();
        world_run(w, 100 * SECOND);
        world_cut(w, 0);
        bgp_link_down(w->bgp, first, 0, "interface down");
        world_run(w, 101 * SECOND);
        bgp_link_down(w->bgp, 1 - first, 0, "interface down");
        world_run(w, 110 * SECOND);
        world_mend(w, 0);
        bgp_link_up(w->bgp, first, 0);
        world_run(w, 111 * SECOND);
        CU_ASSERT_FALSE(is_up(w));
        bgp_link_up(w->bgp, 1 - first, 0);
        world_run(w, 112 * SECOND);
        CU_ASSERT_TRUE(is_up(w));
        world_free(w);
    }
}

static void link_down_before_the_start_only_delays(void)
{
    struct world *w = world_new(1);
    world_add(w, 1);
    world_add(w, 2);
    world_link_at(w, 0, 1, BGP_REL_PEER, 10 * SECOND);
    world_down(w, 0);
    world_run(w, 20 * SECOND);
    CU_ASSERT_EQUAL(w->sessions.n, 0);
    world_up(w, 0);
    world_run(w, 21 * SECOND);
    CU_ASSERT_TRUE(is_up(w));
    world_free(w);
}

static void reset_comes_back_by_itself(void)
{
    struct world *w = pair();
    bgp_originate(w->bgp, 1, world_prefix);
    world_run(w, 100 * SECOND);
    bgp_reset(w->bgp, 0, 1, NULL);
    world_run(w, 101 * SECOND);
    CU_ASSERT_STRING_EQUAL(why(w, 0), "administrative reset");
    CU_ASSERT_STRING_EQUAL(why(w, 1), "notification received: cease");
    CU_ASSERT_FALSE(is_up(w));
    world_run(w, 132 * SECOND);
    CU_ASSERT_TRUE(is_up(w));
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
    world_free(w);
}

// Whichever side opens connections: down until the operator wants it, and the words arrive.
static void shutdown_lasts_and_says_why(void)
{
    for (uint32_t by = 0; by < 2; by++) {
        struct world *w = pair();
        world_run(w, 100 * SECOND);
        size_t changes = w->sessions.n;
        bgp_shutdown(w->bgp, by, 1 - by, true, "line maintenance");
        world_run(w, 101 * SECOND);
        CU_ASSERT_STRING_EQUAL(why(w, by), "administrative shutdown");
        const struct bgp_peer *other = w->speakers.v[1 - by]->peers.v[0];
        CU_ASSERT_EQUAL(other->last_received.error, BGP_ERROR_CEASE);
        CU_ASSERT_EQUAL(other->last_received.subcode, BGP_CEASE_SHUTDOWN);
        CU_ASSERT_STRING_EQUAL(other->last_received.text, "line maintenance");
        bgp_reset(w->bgp, by, 1 - by, NULL); // changes nothing
        world_run(w, 400 * SECOND);
        CU_ASSERT_FALSE(is_up(w));
        CU_ASSERT_EQUAL(w->sessions.n, changes + 2);
        bgp_shutdown(w->bgp, by, 1 - by, false, NULL);
        world_run(w, 540 * SECOND);
        CU_ASSERT_TRUE(is_up(w));
        world_free(w);
    }
}

struct seen {
    int n;
    bool shut;
    char said[BGP_LAST_WORD_TEXT];
};

static void see(void *ctx, const struct bgp_neighbour *n)
{
    struct seen *s = ctx;
    s->n++;
    s->shut = n->shut;
    CU_ASSERT_STRING_EQUAL(n->state, n->shut ? "Idle" : "Established");
    if (n->sent.what.error != BGP_ERROR_NONE)
        bgp_last_word_text(&n->sent.what, s->said);
}

static void an_operator_sees_it(void)
{
    struct world *w = pair();
    struct seen s = {0};
    world_run(w, 100 * SECOND);
    bgp_neighbours(w->bgp, 0, see, &s);
    CU_ASSERT_EQUAL(s.n, 1);
    CU_ASSERT_STRING_EQUAL(s.said, "");
    bgp_shutdown(w->bgp, 0, 1, true, "a \"b\" \303\234");
    world_run(w, 101 * SECOND);
    bgp_neighbours(w->bgp, 0, see, &s);
    CU_ASSERT_TRUE(s.shut);
    CU_ASSERT_STRING_EQUAL(s.said, "cease (administrative shutdown), \"a \\042b\\042 \\303\\234\"");
    world_free(w);
}

// A slow peer: so many messages, one after another, take longer to be read; other sessions do not.
static void a_slow_peer_delays_its_own_session(void)
{
    for (uint32_t factor = 1; factor <= 1000; factor *= 1000) {
        struct world *w = pair();
        world_add(w, 3);
        world_link(w, 0, 2, BGP_REL_PROVIDER);
        world_run(w, 100 * SECOND);
        bgp_slow_peer(w->bgp, 0, 1, factor);
        int64_t each_ps = w->speakers.v[0]->is.timers.processing_ps;
        bgp_originate(w->bgp, 1, world_prefix);
        bgp_originate(w->bgp, 2, (struct prefix){IP4(198, 51, 100, 0), 24});
        world_run(w, 100 * SECOND + factor * each_ps / 2 + 60 * MILLI);
        CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 0, (struct prefix){IP4(198, 51, 100, 0), 24}));
        CU_ASSERT_STRING_EQUAL(world_path(w, 0), factor == 1 ? "2" : "none");
        world_run(w, 100 * SECOND + factor * each_ps + 60 * MILLI);
        CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
        world_free(w);
    }
}

static void dead_speaker_is_missed_after_the_hold_time(void)
{
    struct world *w = pair();
    bgp_originate(w->bgp, 1, world_prefix);
    world_run(w, 100 * SECOND);
    bgp_speaker_down(w->bgp, 1);
    CU_ASSERT_STRING_EQUAL(world_path(w, 1), "none");
    world_run(w, 150 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2"); // it does not know
    world_run(w, 200 * SECOND);
    CU_ASSERT_STRING_EQUAL(why(w, 0), "hold timer expired");
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "none");
    bgp_speaker_up(w->bgp, 1);
    CU_ASSERT_STRING_EQUAL(world_path(w, 1), "own");
    world_run(w, 240 * SECOND);
    CU_ASSERT_TRUE(is_up(w));
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
    world_free(w);
}

// A restart within the hold time: the other side learns of it by the reset of its next keepalive.
static void quick_restart_resets_the_old_connection(void)
{
    for (uint32_t dead = 0; dead < 2; dead++) {
        struct world *w = pair();
        world_run(w, 100 * SECOND);
        bgp_speaker_down(w->bgp, dead);
        world_run(w, 102 * SECOND);
        bgp_speaker_up(w->bgp, dead);
        world_run(w, 125 * SECOND);
        CU_ASSERT_STRING_EQUAL(why(w, 1 - dead), "connection reset");
        world_run(w, 160 * SECOND);
        CU_ASSERT_TRUE(is_up(w));
        world_free(w);
    }
}

// What a process was told of a link dies with it.
static void restart_forgets_link_faults(void)
{
    struct world *w = pair();
    world_run(w, 100 * SECOND);
    bgp_link_down(w->bgp, 0, 0, "BFD");
    bgp_speaker_down(w->bgp, 0);
    world_run(w, 101 * SECOND);
    bgp_speaker_up(w->bgp, 0);
    world_run(w, 140 * SECOND);
    CU_ASSERT_TRUE(is_up(w));
    world_free(w);
}

// Random cuts, resets and deaths: in the end, with everything mended, the session is up, the route
// there and the count of sessions right.
static void fault(struct world *w, gsl_rng *r)
{
    uint32_t router = (uint32_t)gsl_rng_uniform_int(r, 2);
    switch (gsl_rng_uniform_int(r, 8)) {
    case 0:
        world_cut(w, 0);
        break;
    case 1:
        world_mend(w, 0);
        break;
    case 2:
        world_down(w, 0);
        break;
    case 3:
        world_up(w, 0);
        break;
    case 4:
        bgp_reset(w->bgp, router, 1 - router, NULL);
        break;
    case 5:
        bgp_speaker_down(w->bgp, router);
        break;
    case 6:
        bgp_speaker_up(w->bgp, router);
        break;
    default:
        bgp_link_down(w->bgp, router, 0, "BFD");
        break;
    }
}

static void survives_anything(void)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        gsl_rng *r = rng_stream(seed, "pair", "faults");
        struct world *w = pair_with(90 * SECOND, 90 * SECOND, true);
        bgp_originate(w->bgp, 1, world_prefix);
        for (int i = 1; i <= 40; i++) {
            world_run(w, i * 20 * SECOND + (int64_t)gsl_rng_uniform_int(r, 20000) * MILLI);
            fault(w, r);
        }
        bgp_speaker_up(w->bgp, 0);
        bgp_speaker_up(w->bgp, 1);
        world_up(w, 0);
        world_run(w, 1200 * SECOND);
        CU_ASSERT_TRUE(is_up(w));
        CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
        world_free(w);
        gsl_rng_free(r);
    }
}

UNIT_MAIN("bgp-session", {"set_up_takes_round_trips", set_up_takes_round_trips},
          {"hold_timer_is_exact", hold_timer_is_exact},
          {"the_smaller_hold_time_counts", the_smaller_hold_time_counts},
          {"hold_time_zero_never_ends", hold_time_zero_never_ends},
          {"broken_path_dies_and_comes_back", broken_path_dies_and_comes_back},
          {"short_break_is_bridged", short_break_is_bridged},
          {"interface_down_ends_it_at_once", interface_down_ends_it_at_once},
          {"ends_notice_at_different_times", ends_notice_at_different_times},
          {"link_down_before_the_start_only_delays", link_down_before_the_start_only_delays},
          {"reset_comes_back_by_itself", reset_comes_back_by_itself},
          {"shutdown_lasts_and_says_why", shutdown_lasts_and_says_why},
          {"an_operator_sees_it", an_operator_sees_it},
          {"a_slow_peer_delays_its_own_session", a_slow_peer_delays_its_own_session},
          {"dead_speaker_is_missed_after_the_hold_time",
           dead_speaker_is_missed_after_the_hold_time},
          {"quick_restart_resets_the_old_connection", quick_restart_resets_the_old_connection},
          {"restart_forgets_link_faults", restart_forgets_link_faults},
          {"survives_anything", survives_anything})
