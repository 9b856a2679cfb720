// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/adjacency.h"

#include "fwd/fwd.h"
#include <stdlib.h>

#define ENTRIES_MAX 65536u // a FIB leaf has 16 bits
#define CHAINS      (sizeof((struct adjacency_table *)0)->chains / sizeof(uint16_t))

void adjacency_init(struct adjacency_table *t)
{
    *t = (struct adjacency_table){.used = ADJACENCY_ID_FIRST, .capacity = 2 * ADJACENCY_ID_FIRST};
    t->entries = fwd_memory_zeroed(t->capacity, sizeof *t->entries);
    t->refs = fwd_memory_zeroed(t->capacity, sizeof *t->refs);
    t->entries[ADJACENCY_ID_LOCAL].kind = ADJACENCY_LOCAL;
    t->entries[ADJACENCY_ID_BLACKHOLE].kind = ADJACENCY_BLACKHOLE;
}

static void release_members(struct adjacency *a)
{
    free((void *)(uintptr_t)a->members);
    a->members = NULL;
}

void adjacency_free(struct adjacency_table *t)
{
    for (uint32_t i = 0; i < t->used; i++)
        release_members(&t->entries[i]);
    free(t->entries);
    free(t->refs);
    *t = (struct adjacency_table){0};
}

static uint16_t take(struct adjacency_table *t)
{
    uint16_t id = t->free;
    if (id) {
        t->free = t->entries[id].next;
        return id;
    }
    FWD_ASSERT(t->used < ENTRIES_MAX);
    if (t->used == t->capacity) {
        t->capacity *= 2;
        t->entries = fwd_memory_resize(t->entries, t->capacity, sizeof *t->entries);
        t->refs = fwd_memory_resize(t->refs, t->capacity, sizeof *t->refs);
    }
    return (uint16_t)t->used++;
}

static size_t chain_of(const uint32_t *members, int count)
{
    uint32_t h = (uint32_t)count;
    for (int i = 0; i < count; i++)
        h = (h ^ members[i]) * 0x9e3779b1u;
    return (h >> 16) % CHAINS;
}

static const uint32_t *members_of(const struct adjacency *a)
{
    return a->count == 1 ? &a->index : a->members;
}

// Ascending, by insertion: sixteen at most.
static void sort(uint32_t *v, int count)
{
    for (int i = 1; i < count; i++) {
        uint32_t x = v[i];
        int j = i;
        for (; j > 0 && v[j - 1] > x; j--)
            v[j] = v[j - 1];
        v[j] = x;
    }
}

uint16_t adjacency_group(struct adjacency_table *t, const uint32_t *out_ifs, int count)
{
    FWD_ASSERT(count >= 1 && count <= FWD_MAX_ECMP);
    uint32_t sorted[FWD_MAX_ECMP];
    size_t size = (size_t)count * sizeof *sorted;
    memcpy(sorted, out_ifs, size);
    sort(sorted, count);
    uint16_t *chain = &t->chains[chain_of(sorted, count)];
    for (uint16_t i = *chain; i; i = t->entries[i].next)
        if (t->entries[i].count == count && !memcmp(members_of(&t->entries[i]), sorted, size))
            return i;
    uint32_t *members = NULL;
    if (count > 1) {
        members = fwd_memory_zeroed((size_t)count, sizeof *members);
        memcpy(members, sorted, size);
    }
    uint16_t id = take(t);
    t->entries[id] = (struct adjacency){.kind = ADJACENCY_FORWARD,
                                        .count = (uint8_t)count,
                                        .next = *chain,
                                        .index = sorted[0],
                                        .members = members};
    t->refs[id] = 0;
    *chain = id;
    return id;
}

uint16_t adjacency_eip(struct adjacency_table *t, uint32_t binding)
{
    uint16_t id = take(t);
    t->entries[id] = (struct adjacency){.kind = ADJACENCY_EIP, .index = binding};
    t->refs[id] = 0;
    return id;
}

void adjacency_ref(struct adjacency_table *t, uint16_t id)
{
    if (id >= ADJACENCY_ID_FIRST)
        t->refs[id]++;
}

static void unchain(struct adjacency_table *t, uint16_t id)
{
    const struct adjacency *a = &t->entries[id];
    uint16_t *link = &t->chains[chain_of(members_of(a), a->count)];
    while (*link != id)
        link = &t->entries[*link].next;
    *link = a->next;
}

void adjacency_unref(struct adjacency_table *t, uint16_t id)
{
    if (id < ADJACENCY_ID_FIRST)
        return;
    FWD_ASSERT(t->refs[id] > 0);
    if (--t->refs[id])
        return;
    struct adjacency *a = &t->entries[id];
    if (a->kind == ADJACENCY_FORWARD)
        unchain(t, id);
    release_members(a);
    *a = (struct adjacency){.kind = ADJACENCY_FREE, .next = t->free};
    t->free = id;
}
