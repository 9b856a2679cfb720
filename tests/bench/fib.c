// SPDX-License-Identifier: GPL-3.0-or-later
// The FIB with a full table of each family, beside DPDK's rte_fib and rte_fib6 in one process:
// loading, memory, lookups one by one and in bulk of 32, at random and with locality, and updates
// between lookups.
#include "bench.h"

#include "bench/fibpeer.h"
#include "fwd/fib.h"
#include "fwd/fibtable.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIXES4          900000u
#define PREFIXES6          200000u
#define LOOKUPS            (1u << 20) // a pass
#define PASSES             4u
#define BULK               32u
#define VALUES             250u  // next hops
#define HOT                1000u // destinations that four of five lookups with locality go to
#define UPDATES            200000u
#define LOOKUPS_PER_UPDATE 64u

struct fibbench {
    bool six, peered;
    struct prefix6 *table;
    size_t prefixes;
    struct fib fib;
    struct fibpeer *peer;
    ip4_addr *dst4;
    struct ip6_addr *dst6;
    struct fibpeer_addr6 *bytes6; // dst6 as DPDK wants it
    uint16_t values[BULK];
    uint64_t peer_values[BULK];
    uint64_t sum; // of all answers, so that none is left out
};

static const char *peer_name(const struct fibbench *b)
{
    return b->six ? "rte_fib6" : "rte_fib";
}

static void figure(const struct fibbench *b, const char *what, double value, const char *unit,
                   double peer_value)
{
    char name[80];
    snprintf(name, sizeof name, "IPv%d FIB, %s", b->six ? 6 : 4, what);
    bench_add(&(struct figure){name, value, unit, b->peered ? peer_name(b) : NULL, peer_value});
}

static uint16_t value_of(size_t i)
{
    return (uint16_t)(1 + i % VALUES);
}

static void set(struct fibbench *b, size_t i, uint16_t value)
{
    if (b->six)
        fib_set6(&b->fib, b->table[i], value);
    else
        fib_set(&b->fib, fibtable_ip4(b->table[i]), value);
}

static void load(struct fibbench *b)
{
    double took_s[BENCH_RUNS], peer_s = 0;
    for (int run = 0; run < BENCH_RUNS; run++) {
        if (run)
            fib_free(&b->fib);
        (b->six ? fib_init6 : fib_init)(&b->fib);
        double begin_s = bench_cpu_s();
        for (size_t i = 0; i < b->prefixes; i++)
            set(b, i, value_of(i));
        took_s[run] = bench_cpu_s() - begin_s;
    }
    bool full = false;
    if (b->peered) {
        b->peer = fibpeer_new(b->six ? FIBPEER_FIB6 : FIBPEER_FIB, (uint32_t)b->prefixes);
        double begin_s = bench_cpu_s();
        for (size_t i = 0; i < b->prefixes && !full; i++)
            full = b->six ? !fibpeer_set6(b->peer, b->table[i], value_of(i))
                          : !fibpeer_set(b->peer, fibtable_ip4(b->table[i]), value_of(i));
        peer_s = bench_cpu_s() - begin_s;
    }
    if (full) {
        fprintf(stderr, "bench: %s has no room for the table\n", peer_name(b));
        exit(1);
    }
    figure(b, "loading", bench_median(took_s, BENCH_RUNS), "s", peer_s);
    figure(b, "memory", (double)fib_bytes(&b->fib) / 1e6, "MB",
           b->peer ? (double)fibpeer_bytes(b->peer) / 1e6 : 0);
}

// Random over the whole address space for IPv4, as DPDK's own test does; for IPv6, where nearly all
// of it is empty, within a random prefix.
static void choose(struct fibbench *b, bool local)
{
    uint64_t state = local ? 11 : 10;
    for (uint32_t i = 0; i < LOOKUPS; i++) {
        if (local && i >= HOT && fibtable_below(&state, 5)) {
            uint32_t same = fibtable_below(&state, HOT);
            b->dst4[i] = b->dst4[same];
            b->dst6[i] = b->dst6[same];
        } else {
            struct prefix6 p = b->table[fibtable_below(&state, (uint32_t)b->prefixes)];
            struct ip6_addr m = ip6_mask(p.len);
            b->dst4[i] = (ip4_addr)fibtable_random(&state);
            b->dst6[i] = (struct ip6_addr){p.addr.hi | (fibtable_random(&state) & ~m.hi),
                                           p.addr.lo | (fibtable_random(&state) & ~m.lo)};
        }
        b->bytes6[i] = fibpeer_addr6(b->dst6[i]);
    }
}

static void ours(struct fibbench *b, uint32_t at, unsigned n)
{
    if (n == 1)
        b->values[0] =
            b->six ? fib_lookup6(&b->fib, b->dst6[at]) : fib_lookup(&b->fib, b->dst4[at]);
    else if (b->six)
        fib_lookup_bulk6(&b->fib, b->dst6 + at, b->values, n);
    else
        fib_lookup_bulk(&b->fib, b->dst4 + at, b->values, n);
}

static void theirs(struct fibbench *b, uint32_t at, unsigned n)
{
    if (b->six)
        fibpeer_lookup6(b->peer, b->bytes6 + at, b->peer_values, n);
    else
        fibpeer_lookup(b->peer, b->dst4 + at, b->peer_values, n);
}

