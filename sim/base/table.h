// SPDX-License-Identifier: GPL-3.0-or-later
// table: a hash map from bytes (usually a name) to a 64-bit value.
//
// Open addressing, keys copied into the table's own memory. Iteration is in order of insertion, so
// no result ever depends on a hash. Not thread-safe.
#ifndef ANYSIM_BASE_TABLE_H
#define ANYSIM_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_item {
    const void *key; // owned by the table
    uint32_t len;
    uint32_t hash;
    uint64_t value;
};

struct table {
    struct table_item *items; // in order of insertion; `n` of them
    size_t n, cap;
    uint32_t *slots; // private
    size_t nslots;
};

void table_init(struct table *t);
void table_free(struct table *t);

// Sets key to value. Returns true when the key is new, false when it replaced a value.
bool table_put(struct table *t, const void *key, size_t len, uint64_t value);
// Returns true and stores the value when the key is present (value may be NULL).
bool table_get(const struct table *t, const void *key, size_t len, uint64_t *value);

// The same with a NUL-terminated name as key.
bool table_put_name(struct table *t, const char *name, uint64_t value);
bool table_get_name(const struct table *t, const char *name, uint64_t *value);

// 64-bit hash of bytes (FNV-1a with a finaliser); stable across machines and versions.
uint64_t hash_bytes(const void *p, size_t len, uint64_t seed);

#endif
