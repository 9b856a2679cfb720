// SPDX-License-Identifier: GPL-3.0-or-later
// Packet-hops per second on one core: one hop is an event, a longest-prefix match, a header check
// and rewrite, and a FIFO link.
//
//   chain:  9 routers in a row, 8 links of 10 Gb/s, 16 sources, 10^6 UDP packets of 500 bytes
//   random: 100 routers, 200 links, 1,000 flows, 10^6 packets of 500 bytes
#include "bench.h"

#include "base/arena.h"
#include "base/rng.h"
#include "net/net.h"

#include <stdio.h>
#include <stdlib.h>

#define PACKETS           1000000u
#define PACKET_BYTES_WIRE 500u
#define RANDOM_NODES      100u
#define RANDOM_LINKS      200u

struct source {
    struct entity entity; // must stay first
    struct net *net;
    uint32_t node, left;
    ip4_addr src, dst;
    int64_t interval_ps;
};

static ip4_addr address_of(uint32_t node)
{
    return IP4(10, 0, node, 1);
}

static void emit(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct source *s = (struct source *)self;
    struct packet *p = packet_take(&s->net->pool);
    (void)arg;
    p->flow = NET_NO_FLOW;
    p->seq = s->left;
    p->kind = 0;
    p->weight = 1;
    packet_build_udp(p, s->src, s->dst, 4000, 5000, 64, PACKET_BYTES_WIRE, NULL);
    net_originate(s->net, s->node, p);
    if (--s->left)
        sim_at(sim, self, self, sim_now(sim) + s->interval_ps, SIM_PHASE_DATA, 0);
}

static void delivered(void *ctx, uint32_t node, struct packet *p)
{
    (void)node;
    packet_give(&((struct net *)ctx)->pool, p);
}

static void add_routers(struct net *n, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct fwd_options o = {.address = address_of(i), .hash_seed = i};
        net_add_node(n, "router", fwd_node_new(&o));
        fwd_route_set(n->nodes[i].fwd, (struct prefix){address_of(i), 32}, FWD_ACT_LOCAL, 0);
    }
}

static void add_link(struct net *n, uint32_t a, uint32_t b)
{
    struct net_link_options o = {.a = a,
                                 .b = b,
                                 .rate_bps = INT64_C(10000000000),
                                 .delay_ps = PS_PER_MS,
                                 .queue_ps = 50 * PS_PER_MS};
    net_add_link(n, "link", &o);
}

// Routes of all nodes to `target`'s /24 along shortest paths, by breadth-first search from it.
static void route_to(struct net *n, uint32_t target)
{
    uint32_t *queue = xmalloc(n->nnodes * sizeof *queue), head = 0, tail = 0;
    bool *seen = xcalloc(n->nnodes, sizeof *seen);
    struct prefix p = {address_of(target) & prefix_mask(24), 24};
    queue[tail++] = target;
    seen[target] = true;
    while (head < tail) {
        const struct net_node *at = &n->nodes[queue[head++]];
        for (uint32_t i = 0; i < at->nports; i++) {
            const struct port *out = n->ports[at->ports[i]];
            uint32_t back = out->index ^ 1u; // the two ports of a link are numbered in a row
            if (seen[out->to])
                continue;
            seen[out->to] = true;
            queue[tail++] = out->to;
            struct fwd_node *fwd = n->nodes[out->to].fwd;
            fwd_route_set(fwd, p, FWD_ACT_FORWARD, fwd_group(fwd, &back, 1));
        }
    }
    free(queue);
    free(seen);
}

static double measure(struct sim *sim, struct net *n, struct source *sources, uint32_t count)
{
    n->hooks.ctx = n;
    n->hooks.delivered = delivered;
    for (uint32_t i = 0; i < count; i++)
        sim_at(sim, &sources[i].entity, &sources[i].entity, (int64_t)i * 997 * PS_PER_NS,
               SIM_PHASE_DATA, 0);
    double begin_s = bench_cpu_s();
    sim_run(sim, 3600 * PS_PER_S);
    double took_s = bench_cpu_s() - begin_s;
    if (n->delivered != n->sent || n->sent != PACKETS) {
        fprintf(stderr, "bench: %lu of %lu packets arrived\n", (unsigned long)n->delivered,
                (unsigned long)n->sent);
        exit(1);
    }
    return (double)n->packet_hops / took_s;
}

static void add_source(struct sim *sim, struct net *n, struct source *s, uint32_t from, uint32_t to,
                       uint32_t packets, int64_t interval_ps)
{
    sim_entity(sim, &s->entity, emit);
    s->net = n;
    s->node = from;
    s->src = address_of(from);
    s->dst = address_of(to);
    s->left = packets;
    s->interval_ps = interval_ps;
}

static double chain(void)
{
    enum { NODES = 9, SOURCES = 16 };
    struct sim *sim = sim_new(1);
    struct net *n = net_new(sim);
    struct source sources[SOURCES];
    add_routers(n, NODES);
    for (uint32_t i = 0; i + 1 < NODES; i++)
        add_link(n, i, i + 1);
    for (uint32_t i = 0; i < NODES; i++)
        route_to(n, i);
    for (uint32_t i = 0; i < SOURCES; i++) // 0.5 us between packets altogether: 80 % of the link
        add_source(sim, n, &sources[i], 0, NODES - 1, PACKETS / SOURCES, 8 * PS_PER_US);
    double rate = measure(sim, n, sources, SOURCES);
    net_free(n);
    sim_free(sim);
    return rate;
}

static double random_graph(void)
{
    enum { FLOWS = 1000 };
    struct sim *sim = sim_new(1);
    struct net *n = net_new(sim);
    gsl_rng *rng = rng_stream(1, "bench", "graph");
    static struct source sources[FLOWS];
    add_routers(n, RANDOM_NODES);
    for (uint32_t i = 1; i < RANDOM_NODES; i++) // a random tree, then random links
        add_link(n, i, (uint32_t)gsl_rng_uniform_int(rng, i));
    for (uint32_t i = RANDOM_NODES - 1; i < RANDOM_LINKS;) {
        uint32_t a = (uint32_t)gsl_rng_uniform_int(rng, RANDOM_NODES);
        uint32_t b = (uint32_t)gsl_rng_uniform_int(rng, RANDOM_NODES);
        if (a == b)
            continue;
        add_link(n, a, b);
        i++;
    }
    for (uint32_t i = 0; i < RANDOM_NODES; i++)
        route_to(n, i);
    for (uint32_t i = 0; i < FLOWS;) {
        uint32_t a = (uint32_t)gsl_rng_uniform_int(rng, RANDOM_NODES);
        uint32_t b = (uint32_t)gsl_rng_uniform_int(rng, RANDOM_NODES);
        if (a == b)
            continue;
        add_source(sim, n, &sources[i++], a, b, PACKETS / FLOWS, 80 * PS_PER_US);
    }
    double rate = measure(sim, n, sources, FLOWS);
    gsl_rng_free(rng);
    net_free(n);
    sim_free(sim);
    return rate;
}

static void repeat(const char *name, double (*run)(void))
{
    double rates[BENCH_RUNS];
    for (int i = 0; i < BENCH_RUNS; i++)
        rates[i] = run();
    bench_add(&(struct figure){name, bench_median(rates, BENCH_RUNS), "hops/s", NULL, 0});
}

void bench_hops(void)
{
    repeat("packet-hops chain of 8 links", chain);
    repeat("packet-hops random graph 100/200", random_graph);
}
