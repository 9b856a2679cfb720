// SPDX-License-Identifier: GPL-3.0-or-later
// fibslots: what the slots of a node answer, and which of them a change concerns (see fibtrie.h).
#include "fwd/fibtrie.h"

#define SLOTS (1u << FIB_STRIDE)

// The values are gone through from the last, the shortest prefix's: those that come later cover those
// before.
void fibtrie_answers(const struct fibtrie *t, const struct fib_node *n, uint16_t answer[SLOTS])
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
}

uint64_t fibtrie_answered_longer(const struct fib_node *n, unsigned length)
{
    if (length == FIB_STRIDE)
        return 0;
    uint64_t slots = n->full;
    // Heap numbers from 2^(length + 1) on.
    uint64_t longer = n->inner & (((uint64_t)1 << (64 - (2u << length))) - 1);
    for (; longer; longer &= longer - 1) {
        unsigned heap = 63u - (unsigned)__builtin_ctzll(longer);
        unsigned len = 31u - (unsigned)__builtin_clz(heap);
        slots |= fibtrie_slots((heap << (FIB_STRIDE - len)) & (SLOTS - 1), len);
    }
    return slots;
}

uint64_t fibtrie_concerned(const struct fib_node *n, unsigned base, const struct prefix6 *p)
{
    if (!p)
        return ~(uint64_t)0;
    if (base >= p->len)
        return ~fibtrie_answered_longer(n, 0);
    unsigned slot = fibtrie_slot(p->addr, base), length = p->len - base;
    if (length > FIB_STRIDE)
        return (uint64_t)1 << slot;
    return fibtrie_slots(slot, length) & ~fibtrie_answered_longer(n, length);
}
