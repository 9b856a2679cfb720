// SPDX-License-Identifier: GPL-3.0-or-later
// What a port does that is more than a buffer given as time: queue disciplines, impairments.
#include "base/rng.h"
#include "net/net.h"

static int64_t time_of(const struct port *p, uint32_t bytes)
{
    uint32_t length = port_counts(p, bytes);
    return p->byte_ps ? (int64_t)length * p->byte_ps : ps_for_bytes(length, p->rate_bps);
}

// Packets may arrive in another order than they are sent: by noise, or from classes of which some
// stand behind fluid work and others do not.
static bool overtakes(const struct port *p)
{
    return (p->impair && p->impair->is.reorder) || (p->qdisc && p->qdisc->ops->place);
}

static void put(struct port *p, struct packet *packet, int64_t arrives_ps)
{
    bool first;
    if (overtakes(p)) {
        first = wire_insert(&p->wire, packet, arrives_ps);
    } else {
        if (arrives_ps < p->last_arrival_ps)
            arrives_ps = p->last_arrival_ps;
        wire_push(&p->wire, packet, arrives_ps);
        first = p->wire.count == 1;
    }
    if (arrives_ps > p->last_arrival_ps)
        p->last_arrival_ps = arrives_ps;
    if (first) // another event, of the one that was first, may fire later and find nothing due
        sim_at(p->net->sim, &p->entity, &p->entity, arrives_ps, SIM_PHASE_DATA,
               (uint64_t)(uintptr_t)packet);
}

// A copy counts as sent: packets are conserved.
static struct packet *copy_of(struct net *n, const struct packet *packet)
{
    struct packet *copy = packet_take(&n->pool);
    struct packet kept = *copy;
    *copy = *packet;
    copy->next = kept.next;
    copy->room = kept.room;
    n->sent++;
    return copy;
}

// A packet leaves the queue; `leaves_ps`: the end of it, and of the fluid work before it.
static void launch(struct port *p, struct packet *packet, int64_t leaves_ps)
{
    struct impair_fate fate = {0};
    p->packets++;
    p->bytes += packet->length;
    if (p->impair && p->impair->on)
        fate = impair_draw(p->impair, leaves_ps);
    if (fate.lost) {
        net_drop(p->net, p->from, p->index, packet, FWD_DROP_LINE_LOSS);
        return;
    }
    struct packet *copy = fate.duplicated ? copy_of(p->net, packet) : NULL;
    if (fate.corrupted) // the line has sent the copy before
        impair_damage(p->impair, packet);
    put(p, packet, leaves_ps + p->delay_ps + fate.delay_ps);
    if (copy)
        put(p, copy, leaves_ps + p->delay_ps + fate.copy_delay_ps);
}

// The line takes the next packet if it is free, else when it is.
static void serve(struct port *p, int64_t now_ps)
{
    struct qdisc_item i;
    int64_t ready_ps;
    if (p->busy_until_ps > now_ps) {
        if (p->qdisc->packets)
            timer_set(p->net->sim, &p->service, p->busy_until_ps);
        return;
    }
    if (!p->qdisc->ops->dequeue(p->qdisc, now_ps, &i, &ready_ps)) {
        if (ready_ps != TIME_NEVER)
            timer_set(p->net->sim, &p->service, ready_ps);
        return;
    }
    p->busy_until_ps = now_ps + time_of(p, i.packet->length);
    if (p->qdisc->packets)
        timer_set(p->net->sim, &p->service, p->busy_until_ps);
    port_waited(p, now_ps - i.since_ps + i.fluid_ps);
    launch(p, i.packet, p->busy_until_ps + i.fluid_ps);
}

static void tell_fluid(struct port *p)
{
    p->qdisc->fluid_load = p->fluid ? p->fluid->rho : 0;
    p->qdisc->fluid_decides = fluid_loaded(p->fluid);
}

static void line_free(struct sim *sim, struct timer *t)
{
    struct port *p = t->owner;
    tell_fluid(p);
    serve(p, sim_now(sim));
    qdisc_flush(p->qdisc);
}

