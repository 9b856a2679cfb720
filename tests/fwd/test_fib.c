// SPDX-License-Identifier: GPL-3.0-or-later
// The FIB against a linear list: random prefixes in clusters, set, replaced, deleted, looked up.
// With FIB_SEED in the environment only that seed runs.
#include "fiblinear.h"
#include "fixture.h"
#include "fwd/fib.h"
#include <stdlib.h>

#define OPERATIONS 100000
#define CLUSTERS   12

struct both {
    struct fib fast;
    struct fiblinear slow;
    struct random random;
    ip4_addr cluster[CLUSTERS];
};

static void start(struct both *b, uint64_t seed)
{
    *b = (struct both){.random = {seed}};
    fib_init(&b->fast);
    for (int i = 0; i < CLUSTERS; i++)
        b->cluster[i] = (ip4_addr)random_next(&b->random);
    b->cluster[0] = 0; // the ends of the address space
    b->cluster[1] = UINT32_MAX;
}

// Close to a cluster: the fewer bits are free, the more prefixes nest and collide.
static ip4_addr some_address(struct both *b)
{
    unsigned free_bits = random_below(&b->random, 33);
    ip4_addr mask = free_bits == 32 ? UINT32_MAX : ((ip4_addr)1 << free_bits) - 1;
    return b->cluster[random_below(&b->random, CLUSTERS)] ^
           ((ip4_addr)random_next(&b->random) & mask);
}

static struct prefix some_prefix(struct both *b)
{
    if (b->slow.count && random_below(&b->random, 3) == 0)
        return b->slow.rows[random_below(&b->random, (uint32_t)b->slow.count)].prefix;
    static const uint8_t usual[] = {8, 16, 19, 20, 22, 23, 24, 24, 24, 32};
    uint8_t len = random_below(&b->random, 2) ? usual[random_below(&b->random, sizeof usual)]
                                              : (uint8_t)random_below(&b->random, 33);
    return prefix_of(some_address(b), len);
}

static unsigned lookups_differ(struct both *b, struct prefix near)
{
    ip4_addr ask[] = {some_address(b), near.addr, near.addr - 1, near.addr | ~prefix_mask(near.len),
                      (near.addr | ~prefix_mask(near.len)) + 1};
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof ask / sizeof ask[0]; i++) {
        uint16_t want = fiblinear_lookup(&b->slow, ask[i]);
        wrong += fib_lookup(&b->fast, ask[i]) != want;
        wrong += fib_match_upto(&b->fast, ask[i], 32) != want;
    }
    return wrong;
}

static unsigned step(struct both *b, size_t keep)
{
    struct prefix p = some_prefix(b);
    uint16_t old = fiblinear_get(&b->slow, p);
    unsigned wrong = fib_get(&b->fast, p) != old;
    if (random_below(&b->random, (uint32_t)(2 * keep)) < b->slow.count) {
        wrong += fib_del(&b->fast, p) != old;
        fiblinear_del(&b->slow, p);
    } else {
        // Few values, so that neighbours often agree and runs of leaves join and split.
        uint16_t value = (uint16_t)(1 + random_below(&b->random, 5));
        wrong += fib_set(&b->fast, p, value) != old;
        fiblinear_set(&b->slow, p, value);
    }
    wrong += fib_count(&b->fast) != b->slow.count;
    return wrong + lookups_differ(b, p);
}

static unsigned run(uint64_t seed, size_t keep, int operations)
{
    struct both b;
    start(&b, seed);
    size_t empty = fib_bytes(&b.fast);
    unsigned wrong = 0;
    for (int i = 0; i < operations && !wrong; i++) {
        wrong = step(&b, keep);
        if (wrong)
            printf("  seed %llu fails at operation %d; rerun: FIB_SEED=%llu\n",
                   (unsigned long long)seed, i, (unsigned long long)seed);
    }
    while (b.slow.count && !wrong) {
        struct prefix p = b.slow.rows[random_below(&b.random, (uint32_t)b.slow.count)].prefix;
        fib_del(&b.fast, p);
        fiblinear_del(&b.slow, p);
        if (b.slow.count % 16 == 0)
            wrong += lookups_differ(&b, p);
    }
    CU_ASSERT_EQUAL(fib_bytes(&b.fast), empty);
    fib_free(&b.fast);
    free(b.slow.rows);
    return wrong;
}

