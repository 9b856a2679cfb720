// SPDX-License-Identifier: GPL-3.0-or-later
// The dumbbell of setting_tcp.h in anysim: TCP's ends (transport/tcp.h) over ports (net/net.h).
#include "setting_tcp.h"

#include "engine/timer.h"
#include "fwd/headers.h"
#include "net/net.h"
#include "transport/tcp.h"

#include <inttypes.h>
#include <stdio.h>

#define NEAR       2
#define FAR        3
#define NODES      4
#define ADDRESS(i) IP4(10, 0, 0, 1 + (i))

struct flow;
struct end {
    struct tcp tcp;
    struct timer timer;
    struct flow *flow;
    uint32_t node, peer, seen;
};

struct flow {
    struct entity entity; // must stay first
    struct net *net;
    uint32_t number;
    bool written;
    uint64_t before;    // octets that had arrived at DIFF_FROM_NS
    struct end ends[2]; // who sends data; who takes it
};

static struct flow flows[DIFF_FLOWS];
static const char *name;

static void put(struct end *e, struct segment *s)
{
    struct net *n = e->flow->net;
    struct packet *p = packet_take(&n->pool);
    // ns-3 tells no MSS and pads its options once: without these two a SYN is as long as there.
    s->mss = 0;
    s->sack_permitted = false;
    s->octets += PPP_BYTES;
    segment_write(s, ADDRESS(e->node), ADDRESS(e->peer), 64, p);
    p->flow = e->flow->number;
    p->weight = 1;
    p->kind = 0;
    net_originate(n, e->node, p);
}

static void pump(struct end *e)
{
    struct sim *sim = e->flow->net->sim;
    struct segment s;
    while (tcp_output(&e->tcp, sim_now(sim), &s))
        put(e, &s);
    // The handshake's last segment goes alone, as ns-3's does; then there is always more to send.
    if (e == &e->flow->ends[0] && tcp_open(&e->tcp) && !e->flow->written) {
        e->flow->written = true;
        tcp_write(&e->tcp, UINT64_C(1) << 40);
        pump(e);
        return;
    }
    if (tcp_deadline(&e->tcp) == INT64_MAX)
        timer_cancel(&e->timer);
    else
        timer_set(sim, &e->timer, tcp_deadline(&e->tcp));
}

static void tick(struct sim *sim, struct timer *t)
{
    struct end *e = t->owner;
    tcp_tick(&e->tcp, sim_now(sim));
    pump(e);
}

static void take(struct end *e, struct segment *s, int64_t now_ps)
{
    if (s->flags & TCP_SYN) {
        s->mss = DIFF_MSS;
        s->sack_permitted = true;
    }
    if (s->octets && !e->tcp.received)
        e->tcp.unacked =
            1; // ns-3 acknowledges the first segment with data at once, then each second
    if (e->tcp.state == TCP_CLOSED)
        tcp_accept(&e->tcp, s, now_ps);
    else
        tcp_input(&e->tcp, s, now_ps);
}

static void delivered(void *ctx, uint32_t node, struct packet *p)
{
    struct net *n = ctx;
    struct end *e = &flows[p->flow].ends[node == FAR];
    struct segment s;
    int64_t now_ps = sim_now(n->sim);
    if (e->seen < DIFF_TRACED)
        printf("%s arrival %" PRIu32 " %d %" PRIu32 " %" PRId64 " %" PRIu32 "\n", name, p->flow,
               node == FAR, e->seen, now_ps / PS_PER_NS, p->length - PPP_BYTES);
    e->seen++;
    if (segment_read(p, &s)) {
        s.octets -= PPP_BYTES;
        take(e, &s, now_ps);
    }
    packet_give(&n->pool, p);
    pump(e);
}

static void begin(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct flow *f = (struct flow *)self;
    (void)arg;
    tcp_connect(&f->ends[0].tcp, sim_now(sim));
    pump(&f->ends[0]);
}

