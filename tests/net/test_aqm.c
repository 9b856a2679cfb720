// SPDX-License-Identifier: GPL-3.0-or-later
// Active queue management: RED, CoDel and FQ-CoDel against their laws, and ECN.
#include "unit.h"

#include "base/rng.h"
#include "fwd/ecn.h"
#include "queueing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static struct queueing w;

static void put(uint32_t seq, uint32_t length, int64_t now_ps)
{
    queueing_put(&w, queueing_packet(&w, seq, length, 0, 1), now_ps, 0);
}

static struct qdisc_options red(double weight)
{
    return (struct qdisc_options){.min_bytes = 10000,
                                  .max_bytes = 30000,
                                  .mean_packet_bytes = 1000,
                                  .max_probability = 0.1,
                                  .weight = weight,
                                  .gentle = true};
}

// With a weight of 1 the average is the backlog. Held at it, packets are dropped with p on average,
// and the distance between drops is uniform from 1 to 1/p: its mean is (1 + 1/p) / 2.
static double red_distance(int64_t backlog, unsigned *longest)
{
    enum { N = 200000 };
    queueing_begin(&w, "red", red(1));
    while (w.q->bytes < backlog)
        qdisc_push(w.q, 0, (struct qdisc_item){.packet = queueing_packet(&w, 0, 1000, 0, 1)});
    unsigned since = 0;
    *longest = 0;
    size_t drops = 0;
    for (uint32_t i = 0; i < N; i++) {
        size_t before = w.ndropped;
        since++;
        put(i, 1000, 0);
        if (w.ndropped == before) {
            queueing_get(&w, 0);
            continue;
        }
        w.ndropped = before; // only counted here
        drops++;
        *longest = since > *longest ? since : *longest;
        since = 0;
    }
    queueing_end(&w);
    return drops ? (double)N / (double)drops : INFINITY;
}

static void red_probabilities(void)
{
    unsigned longest;
    CU_ASSERT(isinf(red_distance(9000, &longest)));
    CU_ASSERT_DOUBLE_EQUAL(red_distance(20000, &longest), 10.5, 0.1); // p = 5 %
    CU_ASSERT_EQUAL(longest, 20);
    CU_ASSERT_DOUBLE_EQUAL(red_distance(15000, &longest), 20.5, 0.2); // p = 2.5 %
    CU_ASSERT_EQUAL(longest, 40);
    CU_ASSERT_DOUBLE_EQUAL(red_distance(45000, &longest), 1.45, 0.01); // gentle: p = 55 %
    CU_ASSERT_EQUAL(red_distance(60000, &longest), 1);
}

// The average follows slowly, and decays while the queue is empty.
static void red_average(void)
{
    queueing_begin(&w, "red", red(0.002));
    for (uint32_t i = 0; i < 100; i++) // a burst of 100 kB passes: the average is still low
        put(i, 1000, 0);
    CU_ASSERT_EQUAL(w.ndropped, 0);
    queueing_end(&w);

    queueing_begin(&w, "red", red(0.1));
    for (uint32_t i = 0; i < 100; i++)
        put(i, 1000, 0);
    CU_ASSERT(w.ndropped > 10 && w.reason[0] == FWD_DROP_EARLY);
    while (queueing_get(&w, PS_PER_MS) >= 0)
        ;
    w.ndropped = 0;
    // A mean packet lasts 1 us: after 100 us 0.9^100 of the average is left.
    for (uint32_t i = 0; i < 5; i++)
        put(i, 1000, PS_PER_MS + 100 * PS_PER_US);
    CU_ASSERT_EQUAL(w.ndropped, 0);
    queueing_end(&w);
    // Fluid work counts as backlog.
    queueing_begin(&w, "red", red(1));
    queueing_put(&w, queueing_packet(&w, 9, 1000, 0, 1), 0, 60 * PS_PER_US);
    CU_ASSERT_EQUAL(w.ndropped, 1);
    queueing_end(&w);
}

