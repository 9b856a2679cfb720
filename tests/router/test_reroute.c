// SPDX-License-Identifier: GPL-3.0-or-later
// Fast reroute and micro-loops, seen by packets: every router sends one packet a millisecond to
// every other while a ring of five loses a link.
#include "router/control.h"
#include "unit.h"

#define MS     PS_PER_MS
#define S      PS_PER_S
#define N      5
#define DETECT (10 * MS)
#define WHOLE  (N * (N - 1)) // packets a millisecond

static const struct prefix anycast = {IP4(203, 0, 113, 0), 24}; // published at router 2

struct world {
    struct sim *sim;
    struct net *net;
    struct control *control;
    struct control_network options;
    uint32_t links[N];
    uint64_t sent, delivered, dropped_by[FWD_DROP_COUNT];
};

static ip4_addr loopback(uint32_t router)
{
    return IP4(10, 1, 0, router + 1);
}

static void delivered(void *ctx, uint32_t node, struct packet *p)
{
    struct world *w = ctx;
    (void)node;
    w->delivered += p->flow == 1;
    packet_give(&w->net->pool, p);
}

static void dropped(void *ctx, uint32_t node, uint32_t port, const struct packet *p,
                    enum fwd_drop reason)
{
    struct world *w = ctx;
    (void)node;
    (void)port;
    w->dropped_by[reason] += p->flow == 1;
}

static void add_router(struct world *w, uint32_t r)
{
    static const char *const names[N] = {"r0", "r1", "r2", "r3", "r4"};
    struct fwd_options fwd = {.address = loopback(r), .hash_seed = r};
    uint32_t node = net_add_node(w->net, names[r], fwd_node_new(&fwd));
    fwd_route_set(w->net->nodes[node].fwd, (struct prefix){loopback(r), 32}, FWD_ACT_LOCAL, 0);
    struct control_router is = {.node = node,
                                .name = names[r],
                                .loopback = loopback(r),
                                .bgp = {.asn = 1,
                                        .timers = {.hold_ps = 90 * S,
                                                   .processing_ps = 2 * MS,
                                                   .connect_retry_ps = 5 * S,
                                                   .no_jitter = true}}};
    CU_ASSERT_EQUAL_FATAL(control_add_router(w->control, &is), r);
}

static struct control_network usual(enum igp_reroute how)
{
    return (struct control_network){
        .igp = {5 * MS, 50 * MS, 200 * MS, 5 * S, 10 * MS, 0},
        .live = {.detect_ps = DETECT, .hello_ps = 10 * S, .hold_ps = 30 * S},
        .fib_ps = 50 * MS,
        .fib_each_ps = 100 * PS_PER_US,
        .repair = {.how = how}};
}

// A ring 0 — 1 — 2 — 3 — 4 — 0 with these metrics. Links are short: a loop eats a TTL of 64 in 1.3 ms,
// between two routers whose news are 5 ms apart.
static void begin(struct world *w, const struct control_network *o, const uint32_t metrics[N],
                  const uint32_t risks[N])
{
    *w = (struct world){.options = *o};
    w->sim = sim_new(1);
    w->net = net_new(w->sim);
    w->net->hooks = (struct net_hooks){.ctx = w, .delivered = delivered, .dropped = dropped};
    w->control = control_new(w->sim, w->net);
    control_add_network(w->control, o);
    for (uint32_t r = 0; r < N; r++)
        add_router(w, r);
    for (uint32_t i = 0; i < N; i++) {
        struct net_link_options l = {.a = i,
                                     .b = (i + 1) % N,
                                     .rate_bps = INT64_C(10000000000),
                                     .delay_ps = 20 * PS_PER_US,
                                     .queue_ps = 10 * MS};
        w->links[i] = net_add_link(w->net, "line", &l);
        control_add_igp_link(w->control, w->links[i], l.a, l.b, metrics[i]);
        if (risks && risks[i])
            control_srlg(w->control, w->links[i], risks[i]);
    }
    struct bgp_peer_options peer = {.relation = BGP_REL_IBGP};
    for (uint32_t a = 0; a < N; a++)
        for (uint32_t b = a + 1; b < N; b++)
            control_add_ibgp(w->control, a, &peer, b, &peer, 2 * S);
    control_start(w->control);
    fwd_route_set(w->net->nodes[2].fwd, anycast, FWD_ACT_LOCAL, 0);
    control_local(w->control, 2, anycast);
    sim_run(w->sim, 10 * S);
    control_announce(w->control, 2, anycast);
    sim_run(w->sim, 30 * S);
}

