// SPDX-License-Identifier: GPL-3.0-or-later
// Convergence in a full mesh of ASes that exchange everything (Labovitz et al. 2000): rows 1 to 5.
#include "unit.h"
#include "world.h"
#include <stdio.h>

#define PROCESSING (100 * MILLI)
#define ANNOUNCE   (100 * SECOND)
#define WITHDRAW   (1000 * SECOND)

enum { MESH_MAX = 8, SEEDS = 30 };

struct mesh {
    int n; // ASes, the origin (router 0) counted
    int64_t mrai_ps;
    bool jitter, withdrawals; // withdrawals: rate-limited too
    uint64_t seed;
};

struct outcome {
    double announced_s, withdrawn_s; // until the last best-path change
    uint64_t messages;               // UPDATEs after the withdrawal
};

static struct outcome run(const struct mesh *m)
{
    struct world *w = world_new(m->seed);
    struct outcome o;
    w->delay_ps = 0;
    w->timers = (struct bgp_timers){.mrai_ebgp_ps = m->mrai_ps,
                                    .mrai_withdrawals = m->withdrawals,
                                    .processing_ps = PROCESSING,
                                    .no_jitter = !m->jitter};
    for (int i = 0; i < m->n; i++)
        world_add(w, 1 + (uint32_t)i);
    for (uint32_t i = 0; i < (uint32_t)m->n; i++) {
        for (uint32_t j = i + 1; j < (uint32_t)m->n; j++)
            world_link(w, i, j, BGP_REL_SIBLING);
    }
    world_run(w, ANNOUNCE);
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->sessions_up, (uint64_t)(m->n * (m->n - 1) / 2));
    bgp_originate(w->bgp, 0, world_prefix);
    world_run(w, WITHDRAW);
    o.announced_s = world_settled_s(w, ANNOUNCE);
    uint64_t before = bgp_stats(w->bgp)->updates_sent;
    bgp_withdraw(w->bgp, 0, world_prefix);
    world_run(w, 2 * WITHDRAW);
    for (int i = 0; i < m->n; i++)
        CU_ASSERT_STRING_EQUAL(world_path(w, (uint32_t)i), "none");
    o.withdrawn_s = world_settled_s(w, WITHDRAW);
    o.messages = bgp_stats(w->bgp)->updates_sent - before;
    world_free(w);
    return o;
}

static void withdrawal_takes_mrai_rounds(void)
{
    for (int n = 4; n <= MESH_MAX; n++) {
        struct mesh m = {.n = n, .mrai_ps = 30 * SECOND, .withdrawals = true, .seed = 1};
        double got_s = run(&m).withdrawn_s, want_s = (n - 3) * 30 + 0.2;
        char expected[64];
        snprintf(expected, sizeof expected, "%.1f s +- 0.5 s (n=%d)", want_s, n);
        world_row(1, got_s > want_s - 0.5 && got_s < want_s + 0.5, expected, "%.3f s", got_s);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_s(int n, bool withdrawals)
{
    double all[SEEDS];
    for (int i = 0; i < SEEDS; i++) {
        struct mesh m = {.n = n,
                         .mrai_ps = 30 * SECOND,
                         .jitter = true,
                         .withdrawals = withdrawals,
                         .seed = 1 + (uint64_t)i};
        all[i] = run(&m).withdrawn_s;
    }
    qsort(all, SEEDS, sizeof all[0], by_value);
    return (all[SEEDS / 2 - 1] + all[SEEDS / 2]) / 2;
}

static void jitter_shortens_it(void)
{
    static const double want_s[] = {28.5, 53.5, 78.7, 103.0, 128.6};
    for (int n = 4; n <= MESH_MAX; n++) {
        double want = want_s[n - 4], got = median_s(n, true);
        char expected[64];
        snprintf(expected, sizeof expected, "median %.1f s +- 10 %% (n=%d)", want, n);
        world_row(2, got > 0.9 * want && got < 1.1 * want, expected, "%.1f s", got);
    }
}

static void free_withdrawals_are_faster(void)
{
    double limited_s = median_s(6, true), free_s = median_s(6, false);
    int quick = 0;
    for (int i = 0; i < SEEDS; i++) {
        struct mesh m = {.n = 6, .mrai_ps = 30 * SECOND, .jitter = true, .seed = 1 + (uint64_t)i};
        quick += run(&m).withdrawn_s < 1.5;
    }
    world_row(3, free_s < limited_s && quick > 0,
              "faster than when limited, some in about a second",
              "median %.1f s against %.1f s, %d of %d runs under 1.5 s", free_s, limited_s, quick,
              (int)SEEDS);
}

static void announcement_does_not_wait(void)
{
    struct world *w = world_new(1);
    enum { HOPS = 6 };
    w->timers = (struct bgp_timers){.mrai_ebgp_ps = 30 * SECOND, .processing_ps = PROCESSING};
    for (uint32_t i = 0; i <= HOPS; i++) {
        world_add(w, 1 + i);
        if (i)
            world_link(w, i - 1, i, BGP_REL_SIBLING);
    }
    world_run(w, ANNOUNCE);
    bgp_originate(w->bgp, 0, world_prefix);
    world_run(w, WITHDRAW);
    int64_t want_ps = HOPS * (PROCESSING + 10 * MILLI);
    world_row(4, bgp_stats(w->bgp)->last_change_ps - ANNOUNCE == want_ps,
              "6 x (100 + 10) ms exactly", "%.6f ms",
              ps_to_ms(bgp_stats(w->bgp)->last_change_ps - ANNOUNCE));
    CU_ASSERT_STRING_EQUAL(world_path(w, HOPS), "6 5 4 3 2 1");
    world_free(w);
}

static void exploration_grows_steeply(void)
{
    uint64_t got[4];
    for (int n = 4; n <= 7; n++) {
        struct mesh m = {.n = n, .seed = 1};
        got[n - 4] = run(&m).messages;
    }
    bool ok = got[0] * 2 <= got[1] && got[1] * 2 <= got[2] && got[2] * 2 <= got[3];
    world_row(5, ok, "about 36, 108, 359, 822 UPDATEs for n=4..7: at least twice as many each",
              "%d, %d, %d, %d", (int)got[0], (int)got[1], (int)got[2], (int)got[3]);
}

UNIT_MAIN("bgp-mesh", {"withdrawal_takes_mrai_rounds", withdrawal_takes_mrai_rounds},
          {"jitter_shortens_it", jitter_shortens_it},
          {"free_withdrawals_are_faster", free_withdrawals_are_faster},
          {"announcement_does_not_wait", announcement_does_not_wait},
          {"exploration_grows_steeply", exploration_grows_steeply})
