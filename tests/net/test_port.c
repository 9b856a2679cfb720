// SPDX-License-Identifier: GPL-3.0-or-later
// port: when packets leave and arrive, to the picosecond, and what a cut does.
#include "unit.h"

#include "base/rng.h"
#include "net/net.h"

#include <inttypes.h>
#include <stdio.h>

#define GBPS  INT64_C(1000000000)
#define DELAY (5 * PS_PER_MS)
#define HERE  IP4(10, 0, 0, 1)
#define THERE IP4(10, 0, 0, 2)

// Two nodes and a link; what ends where, and when.
static struct {
    struct sim *sim;
    struct net *net;
    struct port *port; // from HERE to THERE
    uint32_t link;
    int64_t arrived_ps[4000];
    uint32_t seq[4000];
    size_t arrived;
    uint32_t dropped_seq[4000];
    enum fwd_drop reason[4000];
    size_t dropped;
} w;

static void delivered(void *ctx, uint32_t node, struct packet *p)
{
    (void)ctx;
    (void)node;
    w.arrived_ps[w.arrived] = sim_now(w.sim);
    w.seq[w.arrived++] = p->seq;
    packet_give(&w.net->pool, p);
}

static void dropped(void *ctx, uint32_t node, uint32_t port, const struct packet *p,
                    enum fwd_drop reason)
{
    (void)ctx;
    CU_ASSERT(node == w.port->from && port == w.port->index);
    w.dropped_seq[w.dropped] = p->seq;
    w.reason[w.dropped++] = reason;
}

static struct fwd_node *host(ip4_addr a)
{
    struct fwd_node *n = fwd_node_new(&(struct fwd_options){.address = a});
    fwd_route_set(n, (struct prefix){a, 32}, FWD_ACT_LOCAL, 0);
    return n;
}

static void begin_with(int64_t rate_bps, int64_t queue_ps, bool fluid)
{
    w.sim = sim_new(1);
    w.net = net_new(w.sim);
    w.net->hooks = (struct net_hooks){.delivered = delivered, .dropped = dropped};
    uint32_t a = net_add_node(w.net, "a", host(HERE)), b = net_add_node(w.net, "b", host(THERE));
    struct net_link_options o = {.a = a,
                                 .b = b,
                                 .rate_bps = rate_bps,
                                 .delay_ps = DELAY,
                                 .queue_ps = queue_ps,
                                 .fluid = fluid};
    w.link = net_add_link(w.net, "a-b", &o);
    uint32_t out = w.net->links[w.link].a_port;
    w.port = w.net->ports[out];
    fwd_route_set(w.net->nodes[a].fwd, (struct prefix){THERE, 32}, FWD_ACT_FORWARD,
                  fwd_group(w.net->nodes[a].fwd, &out, 1));
    w.arrived = w.dropped = 0;
}

static void begin(int64_t rate_bps, int64_t queue_ps)
{
    begin_with(rate_bps, queue_ps, false);
}

static void end(void)
{
    CU_ASSERT_EQUAL(w.net->pool.live, net_in_flight(w.net));
    net_free(w.net);
    sim_free(w.sim);
}

static void send_weighing(uint32_t seq, uint32_t length, uint32_t weight)
{
    struct packet *p = packet_take(&w.net->pool);
    packet_build_udp(p, HERE, THERE, 1000, 2000, 64, length, NULL);
    p->seq = seq;
    p->flow = 0;
    p->weight = weight;
    p->kind = 0;
    net_originate(w.net, w.port->from, p);
}

static void send(uint32_t seq, uint32_t length)
{
    send_weighing(seq, length, 1);
}

// The departure of every packet follows from the one before; whatever the rate and the gaps.
static void departures(int64_t rate_bps, uint64_t seed)
{
    enum { N = 3000 };
    static int64_t wanted[N];
    gsl_rng *r = rng_stream(seed, "port", "departures");
    int64_t now = 0, free_ps = 0;
    uint64_t bytes = 0;
    unsigned bad = 0;
    begin(rate_bps, TIME_NEVER / 2);
    for (uint32_t i = 0; i < N; i++) {
        uint32_t length = 28 + (uint32_t)gsl_rng_uniform_int(r, 1473);
        now += gsl_rng_uniform_int(r, 3) ? 0 : (int64_t)gsl_rng_uniform_int(r, 60000000);
        sim_run(w.sim, now);
        send(i, length);
        __extension__ __int128 bits = (__int128)length * 8 * PS_PER_S;
        free_ps = (free_ps > now ? free_ps : now) + (int64_t)((bits + rate_bps - 1) / rate_bps);
        wanted[i] = free_ps + DELAY;
        bytes += length;
        bad += w.port->busy_until_ps != free_ps;
    }
    CU_ASSERT(sim_pending(w.sim) <= 1); // however many packets are under way
    sim_run(w.sim, free_ps + DELAY);
    CU_ASSERT_EQUAL(w.arrived, N);
    for (uint32_t i = 0; i < w.arrived; i++)
        bad += w.arrived_ps[i] != wanted[i] || w.seq[i] != i;
    CU_ASSERT_EQUAL(bad, 0);
    CU_ASSERT(w.port->packets == N && w.port->bytes == bytes && w.port->drops == 0);
    if (bad)
        printf("\n  rate %" PRId64 ", seed %" PRIu64 ": %u wrong\n", rate_bps, seed, bad);
    end();
    gsl_rng_free(r);
}

