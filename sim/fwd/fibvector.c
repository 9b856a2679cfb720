// SPDX-License-Identifier: GPL-3.0-or-later
// fibvector: through a small table's trie eight addresses go down in the lanes of a register, eight such
// octets in turns, so that the cache misses of one octet overlap with the work of others. Nodes
// are not gathered word by word: eight whole ones are loaded and transposed.
#include "fwd/fibvector.h"

#include "fwd/fibjump.h"

#ifdef FIBVECTOR
#include <immintrin.h>

#define LANES 8
#define FOR_AVX512                                                                                 \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq,bmi,bmi2,popcnt")))
#define INLINE FOR_AVX512 static inline __attribute__((always_inline))

struct octet {
    __m512i key;   // address bits from the node's base on
    __m256i node;  // numbers
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

INLINE void depart(const struct fib *f, struct octet *o, __m512i key, __mmask8 here)
{
    o->here = o->on = here;
    o->key = key;
    o->node = _mm256_setzero_si256();
    __builtin_prefetch(f->nodes);
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
    for (unsigned base = 0; on; base += FIB_STRIDE) {
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

// --- Large tables

// Addresses whose /16 has several answers.
struct left {
    unsigned n;
    uint32_t who[FIBVECTOR_MAX + 16], slot[FIBVECTOR_MAX + 16];
    uint32_t line[FIBVECTOR_MAX + 16];
};

// Sixteen at once look up what their /16 has.
INLINE void places16(const struct fib *f, struct left *l, const ip4_addr *dst, unsigned i,
                     unsigned n, uint16_t *values)
{
    const __m512i count = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i three = _mm512_set1_epi32(3);
    __mmask16 here = (__mmask16)_bzhi_u32(0xffff, n - i);
    __m512i a = _mm512_maskz_loadu_epi32(here, dst + i);
    __m512i at = _mm512_srli_epi32(a, 32 - FIB_RUNS_BITS);
    __m512i place = _mm512_mask_i32gather_epi32(a, here, at, f->places, sizeof *f->places);
    _mm256_mask_storeu_epi16(values + i, here, _mm512_cvtepi32_epi16(place));
    __mmask16 on = here & (__mmask16)~_mm512_movepi32_mask(place);
    __m512i quarter = _mm512_and_si512(_mm512_srli_epi32(a, 32 - FIB_DIRECT_BITS), three);
    __m512i line = _mm512_add_epi32(_mm512_srli_epi32(place, FIB_RUNS_LOG),
                                    _mm512_mullo_epi32(quarter, _mm512_and_si512(place, three)));
    __m512i who = _mm512_add_epi32(count, _mm512_set1_epi32((int)i));
    _mm512_storeu_si512(l->line + l->n, _mm512_maskz_compress_epi32(on, line));
    _mm512_storeu_si512(l->slot + l->n, _mm512_maskz_compress_epi32(on, _mm512_srli_epi32(a, 8)));
    _mm512_storeu_si512(l->who + l->n, _mm512_maskz_compress_epi32(on, who));
    l->n += (unsigned)_mm_popcnt_u32(on);
}

FOR_AVX512 uint64_t fibvector_runs(const struct fib *f, const ip4_addr *dst, uint16_t *values,
                                   unsigned n)
{
    struct left l;
    uint64_t ask = 0;
    l.n = 0;
    for (unsigned i = 0; i < n; i += 16)
        places16(f, &l, dst, i, n, values);
    for (unsigned k = 0; k < l.n; k++)
        __builtin_prefetch(&f->runs[l.line[k]]);
    for (unsigned k = 0; k < l.n; k++) {
        unsigned run = fib_run(f->runs[l.line[k]].starts, l.slot[k] & 63, BITSKILL_AVX512);
        uint16_t value = ((const uint16_t *)f->runs)[fib_runs_value(l.line[k], run)];
        values[l.who[k]] = value;
        ask |= (uint64_t)(value == FIB_RUNS_ASK) << l.who[k];
    }
    return ask;
}

// fibjump_where(): four ways compared at once.
INLINE uint32_t where(const struct fib_bucket *b, uint32_t key)
{
    __m128i keys = _mm_loadu_si128((const __m128i *)b->key);
    unsigned ways = _mm_cmpeq_epi32_mask(keys, _mm_set1_epi32((int)key));
    uint32_t found = b->where[_tzcnt_u32(ways) % FIB_JUMP_WAYS];
    return ways ? found : FIB_JUMP_ONE | FIB_JUMP_ASK;
}

// fibjump_answer() for at most two lines: how many runs start at the block or before, the first aside.
INLINE uint16_t answer_of(const uint32_t *runs, unsigned lines, uint32_t block)
{
    __m512i upto = _mm512_set1_epi32((int)(block << 16 | UINT16_MAX));
    __mmask16 one = (__mmask16)(lines ? 0xfffe : 0), two = (__mmask16)(lines > 1 ? 0xffff : 0);
    __m512i first = _mm512_maskz_loadu_epi32(one, runs);
    __m512i second = _mm512_maskz_loadu_epi32(two, runs + FIB_JUMP_RUNS);
    unsigned begun = _mm512_mask_cmple_epu32_mask(one, first, upto);
    begun |= (unsigned)_mm512_mask_cmple_epu32_mask(two, second, upto) << FIB_JUMP_RUNS;
    return (uint16_t)runs[_mm_popcnt_u32(begun)];
}

FOR_AVX512 uint64_t fibvector_jump(const struct fib *f, const struct ip6_addr *dst,
                                   uint16_t *values, unsigned n)
{
    const struct fib_bucket *bucket[FIBVECTOR_MAX];
    const uint32_t *runs[FIBVECTOR_MAX];
    uint32_t found[FIBVECTOR_MAX];
    uint64_t ask = 0;
    for (unsigned i = 0; i < n; i++) {
        bucket[i] = fibjump_bucket(f->jump, (uint32_t)(dst[i].hi >> 32));
        __builtin_prefetch(bucket[i]);
    }
    for (unsigned i = 0; i < n; i++) {
        found[i] = where(bucket[i], (uint32_t)(dst[i].hi >> 32));
        runs[i] = fibjump_runs(f->jump, &found[i]);
        __builtin_prefetch(runs[i]);
        __builtin_prefetch(runs[i] + FIB_JUMP_RUNS);
    }
    for (unsigned i = 0; i < n; i++) {
        unsigned lines = fibjump_lines(found[i]);
        uint32_t block = fibjump_block(dst[i].hi);
        if (__builtin_expect(lines > 2, 0))
            values[i] = fibjump_answer(runs[i], found[i], block);
        else
            values[i] = answer_of(runs[i], lines, block);
        ask |= (uint64_t)(values[i] == FIB_JUMP_ASK) << i;
    }
    return ask;
}

#endif
