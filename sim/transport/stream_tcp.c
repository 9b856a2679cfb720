// SPDX-License-Identifier: GPL-3.0-or-later
#include "transport/stream.h"

#include "fwd/headers.h"

static void open_end(void *s, const struct stream_options *o, uint16_t port, uint64_t identity,
                     int64_t now_ps)
{
    tcp_init(s, &o->tcp, port, STREAM_PORT, (uint32_t)identity);
    tcp_connect(s, now_ps);
}

static bool accept_end(void *s, const struct stream_options *o, const struct packet *p,
                       uint64_t identity, int64_t now_ps)
{
    struct segment in;
    if (!segment_read(p, &in) || (in.flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN ||
        in.dport != STREAM_PORT)
        return false;
    tcp_init(s, &o->tcp, STREAM_PORT, in.sport, (uint32_t)identity);
    tcp_accept(s, &in, now_ps);
    return true;
}

static void input(void *s, const struct packet *p, int64_t now_ps)
{
    struct segment in;
    if (segment_read(p, &in))
        tcp_input(s, &in, now_ps);
}

static bool output(void *s, const struct stream_ends *e, bool client, int64_t now_ps,
                   struct packet *p)
{
    struct segment out;
    if (!tcp_output(s, now_ps, &out))
        return false;
    segment_write(&out, client ? e->client : e->server, client ? e->server : e->client, STREAM_TTL,
                  p);
    return true;
}

static int64_t deadline(const void *s)
{
    return tcp_deadline(s);
}

static void tick(void *s, int64_t now_ps)
{
    tcp_tick(s, now_ps);
}

static void write_octets(void *s, uint64_t octets)
{
    tcp_write(s, octets);
}

static void close_end(void *s)
{
    tcp_close(s);
}

static void abort_end(void *s)
{
    tcp_abort(s);
}

static void status(const void *s, struct stream_status *out)
{
    const struct tcp *t = s;
    *out =
        (struct stream_status){t->received, t->acknowledged, t->peer_done, t->ended, &t->counters};
}

// The client's port: addresses and the server's port are the same for all streams of a flow.
static bool key(const struct packet *p, bool to_client, uint64_t *out)
{
    struct segment in;
    if (!segment_read(p, &in))
        return false;
    *out = to_client ? in.dport : in.sport;
    return true;
}

static uint64_t key_of(const void *s, bool client)
{
    const struct tcp *t = s;
    return client ? t->sport : t->dport;
}

static bool refuse(const struct packet *in, struct packet *out)
{
    struct segment s, rst;
    if (!segment_read(in, &s) || !tcp_refuse(&s, &rst))
        return false;
    segment_write(&rst, packet_dst(in), packet_src(in), STREAM_TTL, out);
    return true;
}

static void free_end(void *s)
{
    tcp_free(s);
}

const struct stream_ops stream_tcp = {.name = "tcp",
                                      .size = sizeof(struct tcp),
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
