// SPDX-License-Identifier: GPL-3.0-or-later
// dns: look-ups over UDP, as hosts do them (resolv.conf(5)): it asks its resolver,
// waits, asks the next one in its list (the flow's fallback), and goes around the list so many
// times. The next look-up begins with the first resolver again. Each question sent is a unit; each
// look-up is an object, which ends with the first answer, or by timeout.
#include "traffic/datagram.h"
#include "traffic/dnswire.h"
#include "traffic/kinds.h"
#include "traffic/requests.h"
#include "traffic/server.h"

#include <math.h>

struct lookup {
    struct traffic_object is;
    bool open;
    uint16_t id;     // of the newest question
    uint32_t tries;  // questions sent
    uint32_t serial; // of the newest wait: older ones are in vain
};

struct dns_client {
    gsl_rng *ids;
    VEC(struct lookup) lookups; // places are used again
};

#define RHYTHM UINT64_MAX // flow_wake's argument: time for a new look-up

static const struct dns_options *options(const struct flow *f)
{
    return &f->is.options->dns;
}

static struct datagram to_resolver(const struct flow *f, uint32_t tries)
{
    bool other = f->is.fallback && tries % 2;
    return (struct datagram){.src = f->is.client,
                             .dst = other ? f->is.fallback : f->is.server,
                             .sport = f->port,
                             .dport = DNSWIRE_PORT,
                             .ttl = FLOW_TTL};
}

static void ask(struct flow *f, uint32_t place, int64_t now_ps)
{
    struct dns_client *c = f->state;
    struct lookup *l = &c->lookups.v[place];
    uint8_t question[DNSWIRE_MAX];
    l->id = (uint16_t)gsl_rng_get(c->ids);
    size_t size = dnswire_question(question, l->id, options(f)->name, DNSWIRE_A);
    struct datagram d = to_resolver(f, l->tries++);
    d.length = PACKET_UDP_MIN + (uint32_t)size;
    flow_wake(f, now_ps + options(f)->wait_ps, (uint64_t)++l->serial << 32 | place);
    struct packet *p = flow_packet(f);
    uint32_t unit = flow_unit(f);
    datagram_write(p, &d, question, size);
    p->seq = unit;
    flow_send(f, p);
}

static uint32_t place_for_one(struct dns_client *c)
{
    for (uint32_t i = 0; i < c->lookups.n; i++)
        if (!c->lookups.v[i].open)
            return i;
    (void)vec_add(&c->lookups);
    return (uint32_t)c->lookups.n - 1;
}

static void look_up(struct flow *f, int64_t now_ps)
{
    struct dns_client *c = f->state;
    uint32_t place = place_for_one(c);
    struct lookup *l = &c->lookups.v[place];
    if (now_ps + f->is.interval_ps < f->is.stop_ps)
        flow_wake(f, now_ps + f->is.interval_ps, RHYTHM);
    flow_resolve(f);
    l->open = true;
    l->tries = 0;
    l->is = (struct traffic_object){.number = flow_object(f), .begun_ps = now_ps, .score = NAN};
    ask(f, place, now_ps);
}

static void over(struct flow *f, struct lookup *l, enum traffic_end how, int64_t now_ps)
{
    l->open = false;
    l->is.end = how;
    l->is.ended_ps = now_ps;
    flow_object_ended(f, &l->is);
}

static void start(struct flow *f, int64_t now_ps)
{
    ((struct dns_client *)f->state)->ids = flow_rng(f, "ids");
    look_up(f, now_ps);
}

static void wake(struct flow *f, uint64_t arg, int64_t now_ps)
{
    struct dns_client *c = f->state;
    uint32_t place = (uint32_t)arg;
    if (arg == RHYTHM) {
        look_up(f, now_ps);
        return;
    }
    struct lookup *l = &c->lookups.v[place];
    if (!l->open || l->serial != arg >> 32)
        return; // answered meanwhile
    if (l->tries < options(f)->attempts * (f->is.fallback ? 2u : 1u))
        ask(f, place, now_ps);
    else
        over(f, l, TRAFFIC_END_TIMEOUT, now_ps);
}

static void at_client(struct flow *f, struct packet *p, int64_t now_ps)
{
    const struct dns_client *c = f->state;
    size_t size;
    const uint8_t *m = datagram_payload(p, &size);
    if (m && dnswire_is_answer(m, size)) {
        flow_answered(f, p->seq, p);
        for (size_t i = 0; i < c->lookups.n; i++) {
            struct lookup *l = &c->lookups.v[i];
            if (l->open && l->id == dnswire_id(m)) {
                l->is.octets = size;
                over(f, l, TRAFFIC_END_OK, now_ps);
                break;
            }
        }
    }
    flow_give(f, p);
}

static void at_server(struct flow *f, struct traffic_server *s, struct packet *p, int64_t now_ps)
{
    requests_at_server(f, s, p, now_ps);
}

static void server_wake(struct flow *f, struct traffic_server *s, uint64_t arg, int64_t now_ps)
{
    struct packet *p = (struct packet *)(uintptr_t)arg;
    uint8_t answer[DNSWIRE_MAX];
    size_t size;
    const uint8_t *question = datagram_payload(p, &size);
    struct datagram d = {.src = packet_dst(p),
                         .dst = packet_src(p),
                         .sport = DNSWIRE_PORT,
                         .dport = f->port,
                         .ttl = FLOW_TTL};
    ip4_addr entry = p->entry;
    uint16_t hops = p->hops;
    (void)now_ps;
    size = question ? dnswire_answer(answer, question, size) : 0;
    if (size == 0) {
        flow_give(f, p);
        return;
    }
    d.length = PACKET_UDP_MIN + (uint32_t)size;
    datagram_write(p, &d, answer, size);
    p->entry = entry;
    p->hops = hops;
    traffic_server_send(s, f, p);
}

static void probe(struct flow *f, int64_t now_ps, struct packet *p)
{
    uint8_t question[DNSWIRE_MAX];
    size_t size = dnswire_question(question, 0, options(f)->name, DNSWIRE_A);
    struct datagram d = to_resolver(f, 0);
    (void)now_ps;
    d.length = PACKET_UDP_MIN + (uint32_t)size;
    datagram_write(p, &d, question, size);
}

static void stop(struct flow *f, int64_t now_ps)
{
    struct dns_client *c = f->state;
    for (size_t i = 0; i < c->lookups.n; i++)
        if (c->lookups.v[i].open)
            over(f, &c->lookups.v[i], TRAFFIC_END_UNFINISHED, now_ps);
    vec_free(&c->lookups);
}

const struct traffic_kind_ops traffic_dns = {.name = "dns",
                                             .client_size = sizeof(struct dns_client),
                                             .start = start,
                                             .wake = wake,
                                             .at_client = at_client,
                                             .at_server = at_server,
                                             .server_wake = server_wake,
                                             .probe = probe,
                                             .stop = stop};
