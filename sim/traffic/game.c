// SPDX-License-Identifier: GPL-3.0-or-later
// game: UDP in the manner of an online game. The client sends its input at a tick. The server
// answers each with a state update of another size; or it has a tick of its own, at which it sends
// every player the state, whatever it heard from them meanwhile: then inputs and states are units
// that go one way, and a server that does not know the player resets the session.
#include "traffic/kinds.h"
#include "traffic/requests.h"
#include "traffic/streams.h"

#define GAME_PORT 7000

struct game_client {
    struct streams_client stream;
};

static void request(const struct flow *f, uint32_t seq, int64_t now_ps, struct packet *p)
{
    struct packet_payload payload = {.flow = f->index, .seq = seq, .stamp_ps = now_ps};
    packet_build_udp(p, f->is.client, f->is.server, f->port, GAME_PORT, FLOW_TTL, f->is.up_bytes,
                     &payload);
}

// The answer carries the request's payload back, as games echo the input's number and time.
static void answer(const struct flow *f, uint32_t seq, int64_t now_ps, struct packet *p)
{
    struct packet_payload payload = {.flow = f->index, .seq = seq, .stamp_ps = now_ps};
    packet_payload_get(p, &payload);
    packet_build_udp(p, packet_dst(p), f->is.client, GAME_PORT, f->port, FLOW_TTL, f->is.down_bytes,
                     &payload);
}

static int64_t tick_ps(const struct flow *f)
{
    return f->is.options ? f->is.options->game.tick_ps : 0;
}

static struct streams_client *client(const struct flow *f)
{
    return &((struct game_client *)f->state)->stream;
}

static void write(const struct flow *f, enum traffic_direction d, const struct streams_head *h,
                  int64_t now_ps, struct packet *p)
{
    struct packet_payload payload = streams_payload(h, now_ps);
    if (d == TRAFFIC_TO_SERVER)
        packet_build_udp(p, f->is.client, h->server, f->port, GAME_PORT, FLOW_TTL, f->is.up_bytes,
                         &payload);
    else
        packet_build_udp(p, h->server, f->is.client, GAME_PORT, f->port, FLOW_TTL,
                         h->reset ? PACKET_UDP_MIN + PACKET_PAYLOAD : f->is.down_bytes, &payload);
}

static const struct streams ticking = {
    .is = {.write = write, .read = streams_read, .resets = true, .aligned = true},
    .down_ps = tick_ps,
    .client = client};

static void start(struct flow *f, int64_t now_ps)
{
    if (tick_ps(f))
        streams_start(&ticking, f, now_ps);
    else
        requests_tick(f, now_ps, request);
}

static void wake(struct flow *f, uint64_t arg, int64_t now_ps)
{
    (void)arg;
    if (tick_ps(f))
        streams_wake(&ticking, f, now_ps);
    else
        requests_tick(f, now_ps, request);
}

static void at_client(struct flow *f, struct packet *p, int64_t now_ps)
{
    if (tick_ps(f))
        streams_at_client(&ticking, f, p, now_ps);
    else
        requests_at_client(f, p, now_ps);
}

static void at_server(struct flow *f, struct traffic_server *s, struct packet *p, int64_t now_ps)
{
    if (tick_ps(f))
        streams_at_server(&ticking, f, s, p, now_ps);
    else
        requests_at_server(f, s, p, now_ps);
}

static void server_wake(struct flow *f, struct traffic_server *s, uint64_t arg, int64_t now_ps)
{
    if (tick_ps(f))
        streams_server_wake(&ticking, f, s, arg, now_ps);
    else
        requests_answer(f, s, arg, now_ps, answer);
}

// With a tick there is no answer to wait for: an echo request finds the way.
static void probe(struct flow *f, int64_t now_ps, struct packet *p)
{
    struct packet_payload payload = {f->index, TRAFFIC_PROBE, now_ps};
    if (tick_ps(f))
        packet_build_icmp_echo(p, f->is.client, f->is.server, f->port, 0, FLOW_TTL, f->is.up_bytes,
                               &payload);
    else
        request(f, TRAFFIC_PROBE, now_ps, p);
}

const struct traffic_kind_ops traffic_game = {.name = "game",
                                              .client_size = sizeof(struct game_client),
                                              .server_size = sizeof(struct streams_server),
                                              .start = start,
                                              .wake = wake,
                                              .at_client = at_client,
                                              .at_server = at_server,
                                              .server_wake = server_wake,
                                              .dropped = streams_dropped,
                                              .probe = probe};
