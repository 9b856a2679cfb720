// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/fibjump.h"

#include "fwd/pages.h"
#include <stdlib.h>
#include <string.h>

#define LOG_LEAST (FIB_JUMP_BITS - 32) // so that a tag is all that is left of a key

// What a slot without runs is, in its first value: free, or in use for a key that the trie answers.
enum { FREE, ASK };

void fibjump_init(struct fib_jump *j, uint32_t keys)
{
    *j = (struct fib_jump){.log = LOG_LEAST};
    while (keys >> j->log)
        j->log++;
    j->buckets = pages_new(sizeof *j->buckets << j->log);
}

void fibjump_free(struct fib_jump *j)
{
    free(j->buckets);
    *j = (struct fib_jump){0};
}

size_t fibjump_bytes(const struct fib_jump *j)
{
    return j->buckets ? sizeof *j->buckets << j->log : 0;
}

bool fibjump_crowded(const struct fib_jump *j)
{
    return j->count > (uint32_t)5 << j->log >> 2;
}

static bool is_free(const struct fib_slot *s)
{
    return !s->starts && s->values[0] == FREE;
}

static struct fib_slot *find(const struct fib_jump *j, uint64_t product)
{
    struct fib_slot *s = fibjump_bucket(j, product);
    for (unsigned i = 0; i < FIB_JUMP_WAYS; i++)
        if (s[i].tag == fibjump_tag(j, product) && !is_free(&s[i]))
            return &s[i];
    return NULL;
}

void fibjump_set(struct fib_jump *j, uint64_t hi, uint64_t starts, const uint16_t *values)
{
    uint64_t product = fibjump_product(hi);
    struct fib_slot *bucket = fibjump_bucket(j, product), *s = find(j, product);
    for (unsigned i = 0; i < FIB_JUMP_WAYS && !s; i++)
        if (is_free(&bucket[i])) {
            s = &bucket[i];
            j->count++;
        }
    if (!s)
        return; // nobody finds it: then the trie is asked
    memset(s, 0, sizeof *s);
    s->tag = fibjump_tag(j, product);
    unsigned runs = popcount_portable(starts);
    if (!runs || runs > FIB_JUMP_VALUES) {
        s->values[0] = ASK;
        return;
    }
    s->starts = starts;
    memcpy(s->values, values, runs * sizeof *values);
}

void fibjump_del(struct fib_jump *j, uint64_t hi)
{
    struct fib_slot *s = find(j, fibjump_product(hi));
    if (!s)
        return;
    memset(s, 0, sizeof *s);
    j->count--;
}

uint16_t fib_lookup6_large(const struct fib *f, struct ip6_addr a)
{
    uint16_t value;
    if (fibjump_find(f->jump, a.hi, &value, f->skill))
        return value;
    uint32_t entry = f->direct[a.hi >> (64 - FIB_DIRECT_BITS)];
    if (entry & FIB_ANSWER)
        return (uint16_t)entry;
    return fib_descend(f, &f->nodes[entry],
                       a.hi << FIB_DIRECT_BITS | a.lo >> (64 - FIB_DIRECT_BITS),
                       a.lo << FIB_DIRECT_BITS);
}
