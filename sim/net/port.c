// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/port.h"

#include "base/arena.h"
#include "base/rng.h"
#include "net/net.h"

#include <stdlib.h>

static void ring_push(struct port *p, struct packet *packet, int64_t arrives_ps)
{
    if (p->count == p->ring_size) {
        uint32_t size = p->ring_size ? 2 * p->ring_size : 8;
        struct wire_item *ring = xmalloc(size * sizeof *ring);
        for (uint32_t i = 0; i < p->count; i++)
            ring[i] = p->ring[(p->head + i) & (p->ring_size - 1)];
        free(p->ring);
        p->ring = ring;
        p->ring_size = size;
        p->head = 0;
    }
    p->ring[(p->head + p->count++) & (p->ring_size - 1)] = (struct wire_item){packet, arrives_ps};
}

void port_send(struct port *p, struct packet *packet, int64_t now_ps)
{
    uint32_t length = packet->length;
    int64_t start_ps = p->busy_until_ps > now_ps ? p->busy_until_ps : now_ps;
    int64_t wait_ps = 0;
    if (__builtin_expect(!p->alive, 0)) {
        net_drop(p->net, p->from, p->index, packet, FWD_DROP_LINK_DOWN);
        return;
    }
    // Offered, whether it fits or not: the demand behind it is what overloads the port.
    p->window_bits += (uint64_t)length * 8 * packet->weight;
    if (start_ps - now_ps > p->queue_ps) {
        net_drop(p->net, p->from, p->index, packet, FWD_DROP_QUEUE_FULL);
        return;
    }
    if (__builtin_expect(p->loss_ppm != 0, 0) && rng_uniform(p->loss) * 1e6 < p->loss_ppm) {
        net_drop(p->net, p->from, p->index, packet, FWD_DROP_LINE_LOSS);
        return;
    }
    if (p->fluid && !fluid_admit(p->fluid, now_ps, &wait_ps)) {
        net_drop(p->net, p->from, p->index, packet, FWD_DROP_CONGESTION);
        return;
    }
    p->busy_until_ps =
        start_ps + (p->byte_ps ? (int64_t)length * p->byte_ps : ps_for_bytes(length, p->rate_bps));
    int64_t arrives_ps = p->busy_until_ps + wait_ps + p->delay_ps;
    if (arrives_ps < p->last_arrival_ps)
        arrives_ps = p->last_arrival_ps;
    p->last_arrival_ps = arrives_ps;
    p->packets++;
    port_waited(p, start_ps - now_ps + wait_ps);
    p->bytes += length;
    ring_push(p, packet, arrives_ps);
    if (p->count == 1)
        sim_at(p->net->sim, &p->entity, &p->entity, arrives_ps, SIM_PHASE_DATA,
               (uint64_t)(uintptr_t)packet);
}

void port_cut(struct port *p, int64_t now_ps)
{
    p->alive = false;
    while (p->count) {
        struct packet *packet = p->ring[p->head].packet;
        p->head = (p->head + 1) & (p->ring_size - 1);
        p->count--;
        net_drop(p->net, p->from, p->index, packet, FWD_DROP_LINK_DOWN);
    }
    p->busy_until_ps = now_ps;
    p->last_arrival_ps = now_ps;
}
