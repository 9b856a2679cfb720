// SPDX-License-Identifier: GPL-3.0-or-later
// TI-LFA in the forwarding cores of random networks: every link is cut in turn, or two links of a
// risk group together, or a router dies, and before anybody's SPF has run every router sends to every other. What is
// still connected must arrive, over whatever tunnels.
#include "router/control.h"
#include "unit.h"

#include "base/arena.h"

#define MS     PS_PER_MS
#define S      PS_PER_S
#define N      12
#define LINKS  19
#define DETECT (10 * MS)

struct world {
    struct sim *sim;
    struct net *net;
    struct control *control;
    uint32_t a[LINKS], b[LINKS], risk[LINKS];
    bool cut[LINKS];
    uint32_t dead; // or N
    bool arrived[N][N];
    uint64_t state;
};

static ip4_addr loopback(uint32_t router)
{
    return IP4(10, 1, 0, router + 1);
}

static void delivered(void *ctx, uint32_t node, struct packet *p)
{
    struct world *w = ctx;
    if (p->flow < N)
        w->arrived[p->flow][node] = true;
    packet_give(&w->net->pool, p);
}

static void dropped(void *ctx, uint32_t node, uint32_t port, const struct packet *p,
                    enum fwd_drop reason)
{
    (void)ctx;
    (void)node;
    (void)port;
    (void)p;
    (void)reason;
}

static uint32_t draw(struct world *w, uint32_t below)
{
    w->state = w->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(w->state >> 33) % below;
}

static void add_router(struct world *w, uint32_t r)
{
    static const char *const names[N] = {"r0", "r1", "r2", "r3", "r4",  "r5",
                                         "r6", "r7", "r8", "r9", "r10", "r11"};
    struct fwd_options fwd = {.address = loopback(r), .hash_seed = r};
    uint32_t node = net_add_node(w->net, names[r], fwd_node_new(&fwd));
    fwd_route_set(w->net->nodes[node].fwd, (struct prefix){loopback(r), 32}, FWD_ACT_LOCAL, 0);
    struct control_router is = {.node = node, .name = names[r], .loopback = loopback(r)};
    CU_ASSERT_EQUAL_FATAL(control_add_router(w->control, &is), r);
}

static void add_line(struct world *w, uint32_t i, uint32_t a, uint32_t b, uint32_t metric,
                     uint32_t risk)
{
    struct net_link_options l = {
        .a = a, .b = b, .rate_bps = INT64_C(10000000000), .delay_ps = MS / 10, .queue_ps = MS};
    CU_ASSERT_EQUAL_FATAL(net_add_link(w->net, "line", &l), i);
    w->a[i] = a;
    w->b[i] = b;
    w->risk[i] = risk;
    control_add_igp_link(w->control, i, a, b, metric);
    if (risk)
        control_srlg(w->control, i, risk);
}

// A random tree and random links on it; metrics are alike in both directions. In groups lie links
// 4k and 4k + 2.
static void add_random_line(struct world *w, uint32_t i, bool risks)
{
    uint32_t a = i + 1 < N ? i + 1 : draw(w, N);
    uint32_t b = i + 1 < N ? draw(w, a) : draw(w, N - 1);
    b += i + 1 >= N && b >= a;
    add_line(w, i, a, b, 1 + draw(w, 30), risks && i % 2 == 0 ? 1 + i / 4 : 0);
}

static void begin_empty(struct world *w, uint64_t seed, bool node)
{
    struct control_network o = {
        .igp = {5 * MS, 50 * MS, 200 * MS, 5 * S, 10 * MS, 0},
        .live = {.detect_ps = DETECT, .hello_ps = 10 * S, .hold_ps = 30 * S},
        .fib_ps = 50 * MS,
        .fib_each_ps = 100 * PS_PER_US,
        .repair = {.how = IGP_REROUTE_TILFA, .node = node},
        .converged = true};
    *w = (struct world){.state = seed, .dead = N};
    w->sim = sim_new(seed);
    w->net = net_new(w->sim);
    w->net->hooks = (struct net_hooks){.ctx = w, .delivered = delivered, .dropped = dropped};
    w->control = control_new(w->sim, w->net);
    control_add_network(w->control, &o);
    for (uint32_t r = 0; r < N; r++)
        add_router(w, r);
}

