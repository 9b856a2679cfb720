// SPDX-License-Identifier: GPL-3.0-or-later
// The FIB against DPDK's tables, which we did not write: rte_fib and rte_lpm for IPv4, rte_fib6 for
// IPv6. The same prefixes come, change and go in all of them, and addresses in and around
// them are looked up one by one and in bulk. Skipped where libdpdk-dev was not there at build time.
#include "bench/fibpeer.h"
#include "fwd/fibtrie.h"
#include "fwd/fibtable.h"
#include "unit.h"
#include <stdio.h>

#define PREFIXES 40000u
#define STEPS    150000u
#define APPEARS  10000u // prefixes that make ours a large table
#define BULK     64u
#define MISSING  "libdpdk-dev is not installed, or its environment does not start"

struct sides {
    bool six;
    struct fib fib;
    struct fibpeer *peer[2];
    unsigned peers, renewed;
    struct prefix6 *table;
    uint16_t *value; // of the prefixes in the tables; 0: not there
    uint64_t random;
};

// rte_fib6 (22.11) reserves blocks for each route and does not give all back when routes go, until
// it takes no more: then it is made anew.
static void renew6(struct sides *s)
{
    fibpeer_free(s->peer[0]);
    s->peer[0] = fibpeer_new(FIBPEER_FIB6, PREFIXES);
    s->renewed++;
    for (size_t i = 0; i < PREFIXES; i++)
        if (s->value[i])
            CU_ASSERT_FATAL(fibpeer_set6(s->peer[0], s->table[i], s->value[i]));
}

static void change6(struct sides *s, struct prefix6 p, uint16_t value)
{
    if (!value) {
        CU_ASSERT_FATAL(fibpeer_del6(s->peer[0], p));
        fib_del6(&s->fib, p);
        return;
    }
    if (!fibpeer_set6(s->peer[0], p, value)) {
        renew6(s);
        CU_ASSERT_FATAL(fibpeer_set6(s->peer[0], p, value));
    }
    fib_set6(&s->fib, p, value);
}

static void change4(struct sides *s, struct prefix p, uint16_t value)
{
    for (unsigned k = 0; k < s->peers; k++) {
        struct fibpeer *peer = s->peer[k];
        CU_ASSERT_FATAL(value ? fibpeer_set(peer, p, value) : fibpeer_del(peer, p));
    }
    if (value)
        fib_set(&s->fib, p, value);
    else
        fib_del(&s->fib, p);
}

static void change(struct sides *s, size_t i)
{
    bool go = s->value[i] && fibtable_below(&s->random, 3);
    uint16_t value = go ? 0 : (uint16_t)(1 + fibtable_below(&s->random, 200));
    if (s->six)
        change6(s, s->table[i], value);
    else
        change4(s, fibtable_ip4(s->table[i]), value);
    s->value[i] = value;
}

// An address in the prefix, at one of its ends, just outside, or anywhere.
static struct ip6_addr near(struct sides *s, struct prefix6 p)
{
    struct ip6_addr m = ip6_mask(p.len), a = p.addr;
    unsigned shift = s->six ? 0 : 32;
    switch (fibtable_below(&s->random, 5)) {
    case 0:
        return a;
    case 1:
        return (struct ip6_addr){a.hi | ~m.hi, a.lo | ~m.lo};
    case 2:
        return (struct ip6_addr){a.hi - ((uint64_t)1 << shift), UINT64_MAX};
    case 3:
        return (struct ip6_addr){fibtable_random(&s->random), fibtable_random(&s->random)};
    default:
        return (struct ip6_addr){a.hi | (fibtable_random(&s->random) & ~m.hi),
                                 a.lo | (fibtable_random(&s->random) & ~m.lo)};
    }
}

static unsigned differences(struct sides *s)
{
    struct ip6_addr six[BULK];
    struct fibpeer_addr6 bytes[BULK];
    ip4_addr four[BULK];
    uint16_t ours[BULK], single;
    uint64_t theirs[BULK];
    unsigned wrong = 0;
    for (unsigned i = 0; i < BULK; i++) {
        six[i] = near(s, s->table[fibtable_below(&s->random, PREFIXES)]);
        four[i] = (ip4_addr)(six[i].hi >> 32);
        bytes[i] = fibpeer_addr6(six[i]);
    }
    if (s->six)
        fib_lookup_bulk6(&s->fib, six, ours, BULK);
    else
        fib_lookup_bulk(&s->fib, four, ours, BULK);
    for (unsigned k = 0; k < s->peers; k++) {
        if (s->six)
            fibpeer_lookup6(s->peer[k], bytes, theirs, BULK);
        else
            fibpeer_lookup(s->peer[k], four, theirs, BULK);
        for (unsigned i = 0; i < BULK; i++) {
            single = s->six ? fib_lookup6(&s->fib, six[i]) : fib_lookup(&s->fib, four[i]);
            wrong += ours[i] != theirs[i] || single != theirs[i];
        }
    }
    return wrong;
}

static void play(struct sides *s)
{
    const uint64_t seed = s->six ? 21 : 20;
    s->random = seed;
    s->table = fibtable_new(s->six, PREFIXES, seed);
    s->value = calloc(PREFIXES, sizeof *s->value);
    if (!s->value)
        abort();
    (s->six ? fib_init6 : fib_init)(&s->fib);
    s->fib.trie->appears = APPEARS;
    unsigned wrong = 0;
    for (unsigned step = 0; step < STEPS && !wrong; step++) {
        change(s, fibtable_below(&s->random, PREFIXES));
        if (step % 8 == 0)
            wrong = differences(s);
        if (wrong)
            printf("  seed %llu: %u answers differ after step %u\n", (unsigned long long)seed,
                   wrong, step);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(s->renewed < 50);
    for (unsigned k = 0; k < s->peers; k++)
        fibpeer_free(s->peer[k]);
    fib_free(&s->fib);
    free(s->table);
    free(s->value);
}

static void both_families(void)
{
    if (!fibpeer_start()) {
        unit_skip(MISSING);
        return;
    }
    struct sides four = {.peers = 2}, six = {.six = true, .peers = 1};
    four.peer[0] = fibpeer_new(FIBPEER_FIB, PREFIXES);
    four.peer[1] = fibpeer_new(FIBPEER_LPM, PREFIXES);
    play(&four);
    six.peer[0] = fibpeer_new(FIBPEER_FIB6, PREFIXES);
    play(&six);
    fibpeer_stop();
}

UNIT_MAIN("fibdpdk", {"both-families", both_families})
