// SPDX-License-Identifier: GPL-3.0-or-later
// The FIB of both families: 10⁶ random operations each against a linear list, as a small table, a large
// one, and one that keeps becoming either; full tables, and what fib.h promises of memory and
// shape. With FIB_SEED in the environment only that seed runs.
#include "fibops.h"
#include "unit.h"

#define LIST  20000u // operations from one seed
#define LISTS 50u

static struct prefix ip4_prefix(ip4_addr a, uint8_t len)
{
    return (struct prefix){a & prefix_mask(len), len};
}

static void against_the_list(bool six)
{
    const char *only = getenv("FIB_SEED");
    unsigned bad = 0;
    for (uint64_t seed = 1; seed <= LISTS && !bad; seed++) {
        uint64_t use = only ? strtoull(only, NULL, 10) : seed;
        size_t keep = use % 10 == 0 ? 300 : use % 2 ? 60 : 8;
        uint32_t appears = use % 3 == 0 ? 2 : (uint32_t)(use % 3 == 1 ? keep : 65536);
        bad += !fibops_run(six, appears, use, LIST, keep);
        if (only)
            break;
    }
    CU_ASSERT_EQUAL(bad, 0);
}

static void against_the_list4(void)
{
    against_the_list(false);
}

static void against_the_list6(void)
{
    against_the_list(true);
}

static struct ip6_addr within(uint64_t *random, struct prefix6 p, bool six)
{
    struct ip6_addr m = ip6_mask(p.len);
    return fibtest_cut(six, (struct ip6_addr){p.addr.hi | (fibtable_random(random) & ~m.hi),
                                              p.addr.lo | (fibtable_random(random) & ~m.lo)});
}

// Every node is right, and some addresses answer what a search through the whole list does.
static void look_at_large(const struct fibtest *t, const struct fiblinear *slow, uint64_t *random)
{
    CU_ASSERT_EQUAL(fibcheck(&t->fib), 0);
    CU_ASSERT_EQUAL(fib_count(&t->fib), slow->count);
    struct ip6_addr a[FIBOPS_BULK];
    uint16_t want[FIBOPS_BULK];
    for (unsigned i = 0; i < FIBOPS_BULK; i++) {
        size_t which = fibtable_below(random, (uint32_t)slow->count);
        a[i] = within(random, slow->rows[which].prefix, t->six);
        want[i] = fiblinear_match(slow, a[i], 128);
        CU_ASSERT_EQUAL(fibtest_lookup(t, a[i]), want[i]);
    }
    CU_ASSERT_EQUAL(fibtest_bulk_differs(t, a, want, FIBOPS_BULK), 0);
}

// Short prefixes come and go over what is there: ranges of what large tables have.
static void play_short(struct fibtest *t, struct fiblinear *slow, uint64_t *random)
{
    struct prefix6 p[30];
    for (unsigned i = 0; i < 30; i++) {
        const struct fiblinear_row *r = &slow->rows[fibtable_below(random, (uint32_t)slow->count)];
        p[i] = fibtable_prefix(r->prefix.addr.hi, 0, (uint8_t)fibtable_below(random, 20));
        CU_ASSERT_EQUAL(fibtest_set(t, p[i], 777), fiblinear_get(slow, p[i]));
        fiblinear_set(slow, p[i], 777);
    }
    look_at_large(t, slow, random);
    for (unsigned i = 0; i < 30; i++) {
        CU_ASSERT_EQUAL(fibtest_del(t, p[i]), fiblinear_get(slow, p[i]));
        fiblinear_del(slow, p[i]);
    }
    look_at_large(t, slow, random);
}

static bool is_large(const struct fibtest *t)
{
    return t->six ? t->fib.direct && t->fib.jump : t->fib.places != NULL;
}

// Up over the size at which a table becomes a large one, down below the one at which it is a small one
// again, twice.
static void crosses_thresholds(bool six)
{
    const size_t n = 80000, few = 3000;
    const size_t looks[] = {10, 60000, 65600, 70000, n};
    struct prefix6 *table = fibtable_new(six, n, 2);
    uint64_t random = 3;
    struct fibtest t;
    fibtest_init(&t, six);
    struct fiblinear slow = {.rows = malloc((n + 40) * sizeof *slow.rows), .room = n + 40};
    for (int round = 0; round < 2; round++) {
        for (size_t next = 0; next < sizeof looks / sizeof looks[0]; next++) {
            for (size_t i = slow.count; i < looks[next]; i++) {
                fibtest_set(&t, table[i], (uint16_t)(1 + i % 99));
                slow.rows[slow.count++] = (struct fiblinear_row){table[i], (uint16_t)(1 + i % 99)};
            }
            look_at_large(&t, &slow, &random);
        }
        CU_ASSERT(is_large(&t));
        for (size_t next = sizeof looks / sizeof looks[0]; next--;) {
            while (slow.count > looks[next] / 2 + few)
                fibtest_del(&t, slow.rows[--slow.count].prefix);
            look_at_large(&t, &slow, &random);
            CU_ASSERT_EQUAL(is_large(&t), slow.count >= 32768);
        }
        if (round == 0)
            continue;
        for (size_t i = slow.count; i < n; i++) {
            fibtest_set(&t, table[i], 5);
            slow.rows[slow.count++] = (struct fiblinear_row){table[i], 5};
        }
        play_short(&t, &slow, &random);
    }
    fib_free(&t.fib);
    free(slow.rows);
    free(table);
}