static void end(struct world *w)
{
    CU_ASSERT_EQUAL(net_in_flight(w->net), 0);
    control_free(w->control);
    net_free(w->net);
    sim_free(w->sim);
}

static void send_one(struct world *w, uint32_t from, ip4_addr to)
{
    struct packet *p = packet_take(&w->net->pool);
    // From a host behind the router: its own address coming back would be a bad source.
    packet_build_udp(p, IP4(100, 64, 0, from + 1), to, 4000, 5000, 64, 100, NULL);
    p->flow = 1;
    p->weight = 1;
    p->kind = 0;
    w->sent++;
    net_originate(w->net, from, p);
}

// All to all for `ms` milliseconds, but not from or to `silent`.
static void talk(struct world *w, int ms, uint32_t silent)
{
    for (int i = 0; i < ms; i++) {
        for (uint32_t a = 0; a < N; a++)
            for (uint32_t b = 0; b < N; b++)
                if (a != b && a != silent && b != silent)
                    send_one(w, a, loopback(b));
        sim_run(w->sim, sim_now(w->sim) + MS);
    }
    sim_run(w->sim, sim_now(w->sim) + MS);
}

static uint64_t lost(const struct world *w)
{
    return w->sent - w->delivered;
}

static void cut(struct world *w, uint32_t i)
{
    net_link_cut(w->net, w->links[i]);
    control_link_failed(w->control, w->links[i], false);
}

static void mend(struct world *w, uint32_t i)
{
    net_link_restore(w->net, w->links[i]);
    control_link_repaired(w->control, w->links[i], false);
}

static const uint32_t even[N] = {10, 10, 10, 10, 10};

// Cuts 0 — 1 and counts for a second.
static void cut_and_count(struct world *w, const struct control_network *o,
                          const uint32_t metrics[N])
{
    begin(w, o, metrics, NULL);
    talk(w, 20, N);
    CU_ASSERT_EQUAL(lost(w), 0);
    cut(w, 0);
    talk(w, 1000, N);
}

// --- micro-loops

static void a_ring_loops(void)
{
    struct world w;
    struct control_network o = usual(IGP_REROUTE_NONE);
    cut_and_count(&w, &o, even);
    // 0 sends what is for 1 to 4, which still sends it to 0; and 1 and 2 likewise.
    CU_ASSERT(w.dropped_by[FWD_DROP_TTL] > 0);
    CU_ASSERT_EQUAL(w.dropped_by[FWD_DROP_TTL] + w.dropped_by[FWD_DROP_LINK_DOWN], lost(&w));
    // 5.1 ms between the two FIBs, less the 1.3 that a packet lives; two pairs each way.
    CU_ASSERT(w.dropped_by[FWD_DROP_TTL] <= 4 * 5 * 2);
    end(&w);
}

// RFC 8333: the routers at the failure wait until the others are done. Without fast reroute that is
// paid for with loss.
static void waiting_avoids_the_loop(void)
{
    struct world w;
    struct control_network o = usual(IGP_REROUTE_NONE);
    cut_and_count(&w, &o, even);
    uint64_t without = lost(&w);
    end(&w);
    o.microloop_ps = 100 * MS;
    cut_and_count(&w, &o, even);
    CU_ASSERT_EQUAL(w.dropped_by[FWD_DROP_TTL], 0);
    CU_ASSERT(lost(&w) > without);
    end(&w);
}

// With fast reroute there is no price: what is lost is what was sent before the detection.
static void waiting_with_reroute(void)
{
    struct world w;
    struct control_network o = usual(IGP_REROUTE_TILFA);
    cut_and_count(&w, &o, even);
    uint64_t loops = w.dropped_by[FWD_DROP_TTL];
    CU_ASSERT(loops > 0);
    end(&w);
    o.microloop_ps = 100 * MS;
    cut_and_count(&w, &o, even);
    CU_ASSERT_EQUAL(w.dropped_by[FWD_DROP_TTL], 0);
    // 0→1, 0→2, 4→1 and the three ways back, for 10 ms.
    CU_ASSERT_EQUAL(lost(&w), 6 * 10);
    end(&w);
}

