// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/rng.h"
#include "net/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MOST 3000

static int by_address(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t) * (struct packet *const *)a;
    uintptr_t y = (uintptr_t) * (struct packet *const *)b;
    return (x > y) - (x < y);
}

static void empty(void)
{
    struct packet_pool pool;
    packet_pool_init(&pool);
    CU_ASSERT(pool.live == 0 && pool.nblocks == 0);
    packet_pool_free(&pool);
    packet_pool_free(&pool); // it is as new
}

// Every packet handed out is another one, whole and aligned to a cache line.
static void packets_are_apart(void)
{
    static struct packet *p[MOST];
    struct packet_pool pool;
    unsigned bad = 0;
    packet_pool_init(&pool);
    for (int i = 0; i < MOST; i++) {
        p[i] = packet_take(&pool);
        memset(p[i], i & 255, sizeof *p[i]);
        bad += (uintptr_t)p[i] % 64 != 0;
    }
    CU_ASSERT_EQUAL(pool.live, MOST);
    for (int i = 0; i < MOST; i++)
        for (size_t k = 0; k < sizeof p[i]->bytes; k++)
            bad += p[i]->bytes[k] != (i & 255);
    qsort(p, MOST, sizeof p[0], by_address);
    for (int i = 1; i < MOST; i++)
        bad += (uintptr_t)p[i] - (uintptr_t)p[i - 1] < sizeof *p[i];
    CU_ASSERT_EQUAL(bad, 0);
    packet_pool_free(&pool);
    CU_ASSERT(pool.live == 0 && pool.nblocks == 0);
}

static void given_back_is_taken_again(void)
{
    struct packet_pool pool;
    packet_pool_init(&pool);
    struct packet *a = packet_take(&pool), *b = packet_take(&pool);
    packet_give(&pool, a);
    CU_ASSERT_EQUAL(pool.live, 1);
    CU_ASSERT_PTR_EQUAL(packet_take(&pool), a); // the warm one first
    packet_give(&pool, b);
    packet_give(&pool, a);
    CU_ASSERT_EQUAL(pool.live, 0);
    packet_pool_free(&pool);
}

// Random taking and giving: no packet is out twice, and memory follows the most that were out.
static void random_operations(void)
{
    static struct packet *out[MOST];
    struct packet_pool pool;
    gsl_rng *r = rng_stream(1, "pool", "operations");
    size_t n = 0, most = 0;
    unsigned bad = 0;
    packet_pool_init(&pool);
    for (uint32_t step = 0; step < 200000; step++) {
        if (n < 1300 && gsl_rng_uniform_int(r, 2)) {
            struct packet *p = packet_take(&pool);
            p->flow = (uint32_t)n; // its place among those out
            p->seq = step;
            out[n++] = p;
        } else if (n > 0) {
            size_t i = gsl_rng_uniform_int(r, n);
            bad += out[i]->flow != i;
            packet_give(&pool, out[i]);
            out[i] = out[--n];
            if (i < n)
                out[i]->flow = (uint32_t)i;
        }
        most = n > most ? n : most;
        bad += pool.live != n;
    }
    CU_ASSERT_EQUAL(bad, 0);
    CU_ASSERT(most > 300 && pool.nblocks == (most + 511) / 512);
    packet_pool_free(&pool);
    gsl_rng_free(r);
}

UNIT_MAIN("pool", {"empty", empty}, {"packets_are_apart", packets_are_apart},
          {"given_back_is_taken_again", given_back_is_taken_again},
          {"random_operations", random_operations})
