// SPDX-License-Identifier: GPL-3.0-or-later
// Shaper: by hand, and random arrivals against an oracle that keeps no bucket: a packet leaves at
// the first picosecond at which no stretch of the output is over the burst and the rate.
#include "fixture.h"
#include "fwd/shaper.h"
#include <string.h>

#define US   INT64_C(1000000) // ps
#define BYTE ((exact)8000000000000)

typedef __int128 exact; // bit·ps

static bool leaves(struct shaper *s, uint32_t bytes, int64_t now_ps, int64_t expected_ps)
{
    int64_t at = -1;
    return shaper_release(s, bytes, now_ps, &at) && at == expected_ps;
}

// 8 Mbit/s are a byte a microsecond.
static void by_hand(void)
{
    const struct shaper_options o = {.rate_bps = 8000000, .burst_bytes = 1500, .limit_bytes = 2000};
    struct shaper s;
    shaper_init(&s, &o, 0);
    CU_ASSERT(leaves(&s, 1000, 0, 0));
    CU_ASSERT(leaves(&s, 500, 0, 0));
    CU_ASSERT(leaves(&s, 1000, 0, 1000 * US));
    CU_ASSERT(leaves(&s, 1000, 0, 2000 * US)); // lacks 2000: as much as may be
    int64_t at = -1;
    CU_ASSERT(!shaper_release(&s, 1, 0, &at));
    CU_ASSERT_EQUAL(at, -1);
    CU_ASSERT(leaves(&s, 10, 10 * US, 2010 * US));
    CU_ASSERT(leaves(&s, 100, 2500 * US, 2500 * US)); // 490 saved
    CU_ASSERT(leaves(&s, 1500, 4000 * US, 4000 * US));
    CU_ASSERT(!shaper_release(&s, 1501, 90000 * US, &at)); // larger than the burst
    CU_ASSERT_EQUAL(s.counters.packets, 7);
    CU_ASSERT_EQUAL(s.counters.bytes, 1000 + 500 + 1000 + 1000 + 10 + 100 + 1500);
    CU_ASSERT_EQUAL(s.counters.delayed_packets, 3);
    CU_ASSERT_EQUAL(s.counters.refused_packets, 2);
    CU_ASSERT_EQUAL(s.counters.refused_bytes, 1502);
}

static void limited_in_time(void)
{
    const struct shaper_options o = {.rate_bps = 8000000, .burst_bytes = 100, .limit_ps = 100 * US};
    struct shaper s;
    shaper_init(&s, &o, 0);
    int64_t at;
    CU_ASSERT(leaves(&s, 100, 0, 0));
    CU_ASSERT(leaves(&s, 100, 0, 100 * US));
    CU_ASSERT(!shaper_release(&s, 1, 0, &at));
    CU_ASSERT(!shaper_release(&s, 1, US - 1, &at));
    CU_ASSERT(leaves(&s, 1, US, 101 * US));
}

// --- the oracle

enum { ARRIVALS = 300 };

struct history {
    struct shaper_options o;
    size_t n;
    uint32_t bytes[ARRIVALS];
    int64_t at_ps[ARRIVALS]; // of release
};

// What the rate has yet to earn after `from` until packet `bytes` may leave; below 0: nothing.
static exact lacks(const struct history *h, uint32_t bytes, int64_t from)
{
    exact burst = h->o.burst_bytes * BYTE, sum = bytes * BYTE, most = sum - burst;
    for (size_t k = h->n; k-- > 0;) {
        sum += h->bytes[k] * BYTE;
        exact lack = sum - burst + (exact)h->o.rate_bps * ((exact)h->at_ps[k] - from);
        most = lack > most ? lack : most;
    }
    return most;
}

// The release, or -1: refused.
static int64_t expected(const struct history *h, uint32_t bytes, int64_t now)
{
    if (bytes > h->o.burst_bytes)
        return -1;
    int64_t last = h->n ? h->at_ps[h->n - 1] : now;
    int64_t from = last > now ? last : now;
    exact lack = lacks(h, bytes, from), rate = (exact)h->o.rate_bps;
    exact at = lack > 0 ? from + (lack + rate - 1) / rate : from;
    exact whole = (lack > 0 ? lack : 0) + rate * (from - now);
    bool full = h->o.limit_ps ? at - now > h->o.limit_ps : whole > (exact)h->o.limit_bytes * BYTE;
    return full || at > INT64_MAX ? -1 : (int64_t)at;
}

