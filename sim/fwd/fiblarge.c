// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/fiblarge.h"

#include "fwd/fibjump.h"
#include "fwd/memory.h"
#include "fwd/pages.h"
#include <stdlib.h>

#define SLOTS   (1u << FIB_STRIDE)
#define ENTRIES ((uint32_t)1 << FIB_DIRECT_BITS)

// Far apart, so that a table that sways around one of them does not come and go.
#define APPEARS 65536
#define LEAVES  32768

// What changed: the prefix, in the table it stood in or stands in now.
struct change {
    struct fibtrie *trie;
    struct fiblarge *large;
    struct prefix6 prefix;
    bool all; // everything is made anew
};

static bool six(const struct change *c)
{
    return c->trie->bits == 128;
}

static uint32_t *entry_of(const struct change *c, uint64_t key)
{
    return &c->large->direct[key >> (64 - FIB_DIRECT_BITS)];
}

// Entries of the direct level that one answer fills, `bits` bits below `key`.
static void fill(struct change *c, uint64_t key, unsigned bits, uint16_t answer)
{
    uint32_t *entry = entry_of(c, key);
    for (uint32_t i = 0; i < ENTRIES >> bits; i++)
        entry[i] = FIB_ANSWER | answer;
}

// The slots of a node that the change covers or leads through.
static uint64_t concerned(const struct change *c, unsigned base)
{
    if (c->all || base >= c->prefix.len)
        return ~(uint64_t)0;
    unsigned length = c->prefix.len - base;
    return fibtrie_slots(fibtrie_slot(c->prefix.addr, base),
                         length < FIB_STRIDE ? length : FIB_STRIDE);
}

// What a node answers in each slot; returns where runs of the same answer start. Its values are gone
// through from the last, the shortest prefix's: those that come later cover those before.
static uint64_t answers(const struct fibtrie *t, const struct fib_node *n, uint16_t answer[SLOTS])
{
    unsigned count = popcount64(n->full, t->skill) + popcount64(n->inner, t->skill);
    const uint16_t *value = fibtrie_values(t) + n->values + count;
    for (uint64_t rest = n->inner; rest;) {
        unsigned heap = (unsigned)__builtin_clzll(rest), len = 31u - (unsigned)__builtin_clz(heap);
        unsigned first = (heap << (FIB_STRIDE - len)) & (SLOTS - 1);
        value--;
        for (unsigned slot = first; slot < first + (SLOTS >> len); slot++)
            answer[slot] = *value;
        rest &= ~((uint64_t)1 << (63 - heap));
    }
    for (uint64_t rest = n->full; rest;) {
        unsigned slot = 63u - (unsigned)__builtin_clzll(rest);
        answer[slot] = *--value;
        rest &= ~((uint64_t)1 << slot);
    }
    uint64_t starts = 1;
    for (unsigned slot = 1; slot < SLOTS; slot++)
        starts |= (uint64_t)(answer[slot] != answer[slot - 1]) << slot;
    return starts;
}

static void renew_jump(struct change *c, uint32_t node, uint64_t key)
{
    const struct fib_node *n = &fibtrie_nodes(c->trie)[node];
    uint16_t answer[SLOTS];
    uint64_t starts = n->vector ? 0 : answers(c->trie, n, answer);
    unsigned runs = 0;
    for (uint64_t rest = starts; rest; rest &= rest - 1)
        answer[runs++] = answer[__builtin_ctzll(rest)];
    fibjump_set(&c->large->jump, key, starts, answer);
}

// The children of a node right above the direct level's end, which may have moved.
static void follow_last(struct change *c, const struct fib_node *n, uint64_t key)
{
    uint32_t child = n->children;
    for (uint64_t rest = n->vector; rest; rest &= rest - 1)
        *entry_of(c, key | (uint64_t)__builtin_ctzll(rest) << (64 - FIB_DIRECT_BITS)) = child++;
}

// Brings everything in line that stands for node `node`, whose `base` bits are `key`, and for those
// below it, as far as the change concerns them.
static void follow(struct change *c, uint32_t node, unsigned base, uint64_t key)
{
    const struct fib_node *n = &fibtrie_nodes(c->trie)[node];
    enum bitskill skill = c->trie->skill;
    unsigned below = base + FIB_STRIDE;
    if (base == FIB_JUMP_BITS) {
        renew_jump(c, node, key);
        return;
    }
    uint64_t slots = concerned(c, base);
    if (below == FIB_DIRECT_BITS)
        follow_last(c, n, key);
    for (uint64_t rest = slots; rest; rest &= rest - 1) {
        unsigned slot = (unsigned)__builtin_ctzll(rest);
        uint64_t path = key | (uint64_t)slot << (64 - below);
        if (n->vector >> slot & 1) {
            if (below < FIB_DIRECT_BITS || six(c))
                follow(c, fib_child_at(n, slot, skill), below, path);
            continue;
        }
        if (below <= FIB_DIRECT_BITS)
            fill(c, path, below, fibtrie_values(c->trie)[fib_answer_at(n, slot, skill)]);
        if (six(c) && !c->all && c->prefix.len > FIB_JUMP_BITS) // its node may be gone
            fibjump_del(&c->large->jump, c->prefix.addr.hi);
    }
}

// Nodes that the hash table is for.
static uint32_t count_keys(const struct fibtrie *t, uint32_t node, unsigned base)
{
    const struct fib_node *n = &fibtrie_nodes(t)[node];
    unsigned children = popcount64(n->vector, t->skill);
    uint32_t keys = base == FIB_JUMP_BITS;
    for (unsigned c = 0; c < children && base < FIB_JUMP_BITS; c++)
        keys += count_keys(t, n->children + c, base + FIB_STRIDE);
    return keys;
}

static void make(struct fibtrie *t)
{
    struct fiblarge *l = fwd_memory_zeroed(1, sizeof *l);
    fiblarge_free(t->large);
    t->large = l;
    l->direct = pages_new(ENTRIES * sizeof *l->direct);
    if (t->bits == 128)
        fibjump_init(&l->jump, count_keys(t, 0, 0));
    follow(&(struct change){.trie = t, .large = l, .all = true}, 0, 0, 0);
}

void fiblarge_follow(struct fibtrie *t, struct prefix6 p)
{
    if (t->count < (t->large ? LEAVES : APPEARS)) {
        fiblarge_free(t->large);
        t->large = NULL;
    } else if (!t->large || t->renewed) {
        make(t);
    } else {
        follow(&(struct change){t, t->large, p, false}, 0, 0, 0);
        if (fibjump_crowded(&t->large->jump))
            make(t);
    }
    t->renewed = false;
}

void fiblarge_free(struct fiblarge *l)
{
    if (!l)
        return;
    fibjump_free(&l->jump);
    free(l->direct);
    free(l);
}

size_t fiblarge_bytes(const struct fiblarge *l)
{
    if (!l)
        return 0;
    return sizeof *l + ENTRIES * sizeof *l->direct + fibjump_bytes(&l->jump);
}
