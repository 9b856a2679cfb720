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
// From the compiler's own library, which asked the CPU and the operating system when the program
// started: the instruction that asks costs a virtual machine 10 µs each time, and every node has
// several tables.
static inline enum bitskill bitskill_of_cpu(void)
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("popcnt"))
        return BITSKILL_PORTABLE;
    if (!__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2"))
        return BITSKILL_POPCNT;
    bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                __builtin_cpu_supports("avx512vpopcntdq");
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
