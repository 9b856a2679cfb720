// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/rng.h"
#include "base/table.h"

#include <stdio.h>
#include <string.h>

#define KEYS 2000

static void absent_and_present(void)
{
    struct table t;
    uint64_t v = 9;
    table_init(&t);
    CU_ASSERT_FALSE(table_get_name(&t, "x", &v));
    CU_ASSERT(table_put_name(&t, "x", 1));
    CU_ASSERT(table_get_name(&t, "x", &v) && v == 1);
    CU_ASSERT_FALSE(table_put_name(&t, "x", UINT64_MAX)); // replaced
    CU_ASSERT(table_get_name(&t, "x", &v) && v == UINT64_MAX);
    CU_ASSERT(table_get_name(&t, "x", NULL));
    v = 9;
    CU_ASSERT_FALSE(table_get_name(&t, "y", &v) || table_get_name(&t, "", &v));
    CU_ASSERT_FALSE(table_get_name(&t, "xx", &v));
    CU_ASSERT_EQUAL(v, 9);
    CU_ASSERT_EQUAL(t.n, 1);
    table_free(&t);
    CU_ASSERT_FALSE(table_get_name(&t, "x", &v));
    CU_ASSERT(table_put_name(&t, "x", 2)); // and may be used again
    table_free(&t);
}

// Keys are bytes: NULs count, and one may be the beginning of another or empty.
static void keys_are_bytes(void)
{
    static const char bytes[] = "a\0b\0c";
    struct table t;
    table_init(&t);
    for (uint64_t len = 0; len <= 5; len++)
        CU_ASSERT(table_put(&t, bytes, len, len));
    for (uint64_t len = 0; len <= 5; len++) {
        uint64_t v = 99;
        CU_ASSERT(table_get(&t, bytes, len, &v) && v == len);
    }
    CU_ASSERT_FALSE(table_get(&t, "a\0x", 3, NULL));
    table_free(&t);
}

static void keys_are_copied(void)
{
    struct table t;
    char key[] = "beijing";
    table_init(&t);
    table_put_name(&t, key, 1);
    memset(key, 'x', sizeof key - 1);
    CU_ASSERT(table_get_name(&t, "beijing", NULL));
    CU_ASSERT_FALSE(table_get_name(&t, key, NULL));
    CU_ASSERT(t.items[0].len == 7 && memcmp(t.items[0].key, "beijing", 8) == 0);
    table_free(&t);
}

// Random puts and gets against an array; iteration in order of first insertion.
static void against_an_array(void)
{
    struct table t;
    static uint64_t value[KEYS];
    static bool in[KEYS];
    static uint32_t order[KEYS];
    uint32_t n = 0, bad = 0;
    gsl_rng *r = rng_stream(1, "table", "keys");
    table_init(&t);
    for (int step = 0; step < 100000; step++) {
        uint32_t k = (uint32_t)gsl_rng_uniform_int(r, KEYS);
        uint64_t v = 0;
        if (gsl_rng_uniform_int(r, 3)) {
            bad += table_get(&t, &k, sizeof k, &v) != in[k] || (in[k] && v != value[k]);
            continue;
        }
        value[k] = gsl_rng_get(r);
        bad += table_put(&t, &k, sizeof k, value[k]) == in[k];
        if (!in[k])
            order[n++] = k;
        in[k] = true;
        bad += t.n != n;
    }
    CU_ASSERT_EQUAL(n, KEYS);
    for (uint32_t i = 0; i < n; i++)
        bad += memcmp(t.items[i].key, &order[i], sizeof order[i]) != 0 ||
               t.items[i].value != value[order[i]];
    CU_ASSERT_EQUAL(bad, 0);
    table_free(&t);
    gsl_rng_free(r);
}

// The hash goes into results (the input's hash): it must not change.
static void hash_is_stable(void)
{
    CU_ASSERT_EQUAL(hash_bytes("", 0, 0), UINT64_C(0xefd01f60ba992926));
    CU_ASSERT_EQUAL(hash_bytes("beijing", 7, 0), UINT64_C(0x9a15760529d67877));
    CU_ASSERT_EQUAL(hash_bytes("beijing", 7, 42), UINT64_C(0xd04c7dd21b67aaa));
    CU_ASSERT_EQUAL(hash_bytes("beijingx", 7, 0), hash_bytes("beijing", 7, 0));
    CU_ASSERT_NOT_EQUAL(hash_bytes("beijing", 7, 0), hash_bytes("beijing", 8, 0));
}

// A flipped bit of the key changes every bit of the hash in about half of the cases.
static void hash_avalanche(void)
{
    unsigned changed[64] = {0}, trials = 0;
    for (uint32_t k = 0; k < 2000; k++)
        for (uint32_t bit = 0; bit < 32; bit++, trials++) {
            uint32_t other = k ^ UINT32_C(1) << bit;
            uint64_t d = hash_bytes(&k, sizeof k, 0) ^ hash_bytes(&other, sizeof other, 0);
            for (unsigned b = 0; b < 64; b++)
                changed[b] += (unsigned)(d >> b & 1);
        }
    for (unsigned b = 0; b < 64; b++)
        CU_ASSERT(changed[b] > 0.48 * trials && changed[b] < 0.52 * trials);
}

UNIT_MAIN("table", {"absent_and_present", absent_and_present}, {"keys_are_bytes", keys_are_bytes},
          {"keys_are_copied", keys_are_copied}, {"against_an_array", against_an_array},
          {"hash_is_stable", hash_is_stable}, {"hash_avalanche", hash_avalanche})
