// SPDX-License-Identifier: GPL-3.0-or-later
// codel: one FIFO under CoDel (RFC 8289).
#include "base/units.h"
#include "net/codellaw.h"

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
    *ready_ps = TIME_NEVER;
    return codel_take(q->state, q, 0, now_ps, out);
}

const struct qdisc_ops qdisc_codel = {.name = "codel",
                                      .size = sizeof(struct codel),
                                      .fifos = qdisc_one_fifo,
                                      .enqueue = enqueue,
                                      .dequeue = dequeue};
