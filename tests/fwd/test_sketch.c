// SPDX-License-Identifier: GPL-3.0-or-later
// Sketch: never below the truth, above it no further and no oftener than the header says, and not
// to be aimed at.
#include "fixture.h"
#include "fwd/sketch.h"
#include <math.h>
#include <string.h>

#define WINDOW_PS INT64_C(1000000) // halves of 500,000
#define HALF_PS   (WINDOW_PS / 2)

enum { SOURCES = 3000 };

// Neighbours in IPv4 and IPv6, as an attacker's are.
static struct ip6_addr source_of(uint32_t i)
{
    return i % 2 ? ip6_from_ip4(IP4(198, 18, 0, 0) + i)
                 : (struct ip6_addr){UINT64_C(0x20010db800000000) | i % 7, i / 7};
}

static struct sketch *sketch_of(uint32_t width, uint32_t depth, uint64_t seed)
{
    return sketch_new(&(struct sketch_options){
        .width = width, .depth = depth, .seed = seed, .window_ps = WINDOW_PS});
}

// What each source really sent in the running half and the one before.
struct truth {
    int64_t half;
    uint64_t now[SOURCES], before[SOURCES], total_now, total_before;
};

static void truth_at(struct truth *t, int64_t now_ps)
{
    int64_t half = now_ps / HALF_PS;
    if (half == t->half)
        return;
    bool next = half == t->half + 1;
    for (int i = 0; i < SOURCES; i++) {
        t->before[i] = next ? t->now[i] : 0;
        t->now[i] = 0;
    }
    t->total_before = next ? t->total_now : 0;
    t->total_now = 0;
    t->half = half;
}

// A few sources send most: the cube of a uniform number.
static uint32_t skewed(struct random *r)
{
    uint64_t u = random_below(r, 1u << 16);
    return (uint32_t)(u * u * u / ((UINT64_C(1) << 48) / SOURCES));
}

static void never_below(void)
{
    static struct truth t;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct random r = {seed};
        struct sketch *s = sketch_of(100, 2, seed); // so narrow that nearly all cells are shared
        memset(&t, 0, sizeof t);
        int64_t now = 0;
        unsigned below = 0, totals = 0, exact = 0;
        for (int i = 0; i < 60000; i++) {
            now += random_below(&r, 50);
            if (random_below(&r, 5000) == 0)
                now += random_below(&r, 3 * (uint32_t)HALF_PS); // a silence
            truth_at(&t, now);
            uint32_t k = skewed(&r), amount = 1 + random_below(&r, 1500);
            t.now[k] += amount;
            t.total_now += amount;
            uint64_t got = sketch_add(s, source_of(k), amount, now);
            below += got < t.now[k] + t.before[k];
            below += got > t.total_now + t.total_before;
            uint32_t other = random_below(&r, SOURCES);
            got = sketch_estimate(s, source_of(other), now);
            below += got < t.now[other] + t.before[other];
            exact += got == t.now[other] + t.before[other];
            totals += sketch_total(s, now) != t.total_now + t.total_before;
        }
        CU_ASSERT_EQUAL(below, 0);
        CU_ASSERT_EQUAL(totals, 0);
        CU_ASSERT(exact < 60000); // it was narrow indeed
        sketch_free(s);
    }
}

static void over_by_epsilon_at_most(void)
{
    static struct truth t;
    const double epsilon = 0.002, delta = 0.05;
    unsigned over = 0, asked = 0;
    double worst = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct random r = {seed};
        struct sketch *s = sketch_new(&(struct sketch_options){
            .epsilon = epsilon, .delta = delta, .seed = seed, .window_ps = WINDOW_PS});
        memset(&t, 0, sizeof t);
        for (int i = 0; i < 20000; i++) {
            int64_t now = i * (WINDOW_PS / 20000);
            truth_at(&t, now);
            uint32_t k = seed % 2 ? skewed(&r) : random_below(&r, SOURCES);
            t.now[k]++;
            t.total_now++;
            sketch_add(s, source_of(k), 1, now);
        }
        double n = (double)(t.total_now + t.total_before);
        for (uint32_t k = 0; k < SOURCES; k++) {
            double more =
                (double)(sketch_estimate(s, source_of(k), WINDOW_PS - 1) - t.now[k] - t.before[k]);
            over += more > epsilon * n;
            worst = fmax(worst, more / n);
            asked++;
        }
        sketch_free(s);
    }
    printf("over by more than epsilon N = %g N: %u of %u estimates (delta allows %g), worst %g N\n",
           epsilon, over, asked, delta * asked, worst);
    CU_ASSERT(over <= delta * asked);
    CU_ASSERT(worst > 0);
}

