// SPDX-License-Identifier: GPL-3.0-or-later
// popcount: how many bits are set, as fast as the machine can without special compiler flags.
//
// On x86-64 the instruction is not in the base set, and the compiler's stand-in is a library call.
// So the trie asks the CPU once and passes the answer along; the branch on it is always predicted.
#ifndef ANYSIM_FWD_POPCOUNT_H
#define ANYSIM_FWD_POPCOUNT_H

#include <stdbool.h>
#include <stdint.h>

// What the CPU has for bit counting; each includes the one before.
enum bitskill {
    BITSKILL_PORTABLE,
    BITSKILL_POPCNT,
    BITSKILL_BMI2,   // x86 only: shifts and masks without flags, for whole functions built for it
    BITSKILL_AVX512, // x86 only: eight counts at once
};

#if defined(__x86_64__) && !defined(__POPCNT__)
#define POPCOUNT_ASK 1
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#if defined(__x86_64__)
// Whether the operating system keeps the wide registers: SSE, AVX and three parts of AVX-512.
static inline bool popcount_os_saves_avx512(void)
{
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & 0xe6) == 0xe6;
}
#endif

static inline enum bitskill bitskill_of_cpu(void)
{
#if defined(__x86_64__)
    const unsigned bmi = bit_BMI | bit_BMI2;
    const unsigned avx512 = bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL;
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_POPCNT))
        return BITSKILL_PORTABLE;
    bool wide = (c & bit_OSXSAVE) && popcount_os_saves_avx512();
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (b & bmi) != bmi)
        return BITSKILL_POPCNT;
    wide = wide && (b & avx512) == avx512 && (c & bit_AVX512VPOPCNTDQ);
    return wide ? BITSKILL_AVX512 : BITSKILL_BMI2;
#elif defined(__aarch64__)
    return BITSKILL_POPCNT;
#else
    return BITSKILL_PORTABLE;
#endif
}

// Sums in ever wider fields: pairs, nibbles, bytes, then all bytes by one multiplication.
static inline unsigned popcount_portable(uint64_t v)
{
    v -= (v >> 1) & 0x5555555555555555u;
    v = (v & 0x3333333333333333u) + ((v >> 2) & 0x3333333333333333u);
    v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)((v * 0x0101010101010101u) >> 56);
}

static inline unsigned popcount64(uint64_t v, enum bitskill skill)
{
#ifdef POPCOUNT_ASK
    if (__builtin_expect(skill >= BITSKILL_POPCNT, 1)) {
        uint64_t n;
        __asm__("popcntq %1, %0" : "=r"(n) : "r"(v) : "cc");
        return (unsigned)n;
    }
    return popcount_portable(v);
#elif defined(__POPCNT__) || defined(__aarch64__)
    return skill >= BITSKILL_POPCNT ? (unsigned)__builtin_popcountll(v) : popcount_portable(v);
#else
    (void)skill;
    return popcount_portable(v);
#endif
}

#endif
