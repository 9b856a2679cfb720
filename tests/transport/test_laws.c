// SPDX-License-Identifier: GPL-3.0-or-later
// TCP against its known laws: one flow fills a link, two share it, loss limits throughput as Mathis and
// others (1997) and RFC 9438 say. With ANYSIM_VALIDATE set, more points of each; with
// ANYSIM_CURVES=DIRECTORY the points of the latter are also written there, for plots/validation/tcp.gp.
#include "pipe.h"

#include "base/units.h"
#include "curves.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MS PS_PER_MS
#define S  PS_PER_S

static struct pipe p;

static bool all_points(void)
{
    return getenv("ANYSIM_VALIDATE");
}

static struct tcp_options options(const struct congestion_ops *c)
{
    struct tcp_options o = tcp_usual;
    o.congestion = c;
    o.window_octets = o.window_max_octets = 64u << 20; // never what limits
    return o;
}

static void row(int number, const char *what, double expected, double obtained, double tolerance)
{
    bool ok = fabs(obtained - expected) <= tolerance * expected;
    printf("row %d: expected %s %.4g +- %.0f %%, obtained %.4g: %s\n", number, what, expected,
           100 * tolerance, obtained, ok ? "ok" : "FAILED");
    CU_ASSERT(ok);
}

// 100 Mbit/s, 40 ms, a queue of as much: 1448 octets of data in 1500.
static void fills(const struct congestion_ops *c)
{
    struct tcp_options o = options(c);
    char what[80];
    pipe_init(&p, 20 * MS);
    p.rate_bps = 100000000;
    p.queue_ps = 40 * MS;
    pipe_pair(&p, &o, &o);
    tcp_connect(&p.ends[0], 0);
    tcp_write(&p.ends[0], UINT64_C(1) << 40);
    pipe_run(&p, 20 * S);
    uint64_t before = p.ends[1].received;
    pipe_run(&p, 80 * S);
    double mbps = (double)(p.ends[1].received - before) * 8 / 60 / 1e6;
    snprintf(what, sizeof what, "one flow of %s fills 100 Mbit/s with data, Mbit/s", c->name);
    row(46, what, 100 * 1448.0 / 1500, mbps, 0.02);
    pipe_free(&p);
}

static void one_fills_a_link(void)
{
    fills(&congestion_cubic);
    fills(&congestion_newreno);
}

// The second comes five seconds later; Jain's index over two minutes after half a minute.
static void shares(const struct congestion_ops *c)
{
    struct tcp_options o = options(c);
    char what[80];
    uint64_t before[2];
    pipe_init(&p, 10 * MS);
    p.rate_bps = 50000000;
    p.queue_ps = 20 * MS;
    pipe_pair(&p, &o, &o);
    pipe_pair(&p, &o, &o);
    tcp_connect(&p.ends[0], 0);
    tcp_write(&p.ends[0], UINT64_C(1) << 40);
    pipe_run(&p, 5 * S);
    tcp_connect(&p.ends[2], p.now_ps);
    tcp_write(&p.ends[2], UINT64_C(1) << 40);
    pipe_run(&p, 30 * S);
    for (int i = 0; i < 2; i++)
        before[i] = p.ends[2 * i + 1].received;
    pipe_run(&p, 150 * S);
    double x = (double)(p.ends[1].received - before[0]),
           y = (double)(p.ends[3].received - before[1]);
    snprintf(what, sizeof what, "Jain's index of two flows of %s", c->name);
    row(47, what, 1, (x + y) * (x + y) / (2 * (x * x + y * y)), 0.05);
    snprintf(what, sizeof what, "two flows of %s fill 50 Mbit/s, Mbit/s", c->name);
    row(47, what, 50 * 1448.0 / 1500, (x + y) * 8 / 120 / 1e6, 0.03);
    pipe_free(&p);
}

static void two_share(void)
{
    shares(&congestion_cubic);
    shares(&congestion_newreno);
}

// --- loss

struct loss {
    uint64_t state, threshold; // of a generator's 2^32; 0: every `every`-th segment
    uint64_t every, lost, sent;
};

static bool lose(void *ctx, unsigned from, uint64_t number, const struct segment *s,
                 struct packet *packet, int64_t now_ps)
{
    struct loss *l = ctx;
    (void)s, (void)packet, (void)now_ps;
    if (from != 0 || number == UINT64_MAX)
        return false;
    l->sent++;
    l->state = l->state * 6364136223846793005u + 1442695040888963407u;
    bool lost = l->threshold ? l->state >> 32 < l->threshold : l->sent % l->every == 0;
    l->lost += lost;
    return lost;
}

