// SPDX-License-Identifier: GPL-3.0-or-later
// fibops: a list of operations played on a fib and on the linear table side by side; the list of
// a failure is cut down to what is needed for it, and printed.
//
// Lists are made from a seed without looking at a table, so that any part of one can be played.
#ifndef ANYSIM_TESTS_FWD_FIBOPS_H
#define ANYSIM_TESTS_FWD_FIBOPS_H

#include "fibcheck.h"
#include "fiblinear.h"
#include "fibtable.h"
#include <stdio.h>
#include <string.h>

#define FIBOPS_CLUSTERS 12
#define FIBOPS_BULK     200
#define FIBOPS_CHECK    500 // operations between looks at every node

enum fibop_kind { FIBOP_SET, FIBOP_DEL, FIBOP_LOOKUP, FIBOP_UPTO, FIBOP_BULK };

struct fibop {
    enum fibop_kind kind;
    uint16_t value;
    struct prefix6 prefix; // IPv4 in the upper 32 bits
};

// Either family through one set of functions, with left-aligned addresses.
struct fibtest {
    bool six;
    struct fib fib;
};

static inline void fibtest_init(struct fibtest *t, bool six)
{
    t->six = six;
    (six ? fib_init6 : fib_init)(&t->fib);
}

static inline ip4_addr fibtest_ip4(struct ip6_addr a)
{
    return (ip4_addr)(a.hi >> 32);
}

static inline uint16_t fibtest_set(struct fibtest *t, struct prefix6 p, uint16_t value)
{
    return t->six ? fib_set6(&t->fib, p, value) : fib_set(&t->fib, fibtable_ip4(p), value);
}

static inline uint16_t fibtest_del(struct fibtest *t, struct prefix6 p)
{
    return t->six ? fib_del6(&t->fib, p) : fib_del(&t->fib, fibtable_ip4(p));
}

static inline uint16_t fibtest_get(const struct fibtest *t, struct prefix6 p)
{
    return t->six ? fib_get6(&t->fib, p) : fib_get(&t->fib, fibtable_ip4(p));
}

static inline uint16_t fibtest_lookup(const struct fibtest *t, struct ip6_addr a)
{
    return t->six ? fib_lookup6(&t->fib, a) : fib_lookup(&t->fib, fibtest_ip4(a));
}

static inline uint16_t fibtest_upto(const struct fibtest *t, struct ip6_addr a, int max_len)
{
    return t->six ? fib_match_upto6(&t->fib, a, max_len)
                  : fib_match_upto(&t->fib, fibtest_ip4(a), max_len);
}

static inline struct ip6_addr fibtest_cut(bool six, struct ip6_addr a)
{
    return six ? a : (struct ip6_addr){a.hi & 0xffffffff00000000u, 0};
}

// The next address, or the one before; around the ends.
static inline struct ip6_addr fibtest_neighbour(bool six, struct ip6_addr a, bool up)
{
    if (!six)
        return (struct ip6_addr){up ? a.hi + (1ull << 32) : a.hi - (1ull << 32), 0};
    if (up)
        return (struct ip6_addr){a.hi + (a.lo == UINT64_MAX), a.lo + 1};
    return (struct ip6_addr){a.hi - (a.lo == 0), a.lo - 1};
}

// Single and bulk lookups in every form that this CPU has give the same; how many do not.
static inline unsigned fibtest_bulk_differs(const struct fibtest *t, const struct ip6_addr *a,
                                            const uint16_t *want, unsigned n)
{
    ip4_addr four[FIBOPS_BULK];
    uint16_t got[FIBOPS_BULK + 1];
    unsigned wrong = 0;
    for (unsigned i = 0; i < n; i++)
        four[i] = fibtest_ip4(a[i]);
    struct fib f = t->fib;
    for (unsigned skill = 0; skill <= t->fib.skill; skill++) {
        f.skill = (enum bitskill)skill;
        got[n] = 0xbeef; // must stay
        if (t->six)
            fib_lookup_bulk6(&f, a, got, n);
        else
            fib_lookup_bulk(&f, four, got, n);
        for (unsigned i = 0; i < n; i++)
            wrong += got[i] != want[i];
        wrong += got[n] != 0xbeef;
    }
    return wrong;
}

// --- Lists

struct fibops_maker {
    uint64_t random;
    bool six;
    struct ip6_addr cluster[FIBOPS_CLUSTERS];
    struct prefix6 *live; // set and not deleted again
    size_t count;
};

