// SPDX-License-Identifier: GPL-3.0-or-later
// fibbulk: many lookups at once. A group of addresses goes down the trie level by level, so that
// the cache misses of one level overlap; what is asked for next is prefetched. Lists are kept by
// moving their ends, without a branch on what an address meets.
#include "fwd/fibjump.h"
#include "fwd/fibvector.h"

#define GROUP 64

#if defined(__x86_64__)
#define FOR_BMI2 __attribute__((target("popcnt,bmi,bmi2")))
#endif
#define INLINE static inline __attribute__((always_inline))

// Addresses on their way: the `n` first, by their number in the group.
struct travellers {
    unsigned n;
    uint8_t who[GROUP];
    uint32_t node[GROUP];
};

// Addresses that have reached their last node.
struct arrivals {
    unsigned n;
    uint8_t who[GROUP], slot[GROUP];
    uint32_t at[GROUP]; // the node, then the value
};

INLINE void prefetch_nodes(const struct fib *f, const struct travellers *t)
{
    for (unsigned k = 0; k < t->n; k++)
        __builtin_prefetch(&f->nodes[t->node[k]]);
}

// Traveller number k goes on from `slot` of its node, or has arrived. The list is rewritten behind
// the reader: `to` <= k.
INLINE unsigned step(const struct fib *f, struct travellers *t, struct arrivals *done, unsigned k,
                     unsigned to, unsigned slot, enum bitskill skill)
{
    const struct fib_node *n = &f->nodes[t->node[k]];
    bool on = n->vector >> slot & 1;
    uint8_t who = t->who[k];
    done->who[done->n] = who;
    done->slot[done->n] = (uint8_t)slot;
    done->at[done->n] = t->node[k];
    done->n += !on;
    t->who[to] = who;
    t->node[to] = fib_child_at(n, slot, skill);
    return to + on;
}

INLINE void arrive(const struct fib *f, struct arrivals *done, uint16_t *values,
                   enum bitskill skill)
{
    for (unsigned k = 0; k < done->n; k++) {
        done->at[k] = fib_answer_at(&f->nodes[done->at[k]], done->slot[k], skill);
        __builtin_prefetch(&f->values[done->at[k]]);
    }
    for (unsigned k = 0; k < done->n; k++)
        values[done->who[k]] = f->values[done->at[k]];
}

INLINE const struct fib_runs *runs_of(const struct fib *f, ip4_addr a)
{
    return &f->runs[fib_runs_at(f->places[a >> (32 - FIB_RUNS_BITS)], a)];
}

// Those of the group in `rest` go down the trie, from where the runs' entries say or from the root.
INLINE void travel4(const struct fib *f, const ip4_addr *dst, uint16_t *values, uint64_t rest,
                    enum bitskill skill)
{
    struct travellers t;
    struct arrivals done;
    t.n = done.n = 0;
    for (; rest; rest &= rest - 1) {
        unsigned i = (unsigned)__builtin_ctzll(rest);
        t.who[t.n] = (uint8_t)i;
        t.node[t.n] = f->places ? runs_of(f, dst[i])->node : 0;
        t.n += t.node[t.n] != FIB_NO_NODE;
    }
    for (unsigned base = f->places ? FIB_DIRECT_BITS : 0; t.n; base += FIB_STRIDE) {
        prefetch_nodes(f, &t);
        unsigned to = 0;
        for (unsigned k = 0; k < t.n; k++) {
            unsigned slot = (dst[t.who[k]] << base) >> (32 - FIB_STRIDE);
            to = step(f, &t, &done, k, to, slot, skill);
        }
        t.n = to;
    }
    arrive(f, &done, values, skill);
}

INLINE uint64_t everybody(unsigned n)
{
    return n ? ~(uint64_t)0 >> (GROUP - n) : 0;
}

