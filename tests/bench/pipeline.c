// SPDX-License-Identifier: GPL-3.0-or-later
// The pipeline over memory, without input and output: packets of 64-byte frames (50 bytes of IP)
// that do not fit the second-level cache go through a node in batches. Then what each stage costs,
// alone, in cycles of the time-stamp counter, or in nanoseconds on CPUs that have none.
#include "bench.h"

#include "base/rng.h"
#include "fwd/encap.h"
#include "fwd/fib.h"
#include "fwd/flowhash.h"
#include "fwd/fwd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACKETS  32768u // 8 MB of them
#define ROUNDS   20u
#define DATAGRAM 50u // 64 bytes less Ethernet's header; its checksum is counted
#define ROUTES   1000u
#define EIPS     256u

static void *ring; // for the stages, which are handed to one timer
static struct packet *packets;

static ip4_addr destination(gsl_rng *rng, ip4_addr base, uint32_t count)
{
    return base + 9 + ((uint32_t)gsl_rng_uniform_int(rng, count) << 8);
}

// The same packets again: a forwarded one is not what it was.
static void refill(ip4_addr base, uint32_t count)
{
    gsl_rng *rng = rng_stream(1, "bench", "pipeline");
    for (uint32_t i = 0; i < PACKETS; i++)
        packet_build_udp(&packets[i], IP4(192, 0, 2, 0) + i % 250 + 1,
                         destination(rng, base, count), (uint16_t)gsl_rng_get(rng), 2000, 64,
                         DATAGRAM, NULL);
    gsl_rng_free(rng);
}

// Millions of packets a second through a node.
static double push_through(struct fwd_node *n, ip4_addr base, uint32_t count)
{
    struct fwd_result r[FWD_BATCH];
    struct packet *batch[FWD_BATCH];
    double took_s = 0;
    uint64_t wrong = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        refill(base, count);
        double begin_s = bench_cpu_s();
        for (uint32_t i = 0; i < PACKETS; i += FWD_BATCH) {
            for (uint32_t k = 0; k < FWD_BATCH; k++)
                batch[k] = &packets[i + k];
            fwd_receive_batch(n, batch, FWD_BATCH, 0, (int64_t)i * 1000, r);
            for (uint32_t k = 0; k < FWD_BATCH; k++)
                wrong += r[k].verdict != FWD_OUT;
        }
        took_s += bench_cpu_s() - begin_s;
    }
    if (wrong) {
        fprintf(stderr, "bench: %lu packets were not forwarded\n", (unsigned long)wrong);
        exit(1);
    }
    return (double)PACKETS * ROUNDS / took_s / 1e6;
}

static double transit(void)
{
    struct fwd_node *n = fwd_node_new(&(struct fwd_options){.address = IP4(10, 0, 0, 1)});
    for (uint32_t i = 0; i < ROUTES; i++) {
        uint32_t nexthop = i % 16;
        fwd_route_set(n, (struct prefix){IP4(100, 64, 0, 0) + (i << 8), 24}, FWD_ACT_FORWARD,
                      fwd_group(n, &nexthop, 1));
    }
    double mpps = push_through(n, IP4(100, 64, 0, 0), ROUTES);
    fwd_node_free(n);
    return mpps;
}

// A POP: every packet is for an EIP, metered, and pushed into a GRE tunnel to one of 16 gateways.
static double pop(void)
{
    struct fwd_node *n = fwd_node_new(&(struct fwd_options){.address = IP4(10, 0, 0, 1)});
    struct policer_options cap = {.kind = POLICER_TRTCM,
                                  .cir_bps = POLICER_RATE_MAX_BPS,
                                  .pir_bps = POLICER_RATE_MAX_BPS,
                                  .cbs_bytes = POLICER_BURST_MAX_BYTES,
                                  .pbs_bytes = POLICER_BURST_MAX_BYTES,
                                  .rules = {[POLICER_RED] = {POLICER_DROP, 0}}};
    uint32_t out = 3, tunnels[16];
    fwd_route_set(n, (struct prefix){IP4(10, 0, 0, 0), 8}, FWD_ACT_FORWARD, fwd_group(n, &out, 1));
    for (uint32_t i = 0; i < 16; i++) {
        struct fwd_tunnel_options t = {
            .kind = FWD_TUNNEL_GRE, .remote = ip6_from_ip4(IP4(10, 1, 0, i)), .dscp = -1};
        tunnels[i] = fwd_tunnel_add(n, &t);
    }
    for (uint32_t i = 0; i < EIPS; i++) {
        struct prefix p = {IP4(203, 0, 0, 0) + (i << 8), 24};
        struct fwd_eip_options o = {.service = i,
                                    .tunnel = tunnels[i % 16],
                                    .in = {fwd_policer_add(n, &cap), FWD_NO_METER},
                                    .out = {FWD_NO_METER, FWD_NO_METER}};
        fwd_eip_bind(n, prefix6_from_prefix(p), &o);
    }
    double mpps = push_through(n, IP4(203, 0, 0, 0), EIPS);
    fwd_node_free(n);
    return mpps;
}

