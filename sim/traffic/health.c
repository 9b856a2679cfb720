// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/health.h"

#include "traffic/requests.h"

#define HEALTH_PORT  8600
#define HEALTH_BYTES 100

struct health_client {
    struct health_probe probe;
    uint32_t sent; // probes; the newest is number sent - 1
    bool open;     // which was not answered yet
};

// flow_wake's argument: time for the next probe, or that the newest one is late.
enum { HEALTH_NEXT, HEALTH_LATE };

static void write(struct packet *p, const struct flow *f, bool answer, uint32_t number,
                  int64_t now_ps)
{
    struct packet_payload payload = {.flow = f->index, .seq = number, .stamp_ps = now_ps};
    ip4_addr from = answer ? f->is.server : f->is.client, to = answer ? f->is.client : f->is.server;
    packet_build_udp(p, from, to, answer ? HEALTH_PORT : f->port, answer ? f->port : HEALTH_PORT,
                     FLOW_TTL, HEALTH_BYTES, &payload);
    p->seq = number;
}

static void tick(struct flow *f, int64_t now_ps)
{
    struct health_client *c = f->state;
    flow_wake(f, now_ps + c->probe.timeout_ps, HEALTH_LATE);
    if (now_ps + f->is.interval_ps < f->is.stop_ps)
        flow_wake(f, now_ps + f->is.interval_ps, HEALTH_NEXT);
    c->open = true;
    struct packet *p = flow_packet(f);
    write(p, f, false, c->sent++, now_ps);
    flow_send(f, p);
}

static void end(struct flow *f, bool good, int64_t now_ps)
{
    struct health_client *c = f->state;
    c->open = false;
    c->probe.ended(c->probe.ctx, c->probe.number, good, now_ps);
}

static void start(struct flow *f, int64_t now_ps)
{
    tick(f, now_ps);
}

// Of the same instant the end of a probe comes before the next: it was asked for earlier.
static void wake(struct flow *f, uint64_t arg, int64_t now_ps)
{
    const struct health_client *c = f->state;
    if (arg == HEALTH_NEXT)
        tick(f, now_ps);
    else if (c->open)
        end(f, false, now_ps);
}

static void at_client(struct flow *f, struct packet *p, int64_t now_ps)
{
    const struct health_client *c = f->state;
    if (c->open && p->seq == c->sent - 1)
        end(f, true, now_ps);
    flow_give(f, p);
}

static void at_server(struct flow *f, struct traffic_server *s, struct packet *p, int64_t now_ps)
{
    requests_at_server(f, s, p, now_ps);
}

static void server_wake(struct flow *f, struct traffic_server *s, uint64_t arg, int64_t now_ps)
{
    struct packet *p = (struct packet *)(uintptr_t)arg;
    write(p, f, true, p->seq, now_ps);
    traffic_server_send(s, f, p);
}

static const struct traffic_kind_ops ops = {.name = "health",
                                            .hostile = true,
                                            .unseen = true,
                                            .client_size = sizeof(struct health_client),
                                            .start = start,
                                            .wake = wake,
                                            .at_client = at_client,
                                            .at_server = at_server,
                                            .server_wake = server_wake};

void health_probe_add(struct traffic_run *t, const struct health_probe *p)
{
    struct flow_options o = {.ops = &ops,
                             .client_node = p->node,
                             .client = p->from,
                             .server = p->to,
                             .start_ps = p->start_ps,
                             .stop_ps = p->stop_ps,
                             .interval_ps = p->interval_ps,
                             .timeout_ps = p->timeout_ps,
                             .up_bytes = HEALTH_BYTES,
                             .down_bytes = HEALTH_BYTES,
                             .weight = 1};
    struct flow *f = traffic_add_flow(t, p->name, &o);
    ((struct health_client *)f->state)->probe = *p;
}
