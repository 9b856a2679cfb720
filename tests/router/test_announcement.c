// SPDX-License-Identifier: GPL-3.0-or-later
// What a router says of a prefix that it originates, and to whom.
//
//      west --- site --- east      three ASes; site (AS 1) is a customer of both others
//        `------ far ------'       a customer of both, too: it hears of the prefix from both
#include "bgp/attr.h"
#include "bgp/route.h"
#include "router/control.h"
#include "unit.h"

#include <string.h>

#define MS PS_PER_MS
#define S  PS_PER_S

enum { SITE, WEST, EAST, FAR, ROUTERS };

static const char *const names[] = {"site", "west", "east", "far"};
static const struct prefix service = {IP4(203, 0, 113, 0), 24};
static const struct prefix host = {IP4(203, 0, 113, 1), 32};

struct world {
    struct sim *sim;
    struct net *net;
    struct control *control;
};

static void add_router(struct world *w, uint32_t r)
{
    struct fwd_options fwd = {.address = IP4(10, r + 1, 0, 1), .hash_seed = r};
    struct control_router is = {.network = r,
                                .node = net_add_node(w->net, names[r], fwd_node_new(&fwd)),
                                .name = names[r],
                                .loopback = fwd.address,
                                .bgp = {.asn = 1 + r,
                                        .timers = {.hold_ps = 90 * S,
                                                   .processing_ps = 2 * MS,
                                                   .connect_retry_ps = 5 * S,
                                                   .no_jitter = true}}};
    control_add_router(w->control, &is);
}

static void join(struct world *w, uint32_t customer, uint32_t provider, bool blackhole)
{
    struct net_link_options o = {
        .a = customer, .b = provider, .rate_bps = 1000000000, .delay_ps = MS, .queue_ps = 10 * MS};
    const struct bgp_peer_options up = {.relation = BGP_REL_PROVIDER};
    const struct bgp_peer_options down = {.relation = BGP_REL_CUSTOMER,
                                          .policy = {.blackhole = blackhole}};
    control_add_ebgp_link(w->control, net_add_link(w->net, names[customer], &o), customer, &up,
                          provider, &down, S);
}

