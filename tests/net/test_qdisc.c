// SPDX-License-Identifier: GPL-3.0-or-later
// qdisc: drop-tail, classes and the shaper against hand traces and laws.
#include "unit.h"

#include "base/rng.h"
#include "fwd/headers.h"
#include "queueing.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>

static struct queueing w;

#define EF (46 << 2)

static void put(uint32_t seq, uint32_t length, uint8_t tos)
{
    queueing_put(&w, queueing_packet(&w, seq, length, tos, 1), 0, 0);
}

static void every_kind_is_known(void)
{
    static const char *const names[] = {"drop-tail", "red", "codel", "fq-codel",
                                        "priority",  "drr", "shaper"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        CU_ASSERT_STRING_EQUAL(qdisc_kind(names[i])->name, names[i]);
    CU_ASSERT_PTR_NULL(qdisc_kind("sfq"));
}

static void bytes_and_packets(void)
{
    queueing_begin(&w, "drop-tail", (struct qdisc_options){.limit_bytes = 3000});
    put(0, 1000, 0);
    put(1, 1500, 0);
    put(2, 501, 0); // 3001
    put(3, 500, 0); // fits exactly
    put(4, 28, 0);
    CU_ASSERT(w.ndropped == 2 && w.dropped[0] == 2 && w.dropped[1] == 4);
    CU_ASSERT_EQUAL(w.reason[0], FWD_DROP_QUEUE_FULL);
    CU_ASSERT(queueing_get(&w, 0) == 0 && queueing_get(&w, 0) == 1 && queueing_get(&w, 0) == 3);
    CU_ASSERT_EQUAL(queueing_get(&w, 0), -1);
    // Fluid work in the queue takes its room: 2 us at a byte a nanosecond.
    queueing_put(&w, queueing_packet(&w, 5, 1001, 0, 1), 0, 2 * PS_PER_US);
    CU_ASSERT(w.ndropped == 3 && w.dropped[2] == 5);
    queueing_put(&w, queueing_packet(&w, 6, 1000, 0, 1), 0, 2 * PS_PER_US);
    CU_ASSERT_EQUAL(queueing_get(&w, 0), 6);
    queueing_end(&w);

    queueing_begin(&w, "drop-tail", (struct qdisc_options){.limit_packets = 2});
    put(0, 28, 0);
    put(1, 1500, 0);
    put(2, 28, 0);
    CU_ASSERT(w.ndropped == 1 && w.dropped[0] == 2);
    queueing_end(&w);
    CU_ASSERT_EQUAL(w.reason[2], FWD_DROP_LINK_DOWN); // the two that were left
}

// Drop-tail by packets with Poisson arrivals and exponential sizes is M/M/1/K, K being the packet
// on the line and those that wait: loss (1 − ρ) ρᴷ / (1 − ρᴷ⁺¹).
static void finite_queue_law(void)
{
    enum { K = 8, N = 400000 };
    const double rho = 0.9, mean_ps = 1e6;
    gsl_rng *r = rng_stream(7, "qdisc", "mm1k");
    queueing_begin(&w, "drop-tail", (struct qdisc_options){.limit_packets = K - 1});
    double now = 0, free_at = 0;
    for (uint32_t i = 0; i < N; i++) {
        now += gsl_ran_exponential(r, mean_ps / rho);
        while (free_at <= now && queueing_get(&w, 0) >= 0)
            free_at += gsl_ran_exponential(r, mean_ps);
        if (free_at <= now && w.q->packets == 0)
            free_at = now + gsl_ran_exponential(r, mean_ps);
        else
            put(i, 100, 0);
    }
    double loss = (double)w.ndropped / N;
    double law = (1 - rho) * pow(rho, K) / (1 - pow(rho, K + 1));
    CU_ASSERT(fabs(loss / law - 1) < 0.03);
    printf("\n  loss %.5f, law %.5f\n", loss, law);
    queueing_end(&w);
    gsl_rng_free(r);
}

static const struct qdisc_class voice_and_rest[] = {
    {UINT64_C(1) << 46, 3000, 3000},
    {UINT64_C(1) << 8, 0, 1500},
    {0, 2000, 1500},
};

static void strict_priority(void)
{
    struct qdisc_options o = {.classes = voice_and_rest, .nclasses = 3, .fluid_class = 2};
    queueing_begin(&w, "priority", o);
    put(0, 1000, 0);
    put(1, 1000, 8 << 2);
    put(2, 1000, EF);
    put(3, 1000, EF);
    put(4, 1001, EF); // over the class's limit
    put(5, 1000, 0);
    put(6, 1000, 0); // over its own
    CU_ASSERT(w.ndropped == 2 && w.dropped[0] == 4 && w.dropped[1] == 6);
    static const int64_t order[] = {2, 3, 1, 0, 5, -1};
    for (int i = 0; i < 6; i++)
        CU_ASSERT_EQUAL(queueing_get(&w, 0), order[i]);
    // Only the last class stands behind fluid.
    struct packet *p = queueing_packet(&w, 7, 100, EF, 1);
    CU_ASSERT_EQUAL(w.q->ops->place(w.q, p), QDISC_ASIDE);
    ip4_set_tos(packet_data(p), 33 << 2); // a code point that nobody has
    CU_ASSERT_EQUAL(w.q->ops->place(w.q, p), QDISC_BEHIND);
    queueing_put(&w, p, 0, 0);
    queueing_end(&w);
}

static void round_robin(void)
{
    struct qdisc_options o = {.classes = voice_and_rest, .nclasses = 3, .fluid_class = 2};
    queueing_begin(&w, "drr", o);
    // Class 0 has a quantum of 3000, class 1 of 1500: by hand with packets of 1000.
    for (uint32_t i = 0; i < 3; i++)
        put(i, 1000, EF);
    for (uint32_t i = 10; i < 14; i++)
        put(i, 1000, 8 << 2);
    static const int64_t order[] = {0, 1, 2, 10, 11, 12, 13, -1};
    for (int i = 0; i < 8; i++)
        CU_ASSERT_EQUAL(queueing_get(&w, 0), order[i]);
    queueing_end(&w);

    // Over a long time the shares are those of the quanta, whatever the sizes.
    gsl_rng *r = rng_stream(3, "qdisc", "drr");
    static const struct qdisc_class two[] = {{UINT64_C(1) << 46, 0, 3000}, {0, 0, 1500}};
    queueing_begin(&w, "drr", (struct qdisc_options){.classes = two, .nclasses = 2});
    int64_t sent[2] = {0};
    for (uint32_t i = 0; i < 20000; i++) {
        while (w.q->fifos[0].count < 3) // small packets
            put(0, 100 + (uint32_t)gsl_rng_uniform_int(r, 400), EF);
        while (w.q->fifos[1].count < 3) // large ones
            put(1, 1000 + (uint32_t)gsl_rng_uniform_int(r, 500), 0);
        int64_t before[2] = {w.q->fifos[0].bytes, w.q->fifos[1].bytes};
        int64_t class = queueing_get(&w, 0);
        sent[class] += before[class] - w.q->fifos[class].bytes;
    }
    CU_ASSERT(fabs((double)sent[0] / (double)sent[1] - 2) < 0.01);
    gsl_rng_free(r);
    queueing_end(&w);
}

static void token_bucket(void)
{
    // 8 Mb/s: a byte a microsecond; a bucket of 2000 bytes.
    struct qdisc_options o = {.shaper_bps = 8000000, .burst_bytes = 2000};
    struct qdisc_item i;
    int64_t ready_ps;
    queueing_begin(&w, "shaper", o);
    for (uint32_t n = 0; n < 5; n++)
        put(n, 1000, 0);
    CU_ASSERT(queueing_get(&w, 0) == 0 && queueing_get(&w, 0) == 1 && queueing_get(&w, 0) == -1);
    CU_ASSERT_FALSE(w.q->ops->dequeue(w.q, 0, &i, &ready_ps));
    CU_ASSERT_EQUAL(ready_ps, PS_PER_MS);
    CU_ASSERT_EQUAL(queueing_get(&w, PS_PER_MS - 1), -1);
    CU_ASSERT_EQUAL(queueing_get(&w, PS_PER_MS), 2);
    CU_ASSERT_EQUAL(queueing_get(&w, 2 * PS_PER_MS - 1), -1);
    CU_ASSERT(queueing_get(&w, 10 * PS_PER_MS) == 3 && queueing_get(&w, 10 * PS_PER_MS) == 4);
    put(5, 1000, 0); // it was full again after two milliseconds, and no fuller
    CU_ASSERT_EQUAL(queueing_get(&w, 10 * PS_PER_MS), -1);
    queueing_end(&w);

    // A packet larger than the bucket leaves when the bucket would hold enough for it, and not never.
    queueing_begin(&w, "shaper", o);
    put(0, 3000, 0);
    CU_ASSERT_EQUAL(queueing_get(&w, 0), -1);
    CU_ASSERT_EQUAL(queueing_get(&w, PS_PER_MS - 1), -1);
    CU_ASSERT_EQUAL(queueing_get(&w, PS_PER_MS), 0);
    queueing_end(&w);

    // At every instant: not more than rate · t + burst.
    gsl_rng *r = rng_stream(5, "qdisc", "shaper");
    queueing_begin(&w, "shaper", o);
    int64_t now = 0, bytes = 0;
    unsigned over = 0;
    for (uint32_t n = 0; n < 50000; n++) {
        now += (int64_t)gsl_rng_uniform_int(r, 1000) * PS_PER_US;
        if (w.q->packets < 5)
            put(n, 28 + (uint32_t)gsl_rng_uniform_int(r, 1473), 0);
        int64_t before = w.q->bytes;
        queueing_get(&w, now);
        bytes += before - w.q->bytes;
        over += bytes > 2000 + now / PS_PER_US;
    }
    CU_ASSERT_EQUAL(over, 0);
    CU_ASSERT((double)bytes > 0.97 * (double)(now / PS_PER_US)); // and not much less
    gsl_rng_free(r);
    queueing_end(&w);
}

UNIT_MAIN("qdisc", {"every_kind_is_known", every_kind_is_known},
          {"bytes_and_packets", bytes_and_packets}, {"finite_queue_law", finite_queue_law},
          {"strict_priority", strict_priority}, {"round_robin", round_robin},
          {"token_bucket", token_bucket})
