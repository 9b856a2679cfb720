// SPDX-License-Identifier: GPL-3.0-or-later
// The networks of setting.h in anysim's ports. See there for what is printed.
#include "setting.h"

#include "base/rng.h"
#include "net/net.h"

#include <gsl/gsl_randist.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_FLOWS  3
#define ADDRESS(i) IP4(10, 0, 0, 1 + (i))

struct flow {
    struct entity entity; // must stay first
    struct net *net;
    uint32_t number, from, to, next, packets;
    int64_t every_ps; // 0: Poisson
    double mean_ps;
    gsl_rng *rng;
    int64_t *sent_ps;
};

static struct flow flows[MAX_FLOWS];
static const char *name;

static void delivered(void *ctx, uint32_t node, struct packet *p)
{
    struct net *n = ctx;
    (void)node;
    printf("%s %" PRIu32 " %" PRIu32 " %" PRId64 " %" PRId64 "\n", name, p->flow, p->seq,
           flows[p->flow].sent_ps[p->seq] / PS_PER_NS, sim_now(n->sim) / PS_PER_NS);
    packet_give(&n->pool, p);
}

static void send(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct flow *f = (struct flow *)self;
    struct packet *p = packet_take(&f->net->pool);
    (void)arg;
    packet_build_udp(p, ADDRESS(f->from), ADDRESS(f->to), 1, 2, 64,
                     PAYLOAD_BYTES + UDP_IP_BYTES + PPP_BYTES, NULL);
    p->flow = f->number;
    p->seq = f->next++;
    p->weight = 1;
    p->kind = 0;
    f->sent_ps[p->seq] = sim_now(sim);
    net_originate(f->net, f->from, p);
    int64_t gap_ps = f->every_ps ? f->every_ps : (int64_t)gsl_ran_exponential(f->rng, f->mean_ps);
    if (f->next < f->packets)
        sim_at(sim, self, self, sim_now(sim) + gap_ps, SIM_PHASE_DATA, 0);
}

static struct net *begin(const char *what, uint32_t nodes)
{
    struct net *n = net_new(sim_new(1));
    name = what;
    n->hooks = (struct net_hooks){.ctx = n, .delivered = delivered};
    for (uint32_t i = 0; i < nodes; i++) {
        struct fwd_node *f = fwd_node_new(&(struct fwd_options){.address = ADDRESS(i)});
        fwd_route_set(f, (struct prefix){ADDRESS(i), 32}, FWD_ACT_LOCAL, 0);
        net_add_node(n, "node", f);
    }
    return n;
}

// From a to b, the way to `target`.
static void join(struct net *n, uint32_t a, uint32_t b, uint32_t target, int64_t rate_bps,
                 int64_t delay_ns, int64_t queue_packets)
{
    struct qdisc_options q = {.ops = qdisc_kind("drop-tail"), .limit_packets = queue_packets};
    struct net_link_options o = {.a = a,
                                 .b = b,
                                 .rate_bps = rate_bps,
                                 .delay_ps = delay_ns * PS_PER_NS,
                                 .forth = {.qdisc = &q}};
    uint32_t link = net_add_link(n, "line", &o), out = n->links[link].a_port;
    fwd_route_set(n->nodes[a].fwd, (struct prefix){ADDRESS(target), 32}, FWD_ACT_FORWARD,
                  fwd_group(n->nodes[a].fwd, &out, 1));
}

static void add_flow(struct net *n, struct flow f, int64_t offset_ns)
{
    struct flow *to = &flows[f.number];
    *to = f;
    to->net = n;
    to->sent_ps = malloc(f.packets * sizeof *to->sent_ps);
    to->rng = rng_stream(1, "flow", name);
    sim_entity(n->sim, &to->entity, send);
    sim_at(n->sim, &to->entity, &to->entity, (START_NS + offset_ns) * PS_PER_NS, SIM_PHASE_DATA, 0);
}

static void run(struct net *n, uint32_t nflows)
{
    struct sim *sim = n->sim;
    sim_run(sim, 10000 * PS_PER_S);
    net_free(n);
    sim_free(sim);
    for (uint32_t i = 0; i < nflows; i++) {
        free(flows[i].sent_ps);
        gsl_rng_free(flows[i].rng);
    }
}

int main(void)
{
    struct net *n = begin("chain", 4);
    for (uint32_t i = 0; i < 3; i++)
        join(n, i, i + 1, 3, chain_lines[i].rate_bps, chain_lines[i].delay_ns, QUEUE_PACKETS);
    add_flow(n,
             (struct flow){.to = 3,
                           .packets = CHAIN_PACKETS,
                           .every_ps = (int64_t)CHAIN_EVERY_NS * PS_PER_NS},
             0);
    run(n, 1);

    n = begin("dumbbell", 5); // 0 to 2 send, 3 the bottleneck's near end, 4 its far end
    for (uint32_t i = 0; i < 3; i++)
        join(n, i, 3, 4, EDGE_BPS, EDGE_NS, QUEUE_PACKETS);
    join(n, 3, 4, 4, BOTTLENECK_BPS, BOTTLENECK_NS, QUEUE_PACKETS);
    for (uint32_t i = 0; i < 3; i++)
        add_flow(n,
                 (struct flow){.number = i,
                               .from = i,
                               .to = 4,
                               .packets = DUMBBELL_PACKETS,
                               .every_ps = dumbbell_flows[i].every_ns * PS_PER_NS},
                 dumbbell_flows[i].offset_ns);
    run(n, 3);

    n = begin("poisson", 2);
    join(n, 0, 1, 1, POISSON_BPS, POISSON_NS, POISSON_PACKETS);
    double service_ps = (PAYLOAD_BYTES + UDP_IP_BYTES + PPP_BYTES) * 8.0 / POISSON_BPS * 1e12;
    add_flow(
        n, (struct flow){.to = 1, .packets = POISSON_PACKETS, .mean_ps = service_ps / POISSON_LOAD},
        0);
    run(n, 1);
    return 0;
}