// Close to a cluster: the fewer bits are free, the more prefixes nest and collide.
static inline struct ip6_addr fibops_address(struct fibops_maker *m)
{
    unsigned bits = m->six ? 128 : 32;
    struct ip6_addr keep = ip6_mask((uint8_t)fibtable_below(&m->random, bits + 1));
    struct ip6_addr a = m->cluster[fibtable_below(&m->random, FIBOPS_CLUSTERS)];
    a.hi ^= fibtable_random(&m->random) & ~keep.hi;
    a.lo ^= fibtable_random(&m->random) & ~keep.lo;
    return fibtest_cut(m->six, a);
}

static inline struct prefix6 fibops_prefix(struct fibops_maker *m)
{
    static const uint8_t usual4[] = {8, 16, 18, 19, 20, 22, 23, 24, 24, 24, 30, 32};
    static const uint8_t usual6[] = {18, 29, 32, 33, 36, 40, 44, 47, 48, 48, 48, 60, 64, 66, 128};
    if (m->count && fibtable_below(&m->random, 4) == 0)
        return m->live[fibtable_below(&m->random, (uint32_t)m->count)];
    uint8_t len = (uint8_t)fibtable_below(&m->random, m->six ? 129 : 33);
    if (fibtable_below(&m->random, 2))
        len = m->six ? usual6[fibtable_below(&m->random, sizeof usual6)]
                     : usual4[fibtable_below(&m->random, sizeof usual4)];
    struct ip6_addr a = fibops_address(m);
    return fibtable_prefix(a.hi, a.lo, len);
}

static inline struct fibop fibops_next(struct fibops_maker *m, size_t keep)
{
    // Few values, so that neighbours often agree.
    struct fibop op = {FIBOP_SET, (uint16_t)(1 + fibtable_below(&m->random, 5)), {{0, 0}, 0}};
    uint32_t dice = fibtable_below(&m->random, 100);
    if (dice >= 60) {
        op.kind = dice < 85 ? FIBOP_LOOKUP : dice < 95 ? FIBOP_UPTO : FIBOP_BULK;
        op.prefix = fibops_prefix(m);
    } else if (m->count && fibtable_below(&m->random, (uint32_t)(2 * keep)) < m->count) {
        size_t i = fibtable_below(&m->random, (uint32_t)m->count);
        op.kind = FIBOP_DEL;
        op.prefix = m->live[i];
        m->live[i] = m->live[--m->count];
    } else {
        op.prefix = fibops_prefix(m);
        m->live[m->count++] = op.prefix;
        if (fibtable_below(&m->random, 20) == 0) { // one that was never there, mostly
            m->count--;
            op.kind = FIBOP_DEL;
        }
    }
    return op;
}

// `n` operations on a table of around `keep` prefixes; free() them.
static inline struct fibop *fibops_new(bool six, uint64_t seed, size_t n, size_t keep)
{
    struct fibops_maker m = {.random = seed, .six = six};
    struct fibop *ops = malloc(n * sizeof *ops);
    m.live = malloc((n + 1) * sizeof *m.live);
    if (!ops || !m.live)
        abort();
    for (int i = 0; i < FIBOPS_CLUSTERS; i++)
        m.cluster[i] = (struct ip6_addr){fibtable_random(&m.random), fibtable_random(&m.random)};
    m.cluster[0] = (struct ip6_addr){0, 0}; // the ends of the address space
    m.cluster[1] = (struct ip6_addr){UINT64_MAX, UINT64_MAX};
    for (size_t i = 0; i < n; i++)
        ops[i] = fibops_next(&m, keep);
    free(m.live);
    return ops;
}

// --- Playing

static inline unsigned fibops_lookups(const struct fibtest *t, const struct fiblinear *slow,
                                      struct prefix6 near)
{
    struct ip6_addr m = ip6_mask(near.len);
    struct ip6_addr last = {near.addr.hi | ~m.hi, near.addr.lo | ~m.lo};
    last = fibtest_cut(t->six, last);
    struct ip6_addr ask[] = {near.addr, last, fibtest_neighbour(t->six, near.addr, false),
                             fibtest_neighbour(t->six, last, true)};
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof ask / sizeof ask[0]; i++)
        wrong += fibtest_lookup(t, ask[i]) != fiblinear_match(slow, ask[i], 128);
    return wrong;
}

static inline unsigned fibops_bulk(const struct fibtest *t, const struct fiblinear *slow,
                                   struct prefix6 near)
{
    struct ip6_addr a[FIBOPS_BULK];
    uint16_t want[FIBOPS_BULK];
    uint64_t random = near.addr.hi ^ near.addr.lo ^ near.len;
    unsigned n = fibtable_below(&random, FIBOPS_BULK + 1);
    for (unsigned i = 0; i < n; i++) {
        struct ip6_addr keep = ip6_mask((uint8_t)fibtable_below(&random, t->six ? 129 : 33));
        a[i] = near.addr;
        a[i].hi ^= fibtable_random(&random) & ~keep.hi;
        a[i].lo ^= fibtable_random(&random) & ~keep.lo;
        a[i] = fibtest_cut(t->six, a[i]);
        want[i] = i % 8 ? fibtest_lookup(t, a[i]) : fiblinear_match(slow, a[i], 128);
    }
    return fibtest_bulk_differs(t, a, want, n);
}