static void crosses_thresholds4(void)
{
    crosses_thresholds(false);
}

static void crosses_thresholds6(void)
{
    crosses_thresholds(true);
}

// Neighbours that all answer otherwise, one after the other: as many runs in a /16 or a /32 as there can
// be, and more than large tables keep; among them the value that sends to the trie, and longer ones.
static void crowds(bool six)
{
    const unsigned n = six ? 400 : 256;
    struct fibtest t;
    struct fiblinear slow = {0};
    uint64_t random = 9;
    fibtest_init(&t, six);
    t.fib.trie->appears = 2;
    for (int round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 2 * n; i++) {
            uint64_t step = i / 2 * 37 % n; // each once
            uint64_t addr =
                six ? 0x20010db800000000u | step << 16 : 0x0a01000000000000u | step << 40;
            struct prefix6 p = {{addr, 0}, (uint8_t)((six ? 48 : 24) + (i % 2 && step % 8 == 0))};
            uint16_t value = step % 5 == 3 ? UINT16_MAX : (uint16_t)(1 + step % 200);
            uint16_t old = fiblinear_get(&slow, p);
            CU_ASSERT_EQUAL(round ? fibtest_del(&t, p) : fibtest_set(&t, p, value), old);
            if (round)
                fiblinear_del(&slow, p);
            else
                fiblinear_set(&slow, p, value);
            if (i % 16 == 0 && slow.count)
                look_at_large(&t, &slow, &random);
        }
    }
    CU_ASSERT_EQUAL(fib_count(&t.fib), 0);
    fib_free(&t.fib);
    free(slow.rows);
}

static void crowds4(void)
{
    crowds(false);
}

static void crowds6(void)
{
    crowds(true);
}

static void edges(void)
{
    struct fib f;
    fib_init(&f);
    CU_ASSERT_EQUAL(fib_lookup(&f, 0), 0);
    CU_ASSERT_EQUAL(fib_lookup(&f, UINT32_MAX), 0);
    CU_ASSERT_EQUAL(fib_del(&f, ip4_prefix(0, 0)), 0);
    CU_ASSERT_EQUAL(fib_set(&f, ip4_prefix(0, 0), 9), 0);
    CU_ASSERT_EQUAL(fib_lookup(&f, IP4(1, 2, 3, 4)), 9);
    for (int len = 1; len <= 32; len++) // a staircase of all lengths
        fib_set(&f, ip4_prefix(UINT32_MAX, (uint8_t)len), (uint16_t)(100 + len));
    for (int len = 0; len < 32; len++) // the address that leaves the staircase after `len` bits
        CU_ASSERT_EQUAL(fib_lookup(&f, ~((ip4_addr)1 << (31 - len))), len ? 100 + len : 9);
    CU_ASSERT_EQUAL(fib_lookup(&f, UINT32_MAX), 132);
    CU_ASSERT_EQUAL(fib_set(&f, ip4_prefix(UINT32_MAX, 7), 65535), 107);
    CU_ASSERT_EQUAL(fib_lookup(&f, ~((ip4_addr)1 << 24)), 65535);
    CU_ASSERT_EQUAL(fib_match_upto(&f, UINT32_MAX, 6), 106);
    CU_ASSERT_EQUAL(fib_match_upto(&f, UINT32_MAX, -1), 0);
    CU_ASSERT_EQUAL(fib_get(&f, ip4_prefix(0, 1)), 0);
    fib_lookup_bulk(&f, NULL, NULL, 0);
    fib_free(&f);
}

