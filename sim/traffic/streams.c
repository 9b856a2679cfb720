// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/streams.h"

#define NO_UNIT 0x80000000u // packet->seq of resets

enum { FLAG_JOIN = 1, FLAG_RESET = 2, FLAG_BITS = 2 };

struct packet_payload streams_payload(const struct streams_head *h, int64_t now_ps)
{
    uint32_t flags = (h->join ? FLAG_JOIN : 0u) | (h->reset ? FLAG_RESET : 0u);
    return (struct packet_payload){h->session << FLAG_BITS | flags, h->number, now_ps};
}

bool streams_read(const struct packet *p, struct streams_head *h)
{
    struct packet_payload payload;
    if (!packet_payload_get(p, &payload))
        return false;
    *h = (struct streams_head){.session = payload.flow >> FLAG_BITS,
                               .number = payload.seq,
                               .join = payload.flow & FLAG_JOIN,
                               .reset = payload.flow & FLAG_RESET};
    return true;
}

static void begin(const struct streams *s, struct flow *f, int64_t now_ps)
{
    struct streams_client *c = s->client(f);
    c->session++;
    c->number = 0;
    c->heard = false;
    flow_resolve(f);
    c->server = f->is.server;
    c->begun_ps = c->heard_ps = now_ps;
}

void streams_renew(const struct streams *s, struct flow *f, enum traffic_end how, int64_t now_ps)
{
    if (s->is.ended)
        s->is.ended(f, how, now_ps);
    begin(s, f, now_ps);
}

void streams_start(const struct streams *s, struct flow *f, int64_t now_ps)
{
    begin(s, f, now_ps);
    streams_wake(s, f, now_ps);
}

// Has it been silent for too long?
static void watch(const struct streams *s, struct flow *f, int64_t now_ps)
{
    const struct streams_client *c = s->client(f);
    if (s->down_ps(f) == 0 || now_ps - c->heard_ps <= f->is.timeout_ps)
        return;
    if (c->heard)
        flow_broken(f, TRAFFIC_BREAK_TIMEOUT);
    streams_renew(s, f, TRAFFIC_END_TIMEOUT, now_ps);
}

void streams_wake(const struct streams *s, struct flow *f, int64_t now_ps)
{
    struct streams_client *c = s->client(f);
    watch(s, f, now_ps);
    if (s->down_ps(f) == 0 && c->number > 0) {
        flow_resolve(f);
        c->server = f->is.server;
    }
    struct streams_head h = {c->session, c->number++, !c->heard, false, c->server};
    if (now_ps + f->is.interval_ps < f->is.stop_ps)
        flow_wake(f, now_ps + f->is.interval_ps, 0);
    struct packet *p = flow_packet(f);
    uint32_t unit = flow_unit(f);
    s->is.write(f, TRAFFIC_TO_SERVER, &h, now_ps, p);
    if (s->is.sent)
        s->is.sent(f, TRAFFIC_TO_SERVER, &h, now_ps);
    p->seq = unit;
    flow_send(f, p);
}

void streams_at_client(const struct streams *s, struct flow *f, struct packet *p, int64_t now_ps)
{
    struct streams_client *c = s->client(f);
    struct streams_head h;
    bool ours = s->is.read(p, &h) && h.session == c->session;
    if (!(p->seq & NO_UNIT))
        flow_delivered(f, p->seq, p);
    flow_give(f, p);
    if (!ours)
        return;
    c->heard_ps = now_ps;
    if (h.reset) {
        if (c->heard) // else it asked to join and will be asked again
            flow_broken(f, TRAFFIC_BREAK_RESET);
        streams_renew(s, f, TRAFFIC_END_RESET, now_ps);
        return;
    }
    c->heard = true;
    if (s->is.arrived)
        s->is.arrived(f, TRAFFIC_TO_CLIENT, &h, now_ps);
}

static void refuse(const struct streams *s, struct flow *f, struct traffic_server *at,
                   const struct streams_head *stray, const struct packet *in, int64_t now_ps)
{
    struct streams_head h = {.session = stray->session, .reset = true, .server = packet_dst(in)};
    struct packet *p = flow_packet(f);
    s->is.write(f, TRAFFIC_TO_CLIENT, &h, now_ps, p);
    p->seq = NO_UNIT | s->client(f)->resets++;
    traffic_server_send(at, f, p);
}

static void take_up(const struct streams *s, struct flow *f, struct traffic_server *at,
                    const struct streams_head *h, const struct packet *p, int64_t now_ps)
{
    struct streams_server *here = traffic_server_state(at, f);
    int64_t every_ps = s->down_ps(f), first_ps = now_ps;
    here->open = true;
    here->session = h->session;
    here->address = packet_dst(p);
    here->number = 0;
    if (every_ps == 0)
        return;
    if (s->is.aligned)
        first_ps = (now_ps / every_ps + 1) * every_ps;
    traffic_server_wake(at, f, first_ps, here->session);
}

void streams_at_server(const struct streams *s, struct flow *f, struct traffic_server *at,
                       struct packet *p, int64_t now_ps)
{
    struct streams_server *here = traffic_server_state(at, f);
    struct streams_head h;
    bool read = s->is.read(p, &h);
    if (read && h.join && !(here->open && here->session == h.session))
        take_up(s, f, at, &h, p, now_ps);
    if (read && here->open && here->session == h.session) {
        here->heard_ps = now_ps;
        flow_delivered(f, p->seq, p);
        if (s->is.arrived && h.session == s->client(f)->session)
            s->is.arrived(f, TRAFFIC_TO_SERVER, &h, now_ps);
    } else {
        flow_lost(f, p->seq, p, FWD_DROP_NO_SERVICE, UINT32_MAX);
        if (read && s->is.resets)
            refuse(s, f, at, &h, p, now_ps);
    }
    flow_give(f, p);
}

void streams_server_wake(const struct streams *s, struct flow *f, struct traffic_server *at,
                         uint64_t arg, int64_t now_ps)
{
    struct streams_server *here = traffic_server_state(at, f);
    if (!here->open || here->session != arg)
        return; // of a session that is over
    if (now_ps - here->heard_ps > f->is.timeout_ps || flow_over(f, now_ps)) {
        here->open = false;
        return;
    }
    struct streams_head h = {
        .session = here->session, .number = here->number++, .server = here->address};
    struct packet *p = flow_packet(f);
    uint32_t unit = flow_unit(f);
    s->is.write(f, TRAFFIC_TO_CLIENT, &h, now_ps, p);
    if (s->is.sent && h.session == s->client(f)->session)
        s->is.sent(f, TRAFFIC_TO_CLIENT, &h, now_ps);
    p->seq = unit;
    traffic_server_send(at, f, p);
    traffic_server_wake(at, f, now_ps + s->down_ps(f), arg);
}

void streams_dropped(struct flow *f, const struct packet *p, enum fwd_drop reason, uint32_t port,
                     int64_t now_ps)
{
    (void)now_ps;
    if (!(p->seq & NO_UNIT))
        flow_lost(f, p->seq, p, reason, port);
}
