// SPDX-License-Identifier: GPL-3.0-or-later
// Several paths in the FIB: multipath, and prefix-independent convergence.
//
//         one --- a         AS 1: home, one, two, every metric 10; AS 2: a, b; every line 1 ms
//        /         \        one has a link to b as well where a test says so
//   home            |       AS 2 announces PREFIXES prefixes at a and at b
//        \         /
//         two --- b
#include "router/control.h"
#include "unit.h"

#include "bgp/route.h"

#define MS       PS_PER_MS
#define S        PS_PER_S
#define DETECT   (50 * MS)
#define FIB_PS   (50 * MS)
#define EACH_PS  MS
#define PREFIXES 100u

enum { HOME, ONE, TWO, A, B, ROUTERS };
enum { HOME_ONE, HOME_TWO, A_B, ONE_A, TWO_B, ONE_B };

struct world {
    struct sim *sim;
    struct net *net;
    struct control *control;
};

struct options {
    bool pic, second_link;
    uint16_t max_paths_ibgp, max_paths_ebgp;
};

static ip4_addr loopback(uint32_t router)
{
    return IP4(10, 1, 0, router + 1);
}

static struct prefix outside(uint32_t i)
{
    return (struct prefix){IP4(20, 0, i, 0), 24};
}

static void add_router(struct world *w, uint32_t r, const struct options *o)
{
    static const char *const names[] = {"home", "one", "two", "a", "b"};
    struct fwd_options fwd = {.address = loopback(r), .hash_seed = r};
    uint32_t node = net_add_node(w->net, names[r], fwd_node_new(&fwd));
    fwd_route_set(w->net->nodes[node].fwd, (struct prefix){loopback(r), 32}, FWD_ACT_LOCAL, 0);
    struct control_router is = {.network = r >= A,
                                .node = node,
                                .name = names[r],
                                .loopback = loopback(r),
                                .bgp = {.asn = r >= A ? 2 : 1,
                                        .timers = {.hold_ps = 90 * S,
                                                   .processing_ps = MS,
                                                   .connect_retry_ps = 5 * S,
                                                   .no_jitter = true},
                                        .decide = {.max_paths_ibgp = o->max_paths_ibgp,
                                                   .max_paths_ebgp = o->max_paths_ebgp}}};
    CU_ASSERT_EQUAL_FATAL(control_add_router(w->control, &is), r);
}

static uint32_t line(struct world *w, uint32_t a, uint32_t b)
{
    static const char *const names[] = {"home~one", "home~two", "a~b", "one~a", "two~b", "one~b"};
    struct net_link_options o = {
        .a = a, .b = b, .rate_bps = 1000000000, .delay_ps = MS, .queue_ps = 10 * MS};
    return net_add_link(w->net, names[w->net->nlinks], &o);
}

static void add_igp(struct world *w, uint32_t a, uint32_t b)
{
    control_add_igp_link(w->control, line(w, a, b), a, b, 10);
}

static void add_ibgp(struct world *w, uint32_t a, uint32_t b)
{
    const struct bgp_peer_options o = {.relation = BGP_REL_IBGP};
    control_add_ibgp(w->control, a, &o, b, &o, 2 * S);
}

static void add_ebgp(struct world *w, uint32_t a, uint32_t b)
{
    const struct bgp_peer_options o = {.relation = BGP_REL_PEER};
    control_add_ebgp_link(w->control, line(w, a, b), a, &o, b, &o, S);
}

static void begin(struct world *w, const struct options *o)
{
    struct control_network n = {.igp = {.flood_ps = 5 * MS,
                                        .spf_initial_ps = 50 * MS,
                                        .spf_hold_ps = 200 * MS,
                                        .spf_max_ps = 5 * S,
                                        .spf_run_ps = 10 * MS},
                                .live = {.detect_ps = DETECT},
                                .fib_ps = FIB_PS,
                                .fib_each_ps = EACH_PS,
                                .pic = o->pic};
    w->sim = sim_new(1);
    w->net = net_new(w->sim);
    w->control = control_new(w->sim, w->net);
    control_add_network(w->control, &n);
    control_add_network(w->control, &n);
    for (uint32_t r = 0; r < ROUTERS; r++)
        add_router(w, r, o);
    add_igp(w, HOME, ONE);
    add_igp(w, HOME, TWO);
    add_igp(w, A, B);
    add_ebgp(w, ONE, A);
    add_ebgp(w, TWO, B);
    if (o->second_link)
        add_ebgp(w, ONE, B);
    add_ibgp(w, HOME, ONE);
    add_ibgp(w, HOME, TWO);
    add_ibgp(w, ONE, TWO);
    add_ibgp(w, A, B);
    control_start(w->control);
    sim_run(w->sim, 20 * S);
    for (uint32_t i = 0; i < PREFIXES; i++) {
        control_announce(w->control, A, outside(i));
        control_announce(w->control, B, outside(i));
    }
    sim_run(w->sim, 60 * S);
}

static void end(struct world *w)
{
    control_free(w->control);
    net_free(w->net);
    sim_free(w->sim);
}

static void run_for(struct world *w, int64_t ps)
{
    sim_run(w->sim, sim_now(w->sim) + ps);
}

// How many of the prefixes `router` sends over `link`, and over it alone or not.
static uint32_t over(const struct world *w, uint32_t router, uint32_t link, int of)
{
    const struct net_link *l = &w->net->links[link];
    uint32_t n = 0;
    for (uint32_t i = 0; i < PREFIXES; i++) {
        struct fwd_path path;
        if (!fwd_lookup(w->net->nodes[router].fwd, ip6_from_ip4(outside(i).addr + 1), &path) ||
            path.count != of)
            continue;
        for (int k = 0; k < path.count; k++)
            n += path.nexthops[k] == l->a_port || path.nexthops[k] == l->b_port;
    }
    return n;
}

