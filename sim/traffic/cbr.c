// SPDX-License-Identifier: GPL-3.0-or-later
// cbr: datagrams of one size at a constant rate, to the server; and, where a size back is given, as
// many from the server to the client. Each is a unit that goes one way.
#include "traffic/kinds.h"
#include "traffic/streams.h"

#define CBR_PORT 9 // discard (RFC 863)

static int64_t down_ps(const struct flow *f)
{
    return f->is.down_bytes ? f->is.interval_ps : 0;
}

static struct streams_client *client(const struct flow *f)
{
    return f->state;
}

static void write(const struct flow *f, enum traffic_direction d, const struct streams_head *h,
                  int64_t now_ps, struct packet *p)
{
    struct packet_payload payload = streams_payload(h, now_ps);
    if (d == TRAFFIC_TO_SERVER)
        packet_build_udp(p, f->is.client, h->server, f->port, CBR_PORT, FLOW_TTL, f->is.up_bytes,
                         &payload);
    else
        packet_build_udp(p, h->server, f->is.client, CBR_PORT, f->port, FLOW_TTL, f->is.down_bytes,
                         &payload);
}

static const struct streams constant = {
    .is = {.write = write, .read = streams_read}, .down_ps = down_ps, .client = client};

static void start(struct flow *f, int64_t now_ps)
{
    streams_start(&constant, f, now_ps);
}

static void wake(struct flow *f, uint64_t arg, int64_t now_ps)
{
    (void)arg;
    streams_wake(&constant, f, now_ps);
}

static void at_client(struct flow *f, struct packet *p, int64_t now_ps)
{
    streams_at_client(&constant, f, p, now_ps);
}

static void at_server(struct flow *f, struct traffic_server *s, struct packet *p, int64_t now_ps)
{
    streams_at_server(&constant, f, s, p, now_ps);
}

static void server_wake(struct flow *f, struct traffic_server *s, uint64_t arg, int64_t now_ps)
{
    streams_server_wake(&constant, f, s, arg, now_ps);
}

const struct traffic_kind_ops traffic_cbr = {.name = "cbr",
                                             .client_size = sizeof(struct streams_client),
                                             .server_size = sizeof(struct streams_server),
                                             .start = start,
                                             .wake = wake,
                                             .at_client = at_client,
                                             .at_server = at_server,
                                             .server_wake = server_wake,
                                             .dropped = streams_dropped};
