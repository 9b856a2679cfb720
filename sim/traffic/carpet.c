// SPDX-License-Identifier: GPL-3.0-or-later
// carpet: UDP datagrams from a botnet to random addresses all over the service's prefix and random
// ports ("carpet bombing"): no single address gets much, the links to the prefix get all of it.
#include "traffic/attack.h"
#include "traffic/datagram.h"
#include "traffic/kinds.h"

#define FIRST_PORT 49152u // of the dynamic ports (RFC 6335): nobody listens there

static uint16_t any_port(gsl_rng *rng)
{
    return (uint16_t)(FIRST_PORT + gsl_rng_get(rng) % (65536u - FIRST_PORT));
}

static void wake(struct flow *f, uint64_t arg, int64_t now_ps)
{
    const struct attack *a = f->state;
    uint32_t weight = attack_weight(f, f->is.weight, now_ps);
    (void)arg;
    attack_next(f, now_ps);
    if (weight == 0)
        return;
    flow_resolve(f);
    ip4_addr prefix =
        (f->is.names ? f->is.server : f->is.target.addr) & prefix_mask(f->is.target.len);
    ip4_addr host = (ip4_addr)gsl_rng_get(a->rng) & ~prefix_mask(f->is.target.len);
    struct datagram d = {.src =
                             f->is.options->attack.spoofed ? attack_anybody(a->rng) : f->is.client,
                         .dst = prefix | host,
                         .sport = any_port(a->rng),
                         .dport = any_port(a->rng),
                         .length = f->is.up_bytes,
                         .ttl = FLOW_TTL};
    struct packet *p = flow_packet(f);
    datagram_write(p, &d, NULL, 0);
    p->weight = weight;
    attack_send(f, p);
}

const struct traffic_kind_ops traffic_carpet = {.name = "carpet",
                                                .hostile = true,
                                                .client_size = sizeof(struct attack),
                                                .start = attack_start,
                                                .wake = wake};
