// SPDX-License-Identifier: GPL-3.0-or-later
// MRAI: jitter (row 7), what waits for it and what does not, and how UPDATEs are packed.
#include "unit.h"
#include "world.h"

#include "bgp/jitter.h"
#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// Kolmogorov–Smirnov: probability of a distance of at least d with n draws.
static double ks_p(double d, int n)
{
    double root = sqrt(n), lambda = (root + 0.12 + 0.11 / root) * d, p = 0;
    for (int k = 1; k <= 100; k++)
        p += (k % 2 ? 2 : -2) * exp(-2.0 * k * k * lambda * lambda);
    return p > 1 ? 1 : p;
}

static void jitter_is_uniform(void)
{
    enum { DRAWS = 10000 };
    static int64_t draws[DRAWS];
    const int64_t base_ps = 30 * SECOND;
    struct bgp_jitter j;
    double d = 0;
    bgp_jitter_init(&j, 42, "beijing-1", false);
    for (int i = 0; i < DRAWS; i++)
        draws[i] = bgp_jitter_ps(&j, BGP_JITTER_MRAI, base_ps);
    bgp_jitter_free(&j);
    qsort(draws, DRAWS, sizeof draws[0], by_value);
    for (int i = 0; i < DRAWS; i++) {
        double f = ((double)draws[i] / (double)base_ps - 0.75) / 0.25;
        d = fmax(d, fmax(fabs(f - (double)i / DRAWS), fabs((i + 1.0) / DRAWS - f)));
    }
    world_row(7, ks_p(d, DRAWS) > 0.01 && draws[0] >= base_ps / 4 * 3 && draws[DRAWS - 1] < base_ps,
              "U(0.75, 1.0), KS p > 0.01", "p = %.3f, %.3f to %.3f", ks_p(d, DRAWS),
              (double)draws[0] / (double)base_ps, (double)draws[DRAWS - 1] / (double)base_ps);
    bgp_jitter_init(&j, 42, "beijing-1", true);
    CU_ASSERT_EQUAL(bgp_jitter_ps(&j, BGP_JITTER_MRAI, base_ps), base_ps);
    bgp_jitter_free(&j);
}

// Two ASes, the first tells the second with MRAI 30 s.
static struct world *pair(enum bgp_mrai_withdrawals mrai_withdrawals)
{
    struct world *w = world_new(3);
    w->timers.mrai_ebgp_ps = 30 * SECOND;
    w->timers.mrai_withdrawals = mrai_withdrawals;
    w->timers.hold_ps = 0;
    world_add(w, 1);
    world_add(w, 2);
    world_link(w, 0, 1, BGP_REL_PEER);
    world_run(w, 10 * SECOND);
    return w;
}

static struct prefix nth(uint32_t i)
{
    return (struct prefix){IP4(20, 0, 0, 0) + (i << 8), 24};
}

static void changes_within_the_interval_travel_together(void)
{
    enum { PREFIXES = 100 };
    struct world *w = pair(BGP_WITHDRAWALS_AT_ONCE);
    int bursts = 0;
    int64_t last_ps = 0;
    for (uint32_t i = 0; i < PREFIXES; i++) {
        world_run(w, (100 + i) * SECOND);
        bgp_originate(w->bgp, 0, nth(i));
    }
    world_run(w, 300 * SECOND);
    for (uint32_t i = 0; i < PREFIXES; i++)
        CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 1, nth(i)));
    for (size_t i = 0; i < w->changes.n; i++) {
        if (w->changes.v[i] % SECOND == 0) // at the origin
            continue;
        if (w->changes.v[i] == last_ps)
            continue;
        if (bursts > 0) {
            CU_ASSERT_TRUE(w->changes.v[i] - last_ps >= 22500 * MILLI);
            CU_ASSERT_TRUE(w->changes.v[i] - last_ps <= 30 * SECOND);
        }
        last_ps = w->changes.v[i];
        bursts++;
    }
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->updates_sent, (uint64_t)bursts);
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->announces_sent, PREFIXES);
    CU_ASSERT_TRUE(bursts >= 4 && bursts <= 6);
    world_free(w);
}

