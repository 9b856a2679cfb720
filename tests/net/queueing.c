// SPDX-License-Identifier: GPL-3.0-or-later
#include "queueing.h"

#include "fwd/headers.h"
#include "unit.h"

static void dropped(void *ctx, struct packet *p, enum fwd_drop reason)
{
    struct queueing *w = ctx;
    CU_ASSERT_FATAL(w->ndropped < QUEUEING_DROPS);
    w->dropped[w->ndropped] = p->seq;
    w->reason[w->ndropped++] = reason;
    packet_give(&w->pool, p);
}

void queueing_begin(struct queueing *w, const char *kind, struct qdisc_options o)
{
    o.ops = qdisc_kind(kind);
    CU_ASSERT_PTR_NOT_NULL_FATAL(o.ops);
    packet_pool_init(&w->pool);
    w->q = qdisc_new(1, "test", QUEUEING_RATE, &o);
    w->q->ctx = w;
    w->q->drop = dropped;
    w->ndropped = 0;
}

void queueing_end(struct queueing *w)
{
    qdisc_clear(w->q, FWD_DROP_LINK_DOWN);
    qdisc_flush(w->q);
    CU_ASSERT(w->q->packets == 0 && w->q->bytes == 0);
    CU_ASSERT_EQUAL(w->pool.live, 0);
    qdisc_free(w->q);
    packet_pool_free(&w->pool);
}

struct packet *queueing_packet(struct queueing *w, uint32_t seq, uint32_t length, uint8_t tos,
                               uint16_t flow)
{
    struct packet *p = packet_take(&w->pool);
    packet_build_udp(p, IP4(10, 0, 0, 1), IP4(10, 0, 0, 2), flow, 2000, 64, length, NULL);
    ip4_set_tos(packet_data(p), tos);
    p->seq = seq;
    return p;
}

void queueing_put(struct queueing *w, struct packet *p, int64_t now_ps, int64_t fluid_ps)
{
    w->q->ops->enqueue(w->q, (struct qdisc_item){p, now_ps, fluid_ps}, now_ps);
    qdisc_flush(w->q);
}

int64_t queueing_get(struct queueing *w, int64_t now_ps)
{
    struct qdisc_item i;
    int64_t ready_ps, seq = -1;
    bool there = w->q->ops->dequeue(w->q, now_ps, &i, &ready_ps);
    qdisc_flush(w->q);
    if (there) {
        seq = i.packet->seq;
        packet_give(&w->pool, i.packet);
    }
    return seq;
}
