// SPDX-License-Identifier: GPL-3.0-or-later
// flowindex: from flow keys to the numbers of flows.
//
// A hash table of buckets of one cache line with eight places; a key has two buckets and goes where
// there is more room (Azar et al., "Balanced allocations", 1994). So a look-up reads two lines at
// most, whatever happened before, and deletion just empties a place. At half load or less the odds
// that both buckets are full are below 10^-9 in the life of a million flows; then one of them has to
// go, which the owner must obey. The hash is NH (Black et al., UMAC, 1999) under keys made of the
// seed: whoever does not know the seed finds no keys that collide more often than by chance.
#ifndef ANYSIM_FWD_FLOWINDEX_H
#define ANYSIM_FWD_FLOWINDEX_H

#include "fwd/flowkey.h"

#define FLOWINDEX_PLACES 8
#define FLOWINDEX_WORDS  6
#define FLOWINDEX_NONE   UINT32_MAX

struct flowindex_bucket { // private
    uint32_t hash[FLOWINDEX_PLACES];
    uint32_t flow[FLOWINDEX_PLACES]; // number + 1; 0: empty
};

struct flowindex { // private
    struct flowindex_bucket *buckets;
    uint32_t mask; // number of buckets - 1
    void *memory;
    uint64_t words[FLOWINDEX_WORDS]; // the hash's keys
};

// For `limit` flows at once (1..2^30).
void flowindex_init(struct flowindex *x, uint32_t limit, uint64_t seed);
void flowindex_free(struct flowindex *x);

// 32 bits of a key; the index knows flows by these.
uint32_t flowindex_hash(const struct flowindex *x, const struct flowkey *key);

// Enters a flow that is not in. Returns FLOWINDEX_NONE, or the number of another flow that had to
// leave the index for it.
uint32_t flowindex_put(struct flowindex *x, uint32_t hash, uint32_t flow);
void flowindex_remove(struct flowindex *x, uint32_t hash, uint32_t flow); // must be in

static inline struct flowindex_bucket *flowindex_first(const struct flowindex *x, uint32_t hash)
{
    return &x->buckets[hash & x->mask];
}

static inline struct flowindex_bucket *flowindex_second(const struct flowindex *x, uint32_t hash)
{
    uint32_t h = (hash ^ hash >> 15) * 0x9e3779b1u; // odd: 2^32 divided by the golden ratio
    return &x->buckets[(h ^ h >> 16) & x->mask];
}

static inline void flowindex_prefetch(const struct flowindex *x, uint32_t hash)
{
    __builtin_prefetch(flowindex_first(x, hash));
    __builtin_prefetch(flowindex_second(x, hash));
}

// Places of a bucket that may hold a key with this hash, as bits.
static inline uint32_t flowindex_matches(const struct flowindex_bucket *b, uint32_t hash)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < FLOWINDEX_PLACES; i++)
        found |= (uint32_t)(b->hash[i] == hash && b->flow[i] != 0) << i;
    return found;
}

#endif
