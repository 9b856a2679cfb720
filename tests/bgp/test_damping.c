// SPDX-License-Identifier: GPL-3.0-or-later
// Route flap damping (RFC 2439): decay against libm, when a route comes back, row 10.
#include "unit.h"
#include "world.h"

#include "bgp/damping.h"
#include "bgp/instance.h"
#include <math.h>

#define MINUTE (60 * SECOND)

static void decay_is_exponential(void)
{
    const uint64_t start = (uint64_t)12000 << 32;
    for (int64_t dt_ps = 0; dt_ps < 240 * MINUTE; dt_ps += 17 * SECOND + 12345) {
        double want = 12000 * exp2(-(double)dt_ps / (double)(15 * MINUTE));
        double got = (double)bgp_damping_decay(start, dt_ps, 15 * MINUTE) / 4294967296.0;
        CU_ASSERT(fabs(got - want) < 1e-5);
    }
    CU_ASSERT_EQUAL(bgp_damping_decay(start, 15 * MINUTE, 15 * MINUTE), start / 2);
    CU_ASSERT_EQUAL(bgp_damping_decay(start, 30 * MINUTE, 15 * MINUTE), start / 4);
    CU_ASSERT_EQUAL(bgp_damping_decay(start, 2000 * MINUTE, 15 * MINUTE), 0);
}

// 0 originates, 1 damps.
static struct world *damped(const struct bgp_damping_options *options)
{
    struct world *w = world_new(1);
    world_add(w, 1);
    world_add(w, 2);
    w->z_side.policy.damping = options;
    world_link(w, 0, 1, BGP_REL_PROVIDER);
    bgp_originate(w->bgp, 0, world_prefix);
    world_run(w, MINUTE);
    return w;
}

static struct bgp_peer *damper(const struct world *w)
{
    return w->speakers.v[1]->peers.v[0];
}

static void flap(struct world *w)
{
    bgp_withdraw(w->bgp, 0, world_prefix);
    world_run(w, sim_now(w->sim) + SECOND);
    bgp_originate(w->bgp, 0, world_prefix);
    world_run(w, sim_now(w->sim) + SECOND);
}

static double penalty(const struct world *w)
{
    return bgp_damping_penalty(damper(w), 0, 0);
}

// Row 10: three flaps of FRR's 1000 each, a second or so apart.
static void three_flaps_suppress(void)
{
    struct world *w = damped(&bgp_damping_frr);
    flap(w);
    CU_ASSERT_STRING_EQUAL(world_path(w, 1), "1");
    flap(w);
    flap(w);
    CU_ASSERT_STRING_EQUAL(world_path(w, 1), "none");
    double first = penalty(w);
    int64_t reuse_ps = bgp_damping_reuse_ps(damper(w), 0, 0), at_ps = sim_now(w->sim);
    world_run(w, at_ps + 15 * MINUTE);
    double half = penalty(w) / first, due_s = ps_to_s(reuse_ps - at_ps);
    double want_s = 900 * log2(first / 750);
    world_row(10, fabs(half - 0.5) < 0.005 && fabs(first - 3000) < 30 && fabs(due_s - want_s) < 1,
              "3000 after 3 flaps, half after 15 min, back at 750 (1%)",
              "%.1f, %.4f of it, back after %.1f s (log2 says %.1f)", first, half, due_s, want_s);
    world_run(w, reuse_ps - 1);
    CU_ASSERT_STRING_EQUAL(world_path(w, 1), "none");
    world_run(w, reuse_ps);
    CU_ASSERT_STRING_EQUAL(world_path(w, 1), "1");
    CU_ASSERT(fabs(penalty(w) - 750) < 0.01);
    world_free(w);
}

static void sets_differ_in_what_they_punish(void)
{
    static const struct {
        const struct bgp_damping_options *set;
        double after; // one flap
        int flaps;    // until suppressed
    } cases[] = {{&bgp_damping_frr, 1000, 3},
                 {&bgp_damping_cisco, 1000, 3},
                 {&bgp_damping_junos, 2000, 2},
                 {&bgp_damping_rfc7196, 1000, 7}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = damped(cases[i].set);
        int flaps = 0;
        do {
            flap(w);
            if (++flaps == 1)
                CU_ASSERT(fabs(penalty(w) - cases[i].after) < 5);
        } while (bgp_best(w->bgp, 1, world_prefix) && flaps < 100);
        CU_ASSERT_EQUAL(flaps, cases[i].flaps);
        world_free(w);
    }
}

// However often it flaps, an hour after the last one it is back.
static void suppression_has_an_end(void)
{
    struct world *w = damped(&bgp_damping_frr);
    for (int i = 0; i < 60; i++)
        flap(w);
    int64_t left_ps = bgp_damping_reuse_ps(damper(w), 0, 0) - sim_now(w->sim);
    CU_ASSERT(left_ps <= 60 * MINUTE && left_ps > 59 * MINUTE);
    CU_ASSERT(penalty(w) <= 12000);
    world_run(w, sim_now(w->sim) + 60 * MINUTE);
    CU_ASSERT_STRING_EQUAL(world_path(w, 1), "1");
    world_free(w);
}

// A change of attributes costs 500; the route that comes back is the newest.
static void changes_count_less(void)
{
    struct world *w = damped(&bgp_damping_frr);
    for (int i = 0; i < 5; i++) {
        bgp_drain(w->bgp, 0, world_prefix, i % 2 == 0); // another community, or none
        world_run(w, sim_now(w->sim) + SECOND);
        if (i == 0)
            CU_ASSERT(fabs(penalty(w) - 500) < 1);
    }
    CU_ASSERT_STRING_EQUAL(world_path(w, 1), "none");
    world_run(w, sim_now(w->sim) + 60 * MINUTE);
    const struct bgp_route *r = bgp_best(w->bgp, 1, world_prefix);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r);
    CU_ASSERT(bgp_attr_has_community(r->attr, BGP_GRACEFUL_SHUTDOWN));
    world_free(w);
}

// A lost session is no flap, and what was suppressed stays so.
static void lost_sessions_are_not_punished(void)
{
    struct world *w = damped(&bgp_damping_frr);
    world_down(w, 0);
    world_run(w, sim_now(w->sim) + SECOND);
    world_up(w, 0);
    world_run(w, sim_now(w->sim) + MINUTE);
    CU_ASSERT_EQUAL(penalty(w), 0);
    for (int i = 0; i < 3; i++)
        flap(w);
    world_down(w, 0);
    world_run(w, sim_now(w->sim) + SECOND);
    world_up(w, 0);
    world_run(w, sim_now(w->sim) + MINUTE);
    CU_ASSERT_STRING_EQUAL(world_path(w, 1), "none");
    world_run(w, sim_now(w->sim) + 40 * MINUTE);
    CU_ASSERT_STRING_EQUAL(world_path(w, 1), "1");
    bgp_speaker_down(w->bgp, 1);
    bgp_speaker_up(w->bgp, 1);
    world_run(w, sim_now(w->sim) + 10 * MINUTE);
    CU_ASSERT_STRING_EQUAL(world_path(w, 1), "1");
    world_free(w);
}

UNIT_MAIN("bgp-damping", {"decay_is_exponential", decay_is_exponential},
          {"three_flaps_suppress", three_flaps_suppress},
          {"sets_differ_in_what_they_punish", sets_differ_in_what_they_punish},
          {"suppression_has_an_end", suppression_has_an_end},
          {"changes_count_less", changes_count_less},
          {"lost_sessions_are_not_punished", lost_sessions_are_not_punished})