static void departure_arithmetic(void)
{
    departures(GBPS, 1);
    departures(10 * GBPS, 2);
    departures(400 * GBPS, 3);
    departures(GBPS / 10, 4);
    departures(999999937, 5); // a prime: a byte lasts no whole number of picoseconds
    departures(3 * GBPS, 6);  // neither does it here: 2666.6… ps
    departures(9600, 7);
}

static void one_packet(void)
{
    begin(GBPS, 0);
    sim_run(w.sim, 123);
    send(7, 1250); // 10 us
    CU_ASSERT_EQUAL(w.port->busy_until_ps, 123 + 10 * PS_PER_US);
    CU_ASSERT_EQUAL(net_in_flight(w.net), 1);
    sim_run(w.sim, 122 + 10 * PS_PER_US + DELAY);
    CU_ASSERT_EQUAL(w.arrived, 0);
    sim_run(w.sim, 123 + 10 * PS_PER_US + DELAY);
    CU_ASSERT(w.arrived == 1 && w.seq[0] == 7 && net_in_flight(w.net) == 0);
    end();
}

// A wait of just the buffer is accepted, a picosecond more is not.
static void buffer_limit(void)
{
    begin(GBPS, 100 * PS_PER_US); // ten packets of 1250 bytes may stand before one's turn
    for (uint32_t i = 0; i < 20; i++)
        send(i, 1250);
    CU_ASSERT_EQUAL(w.port->packets, 11); // the one being sent, and ten
    CU_ASSERT(w.dropped == 9 && w.dropped_seq[0] == 11 && w.reason[0] == FWD_DROP_QUEUE_FULL);
    CU_ASSERT_EQUAL(w.port->drops, 9);
    sim_run(w.sim, 10 * PS_PER_US - 1); // the wait would be 100 us and 1 ps
    send(20, 1250);
    CU_ASSERT_EQUAL(w.dropped, 10);
    sim_run(w.sim, 10 * PS_PER_US); // 100 us
    send(21, 1250);
    CU_ASSERT(w.dropped == 10 && w.port->packets == 12);
    send(22, 28);
    CU_ASSERT_EQUAL(w.dropped, 11); // a small one waits as long
    sim_run(w.sim, PS_PER_S);
    CU_ASSERT(w.arrived == 12 && w.seq[11] == 21);
    CU_ASSERT_EQUAL(w.net->dropped_by[FWD_DROP_QUEUE_FULL], 11);
    end();
    begin(GBPS, 0); // no buffer: only what is sent at once
    send(0, 1250);
    send(1, 1250);
    sim_run(w.sim, 10 * PS_PER_US);
    send(2, 1250);
    sim_run(w.sim, PS_PER_S);
    CU_ASSERT(w.arrived == 2 && w.seq[1] == 2 && w.dropped == 1);
    end();
}

// What is offered counts for the load window, dropped for want of room or not, by weight.
static void window_bits(void)
{
    begin(GBPS, 0);
    send(0, 1250);
    send(1, 1250); // dropped
    CU_ASSERT_EQUAL(w.port->window_bits, 20000);
    net_window(w.net, PS_PER_S);
    CU_ASSERT_EQUAL(w.port->window_bits, 0);
    sim_run(w.sim, PS_PER_S);
    net_link_cut(w.net, w.link);
    send(2, 1250); // into a cut: no load
    CU_ASSERT_EQUAL(w.port->window_bits, 0);
    end();
}

// A packet is no fluid itself: what it stands for besides is. Ports do not carry it twice.
static void packets_are_no_fluid(void)
{
    begin_with(1000000, PS_PER_S, true);
    send_weighing(0, 1250, 1);
    net_window(w.net, PS_PER_MS); // ten times the rate
    CU_ASSERT_EQUAL(w.port->fluid->weight, 0);
    send_weighing(1, 1250, 4); // 10,000 bits, and 30,000 of others
    net_window(w.net, PS_PER_S);
    CU_ASSERT_DOUBLE_EQUAL(w.port->fluid->weight, 0.03, 1e-12);
    end();
}