// What the bound rests on: two addresses share a column with probability 1/width over the seeds,
// however alike they are, and in each row anew.
static void pairwise_independent(void)
{
    enum { WIDTH = 9, DEPTH = 2, SEEDS = 20000 };
    static const struct ip6_addr pairs[][2] = {
        {{0, 0}, {0, 1}},
        {{0, IP6_MAPPED | 0x0a000001}, {0, IP6_MAPPED | 0x0a000002}},
        {{0, IP6_MAPPED | 0x0a000001}, {0, IP6_MAPPED | 0x8a000001}},
        {{1, 0}, {0, 1}}, // the halves are not to be mixed up
        {{UINT64_C(1) << 32, 0}, {1, 0}},
        {{UINT64_C(1) << 32, 0}, {UINT64_C(2) << 32, 0}},
        {{0, UINT64_C(1) << 32}, {0, UINT64_C(2) << 32}},
        {{UINT64_C(0x20010db8) << 32, 1}, {UINT64_C(0x20010db8) << 32 | 1, 1}},
        {{UINT64_MAX, UINT64_MAX}, {UINT64_MAX, UINT64_MAX - 1}},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        unsigned shared = 0;
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct sketch *s = sketch_of(WIDTH, DEPTH, seed);
            sketch_add(s, pairs[i][0], 1, 0);
            shared += sketch_estimate(s, pairs[i][1], 0) == 1;
            sketch_free(s);
        }
        double p = 1.0 / (WIDTH * WIDTH), sigma = sqrt(SEEDS * p * (1 - p));
        CU_ASSERT(fabs(shared - SEEDS * p) < 4.5 * sigma);
    }
}

// Sources that share all cells with a victim under one seed are like any others under the next.
static void not_to_be_aimed_at(void)
{
    const struct ip6_addr victim = ip6_from_ip4(IP4(192, 0, 2, 1));
    struct sketch *known = sketch_of(64, 2, 7), *other = sketch_of(64, 2, 8);
    sketch_add(known, victim, 1, 0);
    unsigned found = 0;
    for (uint32_t i = 0; found < 200 && i < 10000000; i++) {
        struct ip6_addr a = ip6_from_ip4(IP4(198, 18, 0, 0) + i);
        if (!sketch_estimate(known, a, 0))
            continue;
        found++;
        sketch_add(other, a, 1, 0);
    }
    CU_ASSERT_EQUAL(found, 200);
    CU_ASSERT(sketch_estimate(other, victim, 0) < 20); // 200/64 a row are due
    sketch_free(known);
    sketch_free(other);
}

static void windows(void)
{
    struct sketch *s = sketch_of(16, 2, 1);
    const struct ip6_addr a = source_of(1);
    CU_ASSERT_EQUAL(sketch_estimate(s, a, 0), 0);
    CU_ASSERT_EQUAL(sketch_add(s, a, 5, HALF_PS - 1), 5);
    CU_ASSERT_EQUAL(sketch_add(s, a, 2, HALF_PS), 7);
    CU_ASSERT_EQUAL(sketch_estimate(s, a, WINDOW_PS - 1), 7);
    CU_ASSERT_EQUAL(sketch_estimate(s, a, WINDOW_PS), 2); // the first half is gone
    CU_ASSERT_EQUAL(sketch_total(s, WINDOW_PS), 2);
    CU_ASSERT_EQUAL(sketch_add(s, a, 1, WINDOW_PS), 3);
    CU_ASSERT_EQUAL(sketch_estimate(s, a, 2 * WINDOW_PS), 0);
    CU_ASSERT_EQUAL(sketch_total(s, 2 * WINDOW_PS), 0);
    CU_ASSERT_EQUAL(sketch_add(s, a, 9, 7 * WINDOW_PS), 9); // after a long silence
    CU_ASSERT_EQUAL(sketch_add(s, a, 1, 0), 10);            // an earlier time is the latest
    CU_ASSERT_EQUAL(sketch_total(s, 7 * WINDOW_PS), 10);
    CU_ASSERT_EQUAL(sketch_add(s, a, 3, INT64_MAX), 3);
    CU_ASSERT_EQUAL(sketch_estimate(s, source_of(3), INT64_MAX) > 3, false);
    sketch_free(s);
}

