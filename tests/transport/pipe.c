// SPDX-License-Identifier: GPL-3.0-or-later
#include "pipe.h"

#include "base/arena.h"
#include "base/units.h"
#include "fwd/headers.h"
#include <stdlib.h>
#include <string.h>

#define CLIENT IP4(192, 0, 2, 1)
#define SERVER IP4(198, 51, 100, 7)

void pipe_init(struct pipe *p, int64_t delay_ps)
{
    memset(p, 0, sizeof *p);
    p->delay_ps = delay_ps;
    p->rate_bps = INT64_C(10000000000);
    p->queue_ps = INT64_MAX;
}

void pipe_free(struct pipe *p)
{
    for (unsigned i = 0; i < 2 * p->pairs; i++)
        tcp_free(&p->ends[i]);
    for (unsigned l = 0; l < 2; l++) {
        for (size_t i = p->lines[l].head; i < p->lines[l].n; i++)
            free(p->lines[l].items[i].packet);
        free(p->lines[l].items);
    }
}

unsigned pipe_pair(struct pipe *p, const struct tcp_options *client,
                   const struct tcp_options *server)
{
    unsigned i = 2 * p->pairs++;
    // One sequence space begins near its end, so that it wraps.
    tcp_init(&p->ends[i], client, (uint16_t)(40000 + i), 443, 1000 + i);
    tcp_init(&p->ends[i + 1], server, 443, (uint16_t)(40000 + i), 0xfffff000u + i);
    return i;
}

static void put(struct pipe_line *l, struct pipe_item item)
{
    if (l->head == l->n)
        l->head = l->n = 0;
    if (l->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 64;
        l->items = xrealloc(l->items, l->cap * sizeof *l->items);
    }
    l->items[l->n++] = item;
}

static int64_t first_ps(const struct pipe_line *l)
{
    return l->head < l->n ? l->items[l->head].at_ps : INT64_MAX;
}

static void send_segment(struct pipe *p, unsigned from, const struct segment *s)
{
    unsigned line = from & 1;
    struct packet *packet = xcalloc(1, sizeof *packet);
    packet_init(packet, PACKET_BYTES);
    segment_write(s, line ? SERVER : CLIENT, line ? CLIENT : SERVER, 64, packet);
    uint64_t number = s->octets ? p->sent[from]++ : UINT64_MAX;
    int64_t start_ps = p->busy_ps[line] > p->now_ps ? p->busy_ps[line] : p->now_ps;
    if ((p->lost && p->lost(p->ctx, from, number, s, packet, p->now_ps)) ||
        start_ps - p->now_ps > p->queue_ps) {
        p->drops++;
        free(packet);
        return;
    }
    p->busy_ps[line] = start_ps + ps_for_bytes(packet->length, p->rate_bps);
    p->carried[line] += packet->length;
    put(&p->lines[line], (struct pipe_item){p->busy_ps[line] + p->delay_ps, packet, from ^ 1});
}

static void pump_one(struct pipe *p, unsigned i)
{
    struct segment s;
    while (tcp_output(&p->ends[i], p->now_ps, &s))
        send_segment(p, i, &s);
}

void pipe_pump(struct pipe *p)
{
    for (unsigned i = 0; i < 2 * p->pairs; i++)
        pump_one(p, i);
}

static void arrive(struct pipe *p)
{
    struct pipe_line *l = &p->lines[first_ps(&p->lines[1]) < first_ps(&p->lines[0])];
    struct pipe_item item = l->items[l->head++];
    struct segment s;
    struct tcp *t = &p->ends[item.to];
    if (segment_read(item.packet, &s)) {
        if (t->state == TCP_CLOSED && t->ended == TCP_END_NONE && (s.flags & TCP_SYN))
            tcp_accept(t, &s, p->now_ps);
        else
            tcp_input(t, &s, p->now_ps);
    }
    free(item.packet);
    pump_one(p, item.to);
}

void pipe_run(struct pipe *p, int64_t until_ps)
{
    pipe_pump(p);
    for (;;) {
        int64_t at_ps = first_ps(&p->lines[0]);
        if (first_ps(&p->lines[1]) < at_ps)
            at_ps = first_ps(&p->lines[1]);
        unsigned timer = UINT32_MAX;
        for (unsigned i = 0; i < 2 * p->pairs; i++) {
            if (tcp_deadline(&p->ends[i]) < at_ps) {
                at_ps = tcp_deadline(&p->ends[i]);
                timer = i;
            }
        }
        if (at_ps > until_ps)
            break;
        p->now_ps = at_ps > p->now_ps ? at_ps : p->now_ps;
        if (timer == UINT32_MAX) {
            arrive(p);
        } else {
            tcp_tick(&p->ends[timer], p->now_ps);
            pump_one(p, timer);
        }
    }
    p->now_ps = until_ps;
}
