// SPDX-License-Identifier: GPL-3.0-or-later
// Where a prefix is announced, who reacts first, and whether the FIB follows the RIB yet.
//
//      left --- right      AS 1, customer of AS 2
//       |         |        eBGP left-west and right-east, iBGP inside; every line 1 ms
//      west --- east       AS 2
#include "bgp/route.h"
#include "router/control.h"
#include "unit.h"

#define MS      PS_PER_MS
#define S       PS_PER_S
#define HOLD_PS (30 * S)

enum { LEFT, RIGHT, WEST, EAST, ROUTERS };
enum { LEFT_RIGHT, WEST_EAST, LEFT_WEST, RIGHT_EAST };

static const char *const names[] = {"left", "right", "west", "east"};
static const struct prefix service = {IP4(203, 0, 113, 0), 24};

struct world {
    struct sim *sim;
    struct net *net;
    struct control *control;
};

static ip4_addr loopback(uint32_t router)
{
    return IP4(10, 1, 0, router + 1);
}

static void add_router(struct world *w, uint32_t r)
{
    struct fwd_options fwd = {.address = loopback(r), .hash_seed = r};
    struct control_router is = {.network = r / 2,
                                .node = net_add_node(w->net, names[r], fwd_node_new(&fwd)),
                                .name = names[r],
                                .loopback = loopback(r),
                                .bgp = {.asn = 1 + r / 2,
                                        .timers = {.hold_ps = 90 * S,
                                                   .processing_ps = 2 * MS,
                                                   .connect_retry_ps = 5 * S,
                                                   .no_jitter = true}}};
    control_add_router(w->control, &is);
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

static void begin(struct world *w, bool at_origin_only)
{
    struct control_network n = {
        .igp = {.flood_ps = 5 * MS,
                .spf_initial_ps = 50 * MS,
                .spf_hold_ps = 200 * MS,
                .spf_max_ps = 5 * S,
                .spf_run_ps = 10 * MS},
        .live = {.detect_ps = 50 * MS, .hello_ps = 10 * S, .hold_ps = HOLD_PS},
        .fib_ps = 50 * MS,
        .fib_each_ps = 100 * PS_PER_US};
    w->sim = sim_new(1);
    w->net = net_new(w->sim);
    w->control = control_new(w->sim, w->net);
    control_add_network(w->control, &n);
    control_add_network(w->control, &n);
    for (uint32_t r = 0; r < ROUTERS; r++)
        add_router(w, r);
    control_add_igp_link(w->control, add_line(w, "left~right", LEFT, RIGHT), LEFT, RIGHT, 10);
    control_add_igp_link(w->control, add_line(w, "west~east", WEST, EAST), WEST, EAST, 10);
    add_ebgp(w, "left~west", LEFT, WEST);
    add_ebgp(w, "right~east", RIGHT, EAST);
    add_ibgp(w, LEFT, RIGHT);
    add_ibgp(w, WEST, EAST);
    if (at_origin_only)
        control_announce_at_origin_only(w->control, 0, service);
    control_announce(w->control, LEFT, service);
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

// Does AS 2's router enter AS 1 by its own line?
static bool enters_here(const struct world *w, uint32_t router)
{
    const struct bgp_route *best = control_best(w->control, router, service);
    return best && best->source == BGP_SOURCE_EBGP;
}

static void announced_at_every_border(void)
{
    struct world w;
    begin(&w, false);
    CU_ASSERT(enters_here(&w, WEST));
    CU_ASSERT(enters_here(&w, EAST)); // right tells what left told it
    end(&w);
}

static void announced_where_published(void)
{
    struct world w;
    begin(&w, true);
    CU_ASSERT(enters_here(&w, WEST));
    CU_ASSERT(!enters_here(&w, EAST));
    CU_ASSERT_PTR_NOT_NULL(control_best(w.control, EAST, service));  // through west
    CU_ASSERT_PTR_NOT_NULL(control_best(w.control, RIGHT, service)); // inside, everybody knows
    control_announce(w.control, RIGHT, service);
    run_for(&w, 5 * S);
    CU_ASSERT(enters_here(&w, EAST));
    control_withdraw(w.control, LEFT, service);
    run_for(&w, 5 * S);
    CU_ASSERT(!enters_here(&w, WEST)); // though left knows right's route still
    CU_ASSERT_PTR_NOT_NULL(control_best(w.control, LEFT, service));
    CU_ASSERT(enters_here(&w, EAST));
    control_announce(w.control, LEFT, service);
    run_for(&w, 5 * S);
    CU_ASSERT(enters_here(&w, WEST));
    end(&w);
}

static void fail(struct world *w, uint32_t router, bool silent)
{
    net_node_down(w->net, router);
    control_router_failed(w->control, router, silent);
}

// The router that dies loses its own sessions at once, but that is nobody's reaction.
static void the_dead_notice_nothing(void)
{
    for (int silent = 0; silent < 2; silent++) {
        struct world w;
        begin(&w, true);
        int64_t at_ps = sim_now(w.sim);
        fail(&w, RIGHT, silent);
        CU_ASSERT_EQUAL(control_first_reaction(w.control), TIME_NEVER);
        run_for(&w, 100 * S);
        int64_t after_ps = control_first_reaction(w.control) - at_ps;
        if (silent)
            CU_ASSERT(after_ps >= HOLD_PS - 10 * S && after_ps <= HOLD_PS)
        else
            CU_ASSERT_EQUAL(after_ps, 50 * MS);
        end(&w);
    }
}

static void an_operator_reacts_at_once(void)
{
    struct world w;
    begin(&w, true);
    int64_t at_ps = sim_now(w.sim);
    control_withdraw(w.control, LEFT, service);
    CU_ASSERT_EQUAL(control_first_reaction(w.control), at_ps);
    end(&w);
}

static void fib_is_behind_until_the_download(void)
{
    struct world w;
    begin(&w, true);
    CU_ASSERT(!control_fib_behind(w.control, WEST, service));
    control_withdraw(w.control, LEFT, service);
    run_for(&w, 10 * MS); // the withdrawal is there
    CU_ASSERT_PTR_NULL(control_best(w.control, WEST, service));
    CU_ASSERT(control_fib_behind(w.control, WEST, service));
    run_for(&w, 60 * MS);
    CU_ASSERT(!control_fib_behind(w.control, WEST, service));
    CU_ASSERT(!control_fib_behind(w.control, WEST, (struct prefix){IP4(9, 9, 9, 0), 24}));
    end(&w);
}

UNIT_MAIN("publish", {"announced_at_every_border", announced_at_every_border},
          {"announced_where_published", announced_where_published},
          {"the_dead_notice_nothing", the_dead_notice_nothing},
          {"an_operator_reacts_at_once", an_operator_reacts_at_once},
          {"fib_is_behind_until_the_download", fib_is_behind_until_the_download})