static void begin(struct world *w)
{
    struct control_network n = {
        .live = {.detect_ps = 50 * MS, .hello_ps = 10 * S, .hold_ps = 30 * S},
        .fib_ps = 50 * MS,
        .fib_each_ps = 100 * PS_PER_US};
    w->sim = sim_new(1);
    w->net = net_new(w->sim);
    w->control = control_new(w->sim, w->net);
    for (uint32_t r = 0; r < ROUTERS; r++)
        control_add_network(w->control, &n);
    for (uint32_t r = 0; r < ROUTERS; r++)
        add_router(w, r);
    join(w, SITE, WEST, true);
    join(w, SITE, EAST, false);
    join(w, FAR, WEST, false);
    join(w, FAR, EAST, false);
    control_local(w->control, SITE, service);
    control_announce(w->control, SITE, service);
    control_start(w->control);
    sim_run(w->sim, 20 * S);
    control_mark(w->control);
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

static const struct bgp_attr *heard(const struct world *w, uint32_t router, struct prefix p)
{
    const struct bgp_route *best = control_best(w->control, router, p);
    return best ? best->attr : NULL;
}

static uint32_t path(const struct world *w, uint32_t router)
{
    const struct bgp_attr *a = heard(w, router, service);
    return a ? a->npath : 0;
}

// By whom does the router go to the service?
static uint32_t via(const struct world *w, uint32_t router)
{
    const struct bgp_attr *a = heard(w, router, service);
    return a ? bgp_attr_path(a)[0] - 1 : ROUTERS;
}

static void the_whole_site_prepends(void)
{
    struct world w;
    begin(&w);
    CU_ASSERT_EQUAL(path(&w, WEST), 1);
    int64_t at_ps = sim_now(w.sim);
    control_prepend(w.control, SITE, service, CONTROL_ALL_NETWORKS, 3);
    CU_ASSERT_EQUAL(control_first_reaction(w.control), at_ps);
    run_for(&w, S);
    CU_ASSERT_EQUAL(path(&w, WEST), 4);
    CU_ASSERT_EQUAL(path(&w, EAST), 4);
    for (int i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(bgp_attr_path(heard(&w, EAST, service))[i], 1);
    control_prepend(w.control, SITE, service, CONTROL_ALL_NETWORKS, CONTROL_UNSAID);
    run_for(&w, S);
    CU_ASSERT_EQUAL(path(&w, WEST), 1);
    end(&w);
}

static void one_neighbour_counts_more_than_all(void)
{
    struct world w;
    begin(&w);
    uint32_t first = via(&w, FAR);
    CU_ASSERT_FATAL(first == WEST || first == EAST);
    uint32_t other = first == WEST ? EAST : WEST;
    control_prepend(w.control, SITE, service, first, 1);
    run_for(&w, S);
    CU_ASSERT_EQUAL(via(&w, FAR), other); // a longer way by the first one
    control_prepend(w.control, SITE, service, CONTROL_ALL_NETWORKS, 4);
    run_for(&w, S);
    CU_ASSERT_EQUAL(path(&w, first), 2);
    CU_ASSERT_EQUAL(path(&w, other), 5);
    CU_ASSERT_EQUAL(via(&w, FAR), first);
    control_prepend(w.control, SITE, service, other, 0);
    run_for(&w, S);
    CU_ASSERT_EQUAL(path(&w, other), 1);
    end(&w);
}

// A drain's prepending is for everybody, and what an operator has said stays when it is over.
static void a_drain_forgets_nothing(void)
{
    struct world w;
    begin(&w);
    control_prepend(w.control, SITE, service, CONTROL_ALL_NETWORKS, 1);
    control_prepend(w.control, SITE, service, WEST, 4);
    control_prepend_least(w.control, SITE, service, 3);
    run_for(&w, S);
    CU_ASSERT_EQUAL(path(&w, WEST), 5);
    CU_ASSERT_EQUAL(path(&w, EAST), 4);
    control_prepend_least(w.control, SITE, service, 0);
    run_for(&w, S);
    CU_ASSERT_EQUAL(path(&w, WEST), 5);
    CU_ASSERT_EQUAL(path(&w, EAST), 2);
    end(&w);
}

static void a_neighbour_hears_nothing(void)
{
    struct world w;
    begin(&w);
    control_quiet(w.control, SITE, service, WEST, 1);
    run_for(&w, S);
    CU_ASSERT_EQUAL(path(&w, WEST), 0); // valley-free: far does not tell it
    CU_ASSERT_EQUAL(path(&w, EAST), 1);
    CU_ASSERT_EQUAL(via(&w, FAR), EAST);
    control_quiet(w.control, SITE, service, CONTROL_ALL_NETWORKS, 1); // and east neither
    control_quiet(w.control, SITE, service, WEST, 0);
    run_for(&w, S);
    CU_ASSERT_EQUAL(path(&w, WEST), 1);
    CU_ASSERT_EQUAL(path(&w, EAST), 0);
    end(&w);
}

static void communities_go_along(void)
{
    struct world w;
    begin(&w);
    control_attach(w.control, SITE, service, WEST, BGP_NO_EXPORT, true);
    control_attach(w.control, SITE, service, CONTROL_ALL_NETWORKS, BGP_COMMUNITY(1, 70), true);
    run_for(&w, S);
    CU_ASSERT(bgp_attr_has_community(heard(&w, WEST, service), BGP_NO_EXPORT));
    CU_ASSERT(bgp_attr_has_community(heard(&w, WEST, service), BGP_COMMUNITY(1, 70)));
    CU_ASSERT(!bgp_attr_has_community(heard(&w, EAST, service), BGP_NO_EXPORT));
    CU_ASSERT_EQUAL(via(&w, FAR), EAST); // west keeps it to itself
    control_quiet(w.control, SITE, service, EAST, 1);
    run_for(&w, S);
    CU_ASSERT_EQUAL(via(&w, FAR), ROUTERS);
    control_attach(w.control, SITE, service, WEST, BGP_NO_EXPORT, false);
    run_for(&w, S);
    CU_ASSERT_EQUAL(via(&w, FAR), WEST);
    end(&w);
}

static void med_goes_along(void)
{
    struct world w;
    begin(&w);
    control_med(w.control, SITE, service, WEST, 70);
    run_for(&w, S);
    CU_ASSERT_EQUAL(heard(&w, WEST, service)->f.med, 70);
    CU_ASSERT(!heard(&w, EAST, service)->f.has_med);
    control_med(w.control, SITE, service, WEST, CONTROL_UNSAID);
    run_for(&w, S);
    CU_ASSERT(!heard(&w, WEST, service)->f.has_med);
    end(&w);
}

// West takes routes to discard: it drops what goes to the host itself. East keeps the route only.
static void a_blackhole_is_for_the_host_alone(void)
{
    struct world w;
    begin(&w);
    control_blackhole(w.control, SITE, host, true);
    run_for(&w, S);
    CU_ASSERT_PTR_NOT_NULL_FATAL(heard(&w, WEST, host));
    CU_ASSERT(heard(&w, WEST, host)->f.discard);
    CU_ASSERT_PTR_NOT_NULL_FATAL(heard(&w, EAST, host));
    CU_ASSERT(bgp_attr_has_community(heard(&w, EAST, host), BGP_BLACKHOLE));
    CU_ASSERT(!heard(&w, EAST, host)->f.discard);
    CU_ASSERT(heard(&w, SITE, host)->f.discard);
    CU_ASSERT(!heard(&w, WEST, service)->f.discard);
    control_blackhole(w.control, SITE, host, false);
    run_for(&w, S);
    CU_ASSERT_PTR_NULL(heard(&w, WEST, host));
    CU_ASSERT_PTR_NULL(heard(&w, EAST, host));
    CU_ASSERT_PTR_NOT_NULL(heard(&w, WEST, service));
    end(&w);
}

// Words stand while the prefix is not announced.
static void words_outlive_a_withdrawal(void)
{
    struct world w;
    begin(&w);
    control_prepend(w.control, SITE, service, WEST, 2);
    control_withdraw(w.control, SITE, service);
    run_for(&w, S);
    CU_ASSERT_EQUAL(path(&w, WEST), 0);
    control_announce(w.control, SITE, service);
    run_for(&w, S);
    CU_ASSERT_EQUAL(path(&w, WEST), 3);
    CU_ASSERT_EQUAL(path(&w, EAST), 1);
    end(&w);
}

UNIT_MAIN("announcement", {"the_whole_site_prepends", the_whole_site_prepends},
          {"one_neighbour_counts_more_than_all", one_neighbour_counts_more_than_all},
          {"a_drain_forgets_nothing", a_drain_forgets_nothing},
          {"a_neighbour_hears_nothing", a_neighbour_hears_nothing},
          {"communities_go_along", communities_go_along}, {"med_goes_along", med_goes_along},
          {"a_blackhole_is_for_the_host_alone", a_blackhole_is_for_the_host_alone},
          {"words_outlive_a_withdrawal", words_outlive_a_withdrawal})
