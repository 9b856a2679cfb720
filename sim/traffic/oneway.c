// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/oneway.h"

void oneway_send(struct flow *f, uint16_t port, int64_t now_ps)
{
    flow_resolve(f);
    struct packet *p = flow_packet(f);
    uint32_t unit = flow_unit(f);
    struct packet_payload payload = {.flow = f->index, .seq = unit, .stamp_ps = now_ps};
    packet_build_udp(p, f->is.client, f->is.server, f->port, port, FLOW_TTL, f->is.up_bytes,
                     &payload);
    p->seq = unit;
    flow_send(f, p);
}

void oneway_at_server(struct flow *f, struct traffic_server *s, struct packet *p, int64_t now_ps)
{
    (void)now_ps, (void)s;
    flow_delivered(f, p->seq, p);
    flow_give(f, p);
}
