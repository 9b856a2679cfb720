// SPDX-License-Identifier: GPL-3.0-or-later
// fluid: the queue that sampled packets meet, against the formulas of Kleinrock, Queueing Systems
// I, §3.6 (M/M/1/K), and the smooth port's backlog. VALIDATION rows 23 and 24 in small.
#include "unit.h"

#include "base/units.h"
#include "net/fluid.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define GBPS  INT64_C(1000000000)
#define BURST 12500 // bytes: 100 us at 1 Gb/s
#define S_PS  (100 * PS_PER_US)

struct figures {
    double loss, wait_s; // wait: mean, in service times, of the admitted
};

static struct fluid *made(uint64_t seed, const char *name, int64_t buffer_ps, int64_t ppm,
                          int64_t burst_bytes)
{
    struct fluid_options o = {.rate_bps = GBPS,
                              .buffer_ps = buffer_ps,
                              .background_ppm = ppm,
                              .burst_bytes = burst_bytes};
    return fluid_new(seed, name, &o);
}

// P(n) = (1 − ρ)ρⁿ/(1 − ρᴷ⁺¹), summed as it stands; an admitted arrival that finds n waits n.
static struct figures expected(double rho, unsigned k)
{
    double weight = 1, all = 0, wait = 0;
    for (unsigned n = 0; n < k; n++) {
        all += weight;
        wait += n * weight;
        weight *= rho;
    }
    return (struct figures){weight / (all + weight), wait / all};
}

// Draws far enough apart to know nothing of each other.
static int64_t apart(const struct fluid *f)
{
    return f->memory_ps + 1;
}

static struct figures drawn(struct fluid *f, unsigned draws, int64_t gap_ps)
{
    unsigned lost = 0;
    double wait = 0;
    for (unsigned i = 0; i < draws; i++) {
        int64_t w = -1;
        if (fluid_admit(f, i * gap_ps, &w))
            wait += (double)w / (double)S_PS;
        else
            lost++;
    }
    return (struct figures){(double)lost / draws, wait / (draws - lost)};
}

static bool within(double got, double wanted, double relative, double absolute)
{
    return fabs(got - wanted) <= relative * wanted + absolute;
}

// Within 3 % of the loss and what the count of a rare thing scatters, 2 % of the wait.
static void check(double rho, unsigned k, unsigned draws)
{
    struct fluid *f = made(7, "a-b>", k * S_PS, (int64_t)llround(rho * 1e6), BURST);
    struct figures want = expected(rho, k), got = drawn(f, draws, apart(f));
    bool ok = within(got.wait_s, want.wait_s, 0.02, 0) &&
              within(got.loss, want.loss, 0.03, 4 * sqrt(want.loss / draws));
    CU_ASSERT(ok);
    if (!ok)
        printf("\n  rho %g, K %u: wait %.5f S instead of %.5f, loss %.6f instead of %.6f\n", rho, k,
               got.wait_s, want.wait_s, got.loss, want.loss);
    fluid_free(f);
}

static void mean_wait_and_loss(void)
{
    static const double rho[] = {0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 2};
    for (size_t i = 0; i < sizeof rho / sizeof rho[0]; i++) {
        check(rho[i], 2, 400000);
        check(rho[i], 10, 400000);
    }
    check(0.5, 10, 20000000); // 488 in a million
}

// Without a limit to speak of it is M/M/1: mean wait ρ/(1 − ρ) services, no loss.
static void mm1(void)
{
    for (int percent = 30; percent <= 90; percent += 20) {
        double rho = percent / 100.0;
        struct fluid *f = made(8, "a-b>", 5000 * S_PS, percent * 10000, BURST);
        struct figures got = drawn(f, 1000000, apart(f));
        CU_ASSERT(within(got.wait_s, rho / (1 - rho), 0.02, 0));
        CU_ASSERT_EQUAL(got.loss, 0);
        fluid_free(f);
    }
}

