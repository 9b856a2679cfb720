// SPDX-License-Identifier: GPL-3.0-or-later
// line: ports with queue disciplines, impairments, unequal directions and an MTU, in a net: source,
// router, sink.
#include "unit.h"

#include "base/rng.h"
#include "fwd/headers.h"
#include "net/net.h"

#include <math.h>
#include <stdio.h>

#define GBPS  INT64_C(1000000000)
#define HERE  IP4(10, 0, 0, 1)
#define VIA   IP4(10, 0, 0, 2)
#define THERE IP4(10, 0, 0, 3)
#define MOST  200000

static struct {
    struct sim *sim;
    struct net *net;
    uint32_t first, second; // links
    uint64_t got, dropped, icmp, lost_here;
    uint64_t by[FWD_DROP_COUNT];
    uint64_t damaged; // delivered though a byte is wrong
    uint32_t last;
    uint64_t overtakings;
    int64_t arrived_ps;
    uint8_t copies[MOST];
} w;

static void delivered(void *ctx, uint32_t node, struct packet *p)
{
    struct packet_payload payload;
    (void)ctx;
    (void)node;
    if (p->flow == NET_NO_FLOW) {
        w.icmp++;
        packet_give(&w.net->pool, p);
        return;
    }
    w.got++;
    w.arrived_ps = sim_now(w.sim);
    w.overtakings += p->seq < w.last;
    w.last = p->seq;
    if (p->seq < MOST)
        w.copies[p->seq]++;
    if (packet_payload_get(p, &payload))
        w.damaged += payload.seq != p->seq || payload.flow != 77 || packet_src(p) != HERE;
    packet_give(&w.net->pool, p);
}

static void dropped(void *ctx, uint32_t node, uint32_t port, const struct packet *p,
                    enum fwd_drop reason)
{
    (void)ctx;
    (void)node;
    (void)port;
    (void)p;
    w.dropped++;
    w.by[reason]++;
}

static uint32_t host(ip4_addr a)
{
    struct fwd_node *n = fwd_node_new(&(struct fwd_options){.address = a});
    fwd_route_set(n, (struct prefix){a, 32}, FWD_ACT_LOCAL, 0);
    return net_add_node(w.net, "host", n);
}

static void route(uint32_t node, ip4_addr to, uint32_t port)
{
    struct fwd_node *n = w.net->nodes[node].fwd;
    fwd_route_set(n, (struct prefix){to, 32}, FWD_ACT_FORWARD, fwd_group(n, &port, 1));
}

// The second link has what is given; the first one nothing.
static void begin(struct net_link_options o)
{
    static const struct net_link_options plain = {
        .rate_bps = GBPS, .delay_ps = PS_PER_MS, .queue_ps = PS_PER_S};
    struct net_link_options first = plain;
    w.sim = sim_new(3);
    w.net = net_new(w.sim);
    w.net->hooks = (struct net_hooks){.delivered = delivered, .dropped = dropped};
    uint32_t a = host(HERE), b = host(VIA), c = host(THERE);
    first.a = a;
    first.b = o.a = b;
    o.b = c;
    o.rate_bps = o.rate_bps ? o.rate_bps : plain.rate_bps;
    o.delay_ps = plain.delay_ps;
    o.queue_ps = plain.queue_ps;
    w.first = net_add_link(w.net, "first", &first);
    w.second = net_add_link(w.net, "second", &o);
    route(a, THERE, w.net->links[w.first].a_port);
    route(b, THERE, w.net->links[w.second].a_port);
    route(b, HERE, w.net->links[w.first].b_port);
    route(c, HERE, w.net->links[w.second].b_port);
    w.got = w.dropped = w.icmp = w.damaged = w.overtakings = w.last = 0;
    for (int i = 0; i < FWD_DROP_COUNT; i++)
        w.by[i] = 0;
    for (int i = 0; i < MOST; i++)
        w.copies[i] = 0;
}

static void end(void)
{
    CU_ASSERT_EQUAL(w.net->pool.live, net_in_flight(w.net));
    CU_ASSERT(w.net->delivered == w.got + w.icmp && w.net->dropped == w.dropped);
    net_free(w.net);
    sim_free(w.sim);
}

static void send(uint32_t seq, uint32_t length, bool may_cut)
{
    struct packet_payload payload = {77, seq, 0};
    struct packet *p = packet_take(&w.net->pool);
    packet_build_udp(p, HERE, THERE, (uint16_t)(1000 + seq % 7), 2000, 64, length, &payload);
    if (may_cut) {
        uint8_t *h = packet_data(p);
        be16_put(h + IP4_CHECKSUM,
                 checksum_update(be16_get(h + IP4_CHECKSUM), IP4_DONT_FRAGMENT, 0));
        be16_put(h + IP4_FRAGMENT, 0);
    }
    p->seq = seq;
    p->flow = 0;
    p->weight = 1;
    p->kind = 0;
    net_originate(w.net, 0, p);
}

