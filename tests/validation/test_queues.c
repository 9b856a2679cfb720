// SPDX-License-Identifier: GPL-3.0-or-later
// Queues from real ports and packets against the textbooks (rows 23 and 24), the fluid against packets
// (row 25), bursts of losses (row 26). Quick points here; with ANYSIM_VALIDATE set all of them. With
// ANYSIM_CURVES=DIRECTORY every point is also written to a CSV file there, for plots/validation.
#include "hops.h"
#include "curves.h"
#include "unit.h"

#include "base/arena.h"
#include "base/rng.h"
#include "base/units.h"
#include "base/variate.h"
#include "net/impair.h"

#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool thorough(void)
{
    return getenv("ANYSIM_VALIDATE");
}

// `absolute` is allowed beside the share `relative`.
static bool row(int number, const char *what, double expected, double obtained, double relative,
                double absolute)
{
    bool ok = fabs(obtained - expected) <= relative * expected + absolute;
    printf("row %d: expected %s %.5g +- %g %%, obtained %.5g: %s\n", number, what, expected,
           100 * relative, obtained, ok ? "ok" : "FAILED");
    CU_ASSERT(ok);
    return ok;
}

static const struct {
    enum burst_kind kind;
    const char *name;
    double second; // E[size²] in squared means
} laws[] = {{BURST_EXPONENTIAL, "M/M/1", 2},
            {BURST_DETERMINISTIC, "M/D/1", 1},
            {BURST_HYPEREXPONENTIAL, "M/G/1", 5}};

// The same port with the load as a fluid, seen by small probes: so rare that they are no load, and for so
// long that the queue has forgotten thousands of times.
static double wait_in_fluid(const struct hops_options *packets)
{
    struct hops_options o = *packets;
    o.fluid = true;
    o.probe_every = 200;
    o.length = thorough() ? 1e8 : 4e6;
    return hops_run(&o).mean;
}

// Every packet's wait in a port, Poisson arrivals: λE[S²]/(2(1 − ρ)), Pollaczek and Khinchine.
static void textbook_waits(void)
{
    static const double rhos[] = {0.3, 0.5, 0.7, 0.8, 0.9, 0.95};
    for (size_t l = 0; l < 3; l++)
        for (size_t i = 0; i < sizeof rhos / sizeof rhos[0]; i++) {
            double rho = rhos[i];
            if (!thorough() && rho != 0.5 && rho != 0.8)
                continue;
            // 10⁷ packets; more where a queue takes thousands of them to forget.
            double slow = rho > 0.85 ? laws[l].second * laws[l].second / 3 : 1;
            double packets = thorough() ? 1e7 * fmin(fmax(slow, 1), 4) : 3e5;
            struct hops_options o = {.seed = 23 + i,
                                     .hops = 1,
                                     .kind = laws[l].kind,
                                     .spread = 4,
                                     .rho = rho,
                                     .buffer = 1e6,
                                     .length = packets / rho};
            double wanted = rho * laws[l].second / 2 / (1 - rho);
            double measured = hops_run(&o).mean, fluid = wait_in_fluid(&o);
            char what[80], line[160];
            snprintf(what, sizeof what, "%s mean wait at %g", laws[l].name, rho);
            row(23, what, wanted, measured, thorough() ? 0.02 : 0.1, 0);
            snprintf(what, sizeof what, "%s mean wait at %g in a fluid", laws[l].name, rho);
            row(23, what, wanted, fluid, thorough() ? 0.02 : 0.1, 0);
            snprintf(line, sizeof line, "%s,%g,%.6g,%.6g,%.6g", laws[l].name, rho, wanted, measured,
                     fluid);
            curves_point("waits", "queue,rho,formula,packets,fluid", line);
        }
}

