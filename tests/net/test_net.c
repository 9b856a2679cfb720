// SPDX-License-Identifier: GPL-3.0-or-later
// net: conservation under random traffic, cuts and failures (VALIDATION row 44), and where packets
// end. A failure prints its seed; `test_net NAME` reruns a test alone.
#include "unit.h"

#include "base/rng.h"
#include "net/net.h"

#include <inttypes.h>
#include <stdio.h>

#define GBPS INT64_C(1000000000)

// --- a network of plain routers: node i is 10.0.0.i, and what its hooks were told

struct told {
    struct net *net;
    uint64_t delivered, replied, dropped, icmp, hops;
    uint64_t dropped_by[FWD_DROP_COUNT];
    uint32_t last_node, last_port, wrong;
};

static ip4_addr address(uint32_t node)
{
    return IP4(10, 0, 0, 0) + node + 1;
}

static void on_delivered(void *ctx, uint32_t node, struct packet *p)
{
    struct told *t = ctx;
    uint8_t type, code;
    uint16_t id;
    t->delivered++;
    t->wrong += packet_dst(p) != address(node);
    t->icmp += p->flow == NET_NO_FLOW && packet_icmp(p, &type, &code, &id) && type != 0;
    t->last_node = node;
    packet_give(&t->net->pool, p);
}

static void on_replied(void *ctx, uint32_t node, struct packet *p)
{
    struct told *t = ctx;
    t->replied++;
    t->wrong += packet_src(p) != address(node);
}

static void on_dropped(void *ctx, uint32_t node, uint32_t port, const struct packet *p,
                       enum fwd_drop reason)
{
    struct told *t = ctx;
    t->dropped++;
    t->dropped_by[reason]++;
    t->wrong += reason == FWD_DROP_NONE || packet_src(p) == 0;
    t->last_node = node;
    t->last_port = port;
}

static void on_hop(void *ctx, uint32_t node, const struct packet *p)
{
    struct told *t = ctx;
    (void)node;
    t->hops++;
    t->wrong += (p->kind & PACKET_TRACED) == 0;
}

static struct net *network(struct sim *sim, struct told *t, uint32_t nodes)
{
    struct net *n = net_new(sim);
    *t = (struct told){.net = n};
    n->hooks = (struct net_hooks){t, on_delivered, on_replied, on_dropped, on_hop};
    for (uint32_t i = 0; i < nodes; i++) {
        struct fwd_node *f = fwd_node_new(&(struct fwd_options){.address = address(i)});
        fwd_route_set(f, (struct prefix){address(i), 32}, FWD_ACT_LOCAL, 0);
        net_add_node(n, "node", f);
    }
    return n;
}

static uint32_t join(struct net *n, uint32_t a, uint32_t b)
{
    struct net_link_options o = {
        .a = a, .b = b, .rate_bps = GBPS, .delay_ps = PS_PER_MS, .queue_ps = 10 * PS_PER_MS};
    return net_add_link(n, "link", &o);
}

static void route(struct net *n, uint32_t node, uint32_t dst, uint32_t port)
{
    struct fwd_node *f = n->nodes[node].fwd;
    fwd_route_set(f, (struct prefix){address(dst), 32}, FWD_ACT_FORWARD, fwd_group(f, &port, 1));
}

static struct packet *udp(struct net *n, uint32_t from, ip4_addr to, uint8_t ttl)
{
    struct packet *p = packet_take(&n->pool);
    packet_build_udp(p, address(from), to, 1000, 2000, ttl, 500, NULL);
    p->flow = p->seq = 0;
    p->weight = 1;
    p->kind = 0;
    return p;
}

// What the net counts, what its hooks were told and what the pool holds agree.
static bool conserved(const struct net *n, const struct told *t)
{
    uint64_t by = 0, waiting = 0, drops = 0, at_ports = 0;
    for (int i = 0; i < FWD_DROP_COUNT; i++)
        by += n->dropped_by[i];
    for (uint32_t i = 0; i < n->nports; i++) {
        waiting += n->ports[i]->wire.count;
        at_ports += n->ports[i]->drops;
    }
    drops = t->dropped_by[FWD_DROP_LINK_DOWN] + t->dropped_by[FWD_DROP_QUEUE_FULL] +
            t->dropped_by[FWD_DROP_CONGESTION];
    return n->sent == n->delivered + n->dropped + waiting && waiting == n->pool.live &&
           net_in_flight(n) == waiting && by == n->dropped && drops == at_ports &&
           t->dropped == n->dropped && t->delivered + t->replied == n->delivered && t->wrong == 0;
}

