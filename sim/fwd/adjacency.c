// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/adjacency.h"

#include "fwd/group.h"
#include <stdlib.h>

#define ENTRIES_MAX      65536u // a FIB leaf has 16 bits
#define CAPACITY_AT_ONCE 16u    // a power of two, as are all capacities

_Static_assert(ADJACENCY_ID_FIRST <= CAPACITY_AT_ONCE, "the fixed entries fit");

struct adjacency_cold {
    uint32_t refs;
    uint32_t hash; // of what the entry is known by
    uint16_t next; // FREE: next free entry; else next in the hash chain; 0 ends both
    bool chained;
    bool held;
};

// What an entry is known by: a list of next hops, the members of a group, or a number.
struct content {
    enum adjacency_kind kind;
    uint32_t index;
    int count;
    const uint32_t *list;
    const struct group_shape *shape;
};

static void allocate(struct adjacency_table *t, uint32_t capacity)
{
    t->entries = fwd_memory_resize(t->entries, capacity, sizeof *t->entries);
    t->cold = fwd_memory_resize(t->cold, capacity, sizeof *t->cold);
    t->chains = fwd_memory_resize(t->chains, capacity, sizeof *t->chains);
    t->capacity = capacity;
}

static uint16_t *chain_of(const struct adjacency_table *t, uint32_t hash)
{
    return &t->chains[hash & (t->capacity - 1)];
}

static void chain(struct adjacency_table *t, uint16_t id)
{
    uint16_t *first = chain_of(t, t->cold[id].hash);
    t->cold[id].next = *first;
    *first = id;
}

static void chain_all(struct adjacency_table *t)
{
    memset(t->chains, 0, t->capacity * sizeof *t->chains);
    for (uint32_t i = ADJACENCY_ID_FIRST; i < t->used; i++)
        if (t->cold[i].chained)
            chain(t, (uint16_t)i);
}

static void fix(struct adjacency_table *t, uint32_t id, enum adjacency_kind kind, uint32_t index)
{
    t->entries[id] = (struct adjacency){.kind = (uint8_t)kind, .index = index};
    t->cold[id] = (struct adjacency_cold){0};
}

void adjacency_init(struct adjacency_table *t)
{
    *t = (struct adjacency_table){.used = ADJACENCY_ID_FIRST};
    allocate(t, CAPACITY_AT_ONCE);
    chain_all(t);
    fix(t, ADJACENCY_ID_NONE, ADJACENCY_NONE, 0);
    fix(t, ADJACENCY_ID_LOCAL, ADJACENCY_LOCAL, 0);
    fix(t, ADJACENCY_ID_BLACKHOLE, ADJACENCY_BLACKHOLE, 0);
    for (uint32_t i = 0; i <= FWD_REJECT_PROHIBITED; i++)
        fix(t, ADJACENCY_ID_REJECT + i, ADJACENCY_REJECT, i);
    for (uint32_t i = 0; i <= FWD_SID_END_DT46; i++)
        fix(t, ADJACENCY_ID_SID + i, ADJACENCY_SID, i);
}

// A resilient group keeps its group when a single member needs none for choosing.
static bool has_group(const struct adjacency *a)
{
    return a->kind == ADJACENCY_FORWARD && !a->list && a->group;
}

static void release_members(struct adjacency *a)
{
    if (has_group(a))
        group_free(a->group);
    else if (a->list)
        free(a->members);
}

void adjacency_free(struct adjacency_table *t)
{
    for (uint32_t i = 0; i < t->used; i++)
        release_members(&t->entries[i]);
    free(t->entries);
    free(t->cold);
    free(t->chains);
    *t = (struct adjacency_table){0};
}

static uint16_t take(struct adjacency_table *t)
{
    uint16_t id = t->free;
    if (id) {
        t->free = t->cold[id].next;
        return id;
    }
    FWD_ASSERT(t->used < ENTRIES_MAX);
    if (t->used == t->capacity) {
        allocate(t, 2 * t->capacity);
        chain_all(t);
    }
    return (uint16_t)t->used++;
}