// A standing queue, served once a millisecond. Its packets wait more than the target from 5 ms on, so
// that the first is dropped at 105 ms, the next an interval later, and then after interval / √n each
// (RFC 8289 §5.3).
static void codel_drop_times(void)
{
    struct qdisc_options o = {.target_ps = 5 * PS_PER_MS, .interval_ps = 100 * PS_PER_MS};
    enum { N = 1500 };
    static double when[N];
    size_t n = 0;
    queueing_begin(&w, "codel", o);
    for (uint32_t i = 0; i < 4 * N; i++)
        put(i, 1000, 0);
    for (int ms = 1; ms < N; ms++) {
        size_t before = w.ndropped;
        queueing_get(&w, ms * PS_PER_MS);
        for (; before < w.ndropped; before++)
            when[n++] = ms;
    }
    double next = 105;
    size_t bad = 0;
    for (size_t i = 0; i < n; i++) {
        bad += when[i] != ceil(next);
        next += 100 / sqrt((double)(i + 1));
    }
    CU_ASSERT(n > 40 && bad == 0);
    CU_ASSERT(next >= N - 1); // and none is missing
    printf("\n  %zu drops in %d ms, %zu at another time\n", n, N, bad);
    queueing_end(&w);
}

// A queue that the target is enough for is left alone, as is one of a single packet.
static void codel_leaves_alone(void)
{
    struct qdisc_options o = {.target_ps = 5 * PS_PER_MS, .interval_ps = 100 * PS_PER_MS};
    queueing_begin(&w, "codel", o);
    for (int i = 0; i < 1000; i++) { // a packet each millisecond that stays four
        put((uint32_t)i, 1000, i * PS_PER_MS);
        if (i >= 4)
            CU_ASSERT_EQUAL(queueing_get(&w, i * PS_PER_MS), i - 4);
    }
    CU_ASSERT_EQUAL(w.ndropped, 0);
    queueing_end(&w);
    queueing_begin(&w, "codel", o);
    for (int i = 0; i < 100; i++) { // one at a time, however long it stays
        put((uint32_t)i, 1500, i * PS_PER_S);
        CU_ASSERT_EQUAL(queueing_get(&w, i * PS_PER_S + PS_PER_S / 2), i);
    }
    CU_ASSERT_EQUAL(w.ndropped, 0);
    // Behind fluid work that lasts longer than the target it is another matter.
    for (int i = 0; i < 200; i++) {
        queueing_put(&w, queueing_packet(&w, 0, 1500, 0, 1), i * PS_PER_MS, 10 * PS_PER_MS);
        queueing_get(&w, i * PS_PER_MS);
    }
    CU_ASSERT(w.ndropped > 0);
    queueing_end(&w);
}

static void marks(void)
{
    struct qdisc_options o = {
        .target_ps = 5 * PS_PER_MS, .interval_ps = 100 * PS_PER_MS, .ecn = true};
    queueing_begin(&w, "codel", o);
    for (uint32_t i = 0; i < 1000; i++)
        queueing_put(&w, queueing_packet(&w, i, 1000, ECN_ECT0, 1), 0, 0);
    struct qdisc_item item;
    int64_t ready_ps;
    unsigned experienced = 0, wrong = 0;
    for (int ms = 1; ms < 500; ms++) {
        w.q->ops->dequeue(w.q, ms * PS_PER_MS, &item, &ready_ps);
        const uint8_t *h = packet_view(item.packet);
        experienced += (ecn_octet(h) & ECN_MASK) == ECN_CE;
        wrong += !checksum_ok(checksum_add(0, h, IP4_HEADER));
        packet_give(&w.pool, item.packet);
    }
    CU_ASSERT(w.ndropped == 0 && experienced >= 6 && experienced == w.q->marked && wrong == 0);
    queueing_end(&w);

    struct qdisc_options r = red(1);
    r.ecn = true;
    queueing_begin(&w, "red", r);
    for (uint32_t i = 0; i < 25; i++)
        qdisc_push(w.q, 0, (struct qdisc_item){.packet = queueing_packet(&w, 0, 1000, 0, 1)});
    for (uint32_t i = 0; i < 100; i++) {
        queueing_put(&w, queueing_packet(&w, i, 1000, ECN_ECT1, 1), 0, 0);
        queueing_get(&w, 0);
    }
    CU_ASSERT(w.ndropped == 0 && w.q->marked > 5);
    for (uint32_t i = 0; i < 40; i++) // beyond all thresholds marking is over (RFC 3168 §7)
        qdisc_push(w.q, 0, (struct qdisc_item){.packet = queueing_packet(&w, 0, 1000, 0, 1)});
    queueing_put(&w, queueing_packet(&w, 7, 1000, ECN_ECT1, 1), 0, 0);
    CU_ASSERT(w.ndropped == 1 && w.dropped[0] == 7);
    queueing_end(&w);
}