// The bytes that wait are what the queue lacks and less than a packet more.
static bool measured_well(const struct history *h, int64_t now)
{
    exact waiting = 0, largest = 0, lack = -1;
    for (size_t k = 0; k < h->n; k++) {
        if (h->at_ps[k] <= now)
            continue;
        waiting += h->bytes[k] * BYTE;
        largest = h->bytes[k] * BYTE > largest ? h->bytes[k] * BYTE : largest;
    }
    lack = lacks(h, 0, now);
    return waiting == 0 || (lack <= waiting && waiting < lack + largest);
}

static struct shaper_options random_options(struct random *r)
{
    static const uint64_t rates[] = {1, 7, 64000, 999999937, 999999999989, 1000000000000};
    static const uint32_t bursts[] = {60, 1500, 9000, 1000000000};
    struct shaper_options o = {.rate_bps = rates[random_below(r, 6)],
                               .burst_bytes = bursts[random_below(r, 4)]};
    if (random_below(r, 2))
        o.limit_bytes = 1 + random_below(r, 100000);
    else
        o.limit_ps = (int64_t)(1 + random_next(r) % (10000 * (uint64_t)BYTE / o.rate_bps));
    return o;
}

static void against_an_oracle(void)
{
    static struct history h;
    unsigned wrong = 0, delayed = 0, refused = 0, unmeasured = 0;
    for (uint64_t seed = 1; seed <= 300 && !wrong; seed++) {
        struct random r = {seed};
        h = (struct history){.o = random_options(&r)};
        struct shaper s;
        int64_t now = (int64_t)(random_next(&r) >> 20);
        shaper_init(&s, &h.o, now);
        if (h.o.burst_bytes == 1000000000) { // or it would never be used up
            h.bytes[0] = h.o.burst_bytes - random_below(&r, 9000);
            h.at_ps[0] = now;
            h.n = leaves(&s, h.bytes[0], now, now);
        }
        while (h.n < ARRIVALS - 1) {
            uint32_t bytes = 1 + random_below(&r, h.o.rate_bps < 10 ? 61 : 2000);
            exact fair = bytes * BYTE / (exact)h.o.rate_bps;
            exact gap = fair * random_below(&r, 2000) / 1000;
            now += (int64_t)(random_below(&r, 3) ? gap : 0);
            int64_t at = -1, want = expected(&h, bytes, now);
            bool yes = shaper_release(&s, bytes, now, &at);
            wrong += yes ? at != want : want != -1;
            refused += !yes;
            delayed += at > now;
            if (yes) {
                h.bytes[h.n] = bytes;
                h.at_ps[h.n++] = at;
            } else if (random_below(&r, 20) == 0) {
                break; // it may be full for good
            }
            unmeasured += !measured_well(&h, now);
        }
        if (wrong)
            printf("  seed %u, packet %zu\n", (unsigned)seed, h.n);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(unmeasured, 0);
    CU_ASSERT(delayed > 1000 && refused > 500);
}

// 7 bit/s do not divide a second's picoseconds: rounding up must not add up.
static void no_drift(void)
{
    const struct shaper_options o = {.rate_bps = 7, .burst_bytes = 2, .limit_ps = INT64_MAX};
    struct shaper s;
    shaper_init(&s, &o, 0);
    CU_ASSERT(leaves(&s, 2, 0, 0));
    unsigned wrong = 0;
    for (int64_t i = 1; i <= 700000; i++)
        wrong += !leaves(&s, 1, 0, (int64_t)((BYTE * i + 6) / 7));
    CU_ASSERT_EQUAL(wrong, 0);
}

static void extremes(void)
{
    struct shaper_options o = {
        .rate_bps = 1, .burst_bytes = SHAPER_BURST_MAX_BYTES, .limit_ps = INT64_MAX};
    struct shaper s;
    int64_t at;
    shaper_init(&s, &o, 0);
    CU_ASSERT(leaves(&s, o.burst_bytes, 0, 0));
    CU_ASSERT(!shaper_release(&s, o.burst_bytes, 0, &at)); // in 250 years: after the end of time
    CU_ASSERT(leaves(&s, 1000000, 0, INT64_C(8000000000000000000)));
    o.limit_ps = 0;
    o.limit_bytes = SHAPER_BURST_MAX_BYTES;
    shaper_init(&s, &o, INT64_MIN);
    CU_ASSERT(leaves(&s, o.burst_bytes, INT64_MIN, INT64_MIN));
    CU_ASSERT(!shaper_release(&s, o.burst_bytes, INT64_MIN, &at));
    const uint64_t wait_ps = UINT64_C(18446744000000000000);
    CU_ASSERT(leaves(&s, 2305843, INT64_MIN, (int64_t)(wait_ps - (UINT64_C(1) << 63))));
    o.rate_bps = SHAPER_RATE_MAX_BPS;
    shaper_init(&s, &o, INT64_MIN);
    CU_ASSERT(leaves(&s, o.burst_bytes, INT64_MIN, INT64_MIN));
    CU_ASSERT(leaves(&s, o.burst_bytes, INT64_MIN, INT64_MIN + INT64_C(8000000000)));
    CU_ASSERT(leaves(&s, o.burst_bytes, INT64_MAX, INT64_MAX)); // the longest silence there is
    CU_ASSERT(!shaper_release(&s, o.burst_bytes, INT64_MAX, &at));
    CU_ASSERT(!shaper_release(&s, UINT32_MAX, INT64_MAX, &at));
}

static void changes(void)
{
    struct shaper_options o = {.rate_bps = 8000000, .burst_bytes = 1000, .limit_bytes = 5000};
    struct shaper s;
    shaper_init(&s, &o, 0);
    CU_ASSERT(leaves(&s, 1000, 0, 0));
    CU_ASSERT(leaves(&s, 1000, 0, 1000 * US));
    o.rate_bps = 16000000;
    shaper_change(&s, &o, 500 * US); // the promised time stands, from there on it is faster
    CU_ASSERT(leaves(&s, 1000, 500 * US, 1500 * US));
    o.burst_bytes = 500;
    shaper_change(&s, &o, 9000 * US);
    CU_ASSERT(leaves(&s, 500, 9000 * US, 9000 * US));
    CU_ASSERT(leaves(&s, 500, 9000 * US, 9250 * US));
    CU_ASSERT_EQUAL(s.counters.packets, 5);
}

static void refuses(void)
{
    static const struct {
        struct shaper_options o;
        const char *part;
    } cases[] = {
        {{.burst_bytes = 1, .limit_ps = 1}, "rate is 0"},
        {{.rate_bps = 1000000000001, .burst_bytes = 1, .limit_ps = 1}, "over 1 Tbit/s"},
        {{.rate_bps = 1, .limit_ps = 1}, "burst size is 0"},
        {{.rate_bps = 1, .burst_bytes = 1000000001, .limit_ps = 1}, "over 1 GB"},
        {{.rate_bps = 1, .burst_bytes = 1, .limit_bytes = 1000000001}, "over 1 GB"},
        {{.rate_bps = 1, .burst_bytes = 1, .limit_ps = -1}, "negative"},
        {{.rate_bps = 1, .burst_bytes = 1}, "one limit"},
        {{.rate_bps = 1, .burst_bytes = 1, .limit_ps = 1, .limit_bytes = 1}, "one limit"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *message = shaper_check(&cases[i].o);
        CU_ASSERT(message && strstr(message, cases[i].part));
    }
}

UNIT_MAIN("shaper", {"by_hand", by_hand}, {"limited_in_time", limited_in_time},
          {"against_an_oracle", against_an_oracle}, {"no_drift", no_drift}, {"extremes", extremes},
          {"changes", changes}, {"refuses", refuses})
