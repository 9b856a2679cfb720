// SPDX-License-Identifier: GPL-3.0-or-later
// Where the time of a packet-hop goes: the event queue, the forwarding pipeline and the FIB
// look-up, each alone.
#include "bench.h"

#include "base/arena.h"
#include "base/rng.h"
#include "engine/queue.h"
#include "fwd/fwd.h"

#include <stdio.h>
#include <stdlib.h>

#define HOLD_STEPS 2000000u
#define PACKETS    256u
#define ROUNDS     8000u

// The hold model (Jones 1986): take the first event, put one back at a random later time.
static double hold(uint32_t pending)
{
    struct queue q;
    gsl_rng *rng = rng_stream(1, "bench", "hold");
    struct event_item e = {0};
    queue_init(&q);
    int64_t mean_ps = (int64_t)pending * 1000000;
    for (uint32_t i = 0; i < pending; i++) {
        e.at_ps = (int64_t)(rng_uniform(rng) * (double)mean_ps);
        e.tie = i;
        queue_add(&q, &e);
    }
    double begin_s = bench_cpu_s();
    for (uint32_t i = 0; i < HOLD_STEPS; i++) {
        queue_take(&q, INT64_MAX, &e);
        e.at_ps += (int64_t)(rng_uniform(rng) * 2 * (double)mean_ps);
        queue_add(&q, &e);
    }
    double ns = (bench_cpu_s() - begin_s) * 1e9 / HOLD_STEPS;
    queue_free(&q);
    gsl_rng_free(rng);
    return ns;
}

// Transit through one node with `routes` /24 routes: validate, look up, TTL and checksum, counters.
static double transit(uint32_t routes)
{
    struct fwd_options o = {.address = IP4(10, 0, 0, 1)};
    struct fwd_node *n = fwd_node_new(&o);
    gsl_rng *rng = rng_stream(1, "bench", "transit");
    struct packet *p = aligned_alloc(64, PACKETS * sizeof *p);
    struct fwd_result r;
    uint32_t out = 7, wrong = 0;
    for (uint32_t i = 0; i < routes; i++)
        fwd_route_set(n, (struct prefix){IP4(100, 64, 0, 0) + (i << 8), 24}, FWD_ACT_FORWARD,
                      fwd_group(n, &out, 1));
    double took_s = 0;
    for (uint32_t i = 0; i < PACKETS; i++)
        packet_init(&p[i], PACKET_BYTES);
    for (uint32_t round = 0; round < ROUNDS; round += 32) {
        for (uint32_t i = 0; i < PACKETS; i++) {
            ip4_addr dst = IP4(100, 64, 0, 9) + ((uint32_t)gsl_rng_get(rng) % routes << 8);
            packet_build_udp(&p[i], IP4(10, 9, 9, 9), dst, 1000, 2000, 64, 100, NULL);
        }
        double begin_s = bench_cpu_s();
        for (uint32_t pass = 0; pass < 32; pass++)
            for (uint32_t i = 0; i < PACKETS; i++) {
                fwd_receive(n, &p[i], 0, 0, &r);
                wrong += r.verdict != FWD_OUT;
            }
        took_s += bench_cpu_s() - begin_s;
    }
    if (wrong) {
        fprintf(stderr, "bench: %u packets were not forwarded\n", wrong);
        exit(1);
    }
    free(p);
    gsl_rng_free(rng);
    fwd_node_free(n);
    return took_s * 1e9 / ((double)ROUNDS * PACKETS);
}

static void repeat(const char *name, double (*run)(uint32_t), uint32_t size)
{
    double ns[BENCH_RUNS];
    for (int i = 0; i < BENCH_RUNS; i++)
        ns[i] = run(size);
    bench_add(&(struct figure){name, bench_median(ns, BENCH_RUNS), "ns", NULL, 0});
}

void bench_core(void)
{
    repeat("event queue, 1,000 pending", hold, 1000);
    repeat("event queue, 100,000 pending", hold, 100000);
    repeat("event queue, 1,000,000 pending", hold, 1000000);
    repeat("transit of a packet, 10 routes", transit, 10);
    repeat("transit of a packet, 1,000 routes", transit, 1000);
}
