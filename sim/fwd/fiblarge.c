// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/fiblarge.h"

#include "fwd/memory.h"
#include "fwd/pages.h"
#include <stdlib.h>

#define ENTRIES ((uint32_t)1 << FIB_DIRECT_BITS)

static uint32_t *entry_of(const struct fiblarge *l, uint64_t key)
{
    return &l->direct[key >> (64 - FIB_DIRECT_BITS)];
}

// The children of a node right above the direct level's end, which may have moved.
static void direct_moved(struct fiblarge *l, const struct fib_node *n, uint64_t key)
{
    uint32_t child = n->children;
    for (uint64_t rest = n->vector; rest; rest &= rest - 1)
        *entry_of(l, key | (uint64_t)__builtin_ctzll(rest) << (64 - FIB_DIRECT_BITS)) = child++;
}

// Brings the direct level in line below node `node`, whose `base` bits are `key`, as far as a change of
// `p` concerns it: all of it for NULL.
static void direct_follow(struct fiblarge *l, const struct fibtrie *t, uint32_t node, unsigned base,
                          uint64_t key, const struct prefix6 *p)
{
    const struct fib_node *n = &fibtrie_nodes(t)[node];
    unsigned below = base + FIB_STRIDE;
    if (below == FIB_DIRECT_BITS)
        direct_moved(l, n, key);
    for (uint64_t rest = fibtrie_concerned(n, base, p); rest; rest &= rest - 1) {
        unsigned slot = (unsigned)__builtin_ctzll(rest);
        uint64_t path = key | (uint64_t)slot << (64 - below);
        if (n->vector >> slot & 1) {
            if (below < FIB_DIRECT_BITS)
                direct_follow(l, t, fib_child_at(n, slot, t->skill), below, path, p);
            continue;
        }
        uint32_t answer = fibtrie_values(t)[fib_answer_at(n, slot, t->skill)];
        for (uint32_t i = 0; i < ENTRIES >> below; i++)
            entry_of(l, path)[i] = FIB_ANSWER | answer;
    }
}

static void make(struct fibtrie *t)
{
    struct fiblarge *l = fwd_memory_zeroed(1, sizeof *l);
    fiblarge_free(t->large);
    t->large = l;
    if (t->bits == 32) {
        fibruns_make(&l->runs, t);
        return;
    }
    l->direct = pages_new(ENTRIES * sizeof *l->direct);
    direct_follow(l, t, 0, 0, 0, NULL);
    fibjump_make(&l->jump, t);
}

static void follow(struct fibtrie *t, struct prefix6 p)
{
    struct fiblarge *l = t->large;
    if (t->bits == 32) {
        fibruns_follow(&l->runs, t, p);
    } else {
        direct_follow(l, t, 0, 0, 0, &p);
        fibjump_follow(&l->jump, t, p);
    }
    if (fibruns_wasteful(&l->runs) || fibjump_unfit(&l->jump))
        make(t);
}

void fiblarge_follow(struct fibtrie *t, struct prefix6 p)
{
    if (t->count < (t->large ? t->appears / 2 : t->appears)) {
        fiblarge_free(t->large);
        t->large = NULL;
    } else if (!t->large || t->renewed) {
        make(t);
    } else {
        follow(t, p);
    }
    t->renewed = t->moved = false;
}

void fiblarge_free(struct fiblarge *l)
{
    if (!l)
        return;
    fibruns_free(&l->runs);
    fibjump_free(&l->jump);
    free(l->direct);
    free(l);
}

size_t fiblarge_bytes(const struct fiblarge *l)
{
    if (!l)
        return 0;
    size_t direct = l->direct ? ENTRIES * sizeof *l->direct : 0;
    return sizeof *l + fibruns_bytes(&l->runs) + direct + fibjump_bytes(&l->jump);
}
