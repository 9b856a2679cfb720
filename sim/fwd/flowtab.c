// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/flowtab.h"

#include <stdlib.h>

#define NONE      UINT32_MAX
#define HASH_SEED 0x51ab1e5du // any; it only has to differ from what ECMP uses

void flowtab_init(struct flowtab *t, uint32_t limit, int64_t idle_ps)
{
    FWD_ASSERT(limit >= 1 && limit <= UINT32_MAX / 4 && idle_ps > 0);
    uint32_t size = 2;
    while (size < 2 * limit) // at most half full, so that probes stay short
        size *= 2;
    *t = (struct flowtab){
        .mask = size - 1, .limit = limit, .idle_ps = idle_ps, .oldest = NONE, .newest = NONE};
    t->entries = fwd_memory_zeroed(limit, sizeof *t->entries);
    t->index = fwd_memory_zeroed(size, sizeof *t->index);
    t->free = NONE;
}

void flowtab_free(struct flowtab *t)
{
    free(t->entries);
    free(t->index);
    *t = (struct flowtab){0};
}

static uint32_t home_of(const struct flowtab *t, const struct flowkey *key)
{
    return flowkey_hash(key, HASH_SEED) & t->mask;
}

// The slot that points at the flow, or the empty one where it would go.
static uint32_t probe(const struct flowtab *t, const struct flowkey *key)
{
    uint32_t s = home_of(t, key);
    while (t->index[s] && !flowkey_equal(&t->entries[t->index[s] - 1].key, key))
        s = (s + 1) & t->mask;
    return s;
}

// Empties slot `hole`, moving back what had probed past it: no tombstones ever.
static void clear_slot(struct flowtab *t, uint32_t hole)
{
    for (uint32_t s = (hole + 1) & t->mask; t->index[s]; s = (s + 1) & t->mask) {
        struct flowtab_entry *e = &t->entries[t->index[s] - 1];
        uint32_t home = home_of(t, &e->key);
        if (((s - home) & t->mask) < ((s - hole) & t->mask))
            continue; // its home lies after the hole
        t->index[hole] = t->index[s];
        e->slot = hole;
        hole = s;
    }
    t->index[hole] = 0;
}

static void detach(struct flowtab *t, const struct flowtab_entry *e)
{
    if (e->older == NONE)
        t->oldest = e->newer;
    else
        t->entries[e->older].newer = e->newer;
    if (e->newer == NONE)
        t->newest = e->older;
    else
        t->entries[e->newer].older = e->older;
}

static void attach(struct flowtab *t, uint32_t i)
{
    struct flowtab_entry *e = &t->entries[i];
    e->older = t->newest;
    e->newer = NONE;
    if (t->newest == NONE)
        t->oldest = i;
    else
        t->entries[t->newest].newer = i;
    t->newest = i;
}

static void drop_oldest(struct flowtab *t)
{
    uint32_t i = t->oldest;
    struct flowtab_entry *e = &t->entries[i];
    clear_slot(t, e->slot);
    detach(t, e);
    e->newer = t->free;
    t->free = i;
    t->count--;
}

static void expire(struct flowtab *t, int64_t now_ps)
{
    while (t->count && now_ps - t->entries[t->oldest].used_ps > t->idle_ps) {
        drop_oldest(t);
        t->expired++;
    }
}

static void touch(struct flowtab *t, uint32_t i, int64_t now_ps)
{
    t->entries[i].used_ps = now_ps;
    if (t->newest == i)
        return;
    detach(t, &t->entries[i]);
    attach(t, i);
}

// Entries never used before follow those in use: no list of them has to be written at the start.
static uint32_t take(struct flowtab *t)
{
    uint32_t i = t->free;
    if (i == NONE)
        return t->count;
    t->free = t->entries[i].newer;
    return i;
}

void flowtab_learn(struct flowtab *t, const struct flowkey *key, ip4_addr pop, int64_t now_ps)
{
    expire(t, now_ps);
    uint32_t slot = probe(t, key);
    if (t->index[slot]) {
        uint32_t i = t->index[slot] - 1;
        t->entries[i].pop = pop;
        touch(t, i, now_ps);
        return;
    }
    if (t->count == t->limit) {
        drop_oldest(t);
        t->evicted++;
        slot = probe(t, key);
    }
    uint32_t i = take(t);
    t->entries[i] =
        (struct flowtab_entry){.key = *key, .pop = pop, .slot = slot, .used_ps = now_ps};
    t->index[slot] = i + 1;
    attach(t, i);
    t->count++;
    t->created++;
}

ip4_addr flowtab_find(struct flowtab *t, const struct flowkey *key, int64_t now_ps)
{
    expire(t, now_ps);
    uint32_t slot = probe(t, key);
    if (!t->index[slot])
        return 0;
    uint32_t i = t->index[slot] - 1;
    touch(t, i, now_ps);
    return t->entries[i].pop;
}
