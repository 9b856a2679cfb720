// SPDX-License-Identifier: GPL-3.0-or-later
// One-way metrics against vectors worked out by hand, some of them after examples in the RFCs.
#include "measure/way.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MS        PS_PER_MS
#define THRESHOLD (2 * PS_PER_S)

static struct way *with_sent(uint32_t n)
{
    struct way *o = way_new(THRESHOLD);
    for (uint32_t i = 0; i < n; i++)
        way_sent(o, PHASE_BEFORE, i);
    return o;
}

static struct way_result end(struct way *o)
{
    struct way_result r;
    way_collect(o, PHASE_BEFORE, &r);
    way_free(o);
    return r;
}

static void say(int row, const char *expected, bool ok, const char *obtained)
{
    if (getenv("ANYSIM_VALIDATE"))
        printf("row %d: expected %s, obtained %s: %s\n", row, expected, obtained,
               ok ? "ok" : "FAILED");
    CU_ASSERT(ok);
}

// Delays of 20, 10, 20, 25 and 20 ms: IPDV is −10, 10, 5, −5; PDV is 10, 0, 10, 15, 10.
static void ipdv_and_pdv_are_two_things(void)
{
    static const int64_t delay_ms[] = {20, 10, 20, 25, 20};
    struct way *o = with_sent(5);
    char text[128];
    for (uint32_t i = 0; i < 5; i++)
        way_received(o, PHASE_BEFORE, i, delay_ms[i] * MS);
    struct way_result r = end(o);
    double ipdv_ms = hist_mean(&r.ipdv_ns) / 1e6, pdv_ms = hist_mean(&r.pdv_ns) / 1e6;
    CU_ASSERT_EQUAL(r.ipdv_ns.count, 4);
    CU_ASSERT_EQUAL(r.ipdv_ns.max, 10 * 1000000);
    CU_ASSERT_EQUAL(r.pdv_ns.count, 5);
    CU_ASSERT_EQUAL(r.pdv_ns.min, 0);
    CU_ASSERT_EQUAL(r.pdv_ns.max, 15 * 1000000);
    CU_ASSERT_EQUAL(r.delay_ns.min, 10 * 1000000);
    CU_ASSERT_EQUAL(r.delay_ns.max, 25 * 1000000);
    CU_ASSERT_EQUAL(hist_mean(&r.delay_ns), 19e6);
    snprintf(text, sizeof text, "IPDV %.9f ms, PDV %.9f ms", ipdv_ms, pdv_ms);
    say(33, "mean |IPDV| 7.5 ms and mean PDV 9 ms, +- 1e-9",
        fabs(ipdv_ms - 7.5) < 1e-9 && fabs(pdv_ms - 9) < 1e-9, text);
    way_result_free(&r);
}

// J after delays of 20, 10, 20, 25 and 20 ms, by hand: 10/16; + (10 − J)/16; + (5 − J)/16 twice.
static void jitter_of_rfc_3550(void)
{
    static const int64_t delay_ms[] = {20, 10, 20, 25, 20};
    struct way *o = with_sent(5);
    char text[64];
    for (uint32_t i = 0; i < 5; i++)
        way_received(o, PHASE_BEFORE, i, delay_ms[i] * MS);
    struct way_result r = end(o);
    // 0.625; 1.2109375; 1.44775390625; 1.6697692871 (all of it exact in binary)
    double j_ms = r.jitter_ps / 1e9, by_hand_ms = 1.6697692871093750;
    snprintf(text, sizeof text, "%.12f ms", j_ms);
    say(33, "J = 1.669769287109 ms +- 1e-9", fabs(j_ms - by_hand_ms) < 1e-9, text);
    way_result_free(&r);
}

// 100 packets, 93 in time, 3 late, 4 never: percentiles up to the 93rd exist.
static void lost_is_infinitely_late(void)
{
    struct way *o = with_sent(100);
    char text[128];
    for (uint32_t i = 0; i < 93; i++)
        way_received(o, PHASE_BEFORE, i, 10 * MS);
    for (uint32_t i = 93; i < 96; i++)
        way_received(o, PHASE_BEFORE, i, THRESHOLD + 1);
    way_received(o, PHASE_BEFORE, 96, THRESHOLD); // just in time
    struct way_result r = end(o);
    uint64_t lost = r.sent - r.received;
    int64_t p93 = hist_quantile(&r.delay_ns, 0.93, lost);
    int64_t p94 = hist_quantile(&r.delay_ns, 0.94, lost);
    int64_t p95 = hist_quantile(&r.delay_ns, 0.95, lost);
    CU_ASSERT_EQUAL(r.late, 3);
    CU_ASSERT_DOUBLE_EQUAL((double)p93, 1e7, 1e7 / 128);
    snprintf(text, sizeof text, "loss %llu of 100, p94 %s, p95 %s", (unsigned long long)lost,
             p94 == 2000000000 ? "2 s" : "wrong", p95 < 0 ? "infinite" : "finite");
    say(34, "threshold 2 s: loss 6 of 100, p94 2 s, p95 infinite",
        lost == 6 && p94 == 2000000000 && p95 == -1, text);
    way_result_free(&r);
}