// Looks `n` up in the runs; returns which of them have to ask the trie.
INLINE uint64_t runs4(const struct fib *f, const ip4_addr *dst, uint16_t *values, unsigned n,
                      enum bitskill skill)
{
    uint32_t line[GROUP];
    uint8_t who[GROUP];
    uint64_t ask = 0;
    unsigned left = 0; // those whose /16 has several answers
    for (unsigned i = 0; i < n; i++) {
        uint32_t place = f->places[dst[i] >> (32 - FIB_RUNS_BITS)];
        values[i] = (uint16_t)place;
        who[left] = (uint8_t)i;
        line[left] = fib_runs_at(place, dst[i]);
        left += !(place & FIB_ANSWER);
    }
    for (unsigned k = 0; k < left; k++)
        __builtin_prefetch(&f->runs[line[k]]);
    for (unsigned k = 0; k < left; k++) {
        unsigned i = who[k], run = fib_run(f->runs[line[k]].starts, dst[i] >> 8 & 63, skill);
        values[i] = ((const uint16_t *)f->runs)[fib_runs_value(line[k], run)];
        ask |= (uint64_t)(values[i] == FIB_RUNS_ASK) << i;
    }
    return ask;
}

INLINE void group4(const struct fib *f, const ip4_addr *dst, uint16_t *values, unsigned n,
                   enum bitskill skill)
{
    uint64_t rest = f->places ? runs4(f, dst, values, n, skill) : everybody(n);
    if (rest)
        travel4(f, dst, values, rest, skill);
}

// The six bits after `base`; 60 stands across the halves.
INLINE unsigned slot6(const struct ip6_addr *a, unsigned base)
{
    uint64_t first = base < 64 ? a->hi << base : a->lo << (base - 64);
    first |= base == 60 ? a->lo >> 4 : 0;
    return (unsigned)(first >> (64 - FIB_STRIDE));
}

// As travel4(), from the direct level on.
INLINE void travel6(const struct fib *f, const struct ip6_addr *dst, uint16_t *values,
                    uint64_t rest, enum bitskill skill)
{
    struct travellers t;
    struct arrivals done;
    t.n = done.n = 0;
    for (; rest; rest &= rest - 1) {
        unsigned i = (unsigned)__builtin_ctzll(rest);
        uint32_t entry = f->direct ? f->direct[dst[i].hi >> (64 - FIB_DIRECT_BITS)] : 0;
        values[i] = (uint16_t)entry;
        t.who[t.n] = (uint8_t)i;
        t.node[t.n] = entry;
        t.n += !(entry & FIB_ANSWER);
    }
    for (unsigned base = f->direct ? FIB_DIRECT_BITS : 0; t.n; base += FIB_STRIDE) {
        prefetch_nodes(f, &t);
        unsigned to = 0;
        if (base < 60)
            for (unsigned k = 0; k < t.n; k++)
                to = step(f, &t, &done, k, to,
                          (unsigned)(dst[t.who[k]].hi << base >> (64 - FIB_STRIDE)), skill);
        else
            for (unsigned k = 0; k < t.n; k++)
                to = step(f, &t, &done, k, to, slot6(&dst[t.who[k]], base), skill);
        t.n = to;
    }
    arrive(f, &done, values, skill);
}

// Looks `n` up in the hash table; returns which of them have to ask the trie.
INLINE uint64_t jump6(const struct fib *f, const struct ip6_addr *dst, uint16_t *values, unsigned n)
{
    const struct fib_bucket *bucket[GROUP];
    const uint32_t *runs[GROUP];
    uint32_t where[GROUP];
    uint64_t ask = 0;
    for (unsigned i = 0; i < n; i++) {
        bucket[i] = fibjump_bucket(f->jump, (uint32_t)(dst[i].hi >> 32));
        __builtin_prefetch(bucket[i]);
    }
    for (unsigned i = 0; i < n; i++) {
        where[i] = fibjump_where(bucket[i], (uint32_t)(dst[i].hi >> 32));
        runs[i] = fibjump_runs(f->jump, &where[i]);
        __builtin_prefetch(runs[i]);
        __builtin_prefetch(runs[i] + FIB_JUMP_RUNS);
    }
    for (unsigned i = 0; i < n; i++) {
        values[i] = fibjump_answer(runs[i], where[i], fibjump_block(dst[i].hi));
        ask |= (uint64_t)(values[i] == FIB_JUMP_ASK) << i;
    }
    return ask;
}