// --- a backend's gateway

#define GATEWAY IP4(10, 0, 0, 9)
#define POP     IP4(10, 0, 0, 1)
#define EIP     IP4(203, 0, 113, 5)
#define SERVERS 2u // the interface that answers come in by

static ip4_addr client_of(uint32_t flow)
{
    return IP4(100, 64, 0, 0) + flow % (1u << 20);
}

// Questions come out of a tunnel and leave for the servers, answers leave in a tunnel to the POP.
static struct fwd_node *gateway(uint32_t flows)
{
    struct fwd_node *n =
        fwd_node_new(&(struct fwd_options){.address = GATEWAY, .flow_limit = flows});
    struct fwd_interface servers = {.servers = true};
    struct fwd_backend_options o = {
        .way = FWD_RETURN_INGRESS, .kind = FWD_TUNNEL_GRE, .tunnel = FWD_NO_TUNNEL};
    uint32_t pops = 1, out = SERVERS;
    fwd_interface_set(n, SERVERS, &servers);
    fwd_route_set(n, (struct prefix){GATEWAY, 32}, FWD_ACT_LOCAL, 0);
    fwd_route_set(n, (struct prefix){POP, 32}, FWD_ACT_FORWARD, fwd_group(n, &pops, 1));
    fwd_route_set(n, (struct prefix){EIP, 32}, FWD_ACT_FORWARD, fwd_group(n, &out, 1));
    fwd_tunnel_accept(n, FWD_TUNNEL_GRE);
    fwd_backend_bind(n, prefix6_from_prefix((struct prefix){EIP, 32}), &o);
    return n;
}

static void make_packet(struct packet *p, uint32_t flow, struct tunnel *t)
{
    if (!t) {
        packet_build_udp(p, EIP, client_of(flow), 53, 4000, 64, DATAGRAM, NULL);
        return;
    }
    packet_build_udp(p, client_of(flow), EIP, 4000, 53, 64, DATAGRAM, NULL);
    tunnel_push(p, t, (struct ip6_addr){0, 0}, flow);
}

// Nanoseconds for a packet of a random flow, `at_once` of them in a batch.
static double ask_gateway(struct fwd_node *n, uint32_t flows, struct tunnel *t, unsigned at_once)
{
    struct fwd_result r[FWD_BATCH];
    struct packet *batch[FWD_BATCH];
    gsl_rng *rng = rng_stream(1, "bench", "gateway");
    double took_s = 0;
    uint64_t wrong = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < PACKETS; i++)
            make_packet(&packets[i], (uint32_t)gsl_rng_uniform_int(rng, flows), t);
        double begin_s = bench_cpu_s();
        for (uint32_t i = 0; i < PACKETS; i += at_once) {
            for (unsigned k = 0; k < at_once; k++)
                batch[k] = &packets[i + k];
            fwd_receive_batch(n, batch, at_once, t ? 1 : SERVERS, 0, r);
            for (unsigned k = 0; k < at_once; k++)
                wrong += r[k].verdict != FWD_OUT;
        }
        took_s += bench_cpu_s() - begin_s;
    }
    gsl_rng_free(rng);
    if (wrong) {
        fprintf(stderr, "bench: %lu packets did not pass the gateway\n", (unsigned long)wrong);
        exit(1);
    }
    return took_s / (PACKETS * ROUNDS) * 1e9;
}

// A packet in batches of 64, side by side with batches of one, which can fetch nothing ahead.
static void gateway_with(const char *name, uint32_t flows, bool answers)
{
    struct tunnel_table tunnels;
    struct fwd_tunnel_options gre = {
        .kind = FWD_TUNNEL_GRE, .remote = ip6_from_ip4(GATEWAY), .dscp = -1};
    double together[BENCH_RUNS], alone[BENCH_RUNS];
    struct fwd_node *n = gateway(flows);
    struct fwd_result r;
    tunnel_table_init(&tunnels);
    struct tunnel *t = tunnel_take(&tunnels, &gre, POP, (struct ip6_addr){0, 0});
    for (uint32_t flow = 0; flow < flows; flow++) {
        make_packet(&packets[0], flow, t);
        fwd_receive(n, &packets[0], 1, 0, &r);
    }
    for (int i = 0; i < BENCH_RUNS; i++) {
        together[i] = ask_gateway(n, flows, answers ? NULL : t, FWD_BATCH);
        alone[i] = ask_gateway(n, flows, answers ? NULL : t, 1);
    }
    bench_add(&(struct figure){name, bench_median(together, BENCH_RUNS), "ns/packet",
                               "one at a time", bench_median(alone, BENCH_RUNS)});
    tunnel_table_free(&tunnels);
    fwd_node_free(n);
}

