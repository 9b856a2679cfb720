// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/flowindex.h"

#include <stdlib.h>

#define LIMIT_MAX      (UINT32_C(1) << 30)
#define FLOWS_A_BUCKET 2
#define PLACES_AT_ONCE 5 // taken without a look at the other bucket

_Static_assert(sizeof(struct flowindex_bucket) == FWD_CACHE_LINE, "a bucket is a cache line");

__extension__ typedef unsigned __int128 wide;

// SplitMix64 (Steele et al., 2014), for keys out of a seed.
static uint64_t stir(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

void *flowindex_array(size_t count, size_t size, void **memory)
{
    size_t more = (FWD_CACHE_LINE + size - 1) / size;
    *memory = fwd_memory_zeroed(count + more, size);
    uintptr_t at = (uintptr_t)*memory + FWD_CACHE_LINE - 1;
    return (void *)(at & ~(uintptr_t)(FWD_CACHE_LINE - 1));
}

void flowindex_init(struct flowindex *x, uint32_t limit, uint64_t seed)
{
    FWD_ASSERT(limit >= 1 && limit <= LIMIT_MAX);
    uint32_t buckets = 1;
    while (buckets < limit / FLOWS_A_BUCKET)
        buckets *= 2;
    *x = (struct flowindex){.mask = buckets - 1};
    for (int i = 0; i < FLOWINDEX_WORDS; i++)
        x->words[i] = stir(&seed);
    x->buckets = flowindex_array(buckets, sizeof *x->buckets, &x->memory);
}

void flowindex_free(struct flowindex *x)
{
    free(x->memory);
    *x = (struct flowindex){0};
}

uint32_t flowindex_hash(const struct flowindex *x, const struct flowkey *key)
{
    const uint64_t *k = x->words;
    wide sum = (wide)(key->src.hi + k[0]) * (key->src.lo + k[1]);
    sum += (wide)(key->dst.hi + k[2]) * (key->dst.lo + k[3]);
    sum += (wide)(((uint64_t)key->ports << 32 | key->protocol) + k[4]) * k[5];
    // NH makes equal sums rare; the rest spreads unequal ones evenly over 32 bits.
    uint64_t z = (uint64_t)(sum >> 64) * 0x9e3779b97f4a7c15u ^ (uint64_t)sum;
    z = (z ^ z >> 32) * 0xd6e8feb86659fd93u;
    uint32_t hash = (uint32_t)(z >> 32);
    return hash ? hash : 1;
}

uint32_t flowindex_put(struct flowindex *x, uint32_t hash, uint32_t flow)
{
    struct flowindex_bucket *b = flowindex_bucket(x, hash, 0);
    uint32_t empty = flowindex_places(b, 0);
    if (fwd_unlikely(__builtin_popcount(empty) <= FLOWINDEX_PLACES - PLACES_AT_ONCE)) {
        struct flowindex_bucket *other = flowindex_bucket(x, hash, 1);
        uint32_t others = flowindex_places(other, 0);
        if (__builtin_popcount(others) > __builtin_popcount(empty)) {
            b = other;
            empty = others;
        }
    }
    bool full = fwd_unlikely(empty == 0);
    uint32_t place = full ? flow % FLOWINDEX_PLACES : (uint32_t)__builtin_ctz(empty);
    uint32_t left = full ? b->flow[place] : FLOWINDEX_NONE;
    b->hash[place] = hash;
    b->flow[place] = flow;
    return left;
}

void flowindex_remove(struct flowindex *x, uint32_t hash, uint32_t flow)
{
    for (int which = 0; which < 2; which++) {
        struct flowindex_bucket *b = flowindex_bucket(x, hash, which);
        for (uint32_t i = 0; i < FLOWINDEX_PLACES; i++) {
            if (b->hash[i] == hash && b->flow[i] == flow) {
                b->hash[i] = 0;
                return;
            }
        }
    }
    FWD_ASSERT(!"the flow is in the index");
}
