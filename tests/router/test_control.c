// SPDX-License-Identifier: GPL-3.0-or-later
// Seven routers in two networks, built by hand:
//
//              one
//             /   \           AS 1: home, one, two, exit, gateway (IGP only); AS 2: peer, far
//   gateway--home  exit--peer--far     every line 1 ms, every metric 10
//             \   /           iBGP: full mesh in each; eBGP: exit-peer, and one-far where a test
//              two            says so
#include "router/control.h"
#include "unit.h"

#include "base/table.h"
#include "bgp/route.h"

#include <string.h>

#define MS      PS_PER_MS
#define S       PS_PER_S
#define FIB_PS  (50 * MS)
#define EACH_PS (100 * PS_PER_US)

enum { HOME, ONE, TWO, EXIT, GATEWAY, PEER, FAR, ROUTERS };
enum { HOME_ONE, HOME_TWO, ONE_EXIT, TWO_EXIT, HOME_GATEWAY, PEER_FAR, EXIT_PEER, ONE_FAR };

static const char *const names[] = {"home", "one", "two", "exit", "gateway", "peer", "far"};
static const struct prefix outside = {IP4(203, 0, 113, 0), 24};

struct world {
    struct sim *sim;
    struct net *net;
    struct control *control;
};

static ip4_addr loopback(uint32_t router)
{
    return IP4(10, 1, 0, router + 1);
}

static void add_router(struct world *w, uint32_t r, uint32_t network, uint32_t asn)
{
    struct fwd_options fwd = {.address = loopback(r), .hash_seed = r};
    uint32_t node = net_add_node(w->net, names[r], fwd_node_new(&fwd));
    fwd_route_set(w->net->nodes[node].fwd, (struct prefix){loopback(r), 32}, FWD_ACT_LOCAL, 0);
    struct control_router is = {.network = network,
                                .node = node,
                                .name = names[r],
                                .loopback = loopback(r),
                                .bgp = {.asn = asn,
                                        .timers = {.hold_ps = 90 * S,
                                                   .processing_ps = 2 * MS,
                                                   .connect_retry_ps = 5 * S,
                                                   .no_jitter = true}}};
    CU_ASSERT_EQUAL_FATAL(control_add_router(w->control, &is), r);
}

static uint32_t add_line(struct world *w, const char *name, uint32_t a, uint32_t b)
{
    struct net_link_options o = {
        .a = a, .b = b, .rate_bps = 1000000000, .delay_ps = MS, .queue_ps = 10 * MS};
    return net_add_link(w->net, name, &o);
}

static void add_ibgp(struct world *w, uint32_t a, uint32_t b)
{
    const struct bgp_peer_options o = {.relation = BGP_REL_IBGP};
    control_add_ibgp(w->control, a, &o, b, &o, 2 * S);
}

// To a provider.
static void add_ebgp(struct world *w, const char *line, uint32_t customer, uint32_t provider)
{
    const struct bgp_peer_options up = {.relation = BGP_REL_PROVIDER};
    const struct bgp_peer_options down = {.relation = BGP_REL_CUSTOMER};
    control_add_ebgp_link(w->control, add_line(w, line, customer, provider), customer, &up,
                          provider, &down, S);
}

static void add_mesh(struct world *w, uint32_t first, uint32_t end)
{
    for (uint32_t a = first; a < end; a++)
        for (uint32_t b = a + 1; b < end; b++)
            add_ibgp(w, a, b);
}