// Mean octets a round trip, in segments, of a flow that only loss limits.
static double mean_window(const struct tcp_options *o, int64_t rtt_ps, struct loss *l,
                          int64_t run_ps)
{
    pipe_init(&p, rtt_ps / 2);
    p.rate_bps = INT64_C(1000000000000);
    p.lost = lose;
    p.ctx = l;
    pipe_pair(&p, o, o);
    tcp_connect(&p.ends[0], 0);
    tcp_write(&p.ends[0], UINT64_C(1) << 44);
    pipe_run(&p, run_ps / 10);
    uint64_t before = p.ends[1].received;
    pipe_run(&p, run_ps + run_ps / 10);
    double octets = (double)(p.ends[1].received - before);
    pipe_free(&p);
    return octets / 1448 * (double)rtt_ps / (double)run_ps;
}

static void point(const char *law, double loss, int64_t rtt_ps, double expected, double obtained)
{
    char line[160];
    snprintf(line, sizeof line, "%s,%g,%g,%.6g,%.6g", law, loss, 1e3 * ps_to_s(rtt_ps), expected,
             obtained);
    curves_point("tcp", "law,loss,rtt_ms,expected,obtained", line);
}

// Each round trip without loss adds a segment, each loss halves: between W/2 and W in W/2 round trips
// 3/8 W^2 = 1/p segments, so a mean of sqrt(3/2) / sqrt(p) = 1.22 / sqrt(p) segments a round trip. The
// law leaves out the round trip that recovery takes: one in eight where W is 14, as at an even loss of
// 1 %, which is left out here for that.
static void newreno_by_loss(void)
{
    static const double quick[] = {0.01, 0.003, 0.001},
                        all[] = {0.01, 0.003, 0.001, 0.0003, 0.0001};
    size_t n = all_points() ? 5 : 3;
    struct tcp_options o = options(&congestion_newreno);
    for (size_t i = 0; i < n; i++) {
        double loss = all_points() ? all[i] : quick[i], law = sqrt(1.5 / loss);
        const int64_t rtt_ps = 100 * MS;
        int64_t run_ps = (int64_t)(600 / loss / law * ps_to_s(rtt_ps) * 1e12); // 600 losses
        char what[80];
        struct loss random = {.state = 7 + i, .threshold = (uint64_t)(loss * 4294967296.0)};
        snprintf(what, sizeof what, "NewReno at random loss %g: 1.22/sqrt(p) segments a round trip",
                 loss);
        double window = mean_window(&o, rtt_ps, &random, run_ps);
        row(48, what, law, window, 0.15);
        point("newreno random", loss, rtt_ps, law, window);
        struct loss even = {.every = (uint64_t)(1 / loss)};
        if (loss > 0.005)
            continue;
        snprintf(what, sizeof what, "NewReno at even loss %g: 1.22/sqrt(p) segments a round trip",
                 loss);
        window = mean_window(&o, rtt_ps, &even, run_ps);
        row(48, what, law, window, 0.15);
        point("newreno even", loss, rtt_ps, law, window);
    }
}

// RFC 9438 §5.1, with C = 0.4 and beta = 0.7: (C (3 + beta) / (4 (1 - beta)))^(1/4) (RTT/p)^(3/4).
// It knows neither recovery nor fast convergence, which cost a little.
static void cubic_by_loss(void)
{
    static const struct {
        double loss;
        int64_t rtt_ps;
    } points[] = {{1e-4, 100 * MS}, {3e-5, 100 * MS}, {1e-5, 100 * MS},
                  {1e-4, 300 * MS}, {3e-5, 300 * MS}, {1e-5, 300 * MS}};
    size_t n = all_points() ? sizeof points / sizeof *points : 2;
    struct tcp_options o = options(&congestion_cubic);
    for (size_t i = 0; i < n; i++) {
        double rtt_s = ps_to_s(points[i].rtt_ps);
        double law = pow(0.4 * 3.7 / 1.2, 0.25) * pow(rtt_s / points[i].loss, 0.75);
        struct loss even = {.every = (uint64_t)(1 / points[i].loss + 0.5)};
        int64_t run_ps = (int64_t)(60 / points[i].loss / law * rtt_s * 1e12);
        char what[80];
        snprintf(what, sizeof what, "CUBIC at loss %g and %g ms: segments a round trip",
                 points[i].loss, rtt_s * 1e3);
        double window = mean_window(&o, points[i].rtt_ps, &even, run_ps);
        row(49, what, law, window, 0.15);
        point("cubic even", points[i].loss, points[i].rtt_ps, law, window);
    }
}

UNIT_MAIN("laws", {"one_fills_a_link", one_fills_a_link}, {"two_share", two_share},
          {"newreno_by_loss", newreno_by_loss}, {"cubic_by_loss", cubic_by_loss})
