// SPDX-License-Identifier: GPL-3.0-or-later
// Queues from real ports and packets against the textbooks (rows 23 and 24), the fluid against packets
// (row 25), bursts of losses (row 26). Quick points here; with ANYSIM_VALIDATE set all of them. With
// ANYSIM_CURVES=DIRECTORY every point is also written to a CSV file there, for plots/validation.
#include "hops.h"
#include "unit.h"

#include "net/impair.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool thorough(void)
{
    return getenv("ANYSIM_VALIDATE");
}

// Appends a line to NAME.csv where the plots look for it; the first one is headed.
static void point(const char *name, const char *head, const char *line)
{
    const char *directory = getenv("ANYSIM_CURVES");
    char path[512];
    if (!directory)
        return;
    snprintf(path, sizeof path, "%s/%s.csv", directory, name);
    FILE *f = fopen(path, "a");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fseek(f, 0, SEEK_END);
    if (ftell(f) == 0)
        fprintf(f, "%s\n", head);
    fprintf(f, "%s\n", line);
    fclose(f);
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

// Every packet's wait in a port, Poisson arrivals: λE[S²]/(2(1 − ρ)), Pollaczek and Khinchine.
static void textbook_waits(void)
{
    static const double rhos[] = {0.3, 0.5, 0.7, 0.8, 0.9, 0.95};
    for (size_t l = 0; l < 3; l++)
        for (size_t i = 0; i < sizeof rhos / sizeof rhos[0]; i++) {
            double rho = rhos[i];
            if (!thorough() && rho != 0.5 && rho != 0.8)
                continue;
            // 10⁷ packets; at the highest load, where a queue forgets in 3,000 of them, more.
            double packets = thorough() ? (rho > 0.92 ? 6e7 : rho > 0.85 ? 3e7 : 1e7) : 3e5;
            struct hops_options o = {.seed = 23 + i,
                                     .hops = 1,
                                     .kind = laws[l].kind,
                                     .spread = 4,
                                     .rho = rho,
                                     .buffer = 1e6,
                                     .length = packets / rho};
            struct hops_result r = hops_run(&o);
            double wanted = rho * laws[l].second / 2 / (1 - rho);
            char what[80], line[160];
            snprintf(what, sizeof what, "%s mean wait at %g", laws[l].name, rho);
            snprintf(line, sizeof line, "%s,%g,%.6g,%.6g", laws[l].name, rho, wanted, r.mean);
            row(23, what, wanted, r.mean, thorough() ? 0.02 : 0.1, 0);
            point("waits", "queue,rho,formula,measured", line);
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
                                     .length = (thorough() ? 1e7 : 5e5) / rho};
            struct hops_result r = hops_run(&o);
            double wanted =
                rho == 1 ? 1 / (room + 1) : (1 - rho) * pow(rho, room) / (1 - pow(rho, room + 1));
            char what[80], line[160];
            snprintf(what, sizeof what, "M/M/1/%g loss at %g", room, rho);
            snprintf(line, sizeof line, "%g,%g,%.6g,%.6g", room, rho, wanted, r.loss);
            row(24, what, wanted, r.loss, thorough() ? 0.03 : 0.08, 0);
            point("losses", "room,rho,formula,measured", line);
        }
}

// Loss of both within a tenth, or what the counts scatter: losses come in bunches of about a dozen.
static double scatter(const struct hops_result *a, const struct hops_result *b)
{
    double share = (a->loss + b->loss) / 2;
    return 3 * sqrt(2 * share * 12 / (double)a->sent);
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
    row(25, text, packets.loss, fluid.loss, 0.1, scatter(&packets, &fluid));
    for (int i = 0; i < HOPS_PHASES && o->cycle > 0; i++) {
        static const char *const names[] = {"growing", "full", "draining", "at rest"};
        snprintf(text, sizeof text, "%s: mean wait %s", what, names[i]);
        row(25, text, packets.phase[i], fluid.phase[i], relative, i == 3 ? 0.05 : 0);
    }
    snprintf(text, sizeof text, "%s,%d,%g,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g", burst_kind_names[o->kind],
             o->hops, o->rho, packets.mean, fluid.mean, packets.p99, fluid.p99, packets.loss,
             fluid.loss);
    if (o->cycle <= 0)
        point("hybrid",
              "law,hops,rho,mean_packets,mean_fluid,p99_packets,p99_fluid,loss_packets,"
              "loss_fluid",
              text);
}

static void hybrid(enum burst_kind kind, int room)
{
    static const double rhos[] = {0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98};
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
                                     .probe_every = 20,
                                     .length = thorough() ? rho > 0.85 ? 1.2e7 : 4e6 : 4e5};
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

// Load 1.4 for a quarter of the time, 0.6 else; a buffer of 150 S fills in 375 S of 1,000.
static void overload_and_drain(void)
{
    for (int hops = 1; hops <= (thorough() ? 3 : 1); hops += 2) {
        struct hops_options o = {.seed = 99,
                                 .hops = hops,
                                 .kind = BURST_DETERMINISTIC,
                                 .rho = 0.6,
                                 .over = 1.4,
                                 .cycle = 4000,
                                 .buffer = 150,
                                 .probe_every = 10,
                                 .length = thorough() ? 2e6 : 2e5};
        char what[80];
        snprintf(what, sizeof what, "overload and drain, %d hop%s", hops, hops > 1 ? "s" : "");
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
        double packets = thorough() ? 1e7 : 4e5, lost = 0, bursts = 0;
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
        point("gilbert", "p,r,loss_formula,loss_measured,burst_formula,burst_measured", line);
    }
}

UNIT_MAIN("queues", {"textbook_waits", textbook_waits}, {"full_queues", full_queues},
          {"fluid_of_one_size", fluid_of_one_size},
          {"fluid_of_exponential_sizes", fluid_of_exponential_sizes},
          {"overload_and_drain", overload_and_drain}, {"bursts_of_losses", bursts_of_losses})
