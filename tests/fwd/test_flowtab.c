// SPDX-License-Identifier: GPL-3.0-or-later
// The gateway's flow table: idle timeout to the picosecond, eviction of the
// longest unused, bounded.
#include "fixture.h"
#include "fwd/flowtab.h"
#include <stdlib.h>

#define IDLE_PS INT64_C(1000)

static struct flowkey key_of(uint32_t i)
{
    return (struct flowkey){.src = i, .dst = 9, .ports = 7, .protocol = PROTOCOL_UDP};
}

static void learn(struct flowtab *t, uint32_t i, ip4_addr pop, int64_t now_ps)
{
    struct flowkey k = key_of(i);
    flowtab_learn(t, &k, pop, now_ps);
}

static ip4_addr find(struct flowtab *t, uint32_t i, int64_t now_ps)
{
    struct flowkey k = key_of(i);
    return flowtab_find(t, &k, now_ps);
}

static void remembers(void)
{
    struct flowtab t;
    flowtab_init(&t, 4, IDLE_PS);
    CU_ASSERT_EQUAL(find(&t, 1, 0), 0);
    learn(&t, 1, 11, 0);
    learn(&t, 2, 22, 0);
    CU_ASSERT_EQUAL(find(&t, 1, 5), 11);
    CU_ASSERT_EQUAL(find(&t, 2, 5), 22);
    learn(&t, 1, 33, 6); // it came in by another POP
    CU_ASSERT_EQUAL(find(&t, 1, 6), 33);
    CU_ASSERT(t.created == 2 && t.count == 2 && t.evicted == 0 && t.expired == 0);
    flowtab_free(&t);
}

static void idles_out(void)
{
    struct flowtab t;
    flowtab_init(&t, 4, IDLE_PS);
    learn(&t, 1, 11, 0);
    learn(&t, 2, 22, 10);
    CU_ASSERT_EQUAL(find(&t, 1, IDLE_PS), 11); // not yet; and this is use
    CU_ASSERT_EQUAL(find(&t, 2, IDLE_PS + 11), 0);
    CU_ASSERT_EQUAL(t.expired, 1);
    CU_ASSERT_EQUAL(find(&t, 1, 2 * IDLE_PS), 11);
    learn(&t, 1, 11, 3 * IDLE_PS); // the client's packets are use too
    CU_ASSERT_EQUAL(find(&t, 1, 4 * IDLE_PS), 11);
    CU_ASSERT_EQUAL(find(&t, 1, 5 * IDLE_PS + 1), 0);
    CU_ASSERT(t.count == 0 && t.expired == 2 && t.created == 2);
    flowtab_free(&t);
}

static void evicts_the_longest_unused(void)
{
    struct flowtab t;
    flowtab_init(&t, 3, IDLE_PS);
    for (uint32_t i = 1; i <= 3; i++)
        learn(&t, i, i, i);
    find(&t, 1, 4);
    learn(&t, 4, 4, 5);
    CU_ASSERT_EQUAL(find(&t, 2, 5), 0);
    CU_ASSERT_EQUAL(find(&t, 1, 5), 1);
    CU_ASSERT_EQUAL(find(&t, 3, 5), 3);
    CU_ASSERT_EQUAL(find(&t, 4, 5), 4);
    CU_ASSERT(t.evicted == 1 && t.count == 3);
    flowtab_free(&t);
}

static void bounded(void)
{
    struct flowtab t;
    flowtab_init(&t, 1000, IDLE_PS);
    const struct flowtab_entry *entries = t.entries;
    const uint32_t *index = t.index;
    for (uint32_t i = 1; i <= 100000; i++)
        learn(&t, i, i, 1);
    CU_ASSERT(t.count == 1000 && t.created == 100000 && t.evicted == 99000);
    unsigned wrong = 0;
    for (uint32_t i = 1; i <= 100000; i++)
        wrong += find(&t, i, 1) != (i > 99000 ? i : 0);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(t.entries == entries && t.index == index);
    flowtab_free(&t);
}

// The same against arrays that are simply searched.
static void against_a_list(void)
{
    enum { LIMIT = 24, KEYS = 60 };
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct random r = {seed};
        struct flowtab t;
        flowtab_init(&t, LIMIT, IDLE_PS);
        int64_t used[KEYS], now = 0;
        ip4_addr pop[KEYS] = {0};
        unsigned wrong = 0, live = 0;
        for (int i = 0; i < 50000; i++) {
            now += 1 + random_below(&r, 60); // never twice the same instant: the oldest is one
            for (int k = 0; k < KEYS; k++) {
                if (pop[k] && now - used[k] > IDLE_PS) {
                    pop[k] = 0;
                    live--;
                }
            }
            uint32_t k = random_below(&r, KEYS);
            if (random_below(&r, 2)) {
                wrong += find(&t, k, now) != pop[k];
            } else {
                if (!pop[k] && live == LIMIT) {
                    int oldest = -1;
                    for (int o = 0; o < KEYS; o++)
                        if (pop[o] && (oldest < 0 || used[o] < used[oldest]))
                            oldest = o;
                    pop[oldest] = 0;
                    live--;
                }
                live += !pop[k];
                pop[k] = 1 + random_below(&r, 9);
                learn(&t, k, pop[k], now);
            }
            used[k] = now;
            wrong += t.count != live;
        }
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT_EQUAL(t.created, t.count + t.expired + t.evicted);
        flowtab_free(&t);
    }
}

static void keys(void)
{
    struct packet p;
    packet_build_udp(&p, 1 << 24, 2 << 24, 100, 200, 64, 28, NULL);
    struct flowkey k = flowkey_of(packet_data(&p), p.captured);
    CU_ASSERT(k.src == 1 << 24 && k.dst == 2 << 24 && k.ports == (100u << 16 | 200) &&
              k.protocol == 17);
    struct flowkey back = flowkey_reverse(k);
    CU_ASSERT(back.src == k.dst && back.dst == k.src && back.ports == (200u << 16 | 100));
    packet_build_icmp_echo(&p, 1 << 24, 2 << 24, 77, 1, 64, 28, NULL);
    k = flowkey_of(packet_data(&p), p.captured);
    back = flowkey_reverse(k);
    CU_ASSERT(k.ports == back.ports && k.ports == (77u << 16 | 77));
    p.captured = 24; // the identifier is not there
    CU_ASSERT_EQUAL(flowkey_of(packet_data(&p), p.captured).ports, 0);
}

UNIT_MAIN("flowtab", {"remembers", remembers}, {"idles-out", idles_out},
          {"evicts-the-longest-unused", evicts_the_longest_unused}, {"bounded", bounded},
          {"against-a-list", against_a_list}, {"keys", keys})
