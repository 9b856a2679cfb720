// SPDX-License-Identifier: GPL-3.0-or-later
// ping: ICMP echo requests (RFC 792), answered by the forwarding core of whoever owns the address.
#include "traffic/traffic.h"

#define HOST_TTL 64

static void request(const struct flow *f, uint32_t seq, int64_t now_ps, struct packet *p)
{
    struct packet_payload payload = {.flow = f->index, .seq = seq, .stamp_ps = now_ps};
    packet_build_icmp_echo(p, f->is.client, f->is.server, f->port, (uint16_t)seq, HOST_TTL,
                           f->is.up_bytes, &payload);
}

const struct traffic_kind_ops traffic_ping = {"ping", request, NULL};