static void ceiling(void)
{
    struct sketch *s = sketch_of(16, 3, 1);
    const struct ip6_addr a = source_of(2);
    sketch_add(s, a, UINT32_MAX - 1, 0);
    CU_ASSERT_EQUAL(sketch_add(s, a, 1, 0), UINT32_MAX);
    CU_ASSERT_EQUAL(sketch_add(s, a, 1, 0), UINT32_MAX);
    CU_ASSERT_EQUAL(sketch_add(s, a, UINT32_MAX, HALF_PS), 2 * (uint64_t)UINT32_MAX);
    CU_ASSERT_EQUAL(sketch_total(s, HALF_PS), 2 * (uint64_t)UINT32_MAX + 1); // has no ceiling
    sketch_free(s);
}

static void sized_by_its_bounds(void)
{
    static const struct {
        double epsilon, delta;
        uint32_t width, depth;
    } cases[] = {
        {0.01, 0.05, 272, 3},    // e/0.01 = 271.8; ln 20 = 2.996
        {0.001, 0.001, 2719, 7}, // 2718.3; 6.91
        {0.5, 0.5, 6, 1},
        {0.9, 0.0000002, 4, 16}, // 15.4
        {0.0001, 0.36, 27183, 2} // 1/e = 0.3679 is not enough
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sketch *s = sketch_new(&(struct sketch_options){
            .epsilon = cases[i].epsilon, .delta = cases[i].delta, .window_ps = 2});
        CU_ASSERT_EQUAL(sketch_width(s), cases[i].width);
        CU_ASSERT_EQUAL(sketch_depth(s), cases[i].depth);
        sketch_free(s);
    }
}

static void refuses(void)
{
    static const struct {
        struct sketch_options o;
        const char *part;
    } cases[] = {
        {{.window_ps = 2}, "either"},
        {{.width = 1, .depth = 1, .delta = 0.1, .window_ps = 2}, "either"},
        {{.width = 1, .window_ps = 2}, "depth"},
        {{.depth = 1, .window_ps = 2}, "width"},
        {{.width = SKETCH_WIDTH_MAX + 1, .depth = 1, .window_ps = 2}, "width"},
        {{.width = 1, .depth = 17, .window_ps = 2}, "depth"},
        {{.epsilon = 0.1, .window_ps = 2}, "not between"},
        {{.epsilon = 1, .delta = 0.5, .window_ps = 2}, "not between"},
        {{.epsilon = 0.5, .delta = -0.5, .window_ps = 2}, "not between"},
        {{.epsilon = (double)NAN, .delta = 0.5, .window_ps = 2}, "not between"},
        {{.epsilon = 1e-9, .delta = 0.5, .window_ps = 2}, "epsilon is so small"},
        {{.epsilon = 1e-300, .delta = 0.5, .window_ps = 2}, "epsilon is so small"},
        {{.epsilon = 0.5, .delta = 1e-7, .window_ps = 2}, "delta is so small"},
        {{.epsilon = 0.5, .delta = 1e-300, .window_ps = 2}, "delta is so small"},
        {{.width = 1, .depth = 1}, "window"},
        {{.width = 1, .depth = 1, .window_ps = 3}, "window"},
        {{.width = 1, .depth = 1, .window_ps = -2}, "window"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *message = sketch_check(&cases[i].o);
        if (!message || !strstr(message, cases[i].part))
            printf("  case %zu: %s\n", i, message ? message : "no message");
        CU_ASSERT(message && strstr(message, cases[i].part));
    }
    sketch_free(NULL);
}

UNIT_MAIN("sketch", {"never_below", never_below},
          {"over_by_epsilon_at_most", over_by_epsilon_at_most},
          {"pairwise_independent", pairwise_independent},
          {"not_to_be_aimed_at", not_to_be_aimed_at}, {"windows", windows}, {"ceiling", ceiling},
          {"sized_by_its_bounds", sized_by_its_bounds}, {"refuses", refuses})
