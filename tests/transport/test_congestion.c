// SPDX-License-Identifier: GPL-3.0-or-later
// Windows by hand: NewReno's steps, CUBIC's curve, sets of ranges, the time-out's arithmetic.
#include "transport/congestion.h"
#include "transport/ranges.h"
#include "transport/rtt.h"

#include "base/units.h"
#include "unit.h"

#include <math.h>

#define MSS 1000u

static void newreno_by_hand(void)
{
    struct congestion c;
    congestion_init(&c, &congestion_newreno, MSS, 10 * MSS);
    for (int i = 0; i < 10; i++)
        congestion_acked(&c, MSS, true, 0, PS_PER_S);
    CU_ASSERT_EQUAL(c.window, 20 * MSS); // slow start doubles in a round trip
    congestion_acked(&c, 8 * MSS, true, 0, PS_PER_S);
    CU_ASSERT_EQUAL(c.window, 22 * MSS); // at most two segments an acknowledgement
    congestion_acked(&c, MSS, false, 0, PS_PER_S);
    CU_ASSERT_EQUAL(c.window, 22 * MSS); // not used, not grown
    congestion_lost(&c, 22 * MSS);
    CU_ASSERT_EQUAL(c.window, 11 * MSS);
    for (int i = 0; i < 11; i++)
        congestion_acked(&c, MSS, true, 0, PS_PER_S);
    CU_ASSERT_EQUAL(c.window, 12 * MSS); // a segment a round trip
    congestion_timeout(&c, 12 * MSS, false);
    CU_ASSERT_EQUAL(c.window, MSS);
    CU_ASSERT_EQUAL(c.threshold, 6 * MSS);
    congestion_timeout(&c, MSS, true);
    CU_ASSERT_EQUAL(c.threshold, 6 * MSS);
    congestion_lost(&c, MSS);
    CU_ASSERT_EQUAL(c.threshold, 2 * MSS); // no lower
}

// After a loss at 1000 segments: 700, back at 1000 after K = cbrt(300 / 0.4) = 9.086 s, as RFC 9438
// Figure 2 says; half way there it is 1000 - 0.4 (K/2)^3 = 962.5.
static void cubic_by_hand(void)
{
    struct congestion c;
    congestion_init(&c, &congestion_cubic, MSS, 1000 * MSS);
    congestion_lost(&c, 1000 * MSS);
    CU_ASSERT_EQUAL(c.window, 700 * MSS);
    const int64_t rtt_ps = 100 * PS_PER_MS, k_ps = (int64_t)(cbrt(750) * 1e12);
    bool half = false;
    for (int64_t now_ps = 0; now_ps < k_ps + 5 * PS_PER_S; now_ps += rtt_ps) {
        congestion_acked(&c, c.window, true, now_ps, rtt_ps);
        double t = ps_to_s(now_ps + rtt_ps) - ps_to_s(k_ps);
        double want = 1000 + 0.4 * t * t * t;
        if (now_ps > 0) // the first acknowledgement finds the curve below Reno's half segment
            CU_ASSERT(fabs((double)c.window / MSS - want) < 1 + 0.002 * want);
        if (!half && now_ps + rtt_ps >= k_ps / 2) {
            CU_ASSERT(fabs((double)c.window / MSS - 962.5) < 3);
            half = true;
        }
    }
    CU_ASSERT(half);
    // Fast convergence: a loss below the last peak gives up more of it.
    uint64_t window = c.window;
    congestion_lost(&c, window);
    CU_ASSERT_EQUAL(c.peak, window);
    congestion_lost(&c, c.window);
    CU_ASSERT_EQUAL(c.peak, window * 7 / 10 * 17 / 20);
}

// Short round trips: the Reno-friendly region, 0.53 segments a round trip until it is where it was.
static void cubic_is_friendly(void)
{
    struct congestion c;
    congestion_init(&c, &congestion_cubic, MSS, 20 * MSS);
    congestion_lost(&c, 20 * MSS);
    CU_ASSERT_EQUAL(c.window, 14 * MSS);
    int64_t now_ps = 0;
    for (int i = 0; i < 10; i++, now_ps += PS_PER_MS)
        congestion_acked(&c, c.window, true, now_ps, PS_PER_MS);
    CU_ASSERT(fabs((double)c.window / MSS - (14 + 10 * 9 / 17.0)) < 0.3);
    for (int i = 0; i < 10; i++, now_ps += PS_PER_MS)
        congestion_acked(&c, c.window, true, now_ps, PS_PER_MS);
    CU_ASSERT((double)c.window / MSS > 23); // beyond 20, a whole segment each
}

