// SPDX-License-Identifier: GPL-3.0-or-later
#include "transport/stream.h"

#include "transport/quic.h"

#define QUIC_ABORT 1 // an application error code

static void open_end(void *s, const struct stream_options *o, uint16_t port, uint64_t identity,
                     int64_t now_ps)
{
    quic_connect(s, &o->tcp, port, identity, o->move_ps, now_ps);
}

static bool accept_end(void *s, const struct stream_options *o, const struct packet *p,
                       uint64_t identity, int64_t now_ps)
{
    struct quic_datagram d;
    return quic_datagram_read(p, &d) && d.dport == STREAM_PORT &&
           quic_accept(s, &o->tcp, &d, identity, now_ps);
}

static void input(void *s, const struct packet *p, int64_t now_ps)
{
    struct quic *q = s;
    struct quic_datagram d;
    // What comes to an address that the client has left is lost.
    if (quic_datagram_read(p, &d) && (!q->client || d.dport == q->port))
        quic_input(q, &d, now_ps);
}

static bool output(void *s, const struct stream_ends *e, bool client, int64_t now_ps,
                   struct packet *p)
{
    struct quic *q = s;
    struct quic_datagram d;
    if (!quic_output(q, now_ps, &d))
        return false;
    d.sport = client ? q->port : STREAM_PORT;
    d.dport = client ? STREAM_PORT : q->port;
    quic_datagram_write(&d, client ? e->client : e->server, client ? e->server : e->client,
                        STREAM_TTL, p);
    return true;
}

static int64_t deadline(const void *s)
{
    return quic_deadline(s);
}

static void tick(void *s, int64_t now_ps)
{
    quic_tick(s, now_ps);
}

static void write_octets(void *s, uint64_t octets)
{
    quic_write(s, octets);
}

static void close_end(void *s)
{
    quic_close(s, 0);
}

static void abort_end(void *s)
{
    quic_close(s, QUIC_ABORT);
}

static void status(const void *s, struct stream_status *out)
{
    const struct quic *t = s;
    *out =
        (struct stream_status){t->received, t->acknowledged, t->peer_done, t->ended, &t->counters};
}

static bool key(const struct packet *p, bool to_client, uint64_t *out)
{
    struct quic_datagram d;
    (void)to_client;
    if (!quic_datagram_read(p, &d))
        return false;
    *out = d.id;
    return true;
}

static uint64_t key_of(const void *s, bool client)
{
    const struct quic *t = s;
    (void)client;
    return t->id;
}

// RFC 9000 §10.3: who does not know the connection says so, but not to a reset.
static bool refuse(const struct packet *in, struct packet *out)
{
    struct quic_datagram d;
    if (!quic_datagram_read(in, &d) || d.flags & QUIC_RESET)
        return false;
    struct quic_datagram reset = {
        .flags = QUIC_RESET, .id = d.id, .sport = d.dport, .dport = d.sport};
    reset.bytes = quic_overhead(&reset);
    quic_datagram_write(&reset, packet_dst(in), packet_src(in), STREAM_TTL, out);
    return true;
}

static void free_end(void *s)
{
    quic_free(s);
}

const struct stream_ops stream_quic = {.name = "quic",
                                       .size = sizeof(struct quic),
                                       .connect = open_end,
                                       .accept = accept_end,
                                       .input = input,
                                       .output = output,
                                       .deadline = deadline,
                                       .tick = tick,
                                       .write = write_octets,
                                       .close = close_end,
                                       .abort = abort_end,
                                       .status = status,
                                       .key = key,
                                       .key_of = key_of,
                                       .refuse = refuse,
                                       .free = free_end};
