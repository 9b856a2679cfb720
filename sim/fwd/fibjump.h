// SPDX-License-Identifier: GPL-3.0-or-later
// fibjump: the hash table of a large IPv6 fib (see fib.h), from the first 42 bits of an address to
// the answers of the node there.
//
// A key is multiplied by an odd constant, which loses nothing: the upper bits of the product say the
// bucket, and the next 32, which are all that is left, tell keys of a bucket apart. Where a bucket
// has no room, where a node has too many runs and where it has children, the trie has to be
// asked: the bucket says so, for one key or (for ever) for all that it does not know.
#ifndef ANYSIM_FWD_FIBJUMP_H
#define ANYSIM_FWD_FIBJUMP_H

#include "fwd/fib.h"

#define FIBJUMP_FACTOR 0x9e3779b97f4a7c15u // 2^64 over the golden ratio: neighbours come far apart

void fibjump_init(struct fib_jump *j, uint32_t keys); // room for some more than `keys`
void fibjump_free(struct fib_jump *j);
size_t fibjump_bytes(const struct fib_jump *j);
// Inserts or replaces. `values` are those of the runs that start at the bits of `starts`; 0 sends
// who looks up to the trie.
void fibjump_set(struct fib_jump *j, uint64_t hi, uint64_t starts, const uint16_t *values);
void fibjump_del(struct fib_jump *j, uint64_t hi);
bool fibjump_crowded(const struct fib_jump *j); // time for a larger one

static inline uint64_t fibjump_product(uint64_t hi)
{
    return (hi >> (64 - FIB_JUMP_BITS) << (64 - FIB_JUMP_BITS)) * FIBJUMP_FACTOR;
}

static inline struct fib_slot *fibjump_bucket(const struct fib_jump *j, uint64_t product)
{
    return j->buckets[product >> (64 - j->log)];
}

static inline uint32_t fibjump_tag(const struct fib_jump *j, uint64_t product)
{
    return (uint32_t)(product << j->log >> 32);
}

// Whether the table knows the answer, which is undefined otherwise. Free of branches: that depends on
// the address alone.
static inline bool fibjump_find(const struct fib_jump *j, uint64_t hi, uint16_t *answer,
                                enum bitskill skill)
{
    uint64_t product = fibjump_product(hi);
    const struct fib_slot *s = fibjump_bucket(j, product);
    uint32_t tag = fibjump_tag(j, product);
    s += s[0].tag != tag;
    unsigned slot = (unsigned)(hi << FIB_JUMP_BITS >> (64 - FIB_STRIDE));
    *answer = s->values[fib_run(s->starts | 1, slot, skill)];
    return (s->tag == tag) & (s->starts != 0);
}

#endif
