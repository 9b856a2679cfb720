// SPDX-License-Identifier: GPL-3.0-or-later
// flowindex: from flow keys to the numbers of flows.
//
// A hash table of buckets of one cache line with eight places. A key has two buckets: it goes into
// the first, unless that is more than half full and the other is emptier (after Azar et al.,
// "Balanced allocations", 1994). So a look-up reads one line as a rule and two at most, whatever
// happened before, and deletion just empties a place. With two flows a bucket on average the odds
// that both are full are below 10^-15 for a flow; then another flow has to leave, which the owner
// must obey. The hash is NH (Black et al., UMAC, 1999) under keys made of the seed: whoever does not
// know the seed finds no keys that collide more often than by chance. 32 to 64 bytes a flow.
#ifndef ANYSIM_FWD_FLOWINDEX_H
#define ANYSIM_FWD_FLOWINDEX_H

#include "fwd/flowkey.h"

#define FLOWINDEX_PLACES 8
#define FLOWINDEX_WORDS  6
#define FLOWINDEX_NONE   UINT32_MAX

struct flowindex_bucket {            // private
    uint32_t hash[FLOWINDEX_PLACES]; // 0: empty
    uint32_t flow[FLOWINDEX_PLACES];
};

struct flowindex { // private
    struct flowindex_bucket *buckets;
    uint32_t mask; // number of buckets - 1
    void *memory;
    uint64_t words[FLOWINDEX_WORDS]; // the hash's keys
};

// Zeroed memory for an array that begins a cache line; `*memory` is for free(). Unlike
// fwd_memory_aligned() it touches nothing: most gateways use little of their tables.
void *flowindex_array(size_t count, size_t size, void **memory);

// For `limit` flows at once (1..2^30).
void flowindex_init(struct flowindex *x, uint32_t limit, uint64_t seed);
void flowindex_free(struct flowindex *x);

// 32 bits of a key, not all zero; the index knows flows by these.
uint32_t flowindex_hash(const struct flowindex *x, const struct flowkey *key);

// Enters a flow that is not in. Returns FLOWINDEX_NONE, or the number of another flow that had to
// leave the index for it.
uint32_t flowindex_put(struct flowindex *x, uint32_t hash, uint32_t flow);
void flowindex_remove(struct flowindex *x, uint32_t hash, uint32_t flow); // must be in

static inline struct flowindex_bucket *flowindex_bucket(const struct flowindex *x, uint32_t hash,
                                                        int which)
{
    uint32_t mixed = (hash ^ hash >> 15) * 0x9e3779b1u; // 2^32 divided by the golden ratio
    uint32_t first = hash & x->mask, other = (mixed ^ mixed >> 16) & x->mask;
    if (!which)
        return &x->buckets[first];
    return &x->buckets[other == first ? first ^ (x->mask & 1) : other];
}

static inline void flowindex_prefetch(const struct flowindex *x, uint32_t hash)
{
    __builtin_prefetch(flowindex_bucket(x, hash, 0));
}

// The flows that may have a key with this hash: begin, then next until FLOWINDEX_NONE. Nothing may
// be entered or removed meanwhile.
struct flowindex_search {
    const struct flowindex_bucket *bucket, *other;
    uint32_t hash;
    uint32_t places; // of the bucket, not given out yet, as bits
};

static inline uint32_t flowindex_places(const struct flowindex_bucket *b, uint32_t hash)
{
    uint32_t places = 0;
    for (uint32_t i = 0; i < FLOWINDEX_PLACES; i++)
        places |= (uint32_t)(b->hash[i] == hash) << i;
    return places;
}

static inline struct flowindex_search flowindex_begin(const struct flowindex *x, uint32_t hash)
{
    const struct flowindex_bucket *first = flowindex_bucket(x, hash, 0);
    return (struct flowindex_search){.bucket = first,
                                     .other = flowindex_bucket(x, hash, 1),
                                     .hash = hash,
                                     .places = flowindex_places(first, hash)};
}

static inline uint32_t flowindex_next(struct flowindex_search *s)
{
    if (!s->places && s->bucket != s->other) { // equal: it was read already, or there is only one
        s->bucket = s->other;
        s->places = flowindex_places(s->bucket, s->hash);
    }
    if (!s->places)
        return FLOWINDEX_NONE;
    uint32_t place = (uint32_t)__builtin_ctz(s->places);
    s->places &= s->places - 1;
    return s->bucket->flow[place];
}

#endif
