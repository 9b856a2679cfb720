// SPDX-License-Identifier: GPL-3.0-or-later
// fibcheck: is a fib what fib.h says it is? And are two of them the same?
#ifndef ANYSIM_TESTS_FWD_FIBCHECK_H
#define ANYSIM_TESTS_FWD_FIBCHECK_H

#include "fwd/fib.h"
#include "fwd/fibjump.h"

#define FIBCHECK_INHERITED ((uint64_t)1 << 62)

struct fibcheck {
    const struct fib *fib;
    uint32_t prefixes, wrong;
    uint32_t jumps; // slots of the hash table that are a node's
};

// The answer in a slot of a node, from the meaning of the bits alone.
static inline uint16_t fibcheck_answer(const struct fib *f, const struct fib_node *n, unsigned slot)
{
    uint32_t at = n->values;
    if (n->full >> slot & 1)
        return f->values[at + popcount_portable(n->full & (((uint64_t)1 << slot) - 1))];
    at += popcount_portable(n->full);
    for (unsigned heap = (64 + slot) >> 1; heap; heap >>= 1)
        if (n->inner >> (63 - heap) & 1)
            return f->values[at + popcount_portable(n->inner & (((uint64_t)1 << (63 - heap)) - 1))];
    return 0;
}

// The direct entries that slot `slot` of a node stands for say the same.
static inline void fibcheck_direct(struct fibcheck *c, uint32_t entry, unsigned base,
                                   uint64_t first)
{
    if (!c->fib->direct || base + FIB_STRIDE > FIB_DIRECT_BITS)
        return;
    uint32_t span = 1u << (FIB_DIRECT_BITS - base - FIB_STRIDE);
    for (uint32_t i = 0; i < span; i++)
        c->wrong += c->fib->direct[first * span + i] != entry;
}

// So many runs of one answer, which must be those of the node.
static inline void fibcheck_runs(struct fibcheck *c, const struct fib_node *n, uint64_t starts,
                                 const uint16_t *values)
{
    uint16_t last = 0;
    for (unsigned slot = 0, run = 0; slot < 1u << FIB_STRIDE; slot++) {
        uint16_t answer = fibcheck_answer(c->fib, n, slot);
        bool start = slot == 0 || answer != last;
        c->wrong += start != (starts >> slot & 1);
        if (start)
            c->wrong += values[run++] != answer;
        last = answer;
    }
}

// What the direct level and the hash table hold of node `at`.
static inline void fibcheck_shortcuts(struct fibcheck *c, uint32_t at, unsigned base, uint64_t path)
{
    const struct fib_node *n = &c->fib->nodes[at];
    if (c->fib->jump && c->fib->jump->buckets && base == FIB_JUMP_BITS) {
        uint64_t product = fibjump_product(path << (64 - FIB_JUMP_BITS));
        const struct fib_slot *s = fibjump_bucket(c->fib->jump, product);
        unsigned ways = 0;
        for (unsigned i = 0; i < FIB_JUMP_WAYS; i++)
            if (s[i].tag == fibjump_tag(c->fib->jump, product) && s[i].starts) {
                fibcheck_runs(c, n, s[i].starts, s[i].values);
                c->wrong += n->vector != 0;
                ways++;
            }
        c->wrong += ways > 1;
        c->jumps += ways;
    }
    if (c->fib->direct && base == FIB_DIRECT_BITS)
        c->wrong += c->fib->direct[path] != at;
}

// Node `at` below `base` bits, whose own bits are `path`, inherits `above`.
static inline void fibcheck_node(struct fibcheck *c, uint32_t at, unsigned base, uint64_t path,
                                 uint16_t above)
{
    const struct fib_node *n = &c->fib->nodes[at];
    unsigned values = popcount_portable(n->full) + popcount_portable(n->inner), child = 0;
    c->wrong += !(n->inner & FIBCHECK_INHERITED) || n->inner >> 63;
    c->wrong += base && !n->vector && !n->full && n->inner == FIBCHECK_INHERITED;
    c->wrong += base && c->fib->values[n->values + values - 1] != above;
    c->prefixes += values - 1 + (base == 0 && c->fib->values[n->values + values - 1]);
    for (unsigned i = 0; i + 1 < values; i++)
        c->wrong += c->fib->values[n->values + i] == 0;
    fibcheck_shortcuts(c, at, base, path);
    for (unsigned slot = 0; slot < 1u << FIB_STRIDE; slot++) {
        uint64_t here = path << FIB_STRIDE | slot;
        uint16_t answer = fibcheck_answer(c->fib, n, slot);
        c->wrong += c->fib->values[fib_answer_at(n, slot, c->fib->skill)] != answer;
        if (!(n->vector >> slot & 1)) {
            fibcheck_direct(c, FIB_ANSWER | answer, base, here);
            continue;
        }
        fibcheck_node(c, n->children + child++, base + FIB_STRIDE, here, answer);
    }
}

// Slots of the hash table that answer.
static inline uint32_t fibcheck_answering(const struct fib *f)
{
    uint32_t n = 0;
    for (uint64_t b = 0; f->jump && f->jump->buckets && b < (uint64_t)1 << f->jump->log; b++)
        for (unsigned i = 0; i < FIB_JUMP_WAYS; i++)
            n += f->jump->buckets[b][i].starts != 0;
    return n;
}

// How much is wrong: 0.
static inline uint32_t fibcheck(const struct fib *f)
{
    struct fibcheck c = {.fib = f};
    fibcheck_node(&c, 0, 0, 0, 0);
    return c.wrong + (c.prefixes != fib_count(f)) + (c.jumps != fibcheck_answering(f));
}

// Whether two tables have the same nodes with the same values, wherever they lie.
static inline bool fibcheck_same(const struct fib *f, uint32_t i, const struct fib *g, uint32_t k)
{
    const struct fib_node *a = &f->nodes[i], *b = &g->nodes[k];
    if (a->vector != b->vector || a->full != b->full || a->inner != b->inner)
        return false;
    unsigned values = popcount_portable(a->full) + popcount_portable(a->inner);
    for (unsigned v = 0; v < values; v++)
        if (f->values[a->values + v] != g->values[b->values + v])
            return false;
    for (unsigned c = 0; c < popcount_portable(a->vector); c++)
        if (!fibcheck_same(f, a->children + c, g, b->children + c))
            return false;
    return true;
}

#endif