static void against_the_list(void)
{
    const char *only = getenv("FIB_SEED");
    for (uint64_t seed = 1; seed <= 5; seed++) {
        uint64_t use = only ? strtoull(only, NULL, 10) : seed;
        size_t keep = use % 2 ? 300 : 30; // a full table and a nearly empty one
        CU_ASSERT_EQUAL(run(use, keep, OPERATIONS), 0);
        if (only)
            break;
    }
}

static void edges(void)
{
    struct fib f;
    fib_init(&f);
    CU_ASSERT_EQUAL(fib_lookup(&f, 0), 0);
    CU_ASSERT_EQUAL(fib_lookup(&f, UINT32_MAX), 0);
    CU_ASSERT_EQUAL(fib_del(&f, prefix_of(0, 0)), 0);
    CU_ASSERT_EQUAL(fib_set(&f, prefix_of(0, 0), 9), 0);
    CU_ASSERT_EQUAL(fib_lookup(&f, IP4(1, 2, 3, 4)), 9);
    for (int len = 1; len <= 32; len++) // a staircase of all lengths
        fib_set(&f, prefix_of(UINT32_MAX, (uint8_t)len), (uint16_t)(100 + len));
    for (int len = 0; len < 32; len++) // the address that leaves the staircase after `len` bits
        CU_ASSERT_EQUAL(fib_lookup(&f, ~((ip4_addr)1 << (31 - len))), len ? 100 + len : 9);
    CU_ASSERT_EQUAL(fib_lookup(&f, UINT32_MAX), 132);
    CU_ASSERT_EQUAL(fib_set(&f, prefix_of(UINT32_MAX, 7), 65535), 107);
    CU_ASSERT_EQUAL(fib_lookup(&f, ~((ip4_addr)1 << 24)), 65535);
    CU_ASSERT_EQUAL(fib_match_upto(&f, UINT32_MAX, 6), 106);
    CU_ASSERT_EQUAL(fib_get(&f, prefix_of(0, 1)), 0);
    fib_free(&f);
}

// A value that changes high up reaches every slot that inherits it, and no other.
static void default_changes_under_many(void)
{
    struct fib f;
    fib_init(&f);
    struct random r = {5};
    for (int i = 0; i < 2000; i++)
        fib_set(&f, prefix_of((ip4_addr)random_next(&r), 24), 7);
    for (uint16_t value = 20; value < 24; value++) {
        fib_set(&f, prefix_of(0, 0), value);
        unsigned other = 0;
        for (int i = 0; i < 5000; i++) {
            ip4_addr a = (ip4_addr)random_next(&r);
            uint16_t want = fib_get(&f, prefix_of(a, 24)) ? 7 : value;
            other += fib_lookup(&f, a) != want;
        }
        CU_ASSERT_EQUAL(other, 0);
    }
    fib_free(&f);
}

static void small_tables_are_small(void)
{
    struct fib f;
    fib_init(&f);
    size_t empty = fib_bytes(&f);
    for (unsigned i = 0; i < 10; i++)
        fib_set(&f, prefix_of(IP4(10, 0, i, 0), 24), (uint16_t)(i + 1));
    CU_ASSERT(fib_bytes(&f) - empty <= 700);
    fib_free(&f);
}

// A table that shrank gives memory back before it is empty.
static void shrinks(void)
{
    struct fib f;
    fib_init(&f);
    for (unsigned i = 0; i < 20000; i++)
        fib_set(&f, prefix_of(i * 2654435761u, 24), (uint16_t)(1 + i % 7));
    size_t full = fib_bytes(&f);
    for (unsigned i = 100; i < 20000; i++)
        fib_del(&f, prefix_of(i * 2654435761u, 24));
    CU_ASSERT(fib_count(&f) >= 99);
    CU_ASSERT(fib_bytes(&f) < full / 2);
    fib_free(&f);
}

