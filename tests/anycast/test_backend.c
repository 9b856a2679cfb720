// SPDX-License-Identifier: GPL-3.0-or-later
// Shares of regions and weights of servers, exactly (VALIDATION row 39).
#include "anycast/backend.h"
#include "unit.h"

#define PPM 1000000
#define N   5

static const struct backend_region plain = {
    .weight = 100, .dial_ppm = PPM, .rank = 1, .distance = 10, .healthy = true};

// Five regions, each further away than the one before.
static void five(struct backend_region *r)
{
    for (int i = 0; i < N; i++) {
        r[i] = plain;
        r[i].distance = 10 * (uint32_t)(i + 1);
    }
}

static void expect(const struct backend_region *r, int n, enum backend_choose how, bool open,
                   const uint32_t *wanted)
{
    uint32_t share[BACKEND_MAX], sum = 0;
    CU_ASSERT_EQUAL(backend_shares(r, n, how, share), open);
    for (int i = 0; i < n; i++) {
        CU_ASSERT_EQUAL(share[i], wanted[i]);
        sum += share[i];
    }
    CU_ASSERT_EQUAL(sum, PPM);
}

#define EXPECT(r, n, how, open, ...) expect(r, n, how, open, (const uint32_t[]){__VA_ARGS__})

static void nearest(void)
{
    struct backend_region r[N];
    five(r);
    EXPECT(r, N, BACKEND_NEAREST, false, PPM, 0, 0, 0, 0);
    r[4].distance = 5;
    EXPECT(r, N, BACKEND_NEAREST, false, 0, 0, 0, 0, PPM);
    r[0].distance = 5;
    r[0].weight = 50;
    r[4].weight = 150;
    EXPECT(r, N, BACKEND_NEAREST, false, 250000, 0, 0, 0, 750000);
    r[4].distance = BACKEND_UNREACHABLE;
    EXPECT(r, N, BACKEND_NEAREST, false, PPM, 0, 0, 0, 0);
}

static void dial(void)
{
    struct backend_region r[N];
    five(r);
    r[0].dial_ppm = 300000;
    EXPECT(r, N, BACKEND_NEAREST, false, 300000, 700000, 0, 0, 0);
    r[1].dial_ppm = 500000;
    EXPECT(r, N, BACKEND_NEAREST, false, 300000, 350000, 350000, 0, 0);
    for (int i = 2; i < N; i++)
        r[i].dial_ppm = 0; // nobody wants the last 35 %: 300 : 350
    EXPECT(r, N, BACKEND_NEAREST, false, 461538, 538462, 0, 0, 0);
    r[0].dial_ppm = r[1].dial_ppm = 0;
    EXPECT(r, N, BACKEND_NEAREST, false, PPM, 0, 0, 0, 0);
}

static void weights(void)
{
    struct backend_region r[3] = {plain, plain, plain};
    r[0].weight = 255;
    r[1].weight = 85;
    r[2].weight = 0;
    EXPECT(r, 3, BACKEND_WEIGHT, false, 750000, 250000, 0);
    r[0].dial_ppm = 0;
    EXPECT(r, 3, BACKEND_WEIGHT, false, 0, PPM, 0);
    r[0].dial_ppm = 200000; // 51 : 85
    EXPECT(r, 3, BACKEND_WEIGHT, false, 375000, 625000, 0);
}

// What was the dial's does not matter for who stands in: the nearest of three, a dial of 0 included.
static void failover_ignores_the_dial(void)
{
    struct backend_region r[N];
    five(r);
    r[0].healthy = false;
    r[1].dial_ppm = 0;
    EXPECT(r, N, BACKEND_NEAREST, false, 0, PPM, 0, 0, 0);
    r[0].dial_ppm = 400000; // the rest goes past the second, as its dial says
    EXPECT(r, N, BACKEND_NEAREST, false, 0, 400000, 600000, 0, 0);
    r[0].weight = 0;
    EXPECT(r, N, BACKEND_NEAREST, false, 0, 0, PPM, 0, 0);
}

static void three_are_tried_then_it_fails_open(void)
{
    struct backend_region r[N];
    five(r);
    for (int dead = 0; dead < 3; dead++) {
        uint32_t wanted[N] = {0};
        r[dead].healthy = false;
        wanted[dead + 1] = PPM;
        expect(r, N, BACKEND_NEAREST, false, wanted);
    }
    r[3].healthy = false; // the nearest and three more: nobody asks the fifth
    EXPECT(r, N, BACKEND_NEAREST, true, PPM, 0, 0, 0, 0);
    r[4].healthy = false;
    EXPECT(r, N, BACKEND_NEAREST, true, PPM, 0, 0, 0, 0);
    r[0].dial_ppm = 100000; // the second's share fails open to the nearest, too
    EXPECT(r, N, BACKEND_NEAREST, true, PPM, 0, 0, 0, 0);
}

static void standby_waits(void)
{
    struct backend_region r[3] = {plain, plain, plain};
    r[0].distance = 1;
    r[0].rank = 101; // near, but for when nobody else is left
    r[1].rank = 2;
    r[2].distance = 500;
    EXPECT(r, 3, BACKEND_NEAREST, false, 0, 0, PPM);
    r[2].healthy = false;
    EXPECT(r, 3, BACKEND_NEAREST, false, 0, PPM, 0);
    r[1].healthy = false;
    EXPECT(r, 3, BACKEND_NEAREST, false, PPM, 0, 0);
    r[0].healthy = false; // none is: the highest priority fails open
    EXPECT(r, 3, BACKEND_NEAREST, true, 0, 0, PPM);
}

static void servers(void)
{
    struct backend_server s[3] = {{1, true}, {3, true}, {0, true}};
    uint32_t w[3];
    CU_ASSERT_FALSE(backend_weights(s, 3, w));
    CU_ASSERT(w[0] == 1 && w[1] == 3 && w[2] == 0);
    s[1].up = false;
    CU_ASSERT_FALSE(backend_weights(s, 3, w));
    CU_ASSERT(w[0] == 1 && w[1] == 0 && w[2] == 0);
    s[0].up = false;
    CU_ASSERT_TRUE(backend_weights(s, 3, w)); // the third is up, but of weight 0
    CU_ASSERT(w[0] == 1 && w[1] == 3 && w[2] == 0);
    s[0].weight = s[1].weight = 0;
    CU_ASSERT_TRUE(backend_weights(s, 3, w));
    CU_ASSERT(w[0] == 1 && w[1] == 1 && w[2] == 1);
}

UNIT_MAIN("backend", {"nearest", nearest}, {"dial", dial}, {"weights", weights},
          {"failover", failover_ignores_the_dial},
          {"fail-open", three_are_tried_then_it_fails_open}, {"standby", standby_waits},
          {"servers", servers})