// News of another change ends the wait.
static void other_news_end_the_wait(void)
{
    struct world w;
    struct control_network o = usual(IGP_REROUTE_NONE);
    o.microloop_ps = 5 * S;
    begin(&w, &o, even, NULL);
    cut(&w, 0);
    sim_run(w.sim, sim_now(w.sim) + S);
    CU_ASSERT(control_fib_behind(w.control, 0, (struct prefix){loopback(1), 32}));
    control_set_metric(w.control, w.links[2], false, 11);
    control_set_metric(w.control, w.links[2], true, 11);
    sim_run(w.sim, sim_now(w.sim) + S);
    CU_ASSERT(!control_fib_behind(w.control, 0, (struct prefix){loopback(1), 32}));
    end(&w);
}

// --- fast reroute

static uint64_t loss_with(enum igp_reroute how, const uint32_t metrics[N])
{
    struct world w;
    struct control_network o = usual(how);
    o.microloop_ps = how == IGP_REROUTE_NONE ? 0 : 100 * MS;
    cut_and_count(&w, &o, metrics);
    uint64_t sum = lost(&w);
    struct igp_coverage c = control_coverage(w.control, 0, &o.repair);
    CU_ASSERT(how != IGP_REROUTE_NONE || c.covered == 0);
    CU_ASSERT((control_stats(w.control).reroutes > 0) == (how != IGP_REROUTE_NONE));
    end(&w);
    return sum;
}

static void less_is_lost(void)
{
    uint64_t none = loss_with(IGP_REROUTE_NONE, even);
    uint64_t lfa = loss_with(IGP_REROUTE_LFA, even);
    uint64_t tilfa = loss_with(IGP_REROUTE_TILFA, even);
    CU_ASSERT(none > lfa);  // 0→2 and 1→4 have alternates,
    CU_ASSERT(lfa > tilfa); // 0→1 has none
    CU_ASSERT_EQUAL(tilfa, 6 * 10);
}

// 2 — 3 is expensive, so P and Q are its ends: two headers, the inner to an interface address.
static void adjacency_segment(void)
{
    static const uint32_t steep[N] = {10, 10, 100, 10, 10};
    struct world w;
    struct fwd_path path;
    struct control_network o = usual(IGP_REROUTE_TILFA);
    o.microloop_ps = 100 * MS;
    begin(&w, &o, steep, NULL);
    talk(&w, 20, N);
    CU_ASSERT_EQUAL(lost(&w), 0);
    cut(&w, 4); // 4 — 0
    talk(&w, 10, N);
    uint64_t before = lost(&w);
    CU_ASSERT(fwd_lookup(w.net->nodes[0].fwd, ip6_from_ip4(loopback(4)), &path));
    CU_ASSERT(path.gateways > 0); // in a tunnel
    CU_ASSERT(
        ip6_equal(path.gateway[0].far_end, ip6_from_ip4(control_link_address(w.links[2], true))));
    talk(&w, 40, N); // no SPF yet
    CU_ASSERT_EQUAL(lost(&w), before);
    talk(&w, 1000, N); // 1 and 2 take over one after the other: a loop that 0 cannot help
    CU_ASSERT(w.dropped_by[FWD_DROP_TTL] > 0);
    CU_ASSERT_EQUAL(lost(&w), before + w.dropped_by[FWD_DROP_TTL]);
    CU_ASSERT(fwd_lookup(w.net->nodes[0].fwd, ip6_from_ip4(loopback(4)), &path));
    CU_ASSERT(path.gateways == 0); // converged
    end(&w);
}

// A prefix of BGP follows its next hop.
static void prefixes_of_bgp(void)
{
    struct world w;
    struct control_network o = usual(IGP_REROUTE_TILFA);
    o.microloop_ps = 100 * MS;
    begin(&w, &o, even, NULL);
    cut(&w, 0);
    sim_run(w.sim, sim_now(w.sim) + DETECT);
    for (int i = 0; i < 300; i++) {
        send_one(&w, 0, anycast.addr + 1); // was sent by 1
        sim_run(w.sim, sim_now(w.sim) + MS);
    }
    CU_ASSERT_EQUAL(w.sent, 300);
    CU_ASSERT_EQUAL(lost(&w), 0);
    end(&w);
}