static void full_queues(void)
{
    static const double rhos[] = {0.8, 0.9, 1, 1.1, 1.2};
    static const int rooms[] = {5, 10, 20};
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < sizeof rhos / sizeof rhos[0]; i++) {
            double rho = rhos[i], room = rooms[k];
            if (!thorough() && (rooms[k] != 10 || i % 2))
                continue;
            struct hops_options o = {.seed = 24,
                                     .hops = 1,
                                     .kind = BURST_EXPONENTIAL,
                                     .rho = rho,
                                     .room = rooms[k],
                                     .length = (thorough() ? 4e6 : 5e5) / rho};
            struct hops_result r = hops_run(&o);
            double wanted =
                rho == 1 ? 1 / (room + 1) : (1 - rho) * pow(rho, room) / (1 - pow(rho, room + 1));
            char what[80], line[160];
            snprintf(what, sizeof what, "M/M/1/%g loss at %g", room, rho);
            snprintf(line, sizeof line, "%g,%g,%.6g,%.6g", room, rho, wanted, r.loss);
            row(24, what, wanted, r.loss, thorough() ? 0.03 : 0.08, 0);
            curves_point("losses", "room,rho,formula,measured", line);
        }
}

// Loss of both as near as their means, or what the counts scatter: losses come in bunches of about a dozen.
static double scatter(const struct hops_result *a, const struct hops_result *b)
{
    double share = (a->loss + b->loss) / 2;
    return 3 * sqrt(2 * share * 12 / (double)a->sent);
}

static double mean_of(const double *bins, int from, int to)
{
    double sum = 0;
    for (int i = from; i < to; i++)
        sum += bins[i] / (to - from);
    return sum;
}

// The overload is the first quarter of a cycle.
static void compare_courses(const char *what, const struct hops_options *o,
                            const struct hops_result *packets, const struct hops_result *fluid,
                            double relative)
{
    static const char *const names[] = {"growing", "full", "draining", "at rest"};
    static const int border[] = {0, HOPS_BINS / 8, HOPS_BINS / 4, HOPS_BINS / 2, HOPS_BINS};
    char text[120];
    for (int i = 0; i < 4; i++) {
        snprintf(text, sizeof text, "%s: mean wait %s", what, names[i]);
        row(25, text, mean_of(packets->bin, border[i], border[i + 1]),
            mean_of(fluid->bin, border[i], border[i + 1]), relative, i == 3 ? 0.05 : 0);
    }
    for (int i = 0; i < HOPS_BINS; i++) {
        snprintf(text, sizeof text, "%s,%d,%g,%g,%.6g,%.6g", burst_kind_names[o->kind], o->hops,
                 o->probe_every, (i + 0.5) * o->cycle / HOPS_BINS, packets->bin[i], fluid->bin[i]);
        curves_point("overload", "law,hops,probe_every,time,packets,fluid", text);
    }
}

static void compare(const char *what, const struct hops_options *o, double relative)
{
    struct hops_options with = *o;
    char text[120];
    with.fluid = false;
    struct hops_result packets = hops_run(&with);
    with.fluid = true;
    struct hops_result fluid = hops_run(&with);
    snprintf(text, sizeof text, "%s: mean wait of probes among packets", what);
    row(25, text, packets.mean, fluid.mean, relative, 0);
    snprintf(text, sizeof text, "%s: p99", what);
    row(25, text, packets.p99, fluid.p99, 2 * relative, 0);
    snprintf(text, sizeof text, "%s: loss", what);
    row(25, text, packets.loss, fluid.loss, relative, scatter(&packets, &fluid));
    if (o->cycle > 0) {
        compare_courses(what, o, &packets, &fluid, relative);
        return;
    }
    snprintf(text, sizeof text, "%s,%d,%g,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g", burst_kind_names[o->kind],
             o->hops, o->rho, packets.mean, fluid.mean, packets.p99, fluid.p99, packets.loss,
             fluid.loss);
    curves_point(
        "hybrid",
        "law,hops,rho,mean_packets,mean_fluid,p99_packets,p99_fluid,loss_packets,loss_fluid", text);
}

