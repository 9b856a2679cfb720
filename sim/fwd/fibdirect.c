// SPDX-License-Identifier: GPL-3.0-or-later
// fibdirect: the direct-pointing first level of a fib, an array of what nodes of the first three
// levels say (see fib.h).
#include "fwd/fibtrie.h"

#include "fwd/memory.h"
#include <stdlib.h>

#define ENTRIES ((uint32_t)1 << FIB_DIRECT_BITS)

// Far apart, so that a table that sways around one of them does not come and go.
#define APPEARS 65536
#define LEAVES  32768

// Writes the entries [from, to) as far as node `node` below `base` bits covers them; its
// first entry is `first`.
static void paint(struct fibtrie *t, uint32_t node, unsigned base, uint32_t first, uint32_t from,
                  uint32_t to)
{
    const struct fib_node *n = &fibtrie_nodes(t)[node];
    uint32_t span = ENTRIES >> (base + FIB_STRIDE); // entries a slot
    uint32_t slot = from > first ? (from - first) / span : 0;
    for (uint32_t i = first + slot * span; slot < 1u << FIB_STRIDE && i < to; slot++, i += span) {
        bool child = n->vector >> slot & 1;
        if (child && span > 1) {
            paint(t, fib_child_at(n, slot, t->skill), base + FIB_STRIDE, i, from, to);
            continue;
        }
        uint32_t entry = child ? fib_child_at(n, slot, t->skill)
                               : FIB_ANSWER | fibtrie_values(t)[fib_answer_at(n, slot, t->skill)];
        for (uint32_t k = 0; k < span; k++)
            t->direct[i + k] = entry;
    }
}

void fibdirect_follow(struct fibtrie *t, struct ip6_addr key)
{
    unsigned len = t->stale;
    t->stale = FIBTRIE_FRESH;
    if (t->direct && t->count < LEAVES) {
        free(t->direct);
        t->direct = NULL;
    } else if (!t->direct && t->count >= APPEARS) {
        t->direct = fwd_memory_aligned(ENTRIES * sizeof *t->direct);
        paint(t, 0, 0, 0, 0, ENTRIES);
    } else if (t->direct && len <= FIB_DIRECT_BITS) {
        uint32_t span = ENTRIES >> len;
        uint32_t from = (uint32_t)(key.hi >> (64 - FIB_DIRECT_BITS)) & ~(span - 1);
        paint(t, 0, 0, 0, from, from + span);
    }
}