static uint32_t mix(uint32_t hash, uint32_t value)
{
    uint64_t x = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(x >> 32) ^ (uint32_t)x;
}

static uint32_t hash_of(const struct content *c)
{
    uint32_t hash = mix(mix((uint32_t)c->kind, c->index), (uint32_t)c->count);
    if (c->list)
        for (int i = 0; i < c->count; i++)
            hash = mix(hash, c->list[i]);
    if (c->shape) {
        hash = mix(hash, (uint32_t)c->shape->how);
        for (int i = 0; i < c->count; i++) {
            const struct group_member *m = &c->shape->members[i];
            hash = mix(mix(hash, m->nexthop), m->weight);
            hash = mix(mix(hash, (uint32_t)m->id), (uint32_t)(m->id >> 32));
        }
    }
    return hash;
}

static bool matches(const struct adjacency *a, const struct content *c)
{
    if (a->kind != c->kind || a->count != c->count || a->index != c->index)
        return false;
    if (c->shape)
        return has_group(a) && group_is(a->group, c->shape);
    if (c->list)
        return a->list && !memcmp(a->members, c->list, (size_t)c->count * sizeof *c->list);
    return true;
}

static struct adjacency make(const struct content *c)
{
    struct adjacency a = {.kind = (uint8_t)c->kind, .count = (uint8_t)c->count, .index = c->index};
    if (c->list) {
        size_t size = (size_t)c->count * sizeof *c->list;
        a.list = true;
        a.members = fwd_memory_zeroed(1, size);
        memcpy(a.members, c->list, size);
    }
    if (c->shape) {
        a.how = (uint8_t)c->shape->how;
        a.group = group_new(c->shape, 0);
    }
    return a;
}

// The entry with this content; a new one when there is none.
static uint16_t intern(struct adjacency_table *t, const struct content *c)
{
    uint32_t hash = hash_of(c);
    for (uint16_t i = *chain_of(t, hash); i; i = t->cold[i].next)
        if (t->cold[i].hash == hash && matches(&t->entries[i], c))
            return i;
    uint16_t id = take(t);
    t->entries[id] = make(c);
    t->cold[id] = (struct adjacency_cold){.hash = hash, .chained = true};
    chain(t, id);
    return id;
}

// Ascending, by insertion: 64 at most.
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

uint16_t adjacency_group(struct adjacency_table *t, const uint32_t *nexthops, int count)
{
    FWD_ASSERT(count >= 1 && count <= FWD_MAX_ECMP);
    uint32_t sorted[FWD_MAX_ECMP];
    memcpy(sorted, nexthops, (size_t)count * sizeof *sorted);
    sort(sorted, count);
    return intern(t, &(struct content){.kind = ADJACENCY_FORWARD,
                                       .index = sorted[0],
                                       .count = count,
                                       .list = count > 1 ? sorted : NULL});
}

uint16_t adjacency_group_weighted(struct adjacency_table *t, enum fwd_select how,
                                  const struct fwd_member *members, int count)
{
    FWD_ASSERT(how != FWD_SELECT_RESILIENT);
    struct group_shape s;
    group_shape_of(&s, how, members, count);
    if (s.how == FWD_SELECT_THRESHOLD && s.total <= FWD_MAX_ECMP) {
        uint32_t list[FWD_MAX_ECMP];
        group_list(s.members, s.count, s.total, list);
        return adjacency_group(t, list, (int)s.total);
    }
    return intern(t, &(struct content){.kind = ADJACENCY_FORWARD,
                                       .index = s.members[0].nexthop,
                                       .count = s.count,
                                       .shape = &s});
}

