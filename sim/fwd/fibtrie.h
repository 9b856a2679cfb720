// SPDX-License-Identifier: GPL-3.0-or-later
// fibtrie: the trie behind a fib (see fib.h for its shape), as updates see it: one code for both
// families.
//
// Prefixes and addresses are 128 bits from the left; IPv4 stands in the upper 32 of them, and the
// lengths are its own (0..32). Indices of nodes hold until the next fibtrie_set() or _del().
#ifndef ANYSIM_FWD_FIBTRIE_H
#define ANYSIM_FWD_FIBTRIE_H

#include "fwd/blocks.h"
#include "fwd/fib.h"

struct fibtrie {
    struct blocks nodes, values;
    struct fiblarge *large; // NULL while the table is small
    uint32_t count;         // prefixes
    uint8_t bits;           // of an address: 32 or 128
    bool renewed;           // all nodes have moved since fiblarge_follow() saw them
    bool moved;             // or children of those above the prefix that changes
    uint32_t appears;       // prefixes from which on `large` is there; it goes below half of them
    enum bitskill skill;
};

void fibtrie_init(struct fibtrie *t, uint8_t bits);
void fibtrie_free(struct fibtrie *t);
uint16_t fibtrie_set(struct fibtrie *t, struct prefix6 p, uint16_t value);
uint16_t fibtrie_del(struct fibtrie *t, struct prefix6 p);
uint16_t fibtrie_get(const struct fibtrie *t, struct prefix6 p);
uint16_t fibtrie_match_upto(const struct fibtrie *t, struct ip6_addr a, int max_len);
bool fibtrie_walk(const struct fibtrie *t,
                  bool (*visit)(void *arg, struct prefix6 p, uint16_t value), void *arg);

// What a node answers in each slot.
void fibtrie_answers(const struct fibtrie *t, const struct fib_node *n,
                     uint16_t answer[1 << FIB_STRIDE]);
// The slots that a change of prefix `p` concerns in a node on its way or below it: those that lead
// to it, and those that answer by it or did. All for NULL.
uint64_t fibtrie_concerned(const struct fib_node *n, unsigned base, const struct prefix6 *p);
// The slots whose answer comes from a prefix of more than `length` bits beyond the base.
uint64_t fibtrie_answered_longer(const struct fib_node *n, unsigned length);

static inline struct fib_node *fibtrie_nodes(const struct fibtrie *t)
{
    return t->nodes.elements;
}

static inline uint16_t *fibtrie_values(const struct fibtrie *t)
{
    return t->values.elements;
}

// The slots from `slot` on that a prefix of `length` bits beyond the base covers.
static inline uint64_t fibtrie_slots(unsigned slot, unsigned length)
{
    uint64_t run = length ? ((uint64_t)1 << ((1u << FIB_STRIDE) >> length)) - 1 : ~(uint64_t)0;
    return run << slot;
}

// The slot of `a` in a node below `base` bits; `base` is a multiple of the stride.
static inline unsigned fibtrie_slot(struct ip6_addr a, unsigned base)
{
    uint64_t first = base < 64 ? a.hi << base : a.lo << (base - 64);
    if (base == 60)
        first |= a.lo >> 4;
    return (unsigned)(first >> (64 - FIB_STRIDE));
}

#endif
