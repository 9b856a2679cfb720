// SPDX-License-Identifier: GPL-3.0-or-later
// impair: the statistics of every impairment at 10^6 packets.
#include "unit.h"

#include "base/units.h"
#include "net/impair.h"
#include "net/pool.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define N         1000000
#define TOLERANCE 0.02 // of shares and burst lengths

struct count {
    double lost, duplicated, corrupted, mean_delay_ms;
    double bursts; // runs of lost packets
};

static struct count run(const struct impair_options *o, int64_t now_ps)
{
    struct impair *i = impair_new(5, "a~b>");
    struct count c = {0};
    bool lost_before = false;
    impair_set(i, o);
    for (int n = 0; n < N; n++) {
        struct impair_fate f = impair_draw(i, now_ps);
        c.lost += f.lost;
        c.bursts += f.lost && !lost_before;
        lost_before = f.lost;
        c.duplicated += f.duplicated;
        c.corrupted += f.corrupted;
        c.mean_delay_ms += ps_to_ms(f.delay_ps);
    }
    if (o)
        CU_ASSERT(fabs(c.lost / N - impair_loss(i, now_ps)) <= TOLERANCE * impair_loss(i, now_ps));
    c.mean_delay_ms /= N - c.lost;
    impair_free(i);
    return c;
}

static bool near(double found, double wanted)
{
    bool good = fabs(found / wanted - 1) < TOLERANCE;
    if (!good)
        printf("\n  %g instead of %g\n", found, wanted);
    return good;
}

static void bernoulli(void)
{
    struct count c = run(&(struct impair_options){.loss = 0.02}, 0);
    CU_ASSERT(near(c.lost / N, 0.02));
    CU_ASSERT(near(c.lost / c.bursts, 1 / 0.98)); // no more in a row than by chance
    CU_ASSERT(c.duplicated == 0 && c.corrupted == 0 && c.mean_delay_ms == 0);
    c = run(&(struct impair_options){.loss = 1}, 0);
    CU_ASSERT_EQUAL(c.lost, N);
    c = run(NULL, 0);
    CU_ASSERT_EQUAL(c.lost, 0);
}

static void gilbert_elliott(void)
{
    struct impair_options o = {.bursty = true, .bursts = {.p = 0.01, .r = 0.2, .h = 0, .k = 1}};
    struct count c = run(&o, 0);
    CU_ASSERT(near(c.lost / N, 0.01 / 0.21)); // p / (p + r)
    CU_ASSERT(near(c.lost / c.bursts, 5));    // 1 / r
    o.bursts = (struct impair_bursts){.p = 0.05, .r = 0.1, .h = 0.7, .k = 0.99};
    c = run(&o, 0);
    CU_ASSERT(near(c.lost / N, (0.1 * 0.01 + 0.05 * 0.3) / 0.15));
    o.loss = 0.1; // both at once
    c = run(&o, 0);
    CU_ASSERT(near(c.lost / N, 1 - 0.9 * (1 - (0.1 * 0.01 + 0.05 * 0.3) / 0.15)));
}

static void the_rest(void)
{
    struct impair_options o = {
        .duplicate = 0.03,
        .corrupt = 0.07,
        .delayed = true,
        .delay = {.law = VARIATE_WEIBULL, .scale_ps = PS_PER_MS / 2, .shape = 0.58}};
    struct count c = run(&o, 0);
    CU_ASSERT(near(c.duplicated / N, 0.03) && near(c.corrupted / N, 0.07));
    CU_ASSERT(near(c.mean_delay_ms, 0.5 * tgamma(1 + 1 / 0.58)));
}