static struct qdisc_options fq(void)
{
    return (struct qdisc_options){.target_ps = 5 * PS_PER_MS,
                                  .interval_ps = 100 * PS_PER_MS,
                                  .flows = 1024,
                                  .quantum_bytes = 1514};
}

static void fq_sparse_first(void)
{
    queueing_begin(&w, "fq-codel", fq());
    for (uint32_t i = 0; i < 50; i++)
        queueing_put(&w, queueing_packet(&w, i, 1500, 0, 1), 0, 0);
    CU_ASSERT(queueing_get(&w, 0) == 0 && queueing_get(&w, 0) == 1); // a quantum and the rest of it
    queueing_put(&w, queueing_packet(&w, 1000, 100, 0, 2), 0, 0);
    CU_ASSERT_EQUAL(queueing_get(&w, 0), 1000); // at once, though 48 were there before
    CU_ASSERT_EQUAL(queueing_get(&w, 0), 2);
    struct packet *p = queueing_packet(&w, 0, 100, 0, 3);
    CU_ASSERT_EQUAL(w.q->ops->place(w.q, p), QDISC_ASIDE);
    packet_give(&w.pool, p);
    queueing_end(&w);
}

// Flows with packets of different sizes send the same number of bytes.
static void fq_is_fair(void)
{
    enum { FLOWS = 4 };
    static const uint32_t sizes[FLOWS] = {64, 300, 900, 1500};
    int64_t sent[FLOWS] = {0}, total = 0;
    queueing_begin(&w, "fq-codel", fq());
    for (uint32_t f = 0; f < FLOWS; f++)
        for (int i = 0; i < 20000 / FLOWS; i++)
            queueing_put(&w, queueing_packet(&w, f, sizes[f], 0, (uint16_t)(100 + f)), 0, 0);
    while (total < 4 * 300000) {
        int64_t f = queueing_get(&w, 0);
        sent[f] += sizes[f];
        total += sizes[f];
    }
    for (int f = 0; f < FLOWS; f++)
        CU_ASSERT(labs(sent[f] - total / FLOWS) <= 2 * 1514);
    queueing_end(&w);
}

// Over the limit the fattest queue loses half of its packets, 64 at most, from its head.
static void fq_overflow(void)
{
    struct qdisc_options o = fq();
    o.limit_packets = 100;
    queueing_begin(&w, "fq-codel", o);
    for (uint32_t i = 0; i < 20; i++)
        queueing_put(&w, queueing_packet(&w, i, 100, 0, 1), 0, 0);
    for (uint32_t i = 100; i < 181; i++) // the last one is too much
        queueing_put(&w, queueing_packet(&w, i, 1000, 0, 2), 0, 0);
    CU_ASSERT(w.ndropped == 41 && w.dropped[0] == 100 && w.dropped[40] == 140);
    CU_ASSERT_EQUAL(w.reason[0], FWD_DROP_QUEUE_FULL);
    CU_ASSERT_EQUAL(w.q->packets, 60);
    queueing_end(&w);
}

UNIT_MAIN("aqm", {"red_probabilities", red_probabilities}, {"red_average", red_average},
          {"codel_drop_times", codel_drop_times}, {"codel_leaves_alone", codel_leaves_alone},
          {"marks", marks}, {"fq_sparse_first", fq_sparse_first}, {"fq_is_fair", fq_is_fair},
          {"fq_overflow", fq_overflow})
