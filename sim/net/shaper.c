// SPDX-License-Identifier: GPL-3.0-or-later
// shaper: a FIFO behind a token bucket. Kept as virtual scheduling (ITU-T I.371 Annex A) rather
// than as a level of tokens: `empty_ps` is when a bucket that had sent all it may would be at its
// present level, so nothing is rounded but the time of a packet. A packet larger than the bucket
// leaves when the bucket would hold enough for it.
#include "base/units.h"
#include "net/qdisc.h"

struct shaper {
    int64_t empty_ps; // the bucket is full when this lies `burst` in the past
    int64_t burst_ps; // the bucket as time at its rate
    int64_t left_ps;  // when the last packet left
};

static void start(struct qdisc *q)
{
    struct shaper *s = q->state;
    s->burst_ps = ps_for_bytes(q->is.burst_bytes, q->is.shaper_bps);
    s->empty_ps = -s->burst_ps;
}

static void enqueue(struct qdisc *q, struct qdisc_item i, int64_t now_ps)
{
    (void)now_ps;
    if (qdisc_full(q, &i))
        qdisc_drop(q, i, FWD_DROP_QUEUE_FULL);
    else
        qdisc_push(q, 0, i);
}

static bool dequeue(struct qdisc *q, int64_t now_ps, struct qdisc_item *out, int64_t *ready_ps)
{
    struct shaper *s = q->state;
    const struct qdisc_item *first = qdisc_first(q, 0);
    *ready_ps = TIME_NEVER;
    if (!first)
        return false;
    // It does not fill beyond its size, but for a larger packet that waits for it at the head.
    int64_t own_ps = ps_for_bytes(first->packet->length, q->is.shaper_bps);
    int64_t head_ps = first->since_ps > s->left_ps ? first->since_ps : s->left_ps;
    int64_t full_ps = (own_ps > s->burst_ps ? head_ps : now_ps) - s->burst_ps;
    if (s->empty_ps < full_ps)
        s->empty_ps = full_ps;
    int64_t then_ps = s->empty_ps + own_ps;
    if (then_ps > now_ps) {
        *ready_ps = then_ps;
        return false;
    }
    s->empty_ps = then_ps;
    s->left_ps = now_ps;
    *out = qdisc_pop(q, 0);
    return true;
}

const struct qdisc_ops qdisc_shaper = {.name = "shaper",
                                       .size = sizeof(struct shaper),
                                       .fifos = qdisc_one_fifo,
                                       .start = start,
                                       .enqueue = enqueue,
                                       .dequeue = dequeue};