uint16_t adjacency_group_resilient(struct adjacency_table *t, uint32_t buckets,
                                   const struct fwd_member *members, int count)
{
    struct group_shape s;
    group_shape_of(&s, FWD_SELECT_RESILIENT, members, count);
    uint16_t id = take(t);
    t->entries[id] = (struct adjacency){.kind = ADJACENCY_FORWARD,
                                        .count = (uint8_t)s.count,
                                        .how = FWD_SELECT_RESILIENT,
                                        .index = s.members[0].nexthop,
                                        .group = group_new(&s, buckets)};
    t->cold[id] = (struct adjacency_cold){.refs = 1, .held = true};
    return id;
}

void adjacency_group_update(struct adjacency_table *t, uint16_t id,
                            const struct fwd_member *members, int count)
{
    FWD_ASSERT(id < t->used);
    struct adjacency *a = &t->entries[id];
    FWD_ASSERT(a->kind == ADJACENCY_FORWARD && a->how == FWD_SELECT_RESILIENT);
    struct group_shape s;
    group_shape_of(&s, FWD_SELECT_RESILIENT, members, count);
    group_update(a->group, &s);
    a->count = (uint8_t)s.count;
    a->index = s.members[0].nexthop;
}

uint16_t adjacency_eip(struct adjacency_table *t, uint32_t binding)
{
    return intern(t, &(struct content){.kind = ADJACENCY_EIP, .index = binding});
}

uint16_t adjacency_tunnel(struct adjacency_table *t, uint32_t tunnel)
{
    return intern(t, &(struct content){.kind = ADJACENCY_TUNNEL, .index = tunnel});
}

static bool in_use(const struct adjacency_table *t, uint16_t id)
{
    return id < t->used && t->entries[id].kind != ADJACENCY_FREE;
}

void adjacency_ref(struct adjacency_table *t, uint16_t id)
{
    FWD_ASSERT(in_use(t, id));
    if (id >= ADJACENCY_ID_FIRST)
        t->cold[id].refs++;
}

static void unchain(struct adjacency_table *t, uint16_t id)
{
    uint16_t *link = chain_of(t, t->cold[id].hash);
    while (*link != id)
        link = &t->cold[*link].next;
    *link = t->cold[id].next;
}

void adjacency_unref(struct adjacency_table *t, uint16_t id)
{
    FWD_ASSERT(in_use(t, id));
    if (id < ADJACENCY_ID_FIRST)
        return;
    FWD_ASSERT(t->cold[id].refs > 0);
    if (--t->cold[id].refs)
        return;
    if (t->cold[id].chained)
        unchain(t, id);
    release_members(&t->entries[id]);
    t->entries[id] = (struct adjacency){.kind = ADJACENCY_FREE};
    t->cold[id] = (struct adjacency_cold){.next = t->free};
    t->free = id;
}

void adjacency_release(struct adjacency_table *t, uint16_t id)
{
    FWD_ASSERT(id >= ADJACENCY_ID_FIRST && in_use(t, id) && t->cold[id].held);
    t->cold[id].held = false;
    adjacency_unref(t, id);
}

int adjacency_nexthops(const struct adjacency *a, uint32_t out[FWD_MAX_ECMP])
{
    FWD_ASSERT(a->kind == ADJACENCY_FORWARD);
    if (a->list) {
        memcpy(out, a->members, a->count * sizeof *out);
        return a->count;
    }
    if (!a->group) {
        out[0] = a->index;
        return 1;
    }
    return group_nexthops(a->group, out);
}

uint32_t adjacency_select_group(const struct adjacency *a, uint32_t hash)
{
    return group_select(a->group, hash);
}

size_t adjacency_bytes(const struct adjacency_table *t)
{
    size_t bytes = t->capacity * (sizeof *t->entries + sizeof *t->cold + sizeof *t->chains);
    for (uint32_t i = 0; i < t->used; i++) {
        const struct adjacency *a = &t->entries[i];
        if (has_group(a))
            bytes += group_bytes(a->group);
        else if (a->list)
            bytes += a->count * sizeof *a->members;
    }
    return bytes;
}