// --- single matters

// Two routers that point at each other: the packet dies of its TTL once, one error is sent about
// it, and that error goes back to the sender.
static void a_loop_ends(void)
{
    struct sim *sim = sim_new(1);
    struct told t;
    struct net *n = network(sim, &t, 3); // 0: sender; 1, 2: loop
    uint32_t a = join(n, 0, 1), b = join(n, 1, 2);
    route(n, 0, 9, n->links[a].a_port);
    route(n, 1, 9, n->links[b].a_port);
    route(n, 2, 9, n->links[b].b_port);
    route(n, 1, 0, n->links[a].b_port);
    route(n, 2, 0, n->links[b].b_port);
    for (uint32_t ttl = 1; ttl <= 255; ttl += 127) {
        uint64_t hops = n->packet_hops;
        net_originate(n, 0, udp(n, 0, address(9), (uint8_t)ttl));
        sim_run(sim, sim_now(sim) + PS_PER_S);
        uint64_t back = (ttl - 1) % 2 ? 2 : 1; // the error's own way home
        CU_ASSERT_EQUAL(n->packet_hops - hops, ttl + back);
    }
    CU_ASSERT(t.dropped == 3 && t.dropped_by[FWD_DROP_TTL] == 3);
    CU_ASSERT(t.delivered == 3 && t.icmp == 3 && t.last_node == 0);
    CU_ASSERT(n->sent == 6 && sim_pending(sim) == 0 && conserved(n, &t));
    net_free(n);
    sim_free(sim);
}

// An error about a packet whose sender cannot be reached dies in its turn, and none is
// sent about it.
static void errors_are_conserved(void)
{
    struct sim *sim = sim_new(1);
    struct told t;
    struct net *n = network(sim, &t, 2);
    uint32_t a = join(n, 0, 1);
    route(n, 0, 9, n->links[a].a_port);
    net_originate(n, 0, udp(n, 0, address(9), 64)); // node 1 has no route, and none back either
    sim_run(sim, PS_PER_S);
    CU_ASSERT(n->sent == 2 && t.dropped_by[FWD_DROP_NO_ROUTE] == 2 && t.delivered == 0);
    CU_ASSERT(t.last_node == 1 && t.last_port == UINT32_MAX && conserved(n, &t));
    // Far more than the rate limit: every packet is dropped once, only some errors are sent.
    route(n, 1, 0, n->links[a].b_port);
    for (int i = 0; i < 1000; i++) {
        net_originate(n, 0, udp(n, 0, address(9), 64));
        CU_ASSERT(conserved(n, &t));
    }
    sim_run(sim, 2 * PS_PER_S);
    CU_ASSERT(t.dropped == 1002 && t.icmp >= 50 && t.icmp < 100);
    CU_ASSERT(n->sent == 1002 + t.icmp && conserved(n, &t) && net_in_flight(n) == 0);
    net_free(n);
    sim_free(sim);
}

// An echo request ends where it is answered; its reply is a packet of its own.
static void echoes(void)
{
    struct sim *sim = sim_new(1);
    struct told t;
    struct net *n = network(sim, &t, 2);
    uint32_t a = join(n, 0, 1);
    route(n, 0, 1, n->links[a].a_port);
    route(n, 1, 0, n->links[a].b_port);
    for (int i = 0; i < 2; i++) {
        struct packet *p = packet_take(&n->pool);
        packet_build_icmp_echo(p, address(0), address(1), 5, 6, 64, 84, NULL);
        p->flow = p->seq = 0;
        p->weight = 1;
        p->kind = i ? PACKET_TRACED : 0;
        net_originate(n, 0, p);
    }
    sim_run(sim, PS_PER_S);
    CU_ASSERT(n->sent == 4 && n->delivered == 4 && t.replied == 2 && t.delivered == 2);
    CU_ASSERT(t.last_node == 0 && t.hops == 3); // of the traced one: at 0, at 1 and at 0 again
    CU_ASSERT(t.icmp == 0 && conserved(n, &t));
    net_free(n);
    sim_free(sim);
}

