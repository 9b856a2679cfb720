// SPDX-License-Identifier: GPL-3.0-or-later
// ping: ICMP echo requests (RFC 792), answered by the forwarding core of whoever owns the address.
#include "traffic/kinds.h"
#include "traffic/requests.h"

static void request(const struct flow *f, uint32_t seq, int64_t now_ps, struct packet *p)
{
    struct packet_payload payload = {.flow = f->index, .seq = seq, .stamp_ps = now_ps};
    packet_build_icmp_echo(p, f->is.client, f->is.server, f->port, (uint16_t)seq, FLOW_TTL,
                           f->is.up_bytes, &payload);
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

static void probe(struct flow *f, int64_t now_ps, struct packet *p)
{
    request(f, TRAFFIC_PROBE, now_ps, p);
}

const struct traffic_kind_ops traffic_ping = {
    .name = "ping", .start = start, .wake = wake, .at_client = requests_at_client, .probe = probe};