static void edges6(void)
{
    const struct ip6_addr ones = {UINT64_MAX, UINT64_MAX};
    struct fib f;
    fib_init6(&f);
    CU_ASSERT_EQUAL(fib_lookup6(&f, ones), 0);
    for (unsigned len = 0; len <= 128; len++)
        fib_set6(&f, fibtable_prefix(ones.hi, ones.lo, (uint8_t)len), (uint16_t)(100 + len));
    for (unsigned len = 0; len < 128; len++) {
        struct ip6_addr upto = ip6_mask((uint8_t)len), next = ip6_mask((uint8_t)(len + 1));
        struct ip6_addr a = {ones.hi ^ upto.hi ^ next.hi, ones.lo ^ upto.lo ^ next.lo};
        CU_ASSERT_EQUAL(fib_lookup6(&f, a), 100 + len);
        CU_ASSERT_EQUAL(fib_match_upto6(&f, ones, (int)len), 100 + len);
    }
    CU_ASSERT_EQUAL(fib_lookup6(&f, ones), 228);
    CU_ASSERT_EQUAL(fibcheck(&f), 0);
    fib_free(&f);
}

// A value that changes high up reaches every slot that inherits it, and no other.
static void default_changes_under_many(void)
{
    struct fib f;
    fib_init(&f);
    uint64_t r = 5;
    for (int i = 0; i < 2000; i++)
        fib_set(&f, ip4_prefix((ip4_addr)fibtable_random(&r), 24), 7);
    for (uint16_t value = 20; value < 24; value++) {
        fib_set(&f, ip4_prefix(0, 0), value);
        unsigned other = 0;
        for (int i = 0; i < 5000; i++) {
            ip4_addr a = (ip4_addr)fibtable_random(&r);
            uint16_t want = fib_get(&f, ip4_prefix(a, 24)) ? 7 : value;
            other += fib_lookup(&f, a) != want;
        }
        CU_ASSERT_EQUAL(other, 0);
    }
    fib_free(&f);
}

static void small_tables_are_small(void)
{
    struct fib f, g;
    fib_init(&f);
    fib_init6(&g);
    CU_ASSERT(fib_bytes(&f) <= 300);
    CU_ASSERT_EQUAL(fib_bytes(&f), fib_bytes(&g));
    for (unsigned i = 0; i < 10; i++)
        fib_set(&f, ip4_prefix(IP4(10, 0, i, 0), 24), (uint16_t)(i + 1));
    CU_ASSERT(fib_bytes(&f) <= 500);
    for (unsigned i = 0; i < 10; i++)
        fib_set6(&g, fibtable_prefix(0x20010db800000000 + 0x10000 * i, 0, 48), 7);
    CU_ASSERT(fib_bytes(&g) <= 700);
    fib_free(&f);
    fib_free(&g);
}

static void full_tables_are_compact(void)
{
    const size_t sizes[] = {1000000, 200000};
    const size_t most_bytes[] = {16000000, 24000000};
    for (int six = 0; six < 2; six++) {
        struct fibtest t;
        fibtest_init(&t, six);
        struct prefix6 *table = fibtable_new(six, sizes[six], 4);
        for (size_t i = 0; i < sizes[six]; i++)
            fibtest_set(&t, table[i], (uint16_t)(1 + i % 1000));
        CU_ASSERT_EQUAL(fib_count(&t.fib), sizes[six]);
        CU_ASSERT(fib_bytes(&t.fib) < most_bytes[six]);
        CU_ASSERT_EQUAL(fibcheck(&t.fib), 0);
        fib_free(&t.fib);
        free(table);
    }
}

// A table that shrank gives memory back before it is empty.
static void shrinks(void)
{
    struct fib f;
    fib_init(&f);
    for (unsigned i = 0; i < 20000; i++)
        fib_set(&f, ip4_prefix(i * 2654435761u, 24), (uint16_t)(1 + i % 7));
    size_t full = fib_bytes(&f);
    for (unsigned i = 100; i < 20000; i++)
        fib_del(&f, ip4_prefix(i * 2654435761u, 24));
    CU_ASSERT(fib_count(&f) >= 99);
    CU_ASSERT(fib_bytes(&f) < full / 10);
    fib_free(&f);
}