static void add_flow(struct net *n, uint32_t number, const struct tcp_options *o)
{
    struct flow *f = &flows[number];
    *f = (struct flow){.net = n, .number = number};
    for (unsigned i = 0; i < 2; i++) {
        struct end *e = &f->ends[i];
        uint16_t port = (uint16_t)(DIFF_PORT + number), other = (uint16_t)(40000 + number);
        e->flow = f;
        e->node = i ? FAR : number;
        e->peer = i ? number : FAR;
        tcp_init(&e->tcp, o, i ? port : other, i ? other : port, 1000);
        timer_init(n->sim, &e->timer, tick, e, SIM_PHASE_DATA);
    }
    sim_entity(n->sim, &f->entity, begin);
    sim_at(n->sim, &f->entity, &f->entity, DIFF_START_NS[number] * PS_PER_NS, SIM_PHASE_DATA, 0);
}

static void route(struct net *n, uint32_t node, uint32_t to, uint32_t port)
{
    struct fwd_node *f = n->nodes[node].fwd;
    fwd_route_set(f, (struct prefix){ADDRESS(to), 32}, FWD_ACT_FORWARD, fwd_group(f, &port, 1));
}

static uint32_t join(struct net *n, uint32_t a, uint32_t b, int64_t rate_bps, int64_t delay_ns,
                     int64_t queue_packets)
{
    struct qdisc_options q = {.ops = qdisc_kind("drop-tail"), .limit_packets = queue_packets};
    struct net_link_options o = {.a = a,
                                 .b = b,
                                 .rate_bps = rate_bps,
                                 .delay_ps = delay_ns * PS_PER_NS,
                                 .forth = {.qdisc = &q},
                                 .back = {.qdisc = &q}};
    return net_add_link(n, "line", &o);
}

static struct net *dumbbell(int64_t queue_packets)
{
    struct net *n = net_new(sim_new(1));
    n->hooks = (struct net_hooks){.ctx = n, .delivered = delivered};
    for (uint32_t i = 0; i < NODES; i++) {
        struct fwd_node *f = fwd_node_new(&(struct fwd_options){.address = ADDRESS(i)});
        fwd_route_set(f, (struct prefix){ADDRESS(i), 32}, FWD_ACT_LOCAL, 0);
        net_add_node(n, "node", f);
    }
    uint32_t line = join(n, NEAR, FAR, DIFF_LINE_BPS, DIFF_LINE_NS, queue_packets);
    route(n, NEAR, FAR, n->links[line].a_port);
    for (uint32_t i = 0; i < DIFF_FLOWS; i++) {
        uint32_t edge = join(n, i, NEAR, DIFF_EDGE_BPS, DIFF_EDGE_NS[i], DIFF_EDGE_QUEUE_PACKETS);
        route(n, i, FAR, n->links[edge].a_port);
        route(n, NEAR, i, n->links[edge].b_port);
        route(n, FAR, i, n->links[line].b_port);
    }
    return n;
}

static void run(const struct tcp_options *o, uint32_t nflows, int64_t queue_packets)
{
    struct net *n = dumbbell(queue_packets);
    struct sim *sim = n->sim;
    for (uint32_t i = 0; i < nflows; i++)
        add_flow(n, i, o);
    sim_run(sim, DIFF_FROM_NS * PS_PER_NS);
    for (uint32_t i = 0; i < nflows; i++)
        flows[i].before = flows[i].ends[1].tcp.received;
    sim_run(sim, DIFF_UNTIL_NS * PS_PER_NS);
    for (uint32_t i = 0; i < nflows; i++) {
        printf("%s goodput %" PRIu32 " %" PRIu64 "\n", name, i,
               diff_bps(flows[i].ends[1].tcp.received - flows[i].before));
        tcp_free(&flows[i].ends[0].tcp);
        tcp_free(&flows[i].ends[1].tcp);
    }
    net_free(n);
    sim_free(sim);
}

int main(void)
{
    struct tcp_options o = tcp_usual;
    o.mss = DIFF_MSS;
    o.initial_segments = DIFF_INITIAL;
    o.window_octets = o.window_max_octets = DIFF_WINDOW;
    o.delayed_ack_ps = DIFF_DELAYED_NS * PS_PER_NS;
    o.min_rto_ps = DIFF_MIN_RTO_NS * PS_PER_NS;
    for (int i = 0; i < DIFF_CASES; i++) {
        name = tcp_cases[i].name;
        o.congestion = tcp_cases[i].cubic ? &congestion_cubic : &congestion_newreno;
        run(&o, (uint32_t)tcp_cases[i].flows, tcp_cases[i].queue_packets);
    }
    return 0;
}
