// SPDX-License-Identifier: GPL-3.0-or-later
// reflection: bots ask open servers among the population small questions in the service's name; the
// large answers go to the service. What a protocol amplifies by, in octets of UDP payload, is in
// CISA's alert TA14-017A. The attack's volume is that of the answers.
//
// A question's weight is that of its answer divided by how many octets come back for one; where
// more than one datagram comes back for a question, the one that is simulated weighs as many.
#include "base/rng.h"
#include "traffic/attack.h"
#include "traffic/datagram.h"
#include "traffic/dnswire.h"
#include "traffic/kinds.h"

#define NTP_PORT       123
#define REFLECTED_NAME "example.com"

// NTP mode 7, MON_GETLIST_1 of implementation XNTPD (CVE-2013-5211): the request, and the head of a
// response with no more items that it says.
static const uint8_t monlist[8] = {0x17, 0x00, 0x03, 0x2a, 0, 0, 0, 0};
static const uint8_t monitors[8] = {0x97, 0x00, 0x03, 0x2a, 0, 0, 0, 0};

static const struct attack_options *options(const struct flow *f)
{
    return &f->is.options->attack;
}

static uint16_t port_of(const struct flow *f)
{
    return options(f)->protocol == REFLECT_DNS ? DNSWIRE_PORT : NTP_PORT;
}

// A reflector, by population.
static ip4_addr reflector(const struct flow *f)
{
    const struct attack *a = f->state;
    const struct flow_reflectors *r = f->is.reflectors;
    uint32_t i = 0;
    double x = rng_uniform(a->rng);
    while (i + 1 < r->n && x >= r->v[i].up_to)
        i++;
    return r->v[i].address;
}

static void wake(struct flow *f, uint64_t arg, int64_t now_ps)
{
    const struct attack *a = f->state;
    uint32_t weight = attack_weight(f, f->is.weight, now_ps);
    uint8_t question[DNSWIRE_MAX];
    size_t size = sizeof monlist;
    (void)arg;
    attack_next(f, now_ps);
    if (weight == 0)
        return;
    memcpy(question, monlist, sizeof monlist);
    if (options(f)->protocol == REFLECT_DNS)
        size =
            dnswire_question(question, (uint16_t)gsl_rng_get(a->rng), REFLECTED_NAME, DNSWIRE_ANY);
    flow_resolve(f);
    struct datagram d = {.src = f->is.server,
                         .dst = reflector(f),
                         .sport = f->port,
                         .dport = port_of(f),
                         .length = PACKET_UDP_MIN + (uint32_t)size,
                         .ttl = FLOW_TTL};
    // Octets that come back for one asked: so many answers of this size for a question.
    double answers =
        (double)size * options(f)->amplification / (double)(f->is.down_bytes - PACKET_UDP_MIN);
    struct packet *p = flow_packet(f);
    datagram_write(p, &d, question, size);
    p->weight = (uint32_t)((double)weight / answers + 0.5);
    if (p->weight == 0)
        p->weight = 1;
    attack_send(f, p);
}

static void at_server(struct flow *f, struct traffic_server *s, struct packet *p, int64_t now_ps)
{
    size_t size;
    const uint8_t *question = datagram_payload(p, &size);
    struct datagram d = {.src = packet_dst(p),
                         .dst = packet_src(p),
                         .sport = port_of(f),
                         .dport = f->port,
                         .length = f->is.down_bytes,
                         .ttl = FLOW_TTL};
    uint32_t weight = attack_weight(f, f->is.weight, now_ps);
    uint8_t answer[DNSWIRE_MAX];
    size_t stored = sizeof monitors;
    memcpy(answer, monitors, sizeof monitors);
    if (question && options(f)->protocol == REFLECT_DNS)
        stored = dnswire_large(answer, question, size, d.length - PACKET_UDP_MIN);
    if (!question || stored == 0 || weight == 0) {
        flow_give(f, p);
        return;
    }
    datagram_write(p, &d, answer, stored);
    p->weight = weight;
    traffic_server_send(s, f, p);
}

const struct traffic_kind_ops traffic_reflection = {.name = "reflection",
                                                    .hostile = true,
                                                    .reflected = true,
                                                    .client_size = sizeof(struct attack),
                                                    .start = attack_start,
                                                    .wake = wake,
                                                    .at_server = at_server};
