// SPDX-License-Identifier: GPL-3.0-or-later
// Flows that a gateway can begin and know: exact for single packets, right on average for weights.
#include "unit.h"

#include "anycast/flowlimit.h"
#include "base/rng.h"
#include "base/units.h"

static struct flowkey key_of(uint32_t number)
{
    return (struct flowkey){.src = ip6_from_ip4(IP4(10, 0, 0, 1) + number),
                            .dst = ip6_from_ip4(IP4(203, 0, 113, 1)),
                            .ports = 1000u << 16 | 443,
                            .protocol = 6};
}

static enum flowlimit_verdict packet(struct flowlimit *f, uint32_t number, int64_t now_ps)
{
    struct flowkey k = key_of(number);
    return flowlimit_packet(f, &k, 1, 0.999, now_ps);
}

static void table_is_exact(void)
{
    struct flowlimit f;
    struct flowlimit_options o = {.limit = 3, .idle_ps = 10 * PS_PER_S};
    flowlimit_init(&f, &o, 0);
    for (uint32_t i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(packet(&f, i, i), FLOWLIMIT_PASSES);
    CU_ASSERT_EQUAL(packet(&f, 3, 5), FLOWLIMIT_TABLE);
    CU_ASSERT_EQUAL(packet(&f, 0, 6 * PS_PER_S), FLOWLIMIT_PASSES); // known
    CU_ASSERT_EQUAL(f.known, 3);
    CU_ASSERT_EQUAL(packet(&f, 3, 10 * PS_PER_S), FLOWLIMIT_TABLE);
    // Flows 1 and 2 are forgotten 10 s after their only packets, flow 0 is not.
    CU_ASSERT_EQUAL(packet(&f, 3, 10 * PS_PER_S + 3), FLOWLIMIT_PASSES);
    CU_ASSERT_EQUAL(f.known, 2);
    CU_ASSERT_EQUAL(packet(&f, 0, 16 * PS_PER_S), FLOWLIMIT_PASSES);
    CU_ASSERT_EQUAL(f.known, 2);
    CU_ASSERT_EQUAL(f.peak, 3);
    CU_ASSERT_EQUAL(f.begun, 4);
    flowlimit_free(&f);
}

static void rate_is_exact(void)
{
    struct flowlimit f;
    struct flowlimit_options o = {.rate_uhz = 10 * 1000000, .idle_ps = 1000 * PS_PER_S};
    flowlimit_init(&f, &o, 0);
    uint32_t passed = 0;
    for (uint32_t i = 0; i < 500; i++) // 100 a second: a second's worth is there at the start
        passed += packet(&f, i, i * (PS_PER_S / 100)) == FLOWLIMIT_PASSES;
    CU_ASSERT_EQUAL(passed, 10 + 49); // 4.99 s have passed
    CU_ASSERT_EQUAL(packet(&f, 999, 5 * PS_PER_S),
                    FLOWLIMIT_PASSES); // the fiftieth, to the picosecond
    CU_ASSERT_EQUAL(packet(&f, 1000, 51 * PS_PER_S / 10 - 1), FLOWLIMIT_RATE);
    CU_ASSERT_EQUAL(packet(&f, 1000, 51 * PS_PER_S / 10), FLOWLIMIT_PASSES);
    flowlimit_free(&f);
}

// 1000 users in each packet: as many begin as 1000 times as many packets of one user would have.
static void weights_are_right_on_average(void)
{
    struct flowlimit f;
    struct flowlimit_options o = {.rate_uhz = 2500 * INT64_C(1000000), .idle_ps = 1000 * PS_PER_S};
    gsl_rng *rng = rng_stream(1, "gateway", "flows");
    flowlimit_init(&f, &o, 0);
    uint32_t passed = 0, n = 4000;
    for (uint32_t i = 0; i < n; i++) { // 10 a second: 10,000 users against 2,500
        struct flowkey k = key_of(i);
        passed += flowlimit_packet(&f, &k, 1000, rng_uniform(rng), i * (PS_PER_S / 10)) ==
                  FLOWLIMIT_PASSES;
    }
    CU_ASSERT_EQUAL(f.begun, 2500 + 2500 * (n - 1) / 10); // all tokens are used
    CU_ASSERT_DOUBLE_EQUAL((double)passed / n, 0.25, 0.02);
    gsl_rng_free(rng);
    flowlimit_free(&f);
}

// Who was refused comes again with those who were refused with him.
static void refused_users_come_again(void)
{
    struct flowlimit f;
    struct flowlimit_options o = {.limit = 1500, .idle_ps = PS_PER_S};
    struct flowkey a = key_of(1), b = key_of(2);
    flowlimit_init(&f, &o, 0);
    CU_ASSERT_EQUAL(flowlimit_packet(&f, &a, 1000, 0.9, 0), FLOWLIMIT_PASSES);
    CU_ASSERT_EQUAL(flowlimit_packet(&f, &b, 1000, 0.9, 1), FLOWLIMIT_TABLE); // 500 of them begin
    CU_ASSERT_EQUAL(f.known, 1500);
    CU_ASSERT_EQUAL(flowlimit_packet(&f, &b, 1000, 0.0, PS_PER_S), FLOWLIMIT_TABLE);
    // a is forgotten: the other 500 find room.
    CU_ASSERT_EQUAL(flowlimit_packet(&f, &b, 1000, 0.9, PS_PER_S + 1), FLOWLIMIT_PASSES);
    CU_ASSERT_EQUAL(f.known, 1000);
    flowlimit_free(&f);
}

static void remembers_many(void)
{
    struct flowlimit f;
    struct flowlimit_options o = {.limit = 20000, .idle_ps = 1000};
    flowlimit_init(&f, &o, 0);
    for (uint32_t i = 0; i < 20000; i++)
        CU_ASSERT_EQUAL(packet(&f, i, i / 100), FLOWLIMIT_PASSES);
    for (uint32_t i = 0; i < 20000; i++)
        CU_ASSERT_EQUAL(packet(&f, i, 500), FLOWLIMIT_PASSES);
    CU_ASSERT_EQUAL(f.begun, 20000);
    CU_ASSERT_EQUAL(packet(&f, 20000, 1501), FLOWLIMIT_PASSES); // all others are gone
    CU_ASSERT_EQUAL(f.known, 1);
    flowlimit_free(&f);
}

UNIT_MAIN("flowlimit", {"table_is_exact", table_is_exact}, {"rate_is_exact", rate_is_exact},
          {"weights_are_right_on_average", weights_are_right_on_average},
          {"refused_users_come_again", refused_users_come_again},
          {"remembers_many", remembers_many})
