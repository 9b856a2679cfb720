// SPDX-License-Identifier: GPL-3.0-or-later
// fibjump: the hash table of a large IPv6 fib (see fib.h), from the first 32 bits of an address to
// the answers of the blocks of /48 there.
//
// A key, a /32 that holds a prefix of its own length or longer, has its answers in the table or
// nowhere: where its bucket has no room, and where there are more runs than lines are for, it is
// left out, and the trie is asked.
#ifndef ANYSIM_FWD_FIBJUMP_H
#define ANYSIM_FWD_FIBJUMP_H

#include "fwd/fibtrie.h"

#define FIBJUMP_LINES ((1u << FIB_JUMP_LOG) - 1) // of a key at most

struct fibjump {
    struct fib_jump seen;       // by those who look up
    struct fib_bucket *buckets; // NULL: none
    struct blocks lines;
    uint32_t count; // keys
};

void fibjump_make(struct fibjump *j, const struct fibtrie *t); // `j` is empty
void fibjump_free(struct fibjump *j);
// Brings it in line after prefix `p` has changed.
void fibjump_follow(struct fibjump *j, const struct fibtrie *t, struct prefix6 p);
bool fibjump_unfit(const struct fibjump *j); // crowded, or too many holes: time to make it anew
size_t fibjump_bytes(const struct fibjump *j);

// Neighbours come far apart: the factor is 2^32 over the golden ratio.
static inline const struct fib_bucket *fibjump_bucket(const struct fib_jump *j, uint32_t key)
{
    return &j->buckets[(key * 0x9e3779b1u) >> (32 - j->log)];
}

// Lines of what a bucket says: 0 where it is the answer itself.
static inline unsigned fibjump_lines(uint32_t where)
{
    return where & FIB_JUMP_ONE ? 0 : where & FIBJUMP_LINES;
}

// What the bucket has for a key. Free of branches: that depends on the address alone.
static inline uint32_t fibjump_where(const struct fib_bucket *b, uint32_t key)
{
    unsigned way = b->key[1] == key;
    way += (unsigned)(b->key[2] == key) * 2;
    way += (unsigned)(b->key[3] == key) * 3;
    way %= FIB_JUMP_WAYS; // key 0 may meet several free ways
    return b->key[way] == key ? b->where[way] : FIB_JUMP_ONE | FIB_JUMP_ASK;
}

// Where the runs are for what fibjump_where() said: in that word itself, or in lines.
static inline const uint32_t *fibjump_runs(const struct fib_jump *j, const uint32_t *where)
{
    const uint32_t *there = j->lines[(*where & ~FIB_JUMP_ONE) >> FIB_JUMP_LOG].runs;
    return *where & FIB_JUMP_ONE ? where : there;
}

// The answer of the last run that starts at block `block` of /48 or before. Up to two lines without a
// branch.
static inline uint16_t fibjump_answer(const uint32_t *runs, uint32_t where, uint32_t block)
{
    uint32_t upto = block << 16 | UINT16_MAX;
    unsigned lines = fibjump_lines(where);
    while (__builtin_expect(lines > 2, 0)) {
        unsigned half = lines / 2;
        bool later = runs[half * FIB_JUMP_RUNS] <= upto;
        runs += later ? half * FIB_JUMP_RUNS : 0;
        lines = later ? lines - half : half;
    }
    unsigned half = lines / 2 * FIB_JUMP_RUNS, any = lines ? FIB_JUMP_RUNS : 0;
    runs += runs[half] <= upto ? half : 0;
    runs += runs[any / 2] <= upto ? any / 2 : 0;
    runs += runs[any / 4] <= upto ? any / 4 : 0;
    runs += runs[any / 8] <= upto ? any / 8 : 0;
    runs += runs[any / 16] <= upto ? any / 16 : 0;
    return (uint16_t)*runs;
}

static inline uint32_t fibjump_block(uint64_t hi) // of /48
{
    return (uint32_t)(hi >> 16 & UINT16_MAX);
}

#endif
