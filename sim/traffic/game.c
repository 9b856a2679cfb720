// SPDX-License-Identifier: GPL-3.0-or-later
// game: UDP in the manner of an online game. The client sends its input at a tick, the server
// answers each with a state update of another size.
#include "traffic/traffic.h"

#define GAME_PORT 7000
#define HOST_TTL  64

static void request(const struct flow *f, uint32_t seq, int64_t now_ps, struct packet *p)
{
    struct packet_payload payload = {.flow = f->index, .seq = seq, .stamp_ps = now_ps};
    packet_build_udp(p, f->is.client, f->is.server, f->port, GAME_PORT, HOST_TTL, f->is.up_bytes,
                     &payload);
}

// The answer carries the request's payload back, as games echo the input's number and time.
static void answer(const struct flow *f, int64_t now_ps, struct packet *p)
{
    struct packet_payload payload = {.flow = f->index, .seq = p->seq, .stamp_ps = now_ps};
    packet_payload_get(p, &payload);
    packet_build_udp(p, f->is.server, f->is.client, GAME_PORT, f->port, HOST_TTL, f->is.down_bytes,
                     &payload);
}

const struct traffic_kind_ops traffic_game = {"game", request, answer};