static struct way_result in_order_of(const uint32_t *numbers, uint32_t n)
{
    struct way *o = with_sent(n);
    for (uint32_t i = 0; i < n; i++)
        way_received(o, PHASE_BEFORE, numbers[i] - 1, 10 * MS);
    return end(o);
}

static void reordering(void)
{
    // The fourth packet comes after the eighth: one reordered, extent 4.
    static const uint32_t one[] = {1, 2, 3, 5, 6, 7, 8, 4, 9, 10};
    struct way_result r = in_order_of(one, 10);
    CU_ASSERT_EQUAL(r.reordered, 1);
    CU_ASSERT_EQUAL(r.extent.min, 4);
    CU_ASSERT_EQUAL(r.extent.max, 4);
    way_result_free(&r);
    // The seventh comes too early: the two behind it are reordered, by 1 and by 2.
    static const uint32_t early[] = {1, 2, 3, 4, 7, 5, 6, 8, 9, 10};
    r = in_order_of(early, 10);
    CU_ASSERT_EQUAL(r.reordered, 2);
    CU_ASSERT_EQUAL(r.extent.min, 1);
    CU_ASSERT_EQUAL(r.extent.max, 2);
    way_result_free(&r);
    // A block of two after a block of four: 4 and 5.
    static const uint32_t blocks[] = {1, 2, 3, 4, 7, 8, 9, 10, 5, 6, 11};
    r = in_order_of(blocks, 11);
    CU_ASSERT_EQUAL(r.reordered, 2);
    CU_ASSERT_EQUAL(r.extent.min, 4);
    CU_ASSERT_EQUAL(r.extent.max, 5);
    way_result_free(&r);
}

// Packets in a row are remembered as one: the first of a thousand comes last. When every other one is
// missing, the memory reaches WAY_WINDOW rows and the newest one back.
static void extents_have_an_end(void)
{
    struct way *o = with_sent(2000);
    for (uint32_t i = 1; i < 1000; i++)
        way_received(o, PHASE_BEFORE, i, 10 * MS);
    way_received(o, PHASE_BEFORE, 0, 20 * MS);
    struct way_result r = end(o);
    CU_ASSERT_EQUAL(r.reordered, 1);
    CU_ASSERT_EQUAL(r.extent.max, 999);
    way_result_free(&r);
    o = with_sent(2000);
    for (uint32_t i = 1; i < 2000; i += 2)
        way_received(o, PHASE_BEFORE, i, 10 * MS);
    way_received(o, PHASE_BEFORE, 1990, 20 * MS); // 1991, 1993, 1995, 1997 and 1999 came before
    way_received(o, PHASE_BEFORE, 0, 20 * MS);
    r = end(o);
    CU_ASSERT_EQUAL(r.reordered, 2);
    CU_ASSERT_EQUAL(r.extent.min, 5);
    CU_ASSERT_EQUAL(r.extent.max, WAY_WINDOW + 2); // and the packet in between
    way_result_free(&r);
}

// Against the definition, taken literally, in a random order of arrival.
static void reordering_by_definition(void)
{
    enum { N = 300 };
    uint32_t order[N], random = 1;
    for (uint32_t i = 0; i < N; i++)
        order[i] = i;
    for (uint32_t i = 0; i < N; i++) { // within a dozen places
        random = random * 1664525u + 1013904223u;
        uint32_t k = i + (random >> 16) % 12, t = order[i];
        k = k < N ? k : N - 1;
        order[i] = order[k], order[k] = t;
    }
    uint64_t reordered = 0, extents = 0;
    for (uint32_t i = 0; i < N; i++)
        for (uint32_t j = 0; j < i; j++)
            if (order[j] > order[i]) {
                reordered++, extents += i - j;
                break;
            }
    struct way *o = with_sent(N);
    for (uint32_t i = 0; i < N; i++)
        way_received(o, PHASE_BEFORE, order[i], 10 * MS);
    struct way_result r = end(o);
    CU_ASSERT(reordered > 100);
    CU_ASSERT_EQUAL(r.reordered, reordered);
    CU_ASSERT_DOUBLE_EQUAL(hist_mean(&r.extent) * (double)reordered, (double)extents, 1e-6);
    CU_ASSERT_EQUAL(r.ipdv_ns.count, N - 1);
    way_result_free(&r);
}