// Overload with a deep buffer: ρᴷ is no number any more, yet the loss is 1 − 1/ρ and the queue
// stands nearly full: 1/(ρ − 1) of its places are free on average.
static void deep_buffers_overloaded(void)
{
    static const double rho[] = {1.01, 1.2, 3};
    for (size_t i = 0; i < 3; i++) {
        const unsigned k = 1000000;
        struct fluid *f = made(9, "a-b>", k * S_PS, (int64_t)llround(rho[i] * 1e6), BURST);
        struct figures got = drawn(f, 400000, apart(f));
        bool ok = within(got.loss, 1 - 1 / rho[i], 0.03, 0) && within(got.wait_s, k, 0.001, 0);
        CU_ASSERT(ok);
        if (!ok)
            printf("\n  rho %g: loss %g, wait %g S\n", rho[i], got.loss, got.wait_s);
        fluid_free(f);
    }
}

// At ρ = 1 an arrival finds 0, 1, …, K bursts equally often. Seen through the waits: with K = 4,
// a fifth finds none, a fifth is lost; the rest wait Erlang(n), n = 1, 2, 3.
static void uniform_at_full_load(void)
{
    enum { DRAWS = 500000, K = 4 };
    struct fluid *f = made(10, "a-b>", K * S_PS, 1000000, BURST);
    unsigned none = 0, lost = 0, short_waits = 0;
    for (int i = 0; i < DRAWS; i++) {
        int64_t w;
        if (!fluid_admit(f, i * apart(f), &w))
            lost++;
        else if (w == 0)
            none++;
        else
            short_waits += w <= S_PS;
    }
    // P(Erlang(n) ≤ 1) = 1 − e⁻¹ Σ_{k<n} 1/k!
    double wanted = (3 - exp(-1) * (1 + 2 + 2.5)) / 5;
    CU_ASSERT(within((double)none / DRAWS, 0.2, 0.01, 0));
    CU_ASSERT(within((double)lost / DRAWS, 0.2, 0.01, 0));
    CU_ASSERT(within((double)short_waits / DRAWS, wanted, 0.01, 0));
    fluid_free(f);
    // No jump beside it: a millionth more or less is the same queue.
    for (int64_t ppm = 999999; ppm <= 1000001; ppm++) {
        f = made(11, "a-b>", 20 * S_PS, ppm, BURST);
        struct figures got = drawn(f, 400000, apart(f));
        CU_ASSERT(within(got.loss, 1.0 / 21, 0.03, 0) && within(got.wait_s, 9.5, 0.02, 0));
        fluid_free(f);
    }
}

// However densely it is sampled, it is the same queue, and nobody overtakes.
static void dense_samples(void)
{
    static const double rho[] = {0.3, 0.8, 0.92, 1, 1.2};
    for (size_t i = 0; i < 5; i++)
        for (int64_t gap_ps = 4 * S_PS; gap_ps >= S_PS / 20; gap_ps /= 8) {
            struct fluid *f = made(12, "a-b>", 20 * S_PS, llround(rho[i] * 1e6), BURST);
            const unsigned draws = (unsigned)(400000 * S_PS / gap_ps);
            struct figures want = expected(rho[i], 20), got = drawn(f, draws, gap_ps);
            bool ok =
                within(got.wait_s, want.wait_s, 0.03, 0) && within(got.loss, want.loss, 0.1, 1e-4);
            CU_ASSERT(ok);
            if (!ok)
                printf("\n  rho %g, every %g S: wait %.4f S instead of %.4f, loss %g, not %g\n",
                       rho[i], (double)gap_ps / S_PS, got.wait_s, want.wait_s, got.loss, want.loss);
            fluid_free(f);
        }
    struct fluid *f = made(13, "a-b>", 100 * S_PS, 950000, BURST);
    int64_t before = 0, wait = 0;
    unsigned overtaken = 0;
    for (int64_t now = 0; now < 100000 * S_PS; now += S_PS / 3, before = wait) {
        fluid_admit(f, now, &wait);
        overtaken += now && wait + S_PS / 3 < before - 1; // rounded to a picosecond
    }
    CU_ASSERT_EQUAL(overtaken, 0);
    fluid_free(f);
}

