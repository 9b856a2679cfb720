// SPDX-License-Identifier: GPL-3.0-or-later
// fibbulk: many lookups at once. A group of addresses goes down the trie level by level, so that
// the cache misses of one level overlap; what is asked for next is prefetched. Lists are kept by
// moving their ends, without a branch on what an address meets.
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

// One address looks up its entry in the direct level, or starts at the root.
INLINE void depart(const struct fib *f, struct travellers *t, unsigned who, uint64_t first,
                   uint16_t *value)
{
    uint32_t entry = f->direct ? f->direct[first >> (64 - FIB_DIRECT_BITS)] : 0;
    *value = (uint16_t)entry;
    t->who[t->n] = (uint8_t)who;
    t->node[t->n] = entry;
    t->n += !(entry & FIB_ANSWER);
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

INLINE void group4(const struct fib *f, const ip4_addr *dst, uint16_t *values, unsigned n,
                   enum bitskill skill)
{
    struct travellers t;
    struct arrivals done;
    t.n = done.n = 0;
    for (unsigned i = 0; i < n; i++)
        depart(f, &t, i, (uint64_t)dst[i] << 32, &values[i]);
    for (unsigned base = f->direct ? FIB_DIRECT_BITS : 0; t.n; base += FIB_STRIDE) {
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

// The six bits after `base`; 60 stands across the halves.
INLINE unsigned slot6(const struct ip6_addr *a, unsigned base)
{
    uint64_t first = base < 64 ? a->hi << base : a->lo << (base - 64);
    first |= base == 60 ? a->lo >> 4 : 0;
    return (unsigned)(first >> (64 - FIB_STRIDE));
}

INLINE void group6(const struct fib *f, const struct ip6_addr *dst, uint16_t *values, unsigned n,
                   enum bitskill skill)
{
    struct travellers t;
    struct arrivals done;
    t.n = done.n = 0;
    for (unsigned i = 0; i < n; i++)
        depart(f, &t, i, dst[i].hi, &values[i]);
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
#ifndef FIBVECTOR
#define fibvector_group  group4_popcnt
#define fibvector_group6 group6_popcnt
#endif

typedef void group4_fn(const struct fib *, const ip4_addr *, uint16_t *, unsigned);
typedef void group6_fn(const struct fib *, const struct ip6_addr *, uint16_t *, unsigned);

static group4_fn *const groups4[] = {group4_portable, group4_popcnt, group4_bmi2, fibvector_group};
static group6_fn *const groups6[] = {group6_portable, group6_popcnt, group6_bmi2, fibvector_group6};

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