static void begin(struct world *w, uint64_t seed, bool risks, bool node)
{
    begin_empty(w, seed, node);
    for (uint32_t i = 0; i < LINKS; i++)
        add_random_line(w, i, risks);
    control_start(w->control);
    sim_run(w->sim, S);
}

static void end(struct world *w)
{
    control_free(w->control);
    net_free(w->net);
    sim_free(w->sim);
}

// The link and all of its risk group.
static void set_cut(struct world *w, uint32_t link, bool cut)
{
    for (uint32_t i = 0; i < LINKS; i++) {
        if (i != link && (!w->risk[i] || w->risk[i] != w->risk[link]))
            continue;
        w->cut[i] = cut;
        if (cut) {
            net_link_cut(w->net, i);
            control_link_failed(w->control, i, false);
        } else {
            net_link_restore(w->net, i);
            control_link_repaired(w->control, i, false);
        }
    }
}

static void everybody_sends(struct world *w)
{
    memset(w->arrived, 0, sizeof w->arrived);
    for (uint32_t s = 0; s < N; s++)
        for (uint32_t t = 0; t < N; t++) {
            struct packet *p = packet_take(&w->net->pool);
            packet_build_udp(p, IP4(100, 64, 0, s + 1), loopback(t), 4000, 5000, 64, 100, NULL);
            p->flow = s;
            p->weight = 1;
            p->kind = 0;
            net_originate(w->net, s, p);
        }
    sim_run(w->sim, sim_now(w->sim) + 10 * MS);
}

static void connect(const struct world *w, uint32_t from, bool reached[N])
{
    bool more = true;
    reached[from] = true;
    while (more) {
        more = false;
        for (uint32_t i = 0; i < LINKS; i++)
            if (!w->cut[i] && w->a[i] != w->dead && w->b[i] != w->dead &&
                reached[w->a[i]] != reached[w->b[i]])
                more = reached[w->a[i]] = reached[w->b[i]] = true;
    }
}

// Has some router no way towards `t` but a dead link?
static bool helpless(const struct world *w, uint32_t t)
{
    for (uint32_t r = 0; r < N; r++) {
        struct fwd_path path;
        bool alive = r == t || r == w->dead;
        if (!alive && !fwd_lookup(w->net->nodes[r].fwd, ip6_from_ip4(loopback(t)), &path))
            return true;
        alive = alive || path.gateways > 0;
        for (int i = 0; !alive && i < path.count; i++)
            alive = w->net->ports[path.nexthops[i]]->alive;
        if (!alive)
            return true;
    }
    return false;
}

struct tally {
    uint32_t arrived, lost, excused;
};

static void count(const struct world *w, struct tally *sum)
{
    for (uint32_t s = 0; s < N; s++) {
        bool reached[N] = {false};
        connect(w, s, reached);
        for (uint32_t t = 0; t < N; t++) {
            if (!reached[t] || s == w->dead)
                continue;
            if (w->arrived[s][t])
                sum->arrived++;
            else if (helpless(w, t))
                sum->excused++;
            else
                sum->lost++;
        }
    }
}

static struct tally cut_each(uint64_t seed, bool risks)
{
    struct world w;
    struct tally sum = {0};
    begin(&w, seed, risks, false);
    everybody_sends(&w);
    count(&w, &sum);
    CU_ASSERT_EQUAL(sum.arrived, N * N);
    for (uint32_t i = 0; i < LINKS; i++) {
        set_cut(&w, i, true);
        sim_run(w.sim, sim_now(w.sim) + DETECT);
        everybody_sends(&w);
        count(&w, &sum);
        sim_run(w.sim, sim_now(w.sim) + 20 * S);
        everybody_sends(&w);
        count(&w, &sum); // converged
        set_cut(&w, i, false);
        sim_run(w.sim, sim_now(w.sim) + 20 * S);
    }
    CU_ASSERT(control_stats(w.control).reroutes > 0);
    end(&w);
    return sum;
}