static void no_load_no_wait(void)
{
    struct fluid *f = made(1, "a-b>", 10 * S_PS, 0, BURST);
    struct figures got = drawn(f, 1000, apart(f));
    CU_ASSERT(got.loss == 0 && got.wait_s == 0);
    fluid_free(f);
    f = made(1, "a-b>", S_PS / 3, 500000, BURST); // room for less than a burst is one
    got =
        drawn(f, 400000, apart(f)); // found busy half of a third: Erlang's loss formula, ρ/(1 + ρ)
    CU_ASSERT(within(got.loss, 1.0 / 3, 0.02, 0) && got.wait_s == 0);
    fluid_free(f);
}

// Demand and background are one load from the end of the window on.
static void demand_loads_a_bursty_port(void)
{
    struct fluid *f = made(2, "a-b>", 10 * S_PS, 300000, BURST);
    CU_ASSERT_DOUBLE_EQUAL(f->rho, 0.3, 1e-12);
    fluid_window(f, 50000000, 0, PS_PER_S / 10, 0); // half of the rate
    CU_ASSERT_DOUBLE_EQUAL(f->rho, 0.8, 1e-12);
    struct figures want = expected(0.8, 10), got = drawn(f, 400000, apart(f));
    CU_ASSERT(within(got.wait_s, want.wait_s, 0.02, 0) && within(got.loss, want.loss, 0.03, 0));
    fluid_window(f, 0, 0, PS_PER_S / 10, PS_PER_S);
    CU_ASSERT_DOUBLE_EQUAL(f->rho, 0.3, 1e-12);
    fluid_free(f);
}

// At 1 Gb/s with a buffer of 250 ms; loads are binary fractions, so exact. The weight of packets
// counts from the end of their window on, and the backlog goes with the time, not by windows.
static void smooth_backlog(void)
{
    const int64_t window = PS_PER_S / 10, ms = PS_PER_MS;
    struct fluid *f = made(3, "a-b>", 250 * ms, 0, 0);
    int64_t wait = -1;
    CU_ASSERT(fluid_admit(f, 0, &wait) && wait == 0);
    fluid_window(f, 100000000, 0, window, 100 * ms); // just the rate: nothing grows
    CU_ASSERT(fluid_admit(f, 200 * ms, &wait) && wait == 0);
    fluid_window(f, 150000000, 0, window, 200 * ms); // half more than it can send
    CU_ASSERT(fluid_admit(f, 200 * ms, &wait) && wait == 0);
    CU_ASSERT(fluid_admit(f, 250 * ms, &wait) && wait == 25 * ms);
    CU_ASSERT(fluid_admit(f, 300 * ms, &wait) && wait == 50 * ms);
    fluid_window(f, 175000000, 0, window, 300 * ms);
    CU_ASSERT(fluid_admit(f, 400 * ms, &wait) && wait == 125 * ms);
    fluid_window(f, 75000000, 0, window, 400 * ms); // drains a quarter of the time
    CU_ASSERT(fluid_admit(f, 420 * ms, &wait) && wait == 120 * ms);
    CU_ASSERT_EQUAL(fluid_fate_now(f, 500 * ms).wait_ps, 100 * ms);
    CU_ASSERT_EQUAL(fluid_fate_now(f, 500 * ms).loss, 0);
    fluid_window(f, 300000000, 0, window, 500 * ms); // full after 75 ms
    CU_ASSERT_EQUAL(fluid_fate_now(f, 574 * ms).loss, 0);
    CU_ASSERT_EQUAL(fluid_backlog_ps(f, 575 * ms), 250 * ms);
    CU_ASSERT_DOUBLE_EQUAL(fluid_fate_now(f, 575 * ms).loss, 2.0 / 3, 1e-12);
    fluid_window(f, 100000000, 0, window, 600 * ms); // full, but no more comes than goes
    CU_ASSERT_EQUAL(fluid_fate_now(f, 700 * ms).loss, 0);
    CU_ASSERT(fluid_admit(f, 700 * ms, &wait) && wait == 250 * ms);
    fluid_window(f, 0, 0, window, 700 * ms);
    CU_ASSERT_EQUAL(fluid_backlog_ps(f, 800 * ms), 150 * ms);
    CU_ASSERT_EQUAL(fluid_backlog_ps(f, 1000 * ms), 0);
    fluid_free(f);
}