static void hybrid(enum burst_kind kind, int room)
{
    static const double rhos[] = {0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1};
    for (int hops = 1; hops <= 3; hops += 2)
        for (size_t i = 0; i < sizeof rhos / sizeof rhos[0]; i++) {
            double rho = rhos[i];
            char what[80];
            if (!thorough() && ((rho != 0.5 && rho != 0.8) || hops != 1))
                continue;
            struct hops_options o = {.seed = 25 + i,
                                     .hops = hops,
                                     .kind = kind,
                                     .rho = rho,
                                     .buffer = 100,
                                     .room = room,
                                     .probe_every = 50,
                                     .length = thorough() ? rho > 0.92 ? 1.5e7 / hops : 2e6 : 1e6};
            snprintf(what, sizeof what, "%s, %d hop%s at %g", burst_kind_names[kind], hops,
                     hops > 1 ? "s" : "", rho);
            compare(what, &o, thorough() ? 0.05 : 0.15);
        }
}

static void fluid_of_one_size(void)
{
    hybrid(BURST_DETERMINISTIC, 0);
}

static void fluid_of_exponential_sizes(void)
{
    hybrid(BURST_EXPONENTIAL, 100);
}

// Load 1.4 for a quarter of the time, 0.6 else; a buffer of 150 S fills in 375 S of 1,000. Packets of one
// size keep in step from hop to hop while that lasts, and probes that are many shift the steps until
// they fit (docs/queueing.md): with probes every 10 S three hops lose a tenth less than three times one.
static void overload_and_drain(void)
{
    static const struct {
        enum burst_kind kind;
        int hops, room;
        double probe_every;
    } cases[] = {{BURST_EXPONENTIAL, 1, 150, 50}, {BURST_DETERMINISTIC, 1, 0, 50},
                 {BURST_DETERMINISTIC, 3, 0, 10}, {BURST_EXPONENTIAL, 3, 150, 50},
                 {BURST_DETERMINISTIC, 3, 0, 50}, {BURST_DETERMINISTIC, 1, 0, 10},
                 {BURST_DETERMINISTIC, 3, 0, 500}};
    for (size_t i = 0; i < (thorough() ? sizeof cases / sizeof cases[0] : 3); i++) {
        struct hops_options o = {.seed = 99,
                                 .hops = cases[i].hops,
                                 .kind = cases[i].kind,
                                 .rho = 0.6,
                                 .over = 1.4,
                                 .cycle = 4000,
                                 .room = cases[i].room,
                                 .buffer = 150,
                                 .probe_every = cases[i].probe_every,
                                 .length = thorough() ? 4e6 : 1e6};
        char what[120];
        snprintf(what, sizeof what, "overload and drain, %s, %d hop%s, probes every %g",
                 burst_kind_names[o.kind], o.hops, o.hops > 1 ? "s" : "", o.probe_every);
        if (o.probe_every > 100)
            o.length *= 10;
        compare(what, &o, thorough() ? 0.05 : 0.1);
    }
}

// Gilbert and Elliott with k = 1, h = 0: loss p/(p + r), bursts of 1/r packets.
static void bursts_of_losses(void)
{
    static const struct {
        double p, r;
    } cases[] = {{0.01, 0.25}, {0.001, 0.1}, {0.05, 0.5}, {0.02, 0.8}};
    for (size_t i = 0; i < 4; i++) {
        // The rarest bursts are too few among 10⁷ packets to be counted to a percent.
        double packets = thorough() ? cases[i].p < 0.005 ? 1e8 : 1e7 : 4e5, lost = 0, bursts = 0;
        char name[] = {'l', (char)('0' + i), '\0'}, what[80], line[160];
        struct impair *im = impair_new(26, name);
        struct impair_options o = {.bursty = true, .bursts = {cases[i].p, cases[i].r, 0, 1}};
        bool before = false;
        impair_set(im, &o);
        for (double n = 0; n < packets; n++) {
            bool now = impair_draw(im, 0).lost;
            lost += now;
            bursts += now && !before;
            before = now;
        }
        impair_free(im);
        double loss = cases[i].p / (cases[i].p + cases[i].r), length = 1 / cases[i].r;
        snprintf(what, sizeof what, "loss at p %g, r %g", cases[i].p, cases[i].r);
        row(26, what, loss, lost / packets, thorough() ? 0.01 : 0.08, 0);
        snprintf(what, sizeof what, "mean burst at p %g, r %g", cases[i].p, cases[i].r);
        row(26, what, length, lost / bursts, thorough() ? 0.01 : 0.05, 0);
        snprintf(line, sizeof line, "%g,%g,%.6g,%.6g,%.6g,%.6g", cases[i].p, cases[i].r, loss,
                 lost / packets, length, lost / bursts);
        curves_point("gilbert", "p,r,loss_formula,loss_measured,burst_formula,burst_measured",
                     line);
    }
}