// The link is back before anybody has computed anything.
static void back_before_the_spf(void)
{
    struct world w;
    struct fwd_path path;
    struct control_network o = usual(IGP_REROUTE_TILFA);
    begin(&w, &o, even, NULL);
    uint32_t direct = w.net->links[w.links[0]].a_port;
    cut(&w, 0);
    sim_run(w.sim, sim_now(w.sim) + 20 * MS);
    CU_ASSERT(fwd_lookup(w.net->nodes[0].fwd, ip6_from_ip4(loopback(1)), &path));
    CU_ASSERT(path.gateways > 0);
    mend(&w, 0);
    talk(&w, 1000, N);
    CU_ASSERT_EQUAL(lost(&w), 0);
    CU_ASSERT(fwd_lookup(w.net->nodes[0].fwd, ip6_from_ip4(loopback(1)), &path));
    CU_ASSERT(path.count == 1 && path.nexthops[0] == direct);
    end(&w);
}

// A router dies. With `node` what went through it goes round it, with `link` some is sent to its
// other neighbour, which sends it back.
static uint64_t loss_of_a_router(bool node)
{
    struct world w;
    struct control_network o = usual(IGP_REROUTE_TILFA);
    o.repair.node = node;
    begin(&w, &o, even, NULL);
    net_node_down(w.net, 1);
    control_router_failed(w.control, 1, false);
    sim_run(w.sim, sim_now(w.sim) + DETECT);
    talk(&w, 40, 1); // nobody's SPF has run
    uint64_t sum = lost(&w);
    talk(&w, 1000, 1);
    end(&w);
    return sum;
}

static void a_router_dies(void)
{
    CU_ASSERT_EQUAL(loss_of_a_router(true), 0);
    CU_ASSERT(loss_of_a_router(false) >= loss_of_a_router(true));
}

// Both links of 0 lie in one duct: the one is no backup for the other.
static void links_of_one_duct(void)
{
    static const uint32_t risks[N] = {7, 0, 0, 0, 7};
    struct world w;
    struct fwd_path path;
    struct control_network o = usual(IGP_REROUTE_TILFA);
    begin(&w, &o, even, risks);
    cut(&w, 0); // 4 — 0 shares the duct: no backup for it
    sim_run(w.sim, sim_now(w.sim) + DETECT);
    CU_ASSERT(fwd_lookup(w.net->nodes[0].fwd, ip6_from_ip4(loopback(2)), &path));
    CU_ASSERT(path.count == 1 && path.nexthops[0] == w.net->links[w.links[0]].a_port);
    sim_run(w.sim, sim_now(w.sim) + S);
    talk(&w, 10, N); // the duct did hold: converged over 4 — 0
    CU_ASSERT_EQUAL(lost(&w), 0);
    end(&w);
}

// --- the rest of what an operator does

static void overload_drains(void)
{
    struct world w;
    struct control_network o = usual(IGP_REROUTE_NONE);
    begin(&w, &o, even, NULL);
    uint32_t port = w.net->links[w.links[0]].a_port; // 0 → 1
    control_set_overload(w.control, 1, true);
    sim_run(w.sim, sim_now(w.sim) + S);
    uint64_t before = w.net->ports[port]->packets;
    talk(&w, 50, 1);
    CU_ASSERT_EQUAL(lost(&w), 0);
    CU_ASSERT(w.net->ports[port]->packets - before < 10); // keepalives of sessions, at most
    send_one(&w, 0, loopback(1));
    sim_run(w.sim, sim_now(w.sim) + MS);
    CU_ASSERT_EQUAL(lost(&w), 0); // itself is reached
    end(&w);
}

static void converged_from_the_start(void)
{
    struct world w;
    struct control_network o = usual(IGP_REROUTE_LFA);
    o.converged = true;
    begin(&w, &o, even, NULL);
    CU_ASSERT_EQUAL(control_stats(w.control).lsas_flooded, 0);
    talk(&w, 10, N);
    CU_ASSERT_EQUAL(lost(&w), 0);
    cut(&w, 0);
    sim_run(w.sim, sim_now(w.sim) + S);
    talk(&w, 10, N);
    CU_ASSERT_EQUAL(lost(&w), 0);
    end(&w);
}

UNIT_MAIN("reroute", {"a_ring_loops", a_ring_loops},
          {"waiting_avoids_the_loop", waiting_avoids_the_loop},
          {"waiting_with_reroute", waiting_with_reroute},
          {"other_news_end_the_wait", other_news_end_the_wait}, {"less_is_lost", less_is_lost},
          {"adjacency_segment", adjacency_segment}, {"prefixes_of_bgp", prefixes_of_bgp},
          {"back_before_the_spf", back_before_the_spf}, {"a_router_dies", a_router_dies},
          {"links_of_one_duct", links_of_one_duct}, {"overload_drains", overload_drains},
          {"converged_from_the_start", converged_from_the_start})
