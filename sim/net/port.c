// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/port.h"

#include "net/net.h"

void port_refuse(struct port *p, struct packet *packet, enum fwd_drop usual)
{
    enum fwd_drop why = port_refusal(p, packet->length, usual);
    p->refused[why == FWD_DROP_PACKET_RATE] += packet->weight;
    net_drop(p->net, p->from, p->index, packet, why);
}

void port_send(struct port *p, struct packet *packet, int64_t now_ps)
{
    uint32_t length = port_counts(p, packet->length);
    int64_t start_ps = p->busy_until_ps > now_ps ? p->busy_until_ps : now_ps;
    int64_t wait_ps = 0;
    if (__builtin_expect(!p->alive, 0)) {
        net_drop(p->net, p->from, p->index, packet, FWD_DROP_LINK_DOWN);
        return;
    }
    // Offered, whether it fits or not: the demand behind it is what overloads the port.
    p->window_bits += (uint64_t)length * 8 * packet->weight;
    p->window_own_bits += (uint64_t)length * 8;
    if (__builtin_expect(p->special, 0)) {
        port_send_special(p, packet, now_ps);
        return;
    }
    if (start_ps - now_ps > p->queue_ps && !fluid_loaded(p->fluid)) {
        port_refuse(p, packet, FWD_DROP_QUEUE_FULL);
        return;
    }
    if (p->fluid && !fluid_admit(p->fluid, now_ps, &wait_ps)) {
        port_refuse(p, packet, FWD_DROP_CONGESTION);
        return;
    }
    int64_t own_ps = p->byte_ps ? (int64_t)length * p->byte_ps : ps_for_bytes(length, p->rate_bps);
    if (p->fluid) { // one queue: the fluid's has the packets before in it, too
        fluid_join(p->fluid, own_ps, now_ps);
        if (start_ps < now_ps + wait_ps)
            start_ps = now_ps + wait_ps;
    }
    p->busy_until_ps = start_ps + own_ps;
    int64_t arrives_ps = p->busy_until_ps + p->delay_ps;
    if (arrives_ps < p->last_arrival_ps)
        arrives_ps = p->last_arrival_ps;
    p->last_arrival_ps = arrives_ps;
    p->packets++;
    port_waited(p, start_ps - now_ps);
    p->bytes += packet->length;
    wire_push(&p->wire, packet, arrives_ps);
    if (p->wire.count == 1)
        sim_at(p->net->sim, &p->entity, &p->entity, arrives_ps, SIM_PHASE_DATA,
               (uint64_t)(uintptr_t)packet);
}

void port_cut(struct port *p, int64_t now_ps)
{
    p->alive = false;
    while (p->wire.count)
        net_drop(p->net, p->from, p->index, wire_pop(&p->wire), FWD_DROP_LINK_DOWN);
    if (p->qdisc) {
        qdisc_clear(p->qdisc, FWD_DROP_LINK_DOWN);
        qdisc_flush(p->qdisc);
        timer_cancel(&p->service);
    }
    p->busy_until_ps = now_ps;
    p->last_arrival_ps = now_ps;
}

int64_t port_backlog_ps(const struct port *p, int64_t now_ps)
{
    int64_t busy_ps = p->busy_until_ps > now_ps ? p->busy_until_ps - now_ps : 0;
    return busy_ps + (p->qdisc ? ps_for_bytes(p->qdisc->bytes, p->rate_bps) : 0);
}

double port_line_loss(const struct port *p, int64_t now_ps)
{
    double pass = 1 - p->loss_ppm / 1e6;
    if (p->impair && !p->impair->is.congestion)
        pass *= 1 - impair_loss(p->impair, now_ps);
    return 1 - pass;
}
