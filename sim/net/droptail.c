// SPDX-License-Identifier: GPL-3.0-or-later
// droptail: one FIFO; what does not fit is dropped.
#include "base/units.h"
#include "net/qdisc.h"

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
    (void)now_ps;
    *ready_ps = TIME_NEVER;
    if (!q->packets)
        return false;
    *out = qdisc_pop(q, 0);
    return true;
}

const struct qdisc_ops qdisc_droptail = {
    .name = "drop-tail", .fifos = qdisc_one_fifo, .enqueue = enqueue, .dequeue = dequeue};