// P(delay ≤ x) as the law is defined, x in ms: mean 20, deviation 8; Weibull scale 20, shape 1.5;
// Pareto scale 10, shape 3.
static double distribution(enum variate_law law, double x)
{
    double v = log1p(0.16), z = (log(x) - (log(20) - v / 2)) / sqrt(v);
    switch (law) {
    case VARIATE_UNIFORM:
        return fmin(fmax((x - 20) / (2 * sqrt(3) * 8) + 0.5, 0), 1);
    case VARIATE_NORMAL:
        return erfc(-(x - 20) / 8 / sqrt(2)) / 2;
    case VARIATE_GAMMA:
        return gsl_sf_gamma_inc_P(6.25, x / 3.2);
    case VARIATE_LOGNORMAL:
        return erfc(-z / sqrt(2)) / 2;
    case VARIATE_WEIBULL:
        return 1 - exp(-pow(x / 20, 1.5));
    case VARIATE_PARETO:
        return x < 10 ? 0 : 1 - pow(10 / x, 3);
    case VARIATE_CONSTANT:
    case VARIATE_EMPIRICAL:
    case VARIATE_LAWS:
        break;
    }
    return 0;
}

static int earlier(const void *pa, const void *pb)
{
    int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;
    return (a > b) - (a < b);
}

static void laws_of_delay(void)
{
    enum { DRAWS = 200000 };
    int64_t *t = xmalloc(DRAWS * sizeof *t);
    for (enum variate_law law = VARIATE_UNIFORM; law < VARIATE_EMPIRICAL; law++) {
        bool scaled = law >= VARIATE_WEIBULL;
        struct variate v = {.law = law,
                            .mean_ps = 20 * PS_PER_MS,
                            .sd_ps = 8 * PS_PER_MS,
                            .scale_ps = (law == VARIATE_PARETO ? 10 : 20) * PS_PER_MS,
                            .shape = scaled ? law == VARIATE_PARETO ? 3 : 1.5 : 0,
                            .correlation = 0.5};
        struct variate_state state = {0};
        gsl_rng *rng = rng_stream(1, variate_law_names[law], "delay");
        for (int i = 0; i < DRAWS; i++)
            t[i] = variate_draw_ps(&v, &state, rng);
        gsl_rng_free(rng);
        qsort(t, DRAWS, sizeof *t, earlier);
        for (double u = 0.025; u < 1; u += 0.05) {
            double lo = 0, hi = 1000, drawn = ps_to_ms(t[(size_t)(u * DRAWS)]);
            char line[120];
            for (int i = 0; i < 60; i++) // where the law reaches u
                if (distribution(law, (lo + hi) / 2) < u)
                    lo = (lo + hi) / 2;
                else
                    hi = (lo + hi) / 2;
            CU_ASSERT_DOUBLE_EQUAL(drawn, hi, 0.02 * hi + 0.1);
            snprintf(line, sizeof line, "%s,%g,%.6g,%.6g", variate_law_names[law], u, hi, drawn);
            curves_point("delays", "law,share,formula,drawn", line);
        }
    }
    free(t);
}

UNIT_MAIN("queues", {"textbook_waits", textbook_waits}, {"full_queues", full_queues},
          {"fluid_of_one_size", fluid_of_one_size},
          {"fluid_of_exponential_sizes", fluid_of_exponential_sizes},
          {"overload_and_drain", overload_and_drain}, {"bursts_of_losses", bursts_of_losses},
          {"laws_of_delay", laws_of_delay})
