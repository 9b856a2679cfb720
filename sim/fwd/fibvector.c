// SPDX-License-Identifier: GPL-3.0-or-later
// fibvector: eight addresses go down the trie in the lanes of a register, eight such octets in turns,
// so that the cache misses of one octet overlap with the work of others. Nodes are not gathered
// word by word: eight whole ones are loaded and transposed.
#include "fwd/fibvector.h"

#ifdef FIBVECTOR
#include <immintrin.h>

#define LANES 8
#define FOR_AVX512                                                                                 \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq,bmi,bmi2,popcnt")))
#define INLINE FOR_AVX512 static inline __attribute__((always_inline))

struct octet {
    __m512i key;   // address bits from the node's base on
    __m256i entry; // of the direct level
    __m256i node;  // numbers; of the root where the direct level has answered
    __m256i at;    // of the values found
    __mmask8 here; // lanes in use
    __mmask8 on;   // lanes that still go down the trie
};

struct nodes8 { // the words of eight nodes
    __m512i vector, full, inner, places;
};

INLINE struct nodes8 load8(const struct fib_node *all, __m256i numbers)
{
    uint32_t at[LANES] __attribute__((aligned(32)));
    _mm256_store_si256((__m256i *)at, numbers);
    __m512i pair[4]; // nodes i and i + 4
    for (unsigned i = 0; i < 4; i++) {
        __m256i low = _mm256_load_si256((const __m256i *)&all[at[i]]);
        __m256i high = _mm256_load_si256((const __m256i *)&all[at[i + 4]]);
        pair[i] = _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
    }
    __m512i even01 = _mm512_unpacklo_epi64(pair[0], pair[1]);
    __m512i even23 = _mm512_unpacklo_epi64(pair[2], pair[3]);
    __m512i odd01 = _mm512_unpackhi_epi64(pair[0], pair[1]);
    __m512i odd23 = _mm512_unpackhi_epi64(pair[2], pair[3]);
    const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
    const __m512i second = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    return (struct nodes8){
        .vector = _mm512_permutex2var_epi64(even01, first, even23),
        .full = _mm512_permutex2var_epi64(odd01, first, odd23),
        .inner = _mm512_permutex2var_epi64(even01, second, even23),
        .places = _mm512_permutex2var_epi64(odd01, second, odd23),
    };
}

// fib_answer_at() for eight.
INLINE __m512i answer8(const struct nodes8 *n, __m512i slot, __m512i bit)
{
    const __m512i one = _mm512_set1_epi64(1), top = _mm512_set1_epi64(INT64_MIN);
    __m512i heap = _mm512_add_epi64(slot, _mm512_set1_epi64(64));
    __m512i over = _mm512_set1_epi64((int64_t)1 << 62);
    for (unsigned level = 1; level < FIB_STRIDE; level++)
        over = _mm512_or_epi64(over, _mm512_srlv_epi64(top, _mm512_srli_epi64(heap, level)));
    __m512i match = _mm512_and_epi64(n->inner, over);
    __m512i before = _mm512_andnot_epi64(match, _mm512_sub_epi64(match, one));
    __mmask8 exact = _mm512_test_epi64_mask(n->full, bit);
    __m512i full = _mm512_mask_and_epi64(n->full, exact, n->full, _mm512_sub_epi64(bit, one));
    __m512i inner = _mm512_maskz_and_epi64((__mmask8)~exact, n->inner, before);
    __m512i sum = _mm512_add_epi64(_mm512_popcnt_epi64(full), _mm512_popcnt_epi64(inner));
    return _mm512_add_epi64(_mm512_srli_epi64(n->places, 32), sum);
}

INLINE void prefetch8(const struct fib *f, __m256i numbers)
{
    uint32_t at[LANES] __attribute__((aligned(32)));
    _mm256_store_si256((__m256i *)at, numbers);
    for (unsigned i = 0; i < LANES; i++)
        __builtin_prefetch(&f->nodes[at[i]]);
}

// Looks the direct entries up, or starts at the root.
INLINE void depart(const struct fib *f, struct octet *o, __m512i key, __mmask8 here)
{
    __m256i entry = _mm256_setzero_si256();
    o->here = o->on = here;
    if (f->direct) {
        __m512i at = _mm512_srli_epi64(key, 64 - FIB_DIRECT_BITS);
        entry = _mm512_mask_i64gather_epi32(entry, here, at, f->direct, sizeof *f->direct);
        o->on = here & (__mmask8)~_mm256_movepi32_mask(entry);
        key = _mm512_slli_epi64(key, FIB_DIRECT_BITS);
    }
    o->key = key;
    o->entry = entry;
    o->node = _mm256_maskz_mov_epi32(o->on, entry);
    prefetch8(f, o->node);
}

