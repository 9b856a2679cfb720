// SPDX-License-Identifier: GPL-3.0-or-later
// red: random early detection (Floyd, Jacobson: Random Early Detection Gateways for Congestion
// Avoidance, IEEE/ACM ToN 1(4), 1993; "gentle": Floyd 2000).
//
// The backlog that arriving packets find, fluid work included, is averaged by an exponentially
// weighted moving average. While the queue is empty it decays as if small packets had passed: by
// (1 − weight)^m with m the packets of `mean_packet` that would have fitted into the time. Below
// `min` nothing is dropped; from there to `max` the probability rises to `max_probability`, and is
// spread evenly over packets: p / (1 − n p) after n that were let through, so that the
// distance between drops is uniform from 1 to 1/p. With ECN
// packets that can be marked are marked instead, except where the average is beyond all thresholds.
#include "base/rng.h"
#include "base/units.h"
#include "net/qdisc.h"

#include <math.h>

struct red {
    double average_bytes;
    int64_t seen_ps;  // when it was last brought up to date
    double since;     // packets let through since the last one dropped
    int64_t empty_ps; // when the queue became empty
    int64_t mean_ps;  // a mean packet takes so long
};

static void start(struct qdisc *q)
{
    struct red *r = q->state;
    r->mean_ps = ps_for_bytes(q->is.mean_packet_bytes, q->rate_bps);
}

static void average(struct qdisc *q, const struct qdisc_item *i, int64_t now_ps)
{
    struct red *r = q->state;
    double came = q->fluid_load * (double)(now_ps - r->seen_ps) / (double)r->mean_ps;
    double found = (double)(q->bytes + qdisc_fluid_bytes(q, i->fluid_ps));
    if (!q->packets && i->fluid_ps == 0)
        r->average_bytes *=
            pow(1 - q->is.weight, (double)(now_ps - r->empty_ps) / (double)r->mean_ps);
    else if (came < 1)
        r->average_bytes += q->is.weight * (found - r->average_bytes);
    else // the fluid has brought packets since, each of which found about as much
        r->average_bytes += (1 - pow(1 - q->is.weight, 1 + came)) * (found - r->average_bytes);
    r->seen_ps = now_ps;
}

// Probability of a drop at this average; 2: in any case.
static double probability(const struct qdisc *q)
{
    const struct red *r = q->state;
    double at = r->average_bytes, top = q->is.max_probability;
    double lo = (double)q->is.min_bytes, hi = (double)q->is.max_bytes;
    if (at < lo)
        return 0;
    if (at < hi)
        return top * (at - lo) / (hi - lo);
    if (q->is.gentle && at < 2 * hi)
        return top + (1 - top) * (at - hi) / hi;
    return 2;
}

static bool chosen(struct qdisc *q, double p)
{
    struct red *r = q->state;
    double left = 1 - r->since * p;
    bool hit = p > 0 && (left <= p || rng_uniform(q->rng) < p / left);
    r->since = hit || p <= 0 ? 0 : r->since + 1;
    return hit;
}

static void enqueue(struct qdisc *q, struct qdisc_item i, int64_t now_ps)
{
    average(q, &i, now_ps);
    double p = probability(q);
    if (qdisc_full(q, &i))
        qdisc_drop(q, i, FWD_DROP_QUEUE_FULL);
    else if (chosen(q, p) && (p > 1 || !q->is.ecn || !qdisc_mark(q, i.packet)))
        qdisc_drop(q, i, FWD_DROP_EARLY);
    else
        qdisc_push(q, 0, i);
}

static bool dequeue(struct qdisc *q, int64_t now_ps, struct qdisc_item *out, int64_t *ready_ps)
{
    struct red *r = q->state;
    *ready_ps = TIME_NEVER;
    if (!q->packets)
        return false;
    *out = qdisc_pop(q, 0);
    if (!q->packets)
        r->empty_ps = now_ps;
    return true;
}

const struct qdisc_ops qdisc_red = {.name = "red",
                                    .size = sizeof(struct red),
                                    .fifos = qdisc_one_fifo,
                                    .start = start,
                                    .enqueue = enqueue,
                                    .dequeue = dequeue};
