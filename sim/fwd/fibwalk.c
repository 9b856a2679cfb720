// SPDX-License-Identifier: GPL-3.0-or-later
// fibwalk: all prefixes of a fib in order.
#include "fwd/fibtrie.h"

struct walk {
    const struct fibtrie *trie;
    bool (*visit)(void *arg, struct prefix6 p, uint16_t value);
    void *arg;
};

static bool walk_node(const struct walk *w, uint32_t node, struct prefix6 at);

// The prefixes of node `n` from heap number `heap` down; `at` is the prefix of that number.
static bool walk_heap(const struct walk *w, const struct fib_node *n, unsigned heap,
                      struct prefix6 at)
{
    const struct fibtrie *t = w->trie;
    bool whole_slot = heap >= 1u << FIB_STRIDE;
    unsigned slot = heap & ((1u << FIB_STRIDE) - 1);
    uint64_t in = whole_slot ? n->full : n->inner;
    uint64_t bit = (uint64_t)1 << (whole_slot ? slot : 63 - heap);
    if (in & bit && (heap > 1 || at.len == 0)) {
        uint32_t i = n->values + popcount64(in & (bit - 1), t->skill);
        i += whole_slot ? 0 : popcount64(n->full, t->skill);
        uint16_t value = fibtrie_values(t)[i];
        if (value && !w->visit(w->arg, at, value)) // 0: there is no default route
            return false;
    }
    if (whole_slot)
        return !(n->vector & bit) || walk_node(w, fib_child_at(n, slot, t->skill), at);
    struct prefix6 one = {at.addr, (uint8_t)(at.len + 1)};
    if (at.len >= t->bits) // the last node has bits to spare
        return true;
    if (!walk_heap(w, n, 2 * heap, one))
        return false;
    if (at.len < 64)
        one.addr.hi |= (uint64_t)1 << (63 - at.len);
    else
        one.addr.lo |= (uint64_t)1 << (127 - at.len);
    return walk_heap(w, n, 2 * heap + 1, one);
}

static bool walk_node(const struct walk *w, uint32_t node, struct prefix6 at)
{
    return walk_heap(w, &fibtrie_nodes(w->trie)[node], 1, at);
}

bool fibtrie_walk(const struct fibtrie *t,
                  bool (*visit)(void *arg, struct prefix6 p, uint16_t value), void *arg)
{
    return walk_node(&(struct walk){t, visit, arg}, 0, (struct prefix6){{0, 0}, 0});
}