// One level down. A lane whose slot has no child stays where it is: in the end, when all stay (false
// then), the nodes at hand are the last ones of all lanes, and what they answer is the answer.
// Where the first node is mostly the last (`last`), the answer is computed every time; where it is
// not, the next one is prefetched.
INLINE bool descend(const struct fib *f, struct octet *o, bool last)
{
    const __m512i one = _mm512_set1_epi64(1);
    struct nodes8 n = load8(f->nodes, o->node);
    __m512i slot = _mm512_srli_epi64(o->key, 64 - FIB_STRIDE);
    __m512i bit = _mm512_sllv_epi64(one, slot);
    __mmask8 on = _mm512_mask_test_epi64_mask(o->on, n.vector, bit);
    __m512i before = _mm512_and_epi64(n.vector, _mm512_sub_epi64(bit, one));
    __m512i child = _mm512_add_epi64(n.places, _mm512_popcnt_epi64(before));
    if (last)
        o->at = _mm512_cvtepi64_epi32(answer8(&n, slot, bit));
    o->node = _mm256_mask_mov_epi32(o->node, on, _mm512_cvtepi64_epi32(child));
    o->key = _mm512_mask_slli_epi64(o->key, on, o->key, FIB_STRIDE);
    o->on = on;
    if (!last)
        prefetch8(f, o->node);
    return on;
}

INLINE void answer(const struct fib *f, struct octet *o)
{
    struct nodes8 n = load8(f->nodes, o->node);
    __m512i slot = _mm512_srli_epi64(o->key, 64 - FIB_STRIDE);
    __m512i bit = _mm512_sllv_epi64(_mm512_set1_epi64(1), slot);
    o->at = _mm512_cvtepi64_epi32(answer8(&n, slot, bit));
}

INLINE void arrive(const struct fib *f, const struct octet *o, uint16_t *values)
{
    uint32_t i[LANES] __attribute__((aligned(32)));
    _mm256_store_si256((__m256i *)i, o->at);
    const uint16_t *v = f->values;
    __m128i found = _mm_setr_epi16((short)v[i[0]], (short)v[i[1]], (short)v[i[2]], (short)v[i[3]],
                                   (short)v[i[4]], (short)v[i[5]], (short)v[i[6]], (short)v[i[7]]);
    __mmask8 direct = _mm256_movepi32_mask(o->entry);
    found = _mm_mask_mov_epi16(found, direct, _mm256_cvtepi32_epi16(o->entry));
    if (o->here == 0xff)
        _mm_storeu_si128((__m128i *)values, found);
    else
        _mm_mask_storeu_epi16(values, o->here, found);
}

FOR_AVX512 void fibvector_group(const struct fib *f, const ip4_addr *dst, uint16_t *values,
                                unsigned n)
{
    struct octet octets[FIBVECTOR_MAX / LANES];
    unsigned count = (n + LANES - 1) / LANES;
    for (unsigned i = 0; i < count; i++) {
        __mmask8 here = (__mmask8)_bzhi_u32(0xff, n - i * LANES);
        __m256i a = _mm256_maskz_loadu_epi32(here, dst + i * LANES);
        depart(f, &octets[i], _mm512_slli_epi64(_mm512_cvtepu32_epi64(a), 32), here);
    }
    for (bool on = true; on;) {
        on = false;
        for (unsigned i = 0; i < count; i++)
            on |= descend(f, &octets[i], true);
    }
    for (unsigned i = 0; i < count; i++)
        arrive(f, &octets[i], values + i * LANES);
}

// Lanes that go on past the first half's last whole slot get the bits of the second.
INLINE void refill(struct octet *o, const struct ip6_addr *dst, unsigned base)
{
    uint64_t key[LANES] __attribute__((aligned(64)));
    _mm512_store_si512(key, o->key);
    for (unsigned lanes = o->on; lanes; lanes &= lanes - 1) {
        unsigned k = (unsigned)__builtin_ctz(lanes);
        key[k] = base == 60 ? dst[k].hi << 60 | dst[k].lo >> 4 : dst[k].lo << (base - 64);
    }
    o->key = _mm512_load_si512(key);
}

INLINE __m512i first_halves(const struct ip6_addr *dst, unsigned n)
{
    const __m512i evens = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14);
    __mmask8 low = (__mmask8)_bzhi_u32(0xff, 2 * n);
    __mmask8 high = n > LANES / 2 ? (__mmask8)_bzhi_u32(0xff, 2 * n - LANES) : 0;
    return _mm512_permutex2var_epi64(_mm512_maskz_loadu_epi64(low, dst), evens,
                                     _mm512_maskz_loadu_epi64(high, dst + LANES / 2));
}

FOR_AVX512 void fibvector_group6(const struct fib *f, const struct ip6_addr *dst, uint16_t *values,
                                 unsigned n)
{
    struct octet octets[FIBVECTOR_MAX / LANES];
    unsigned count = (n + LANES - 1) / LANES;
    for (unsigned i = 0; i < count; i++) {
        unsigned left = n - i * LANES;
        depart(f, &octets[i], first_halves(dst + i * LANES, left), (__mmask8)_bzhi_u32(0xff, left));
    }
    bool on = true;
    for (unsigned base = f->direct ? FIB_DIRECT_BITS : 0; on; base += FIB_STRIDE) {
        on = false;
        for (unsigned i = 0; i < count; i++) {
            if (base >= 60)
                refill(&octets[i], dst + i * LANES, base);
            if (octets[i].on)
                on |= descend(f, &octets[i], false);
        }
    }
    for (unsigned i = 0; i < count; i++)
        answer(f, &octets[i]);
    for (unsigned i = 0; i < count; i++)
        arrive(f, &octets[i], values + i * LANES);
}

#endif
