// SPDX-License-Identifier: GPL-3.0-or-later
// drr: deficit round robin between classes (Shreedhar, Varghese: Efficient Fair Queueing using
// Deficit Round Robin, SIGCOMM 1995). Each visit of the round gives a class its quantum; it sends
// while its deficit covers the packet at its head, and keeps what is left. A class that has
// nothing to send leaves the round and its deficit with it.
#include "base/arena.h"
#include "base/units.h"
#include "net/qdisc.h"

#include <stdlib.h>

struct drr {
    int64_t *deficit;       // [class]
    uint32_t *round;        // classes that hold packets, in the order of the round; a ring …
    uint32_t head, length;  // … of nfifos places
    bool visited;           // the first one has had its quantum in this visit
    int64_t fluid_until_ps; // the fluid has its own visit
};

static void start(struct qdisc *q)
{
    struct drr *d = q->state;
    d->deficit = xcalloc(q->nfifos, sizeof *d->deficit);
    d->round = xcalloc(q->nfifos, sizeof *d->round);
}

static void stop(struct qdisc *q)
{
    struct drr *d = q->state;
    free(d->deficit);
    free(d->round);
}

static enum qdisc_place place(const struct qdisc *q, const struct packet *p)
{
    return qdisc_class_of(q, p) == (uint32_t)q->is.fluid_class ? QDISC_BEHIND : QDISC_ASIDE;
}

static int64_t stretch(const struct qdisc *q)
{
    return q->is.classes[q->is.fluid_class].quantum_bytes;
}

static void join(struct qdisc *q, uint32_t class)
{
    struct drr *d = q->state;
    d->round[(d->head + d->length++) % q->nfifos] = class;
}

static void enqueue(struct qdisc *q, struct qdisc_item i, int64_t now_ps)
{
    uint32_t c = qdisc_class_of(q, i.packet);
    int64_t limit = q->is.classes[c].limit_bytes;
    int64_t bytes = q->fifos[c].bytes + i.packet->length + qdisc_fluid_against(q, i.fluid_ps);
    (void)now_ps;
    if (limit && bytes > limit) {
        qdisc_drop(q, i, FWD_DROP_QUEUE_FULL);
        return;
    }
    if (!q->fifos[c].count)
        join(q, c);
    qdisc_push(q, c, i);
}

// After a round the fluid sends its quantum, if it has so much.
static void visit_fluid(struct qdisc *q, int64_t now_ps)
{
    struct drr *d = q->state;
    int64_t work_ps = q->fluid_work_ps ? q->fluid_work_ps(q->ctx, now_ps) : 0;
    int64_t quantum_ps = ps_for_bytes(stretch(q), q->rate_bps);
    d->fluid_until_ps = now_ps + (work_ps < quantum_ps ? work_ps : quantum_ps);
}

// The class at the head of the round ends its visit.
static void leave(struct qdisc *q, int64_t now_ps)
{
    struct drr *d = q->state;
    uint32_t c = d->round[d->head], next = d->round[(d->head + 1) % q->nfifos];
    if (q->fifos[c].count && c != (uint32_t)q->is.fluid_class && (d->length == 1 || next <= c))
        visit_fluid(q, now_ps);
    d->head = (d->head + 1) % q->nfifos;
    d->length--;
    d->visited = false;
    if (q->fifos[c].count)
        join(q, c);
    else
        d->deficit[c] = 0;
}

static bool dequeue(struct qdisc *q, int64_t now_ps, struct qdisc_item *out, int64_t *ready_ps)
{
    struct drr *d = q->state;
    *ready_ps = TIME_NEVER;
    while (d->length) {
        uint32_t c = d->round[d->head];
        if (now_ps < d->fluid_until_ps && c != (uint32_t)q->is.fluid_class) {
            *ready_ps = d->fluid_until_ps;
            return false;
        }
        if (!d->visited)
            d->deficit[c] += q->is.classes[c].quantum_bytes;
        d->visited = true;
        int64_t length = qdisc_first(q, c)->packet->length;
        if (length > d->deficit[c]) {
            leave(q, now_ps);
            continue;
        }
        d->deficit[c] -= length;
        *out = qdisc_pop(q, c);
        if (!q->fifos[c].count)
            leave(q, now_ps);
        return true;
    }
    return false;
}

const struct qdisc_ops qdisc_drr = {.name = "drr",
                                    .size = sizeof(struct drr),
                                    .fifos = qdisc_class_fifos,
                                    .start = start,
                                    .stop = stop,
                                    .place = place,
                                    .stretch = stretch,
                                    .enqueue = enqueue,
                                    .dequeue = dequeue};