// Packet 1 three times, packet 3 twice, packet 2 never.
static void duplication(void)
{
    struct way *o = with_sent(4);
    way_received(o, PHASE_BEFORE, 0, 10 * MS);
    way_received(o, PHASE_BEFORE, 1, 10 * MS);
    way_received(o, PHASE_BEFORE, 1, 11 * MS);
    way_received(o, PHASE_BEFORE, 3, 10 * MS);
    way_received(o, PHASE_BEFORE, 1, 99 * MS);
    way_received(o, PHASE_BEFORE, 3, 10 * MS);
    struct way_result r = end(o);
    CU_ASSERT_EQUAL(r.received, 3);
    CU_ASSERT_EQUAL(r.duplicated, 2);
    CU_ASSERT_EQUAL(r.copies, 3);
    CU_ASSERT_EQUAL(r.reordered, 0); // copies do not count
    CU_ASSERT_EQUAL(r.delay_ns.count, 3);
    CU_ASSERT_EQUAL(r.ipdv_ns.count, 1); // of 0 and 1; between 1 and 3 one is missing
    way_result_free(&r);
}

// What comes after the threshold did not arrive: a late packet has no copies, and a late copy is none.
static void late_copies(void)
{
    struct way *o = with_sent(2);
    way_received(o, PHASE_BEFORE, 0, THRESHOLD + 1);
    way_received(o, PHASE_BEFORE, 0, THRESHOLD + 2);
    way_received(o, PHASE_BEFORE, 1, 10 * MS);
    way_received(o, PHASE_BEFORE, 1, THRESHOLD + 1);
    struct way_result r = end(o);
    CU_ASSERT_EQUAL(r.received, 1);
    CU_ASSERT_EQUAL(r.late, 1);
    CU_ASSERT_EQUAL(r.duplicated, 0);
    CU_ASSERT_EQUAL(r.copies, 0);
    way_result_free(&r);
}

// Pairs are of packets sent in a row, in whatever order they come.
static void ipdv_of_the_order_of_sending(void)
{
    struct way *o = with_sent(3);
    way_received(o, PHASE_BEFORE, 2, 10 * MS);
    way_received(o, PHASE_BEFORE, 0, 40 * MS);
    way_received(o, PHASE_BEFORE, 1, 30 * MS);
    struct way_result r = end(o);
    CU_ASSERT_EQUAL(r.ipdv_ns.count, 2);
    CU_ASSERT_EQUAL(r.ipdv_ns.min, 10 * 1000000);
    CU_ASSERT_EQUAL(r.ipdv_ns.max, 20 * 1000000);
    CU_ASSERT_EQUAL(r.reordered, 2);
    way_result_free(&r);
}

static void phases_are_apart(void)
{
    struct way *o = way_new(THRESHOLD);
    struct way_result r;
    for (uint32_t i = 0; i < 4; i++) {
        enum phase ph = i < 2 ? PHASE_BEFORE : PHASE_OUTAGE;
        way_sent(o, ph, i);
        way_received(o, ph, i, (i < 2 ? 10 : 50) * MS);
    }
    way_collect(o, PHASE_OUTAGE, &r);
    CU_ASSERT_EQUAL(r.sent, 2);
    CU_ASSERT_EQUAL(r.ipdv_ns.max, 0); // not the 40 ms between the phases
    CU_ASSERT_EQUAL(r.pdv_ns.max, 0);
    CU_ASSERT_EQUAL(r.jitter_ps, 0);
    way_result_free(&r);
    way_collect(o, PHASE_AFTER, &r);
    CU_ASSERT(isnan(r.jitter_ps));
    way_result_free(&r);
    way_free(o);
}

// PDV is fine where the delay's own histogram is not: 0.1 ms on top of 100 ms.
static void pdv_is_finer_than_delay(void)
{
    struct way *o = with_sent(100);
    for (uint32_t i = 0; i < 100; i++)
        way_received(o, PHASE_BEFORE, i, (i == 50 ? 99900 : 100000 + i) * PS_PER_US);
    struct way_result r = end(o);
    CU_ASSERT_DOUBLE_EQUAL((double)hist_quantile(&r.pdv_ns, 0.99, 0), 198e3, 2e3);
    CU_ASSERT_EQUAL(r.pdv_ns.min, 0);
    way_result_free(&r);
}

UNIT_MAIN("measure/way", {"ipdv_and_pdv_are_two_things", ipdv_and_pdv_are_two_things},
          {"jitter_of_rfc_3550", jitter_of_rfc_3550},
          {"lost_is_infinitely_late", lost_is_infinitely_late}, {"reordering", reordering},
          {"extents_have_an_end", extents_have_an_end},
          {"reordering_by_definition", reordering_by_definition}, {"duplication", duplication},
          {"late_copies", late_copies},
          {"ipdv_of_the_order_of_sending", ipdv_of_the_order_of_sending},
          {"phases_are_apart", phases_are_apart},
          {"pdv_is_finer_than_delay", pdv_is_finer_than_delay})
