// SPDX-License-Identifier: GPL-3.0-or-later
// Next-hop groups: one entry for equal lists, counted, and flows spread evenly and stably.
#include "fixture.h"
#include "fwd/adjacency.h"

#define FLOWS 100000

static void equal_lists_are_one(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    uint32_t a[] = {1, 2, 3}, b[] = {3, 1, 2}, c[] = {1, 2}, d[] = {1, 2, 2};
    uint16_t id = adjacency_group(&t, a, 3);
    CU_ASSERT(id >= ADJACENCY_ID_FIRST);
    CU_ASSERT_EQUAL(adjacency_group(&t, b, 3), id);
    CU_ASSERT_NOT_EQUAL(adjacency_group(&t, c, 2), id);
    CU_ASSERT_NOT_EQUAL(adjacency_group(&t, d, 3), id);
    CU_ASSERT_EQUAL(adjacency_group(&t, c, 1), adjacency_group(&t, a, 1));
    adjacency_free(&t);
}

static void references(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    uint32_t a[] = {7, 9};
    uint16_t id = adjacency_group(&t, a, 2);
    adjacency_ref(&t, id);
    adjacency_ref(&t, id);
    adjacency_unref(&t, id);
    CU_ASSERT_EQUAL(t.entries[id].kind, ADJACENCY_FORWARD);
    adjacency_unref(&t, id);
    CU_ASSERT_EQUAL(t.entries[id].kind, ADJACENCY_FREE);
    uint32_t b[] = {4};
    CU_ASSERT_EQUAL(adjacency_group(&t, b, 1), id); // the number serves again
    adjacency_ref(&t, ADJACENCY_ID_LOCAL);
    adjacency_unref(&t, ADJACENCY_ID_LOCAL);
    CU_ASSERT_EQUAL(t.entries[ADJACENCY_ID_LOCAL].kind, ADJACENCY_LOCAL);
    adjacency_free(&t);
}

// Routes that come and go leave no group behind.
static void groups_do_not_pile_up(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    struct random r = {4};
    uint16_t held[50] = {0};
    for (int i = 0; i < 20000; i++) {
        uint32_t m[FWD_MAX_ECMP];
        int count = 1 + (int)random_below(&r, FWD_MAX_ECMP);
        for (int k = 0; k < count; k++)
            m[k] = random_below(&r, 40);
        uint16_t id = adjacency_group(&t, m, count);
        adjacency_ref(&t, id);
        uint16_t *slot = &held[random_below(&r, 50)];
        adjacency_unref(&t, *slot);
        *slot = id;
    }
    CU_ASSERT(t.used <= ADJACENCY_ID_FIRST + 51);
    adjacency_free(&t);
}

static uint32_t pick(const struct adjacency *a, ip4_addr src, uint16_t port, uint32_t seed)
{
    struct packet p;
    packet_build_udp(&p, src, IP4(203, 0, 113, 1), port, 53, 64, 28, NULL);
    return adjacency_select(a, packet_data(&p), p.captured, seed);
}

// Every member within 5 % of its fair share, for flows that differ little, whatever the seed.
static void even_spread(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    uint32_t m[] = {0, 1, 2, 3};
    const struct adjacency *a = &t.entries[adjacency_group(&t, m, 4)];
    for (uint32_t seed = 0; seed < 4; seed++) {
        unsigned hits[4] = {0}, moved = 0;
        for (unsigned i = 0; i < FLOWS; i++) {
            ip4_addr src = IP4(10, 0, 0, 0) + i / 100;
            uint16_t port = (uint16_t)(1024 + i % 100);
            uint32_t out = pick(a, src, port, seed);
            hits[out]++;
            moved += out != pick(a, src, port, seed);
        }
        CU_ASSERT_EQUAL(moved, 0);
        for (int k = 0; k < 4; k++)
            CU_ASSERT(hits[k] > FLOWS / 4 * 95 / 100 && hits[k] < FLOWS / 4 * 105 / 100);
    }
    adjacency_free(&t);
}

// What one node sends to member 0, the next node, with another seed, spreads again.
static void no_polarisation(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    uint32_t m[] = {0, 1, 2, 3};
    const struct adjacency *a = &t.entries[adjacency_group(&t, m, 4)];
    unsigned hits[4] = {0}, total = 0;
    for (unsigned i = 0; i < FLOWS; i++) {
        if (pick(a, IP4(10, 0, 0, 0) + i, 4000, 1) != 0)
            continue;
        total++;
        hits[pick(a, IP4(10, 0, 0, 0) + i, 4000, 2)]++;
    }
    for (int k = 0; k < 4; k++)
        CU_ASSERT(hits[k] > total / 4 * 95 / 100 && hits[k] < total / 4 * 105 / 100);
    adjacency_free(&t);
}

// One bit of the key moves about half of the hash.
static void avalanche(void)
{
    struct random r = {8};
    for (unsigned bit = 0; bit < 8 * 16 + 32; bit++) {
        unsigned flipped = 0;
        for (int i = 0; i < 500; i++) {
            struct flowkey k = {.src = (uint32_t)random_next(&r),
                                .dst = (uint32_t)random_next(&r),
                                .ports = (uint32_t)random_next(&r),
                                .protocol = (uint8_t)random_next(&r)};
            uint32_t seed = 7, before = flowkey_hash(&k, seed);
            uint32_t *word[] = {&k.src, &k.dst, &k.ports, &k.protocol, &seed};
            if (bit / 32 == 3 && bit % 32 >= 8)
                continue; // a protocol number has 8 bits
            *word[bit / 32] ^= 1u << bit % 32;
            flipped += (unsigned)__builtin_popcount(before ^ flowkey_hash(&k, seed));
        }
        if (flipped)
            CU_ASSERT(flipped > 500 * 32 * 40 / 100 && flipped < 500 * 32 * 60 / 100);
    }
}

static void weights_and_fragments(void)
{
    struct adjacency_table t;
    adjacency_init(&t);
    uint32_t m[] = {5, 5, 5, 6};
    const struct adjacency *a = &t.entries[adjacency_group(&t, m, 4)];
    unsigned five = 0;
    for (unsigned i = 0; i < FLOWS; i++)
        five += pick(a, IP4(10, 0, 0, 0) + i, 1, 3) == 5;
    CU_ASSERT(five > FLOWS * 73 / 100 && five < FLOWS * 77 / 100);

    // All fragments of a datagram go the same way, with ports in sight or not.
    struct packet p;
    for (uint16_t port = 1; port < 50; port++) {
        packet_build_udp(&p, 1 << 24, 2 << 24, port, 1, 64, 28, NULL);
        be16_put(packet_data(&p) + IP4_FRAGMENT, IP4_MORE_FRAGMENTS);
        uint32_t first = adjacency_select(a, packet_data(&p), p.captured, 1);
        be16_put(packet_data(&p) + IP4_FRAGMENT, 10);
        CU_ASSERT_EQUAL(first, adjacency_select(a, packet_data(&p), p.captured, 1));
    }
    adjacency_free(&t);
}

UNIT_MAIN("adjacency", {"equal-lists-are-one", equal_lists_are_one}, {"references", references},
          {"groups-do-not-pile-up", groups_do_not_pile_up}, {"even-spread", even_spread},
          {"no-polarisation", no_polarisation}, {"avalanche", avalanche},
          {"weights-and-fragments", weights_and_fragments})