static void withdrawals_wait_only_when_told_to(void)
{
    for (int wait = 0; wait < 2; wait++) {
        struct world *w = pair(wait ? BGP_WITHDRAWALS_WAIT : BGP_WITHDRAWALS_AT_ONCE);
        world_run(w, 100 * SECOND);
        bgp_originate(w->bgp, 0, nth(0)); // starts the interval
        world_run(w, 101 * SECOND);
        bgp_withdraw(w->bgp, 0, nth(0));
        world_run(w, 101 * SECOND + 11 * MILLI);
        CU_ASSERT_EQUAL(bgp_best(w->bgp, 1, nth(0)) != NULL, wait);
        world_run(w, 131 * SECOND);
        CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 1, nth(0)));
        CU_ASSERT_EQUAL(bgp_stats(w->bgp)->withdraws_sent, 1);
        world_free(w);
    }
}

static void withdrawals_wait_behind_announcements(void)
{
    struct world *w = pair(BGP_WITHDRAWALS_BEHIND);
    bgp_originate(w->bgp, 0, nth(0));
    world_run(w, 100 * SECOND);
    bgp_originate(w->bgp, 0, nth(1)); // starts the interval
    world_run(w, 101 * SECOND);
    bgp_withdraw(w->bgp, 0, nth(0)); // nothing waits: at once, and the interval starts anew
    world_run(w, 101 * SECOND + 11 * MILLI);
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 1, nth(0)));
    world_run(w, 102 * SECOND);
    bgp_originate(w->bgp, 0, nth(2)); // waits
    bgp_withdraw(w->bgp, 0, nth(1));  // and so does this
    world_run(w, 101 * SECOND + 22500 * MILLI);
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 1, nth(1)));
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 1, nth(2)));
    world_run(w, 132 * SECOND);
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 1, nth(1)));
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 1, nth(2)));
    world_free(w);
}

static void gathered_changes_travel_together(void)
{
    struct world *w = world_new(3);
    w->timers.gather_ps = 50 * MILLI;
    w->timers.hold_ps = 0;
    world_add(w, 1);
    world_add(w, 2);
    world_link(w, 0, 1, BGP_REL_PEER);
    world_run(w, 10 * SECOND);
    bgp_originate(w->bgp, 0, nth(0));
    bgp_originate(w->bgp, 0, nth(1));
    world_run(w, 10 * SECOND + 49 * MILLI);
    bgp_withdraw(w->bgp, 0, nth(1)); // never told
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->updates_sent, 0);
    world_run(w, 11 * SECOND);
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->updates_sent, 1);
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->withdraws_sent, 0);
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 1, nth(0)));
    world_free(w);
}

static void undone_changes_are_never_sent(void)
{
    struct world *w = pair(BGP_WITHDRAWALS_WAIT);
    world_run(w, 100 * SECOND);
    bgp_originate(w->bgp, 0, nth(0)); // starts the interval
    world_run(w, 101 * SECOND);
    bgp_originate(w->bgp, 0, nth(1)); // comes and goes within it
    bgp_withdraw(w->bgp, 0, nth(0));  // goes and comes within it
    world_run(w, 102 * SECOND);
    bgp_withdraw(w->bgp, 0, nth(1));
    bgp_originate(w->bgp, 0, nth(0));
    world_run(w, 200 * SECOND);
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->updates_sent, 1);
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 1, nth(0)));
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 1, nth(1)));
    world_free(w);
}

// Every second prefix carries a community, so there are two sets of attributes.
static bool mark_odd(void *ctx, uint32_t router, uint32_t peer, struct prefix p,
                     struct bgp_draft *d)
{
    (void)ctx;
    (void)router;
    (void)peer;
    if ((p.addr >> 8) & 1)
        bgp_draft_add_community(d, BGP_COMMUNITY(1, 1));
    return true;
}

