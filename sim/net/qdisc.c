// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/qdisc.h"

#include "base/arena.h"
#include "base/rng.h"
#include "base/units.h"
#include "fwd/ecn.h"

#include <stdlib.h>
#include <string.h>

#define DSCP_SHIFT 2 // the two bits below it are ECN (RFC 2474, RFC 3168)

const struct qdisc_ops *qdisc_kind(const char *name)
{
    static const struct qdisc_ops *const kinds[] = {&qdisc_droptail, &qdisc_red,      &qdisc_codel,
                                                    &qdisc_fqcodel,  &qdisc_priority, &qdisc_drr,
                                                    &qdisc_shaper};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

struct qdisc *qdisc_new(uint64_t seed, const char *port_name, int64_t rate_bps,
                        const struct qdisc_options *o)
{
    struct qdisc *q = xcalloc(1, sizeof *q);
    q->ops = o->ops;
    q->is = *o;
    q->rate_bps = q->fluid_bps = rate_bps;
    if (o->ops == &qdisc_shaper && o->shaper_bps < rate_bps)
        q->fluid_bps = o->shaper_bps;
    q->rng = rng_stream(seed, port_name, "queue");
    q->nfifos = q->ops->fifos(o);
    q->fifos = xcalloc(q->nfifos, sizeof *q->fifos);
    q->state = xcalloc(1, q->ops->size);
    if (q->ops->start)
        q->ops->start(q);
    return q;
}

void qdisc_free(struct qdisc *q)
{
    if (!q)
        return;
    if (q->ops->stop)
        q->ops->stop(q);
    for (uint32_t i = 0; i < q->nfifos; i++)
        free(q->fifos[i].ring);
    gsl_rng_free(q->rng);
    vec_free(&q->gone);
    free(q->fifos);
    free(q->state);
    free(q);
}

void qdisc_clear(struct qdisc *q, enum fwd_drop reason)
{
    for (uint32_t i = 0; i < q->nfifos; i++)
        while (q->fifos[i].count)
            qdisc_drop(q, qdisc_pop(q, i), reason);
    if (q->ops->stop)
        q->ops->stop(q);
    memset(q->state, 0, q->ops->size);
    if (q->ops->start)
        q->ops->start(q);
}

static void grow(struct qdisc_fifo *f)
{
    uint32_t size = f->size ? 2 * f->size : 8;
    struct qdisc_item *ring = xmalloc(size * sizeof *ring);
    for (uint32_t i = 0; i < f->count; i++)
        ring[i] = f->ring[(f->head + i) & (f->size - 1)];
    free(f->ring);
    f->ring = ring;
    f->size = size;
    f->head = 0;
}

void qdisc_push(struct qdisc *q, uint32_t fifo, struct qdisc_item i)
{
    struct qdisc_fifo *f = &q->fifos[fifo];
    if (f->count == f->size)
        grow(f);
    f->ring[(f->head + f->count++) & (f->size - 1)] = i;
    f->bytes += i.packet->length;
    q->bytes += i.packet->length;
    q->packets++;
}

struct qdisc_item qdisc_pop(struct qdisc *q, uint32_t fifo)
{
    struct qdisc_fifo *f = &q->fifos[fifo];
    struct qdisc_item i = f->ring[f->head];
    f->head = (f->head + 1) & (f->size - 1);
    f->count--;
    f->bytes -= i.packet->length;
    q->bytes -= i.packet->length;
    q->packets--;
    return i;
}

const struct qdisc_item *qdisc_first(const struct qdisc *q, uint32_t fifo)
{
    const struct qdisc_fifo *f = &q->fifos[fifo];
    return f->count ? &f->ring[f->head] : NULL;
}

void qdisc_drop(struct qdisc *q, struct qdisc_item i, enum fwd_drop reason)
{
    struct qdisc_gone g = {i.packet, reason};
    vec_push(&q->gone, g);
}

void qdisc_flush(struct qdisc *q)
{
    while (q->told < q->gone.n) { // drop() may add to them
        struct qdisc_gone g = q->gone.v[q->told++];
        q->drop(q->ctx, g.packet, g.reason);
    }
    q->gone.n = q->told = 0;
}

bool qdisc_mark(struct qdisc *q, struct packet *p)
{
    uint8_t *h = packet_data(p);
    if ((ecn_octet(h) & ECN_MASK) == ECN_NOT)
        return false;
    ecn_set(h, ECN_CE);
    q->marked++;
    return true;
}

int64_t qdisc_fluid_bytes(const struct qdisc *q, int64_t fluid_ps)
{
    return (int64_t)(ps_to_s(fluid_ps) * (double)q->fluid_bps / 8);
}

int64_t qdisc_fluid_against(const struct qdisc *q, int64_t fluid_ps)
{
    return q->fluid_decides ? 0 : qdisc_fluid_bytes(q, fluid_ps);
}

bool qdisc_full(const struct qdisc *q, const struct qdisc_item *i)
{
    int64_t bytes = q->bytes + i->packet->length + qdisc_fluid_against(q, i->fluid_ps);
    return (q->is.limit_bytes && bytes > q->is.limit_bytes) ||
           (q->is.limit_packets && q->packets >= q->is.limit_packets);
}

uint32_t qdisc_class_of(const struct qdisc *q, const struct packet *p)
{
    uint8_t octet = ecn_octet(packet_view(p));
    uint32_t rest = 0;
    for (int i = 0; i < q->is.nclasses; i++) {
        if (q->is.classes[i].dscp >> (octet >> DSCP_SHIFT) & 1)
            return (uint32_t)i;
        if (q->is.classes[i].dscp == 0)
            rest = (uint32_t)i;
    }
    return rest;
}

uint32_t qdisc_one_fifo(const struct qdisc_options *o)
{
    (void)o;
    return 1;
}

uint32_t qdisc_class_fifos(const struct qdisc_options *o)
{
    return (uint32_t)o->nclasses;
}
