// SPDX-License-Identifier: GPL-3.0-or-later
// synflood: TCP SYNs (RFC 9293; RFC 4987 on the attack) to port 443 from a botnet, with sources that
// may be anybody's or, without spoofing, the bots' own. The server answers each with a SYN-ACK: to
// anybody it is backscatter, which dies where no route is; a bot ignores it. Options as Linux sends
// them: maximum segment size, SACK, timestamps, window scale.
#include "fwd/headers.h"
#include "traffic/attack.h"
#include "traffic/kinds.h"
#include "transport/segment.h"

#define SYNFLOOD_PORT 443
#define MSS           1460
#define WINDOW        64240
#define SCALE         7
#define EPHEMERAL     32768u // first of the sources' ports

static struct segment opening(gsl_rng *rng)
{
    return (struct segment){.sport = (uint16_t)(EPHEMERAL + gsl_rng_get(rng) % EPHEMERAL),
                            .dport = SYNFLOOD_PORT,
                            .seq = (uint32_t)gsl_rng_get(rng),
                            .window = WINDOW,
                            .flags = TCP_SYN,
                            .mss = MSS,
                            .scale = SCALE,
                            .sack_permitted = true,
                            .stamped = true,
                            .stamp = (uint32_t)gsl_rng_get(rng)};
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
    struct packet *p = flow_packet(f);
    struct segment s = opening(a->rng);
    ip4_addr src = f->is.options->attack.spoofed ? attack_anybody(a->rng) : f->is.client;
    segment_write(&s, src, f->is.server, FLOW_TTL, p);
    p->weight = weight;
    attack_send(f, p);
}

static void at_server(struct flow *f, struct traffic_server *at, struct packet *p, int64_t now_ps)
{
    struct segment s;
    (void)now_ps;
    if (!segment_read(p, &s) || s.flags != TCP_SYN) {
        flow_give(f, p);
        return;
    }
    ip4_addr src = packet_dst(p), dst = packet_src(p), entry = p->entry;
    uint16_t sport = s.sport;
    s.sport = s.dport;
    s.dport = sport;
    s.ack = s.seq + 1;
    s.seq = ~s.seq; // any number does: nobody takes it further
    s.flags = TCP_SYN | TCP_ACK;
    s.echo = s.stamp;
    segment_write(&s, src, dst, FLOW_TTL, p);
    p->entry = entry;
    traffic_server_send(at, f, p);
}

const struct traffic_kind_ops traffic_synflood = {.name = "synflood",
                                                  .hostile = true,
                                                  .client_size = sizeof(struct attack),
                                                  .start = attack_start,
                                                  .wake = wake,
                                                  .at_server = at_server};