// `hellos`: IGP hellos run (hold 30 s); without them only BGP's hold timer sees a silent cut.
static void begin(struct world *w, bool hellos, bool second_exit)
{
    static const struct {
        const char *name;
        uint32_t a, b;
    } lines[] = {{"home~one", HOME, ONE}, {"home~two", HOME, TWO},         {"one~exit", ONE, EXIT},
                 {"two~exit", TWO, EXIT}, {"home~gateway", HOME, GATEWAY}, {"peer~far", PEER, FAR}};
    struct control_network n = {
        .igp = {.flood_ps = 5 * MS,
                .spf_initial_ps = 50 * MS,
                .spf_hold_ps = 200 * MS,
                .spf_max_ps = 5 * S,
                .spf_run_ps = 10 * MS},
        .live = {.detect_ps = 50 * MS, .hello_ps = 10 * S, .hold_ps = hellos ? 30 * S : 0},
        .fib_ps = FIB_PS,
        .fib_each_ps = EACH_PS};
    w->sim = sim_new(1);
    w->net = net_new(w->sim);
    w->control = control_new(w->sim, w->net);
    control_add_network(w->control, &n);
    control_add_network(w->control, &n);
    for (uint32_t r = 0; r < ROUTERS; r++)
        add_router(w, r, r >= PEER, r == GATEWAY ? 0 : r >= PEER ? 2 : 1);
    for (uint32_t i = 0; i <= PEER_FAR; i++)
        control_add_igp_link(w->control, add_line(w, lines[i].name, lines[i].a, lines[i].b),
                             lines[i].a, lines[i].b, 10);
    add_ebgp(w, "exit~peer", EXIT, PEER);
    if (second_exit)
        add_ebgp(w, "one~far", ONE, FAR);
    add_mesh(w, HOME, GATEWAY);
    add_mesh(w, PEER, ROUTERS);
    control_start(w->control);
    sim_run(w->sim, 20 * S);
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

static void cut(struct world *w, uint32_t link, bool silent)
{
    net_link_cut(w->net, link);
    control_link_failed(w->control, link, silent);
}

static void mend(struct world *w, uint32_t link, bool silent)
{
    net_link_restore(w->net, link);
    control_link_repaired(w->control, link, silent);
}

static void kill_router(struct world *w, uint32_t r, bool silent)
{
    net_node_down(w->net, r);
    control_router_failed(w->control, r, silent);
}

static void revive(struct world *w, uint32_t r, bool silent)
{
    net_node_up(w->net, r);
    control_router_repaired(w->control, r, silent);
}

static bool route(const struct world *w, uint32_t r, ip4_addr dst, struct fwd_path *path)
{
    return fwd_lookup(w->net->nodes[r].fwd, ip6_from_ip4(dst), path);
}

static bool reaches(const struct world *w, uint32_t r, ip4_addr dst)
{
    struct fwd_path path;
    return route(w, r, dst, &path);
}

// Does `r` forward to `dst` over exactly these links? NO_LINK as the second: over one.
#define NO_LINK UINT32_MAX
static bool goes_over(const struct world *w, uint32_t r, ip4_addr dst, uint32_t a, uint32_t b)
{
    struct fwd_path path;
    if (!route(w, r, dst, &path) || path.count != (b == NO_LINK ? 1 : 2))
        return false;
    const uint32_t links[2] = {a, b};
    for (int i = 0; i < path.count; i++) {
        const struct net_link *l = &w->net->links[links[i]];
        if (path.nexthops[i] != l->a_port && path.nexthops[i] != l->b_port)
            return false;
    }
    return true;
}

// Of what every router does with every loopback and with `outside`.
static uint64_t digest(const struct world *w)
{
    uint64_t h = 1;
    for (uint32_t r = 0; r < ROUTERS; r++)
        for (uint32_t to = 0; to <= ROUTERS; to++) {
            struct fwd_path path;
            uint32_t ports[FWD_MAX_ECMP + 1] = {0};
            if (route(w, r, to < ROUTERS ? loopback(to) : outside.addr, &path)) {
                ports[0] = (uint32_t)path.count + 1;
                memcpy(ports + 1, path.nexthops, (size_t)path.count * sizeof *ports);
            }
            h = hash_bytes(ports, sizeof ports, h);
        }
    return h;
}

static void announce(struct world *w)
{
    control_announce(w->control, PEER, outside);
    run_for(w, 10 * S);
}

// --- RIB before FIB

static void fib_follows_rib(void)
{
    struct world w;
    begin(&w, true, false);
    int64_t t = sim_now(w.sim);
    control_announce(w.control, PEER, outside);
    sim_run(w.sim, t + 3 * MS - 1); // 1 ms of line, 2 ms of CPU
    CU_ASSERT_PTR_NULL(control_best(w.control, EXIT, outside));
    sim_run(w.sim, t + 3 * MS);
    CU_ASSERT_PTR_NOT_NULL(control_best(w.control, EXIT, outside));
    sim_run(w.sim, t + 3 * MS + FIB_PS - 1);
    CU_ASSERT(!reaches(&w, EXIT, outside.addr));
    CU_ASSERT_EQUAL(control_fib_changed(w.control, EXIT, outside), INT64_MIN);
    sim_run(w.sim, t + 3 * MS + FIB_PS);
    CU_ASSERT(goes_over(&w, EXIT, outside.addr, EXIT_PEER, NO_LINK));
    CU_ASSERT_EQUAL(control_fib_changed(w.control, EXIT, outside), t + 3 * MS + FIB_PS);
    // One is an iBGP hop of 1 ms and 2 ms away; its FIB does not wait for that of exit.
    sim_run(w.sim, t + 6 * MS + FIB_PS);
    CU_ASSERT_EQUAL(control_fib_changed(w.control, ONE, outside), t + 6 * MS + FIB_PS);
    end(&w);
}

// While a withdrawal waits for the FIB, packets still follow the old route.
static void withdrawn_route_forwards_until_the_fib_follows(void)
{
    struct world w;
    begin(&w, true, false);
    announce(&w);
    int64_t t = sim_now(w.sim);
    control_withdraw(w.control, PEER, outside);
    sim_run(w.sim, t + 3 * MS);
    CU_ASSERT_PTR_NULL(control_best(w.control, EXIT, outside));
    CU_ASSERT(goes_over(&w, EXIT, outside.addr, EXIT_PEER, NO_LINK));
    sim_run(w.sim, t + 3 * MS + FIB_PS);
    CU_ASSERT(!reaches(&w, EXIT, outside.addr));
    end(&w);
}

static void one_prefix_after_another(void)
{
    enum { N = 8 };
    struct world w;
    begin(&w, true, false);
    int64_t t = sim_now(w.sim);
    for (uint32_t i = 0; i < N; i++)
        control_announce(w.control, PEER, (struct prefix){IP4(198, 51, 100, i * 16), 28});
    run_for(&w, S);
    bool seen[N] = {false};
    for (uint32_t i = 0; i < N; i++) {
        struct prefix p = {IP4(198, 51, 100, i * 16), 28};
        int64_t after_ps = control_fib_changed(w.control, EXIT, p) - (t + 3 * MS + FIB_PS);
        CU_ASSERT_EQUAL_FATAL(after_ps % EACH_PS, 0);
        CU_ASSERT_FATAL(after_ps >= 0 && after_ps < N * EACH_PS);
        CU_ASSERT(!seen[after_ps / EACH_PS]);
        seen[after_ps / EACH_PS] = true;
    }
    end(&w);
}

static void own_routes_stay(void)
{
    struct world w;
    struct fwd_path path;
    begin(&w, true, false);
    uint32_t port = w.net->links[HOME_GATEWAY].a_port;
    control_static(w.control, HOME, outside, port); // a connected host
    control_local(w.control, TWO, outside);
    announce(&w);
    CU_ASSERT(goes_over(&w, HOME, outside.addr, HOME_GATEWAY, NO_LINK));
    CU_ASSERT(!reaches(&w, TWO, outside.addr));
    CU_ASSERT(route(&w, HOME, loopback(HOME), &path) && path.action == FWD_ACT_LOCAL);
    end(&w);
}

static void igp_only_router(void)
{
    struct world w;
    begin(&w, true, false);
    announce(&w);
    CU_ASSERT(goes_over(&w, GATEWAY, loopback(EXIT), HOME_GATEWAY, NO_LINK));
    CU_ASSERT(goes_over(&w, EXIT, loopback(GATEWAY), ONE_EXIT, TWO_EXIT));
    CU_ASSERT(!reaches(&w, GATEWAY, outside.addr));
    CU_ASSERT(!reaches(&w, PEER, loopback(EXIT))); // loopbacks stay in their network
    CU_ASSERT_PTR_NULL(control_best(w.control, GATEWAY, outside));
    end(&w);
}

// --- IGP under BGP

static void equal_cost_paths(void)
{
    struct world w;
    begin(&w, true, false);
    announce(&w);
    CU_ASSERT(goes_over(&w, HOME, loopback(EXIT), HOME_ONE, HOME_TWO));
    CU_ASSERT(goes_over(&w, HOME, outside.addr, HOME_ONE, HOME_TWO));
    cut(&w, HOME_ONE, false);
    run_for(&w, 10 * S);
    CU_ASSERT(goes_over(&w, HOME, loopback(EXIT), HOME_TWO, NO_LINK));
    CU_ASSERT(goes_over(&w, HOME, outside.addr, HOME_TWO, NO_LINK));
    mend(&w, HOME_ONE, false);
    run_for(&w, 10 * S);
    CU_ASSERT(goes_over(&w, HOME, outside.addr, HOME_ONE, HOME_TWO));
    end(&w);
}

// detect 50, SPF wait 50, SPF run 10, FIB 50 ms: home's own link, so no flooding comes first.
static void steps_of_a_reroute(void)
{
    struct world w;
    begin(&w, true, false);
    announce(&w);
    int64_t t = sim_now(w.sim);
    control_mark(w.control);
    CU_ASSERT_EQUAL(control_first_reaction(w.control), TIME_NEVER);
    cut(&w, HOME_ONE, false);
    run_for(&w, 5 * S);
    CU_ASSERT_EQUAL(control_first_reaction(w.control), t + 50 * MS);
    int64_t first_ps = control_fib_changed(w.control, HOME, (struct prefix){loopback(EXIT), 32});
    int64_t other_ps = control_fib_changed(w.control, HOME, outside);
    CU_ASSERT(first_ps >= t + 160 * MS && first_ps < t + 161 * MS);
    CU_ASSERT(other_ps >= t + 160 * MS && other_ps < t + 161 * MS);
    end(&w);
}

// Hot potato: home leaves by the nearer exit, and by the other one when the IGP's distances change.
static void next_hop_tracking(void)
{
    struct world w;
    begin(&w, true, true);
    control_announce(w.control, FAR, outside);
    announce(&w);
    CU_ASSERT_EQUAL(bgp_route_nexthop(control_best(w.control, HOME, outside)), loopback(ONE));
    CU_ASSERT(goes_over(&w, HOME, outside.addr, HOME_ONE, NO_LINK));
    cut(&w, HOME_ONE, false); // 10 becomes 30 to one, exit stays at 20
    run_for(&w, 10 * S);
    CU_ASSERT_EQUAL(bgp_route_nexthop(control_best(w.control, HOME, outside)), loopback(EXIT));
    CU_ASSERT(goes_over(&w, HOME, outside.addr, HOME_TWO, NO_LINK));
    mend(&w, HOME_ONE, false);
    run_for(&w, 10 * S);
    CU_ASSERT_EQUAL(bgp_route_nexthop(control_best(w.control, HOME, outside)), loopback(ONE));
    end(&w);
}

// --- sessions without news from below

static void silent_cut_ends_with_the_hold_time(uint32_t link, uint32_t looser)
{
    struct world w;
    begin(&w, false, false);
    announce(&w);
    int64_t t = sim_now(w.sim);
    control_mark(w.control);
    cut(&w, link, true);
    if (link == HOME_ONE)
        cut(&w, HOME_TWO, true);
    sim_run(w.sim, t + 60 * S);
    CU_ASSERT_EQUAL(control_first_reaction(w.control), TIME_NEVER);
    CU_ASSERT(reaches(&w, looser, outside.addr)); // into the black hole
    sim_run(w.sim, t + 90 * S + FIB_PS + S);
    int64_t after_ps = control_first_reaction(w.control) - t;
    CU_ASSERT(after_ps > 60 * S && after_ps <= 90 * S);
    CU_ASSERT_PTR_NULL(control_best(w.control, looser, outside));
    CU_ASSERT(!reaches(&w, looser, outside.addr));
    mend(&w, link, true);
    if (link == HOME_ONE)
        mend(&w, HOME_TWO, true);
    run_for(&w, 60 * S);
    CU_ASSERT(reaches(&w, looser, outside.addr));
    end(&w);
}

static void ebgp_session_over_a_cut_line(void)
{
    silent_cut_ends_with_the_hold_time(EXIT_PEER, EXIT);
}

static void ibgp_session_over_a_cut_path(void)
{
    silent_cut_ends_with_the_hold_time(HOME_ONE, HOME);
}

// An iBGP session outlives the path that it was set up over.
static void ibgp_session_moves_to_another_path(void)
{
    struct world w;
    begin(&w, true, false);
    announce(&w);
    control_mark(w.control);
    cut(&w, HOME_ONE, false);
    run_for(&w, 49 * MS);
    CU_ASSERT_EQUAL(control_first_reaction(w.control), TIME_NEVER);
    run_for(&w, 200 * S);
    CU_ASSERT_PTR_NOT_NULL(control_best(w.control, HOME, outside));
    CU_ASSERT(goes_over(&w, HOME, outside.addr, HOME_TWO, NO_LINK));
    end(&w);
}

static void interface_down_ends_the_session_at_once(void)
{
    struct world w;
    begin(&w, true, false);
    announce(&w);
    int64_t t = sim_now(w.sim);
    cut(&w, EXIT_PEER, false);
    sim_run(w.sim, t + 50 * MS - 1);
    CU_ASSERT_PTR_NOT_NULL(control_best(w.control, EXIT, outside));
    sim_run(w.sim, t + 50 * MS);
    CU_ASSERT_PTR_NULL(control_best(w.control, EXIT, outside));
    sim_run(w.sim, t + 50 * MS + FIB_PS);
    CU_ASSERT(!reaches(&w, EXIT, outside.addr));
    end(&w);
}

// --- routers

static void router_fails_and_returns(bool silent, int64_t dead_ps)
{
    struct world w;
    begin(&w, true, false);
    announce(&w);
    uint64_t before = digest(&w);
    kill_router(&w, ONE, silent);
    CU_ASSERT_EQUAL(fwd_route_count(w.net->nodes[ONE].fwd), 1); // its own address
    run_for(&w, dead_ps);
    if (dead_ps > 40 * S) {
        CU_ASSERT(goes_over(&w, HOME, outside.addr, HOME_TWO, NO_LINK));
        CU_ASSERT(!reaches(&w, HOME, loopback(ONE)));
        CU_ASSERT_PTR_NULL(control_best(w.control, ONE, outside));
    }
    revive(&w, ONE, silent);
    run_for(&w, 150 * S);
    CU_ASSERT_EQUAL(digest(&w), before);
    end(&w);
}

static void router_returns(void)
{
    router_fails_and_returns(false, 60 * S);
}

static void router_returns_after_a_silent_death(void)
{
    router_fails_and_returns(true, 60 * S);
}

static void router_returns_before_anybody_noticed(void)
{
    router_fails_and_returns(false, 20 * MS);
    router_fails_and_returns(true, 2 * S);
}

// A router that originates and a border router come back with what they announced.
static void border_routers_return(void)
{
    static const uint32_t routers[] = {EXIT, PEER};
    for (int i = 0; i < 2; i++) {
        struct world w;
        begin(&w, true, false);
        announce(&w);
        uint64_t before = digest(&w);
        kill_router(&w, routers[i], false);
        run_for(&w, 5 * S);
        CU_ASSERT(!reaches(&w, HOME, outside.addr));
        revive(&w, routers[i], false);
        run_for(&w, 60 * S);
        CU_ASSERT_EQUAL(digest(&w), before);
        end(&w);
    }
}

// --- partition and overlap

static void partition_heals(void)
{
    struct world w;
    begin(&w, true, false);
    announce(&w);
    uint64_t before = digest(&w);
    cut(&w, HOME_ONE, false);
    cut(&w, HOME_TWO, false);
    run_for(&w, 100 * S);
    CU_ASSERT(!reaches(&w, HOME, loopback(EXIT)));
    CU_ASSERT(!reaches(&w, HOME, outside.addr));
    CU_ASSERT(!reaches(&w, EXIT, loopback(HOME)));
    CU_ASSERT(!reaches(&w, EXIT, loopback(GATEWAY)));
    CU_ASSERT(reaches(&w, HOME, loopback(GATEWAY)));
    CU_ASSERT(reaches(&w, TWO, loopback(ONE)));
    mend(&w, HOME_ONE, false);
    mend(&w, HOME_TWO, false);
    run_for(&w, 60 * S);
    CU_ASSERT_EQUAL(digest(&w), before);
    end(&w);
}

static void overlapping_failures(void)
{
    struct world w;
    begin(&w, true, false);
    announce(&w);
    uint64_t before = digest(&w);
    cut(&w, HOME_ONE, false);
    run_for(&w, 5 * S);
    kill_router(&w, ONE, false);
    cut(&w, HOME_ONE, false);
    run_for(&w, 5 * S);
    mend(&w, HOME_ONE, false);
    revive(&w, ONE, false);
    run_for(&w, 60 * S); // the first cut is still there
    CU_ASSERT(goes_over(&w, HOME, loopback(EXIT), HOME_TWO, NO_LINK));
    CU_ASSERT(goes_over(&w, ONE, outside.addr, ONE_EXIT, NO_LINK));
    mend(&w, HOME_ONE, false);
    run_for(&w, 10 * S);
    CU_ASSERT_EQUAL(digest(&w), before);
    end(&w);
}

UNIT_MAIN("control", {"fib_follows_rib", fib_follows_rib},
          {"withdrawn_route_forwards_until_the_fib_follows",
           withdrawn_route_forwards_until_the_fib_follows},
          {"one_prefix_after_another", one_prefix_after_another},
          {"own_routes_stay", own_routes_stay}, {"igp_only_router", igp_only_router},
          {"equal_cost_paths", equal_cost_paths}, {"steps_of_a_reroute", steps_of_a_reroute},
          {"next_hop_tracking", next_hop_tracking},
          {"ebgp_session_over_a_cut_line", ebgp_session_over_a_cut_line},
          {"ibgp_session_over_a_cut_path", ibgp_session_over_a_cut_path},
          {"ibgp_session_moves_to_another_path", ibgp_session_moves_to_another_path},
          {"interface_down_ends_the_session_at_once", interface_down_ends_the_session_at_once},
          {"router_returns", router_returns},
          {"router_returns_after_a_silent_death", router_returns_after_a_silent_death},
          {"router_returns_before_anybody_noticed", router_returns_before_anybody_noticed},
          {"border_routers_return", border_routers_return}, {"partition_heals", partition_heals},
          {"overlapping_failures", overlapping_failures})
