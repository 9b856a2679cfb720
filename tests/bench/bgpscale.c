// SPDX-License-Identifier: GPL-3.0-or-later
// A large network with route reflection: 2,000 routers of one AS, all clients of a few reflectors,
// and an exit that fails, with a hundred prefixes and with a thousand. The IGP's part is not in it:
// metrics are given.
#include "bench.h"

#include "bgp/instance.h"
#include <stdio.h>

enum { ROUTERS = 2000, REFLECTORS = 8, EXITS = 4, OWN_AS = 65000, FAILED = 0 };

static int64_t path_delay(void *ctx, uint32_t a, uint32_t z, int32_t link)
{
    (void)ctx, (void)link;
    return (1 + (a + z) % 20) * PS_PER_MS;
}

static uint32_t metric(void *ctx, uint32_t router, ip4_addr nexthop)
{
    (void)ctx;
    return 1 + (router * 7 + nexthop * 13) % 1000;
}

static void best_changed(void *ctx, uint32_t router, struct prefix p, const struct bgp_route *best)
{
    (void)router, (void)p, (void)best;
    ++*(uint64_t *)ctx;
}

struct bed {
    struct sim *sim;
    struct bgp *bgp;
    uint64_t changes;
};

static ip4_addr loopback(uint32_t i)
{
    return IP4(10, 0, 0, 1) + i;
}

static void add_speaker(struct bed *b, uint32_t i)
{
    char name[16];
    snprintf(name, sizeof name, "r%u", i);
    struct bgp_speaker_options o = {.name = name,
                                    .asn = i < ROUTERS ? OWN_AS : 100 + i,
                                    .id = loopback(i),
                                    .reflector = i < REFLECTORS,
                                    .timers = {.mrai_ebgp_ps = 30 * PS_PER_S,
                                               .mrai_ibgp_ps = 5 * PS_PER_S,
                                               .hold_ps = 90 * PS_PER_S,
                                               .processing_ps = 2 * PS_PER_MS,
                                               .connect_retry_ps = 5 * PS_PER_S}};
    bgp_speaker_add(b->bgp, i, &o);
}

static void connect(struct bed *b, uint32_t a, uint32_t z, enum bgp_relation a_sees_z, int32_t link)
{
    struct bgp_peer_options ao = {.relation = a_sees_z, .address = loopback(a)};
    struct bgp_peer_options zo = {.relation = bgp_relation_mirror(a_sees_z),
                                  .address = loopback(z)};
    bgp_connect(b->bgp, b->bgp->by_router.v[a], &ao, b->bgp->by_router.v[z], &zo, link,
                (a * 31 + z) % 2000 * PS_PER_MS);
}

static void build(struct bed *b)
{
    struct bgp_env env = {.ctx = &b->changes,
                          .path_delay_ps = path_delay,
                          .nexthop_metric = metric,
                          .best_changed = best_changed};
    *b = (struct bed){.sim = sim_new(1)};
    b->bgp = bgp_new(b->sim, &env);
    for (uint32_t i = 0; i < ROUTERS + EXITS; i++)
        add_speaker(b, i);
    for (uint32_t a = 0; a < REFLECTORS; a++)
        for (uint32_t z = a + 1; z < ROUTERS; z++)
            connect(b, a, z, z < REFLECTORS ? BGP_REL_IBGP : BGP_REL_IBGP_CLIENT, -1);
    for (uint32_t i = 0; i < EXITS; i++)
        connect(b, REFLECTORS + i, ROUTERS + i, BGP_REL_PEER, (int32_t)i);
}

static void measure(uint32_t prefixes, const char *start, const char *failover)
{
    struct bed b;
    double start_s = bench_cpu_s();
    build(&b);
    sim_run(b.sim, 60 * PS_PER_S);
    for (uint32_t i = 0; i < EXITS; i++)
        for (uint32_t k = 0; k < prefixes; k++)
            bgp_originate(b.bgp, ROUTERS + i, (struct prefix){IP4(20, 0, 0, 0) + (k << 8), 24});
    sim_run(b.sim, 180 * PS_PER_S);
    double loaded_s = bench_cpu_s();
    uint64_t before = b.changes;
    bgp_link_down(b.bgp, REFLECTORS + FAILED, FAILED, "bench");
    bgp_link_down(b.bgp, ROUTERS + FAILED, FAILED, "bench");
    sim_run(b.sim, 240 * PS_PER_S);
    double end_s = bench_cpu_s();
    if (b.changes == before)
        printf("bgp: no router changed its paths\n");
    bgp_free(b.bgp);
    sim_free(b.sim);
    bench_add(&(struct figure){start, loaded_s - start_s, "s", NULL, 0});
    bench_add(&(struct figure){failover, end_s - loaded_s, "s", NULL, 0});
}

void bench_bgp_scale(void)
{
    measure(100, "bgp_2000_routers_start", "bgp_2000_routers_failover");
    measure(1000, "bgp_2000_routers_start_1000_prefixes",
            "bgp_2000_routers_failover_1000_prefixes");
}
