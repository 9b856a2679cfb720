// SPDX-License-Identifier: GPL-3.0-or-later
// game: UDP in the manner of an online game. The client sends its input at a tick, the server
// answers each with a state update of another size.
#include "traffic/kinds.h"
#include "traffic/requests.h"

#define GAME_PORT 7000

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
    packet_build_udp(p, f->is.server, f->is.client, GAME_PORT, f->port, FLOW_TTL, f->is.down_bytes,
                     &payload);
}

static void start(struct flow *f, int64_t now_ps)
{
    requests_tick(f, now_ps, request);
}

static void wake(struct flow *f, uint64_t arg, int64_t now_ps)
{
    (void)arg;
    requests_tick(f, now_ps, request);
}

static void server_wake(struct flow *f, struct traffic_server *s, uint64_t arg, int64_t now_ps)
{
    requests_answer(f, s, arg, now_ps, answer);
}

static void probe(struct flow *f, int64_t now_ps, struct packet *p)
{
    request(f, TRAFFIC_PROBE, now_ps, p);
}

const struct traffic_kind_ops traffic_game = {.name = "game",
                                              .start = start,
                                              .wake = wake,
                                              .at_client = requests_at_client,
                                              .at_server = requests_at_server,
                                              .server_wake = server_wake,
                                              .probe = probe};