// Prefixes that come and go leave nothing behind while others stay.
static void churn_does_not_grow(void)
{
    struct fib f;
    fib_init(&f);
    uint64_t r = 6;
    fib_set(&f, ip4_prefix(0, 0), 1);
    fib_set(&f, ip4_prefix(IP4(10, 0, 0, 0), 8), 2);
    size_t bytes = 0;
    for (int i = 0; i < 20000; i++) {
        struct prefix p[3];
        for (int k = 0; k < 3; k++) {
            p[k] =
                ip4_prefix((ip4_addr)fibtable_random(&r), (uint8_t)(20 + fibtable_below(&r, 13)));
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

// Two ways to the same prefixes give the same nodes.
static void shape_depends_on_prefixes_alone(void)
{
    for (int six = 0; six < 2; six++) {
        const size_t n = 20000;
        struct prefix6 *table = fibtable_new(six, 2 * n, 7);
        struct fibtest once, twice;
        fibtest_init(&once, six);
        fibtest_init(&twice, six);
        for (size_t i = 0; i < n; i++)
            fibtest_set(&once, table[i], (uint16_t)(1 + i % 9));
        for (size_t i = 2 * n; i--;)
            fibtest_set(&twice, table[i], (uint16_t)(20 + i % 9));
        CU_ASSERT_FALSE(fibcheck_same(&once.fib, 0, &twice.fib, 0));
        for (size_t i = n; i < 2 * n; i++)
            fibtest_del(&twice, table[i]);
        for (size_t i = n; i--;)
            fibtest_set(&twice, table[i], (uint16_t)(1 + i % 9));
        CU_ASSERT(fibcheck_same(&once.fib, 0, &twice.fib, 0));
        fib_free(&once.fib);
        fib_free(&twice.fib);
        free(table);
    }
}

struct visited {
    const struct fibtest *t;
    struct prefix6 last;
    uint32_t count, stop_after;
    unsigned wrong;
};

static bool visit6(void *arg, struct prefix6 p, uint16_t value)
{
    struct visited *v = arg;
    v->wrong += v->count && prefix6_compare(v->last, p) >= 0;
    v->wrong += !value || fibtest_get(v->t, p) != value;
    v->last = p;
    return ++v->count != v->stop_after;
}

static bool visit4(void *arg, struct prefix p, uint16_t value)
{
    return visit6(arg, (struct prefix6){{(uint64_t)p.addr << 32, 0}, p.len}, value);
}

static bool walk(const struct fibtest *t, struct visited *v)
{
    return t->six ? fib_walk6(&t->fib, visit6, v) : fib_walk(&t->fib, visit4, v);
}

static void walks_in_order(void)
{
    for (int six = 0; six < 2; six++) {
        struct fibtest t;
        fibtest_init(&t, six);
        struct visited none = {.t = &t};
        CU_ASSERT(walk(&t, &none));
        CU_ASSERT_EQUAL(none.count, 0);
        struct prefix6 *table = fibtable_new(six, 5000, 8);
        for (size_t i = 0; i < 5000; i++)
            fibtest_set(&t, table[i], (uint16_t)(1 + i));
        for (unsigned len = 0; len <= (six ? 128 : 32); len++) // nested ones, and both ends
            fibtest_set(&t, fibtable_prefix(0, 0, (uint8_t)len), 6000);
        fibtest_set(&t,
                    six ? (struct prefix6){{UINT64_MAX, UINT64_MAX}, 128}
                        : (struct prefix6){{0xffffffff00000000u, 0}, 32},
                    6001);
        struct visited all = {.t = &t}, some = {.t = &t, .stop_after = 17};
        CU_ASSERT(walk(&t, &all));
        CU_ASSERT_EQUAL(all.count, fib_count(&t.fib));
        CU_ASSERT_FALSE(walk(&t, &some));
        CU_ASSERT_EQUAL(some.count, 17);
        CU_ASSERT_EQUAL(all.wrong + some.wrong, 0);
        fib_free(&t.fib);
        free(table);
    }
}

static void popcount_forms_agree(void)
{
    uint64_t r = 3;
    enum bitskill skill = bitskill_of_cpu();
    for (int i = 0; i < 10000; i++) {
        uint64_t v = fibtable_random(&r) & fibtable_random(&r);
        CU_ASSERT_EQUAL(popcount_portable(v), popcount64(v, skill));
    }
    CU_ASSERT_EQUAL(popcount_portable(UINT64_MAX), 64);
    CU_ASSERT_EQUAL(popcount_portable(0), 0);
}

UNIT_MAIN("fib", {"against-the-list", against_the_list4},
          {"against-the-list-ipv6", against_the_list6}, {"crosses-thresholds", crosses_thresholds4},
          {"crosses-thresholds-ipv6", crosses_thresholds6}, {"crowds", crowds4},
          {"crowds-ipv6", crowds6}, {"edges", edges}, {"edges-ipv6", edges6},
          {"default-changes-under-many", default_changes_under_many},
          {"small-tables-are-small", small_tables_are_small},
          {"full-tables-are-compact", full_tables_are_compact}, {"shrinks", shrinks},
          {"churn-does-not-grow", churn_does_not_grow},
          {"shape-depends-on-prefixes-alone", shape_depends_on_prefixes_alone},
          {"walks-in-order", walks_in_order}, {"popcount-forms-agree", popcount_forms_agree})