INLINE void group6(const struct fib *f, const struct ip6_addr *dst, uint16_t *values, unsigned n,
                   enum bitskill skill)
{
    uint64_t rest = f->jump ? jump6(f, dst, values, n) : everybody(n);
    if (rest)
        travel6(f, dst, values, rest, skill);
}

// The same once for every skill of the CPU: a constant there, so that nothing asks inside.
#define GROUP_FUNCTIONS(suffix, skill, attribute)                                                  \
    attribute static void group4_##suffix(const struct fib *f, const ip4_addr *dst,                \
                                          uint16_t *values, unsigned n)                            \
    {                                                                                              \
        group4(f, dst, values, n, skill);                                                          \
    }                                                                                              \
    attribute static void group6_##suffix(const struct fib *f, const struct ip6_addr *dst,         \
                                          uint16_t *values, unsigned n)                            \
    {                                                                                              \
        group6(f, dst, values, n, skill);                                                          \
    }

GROUP_FUNCTIONS(portable, BITSKILL_PORTABLE, )
GROUP_FUNCTIONS(popcnt, BITSKILL_POPCNT, )
#if defined(__x86_64__)
GROUP_FUNCTIONS(bmi2, BITSKILL_BMI2, FOR_BMI2)
#else
#define group4_bmi2 group4_popcnt
#define group6_bmi2 group6_popcnt
#endif
#ifdef FIBVECTOR
// Large tables' runs and hash table by vectors, small tables' trie too; what is left is seldom much.
FOR_BMI2 static void group4_vector(const struct fib *f, const ip4_addr *dst, uint16_t *values,
                                   unsigned n)
{
    if (!f->places) {
        fibvector_group(f, dst, values, n);
        return;
    }
    uint64_t rest = fibvector_runs(f, dst, values, n);
    if (rest)
        travel4(f, dst, values, rest, BITSKILL_BMI2);
}

FOR_BMI2 static void group6_vector(const struct fib *f, const struct ip6_addr *dst,
                                   uint16_t *values, unsigned n)
{
    if (!f->jump) {
        fibvector_group6(f, dst, values, n);
        return;
    }
    uint64_t rest = fibvector_jump(f, dst, values, n);
    if (rest)
        travel6(f, dst, values, rest, BITSKILL_BMI2);
}
#else
#define group4_vector group4_bmi2
#define group6_vector group6_bmi2
#endif

typedef void group4_fn(const struct fib *, const ip4_addr *, uint16_t *, unsigned);
typedef void group6_fn(const struct fib *, const struct ip6_addr *, uint16_t *, unsigned);

static group4_fn *const groups4[] = {group4_portable, group4_popcnt, group4_bmi2, group4_vector};
static group6_fn *const groups6[] = {group6_portable, group6_popcnt, group6_bmi2, group6_vector};

void fib_lookup_bulk(const struct fib *f, const ip4_addr *dst, uint16_t *values, unsigned n)
{
    group4_fn *group = groups4[f->skill];
    for (; n > GROUP; n -= GROUP, dst += GROUP, values += GROUP)
        group(f, dst, values, GROUP);
    group(f, dst, values, n);
}

void fib_lookup_bulk6(const struct fib *f, const struct ip6_addr *dst, uint16_t *values, unsigned n)
{
    group6_fn *group = groups6[f->skill];
    for (; n > GROUP; n -= GROUP, dst += GROUP, values += GROUP)
        group(f, dst, values, GROUP);
    group(f, dst, values, n);
}