// How much of the fluid work that an arrival found it has before it, besides the packets held here.
static int64_t before(const struct port *p, enum qdisc_place place, int64_t wait_ps, int64_t now_ps)
{
    const struct qdisc *q = p->qdisc;
    int64_t held_ps = p->busy_until_ps > now_ps ? p->busy_until_ps - now_ps : 0;
    held_ps += ps_for_bytes(q->bytes, q->fluid_bps);
    if (place == QDISC_BEHIND) // one queue, in which those packets are, too
        return wait_ps > held_ps ? wait_ps - held_ps : 0;
    if (place == QDISC_AFTER || wait_ps == 0 || q->packets > 0)
        return 0;
    // In the midst of what the fluid sends at a stretch.
    int64_t bytes = q->ops->stretch ? q->ops->stretch(q) : p->fluid->packet_bytes;
    double rest_ps = (double)ps_for_bytes(bytes, p->rate_bps) * rng_uniform(q->rng);
    return rest_ps < (double)wait_ps ? (int64_t)rest_ps : wait_ps;
}

void port_send_special(struct port *p, struct packet *packet, int64_t now_ps)
{
    int64_t start_ps = p->busy_until_ps > now_ps ? p->busy_until_ps : now_ps, wait_ps = 0;
    if (!p->qdisc && start_ps - now_ps > p->queue_ps && !fluid_loaded(p->fluid)) {
        port_refuse(p, packet, FWD_DROP_QUEUE_FULL);
        return;
    }
    if (p->loss_ppm != 0 && rng_uniform(p->loss) * 1e6 < p->loss_ppm) {
        net_drop(p->net, p->from, p->index, packet, FWD_DROP_LINE_LOSS);
        return;
    }
    enum qdisc_place place =
        p->qdisc && p->qdisc->ops->place ? p->qdisc->ops->place(p->qdisc, packet) : QDISC_BEHIND;
    if (p->fluid && !fluid_admit(p->fluid, now_ps, &wait_ps) && place == QDISC_BEHIND) {
        port_refuse(p, packet, FWD_DROP_CONGESTION);
        return;
    }
    if (p->qdisc) {
        struct qdisc_item i = {packet, now_ps, before(p, place, wait_ps, now_ps)};
        tell_fluid(p);
        size_t gone = p->qdisc->gone.n;
        int64_t takes_ps = time_of(p, packet->length);
        p->qdisc->ops->enqueue(p->qdisc, i, now_ps);
        if (p->fluid && place != QDISC_AFTER && p->qdisc->gone.n == gone)
            fluid_join(p->fluid, takes_ps, now_ps);
        serve(p, now_ps);
        qdisc_flush(p->qdisc);
        return;
    }
    if (p->fluid) {
        fluid_join(p->fluid, time_of(p, packet->length), now_ps);
        if (start_ps < now_ps + wait_ps)
            start_ps = now_ps + wait_ps;
    }
    p->busy_until_ps = start_ps + time_of(p, packet->length);
    port_waited(p, start_ps - now_ps);
    launch(p, packet, p->busy_until_ps);
}

static void dropped(void *ctx, struct packet *packet, enum fwd_drop reason)
{
    struct port *p = ctx;
    net_drop(p->net, p->from, p->index, packet, reason);
}

static int64_t fluid_work(void *ctx, int64_t now_ps)
{
    const struct port *p = ctx;
    return fluid_work_ps(p->fluid, now_ps);
}

void port_discipline(struct port *p, const char *name, const struct qdisc_options *o)
{
    p->qdisc = qdisc_new(sim_seed(p->net->sim), name, p->rate_bps, o);
    p->qdisc->ctx = p;
    p->qdisc->drop = dropped;
    p->qdisc->fluid_work_ps = p->fluid ? fluid_work : NULL;
    timer_init(p->net->sim, &p->service, line_free, p, SIM_PHASE_DATA);
    port_refresh(p);
}

void port_impair(struct port *p, const char *name, const struct impair_options *o)
{
    if (!p->impair && o)
        p->impair = impair_new(sim_seed(p->net->sim), name);
    if (p->impair)
        impair_set(p->impair, o);
    port_refresh(p);
}

void port_refresh(struct port *p)
{
    p->special = p->qdisc || p->loss_ppm || (p->impair && p->impair->on);
}
