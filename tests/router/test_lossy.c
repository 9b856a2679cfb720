// SPDX-License-Identifier: GPL-3.0-or-later
// Hellos and BFD on lines that lose packets, and how BFD comes up by handshake.
#include "router/liveness.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>

#define MS PS_PER_MS
#define S  PS_PER_S

struct heard {
    struct sim *sim;
    int downs, ups;
    int64_t down_ps, up_ps; // last
};

static void hear(void *ctx, const struct liveness *l, bool up, const char *why)
{
    struct heard *h = ctx;
    (void)l;
    (void)why;
    *(up ? &h->ups : &h->downs) += 1;
    *(up ? &h->up_ps : &h->down_ps) = sim_now(h->sim);
}

static const struct liveness_timers bfd = {
    .detect_ps = 50 * MS, .bfd_ps = 50 * MS, .bfd_multiplier = 3};

// Expiries in 1,000 s at a loss.
static int expiries(const struct liveness_timers *t, uint32_t loss_ppm)
{
    struct liveness l;
    struct heard h = {.sim = sim_new(4)};
    liveness_init(&l, h.sim, "line", 1, 2, t, hear, &h);
    liveness_lossy(&l, h.sim, loss_ppm);
    sim_run(h.sim, 1000 * S);
    CU_ASSERT_TRUE(h.downs - h.ups == 0 || h.downs - h.ups == 1);
    liveness_lossy(&l, h.sim, 0);
    sim_run(h.sim, 1010 * S);
    CU_ASSERT_TRUE(l.up);
    CU_ASSERT_EQUAL(h.downs, h.ups);
    int downs = h.downs;
    sim_run(h.sim, 5000 * S);
    CU_ASSERT_EQUAL(h.downs, downs);
    liveness_free(&l);
    sim_free(h.sim);
    return downs;
}

// The first run of three losses takes (1 - p^3) / (p^3 (1 - p)) packets on average.
static void false_expiries_are_as_frequent_as_they_should(void)
{
    for (double p = 0.1; p < 0.45; p += 0.1) {
        double packets = (1 - p * p * p) / (p * p * p * (1 - p)) + p / (1 - p) + 1;
        double expected = 1000 / (packets * 0.05);
        int obtained = expiries(&bfd, (uint32_t)(p * 1e6 + 0.5));
        if (fabs(obtained - expected) > 4 * sqrt(expected) + 0.05 * expected)
            printf("loss %.1f: expected %.1f, obtained %d\n", p, expected, obtained);
        CU_ASSERT_TRUE(fabs(obtained - expected) <= 4 * sqrt(expected) + 0.05 * expected);
    }
    CU_ASSERT_EQUAL(expiries(&bfd, 0), 0);
}

static void hellos_and_jitter(void)
{
    struct liveness_timers hello = {.detect_ps = 50 * MS, .hello_ps = 1 * S, .hold_ps = 3 * S};
    struct liveness_timers jittered = bfd;
    jittered.bfd_handshake = true;
    CU_ASSERT_TRUE(expiries(&hello, 300000) > 5);
    // Jittered packets come more often, but a session stays away for its handshake.
    int n = expiries(&jittered, 300000);
    CU_ASSERT_TRUE(n > 50 && n < expiries(&bfd, 300000));
}

static void everything_lost_is_down_until_mended(void)
{
    struct liveness l;
    struct heard h = {.sim = sim_new(4)};
    liveness_init(&l, h.sim, "line", 1, 2, &bfd, hear, &h);
    sim_run(h.sim, 10 * S);
    liveness_lossy(&l, h.sim, 1000000);
    sim_run(h.sim, 20 * S);
    CU_ASSERT_EQUAL(h.downs, 1);
    CU_ASSERT_EQUAL(h.ups, 0);
    CU_ASSERT_TRUE(h.down_ps - 10 * S > 100 * MS && h.down_ps - 10 * S <= 200 * MS);
    liveness_lossy(&l, h.sim, 0);
    sim_run(h.sim, 21 * S);
    CU_ASSERT_EQUAL(h.ups, 1);
    liveness_free(&l);
    sim_free(h.sim);
}

// Silent cut and repair of a link with BFD by the book: both down within the detection time, up again
// after some seconds; and a short one that only one end has noticed.
static void handshake_after_repair(void)
{
    struct liveness_timers t = bfd;
    t.bfd_handshake = true;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct sim *sim = sim_new(seed);
        struct heard h[2] = {{.sim = sim}, {.sim = sim}};
        struct liveness ends[2];
        bool brief = seed % 2;
        for (int i = 0; i < 2; i++)
            liveness_init(&ends[i], sim, "line", (uint32_t)i, 2, &t, hear, &h[i]);
        sim_run(sim, 10 * S);
        liveness_failed(&ends[0], sim, true);
        liveness_failed(&ends[1], sim, true);
        sim_run(sim, 10 * S + (brief ? 125 * MS : 5 * S));
        int noticed = h[0].downs + h[1].downs;
        liveness_meet(ends, sim, true);
        sim_run(sim, 30 * S);
        for (int i = 0; i < 2; i++) {
            CU_ASSERT_TRUE(ends[i].up);
            CU_ASSERT_EQUAL(h[i].downs, noticed > 0); // who had not noticed was told
            CU_ASSERT_EQUAL(h[i].ups, h[i].downs);
            if (noticed && !brief)
                CU_ASSERT_TRUE(h[i].down_ps - 10 * S > 100 * MS &&
                               h[i].down_ps - 10 * S <= 150 * MS);
            if (noticed)
                CU_ASSERT_TRUE(h[i].up_ps > h[i].down_ps && h[i].up_ps < 20 * S);
        }
        liveness_free(&ends[0]);
        liveness_free(&ends[1]);
        sim_free(sim);
    }
}

UNIT_MAIN("lossy",
          {"false_expiries_are_as_frequent_as_they_should",
           false_expiries_are_as_frequent_as_they_should},
          {"hellos_and_jitter", hellos_and_jitter},
          {"everything_lost_is_down_until_mended", everything_lost_is_down_until_mended},
          {"handshake_after_repair", handshake_after_repair})
