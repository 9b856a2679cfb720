// SPDX-License-Identifier: GPL-3.0-or-later
// The law of caps: shares add up, follow what is offered, keep a floor; and the bounds of the header,
// with real token buckets under loads that move from POP to POP.
#include "anycast/cap.h"
#include "base/units.h"
#include "fwd/policer.h"

#include "unit.h"
#include <string.h>

#define RATE INT64_C(1000000000)

static int64_t sum(const int64_t *v, int n)
{
    int64_t s = 0;
    for (int i = 0; i < n; i++)
        s += v[i];
    return s;
}

static void shares(void)
{
    static const int64_t offers[][3] = {
        {0, 0, 0},
        {RATE, 0, 0},
        {RATE, RATE, RATE},
        {5 * RATE, RATE, 0},
        {RATE / 10, RATE / 5, RATE / 2},
        {7, 11, 13},
        {RATE / 3 + 1, RATE / 3 + 1, RATE / 3 + 1},
    };
    for (size_t i = 0; i < sizeof offers / sizeof *offers; i++) {
        int64_t share[3];
        cap_share(RATE, offers[i], 3, share);
        CU_ASSERT_EQUAL(sum(share, 3), RATE);
        for (int k = 0; k < 3; k++) {
            CU_ASSERT(share[k] >= RATE / 100 / 3);
            if (sum(offers[i], 3) <= RATE - RATE / 100) // it fits: nobody is short
                CU_ASSERT(share[k] >= offers[i][k]);
        }
    }
    int64_t share[2];
    cap_share(RATE, (int64_t[]){3 * RATE, RATE}, 2, share); // 3 : 1, but for the floor
    CU_ASSERT_DOUBLE_EQUAL((double)share[0] / (double)RATE, 0.75, 0.005);
    cap_share(RATE, (int64_t[]){0, 9 * RATE}, 2, share);
    CU_ASSERT_EQUAL(share[0], RATE / 200);
}

static void splits(void)
{
    struct cap_split s = cap_split(1000, &(struct cap_load){.plain = 2000});
    CU_ASSERT(s.policer_bps == 1000); // the bucket alone decides, exactly
    s = cap_split(1000, &(struct cap_load){.plain = 100, .weighted = 300, .demand = 200});
    CU_ASSERT(s.pass == 1 && s.policer_bps == 500 && s.demand_bps == 600);
    s = cap_split(1000, &(struct cap_load){.plain = 1000, .weighted = 2000, .demand = 1000});
    CU_ASSERT(s.pass == 0.25 && s.policer_bps == 250 && s.demand_bps == 250);
    s = cap_split(1000, &(struct cap_load){.weighted = 4000});
    CU_ASSERT(s.pass == 0.25 && s.policer_bps == 10); // the floor
    s = cap_split(1, &(struct cap_load){.weighted = 4000});
    CU_ASSERT_EQUAL(s.policer_bps, 1);
}

#define POPS     3
#define PACKET   1000
#define INTERVAL (PS_PER_S / 10)
#define STEP     (PS_PER_S / 10000)
#define BURST    (PS_PER_S / 20)

static struct policer_options police(int64_t rate)
{
    return (struct policer_options){.cir_bps = (uint64_t)rate,
                                    .cbs_bytes = cap_burst_bytes(rate, BURST),
                                    .rules[POLICER_RED] = {POLICER_DROP, 0}};
}

struct field {
    struct policer pop[POPS];
    int64_t rate, now_ps, passed_bits, offered_bits[POPS];
};

static void exchange(struct field *f)
{
    int64_t offered[POPS], share[POPS];
    for (int i = 0; i < POPS; i++) {
        offered[i] = f->offered_bits[i] * (PS_PER_S / INTERVAL);
        f->offered_bits[i] = 0;
    }
    cap_share(f->rate, offered, POPS, share);
    for (int i = 0; i < POPS; i++) {
        struct policer_options o = police(share[i]);
        policer_change(&f->pop[i], &o, f->now_ps);
    }
}

// A second in which POP i is offered load[i] packets a step.
static void second(struct field *f, const int load[POPS])
{
    for (int64_t t = 0; t < PS_PER_S; t += STEP) {
        if (f->now_ps % INTERVAL == 0)
            exchange(f);
        for (int i = 0; i < POPS; i++)
            for (int k = 0; k < load[i]; k++) {
                f->offered_bits[i] += PACKET * 8;
                if (policer_meter(&f->pop[i], PACKET, POLICER_GREEN, f->now_ps) == POLICER_GREEN)
                    f->passed_bits += PACKET * 8;
            }
        f->now_ps += STEP;
    }
}

// 80 Mbit/s a packet a step.
static void bounds(void)
{
    static const int loads[][POPS] = {{1, 1, 1}, {3, 0, 0}, {0, 3, 0}, {0, 1, 2}, {2, 2, 2}};
    struct field f = {.rate = 40000000};
    for (int i = 0; i < POPS; i++) {
        struct policer_options o = police(f.rate / POPS);
        policer_init(&f.pop[i], &o, 0);
    }
    int64_t burst_bits = f.rate / 20 + POPS * CAP_BURST_MIN * 8;
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
            f.passed_bits = 0;
            second(&f, loads[i]); // never more, whatever has just changed
            CU_ASSERT(f.passed_bits <= f.rate + burst_bits);
            CU_ASSERT(f.passed_bits >= f.rate * 89 / 100); // an interval of ten is what it costs
            f.passed_bits = 0;
            second(&f, loads[i]); // and hardly less when it stands still
            CU_ASSERT(f.passed_bits <= f.rate + burst_bits);
            CU_ASSERT(f.passed_bits >= f.rate * 99 / 100);
        }
}

static void bursts(void)
{
    CU_ASSERT_EQUAL(cap_burst_bytes(8000000, PS_PER_S), 1000000);
    CU_ASSERT_EQUAL(cap_burst_bytes(8, PS_PER_S), CAP_BURST_MIN);
    CU_ASSERT(cap_burst_bytes(INT64_C(1000000000000), 10 * PS_PER_S) <= POLICER_BURST_MAX_BYTES);
}

UNIT_MAIN("cap", {"shares", shares}, {"splits", splits}, {"bounds", bounds}, {"bursts", bursts})
