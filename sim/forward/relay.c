// SPDX-License-Identifier: GPL-3.0-or-later
#include "forward/relay.h"

#include <assert.h>

static void act(struct relay *r, struct parcel *p, int64_t now_ps);

static void dropped(struct relay *r, struct parcel *p, int64_t now_ps)
{
    r->ops->drop(r->ctx, p, now_ps);
    if (p->r.icmp_type) {
        struct parcel *e = parcel_take(r->parcels);
        e->packet.seq = p->packet.seq;
        e->packet.flow = p->packet.flow;
        e->packet.weight = 1;
        if (fwd_icmp_error(r->node, &p->packet, &p->r, now_ps, &e->packet)) {
            e->packet.kind = PARCEL_ERROR;
            relay_originate(r, e, now_ps);
        } else {
            parcel_give(r->parcels, e);
        }
    }
    parcel_give(r->parcels, p);
}

static void cut(struct relay *r, struct parcel *whole, int64_t now_ps)
{
    for (unsigned i = 0;; i++) {
        struct parcel *piece = parcel_take(r->parcels);
        piece->packet.seq = whole->packet.seq;
        piece->packet.flow = whole->packet.flow;
        piece->packet.weight = whole->packet.weight;
        if (!fwd_fragment(&whole->packet, whole->r.mtu, i, &piece->packet)) {
            parcel_give(r->parcels, piece);
            break;
        }
        piece->packet.kind = PARCEL_PIECE;
        fwd_resume(r->node, &piece->packet, &whole->r, now_ps, &piece->r);
        act(r, piece, now_ps);
    }
    parcel_give(r->parcels, whole);
}

static void act(struct relay *r, struct parcel *p, int64_t now_ps)
{
    switch (p->r.verdict) {
    case FWD_OUT:
        r->ops->out(r->ctx, p, now_ps);
        break;
    case FWD_LOCAL:
        r->ops->local(r->ctx, p, now_ps);
        break;
    case FWD_DROP:
        dropped(r, p, now_ps);
        break;
    case FWD_FRAGMENT:
        cut(r, p, now_ps);
        break;
    }
}

void relay_receive(struct relay *r, struct parcel *const *batch, unsigned count, uint32_t in_if,
                   int64_t now_ps)
{
    struct packet *packets[FWD_BATCH] = {NULL};
    struct fwd_result results[FWD_BATCH];
    assert(count <= FWD_BATCH);
    for (unsigned i = 0; i < count; i++)
        packets[i] = &batch[i]->packet;
    for (unsigned i = 0; i < count;) { // in steps: pieces leave before what came after them
        unsigned upto =
            i + fwd_receive_batch(r->node, packets + i, count - i, in_if, now_ps, results + i);
        for (; i < upto; i++) {
            batch[i]->r = results[i];
            act(r, batch[i], now_ps);
        }
    }
}

void relay_originate(struct relay *r, struct parcel *p, int64_t now_ps)
{
    fwd_originate(r->node, &p->packet, now_ps, &p->r);
    act(r, p, now_ps);
}

void relay_refuse(struct relay *r, struct parcel *p, enum fwd_drop reason, int64_t now_ps)
{
    fwd_refuse(r->node, &p->packet, reason, &p->r);
    dropped(r, p, now_ps);
}
