// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/table.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#define EMPTY UINT32_MAX

uint64_t hash_bytes(const void *p, size_t len, uint64_t seed)
{
    const unsigned char *s = p;
    uint64_t h = UINT64_C(0xcbf29ce484222325) ^ seed;
    for (size_t i = 0; i < len; i++) {
        h ^= s[i];
        h *= UINT64_C(0x100000001b3);
    }
    // FNV's high bits mix poorly for short keys: finish as MurmurHash3 does.
    h ^= h >> 33;
    h *= UINT64_C(0xff51afd7ed558ccd);
    h ^= h >> 33;
    h *= UINT64_C(0xc4ceb9fe1a85ec53);
    h ^= h >> 33;
    return h;
}

void table_init(struct table *t)
{
    *t = (struct table){0};
}

void table_free(struct table *t)
{
    for (size_t i = 0; i < t->n; i++)
        free((void *)(uintptr_t)t->items[i].key);
    free(t->items);
    free(t->slots);
    table_init(t);
}

// Slot that holds the key, or the empty one where it belongs.
static size_t find(const struct table *t, const void *key, size_t len, uint32_t hash)
{
    size_t mask = t->nslots - 1;
    for (size_t s = hash & mask;; s = (s + 1) & mask) {
        uint32_t i = t->slots[s];
        if (i == EMPTY)
            return s;
        const struct table_item *it = &t->items[i];
        if (it->hash == hash && it->len == len && memcmp(it->key, key, len) == 0)
            return s;
    }
}

static void rehash(struct table *t)
{
    t->nslots = t->nslots ? t->nslots * 2 : 16;
    t->slots = xrealloc(t->slots, t->nslots * sizeof *t->slots);
    memset(t->slots, 0xff, t->nslots * sizeof *t->slots);
    for (size_t i = 0; i < t->n; i++) {
        const struct table_item *it = &t->items[i];
        t->slots[find(t, it->key, it->len, it->hash)] = (uint32_t)i;
    }
}

bool table_put(struct table *t, const void *key, size_t len, uint64_t value)
{
    uint32_t hash = (uint32_t)hash_bytes(key, len, 0);
    if (t->n * 4 >= t->nslots * 3)
        rehash(t);
    size_t s = find(t, key, len, hash);
    if (t->slots[s] != EMPTY) {
        t->items[t->slots[s]].value = value;
        return false;
    }
    if (t->n == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 16;
        t->items = xrealloc(t->items, t->cap * sizeof *t->items);
    }
    void *copy = xmalloc(len + 1);
    memcpy(copy, key, len);
    ((char *)copy)[len] = '\0';
    t->items[t->n] = (struct table_item){copy, (uint32_t)len, hash, value};
    t->slots[s] = (uint32_t)t->n++;
    return true;
}

bool table_get(const struct table *t, const void *key, size_t len, uint64_t *value)
{
    if (t->nslots == 0)
        return false;
    size_t s = find(t, key, len, (uint32_t)hash_bytes(key, len, 0));
    if (t->slots[s] == EMPTY)
        return false;
    if (value)
        *value = t->items[t->slots[s]].value;
    return true;
}

bool table_put_name(struct table *t, const char *name, uint64_t value)
{
    return table_put(t, name, strlen(name), value);
}

bool table_get_name(const struct table *t, const char *name, uint64_t *value)
{
    return table_get(t, name, strlen(name), value);
}