static void smooth_loss_share(void)
{
    for (uint64_t bits = 125000000; bits <= 800000000; bits *= 2) {
        double rho = (double)bits / 1e8, wanted = (rho - 1) / rho;
        struct fluid *f = made(4, "a-b>", 20 * PS_PER_MS, 0, 0);
        fluid_window(f, bits, 0, PS_PER_S / 10, 0);
        unsigned lost = 0;
        for (int i = 0; i < 200000; i++) {
            int64_t wait = -1;
            lost += !fluid_admit(f, PS_PER_S, &wait);
            if (wait != 20 * PS_PER_MS)
                lost += 1000000; // every one, lost or not, meets the full buffer
        }
        CU_ASSERT(within(lost / 200000.0, wanted, 0.03, 0));
        CU_ASSERT_DOUBLE_EQUAL(fluid_fate_at(f, rho).loss, wanted, 1e-12);
        CU_ASSERT_EQUAL(fluid_fate_at(f, rho).wait_ps, 20 * PS_PER_MS);
        CU_ASSERT_EQUAL(fluid_fate_at(f, 0.99).wait_ps, 0);
        fluid_free(f);
    }
}

// Demand and background are felt at once, and their mean over a window is by time.
static void demand_in_time(void)
{
    const int64_t ms = PS_PER_MS;
    struct fluid *f = made(14, "a-b>", 100 * ms, 250000, 0);
    CU_ASSERT_EQUAL(fluid_mean_ppm(f, 500 * ms), 250000);
    fluid_demand(f, 500000000, 500 * ms);
    CU_ASSERT_EQUAL(f->rho, 0.75);
    CU_ASSERT_EQUAL(fluid_mean_ppm(f, 1000 * ms), 500000);
    fluid_demand(f, 1000000000, 1000 * ms); // a quarter too much
    CU_ASSERT_EQUAL(fluid_backlog_ps(f, 1200 * ms), 50 * ms);
    CU_ASSERT_EQUAL(fluid_fate_now(f, 1200 * ms).loss, 0);
    CU_ASSERT_DOUBLE_EQUAL(fluid_fate_now(f, 1400 * ms).loss, 0.2, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(fluid_fate_with(f, 2250000000).loss, 0.6, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(fluid_mean_ppm(f, 2000 * ms), 875000, 1e-6);
    fluid_background(f, 0, 2000 * ms);
    CU_ASSERT_EQUAL(f->rho, 1);
    fluid_window(f, 0, 0, 2000 * ms, 2000 * ms);
    CU_ASSERT_EQUAL(fluid_mean_ppm(f, 2000 * ms), 1000000);
    fluid_demand(f, 0, 2500 * ms);
    CU_ASSERT_EQUAL(fluid_mean_ppm(f, 3000 * ms), 500000);
    CU_ASSERT_EQUAL(fluid_backlog_ps(f, 2550 * ms), 50 * ms);
    fluid_free(f);
}

// What is told about demands is what sampled packets meet.
static void fate_is_the_formula(void)
{
    static const double rho[] = {0.3, 0.9, 0.999999, 1, 1.000001, 1.2, 3};
    struct fluid *f = made(15, "a-b>", 20 * S_PS, 0, BURST);
    CU_ASSERT(fluid_fate_at(f, 0).loss == 0 && fluid_fate_at(f, 0).wait_ps == 0);
    for (size_t i = 0; i < sizeof rho / sizeof rho[0]; i++) {
        struct figures want = expected(rho[i], 20);
        struct fluid_fate got = fluid_fate_at(f, rho[i]);
        CU_ASSERT(within(got.loss, want.loss, 1e-6, 1e-12));
        CU_ASSERT(within((double)got.wait_ps, want.wait_s * S_PS, 1e-4, 1));
    }
    fluid_free(f);
    f = made(16, "a-b>", 1000000 * S_PS, 0, BURST); // too deep for powers of ρ
    CU_ASSERT_DOUBLE_EQUAL(fluid_fate_at(f, 1.25).loss, 0.2, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL((double)fluid_fate_at(f, 1.25).wait_ps / S_PS, 999999 - 4, 1e-3);
    CU_ASSERT_EQUAL(fluid_fate_at(f, 0.75).loss, 0);
    CU_ASSERT_DOUBLE_EQUAL((double)fluid_fate_at(f, 0.75).wait_ps / S_PS, 3, 1e-6);
    fluid_free(f);
}

// The stream hangs on seed and name alone.
static void streams(void)
{
    struct fluid *a = made(5, "a-b>", 10 * S_PS, 800000, BURST);
    struct fluid *same = made(5, "a-b>", 10 * S_PS, 800000, BURST);
    struct fluid *back = made(5, "a-b<", 10 * S_PS, 800000, BURST);
    unsigned differ = 0, differ_back = 0;
    for (int i = 0; i < 1000; i++) {
        int64_t wa, ws, wb;
        bool ra = fluid_admit(a, i * S_PS, &wa), rs = fluid_admit(same, i * S_PS, &ws);
        bool rb = fluid_admit(back, i * S_PS, &wb);
        differ += ra != rs || wa != ws;
        differ_back += ra != rb || wa != wb;
    }
    CU_ASSERT(differ == 0 && differ_back > 500);
    fluid_free(a);
    fluid_free(same);
    fluid_free(back);
    fluid_free(NULL);
}

// Half the rate is taken by fluid: packets that want six tenths fill the buffer with it.
static void packets_share_the_rate(void)
{
    static const struct fluid_options laws[] = {
        {.burst_bytes = 0},
        {.burst_bytes = BURST, .shape = {.kind = BURST_EXPONENTIAL}},
        {.burst_bytes = BURST, .shape = {.kind = BURST_DETERMINISTIC}},
        {.burst_bytes = BURST,
         .shape = {.kind = BURST_ON_OFF, .sources = 50, .activity_ppm = 250000}}};
    for (size_t l = 0; l < sizeof laws / sizeof laws[0]; l++) {
        enum { PACKETS = 200000, OWN_US = 10 };
        struct fluid_options o = laws[l];
        o.rate_bps = GBPS;
        o.buffer_ps = 100 * S_PS;
        o.background_ppm = 500000;
        struct fluid *f = fluid_new(3, "a-b>", &o);
        int64_t own_ps = OWN_US * PS_PER_US, gap_ps = own_ps * 10 / 6, wait_ps, lost = 0;
        for (int64_t i = 0; i < PACKETS; i++) {
            if (fluid_admit(f, i * gap_ps, &wait_ps))
                fluid_join(f, own_ps, i * gap_ps);
            else
                lost++;
        }
        // Together they offer 1.1 and fill the buffer. Packets lose 1/6 if the fluid loses nothing, and
        // nothing if what finds the buffer full is the fluid that never pauses.
        double loss = (double)lost / PACKETS, full = (double)wait_ps / (double)o.buffer_ps;
        bool ok = loss < 0.17 && full > 0.8;
        CU_ASSERT(ok);
        if (!ok)
            printf("\n  law %zu: %g lost, %g of the buffer\n", l, loss, full);
        fluid_free(f);
    }
}

UNIT_MAIN("fluid", {"mean_wait_and_loss", mean_wait_and_loss}, {"mm1", mm1},
          {"deep_buffers_overloaded", deep_buffers_overloaded},
          {"uniform_at_full_load", uniform_at_full_load}, {"dense_samples", dense_samples},
          {"no_load_no_wait", no_load_no_wait},
          {"demand_loads_a_bursty_port", demand_loads_a_bursty_port},
          {"smooth_backlog", smooth_backlog}, {"smooth_loss_share", smooth_loss_share},
          {"demand_in_time", demand_in_time}, {"fate_is_the_formula", fate_is_the_formula},
          {"packets_share_the_rate", packets_share_the_rate}, {"streams", streams})
