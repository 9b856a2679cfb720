// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/fib.h"

#include "fwd/fiblarge.h"
#include "fwd/fibtrie.h"
#include "fwd/memory.h"
#include <stdlib.h>

static struct ip6_addr key_of(ip4_addr a)
{
    return (struct ip6_addr){(uint64_t)a << 32, 0};
}

static struct prefix6 left_aligned(struct prefix p)
{
    return (struct prefix6){key_of(p.addr), p.len};
}

static bool well_formed(const struct fibtrie *t, struct prefix6 p)
{
    struct ip6_addr mask = ip6_mask(p.len);
    return p.len <= t->bits && (p.addr.hi & ~mask.hi) == 0 && (p.addr.lo & ~mask.lo) == 0;
}

static void publish(struct fib *f)
{
    f->nodes = fibtrie_nodes(f->trie);
    f->values = fibtrie_values(f->trie);
    const struct fiblarge *large = f->trie->large;
    f->places = large ? large->runs.places : NULL;
    f->runs = large ? large->runs.lines.elements : NULL;
    f->direct = large ? large->direct : NULL;
    f->jump = large && large->jump.buckets ? &large->jump.seen : NULL;
}

static void init(struct fib *f, uint8_t bits)
{
    struct fibtrie *t = fwd_memory_zeroed(1, sizeof *t);
    fibtrie_init(t, bits);
    *f = (struct fib){.trie = t, .skill = t->skill};
    publish(f);
}

void fib_init(struct fib *f)
{
    init(f, 32);
}

void fib_init6(struct fib *f)
{
    init(f, 128);
}

void fib_free(struct fib *f)
{
    fibtrie_free(f->trie);
    free(f->trie);
    *f = (struct fib){0};
}

static uint16_t set(struct fib *f, struct prefix6 p, uint16_t value)
{
    FWD_ASSERT(value && well_formed(f->trie, p));
    uint16_t old = fibtrie_set(f->trie, p, value);
    publish(f);
    return old;
}

static uint16_t del(struct fib *f, struct prefix6 p)
{
    FWD_ASSERT(well_formed(f->trie, p));
    uint16_t old = fibtrie_del(f->trie, p);
    publish(f);
    return old;
}

uint16_t fib_set(struct fib *f, struct prefix p, uint16_t value)
{
    FWD_ASSERT(f->trie->bits == 32);
    return set(f, left_aligned(p), value);
}

uint16_t fib_set6(struct fib *f, struct prefix6 p, uint16_t value)
{
    FWD_ASSERT(f->trie->bits == 128);
    return set(f, p, value);
}

uint16_t fib_del(struct fib *f, struct prefix p)
{
    FWD_ASSERT(f->trie->bits == 32);
    return del(f, left_aligned(p));
}

uint16_t fib_del6(struct fib *f, struct prefix6 p)
{
    FWD_ASSERT(f->trie->bits == 128);
    return del(f, p);
}

uint16_t fib_get(const struct fib *f, struct prefix p)
{
    return fibtrie_get(f->trie, left_aligned(p));
}

uint16_t fib_get6(const struct fib *f, struct prefix6 p)
{
    return fibtrie_get(f->trie, p);
}

uint16_t fib_match_upto(const struct fib *f, ip4_addr a, int max_len)
{
    return fibtrie_match_upto(f->trie, key_of(a), max_len);
}

uint16_t fib_match_upto6(const struct fib *f, struct ip6_addr a, int max_len)
{
    return fibtrie_match_upto(f->trie, a, max_len);
}

uint32_t fib_count(const struct fib *f)
{
    return f->trie->count;
}

size_t fib_bytes(const struct fib *f)
{
    const struct fibtrie *t = f->trie;
    return sizeof *t + blocks_bytes(&t->nodes) + blocks_bytes(&t->values) +
           fiblarge_bytes(t->large);
}

struct visitor4 {
    bool (*visit)(void *arg, struct prefix p, uint16_t value);
    void *arg;
};

static bool visit4(void *arg, struct prefix6 p, uint16_t value)
{
    const struct visitor4 *v = arg;
    return v->visit(v->arg, (struct prefix){(ip4_addr)(p.addr.hi >> 32), p.len}, value);
}

bool fib_walk(const struct fib *f, bool (*visit)(void *arg, struct prefix p, uint16_t value),
              void *arg)
{
    return fibtrie_walk(f->trie, visit4, &(struct visitor4){visit, arg});
}

bool fib_walk6(const struct fib *f, bool (*visit)(void *arg, struct prefix6 p, uint16_t value),
               void *arg)
{
    return fibtrie_walk(f->trie, visit, arg);
}
