// SPDX-License-Identifier: GPL-3.0-or-later
// bench: what `make bench` measures. Each part appends figures; bench.c prints and writes them.
//
// Times are CPU seconds of this thread. A figure is the median of several runs in one process,
// since machines are shared and noisy.
#ifndef ANYSIM_TESTS_BENCH_H
#define ANYSIM_TESTS_BENCH_H

#include <stddef.h>

#define BENCH_RUNS 5

struct figure {
    const char *name;
    double value;
    const char *unit;
    const char *peer; // measured beside it in the same run, or NULL
    double peer_value;
};

void bench_add(const struct figure *f);
double bench_cpu_s(void);
// Median of n values; sorts them.
double bench_median(double *v, size_t n);

void bench_hops(void);      // packet-hops: chain, random graph
void bench_scenario(void);  // packet-hops and time of the flagship scenario
void bench_igp(void);       // a link failure among 2,000 routers
void bench_core(void);      // event queue, FIB, pipeline
void bench_pipeline(void);  // packets through a node, and what each stage costs
void bench_fib(void);       // FIB lookups with full tables, beside DPDK
void bench_live(void);      // live interfaces, beside the Linux kernel
void bench_bgp(void);       // BGP with full tables, beside BIRD and GoBGP
void bench_bgp_scale(void); // 2,000 routers with route reflection
void bench_demand(void);    // 100,000 demands over 1,000 links, after a failure
void bench_asgraph(void);   // an AS graph of 80,000, solved and by messages

#endif
