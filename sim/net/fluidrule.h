// SPDX-License-Identifier: GPL-3.0-or-later
// fluidrule: what a queue discipline (net/qdisc.h) makes of the fluid of its port.
//
//   limits      the fluid's buffer is the discipline's limit, or that of the class that it is in
//   shaper      it is served at the shaper's rate, and waits for what exceeds the bucket: a queue at that
//               rate, of which the bucket hides so much (Reich; Le Boudec, Thiran: Network Calculus, §1.5)
//   red         loses what keeps the average backlog on the curve of drops: a fixed point
//   codel,      nothing: a load that does not yield fills their limit, as drops that begin anew each time
//   fq-codel    never become frequent enough for long (docs/queueing.md)
//
// RED is taken as it settles: so much is dropped before the queue, the rest loads it.
#ifndef ANYSIM_NET_FLUIDRULE_H
#define ANYSIM_NET_FLUIDRULE_H

#include "net/fluidqueue.h"
#include "net/qdisc.h"

#define FLUID_PACKET                                                                               \
    1500 // bytes: the fluid comes in packets of so much, or of a burst if that is less

struct fluid_rule {
    bool red;                   // and then:
    int64_t served_bps;         // 0: the port's rate
    int64_t hidden_ps;          // of the backlog, by a bucket
    double min_ps, max_ps, top; // thresholds, probability at `max`
    bool gentle;
};

// The rule of a discipline at a port of that rate, and the fluid's buffer, which stays what it is where
// the discipline has no limit.
struct fluid_rule fluid_rule_of(const struct qdisc_options *o, int64_t rate_bps,
                                int64_t *buffer_ps);

// A queue as the rule sees it.
struct fluid_settled {
    const void *ctx;
    struct fluid_fate (*fate)(const void *ctx,
                              double rho); // that load in the long run, without the rule
};

// What becomes of a load: `*passes` is the part of it that loads the queue, in shares of the rate.
struct fluid_fate fluid_rule_fate(const struct fluid_rule *r, const struct fluid_settled *q,
                                  double rho, double *passes);

#endif
