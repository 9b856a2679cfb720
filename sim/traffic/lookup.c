// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/lookup.h"

#include "traffic/datagram.h"
#include "traffic/dnswire.h"

struct lookup {
    const struct lookup_hooks *hooks;
};

static const struct lookup_hooks *hooks_of(const struct flow *f)
{
    return ((const struct lookup *)f->state)->hooks;
}

void lookup_init(struct flow *f, const struct lookup_hooks *hooks)
{
    ((struct lookup *)f->state)->hooks = hooks;
}

static size_t question_of(const struct flow *f, uint32_t question, uint8_t out[DNSWIRE_MAX])
{
    return dnswire_question(out, (uint16_t)question, f->is.options->dns.name, DNSWIRE_A);
}

void lookup_ask(struct flow *f, ip4_addr server, uint32_t question)
{
    uint8_t message[DNSWIRE_MAX];
    size_t size = question_of(f, question, message);
    struct datagram d = {.src = f->is.client,
                         .dst = server,
                         .sport = f->port,
                         .dport = DNSWIRE_PORT,
                         .length = PACKET_UDP_MIN + (uint32_t)size,
                         .ttl = FLOW_TTL};
    struct packet *p = flow_packet(f);
    datagram_write(p, &d, message, size);
    p->seq = question;
    flow_send(f, p);
}

void lookup_reply(struct flow *f, struct traffic_server *at, ip4_addr from, uint32_t question,
                  const struct lookup_answer *a)
{
    uint8_t asked[DNSWIRE_MAX], message[DNSWIRE_MAX];
    size_t size = question_of(f, question, asked);
    size = a->address ? dnswire_address(message, asked, size, a->address, a->ttl_s)
                      : dnswire_failure(message, asked, size);
    struct datagram d = {.src = from,
                         .dst = f->is.client,
                         .sport = DNSWIRE_PORT,
                         .dport = f->port,
                         .length = PACKET_UDP_MIN + (uint32_t)size,
                         .ttl = FLOW_TTL};
    struct packet *p = flow_packet(f);
    datagram_write(p, &d, message, size);
    p->seq = question;
    traffic_server_send(at, f, p);
}

void lookup_ping(struct flow *f, ip4_addr server, uint32_t question)
{
    struct packet_payload payload = {f->index, question, sim_now(flow_sim(f))};
    struct packet *p = flow_packet(f);
    packet_build_icmp_echo(p, f->is.client, server, f->port, (uint16_t)question, FLOW_TTL,
                           PACKET_UDP_MIN + PACKET_PAYLOAD, &payload);
    p->seq = question;
    flow_send(f, p);
}

static void start(struct flow *f, int64_t now_ps)
{
    (void)f, (void)now_ps;
}

static void at_client(struct flow *f, struct packet *p, int64_t now_ps)
{
    struct lookup_answer a = {0};
    size_t size;
    const uint8_t *m = datagram_payload(p, &size);
    uint32_t question = p->seq;
    (void)now_ps;
    if (m)
        dnswire_read_address(m, size, &a.address, &a.ttl_s);
    flow_give(f, p);
    hooks_of(f)->answered(hooks_of(f)->ctx, f, question, m ? &a : NULL);
}

static void at_server(struct flow *f, struct traffic_server *s, struct packet *p, int64_t now_ps)
{
    uint32_t question = p->seq;
    (void)now_ps;
    flow_give(f, p);
    if (hooks_of(f)->asked)
        hooks_of(f)->asked(hooks_of(f)->ctx, f, s, question);
}

const struct traffic_kind_ops traffic_lookup = {.name = "lookup",
                                                .hostile = true,
                                                .unseen = true,
                                                .client_size = sizeof(struct lookup),
                                                .start = start,
                                                .at_client = at_client,
                                                .at_server = at_server};