static void ranges_by_hand(void)
{
    struct ranges r = {0};
    CU_ASSERT_EQUAL(ranges_add(&r, 10, 20), 10);
    CU_ASSERT_EQUAL(ranges_add(&r, 30, 40), 10);
    CU_ASSERT_EQUAL(ranges_add(&r, 15, 18), 0);
    CU_ASSERT_EQUAL(ranges_add(&r, 5, 5), 0);
    CU_ASSERT_EQUAL(r.n, 2);
    CU_ASSERT_EQUAL(ranges_add(&r, 20, 30), 10); // touches both
    CU_ASSERT_EQUAL(r.n, 1);
    CU_ASSERT_EQUAL(ranges_add(&r, 0, 5), 5);
    CU_ASSERT_EQUAL(r.total, 35);
    CU_ASSERT(ranges_has(&r, 0) && !ranges_has(&r, 5) && ranges_has(&r, 39) && !ranges_has(&r, 40));
    CU_ASSERT_EQUAL(ranges_below(&r, 12), 7);
    ranges_cut(&r, 12);
    CU_ASSERT_EQUAL(r.total, 28);
    CU_ASSERT_EQUAL(r.v[0].from, 12);
    ranges_cut(&r, 100);
    CU_ASSERT(r.n == 0 && r.total == 0);
    ranges_free(&r);
}

// Against a set of bits, by a little generator of our own.
static void ranges_at_random(void)
{
    struct ranges r = {0};
    bool bits[256] = {false};
    uint32_t x = 1;
    for (int step = 0; step < 3000; step++) {
        x = x * 1664525u + 1013904223u;
        unsigned from = x >> 24, to = from + (x >> 16 & 15);
        uint64_t fresh = 0;
        for (unsigned i = from; i < to && i < 256; i++) {
            fresh += !bits[i];
            bits[i] = true;
        }
        CU_ASSERT_EQUAL(ranges_add(&r, from, to < 256 ? to : 256), fresh);
        if (x % 61 == 0) {
            for (unsigned i = 0; i < from; i++)
                bits[i] = false;
            ranges_cut(&r, from);
        }
        unsigned count = 0, runs = 0;
        for (unsigned i = 0; i < 256; i++) {
            count += bits[i];
            runs += bits[i] && (i == 0 || !bits[i - 1]);
        }
        CU_ASSERT(count == r.total && runs == r.n);
        if (x % 97 == 0) {
            for (unsigned i = 0; i < 256; i++)
                bits[i] = false;
            ranges_cut(&r, 256);
        }
    }
    ranges_free(&r);
}

// RFC 6298 §2 with R = 100 ms, then 180 ms.
static void time_out_by_hand(void)
{
    struct rtt r;
    rtt_init(&r, PS_PER_S, 0, 60 * PS_PER_S);
    CU_ASSERT_EQUAL(rtt_timeout(&r), PS_PER_S);
    rtt_sample(&r, 100 * PS_PER_MS);
    CU_ASSERT_EQUAL(r.smoothed_ps, 100 * PS_PER_MS);
    CU_ASSERT_EQUAL(r.var_ps, 50 * PS_PER_MS);
    CU_ASSERT_EQUAL(rtt_timeout(&r), 300 * PS_PER_MS);
    rtt_sample(&r, 180 * PS_PER_MS);
    CU_ASSERT_EQUAL(r.var_ps, 57500 * PS_PER_US);      // 3/4 50 + 1/4 80
    CU_ASSERT_EQUAL(r.smoothed_ps, 110 * PS_PER_MS);   // 7/8 100 + 1/8 180
    CU_ASSERT_EQUAL(rtt_timeout(&r), 340 * PS_PER_MS); // 110 + 4 57.5
    for (int i = 0; i < 20; i++)
        rtt_backoff(&r);
    CU_ASSERT_EQUAL(rtt_timeout(&r), 60 * PS_PER_S);
    rtt_sample(&r, 110 * PS_PER_MS);
    CU_ASSERT(rtt_timeout(&r) < PS_PER_S);
    rtt_init(&r, PS_PER_S, 200 * PS_PER_MS, 60 * PS_PER_S);
    for (int i = 0; i < 20; i++)
        rtt_sample(&r, 10 * PS_PER_MS);
    CU_ASSERT_EQUAL(rtt_timeout(&r), 200 * PS_PER_MS); // the floor
}

UNIT_MAIN("congestion", {"newreno_by_hand", newreno_by_hand}, {"cubic_by_hand", cubic_by_hand},
          {"cubic_is_friendly", cubic_is_friendly}, {"ranges_by_hand", ranges_by_hand},
          {"ranges_at_random", ranges_at_random}, {"time_out_by_hand", time_out_by_hand})