static double million_per_s(struct fibbench *b,
                            void (*lookup)(struct fibbench *, uint32_t, unsigned), unsigned n)
{
    double begin_s = bench_cpu_s();
    for (unsigned pass = 0; pass < PASSES; pass++)
        for (uint32_t at = 0; at < LOOKUPS; at += n) {
            lookup(b, at, n);
            b->sum += b->values[n - 1] + b->peer_values[n - 1];
        }
    return (double)LOOKUPS * PASSES / (bench_cpu_s() - begin_s) / 1e6;
}

static void check_equal(struct fibbench *b)
{
    for (uint32_t at = 0; at < LOOKUPS; at += BULK) {
        ours(b, at, BULK);
        theirs(b, at, BULK);
        for (unsigned i = 0; i < BULK; i++)
            if (b->values[i] != b->peer_values[i]) {
                fprintf(stderr, "bench: %s answers %u, we %u\n", peer_name(b),
                        (unsigned)b->peer_values[i], b->values[i]);
                exit(1);
            }
    }
}

// Theirs with the faster of its two codes, scalar or vector.
static void lookups(struct fibbench *b, const char *what, unsigned n)
{
    double speed[BENCH_RUNS], scalar[BENCH_RUNS] = {0}, vector[BENCH_RUNS] = {0};
    for (int run = 0; run < BENCH_RUNS; run++) {
        speed[run] = million_per_s(b, ours, n);
        if (!b->peer)
            continue;
        fibpeer_vector(b->peer, false);
        scalar[run] = million_per_s(b, theirs, n);
        if (fibpeer_vector(b->peer, true))
            vector[run] = million_per_s(b, theirs, n);
    }
    double s = bench_median(scalar, BENCH_RUNS), v = bench_median(vector, BENCH_RUNS);
    figure(b, what, bench_median(speed, BENCH_RUNS), "million/s", s > v ? s : v);
}

// One update (a deletion, or the same prefix back with another value), then lookups in bulk.
static void updates(struct fibbench *b)
{
    uint64_t state = 12;
    double update_s[BENCH_RUNS], both_s[BENCH_RUNS];
    for (int run = 0; run < BENCH_RUNS; run++) {
        double begin_s = bench_cpu_s();
        for (uint32_t i = 0; i < UPDATES; i++) {
            size_t which = fibtable_below(&state, (uint32_t)b->prefixes);
            if (fibtable_below(&state, 2))
                set(b, which, value_of(i));
            else if (b->six)
                fib_del6(&b->fib, b->table[which]);
            else
                fib_del(&b->fib, fibtable_ip4(b->table[which]));
            for (uint32_t k = 0; k < LOOKUPS_PER_UPDATE; k += BULK)
                ours(b, (i * LOOKUPS_PER_UPDATE + k) % LOOKUPS, BULK);
        }
        both_s[run] = bench_cpu_s() - begin_s;
        begin_s = bench_cpu_s();
        for (uint32_t i = 0; i < UPDATES; i++)
            for (uint32_t k = 0; k < LOOKUPS_PER_UPDATE; k += BULK)
                ours(b, (i * LOOKUPS_PER_UPDATE + k) % LOOKUPS, BULK);
        update_s[run] = both_s[run] - (bench_cpu_s() - begin_s);
    }
    bool peered = b->peered;
    b->peered = false; // DPDK's would have to be as empty as ours by now
    double took_s = bench_median(both_s, BENCH_RUNS);
    figure(b, "updates, 64 lookups after each", UPDATES / took_s, "/s", 0);
    figure(b, "lookups meanwhile", UPDATES * (double)LOOKUPS_PER_UPDATE / took_s / 1e6, "million/s",
           0);
    figure(b, "one update", bench_median(update_s, BENCH_RUNS) * 1e9 / UPDATES, "ns", 0);
    b->peered = peered;
}

static void family(bool six, bool peered)
{
    struct fibbench b = {.six = six, .peered = peered, .prefixes = six ? PREFIXES6 : PREFIXES4};
    b.table = fibtable_new(six, b.prefixes, 1);
    b.dst4 = calloc(LOOKUPS, sizeof *b.dst4);
    b.dst6 = calloc(LOOKUPS, sizeof *b.dst6);
    b.bytes6 = calloc(LOOKUPS, sizeof *b.bytes6);
    if (!b.dst4 || !b.dst6 || !b.bytes6)
        abort();
    load(&b);
    choose(&b, false);
    if (peered)
        check_equal(&b);
    lookups(&b, "random lookups, 32 at once", BULK);
    lookups(&b, "random lookups, one by one", 1);
    choose(&b, true);
    lookups(&b, "local lookups, 32 at once", BULK);
    lookups(&b, "local lookups, one by one", 1);
    choose(&b, false);
    updates(&b);
    if (peered)
        fibpeer_free(b.peer);
    fib_free(&b.fib);
    free(b.table);
    free(b.dst4);
    free(b.dst6);
    free(b.bytes6);
}

void bench_fib(void)
{
    bool peered = fibpeer_start();
    if (!peered)
        printf("  libdpdk-dev is missing: the FIB is measured alone\n");
    family(false, peered);
    family(true, peered);
    if (peered)
        fibpeer_stop();
}
