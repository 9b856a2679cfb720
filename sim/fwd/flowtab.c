// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/flowtab.h"

#include <stdlib.h>

#define NONE FLOWLRU_NONE

_Static_assert(sizeof(struct flowtab_entry) == FWD_CACHE_LINE, "an entry is a cache line");

void flowtab_init(struct flowtab *t, uint32_t limit, const struct flowstate_options *times,
                  uint64_t seed)
{
    t->entries = flowindex_array(limit, sizeof *t->entries, &t->memory);
    flowlru_init(&t->lru, limit, times, t->entries, sizeof *t->entries);
    flowindex_init(&t->index, limit, seed);
}

void flowtab_free(struct flowtab *t)
{
    flowlru_free(&t->lru);
    flowindex_free(&t->index);
    free(t->memory);
}

static bool is_of(const struct flowtab_entry *e, const struct flowkey *key)
{
    return ip6_equal(e->src, key->src) && ip6_equal(e->dst, key->dst) &&
           e->flow.ports == key->ports && e->flow.protocol == key->protocol;
}

static uint32_t look_up(const struct flowtab *t, uint32_t hash, const struct flowkey *key)
{
    struct flowindex_search s = flowindex_begin(&t->index, hash);
    uint32_t i = flowindex_next(&s);
    while (i != NONE && fwd_unlikely(!is_of(&t->entries[i], key)))
        i = flowindex_next(&s);
    return i;
}

static void forget(struct flowtab *t, uint32_t i)
{
    const struct flowtab_entry *e = &t->entries[i];
    struct flowkey key = {
        .src = e->src, .dst = e->dst, .ports = e->flow.ports, .protocol = e->flow.protocol};
    flowindex_remove(&t->index, flowindex_hash(&t->index, &key), i);
    flowlru_release(&t->lru, i);
}

static void advance(struct flowtab *t, int64_t now_ps)
{
    flowlru_clock(&t->lru, now_ps);
    for (uint32_t i = flowlru_expired(&t->lru); i != NONE; i = flowlru_expired(&t->lru)) {
        forget(t, i);
        t->lru.expired++;
    }
}

static uint32_t create(struct flowtab *t, uint32_t hash, const struct flowkey *key)
{
    if (t->lru.count == t->lru.limit) {
        forget(t, flowlru_victim(&t->lru, FLOWSTATE_WORTH_LONG));
        t->lru.evicted++;
    }
    uint32_t i = flowlru_take(&t->lru);
    struct flowtab_entry *e = &t->entries[i];
    e->src = key->src;
    e->dst = key->dst;
    e->flow.ports = key->ports;
    e->flow.protocol = (uint8_t)key->protocol;
    uint32_t displaced = flowindex_put(&t->index, hash, i);
    if (fwd_unlikely(displaced != NONE)) {
        flowlru_release(&t->lru, displaced);
        t->lru.evicted++;
    }
    t->lru.created++;
    return i;
}

void flowtab_learn(struct flowtab *t, const struct flowkey *key, uint8_t tcp_flags,
                   struct ip6_addr pop, int64_t now_ps)
{
    uint32_t hash = flowindex_hash(&t->index, key);
    flowindex_prefetch(&t->index, hash);
    advance(t, now_ps);
    uint32_t i = look_up(t, hash, key);
    if (i == NONE)
        i = create(t, hash, key);
    t->entries[i].pop = pop;
    flowlru_use(&t->lru, i, FLOWSTATE_BY_CLIENT, tcp_flags);
}

bool flowtab_find(struct flowtab *t, const struct flowkey *key, uint8_t tcp_flags, int64_t now_ps,
                  struct ip6_addr *pop)
{
    uint32_t hash = flowindex_hash(&t->index, key);
    flowindex_prefetch(&t->index, hash);
    advance(t, now_ps);
    uint32_t i = look_up(t, hash, key);
    if (i == NONE)
        return false;
    *pop = t->entries[i].pop;
    flowlru_use(&t->lru, i, FLOWSTATE_BY_SERVER, tcp_flags);
    return true;
}

bool flowtab_peek(struct flowtab *t, const struct flowkey *key, int64_t now_ps,
                  struct ip6_addr *pop)
{
    advance(t, now_ps);
    uint32_t i = look_up(t, flowindex_hash(&t->index, key), key);
    if (i == NONE)
        return false;
    *pop = t->entries[i].pop;
    return true;
}

void flowtab_warm(const struct flowtab *t, const struct flowkey *keys, unsigned count)
{
    uint32_t hash[FLOWTAB_WARM], flow[FLOWTAB_WARM];
    FWD_ASSERT(count <= FLOWTAB_WARM);
    for (unsigned i = 0; i < count; i++) {
        hash[i] = flowindex_hash(&t->index, &keys[i]);
        flowindex_prefetch(&t->index, hash[i]);
    }
    for (unsigned i = 0; i < count; i++) {
        struct flowindex_search s = flowindex_begin(&t->index, hash[i]);
        flow[i] = flowindex_next(&s);
        if (flow[i] == NONE)
            continue;
        __builtin_prefetch(&t->entries[flow[i]]);
        flowlru_prefetch(&t->lru, flow[i]);
    }
    for (unsigned i = 0; i < count; i++)
        if (flow[i] != NONE)
            flowlru_prefetch_neighbours(&t->lru, flow[i]);
}