static void send_many(uint32_t n, uint32_t length, int64_t gap_ps)
{
    for (uint32_t i = 0; i < n; i++) {
        sim_run(w.sim, i * gap_ps);
        send(i, length, false);
        CU_ASSERT_EQUAL(w.net->sent, w.net->delivered + w.net->dropped + net_in_flight(w.net));
    }
    sim_run(w.sim, n * gap_ps + 3600 * PS_PER_S);
    CU_ASSERT(net_in_flight(w.net) == 0 && sim_pending(w.sim) == 0);
}

// A duplicate counts as sent; every packet arrives as often as the line sent it.
static void duplicates(void)
{
    struct impair_options o = {.duplicate = 0.25};
    begin((struct net_link_options){.forth.impair = &o});
    send_many(20000, 200, 10 * PS_PER_US);
    uint64_t twice = 0, never = 0;
    for (int i = 0; i < 20000; i++) {
        twice += w.copies[i] == 2;
        never += w.copies[i] == 0;
    }
    CU_ASSERT(never == 0 && w.got == 20000 + twice && w.net->sent == w.got);
    CU_ASSERT(fabs((double)twice / 20000 - 0.25) < 0.015);
    end();
}

// A bit turned over never reaches a host: the IPv4 checksum, the header's own sense or the
// transport's checksum notices, at the router or at the host. (Two bits may hide each other: no
// packet has two here.)
static void corruption(void)
{
    struct impair_options o = {.corrupt = 0.5};
    for (int link = 0; link < 2; link++) {
        begin((struct net_link_options){0});
        net_link_impair(w.net, link ? w.second : w.first, false, &o);
        send_many(20000, 60, 10 * PS_PER_US);
        CU_ASSERT_EQUAL(w.damaged, 0);
        CU_ASSERT(fabs((double)w.got / 20000 - 0.5) < 0.015);
        CU_ASSERT(w.by[FWD_DROP_BAD_CHECKSUM] > 9000);
        CU_ASSERT_EQUAL(w.got + w.dropped, 20000);
        end();
    }
}

static void overtaking(void)
{
    struct impair_options o = {
        .delayed = true,
        .delay = {.law = VARIATE_UNIFORM, .mean_ps = 10 * PS_PER_MS, .sd_ps = 5 * PS_PER_MS}};
    for (int reorder = 0; reorder < 2; reorder++) {
        o.reorder = reorder;
        begin((struct net_link_options){.forth.impair = &o});
        send_many(5000, 200, PS_PER_MS);
        CU_ASSERT(w.got == 5000 && (reorder ? w.overtakings > 1000 : w.overtakings == 0));
        end();
    }
    // Changed while packets are under way: it stays in order from then on.
    begin((struct net_link_options){.forth.impair = &o});
    for (uint32_t i = 0; i < 1000; i++) {
        sim_run(w.sim, i * PS_PER_MS);
        if (i == 500)
            net_link_impair(w.net, w.second, false, NULL);
        send(i, 200, false);
    }
    sim_run(w.sim, 2 * PS_PER_S);
    CU_ASSERT(w.got == 1000 && w.overtakings > 100 && w.last == 999);
    end();
}

// Losses on the line come after the queue: they have taken their time there.
static void losses_take_the_line(void)
{
    struct impair_options o = {.loss = 1};
    begin((struct net_link_options){.forth.impair = &o});
    for (uint32_t i = 0; i < 10; i++)
        send(i, 1250, false);
    sim_run(w.sim, PS_PER_S);
    const struct port *p = w.net->ports[w.net->links[w.second].a_port];
    CU_ASSERT(w.by[FWD_DROP_LINE_LOSS] == 10 && p->packets == 10 && p->bytes == 12500);
    CU_ASSERT_EQUAL(p->busy_until_ps, PS_PER_MS + 110 * PS_PER_US);
    net_link_impair(w.net, w.second, false, NULL);
    CU_ASSERT_FALSE(p->special); // the fast way again
    send(10, 1250, false);
    sim_run(w.sim, 2 * PS_PER_S);
    CU_ASSERT_EQUAL(w.got, 1);
    end();
}

// With drop-tail by packets the times are those of the plain port, to the picosecond.
static void the_same_times(void)
{
    int64_t arrived[2];
    struct qdisc_options q = {.ops = qdisc_kind("drop-tail"), .limit_packets = 1000};
    for (int held = 0; held < 2; held++) {
        gsl_rng *r = rng_stream(2, "line", "times");
        begin((struct net_link_options){.rate_bps = 999999937, .forth.qdisc = held ? &q : NULL});
        int64_t now = 0;
        for (uint32_t i = 0; i < 3000; i++) {
            now += (int64_t)gsl_rng_uniform_int(r, 12000000);
            sim_run(w.sim, now);
            send(i, 100 + (uint32_t)gsl_rng_uniform_int(r, 1400), false);
        }
        sim_run(w.sim, now + PS_PER_S);
        CU_ASSERT(w.got == 3000 && w.overtakings == 0);
        arrived[held] = w.arrived_ps;
        end();
        gsl_rng_free(r);
    }
    CU_ASSERT_EQUAL(arrived[0], arrived[1]);
}