// By the time of day: losses and delay follow the curve, in bursts as well.
static void diurnal(void)
{
    static const struct curve_point points[] = {{0, 0}, {CURVE_DAY_PS / 2, 1000000}};
    const struct curve curve = {points, 2};
    struct impair_options o = {.loss = 0.2,
                               .curve = &curve,
                               .clock_ps = CURVE_DAY_PS / 4, // begins at 6 h
                               .clock_speed = 1,
                               .delayed = true,
                               .delay = {.law = VARIATE_CONSTANT, .mean_ps = 8 * PS_PER_MS}};
    struct count c = run(&o, 0);
    CU_ASSERT(near(c.lost / N, 0.1) && near(c.mean_delay_ms, 4));
    c = run(&o, CURVE_DAY_PS / 4);
    CU_ASSERT(near(c.lost / N, 0.2) && near(c.mean_delay_ms, 8));
    c = run(&o, -CURVE_DAY_PS / 4);
    CU_ASSERT(c.lost == 0 && c.mean_delay_ms == 0);
    o = (struct impair_options){.bursty = true,
                                .bursts = {.p = 0.1, .r = 0.3, .h = 0, .k = 1},
                                .curve = &curve,
                                .clock_ps = CURVE_DAY_PS / 4,
                                .clock_speed = 2};
    c = run(&o, 0); // half the time in the bad state, which lasts as long
    CU_ASSERT(near(c.lost / N, 0.125) && near(c.lost / c.bursts, 1 / 0.3));
}

// Each impairment has a stream of its own: another one more changes nothing in it.
static void streams(void)
{
    static bool lost[20000];
    struct impair_options o = {.loss = 0.1};
    unsigned differ = 0;
    for (int more = 0; more < 2; more++) {
        struct impair *i = impair_new(5, "a~b>");
        if (more) {
            o.duplicate = o.corrupt = 0.3;
            o.delayed = true;
            o.delay = (struct variate){.law = VARIATE_GAMMA, .mean_ps = 9, .sd_ps = 5};
        }
        impair_set(i, &o);
        for (int n = 0; n < 20000; n++) {
            bool l = impair_draw(i, 0).lost;
            differ += more && l != lost[n];
            lost[n] = l;
        }
        impair_free(i);
    }
    CU_ASSERT_EQUAL(differ, 0);
    struct impair *a = impair_new(5, "a~b>"), *b = impair_new(5, "a~b<");
    impair_set(a, &o);
    impair_set(b, &o);
    for (int n = 0; n < 1000; n++)
        differ += impair_draw(a, 0).lost != impair_draw(b, 0).lost;
    CU_ASSERT(differ > 50); // the other direction has others
    impair_free(a);
    impair_free(b);
}

// One bit of a stored byte, or of one more where the payload is not stored.
static void damage(void)
{
    struct packet_pool pool;
    packet_pool_init(&pool);
    struct impair *i = impair_new(1, "x");
    unsigned header = 0, beyond = 0, wrong = 0;
    for (int n = 0; n < 10000; n++) {
        struct packet *p = packet_take(&pool), *whole = packet_take(&pool);
        packet_build_udp(p, IP4(10, 0, 0, 1), IP4(10, 0, 0, 2), 1, 2, 64, 100, NULL);
        packet_build_udp(whole, IP4(10, 0, 0, 1), IP4(10, 0, 0, 2), 1, 2, 64, 100, NULL);
        impair_damage(i, p);
        unsigned bits = 0;
        for (uint32_t k = 0; k < p->captured; k++) {
            uint8_t was = k < whole->captured ? packet_view(whole)[k] : 0;
            unsigned changed = (unsigned)__builtin_popcount(packet_view(p)[k] ^ was);
            bits += changed;
            header += changed && k < 20;
        }
        beyond += p->captured > whole->captured;
        wrong += bits != 1 || p->length != 100;
        packet_give(&pool, p);
        packet_give(&pool, whole);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(fabs(header / 1e4 - 0.2) < 0.02 && fabs(beyond / 1e4 - 0.72) < 0.02);
    impair_free(i);
    packet_pool_free(&pool);
}

UNIT_MAIN("impair", {"bernoulli", bernoulli}, {"gilbert_elliott", gilbert_elliott},
          {"the_rest", the_rest}, {"diurnal", diurnal}, {"streams", streams}, {"damage", damage})
