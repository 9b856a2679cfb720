// SPDX-License-Identifier: GPL-3.0-or-later
// 2,000 routers and 4,000 links with their FIBs, without BGP and with four route reflectors: starting
// converged, and losing a link: every router hears of it, computes and programs.
#include "bench.h"

#include "base/arena.h"
#include "router/control.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROUTERS = 2000, LINKS = 4000, REFLECTORS = 4, FAILURES = 5 };

static const struct prefix anycast = {IP4(203, 0, 113, 0), 24}; // announced at two routers

struct network {
    struct sim *sim;
    struct net *net;
    struct control *control;
    char names[ROUTERS][8];
    uint64_t state;
};

static uint32_t draw(struct network *n, uint32_t below)
{
    n->state = n->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(n->state >> 33) % below;
}

static void add_router(struct network *n, uint32_t r, bool bgp)
{
    ip4_addr loopback = IP4(10, 1, 0, 0) + r + 1;
    struct fwd_options fwd = {.address = loopback, .hash_seed = r};
    snprintf(n->names[r], sizeof n->names[r], "r%u", r);
    uint32_t node = net_add_node(n->net, n->names[r], fwd_node_new(&fwd));
    fwd_route_set(n->net->nodes[node].fwd, (struct prefix){loopback, 32}, FWD_ACT_LOCAL, 0);
    struct control_router is = {.node = node,
                                .name = n->names[r],
                                .loopback = loopback,
                                .bgp = {.asn = bgp ? 1 : 0,
                                        .reflector = r < REFLECTORS,
                                        .timers = {.hold_ps = 90 * PS_PER_S,
                                                   .processing_ps = PS_PER_MS / 10,
                                                   .connect_retry_ps = 5 * PS_PER_S}}};
    control_add_router(n->control, &is);
}

// A random tree, so that it is connected, and random links on it.
static void add_link(struct network *n, uint32_t i)
{
    uint32_t a = i + 1 < ROUTERS ? i + 1 : draw(n, ROUTERS);
    uint32_t b = i + 1 < ROUTERS ? draw(n, a) : draw(n, ROUTERS - 1);
    b += i + 1 >= ROUTERS && b >= a;
    struct net_link_options l = {.a = a,
                                 .b = b,
                                 .rate_bps = INT64_C(10000000000),
                                 .delay_ps = (1 + draw(n, 100)) * 100 * PS_PER_US,
                                 .queue_ps = 10 * PS_PER_MS};
    uint32_t link = net_add_link(n->net, "line", &l);
    control_add_igp_link(n->control, link, a, b, 1 + (uint32_t)(l.delay_ps / (10 * PS_PER_US)));
}

static void add_sessions(struct network *n)
{
    struct bgp_peer_options peer = {.relation = BGP_REL_IBGP};
    struct bgp_peer_options client = {.relation = BGP_REL_IBGP_CLIENT};
    for (uint32_t a = 0; a < REFLECTORS; a++)
        for (uint32_t b = a + 1; b < ROUTERS; b++)
            control_add_ibgp(n->control, a, b < REFLECTORS ? &peer : &client, b, &peer,
                             PS_PER_S + b * PS_PER_MS);
}

static struct network *build(bool bgp)
{
    struct network *n = xcalloc(1, sizeof *n);
    struct control_network o = {
        .igp = {5 * PS_PER_MS, 50 * PS_PER_MS, 200 * PS_PER_MS, 5 * PS_PER_S, 10 * PS_PER_MS, 0},
        .live = {.detect_ps = 50 * PS_PER_MS, .hello_ps = 10 * PS_PER_S, .hold_ps = 30 * PS_PER_S},
        .fib_ps = 50 * PS_PER_MS,
        .fib_each_ps = 100 * PS_PER_US,
        .converged = true};
    n->state = 7;
    n->sim = sim_new(1);
    n->net = net_new(n->sim);
    n->control = control_new(n->sim, n->net);
    control_add_network(n->control, &o);
    for (uint32_t r = 0; r < ROUTERS; r++)
        add_router(n, r, bgp);
    for (uint32_t i = 0; i < LINKS; i++)
        add_link(n, i);
    if (bgp)
        add_sessions(n);
    control_start(n->control);
    if (bgp) {
        control_announce(n->control, ROUTERS / 2, anycast);
        control_announce(n->control, ROUTERS - 1, anycast);
    }
    sim_run(n->sim, 40 * PS_PER_S);
    return n;
}

static double fail_one(struct network *n, uint32_t link)
{
    double begin_s = bench_cpu_s();
    net_link_cut(n->net, link);
    control_link_failed(n->control, link, false);
    sim_run(n->sim, sim_now(n->sim) + 10 * PS_PER_S);
    double took_s = bench_cpu_s() - begin_s;
    net_link_restore(n->net, link);
    control_link_repaired(n->control, link, false);
    sim_run(n->sim, sim_now(n->sim) + 10 * PS_PER_S);
    return took_s;
}

static void measure(bool bgp, const char *start, const char *failure)
{
    double took[FAILURES];
    double begin_s = bench_cpu_s();
    struct network *n = build(bgp);
    bench_add(&(struct figure){start, bench_cpu_s() - begin_s, "s", NULL, 0});
    for (uint32_t i = 0; i < FAILURES; i++)
        took[i] = fail_one(n, 10 + 700 * i);
    bench_add(&(struct figure){failure, bench_median(took, FAILURES), "s", NULL, 0});
    control_free(n->control);
    net_free(n->net);
    sim_free(n->sim);
    free(n);
}

void bench_igp(void)
{
    measure(false, "start of 2000 routers, IGP", "link failure, 2000 routers, IGP");
    measure(true, "start of 2000 routers, IGP and iBGP",
            "link failure, 2000 routers, IGP and iBGP");
}