static struct tally kill_each(uint64_t seed)
{
    struct world w;
    struct tally sum = {0};
    begin(&w, seed, false, true);
    for (w.dead = 0; w.dead < N; w.dead++) {
        net_node_down(w.net, w.dead);
        control_router_failed(w.control, w.dead, false);
        sim_run(w.sim, sim_now(w.sim) + DETECT);
        everybody_sends(&w);
        count(&w, &sum);
        net_node_up(w.net, w.dead);
        control_router_repaired(w.control, w.dead, false);
        sim_run(w.sim, sim_now(w.sim) + 20 * S);
    }
    end(&w);
    return sum;
}

// Two segments are enough for any link where metrics are symmetric: nothing is lost.
static void every_link(void)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct tally sum = cut_each(seed, false);
        CU_ASSERT_EQUAL(sum.lost, 0);
        CU_ASSERT_EQUAL(sum.excused, 0);
        CU_ASSERT(sum.arrived > LINKS * N * N);
    }
}

// A group can need more segments than there are: those few are lost, and no others.
static void every_risk_group(void)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct tally sum = cut_each(seed, true);
        CU_ASSERT_EQUAL(sum.lost, 0);
        CU_ASSERT(sum.excused < sum.arrived / 50);
    }
}

static void every_router(void)
{
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct tally sum = kill_each(seed);
        CU_ASSERT_EQUAL(sum.lost, 0);
        CU_ASSERT(sum.excused < sum.arrived / 20);
    }
}

// S's way to X, where the repair's segment ends, does not use the link that S has lost, but one of its
// risk group farther away: it is switched, too.
static void segment_end_behind_the_group(void)
{
    enum { START, E, D, M, X, NEXT };
    struct world w;
    struct fwd_path path;
    begin_empty(&w, 1, false);
    add_line(&w, 0, START, E, 1, 1);
    add_line(&w, 1, E, D, 1, 0);
    add_line(&w, 2, START, M, 1, 0);
    add_line(&w, 3, M, X, 1, 1);
    add_line(&w, 4, START, NEXT, 5, 0);
    add_line(&w, 5, NEXT, X, 5, 0);
    add_line(&w, 6, X, D, 3, 0);
    control_start(w.control);
    sim_run(w.sim, S);
    CU_ASSERT(fwd_lookup(w.net->nodes[START].fwd, ip6_from_ip4(loopback(X)), &path));
    CU_ASSERT_EQUAL(path.nexthops[0], w.net->links[2].a_port);
    net_link_cut(w.net, 0);
    control_link_failed(w.control, 0, false);
    sim_run(w.sim, sim_now(w.sim) + DETECT);
    CU_ASSERT(fwd_lookup(w.net->nodes[START].fwd, ip6_from_ip4(loopback(D)), &path));
    CU_ASSERT(ip6_equal(path.gateway[0].far_end, ip6_from_ip4(loopback(X))));
    CU_ASSERT(fwd_lookup(w.net->nodes[START].fwd, ip6_from_ip4(loopback(X)), &path));
    CU_ASSERT(path.count == 1 && path.nexthops[0] == w.net->links[4].a_port);
    sim_run(w.sim, sim_now(w.sim) + S); // the group did not fail: back to the shortest way
    CU_ASSERT(fwd_lookup(w.net->nodes[START].fwd, ip6_from_ip4(loopback(X)), &path));
    CU_ASSERT_EQUAL(path.nexthops[0], w.net->links[2].a_port);
    end(&w);
}

UNIT_MAIN("repairs", {"every_link", every_link}, {"every_risk_group", every_risk_group},
          {"every_router", every_router},
          {"segment_end_behind_the_group", segment_end_behind_the_group})