static void shared_attributes_share_updates(void)
{
    enum { PREFIXES = 3000 };
    struct world *w = world_new(1);
    world_add(w, 1);
    world_add(w, 2);
    bgp_filters(w->bgp, 0, NULL, mark_odd, NULL);
    int32_t link = world_link(w, 0, 1, BGP_REL_PEER);
    for (uint32_t i = 0; i < PREFIXES; i++)
        bgp_originate(w->bgp, 0, nth(i));
    world_run(w, 10 * SECOND);
    // Octets left of 4096: 4048 and 4040 behind header (23) and attributes (25 and 33; a path of
    // one AS 10, ORIGIN 4, NEXT_HOP 7, the community 8); 4 a prefix; 1500 prefixes in each set.
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->updates_sent, 4);
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->announces_sent, PREFIXES);
    for (uint32_t i = 0; i < PREFIXES; i++) {
        const struct bgp_route *r = bgp_best(w->bgp, 1, nth(i));
        CU_ASSERT_PTR_NOT_NULL_FATAL(r);
        CU_ASSERT_EQUAL(bgp_attr_has_community(r->attr, BGP_COMMUNITY(1, 1)), i & 1);
    }
    // One withdrawn alone, then all the rest at once when the session goes and comes back.
    bgp_withdraw(w->bgp, 0, nth(7));
    world_run(w, 11 * SECOND);
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 1, nth(7)));
    world_down(w, link);
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 1, nth(8)));
    world_up(w, link);
    world_run(w, 20 * SECOND);
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 1, nth(8)));
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 1, nth(7)));
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->updates_sent, 4 + 1 + 4);
    world_free(w);
}

// Losing the middle of a chain withdraws everything behind it in few messages.
static void withdrawals_are_packed(void)
{
    enum { PREFIXES = 2500 };
    struct world *w = world_new(1);
    for (uint32_t i = 0; i < 3; i++)
        world_add(w, 1 + i);
    int32_t link = world_link(w, 0, 1, BGP_REL_SIBLING);
    world_link(w, 1, 2, BGP_REL_SIBLING);
    for (uint32_t i = 0; i < PREFIXES; i++)
        bgp_originate(w->bgp, 0, nth(i));
    world_run(w, 10 * SECOND);
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 2, nth(PREFIXES - 1)));
    uint64_t before = bgp_stats(w->bgp)->updates_sent;
    world_down(w, link);
    world_run(w, 20 * SECOND);
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 2, nth(PREFIXES - 1)));
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->updates_sent - before, 3); // (4096 - 23) / 4 = 1018 in each
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->withdraws_sent, PREFIXES);
    world_free(w);
}

// An interval of the peer's own counts instead of the speaker's.
static void a_peer_has_its_own(void)
{
    static const struct prefix second = {IP4(198, 51, 100, 0), 24};
    for (int own = 0; own < 2; own++) {
        struct world *w = world_new(2);
        w->timers.mrai_ebgp_ps = 30 * SECOND;
        w->timers.no_jitter = true;
        world_add(w, 1);
        world_add(w, 2);
        w->z_side.own_mrai = own;
        w->z_side.mrai_ps = 4 * SECOND;
        world_link(w, 0, 1, BGP_REL_PEER);
        world_run(w, 10 * SECOND);
        bgp_originate(w->bgp, 1, world_prefix);
        bgp_originate(w->bgp, 1, second);
        world_run(w, 100 * SECOND);
        CU_ASSERT_EQUAL(bgp_stats(w->bgp)->last_change_ps / SECOND, 10 + (own ? 4 : 30));
        world_free(w);
    }
}

UNIT_MAIN("bgp-mrai", {"jitter_is_uniform", jitter_is_uniform},
          {"changes_within_the_interval_travel_together",
           changes_within_the_interval_travel_together},
          {"withdrawals_wait_only_when_told_to", withdrawals_wait_only_when_told_to},
          {"withdrawals_wait_behind_announcements", withdrawals_wait_behind_announcements},
          {"gathered_changes_travel_together", gathered_changes_travel_together},
          {"undone_changes_are_never_sent", undone_changes_are_never_sent},
          {"shared_attributes_share_updates", shared_attributes_share_updates},
          {"withdrawals_are_packed", withdrawals_are_packed},
          {"a_peer_has_its_own", a_peer_has_its_own})