// Cuts and failures are counted: the link lives only when all of them are over.
static void overlapping_failures(void)
{
    struct sim *sim = sim_new(1);
    struct told t;
    struct net *n = network(sim, &t, 3);
    uint32_t a = join(n, 0, 1), b = join(n, 1, 2);
    net_link_cut(n, a);
    net_link_cut(n, a);
    CU_ASSERT(!net_link_alive(n, a) && net_link_alive(n, b));
    net_link_restore(n, a);
    CU_ASSERT_FALSE(net_link_alive(n, a));
    net_node_down(n, 1); // takes both links along
    CU_ASSERT_FALSE(net_link_alive(n, b));
    net_link_restore(n, a);
    CU_ASSERT_FALSE(net_link_alive(n, a));
    net_node_down(n, 1);
    net_node_down(n, 0);
    net_node_up(n, 1);
    CU_ASSERT(!net_link_alive(n, a) && !net_link_alive(n, b));
    net_node_up(n, 1);
    CU_ASSERT(!net_link_alive(n, a) && net_link_alive(n, b)); // node 0 is down still
    net_node_up(n, 0);
    CU_ASSERT(net_link_alive(n, a) && net_link_alive(n, b));
    for (int both = 0; both < 2; both++) // either direction carries again
        CU_ASSERT(n->ports[both ? n->links[a].b_port : n->links[a].a_port]->alive);
    net_free(n);
    sim_free(sim);
}

static void a_dead_node_sends_and_takes_nothing(void)
{
    struct sim *sim = sim_new(1);
    struct told t;
    struct net *n = network(sim, &t, 2);
    uint32_t a = join(n, 0, 1);
    route(n, 0, 1, n->links[a].a_port);
    net_originate(n, 0, udp(n, 0, address(1), 64));
    net_node_down(n, 1); // the packet is on the wire
    CU_ASSERT(t.dropped_by[FWD_DROP_LINK_DOWN] == 1 && t.last_port == n->links[a].a_port);
    net_originate(n, 0, udp(n, 0, address(1), 64)); // sent into the dead link
    CU_ASSERT(t.dropped_by[FWD_DROP_LINK_DOWN] == 2 && t.last_node == 0);
    net_originate(n, 1, udp(n, 1, address(0), 64)); // made by the dead node
    CU_ASSERT(t.dropped_by[FWD_DROP_NODE_DOWN] == 1 && t.last_node == 1);
    sim_run(sim, PS_PER_S);
    CU_ASSERT(t.delivered == 0 && n->sent == 3 && conserved(n, &t));
    net_node_up(n, 1);
    net_originate(n, 0, udp(n, 0, address(1), 64));
    sim_run(sim, 2 * PS_PER_S);
    CU_ASSERT(t.delivered == 1 && conserved(n, &t));
    net_free(n);
    sim_free(sim);
}