// Prefixes that come and go leave nothing behind while others stay.
static void churn_does_not_grow(void)
{
    struct fib f;
    fib_init(&f);
    struct random r = {6};
    fib_set(&f, prefix_of(0, 0), 1);
    fib_set(&f, prefix_of(IP4(10, 0, 0, 0), 8), 2);
    size_t bytes = 0;
    for (int i = 0; i < 20000; i++) {
        struct prefix p[3];
        for (int k = 0; k < 3; k++) {
            p[k] = prefix_of((ip4_addr)random_next(&r), (uint8_t)(20 + random_below(&r, 13)));
            fib_set(&f, p[k], 3);
        }
        for (int k = 0; k < 3; k++)
            fib_del(&f, p[k]);
        if (i == 100)
            bytes = fib_bytes(&f);
    }
    CU_ASSERT(fib_bytes(&f) <= 2 * bytes);
    CU_ASSERT_EQUAL(fib_count(&f), 2);
    fib_free(&f);
}

static void popcount_forms_agree(void)
{
    struct random r = {3};
    enum bitskill hardware = bitskill_of_cpu();
    for (int i = 0; i < 10000; i++) {
        uint64_t v = random_next(&r) & random_next(&r);
        CU_ASSERT_EQUAL(popcount_portable(v), popcount64(v, hardware));
    }
    CU_ASSERT_EQUAL(popcount_portable(UINT64_MAX), 64);
    CU_ASSERT_EQUAL(popcount_portable(0), 0);
}

// The routes of a node: exact match, replacement and groups behind the ids.
static void routes(void)
{
    struct fwd_node *n = fwd_node_new(&(struct fwd_options){.address = IP4(10, 0, 0, 1)});
    struct prefix p = prefix_of(IP4(10, 1, 0, 0), 16);
    enum fwd_action action;
    uint32_t group;
    CU_ASSERT_FALSE(fwd_route_get(n, p, &action, &group));
    uint32_t pair[] = {8, 3}, same[] = {3, 8};
    uint32_t g = fwd_group(n, pair, 2);
    CU_ASSERT_EQUAL(fwd_group(n, same, 2), g);
    fwd_route_set(n, p, FWD_ACT_FORWARD, g);
    CU_ASSERT(fwd_route_get(n, p, &action, &group));
    CU_ASSERT(action == FWD_ACT_FORWARD && group == g);
    CU_ASSERT_FALSE(fwd_route_get(n, prefix_of(IP4(10, 1, 0, 0), 17), &action, &group));
    CU_ASSERT_FALSE(fwd_route_get(n, prefix_of(IP4(10, 1, 0, 0), 15), &action, &group));
    fwd_route_set(n, p, FWD_ACT_BLACKHOLE, 0);
    CU_ASSERT(fwd_route_get(n, p, &action, &group) && action == FWD_ACT_BLACKHOLE);
    CU_ASSERT_EQUAL(fwd_route_count(n), 1);
    struct fwd_path path;
    CU_ASSERT(fwd_lookup(n, IP4(10, 1, 2, 3), &path) && path.action == FWD_ACT_BLACKHOLE);
    fwd_route_set(n, p, FWD_ACT_FORWARD, fwd_group(n, pair, 2));
    CU_ASSERT(fwd_lookup(n, IP4(10, 1, 2, 3), &path));
    CU_ASSERT(path.count == 2 && path.out_ifs[0] == 3 && path.out_ifs[1] == 8);
    CU_ASSERT_FALSE(fwd_lookup(n, IP4(10, 2, 2, 3), &path));
    fwd_route_del(n, p);
    fwd_route_del(n, p);
    CU_ASSERT_EQUAL(fwd_route_count(n), 0);
    fwd_node_free(n);
}

UNIT_MAIN("fib", {"against-the-list", against_the_list}, {"edges", edges},
          {"default-changes-under-many", default_changes_under_many},
          {"small-tables-are-small", small_tables_are_small}, {"shrinks", shrinks},
          {"churn-does-not-grow", churn_does_not_grow},
          {"popcount-forms-agree", popcount_forms_agree}, {"routes", routes})
