// SPDX-License-Identifier: GPL-3.0-or-later
// An AS graph of 80,000: solved directly, and message by message: all sessions come up, then a prefix
// is announced and the messages go round until all is quiet.
#include "bench.h"

#include "base/arena.h"
#include "base/rng.h"
#include "bgp/bgp.h"
#include "bgp/solver.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

enum { ASES = 80000, TOP = 15, MIDDLE = 12000, LINKS_MAX = 6 * ASES, ORIGINS = 100 };

struct asbench {
    ip4_addr ids[ASES];
    struct bgp_aslink links[LINKS_MAX];
    struct bgp_speaker *speakers[ASES];
    struct bgp_choice choices[ASES];
    uint32_t nlinks;
    struct bgp_asgraph graph;
};

static void add_link(struct asbench *b, uint32_t a, uint32_t z, enum bgp_relation a_sees_z)
{
    ip4_addr addr = IP4(172, 16, 0, 0) + 2 * b->nlinks;
    b->links[b->nlinks++] = (struct bgp_aslink){a, z, a_sees_z, addr, addr + 1};
}

// A clique at the top; below it one to three providers of lower number, low numbers being popular;
// peers in the middle. About as many links to providers as between peers, as in inferred graphs.
static void make_graph(struct asbench *b)
{
    gsl_rng *r = rng_stream(1, "asgraph", "bench");
    for (uint32_t i = 0; i < ASES; i++) {
        b->ids[i] = IP4(10, 0, 0, 1) + i;
        for (uint32_t k = 0; i < TOP && k < i; k++)
            add_link(b, i, k, BGP_REL_PEER);
        uint32_t nproviders = i < TOP ? 0 : 1 + (uint32_t)gsl_rng_uniform_int(r, 3);
        uint32_t npeers = i < TOP || i >= MIDDLE ? 0 : 14;
        for (uint32_t k = 0; k < nproviders + npeers; k++) {
            double u = rng_uniform(r);
            uint32_t below = i < MIDDLE ? i : MIDDLE;
            uint32_t z = (uint32_t)(u * u * u * below);
            add_link(b, i, z, k < nproviders ? BGP_REL_PROVIDER : BGP_REL_PEER);
        }
    }
    gsl_rng_free(r);
    bgp_asgraph_init(&b->graph, b->ids, ASES, b->links, b->nlinks);
}

static void solve(struct asbench *b)
{
    double ms[ORIGINS];
    for (uint32_t i = 0; i < ORIGINS; i++) {
        uint32_t origin = i * (ASES / ORIGINS);
        double start_s = bench_cpu_s();
        bgp_solve(&b->graph, &origin, 1, b->choices);
        ms[i] = 1e3 * (bench_cpu_s() - start_s);
    }
    bench_add(&(struct figure){
        .name = "asgraph_solve_80000", .value = bench_median(ms, ORIGINS), .unit = "ms"});
}

// --- Message by message

static int64_t path_delay(void *ctx, uint32_t a, uint32_t z, int32_t link)
{
    (void)ctx;
    (void)a;
    (void)z;
    return (1 + link % 50) * PS_PER_MS;
}

static uint32_t nexthop_metric(void *ctx, uint32_t router, ip4_addr nexthop)
{
    (void)ctx;
    (void)router;
    (void)nexthop;
    return 0;
}

static void best_changed(void *ctx, uint32_t router, struct prefix prefix,
                         const struct bgp_route *best)
{
    (void)ctx;
    (void)router;
    (void)prefix;
    (void)best;
}

static void build(struct asbench *b, struct bgp *bgp)
{
    for (uint32_t i = 0; i < ASES; i++) {
        char name[16];
        snprintf(name, sizeof name, "as%u", (unsigned)i + 1);
        struct bgp_speaker_options o = {
            .name = name,
            .asn = i + 1,
            .id = b->ids[i],
            .timers = {.processing_ps = PS_PER_MS, .connect_retry_ps = 30 * PS_PER_S}};
        b->speakers[i] = bgp_speaker_add(bgp, i, &o);
    }
    for (uint32_t i = 0; i < b->nlinks; i++) {
        const struct bgp_aslink *l = &b->links[i];
        struct bgp_peer_options a = {.relation = l->a_sees_z, .address = l->a_addr};
        struct bgp_peer_options z = {.relation = bgp_relation_mirror(l->a_sees_z),
                                     .address = l->z_addr};
        bgp_connect(bgp, b->speakers[l->a], &a, b->speakers[l->z], &z, (int32_t)i, 0);
    }
}

static void run_messages(struct asbench *b)
{
    static const struct prefix prefix = {IP4(203, 0, 113, 0), 24};
    const struct bgp_env env = {.path_delay_ps = path_delay,
                                .nexthop_metric = nexthop_metric,
                                .best_changed = best_changed};
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    struct sim *sim = sim_new(1);
    struct bgp *bgp = bgp_new(sim, &env);
    double start_s = bench_cpu_s();
    build(b, bgp);
    sim_run(sim, 60 * PS_PER_S);
    double up_s = bench_cpu_s();
    bgp_originate(bgp, ASES / 2, prefix);
    sim_run(sim, 3600 * PS_PER_S);
    double quiet_s = bench_cpu_s();
    size_t bytes = mallinfo2().uordblks + mallinfo2().hblkhd - before;
    bench_add(
        &(struct figure){.name = "asgraph_sessions_80000", .value = up_s - start_s, .unit = "s"});
    bench_add(
        &(struct figure){.name = "asgraph_announce_80000", .value = quiet_s - up_s, .unit = "s"});
    bench_add(&(struct figure){.name = "asgraph_memory_80000",
                               .value = (double)bytes / (double)bgp_stats(bgp)->sessions_up,
                               .unit = "B/session"});
    bgp_free(bgp);
    sim_free(sim);
}

void bench_asgraph(void)
{
    struct asbench *b = xcalloc(1, sizeof *b);
    make_graph(b);
    solve(b);
    run_messages(b);
    bgp_asgraph_free(&b->graph);
    free(b);
}