// Each direction of each link has a stream of its own, and load windows reach every port.
static void windows_reach_every_port(void)
{
    struct sim *sim = sim_new(1);
    struct told t;
    struct net *n = network(sim, &t, 2);
    struct net_link_options o = {.a = 0,
                                 .b = 1,
                                 .rate_bps = GBPS,
                                 .delay_ps = PS_PER_MS,
                                 .queue_ps = PS_PER_S,
                                 .background_ppm = 250000,
                                 .fluid = true};
    uint32_t l = net_add_link(n, "thick", &o);
    route(n, 0, 1, n->links[l].a_port);
    struct packet *p = udp(n, 0, address(1), 64);
    p->weight = 12501; // 12,500 more of 500 bytes: 50 Mbit, half the rate over 100 ms
    net_originate(n, 0, p);
    net_window(n, PS_PER_S / 10);
    CU_ASSERT_DOUBLE_EQUAL(n->ports[n->links[l].a_port]->fluid->rho, 0.75, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(n->ports[n->links[l].b_port]->fluid->rho, 0.25, 1e-9);
    net_window(n, PS_PER_S / 10);
    CU_ASSERT_DOUBLE_EQUAL(n->ports[n->links[l].a_port]->fluid->rho, 0.25, 1e-9);
    net_free(n);
    sim_free(sim);
}

// --- a random network

enum { NODES = 24, LINKS = 45 };

struct chaos {
    struct sim *sim;
    struct net *net;
    struct told told;
    gsl_rng *rng;
    struct entity traffic, failures;
    int cuts[LINKS], downs[NODES];
    uint64_t bad, looks;
};

// Random routes: towards some neighbour, right or wrong. Loops and dead ends are meant.
static void random_routes(struct chaos *c)
{
    for (uint32_t i = 0; i < NODES; i++) {
        struct net_node *node = &c->net->nodes[i];
        for (uint32_t dst = 0; dst < NODES; dst++) {
            uint32_t out[3];
            if (dst == i || gsl_rng_uniform_int(c->rng, 20) == 0)
                continue;
            int n = 1 + (int)gsl_rng_uniform_int(c->rng, 3);
            for (int k = 0; k < n; k++)
                out[k] = node->ports[gsl_rng_uniform_int(c->rng, node->nports)];
            for (uint32_t k = 0; k < node->nports; k++) // a neighbour is reached directly
                if (c->net->ports[node->ports[k]]->to == dst)
                    n = 1, out[0] = node->ports[k];
            fwd_route_set(node->fwd, (struct prefix){address(dst), 32}, FWD_ACT_FORWARD,
                          fwd_group(node->fwd, out, n));
        }
    }
}

static void make_links(struct chaos *c)
{
    for (uint32_t i = 0; i < LINKS; i++) {
        uint32_t a = i < NODES - 1 ? i + 1 : (uint32_t)gsl_rng_uniform_int(c->rng, NODES);
        uint32_t b = (uint32_t)gsl_rng_uniform_int(c->rng, a ? a : NODES);
        struct net_link_options o = {.a = a,
                                     .b = a == b ? (b + 1) % NODES : b,
                                     .rate_bps = INT64_C(3000000) << gsl_rng_uniform_int(c->rng, 6),
                                     .delay_ps =
                                         (int64_t)gsl_rng_uniform_int(c->rng, 10) * PS_PER_MS,
                                     .queue_ps = 20 * PS_PER_MS,
                                     .background_ppm = (int64_t)gsl_rng_uniform_int(c->rng, 900000),
                                     .burst_bytes = i % 2 ? 3000 : 0,
                                     .fluid = i % 3 == 0};
        net_add_link(c->net, "link", &o);
    }
}

static void send_some(struct sim *sim, struct entity *self, uint64_t left)
{
    struct chaos *c = (struct chaos *)((char *)self - offsetof(struct chaos, traffic));
    for (int i = 0; i < 5; i++) {
        uint32_t from = (uint32_t)gsl_rng_uniform_int(c->rng, NODES);
        ip4_addr to = address((uint32_t)gsl_rng_uniform_int(c->rng, NODES + 1)); // one is nobody
        uint32_t length = 28 + (uint32_t)gsl_rng_uniform_int(c->rng, 1473);
        struct packet *p = packet_take(&c->net->pool);
        if (gsl_rng_uniform_int(c->rng, 2))
            packet_build_udp(p, address(from), to, 1, 2, 32, length, NULL);
        else
            packet_build_icmp_echo(p, address(from), to, 1, 2, 32, length, NULL);
        p->flow = p->seq = 0;
        p->weight = 1 + (uint32_t)gsl_rng_uniform_int(c->rng, 20);
        p->kind = gsl_rng_uniform_int(c->rng, 50) ? 0 : PACKET_TRACED;
        net_originate(c->net, from, p);
    }
    c->bad += !conserved(c->net, &c->told);
    c->looks++;
    if (left)
        sim_at(sim, self, self, sim_now(sim) + (int64_t)gsl_rng_uniform_int(c->rng, 1000000000),
               SIM_PHASE_DATA, left - 1);
}

static void break_some(struct sim *sim, struct entity *self, uint64_t left)
{
    struct chaos *c = (struct chaos *)((char *)self - offsetof(struct chaos, failures));
    uint32_t link = (uint32_t)gsl_rng_uniform_int(c->rng, LINKS);
    uint32_t node = (uint32_t)gsl_rng_uniform_int(c->rng, NODES);
    switch (gsl_rng_uniform_int(c->rng, 4)) {
    case 0:
        net_link_cut(c->net, link);
        c->cuts[link]++;
        break;
    case 1:
        net_node_down(c->net, node);
        c->downs[node]++;
        break;
    default: // mend whatever is broken, a step at a time
        for (uint32_t i = 0; i < LINKS; i++)
            if (c->cuts[i] && gsl_rng_uniform_int(c->rng, 2))
                net_link_restore(c->net, i), c->cuts[i]--;
        for (uint32_t i = 0; i < NODES; i++)
            if (c->downs[i] && gsl_rng_uniform_int(c->rng, 2))
                net_node_up(c->net, i), c->downs[i]--;
        net_window(c->net, PS_PER_S / 20);
        random_routes(c);
    }
    for (uint32_t i = 0; i < LINKS; i++) {
        const struct port *p = c->net->ports[c->net->links[i].a_port];
        bool up = !c->cuts[i] && !c->downs[p->from] && !c->downs[p->to];
        c->bad += net_link_alive(c->net, i) != up || (!up && p->wire.count > 0);
    }
    c->bad += !conserved(c->net, &c->told);
    if (left)
        sim_at(sim, self, self, sim_now(sim) + (int64_t)(rng_uniform(c->rng) * 5e10),
               SIM_PHASE_WORLD, left - 1);
}

static struct told run_chaos(uint64_t seed, bool report)
{
    struct chaos c = {.sim = sim_new(seed), .rng = rng_stream(seed, "net", "chaos")};
    c.net = network(c.sim, &c.told, NODES);
    make_links(&c);
    random_routes(&c);
    sim_entity(c.sim, &c.traffic, send_some);
    sim_entity(c.sim, &c.failures, break_some);
    sim_at(c.sim, &c.traffic, &c.traffic, 0, SIM_PHASE_DATA, 4000);
    sim_at(c.sim, &c.failures, &c.failures, 0, SIM_PHASE_WORLD, 80);
    for (int64_t t = 0; t < 2 * PS_PER_S; t += PS_PER_S / 50) {
        sim_run(c.sim, t);
        c.bad += !conserved(c.net, &c.told);
    }
    bool flew = net_in_flight(c.net) > 0;
    sim_run(c.sim, 1000 * PS_PER_S);
    const struct told *t = &c.told;
    bool ok = c.bad == 0 && c.looks == 4001 && conserved(c.net, t) && net_in_flight(c.net) == 0 &&
              sim_pending(c.sim) == 0 && flew;
    // Nothing of what this is about was missing.
    bool all = t->delivered > 1000 && t->replied > 500 && t->icmp > 50 && t->hops > 100 &&
               t->dropped_by[FWD_DROP_TTL] && t->dropped_by[FWD_DROP_NO_ROUTE] &&
               t->dropped_by[FWD_DROP_LINK_DOWN] && t->dropped_by[FWD_DROP_NODE_DOWN] &&
               t->dropped_by[FWD_DROP_QUEUE_FULL] && t->dropped_by[FWD_DROP_CONGESTION];
    CU_ASSERT(ok && all);
    if (report || !ok || !all) {
        printf("\n  seed %" PRIu64 ": %" PRIu64 " sent = %" PRIu64 " delivered + %" PRIu64
               " dropped; %" PRIu64 " wrong",
               seed, c.net->sent, c.net->delivered, c.net->dropped, c.bad);
        for (int i = 1; i < FWD_DROP_COUNT && !all; i++)
            printf(", %s %" PRIu64, fwd_drop_name((enum fwd_drop)i), t->dropped_by[i]);
    }
    struct told result = c.told;
    result.net = NULL; // it dies here
    net_free(c.net);
    gsl_rng_free(c.rng);
    sim_free(c.sim);
    return result;
}

static void conservation(void)
{
    for (uint64_t seed = 1; seed <= 6; seed++)
        run_chaos(seed, true);
    printf("\n");
}

static void the_same_again(void)
{
    struct told a = run_chaos(9, false), b = run_chaos(9, false);
    CU_ASSERT(a.delivered == b.delivered && a.dropped == b.dropped && a.hops == b.hops);
    for (int i = 0; i < FWD_DROP_COUNT; i++)
        CU_ASSERT_EQUAL(a.dropped_by[i], b.dropped_by[i]);
}

UNIT_MAIN("net", {"a_loop_ends", a_loop_ends}, {"errors_are_conserved", errors_are_conserved},
          {"echoes", echoes}, {"overlapping_failures", overlapping_failures},
          {"a_dead_node_sends_and_takes_nothing", a_dead_node_sends_and_takes_nothing},
          {"windows_reach_every_port", windows_reach_every_port}, {"conservation", conservation},
          {"the_same_again", the_same_again})