static inline unsigned fibops_play_one(struct fibtest *t, struct fiblinear *slow,
                                       const struct fibop *op)
{
    uint16_t old;
    switch (op->kind) {
    case FIBOP_SET:
    case FIBOP_DEL:
        old = fiblinear_get(slow, op->prefix);
        if (fibtest_get(t, op->prefix) != old)
            return 1;
        if (op->kind == FIBOP_SET) {
            fiblinear_set(slow, op->prefix, op->value);
            return fibtest_set(t, op->prefix, op->value) != old;
        }
        fiblinear_del(slow, op->prefix);
        return fibtest_del(t, op->prefix) != old;
    case FIBOP_LOOKUP:
        return fibops_lookups(t, slow, op->prefix);
    case FIBOP_UPTO:
        return fibtest_upto(t, op->prefix.addr, op->prefix.len) !=
               fiblinear_match(slow, op->prefix.addr, op->prefix.len);
    case FIBOP_BULK:
        return fibops_bulk(t, slow, op->prefix);
    }
    return 1;
}

// How many operations went well: all `n`, or the failing one's number.
// The table becomes a large one at `appears` prefixes.
static inline size_t fibops_play(bool six, uint32_t appears, const struct fibop *ops, size_t n)
{
    struct fibtest t;
    struct fiblinear slow = {0};
    fibtest_init(&t, six);
    t.fib.trie->appears = appears;
    size_t empty = fib_bytes(&t.fib), i = 0;
    for (; i < n; i++) {
        if (fibops_play_one(&t, &slow, &ops[i]) || fib_count(&t.fib) != slow.count)
            break;
        if ((i % FIBOPS_CHECK == 0 || i + 1 == n) && fibcheck(&t.fib))
            break;
    }
    if (i == n) { // what is left goes too, and nothing stays
        for (size_t k = 0; k < slow.count; k++)
            fibtest_del(&t, slow.rows[k].prefix);
        if (fib_count(&t.fib) || fibcheck(&t.fib) || fib_bytes(&t.fib) != empty)
            i = n - 1;
    }
    fib_free(&t.fib);
    free(slow.rows);
    return i;
}

// Takes out ever smaller pieces as long as the list still fails; returns what is left.
static inline size_t fibops_shrink(bool six, uint32_t appears, struct fibop *ops, size_t n)
{
    struct fibop *part = malloc(n * sizeof *part);
    if (!part)
        abort();
    for (size_t piece = n / 2; piece; piece /= 2)
        for (size_t at = 0; at + piece <= n;) {
            size_t rest = n - at - piece;
            memcpy(part, ops, at * sizeof *part);
            memcpy(part + at, ops + at + piece, rest * sizeof *part);
            size_t good = fibops_play(six, appears, part, n - piece);
            if (good == n - piece) {
                at += piece;
                continue;
            }
            n = good + 1;
            memcpy(ops, part, n * sizeof *part);
        }
    free(part);
    return n;
}

static inline void fibops_print(const struct fibop *ops, size_t n)
{
    static const char *const names[] = {"set", "del", "lookups near", "match up to", "bulk near"};
    for (size_t i = 0; i < n; i++)
        printf("    %-12s %016llx:%016llx/%u  value %u\n", names[ops[i].kind],
               (unsigned long long)ops[i].prefix.addr.hi, (unsigned long long)ops[i].prefix.addr.lo,
               ops[i].prefix.len, ops[i].value);
}

// Whether a list of `n` operations from the seed plays well; prints the shortest that does not.
static inline bool fibops_run(bool six, uint32_t appears, uint64_t seed, size_t n, size_t keep)
{
    struct fibop *ops = fibops_new(six, seed, n, keep);
    size_t good = fibops_play(six, appears, ops, n);
    if (good < n) {
        size_t left = fibops_shrink(six, appears, ops, good + 1);
        printf("  IPv%d, seed %llu fails at operation %zu; rerun: FIB_SEED=%llu. Enough for it "
               "(addresses left-aligned):\n",
               six ? 6 : 4, (unsigned long long)seed, good, (unsigned long long)seed);
        fibops_print(ops, left);
    }
    free(ops);
    return good == n;
}

#endif
