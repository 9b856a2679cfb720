// SPDX-License-Identifier: GPL-3.0-or-later
// fq-codel: flow queues by deficit round robin, each under CoDel (RFC 8290). Flows are hashed into
// `flows` queues with a seed of the port's own. A queue that becomes active is new and goes before
// the old ones until it has sent a quantum: a flow that sends little does not wait behind others.
// Over the limit of packets the queue with the most bytes loses half of its packets, up to 64, from
// its head (§4.1).
#include "base/arena.h"
#include "base/units.h"
#include "fwd/flowhash.h"
#include "net/codellaw.h"

#include <stdlib.h>

#define BATCH 64
#define NONE  UINT32_MAX

enum place { IDLE, NEW, OLD };

struct flow_queue {
    struct codel codel;
    int64_t deficit;
    uint32_t next; // in its list
    uint8_t place;
};

struct list {
    uint32_t first, last;
};

struct fqcodel {
    struct flow_queue *queues;
    struct list lists[3]; // by place; IDLE has none
    uint32_t hash_seed;
};

static uint32_t fifos(const struct qdisc_options *o)
{
    return o->flows;
}

static void start(struct qdisc *q)
{
    struct fqcodel *f = q->state;
    f->queues = xcalloc(q->nfifos, sizeof *f->queues);
    f->lists[NEW] = f->lists[OLD] = (struct list){NONE, NONE};
    f->hash_seed = (uint32_t)gsl_rng_get(q->rng);
}

static void stop(struct qdisc *q)
{
    struct fqcodel *f = q->state;
    free(f->queues);
}

static void append(struct fqcodel *f, uint32_t queue, enum place place)
{
    struct list *l = &f->lists[place];
    f->queues[queue].next = NONE;
    f->queues[queue].place = (uint8_t)place;
    if (l->first == NONE)
        l->first = queue;
    else
        f->queues[l->last].next = queue;
    l->last = queue;
}

static uint32_t take_first(struct fqcodel *f, enum place place)
{
    uint32_t queue = f->lists[place].first;
    f->lists[place].first = f->queues[queue].next;
    f->queues[queue].place = IDLE;
    return queue;
}

static enum qdisc_place place(const struct qdisc *q, const struct packet *p)
{
    (void)q;
    (void)p;
    return QDISC_ASIDE;
}

static void drop_from_fattest(struct qdisc *q)
{
    uint32_t fattest = 0;
    for (uint32_t i = 1; i < q->nfifos; i++)
        if (q->fifos[i].bytes > q->fifos[fattest].bytes)
            fattest = i;
    uint32_t count = (q->fifos[fattest].count + 1) / 2;
    for (uint32_t i = 0; i < count && i < BATCH; i++)
        qdisc_drop(q, qdisc_pop(q, fattest), FWD_DROP_QUEUE_FULL);
}

static void enqueue(struct qdisc *q, struct qdisc_item i, int64_t now_ps)
{
    struct fqcodel *f = q->state;
    uint32_t hash = flowhash(packet_view(i.packet), i.packet->captured, f->hash_seed, false);
    uint32_t queue = (uint32_t)((uint64_t)hash * q->nfifos >> 32);
    (void)now_ps;
    qdisc_push(q, queue, i);
    if (f->queues[queue].place == IDLE) {
        f->queues[queue].deficit = q->is.quantum_bytes;
        append(f, queue, NEW);
    }
    if ((q->is.limit_packets && q->packets > q->is.limit_packets) ||
        (q->is.limit_bytes && q->bytes > q->is.limit_bytes))
        drop_from_fattest(q);
}

static bool dequeue(struct qdisc *q, int64_t now_ps, struct qdisc_item *out, int64_t *ready_ps)
{
    struct fqcodel *f = q->state;
    *ready_ps = TIME_NEVER;
    for (;;) {
        enum place from = f->lists[NEW].first != NONE ? NEW : OLD;
        uint32_t queue = f->lists[from].first;
        if (queue == NONE)
            return false;
        struct flow_queue *fq = &f->queues[queue];
        if (fq->deficit <= 0) {
            fq->deficit += q->is.quantum_bytes;
            append(f, take_first(f, from), OLD);
        } else if (codel_take(&fq->codel, q, queue, now_ps, out)) {
            fq->deficit -= out->packet->length;
            return true;
        } else {
            // A new queue that is empty becomes an old one first, so that it cannot go before the
            // others again at once (§4.2).
            take_first(f, from);
            if (from == NEW)
                append(f, queue, OLD);
        }
    }
}

const struct qdisc_ops qdisc_fqcodel = {.name = "fq-codel",
                                        .size = sizeof(struct fqcodel),
                                        .fifos = fifos,
                                        .start = start,
                                        .stop = stop,
                                        .place = place,
                                        .enqueue = enqueue,
                                        .dequeue = dequeue};
