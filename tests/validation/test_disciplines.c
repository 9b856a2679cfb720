// SPDX-License-Identifier: GPL-3.0-or-later
// The fluid under queue disciplines against all packets (row 25): what probes wait and lose when the load
// is packets, when it is a fluid, and what the fluid says of a demand (net/fluidrule.h). Exponential
// packets; waits in S. Few points here; with ANYSIM_VALIDATE set all of them, and longer.
#include "hops.h"
#include "unit.h"

#include "base/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define S_PS    (8 * PS_PER_US)
#define S_BYTES 1000
#define EF      46

static bool thorough(void)
{
    return getenv("ANYSIM_VALIDATE");
}

static void row(const char *what, double expected, double obtained, double relative,
                double absolute)
{
    bool ok = fabs(obtained - expected) <= relative * expected + absolute;
    printf("row 25: expected %s %.5g +- %g %%, obtained %.5g: %s\n", what, expected, 100 * relative,
           obtained, ok ? "ok" : "FAILED");
    CU_ASSERT(ok);
}

// How far each may be off: shares of the wait and of the loss, and so much of either besides.
struct tolerance {
    double wait, loss, wait_s, loss_share;
};

// `demand`: probes meet what a demand does, which the fluid's own fate must say, too.
static void compare(const char *what, const struct hops_options *as, bool demand,
                    const struct tolerance *t)
{
    struct hops_options o = *as;
    double wider = thorough() ? 1 : 2;
    char text[160];
    o.seed = 31;
    o.hops = 1;
    o.kind = BURST_EXPONENTIAL;
    o.length = thorough() ? 3e6 : 5e5;
    o.probe_every = 50;
    struct hops_result packets = hops_run(&o);
    o.fluid = true;
    struct hops_result fluid = hops_run(&o);
    snprintf(text, sizeof text, "%s at %g: wait of probes", what, o.rho);
    row(text, packets.mean, fluid.mean, wider * t->wait, t->wait_s);
    snprintf(text, sizeof text, "%s at %g: loss of probes", what, o.rho);
    row(text, demand ? packets.load_loss : packets.loss, fluid.loss, wider * t->loss,
        t->loss_share);
    if (!demand)
        return;
    snprintf(text, sizeof text, "%s at %g: wait of a demand", what, o.rho);
    row(text, packets.mean, (double)fluid.fate.wait_ps / (double)S_PS, wider * t->wait, t->wait_s);
    snprintf(text, sizeof text, "%s at %g: loss of a demand", what, o.rho);
    row(text, packets.load_loss, fluid.fate.loss, wider * t->loss, t->loss_share);
}

static const struct tolerance usual = {0.05, 0.05, 0.1, 0.003};

static void limits(void)
{
    static const double rhos[] = {0.8, 1.2, 0.95};
    struct qdisc_options q = {.ops = qdisc_kind("drop-tail"), .limit_bytes = 40 * S_BYTES};
    for (int i = 0; i < (thorough() ? 3 : 2); i++)
        compare("drop-tail of 40 packets",
                &(struct hops_options){.rho = rhos[i], .buffer = 4000, .discipline = &q}, true,
                &usual);
}

// Half the line, and a bucket of 5 packets. Load in shares of the line. What packets that the bucket lets
// go together wait for each other on the line, about one's time, the fluid does not know.
static void shaper(void)
{
    static const double rhos[] = {0.45, 0.6, 0.4};
    struct qdisc_options q = {.ops = qdisc_kind("shaper"),
                              .limit_bytes = 60 * S_BYTES,
                              .shaper_bps = 500000000,
                              .burst_bytes = 5 * S_BYTES};
    for (int i = 0; i < (thorough() ? 3 : 2); i++)
        compare("shaper at half the rate",
                &(struct hops_options){.rho = rhos[i], .buffer = 4000, .discipline = &q}, true,
                &(struct tolerance){0.05, 0.05, 1, 0.003});
}

static void red(void)
{
    static const double rhos[] = {0.9, 1.2, 0.98, 1.05};
    struct qdisc_options q = {.ops = qdisc_kind("red"),
                              .limit_bytes = 400 * S_BYTES,
                              .min_bytes = 20 * S_BYTES,
                              .max_bytes = 100 * S_BYTES,
                              .mean_packet_bytes = S_BYTES,
                              .max_probability = 0.2,
                              .weight = 0.002,
                              .gentle = true};
    for (int i = 0; i < (thorough() ? 4 : 2); i++)
        compare("red", &(struct hops_options){.rho = rhos[i], .buffer = 4000, .discipline = &q},
                true, &(struct tolerance){0.25, 0.1, 0.1, 0.025});
}

static void codel(void)
{
    static const double rhos[] = {0.8, 1.2, 0.95, 1.05};
    struct qdisc_options q = {.ops = qdisc_kind("codel"),
                              .limit_bytes = 400 * S_BYTES,
                              .target_ps = 50 * S_PS,
                              .interval_ps = 1000 * S_PS};
    for (int i = 0; i < (thorough() ? 4 : 2); i++)
        compare("codel", &(struct hops_options){.rho = rhos[i], .buffer = 4000, .discipline = &q},
                true, &(struct tolerance){0.4, 0.1, 0.1, 0.01});
}

// The load is in the class without a DSCP; probes go before it, or behind it.
static void classes(void)
{
    static const double rhos[] = {0.8, 0.5, 1.2};
    static const struct qdisc_class first[] = {
        {.dscp = UINT64_C(1) << EF, .quantum_bytes = 1500},
        {.limit_bytes = 100 * S_BYTES, .quantum_bytes = 1500}};
    static const struct qdisc_class last[] = {{.limit_bytes = 100 * S_BYTES},
                                              {.dscp = UINT64_C(1) << EF}};
    struct qdisc_options q = {.ops = qdisc_kind("priority"), .nclasses = 2};
    for (int i = 0; i < (thorough() ? 3 : 1); i++) {
        struct hops_options o = {.rho = rhos[i], .buffer = 4000, .discipline = &q};
        q.classes = first;
        q.fluid_class = 1;
        compare("priority, the load's class", &o, true, &usual);
        o.probe_dscp = EF;
        compare("priority, before the load", &o, false, &(struct tolerance){0, 0, 0.6, 0.002});
        q.ops = qdisc_kind("drr");
        compare("drr, another class", &o, false, &(struct tolerance){0, 0, 1, 0.002});
        o.probe_dscp = 0;
        compare("drr, the load's class", &o, true, &usual);
        q.ops = qdisc_kind("priority");
        q.classes = last;
        q.fluid_class = 0;
        o.probe_dscp = EF;
        if (rhos[i] < 1)
            compare("priority, after the load", &o, false, &(struct tolerance){0.1, 0, 0, 0.002});
    }
}

UNIT_MAIN("disciplines", {"limits", limits}, {"shaper", shaper}, {"red", red}, {"codel", codel},
          {"classes", classes})