// A link that holds packets and is cut gives all of them back.
static void cut_while_holding(void)
{
    static const char *const kinds[] = {"drop-tail", "red", "codel", "fq-codel", "shaper"};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        struct qdisc_options q = {.ops = qdisc_kind(kinds[k]),
                                  .limit_packets = 1000,
                                  .min_bytes = 1000000,
                                  .max_bytes = 3000000,
                                  .mean_packet_bytes = 500,
                                  .max_probability = 0.1,
                                  .weight = 0.002,
                                  .target_ps = PS_PER_S,
                                  .interval_ps = 2 * PS_PER_S,
                                  .flows = 16,
                                  .quantum_bytes = 1514,
                                  .shaper_bps = 1000000,
                                  .burst_bytes = 15000};
        begin((struct net_link_options){.rate_bps = 10000000, .forth.qdisc = &q});
        for (uint32_t i = 0; i < 100; i++)
            send(i, 1250, false); // a millisecond each on the second link
        sim_run(w.sim, 20 * PS_PER_MS);
        CU_ASSERT(w.net->ports[w.net->links[w.second].a_port]->qdisc->packets > 50);
        net_link_cut(w.net, w.second);
        CU_ASSERT_EQUAL(net_in_flight(w.net), 0);
        CU_ASSERT_EQUAL(w.by[FWD_DROP_LINK_DOWN] + w.got, 100);
        net_link_restore(w.net, w.second);
        send(200, 1250, false);
        sim_run(w.sim, PS_PER_S);
        CU_ASSERT(w.last == 200 && net_in_flight(w.net) == 0);
        end();
    }
}

// Everything at once.
static void conservation(void)
{
    struct qdisc_options q = {.ops = qdisc_kind("fq-codel"),
                              .limit_packets = 200,
                              .target_ps = PS_PER_MS,
                              .interval_ps = 10 * PS_PER_MS,
                              .flows = 16,
                              .quantum_bytes = 1514};
    struct impair_options o = {
        .bursty = true,
        .bursts = {0.01, 0.2, 0, 1},
        .duplicate = 0.1,
        .corrupt = 0.1,
        .delayed = true,
        .reorder = true,
        .delay = {.law = VARIATE_GAMMA, .mean_ps = 3 * PS_PER_MS, .sd_ps = 3 * PS_PER_MS}};
    begin((struct net_link_options){.rate_bps = 90000000,
                                    .background_ppm = 500000,
                                    .burst_bytes = 3000,
                                    .fluid = true,
                                    .forth = {.qdisc = &q, .impair = &o}});
    send_many(50000, 1250, 100 * PS_PER_US); // 100 Mb/s
    CU_ASSERT(w.by[FWD_DROP_EARLY] > 100 && w.by[FWD_DROP_LINE_LOSS] > 100);
    CU_ASSERT(w.damaged == 0 && w.net->sent > 51000);
    end();
}

static void unequal_directions(void)
{
    begin((struct net_link_options){.back = {.rate_bps = GBPS / 10, .delay_ps = 7 * PS_PER_MS}});
    const struct net_link *l = &w.net->links[w.second];
    CU_ASSERT_EQUAL(w.net->ports[l->a_port]->delay_ps, PS_PER_MS);
    send(0, 1250, false);
    sim_run(w.sim, PS_PER_S);
    CU_ASSERT_EQUAL(w.arrived_ps, 2 * PS_PER_MS + 20 * PS_PER_US);
    struct packet *p = packet_take(&w.net->pool);
    packet_build_udp(p, THERE, HERE, 1, 2, 64, 1250, NULL);
    p->flow = p->seq = 0;
    p->weight = 1;
    p->kind = 0;
    net_originate(w.net, 2, p);
    sim_run(w.sim, 2 * PS_PER_S);
    CU_ASSERT_EQUAL(w.arrived_ps, PS_PER_S + 8 * PS_PER_MS + 110 * PS_PER_US);
    end();
}

// Too large and not to be cut: dropped, and its sender hears of it (RFC 1191); else it is cut, and
// every piece but the first counts as sent.
static void mtu(void)
{
    begin((struct net_link_options){.mtu = 1000});
    send(0, 1000, false);
    send(1, 1001, false);
    sim_run(w.sim, PS_PER_S);
    CU_ASSERT(w.got == 1 && w.by[FWD_DROP_MTU] == 1 && w.icmp == 1);
    uint64_t sent = w.net->sent;
    send(2, 1400, true);
    sim_run(w.sim, 2 * PS_PER_S);
    CU_ASSERT(w.net->sent == sent + 2 && w.got == 3 && net_in_flight(w.net) == 0);
    end();
}

UNIT_MAIN("line", {"duplicates", duplicates}, {"corruption", corruption},
          {"overtaking", overtaking}, {"losses_take_the_line", losses_take_the_line},
          {"the_same_times", the_same_times}, {"cut_while_holding", cut_while_holding},
          {"conservation", conservation}, {"unequal_directions", unequal_directions}, {"mtu", mtu})