static void cut_drops_all(void)
{
    begin(GBPS, PS_PER_S);
    for (uint32_t i = 0; i < 100; i++)
        send(i, 1250); // 10 us each: some have left, some are on the wire, some wait
    sim_run(w.sim, DELAY + 205 * PS_PER_US);
    CU_ASSERT_EQUAL(w.arrived, 20);
    net_link_cut(w.net, w.link);
    CU_ASSERT_FALSE(net_link_alive(w.net, w.link));
    CU_ASSERT_EQUAL(w.dropped, 80);
    for (size_t i = 0; i < w.dropped; i++)
        CU_ASSERT(w.dropped_seq[i] == 20 + i && w.reason[i] == FWD_DROP_LINK_DOWN);
    CU_ASSERT_EQUAL(net_in_flight(w.net), 0);
    send(100, 1250);
    CU_ASSERT(w.dropped == 81 && w.reason[80] == FWD_DROP_LINK_DOWN);
    sim_run(w.sim, PS_PER_S);
    CU_ASSERT(w.arrived == 20 && sim_pending(w.sim) == 0);
    end();
}

// After the repair the line is free at once, and the event of a packet that is gone brings no
// packet early: whether it comes before, after, or just when the next one arrives.
static void stale_event(int64_t cut_ps, int64_t again_ps)
{
    begin(GBPS, PS_PER_S);
    for (uint32_t i = 0; i < 50; i++)
        send(i, 1250); // busy until 500 us; the first would arrive at DELAY + 10 us
    sim_run(w.sim, cut_ps);
    net_link_cut(w.net, w.link);
    net_link_restore(w.net, w.link);
    CU_ASSERT(net_link_alive(w.net, w.link));
    sim_run(w.sim, again_ps);
    size_t before = w.arrived;
    for (uint32_t i = 0; i < 20; i++)
        send(1000 + i, 1250);
    sim_run(w.sim, PS_PER_S);
    CU_ASSERT_EQUAL(w.arrived, before + 20);
    for (uint32_t i = 0; i < 20 && before + i < w.arrived; i++) {
        CU_ASSERT_EQUAL(w.seq[before + i], 1000 + i);
        CU_ASSERT_EQUAL(w.arrived_ps[before + i], again_ps + (i + 1) * 10 * PS_PER_US + DELAY);
    }
    CU_ASSERT(before + w.dropped == 50 && sim_pending(w.sim) == 0);
    CU_ASSERT_EQUAL(net_in_flight(w.net), 0);
    end();
}

static void stale_events_harm_nothing(void)
{
    stale_event(0, 0); // new packets arrive just when the old ones would have
    stale_event(PS_PER_US, PS_PER_US);
    stale_event(PS_PER_MS, PS_PER_MS);
    stale_event(PS_PER_MS, 3 * PS_PER_MS);
    stale_event(DELAY + 10 * PS_PER_US, DELAY + 10 * PS_PER_US); // one has arrived
    stale_event(DELAY + 45 * PS_PER_US, DELAY + 50 * PS_PER_US); // at the stale event itself
    stale_event(DELAY + 45 * PS_PER_US, 2 * DELAY);
}

// Random sends, cuts and repairs: nothing is lost without a word, nothing arrives out of order.
static void random_cuts(void)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        gsl_rng *r = rng_stream(seed, "port", "cuts");
        uint32_t sent = 0, bad = 0;
        bool cut = false;
        begin(GBPS, 200 * PS_PER_US);
        for (int64_t now = 0; sent < 3000; now += (int64_t)gsl_rng_uniform_int(r, 30000000)) {
            sim_run(w.sim, now);
            send(sent++, 28 + (uint32_t)gsl_rng_uniform_int(r, 1473));
            if (gsl_rng_uniform_int(r, cut ? 5 : 500) == 0) {
                (cut ? net_link_restore : net_link_cut)(w.net, w.link);
                cut = !cut;
            }
            bad += w.net->sent != w.net->delivered + w.net->dropped + w.net->pool.live;
        }
        sim_run(w.sim, 100 * PS_PER_S);
        for (size_t i = 1; i < w.arrived; i++)
            bad += w.seq[i] <= w.seq[i - 1] || w.arrived_ps[i] <= w.arrived_ps[i - 1];
        CU_ASSERT_EQUAL(bad, 0);
        CU_ASSERT(w.arrived + w.dropped == sent && w.arrived > 300 && w.dropped > 100);
        CU_ASSERT_EQUAL(sim_pending(w.sim), 0);
        if (bad)
            printf("\n  seed %" PRIu64 ": %u wrong\n", seed, bad);
        end();
        gsl_rng_free(r);
    }
}

UNIT_MAIN("port", {"departure_arithmetic", departure_arithmetic}, {"one_packet", one_packet},
          {"buffer_limit", buffer_limit}, {"window_bits", window_bits},
          {"packets_are_no_fluid", packets_are_no_fluid}, {"cut_drops_all", cut_drops_all},
          {"stale_events_harm_nothing", stale_events_harm_nothing}, {"random_cuts", random_cuts})