static void equal_paths_share(void)
{
    struct world w;
    begin(&w, &(struct options){.max_paths_ibgp = 4, .max_paths_ebgp = 4, .second_link = true});
    CU_ASSERT_EQUAL(over(&w, HOME, HOME_ONE, 2), PREFIXES);
    CU_ASSERT_EQUAL(over(&w, HOME, HOME_TWO, 2), PREFIXES);
    CU_ASSERT_EQUAL(over(&w, ONE, ONE_A, 2), PREFIXES);
    CU_ASSERT_EQUAL(over(&w, ONE, ONE_B, 2), PREFIXES);
    net_link_cut(w.net, ONE_B);
    control_link_failed(w.control, ONE_B, false);
    run_for(&w, S);
    CU_ASSERT_EQUAL(over(&w, ONE, ONE_A, 1), PREFIXES);
    CU_ASSERT_EQUAL(over(&w, HOME, HOME_ONE, 2), PREFIXES);
    end(&w);
    begin(&w, &(struct options){.second_link = true});
    CU_ASSERT_EQUAL(over(&w, HOME, HOME_ONE, 1), PREFIXES);
    CU_ASSERT_EQUAL(over(&w, ONE, ONE_A, 1), PREFIXES);
    end(&w);
}

// The router loses the link that all prefixes use and has another one.
static void the_edge_switches_at_detection(void)
{
    for (int pic = 0; pic < 2; pic++) {
        struct world w;
        begin(&w, &(struct options){.second_link = true, .pic = pic});
        CU_ASSERT_EQUAL(over(&w, ONE, ONE_A, 1), PREFIXES);
        net_link_cut(w.net, ONE_A);
        control_link_failed(w.control, ONE_A, false);
        run_for(&w, DETECT);
        CU_ASSERT_EQUAL(over(&w, ONE, ONE_B, 1), pic ? PREFIXES : 0);
        run_for(&w, FIB_PS + PREFIXES / 2 * EACH_PS);
        CU_ASSERT_EQUAL(over(&w, ONE, ONE_B, 1), pic ? PREFIXES : PREFIXES / 2 + 1);
        run_for(&w, PREFIXES * EACH_PS);
        CU_ASSERT_EQUAL(over(&w, ONE, ONE_B, 1), PREFIXES);
        run_for(&w, 10 * S);
        CU_ASSERT_EQUAL(over(&w, ONE, ONE_B, 1), PREFIXES);
        net_link_restore(w.net, ONE_A);
        control_link_repaired(w.control, ONE_A, false);
        run_for(&w, 60 * S);
        CU_ASSERT_EQUAL(over(&w, ONE, ONE_A, 1), PREFIXES);
        end(&w);
    }
}

// A remote exit dies: the IGP says so.
static void a_lost_next_hop_takes_all_prefixes_along(void)
{
    int64_t spf_ps = DETECT + 50 * MS + 10 * MS;
    for (int pic = 0; pic < 2; pic++) {
        struct world w;
        begin(&w, &(struct options){.pic = pic});
        CU_ASSERT_EQUAL(over(&w, HOME, HOME_ONE, 1), PREFIXES);
        net_node_down(w.net, ONE);
        control_router_failed(w.control, ONE, false);
        run_for(&w, spf_ps + FIB_PS - MS);
        CU_ASSERT_EQUAL(over(&w, HOME, HOME_TWO, 1), 0);
        run_for(&w, 20 * MS);
        uint32_t soon = over(&w, HOME, HOME_TWO, 1);
        CU_ASSERT_TRUE(pic ? soon == PREFIXES : soon > 0 && soon < PREFIXES / 2);
        run_for(&w, PREFIXES * EACH_PS);
        CU_ASSERT_EQUAL(over(&w, HOME, HOME_TWO, 1), PREFIXES);
        net_node_up(w.net, ONE);
        control_router_repaired(w.control, ONE, false);
        run_for(&w, 60 * S);
        CU_ASSERT_EQUAL(over(&w, HOME, HOME_ONE, 1), PREFIXES);
        end(&w);
    }
}

// Nothing to switch to: entries stay until BGP has its answer.
static void no_backup_is_no_way(void)
{
    struct world w;
    begin(&w, &(struct options){.pic = true});
    for (uint32_t i = 0; i < PREFIXES; i++)
        control_withdraw(w.control, B, outside(i));
    net_link_cut(w.net, A_B);
    control_link_failed(w.control, A_B, false);
    run_for(&w, 10 * S);
    CU_ASSERT_EQUAL(over(&w, ONE, ONE_A, 1), PREFIXES);
    net_link_cut(w.net, ONE_A);
    control_link_failed(w.control, ONE_A, false);
    run_for(&w, DETECT);
    CU_ASSERT_EQUAL(over(&w, ONE, ONE_A, 1), PREFIXES);
    run_for(&w, 10 * S);
    CU_ASSERT_EQUAL(over(&w, ONE, ONE_A, 1), 0);
    end(&w);
}

UNIT_MAIN("pathlist", {"equal_paths_share", equal_paths_share},
          {"the_edge_switches_at_detection", the_edge_switches_at_detection},
          {"a_lost_next_hop_takes_all_prefixes_along", a_lost_next_hop_takes_all_prefixes_along},
          {"no_backup_is_no_way", no_backup_is_no_way})
