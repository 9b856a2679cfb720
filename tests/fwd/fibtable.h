// SPDX-License-Identifier: GPL-3.0-or-later
// fibtable: made-up tables with the lengths and the clustering of a full BGP table, for
// benchmarks and tests that need a large FIB.
//
// IPv4: six of ten prefixes are /24; long ones lie in some 20,000 of the /16s and in runs of
// neighbours, as providers cut their blocks up. IPv6: prefixes longer than /32 lie in runs within
// 16,000 blocks of the registries. No prefix comes twice; the order is random.
#ifndef ANYSIM_TESTS_FIBTABLE_H
#define ANYSIM_TESTS_FIBTABLE_H

#include "base/ip6.h"
#include <stdlib.h>

static inline uint64_t fibtable_random(uint64_t *state) // splitmix64
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline uint32_t fibtable_below(uint64_t *state, uint32_t n)
{
    return (uint32_t)((fibtable_random(state) >> 32) * n >> 32);
}

struct fibtable_share {
    uint8_t len;
    uint16_t share; // of 10,000
};

static inline uint8_t fibtable_length(uint64_t *state, const struct fibtable_share *s)
{
    uint32_t at = fibtable_below(state, 10000);
    for (; at >= s->share; s++)
        at -= s->share;
    return s->len;
}

static inline int fibtable_compare(const void *a, const void *b)
{
    return prefix6_compare(*(const struct prefix6 *)a, *(const struct prefix6 *)b);
}

// Sorts, drops doubles; returns how many are left.
static inline size_t fibtable_unique(struct prefix6 *p, size_t n)
{
    size_t left = 0;
    qsort(p, n, sizeof *p, fibtable_compare);
    for (size_t i = 0; i < n; i++)
        if (!left || !prefix6_equal(p[left - 1], p[i]))
            p[left++] = p[i];
    return left;
}

static inline struct prefix6 fibtable_prefix(uint64_t hi, uint64_t lo, uint8_t len)
{
    struct ip6_addr m = ip6_mask(len);
    return (struct prefix6){{hi & m.hi, lo & m.lo}, len};
}

// A run goes on at the next prefix of the same length with probability 3/4.
static inline bool fibtable_next(uint64_t *state, const struct prefix6 *last, struct prefix6 *out)
{
    if (fibtable_below(state, 4) == 0 || last->len == 0 || last->len > 64)
        return false;
    *out = fibtable_prefix(last->addr.hi + ((uint64_t)1 << (64 - last->len)), 0, last->len);
    return true;
}

static inline struct prefix6 fibtable_any4(uint64_t *state, const struct prefix6 *last)
{
    static const struct fibtable_share shares[] = {
        {24, 6000}, {23, 1000}, {22, 1150}, {21, 530}, {20, 500}, {19, 300}, {18, 160},
        {17, 90},   {16, 150},  {15, 25},   {14, 15},  {13, 8},   {12, 4},   {11, 2},
        {10, 1},    {9, 1},     {8, 2},     {25, 20},  {29, 12},  {32, 30}};
    uint8_t len = fibtable_length(state, shares);
    struct prefix6 p;
    if (last->len == len && len > 16 && fibtable_next(state, last, &p))
        return p;
    uint32_t block = (1u << 24) + fibtable_below(state, 223u << 24); // 1.0.0.0 to 223.255.255.255
    if (len > 16) { // one of the blocks that are cut up
        uint64_t which = fibtable_below(state, 20000);
        block = (uint32_t)(fibtable_random(&which) >> 32) % (223u << 24) + (1u << 24);
        block = (block & 0xffff0000u) | fibtable_below(state, 1u << 16);
    }
    return fibtable_prefix((uint64_t)block << 32, 0, len);
}

static inline struct prefix6 fibtable_any6(uint64_t *state, const struct prefix6 *last)
{
    static const struct fibtable_share shares[] = {
        {48, 4500}, {32, 1250}, {44, 1150}, {40, 950}, {36, 500}, {46, 350}, {47, 280}, {33, 200},
        {29, 170},  {45, 150},  {42, 150},  {34, 80},  {38, 70},  {35, 50},  {30, 40},  {31, 30},
        {28, 30},   {41, 10},   {64, 20},   {56, 10},  {20, 4},   {24, 5},   {128, 1}};
    static const uint16_t registries[] = {
        0x2001, 0x2400, 0x2401, 0x2402, 0x2403, 0x2404, 0x2405, 0x2406, 0x2407, 0x2600,
        0x2602, 0x2604, 0x2605, 0x2606, 0x2607, 0x2620, 0x2800, 0x2801, 0x2803, 0x2804,
        0x2a00, 0x2a01, 0x2a02, 0x2a03, 0x2a04, 0x2a05, 0x2a06, 0x2a07, 0x2a09, 0x2a0a,
        0x2a0b, 0x2a0c, 0x2a0d, 0x2a0e, 0x2a0f, 0x2a10, 0x2a12, 0x2a13, 0x2a14, 0x2c0f};
    const uint32_t count = sizeof registries / sizeof registries[0];
    uint8_t len = fibtable_length(state, shares);
    struct prefix6 p;
    if (last->len == len && len > 32 && fibtable_next(state, last, &p))
        return p;
    uint64_t which = fibtable_below(state, 16000);
    uint64_t block = len > 32 ? fibtable_random(&which) : fibtable_random(state);
    uint64_t hi = (uint64_t)registries[(block >> 40) % count] << 48 | (block & 0xffff) << 32 |
                  fibtable_random(state) >> 32;
    return fibtable_prefix(hi, fibtable_random(state), len);
}

// A table of `n` prefixes, IPv4 ones left-aligned in the upper 32 bits; free() it.
static inline struct prefix6 *fibtable_new(bool six, size_t n, uint64_t seed)
{
    size_t room = n + n / 4 + 1, have = 0; // some come twice
    struct prefix6 *p = malloc(room * sizeof *p), last = {{0, 0}, 0};
    if (!p)
        abort();
    while (have < n) {
        for (size_t i = have; i < room; i++)
            p[i] = last = six ? fibtable_any6(&seed, &last) : fibtable_any4(&seed, &last);
        have = fibtable_unique(p, room);
    }
    for (size_t i = 0; i < n; i++) {
        size_t other = i + fibtable_below(&seed, (uint32_t)(have - i));
        struct prefix6 swap = p[i];
        p[i] = p[other];
        p[other] = swap;
    }
    return p;
}

static inline struct prefix fibtable_ip4(struct prefix6 p)
{
    return (struct prefix){(ip4_addr)(p.addr.hi >> 32), p.len};
}

#endif
