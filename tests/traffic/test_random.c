// SPDX-License-Identifier: GPL-3.0-or-later
// Random rhythms: Poisson gaps, and the self-similarity of many on-off sources.
#include "line.h"
#include "traffic/kinds.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MS PS_PER_MS
#define S  PS_PER_S

static void poisson_gaps(void)
{
    struct line l;
    line_begin(&l);
    struct flow_options o = line_options(&traffic_poisson, NULL);
    o.interval_ps = 10 * MS;
    o.stop_ps = 210 * S;
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 220 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL(l.counts[LINE_DELIVERED], (int)l.units.n);
    double n = (double)l.units.n - 1, sum = 0, squares = 0;
    for (size_t i = 1; i < l.units.n; i++) {
        double gap = ps_to_s(l.units.v[i].sent_ps - l.units.v[i - 1].sent_ps);
        sum += gap;
        squares += gap * gap;
    }
    double mean = sum / n, deviation = sqrt(squares / n - mean * mean);
    // 20,000 gaps: three standard errors are 2 %; of the deviation 3 %.
    CU_ASSERT_DOUBLE_EQUAL(mean, 0.010, 0.00021);
    CU_ASSERT_DOUBLE_EQUAL(deviation / mean, 1, 0.03);
    line_end(&l);
}

// Datagrams in each tenth of a second, of so many flows together, and nothing else of it.
struct counts {
    double v[20000];
    int n;
};

static void count(void *ctx, const struct flow *f, uint32_t seq)
{
    struct counts *c = ctx;
    int64_t at = sim_now(flow_sim(f)) / (100 * MS);
    (void)seq;
    if (at < c->n)
        c->v[at]++;
}

static double variance(const double *v, int n)
{
    double mean = 0, sum = 0;
    for (int i = 0; i < n; i++)
        mean += v[i] / n;
    for (int i = 0; i < n; i++)
        sum += (v[i] - mean) * (v[i] - mean);
    return sum / n;
}

// The aggregated-variance estimate: the variance of means over m bins falls as m^(2H − 2). A line
// is laid through log variance over log m by least squares.
static double hurst(const struct counts *c)
{
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    int points = 0;
    for (int m = 10; m <= 1000; m *= 2, points++) {
        double *means = calloc((size_t)c->n / (size_t)m, sizeof *means);
        for (int i = 0; i < c->n / m; i++)
            for (int k = 0; k < m; k++)
                means[i] += c->v[i * m + k] / m;
        double x = log(m), y = log(variance(means, c->n / m));
        sx += x, sy += y, sxx += x * x, sxy += x * y;
        free(means);
    }
    double slope = (points * sxy - sx * sy) / (points * sxx - sx * sx);
    return 1 + slope / 2;
}

static double hurst_of(const struct traffic_kind_ops *ops, double shape)
{
    struct counts *c = calloc(1, sizeof *c);
    struct sim *sim = sim_new(7);
    struct net *net = net_new(sim);
    struct traffic_hooks hooks = {.ctx = c, .sent = count};
    struct traffic_run *t = traffic_new(sim, net, &hooks);
    struct fwd_options fwd = {.address = LINE_CLIENT};
    net_add_node(net, "client", fwd_node_new(&fwd)); // without a route: nobody needs to receive
    union traffic_options options = {
        .onoff = {.shape = shape, .on_ps = S, .off_ps = 2 * S, .sources = 20}};
    struct flow_options o = line_options(ops, &options);
    o.start_ps = 0;
    o.stop_ps = 2000 * S;
    for (int i = 0; i < 10; i++) {
        char name[8];
        snprintf(name, sizeof name, "f%d", i);
        traffic_add_flow(t, name, &o);
    }
    c->n = 20000;
    sim_run(sim, o.stop_ps);
    double h = hurst(c);
    traffic_free(t);
    net_free(net);
    sim_free(sim);
    free(c);
    return h;
}

// H = (3 − α) / 2. The estimator is known to fall short for H near 1.
static void onoff_is_self_similar(void)
{
    static const double shapes[] = {1.2, 1.4, 1.6};
    for (int i = 0; i < 3; i++) {
        double h = hurst_of(&traffic_onoff, shapes[i]);
        printf("shape %.1f: H = %.3f, expected %.3f\n", shapes[i], h, (3 - shapes[i]) / 2);
        CU_ASSERT_DOUBLE_EQUAL(h, (3 - shapes[i]) / 2, 0.08);
    }
}

static void poisson_is_not(void)
{
    double h = hurst_of(&traffic_poisson, 1.5);
    printf("Poisson: H = %.3f, expected 0.5\n", h);
    CU_ASSERT_DOUBLE_EQUAL(h, 0.5, 0.08);
}

static void onoff_has_its_rate(void)
{
    struct line l;
    line_begin(&l);
    union traffic_options options = {
        .onoff = {.shape = 1.9, .on_ps = 500 * MS, .off_ps = S, .sources = 30}};
    struct flow_options o = line_options(&traffic_onoff, &options);
    o.interval_ps = 20 * MS;
    o.stop_ps = 110 * S;
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 120 * S);
    line_stop(&l);
    // 30 sources, a third of the time, 50/s, for 100 s.
    CU_ASSERT_DOUBLE_EQUAL((double)l.units.n, 50000, 5000);
    CU_ASSERT_EQUAL(l.counts[LINE_DELIVERED], (int)l.units.n);
    line_end(&l);
}

UNIT_MAIN("random", {"poisson gaps", poisson_gaps}, {"onoff has its rate", onoff_has_its_rate},
          {"onoff is self-similar", onoff_is_self_similar}, {"poisson is not", poisson_is_not})