// --- stages

#if defined(__x86_64__)
#define TICKS()   __builtin_ia32_rdtsc()
#define TICK_UNIT "cycles"
#else
#define TICKS()   ((uint64_t)(bench_cpu_s() * 1e9))
#define TICK_UNIT "ns"
#endif

static uint64_t stage_validate(struct packet *p)
{
    return ip4_validate(p);
}

static uint64_t stage_lookup(struct packet *p)
{
    return fib_lookup(ring, be32_get(packet_data(p) + IP4_DST));
}

static uint64_t stage_ttl(struct packet *p)
{
    ip4_decrement_ttl(packet_data(p));
    return 0;
}

static uint64_t stage_hash(struct packet *p)
{
    return flowhash(packet_data(p), p->captured, 7, false);
}

static uint64_t stage_policer(struct packet *p)
{
    return policer_meter(ring, p->length, POLICER_GREEN, 0);
}

static uint64_t stage_push(struct packet *p)
{
    uint64_t bad = tunnel_push(p, ring, (struct ip6_addr){0, 0}, 7);
    packet_pull(p, 24);
    p->depth = 0;
    return bad;
}

static void stage(const char *name, uint64_t (*run)(struct packet *), void *with)
{
    enum { FEW = 256, PASSES = 60 }; // in the first-level cache
    double each[BENCH_RUNS];
    ring = with;
    for (int k = 0; k < BENCH_RUNS; k++) {
        refill(IP4(100, 64, 0, 0), ROUTES);
        uint64_t begin = TICKS(), sum = 0;
        for (int pass = 0; pass < PASSES; pass++)
            for (uint32_t i = 0; i < FEW; i++)
                sum += run(&packets[i]);
        each[k] = (double)(TICKS() - begin) / (FEW * PASSES);
        if (sum == UINT64_MAX) // never: but the compiler must not leave the work out
            fprintf(stderr, "bench: a sum of ones\n");
    }
    char text[64];
    snprintf(text, sizeof text, "stage: %s", name);
    bench_add(&(struct figure){text, bench_median(each, BENCH_RUNS), TICK_UNIT, NULL, 0});
}

static void stages(void)
{
    struct fib fib;
    struct policer policer;
    struct tunnel_table tunnels;
    struct policer_options cap = {
        .kind = POLICER_BUCKET, .cir_bps = 1000000000, .cbs_bytes = 1000000000};
    struct fwd_tunnel_options gre = {
        .kind = FWD_TUNNEL_GRE, .remote = ip6_from_ip4(IP4(10, 1, 0, 1)), .dscp = -1};
    fib_init(&fib);
    for (uint32_t i = 0; i < ROUTES; i++)
        fib_set(&fib, (struct prefix){IP4(100, 64, 0, 0) + (i << 8), 24}, (uint16_t)(i + 1));
    policer_init(&policer, &cap, 0);
    tunnel_table_init(&tunnels);
    struct tunnel *t = tunnel_take(&tunnels, &gre, IP4(10, 0, 0, 1), (struct ip6_addr){0, 0});
    stage("validate the header", stage_validate, NULL);
    stage("look up, 1,000 routes", stage_lookup, &fib);
    stage("TTL and checksum", stage_ttl, NULL);
    stage("flow hash", stage_hash, NULL);
    stage("policer", stage_policer, &policer);
    stage("GRE push", stage_push, t);
    tunnel_table_free(&tunnels);
    fib_free(&fib);
}

static void repeat(const char *name, double (*run)(void))
{
    double mpps[BENCH_RUNS];
    for (int i = 0; i < BENCH_RUNS; i++)
        mpps[i] = run();
    bench_add(&(struct figure){name, bench_median(mpps, BENCH_RUNS), "Mpackets/s", NULL, 0});
}

void bench_pipeline(void)
{
    packets = aligned_alloc(64, PACKETS * sizeof *packets);
    for (uint32_t i = 0; i < PACKETS; i++)
        packet_init(&packets[i], PACKET_BYTES);
    repeat("transit, 64-byte frames, 1,000 routes", transit);
    repeat("EIP, policer and GRE push, 64-byte frames", pop);
    gateway_with("gateway: questions of 1,000 flows, in batches", 1000, false);
    gateway_with("gateway: questions of 1,000,000 flows, in batches", 1000000, false);
    gateway_with("gateway: answers of 1,000 flows, in batches", 1000, true);
    gateway_with("gateway: answers of 1,000,000 flows, in batches", 1000000, true);
    stages();
    free(packets);
}
