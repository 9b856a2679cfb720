// SPDX-License-Identifier: GPL-3.0-or-later
// priority: strict priority between classes: the first one that holds a packet sends it.
#include "base/units.h"
#include "net/qdisc.h"

static enum qdisc_place place(const struct qdisc *q, const struct packet *p)
{
    uint32_t c = qdisc_class_of(q, p), fluid = (uint32_t)q->is.fluid_class;
    return c < fluid ? QDISC_ASIDE : c > fluid ? QDISC_AFTER : QDISC_BEHIND;
}

static void enqueue(struct qdisc *q, struct qdisc_item i, int64_t now_ps)
{
    uint32_t c = qdisc_class_of(q, i.packet);
    int64_t limit = q->is.classes[c].limit_bytes;
    int64_t fluid = c == (uint32_t)q->is.fluid_class ? qdisc_fluid_against(q, i.fluid_ps) : 0;
    (void)now_ps;
    if (limit && q->fifos[c].bytes + i.packet->length + fluid > limit)
        qdisc_drop(q, i, FWD_DROP_QUEUE_FULL);
    else
        qdisc_push(q, c, i);
}

static bool dequeue(struct qdisc *q, int64_t now_ps, struct qdisc_item *out, int64_t *ready_ps)
{
    *ready_ps = TIME_NEVER;
    for (uint32_t c = 0; c < q->nfifos; c++) {
        if (!q->fifos[c].count)
            continue;
        int64_t fluid_ps = 0;
        if (c > (uint32_t)q->is.fluid_class && q->fluid_work_ps)
            fluid_ps = q->fluid_work_ps(q->ctx, now_ps);
        if (fluid_ps > 0) { // more may come until then
            *ready_ps = now_ps + fluid_ps;
            return false;
        }
        *out = qdisc_pop(q, c);
        return true;
    }
    return false;
}

const struct qdisc_ops qdisc_priority = {.name = "priority",
                                         .fifos = qdisc_class_fifos,
                                         .place = place,
                                         .enqueue = enqueue,
                                         .dequeue = dequeue};
