// SPDX-License-Identifier: GPL-3.0-or-later
// The index under the tables of flows: keys chosen to collide do not, buckets that are full
// nevertheless, and random entering and leaving.
#include "fixture.h"
#include "fwd/flowindex.h"
#include <stdlib.h>

static struct flowkey some_key(void)
{
    return (struct flowkey){.src = ip6_from_ip4(IP4(198, 51, 100, 0)),
                            .dst = ip6_from_ip4(IP4(203, 0, 113, 9)),
                            .ports = 7u << 16 | 443,
                            .protocol = PROTOCOL_UDP};
}

static struct flowkey key_at(uint32_t i)
{
    struct flowkey k = some_key();
    k.src.lo += i;
    return k;
}

static bool holds(const struct flowindex *x, uint32_t hash, uint32_t flow)
{
    struct flowindex_search s = flowindex_begin(x, hash);
    for (uint32_t i = flowindex_next(&s); i != FLOWINDEX_NONE; i = flowindex_next(&s))
        if (i == flow)
            return true;
    return false;
}

// As many flows as there may be, coming and going: who is in is found, who is not is not.
static void turnover(void)
{
    enum { LIMIT = 3000, KEYS = 6000 };
    struct random r = {1};
    struct flowindex x;
    flowindex_init(&x, LIMIT, 3);
    static bool in[KEYS];
    unsigned count = 0, wrong = 0;
    for (int i = 0; i < 200000; i++) {
        uint32_t n = random_below(&r, KEYS);
        struct flowkey k = key_at(n);
        uint32_t hash = flowindex_hash(&x, &k);
        wrong += holds(&x, hash, n) != in[n];
        if (in[n]) {
            flowindex_remove(&x, hash, n);
            count--;
        } else if (count == LIMIT) {
            continue;
        } else {
            wrong += flowindex_put(&x, hash, n) != FLOWINDEX_NONE;
            count++;
        }
        in[n] = !in[n];
    }
    CU_ASSERT(wrong == 0 && count > LIMIT - 200);
    flowindex_free(&x);
}

static unsigned fullest(const struct flowindex *x)
{
    unsigned most = 0;
    for (uint32_t b = 0; b <= x->mask; b++) {
        unsigned taken = 0;
        for (int i = 0; i < FLOWINDEX_PLACES; i++)
            taken += x->buckets[b].hash[i] != 0;
        most = taken > most ? taken : most;
    }
    return most;
}

// Keys that differ in few bits only, as an attacker's do: the fullest bucket is no fuller than by
// chance, and another seed puts the keys elsewhere.
static void hostile_keys(void)
{
    enum { FLOWS = 1 << 16 };
    for (int kind = 0; kind < 5; kind++) {
        struct flowindex x, y;
        flowindex_init(&x, FLOWS, 11);
        flowindex_init(&y, FLOWS, 12);
        unsigned same = 0, displaced = 0;
        for (uint32_t i = 0; i < FLOWS; i++) {
            struct flowkey k = some_key();
            if (kind == 0)
                k.src.lo += i;
            else if (kind == 1)
                k.src.hi = (uint64_t)i << 48;
            else if (kind == 2)
                k.ports = i << 16;
            else if (kind == 3)
                k.src.lo += i, k.dst.lo -= i; // equal sums
            else
                k.src.hi = i, k.dst.hi = i; // equal differences
            uint32_t hash = flowindex_hash(&x, &k);
            same += (hash & x.mask) == (flowindex_hash(&y, &k) & x.mask);
            displaced += flowindex_put(&x, hash, i) != FLOWINDEX_NONE;
        }
        CU_ASSERT_EQUAL(displaced, 0);
        CU_ASSERT(fullest(&x) <= 7);
        CU_ASSERT(same < 20); // 2 by chance
        flowindex_free(&x);
        flowindex_free(&y);
    }
}

// Many flows with one hash: both buckets fill up, then somebody has to leave, and who does is told.
static void full_buckets(void)
{
    struct flowindex x;
    flowindex_init(&x, 1000, 1);
    bool in[40] = {false};
    for (uint32_t i = 0; i < 40; i++) {
        uint32_t left = flowindex_put(&x, 77, i);
        CU_ASSERT_EQUAL(left == FLOWINDEX_NONE, i < 2 * FLOWINDEX_PLACES);
        if (left != FLOWINDEX_NONE) {
            CU_ASSERT_FATAL(left < 40 && in[left]);
            in[left] = false;
        }
        in[i] = true;
    }
    unsigned seen = 0;
    struct flowindex_search s = flowindex_begin(&x, 77);
    for (uint32_t i = flowindex_next(&s); i != FLOWINDEX_NONE; i = flowindex_next(&s), seen++)
        CU_ASSERT(i < 40 && in[i]);
    CU_ASSERT_EQUAL(seen, 2 * FLOWINDEX_PLACES);
    for (uint32_t i = 40; i-- > 0;) {
        if (!in[i])
            continue;
        flowindex_remove(&x, 77, i); // this one and no other
        in[i] = false;
        s = flowindex_begin(&x, 77);
        for (uint32_t k = flowindex_next(&s); k != FLOWINDEX_NONE; k = flowindex_next(&s))
            CU_ASSERT(in[k]);
    }
    s = flowindex_begin(&x, 77);
    CU_ASSERT(flowindex_next(&s) == FLOWINDEX_NONE && fullest(&x) == 0);
    flowindex_free(&x);
}

UNIT_MAIN("flowindex", {"turnover", turnover}, {"hostile-keys", hostile_keys},
          {"full-buckets", full_buckets})
