// SPDX-License-Identifier: GPL-3.0-or-later
// popcount: how many bits are set, as fast as the machine can without special compiler flags.
//
// On x86-64 the instruction is not in the base set, and the compiler's stand-in is a library call.
// So the trie asks the CPU once and passes the answer along; the branch on it is always predicted.
#ifndef ANYSIM_FWD_POPCOUNT_H
#define ANYSIM_FWD_POPCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__) && !defined(__POPCNT__)
#define POPCOUNT_ASK 1
#include <cpuid.h>
#endif

static inline bool popcount_in_hardware(void)
{
#ifdef POPCOUNT_ASK
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_POPCNT);
#else
    return true;
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

static inline unsigned popcount64(uint64_t v, bool in_hardware)
{
#ifdef POPCOUNT_ASK
    if (__builtin_expect(in_hardware, 1)) {
        uint64_t n;
        __asm__("popcntq %1, %0" : "=r"(n) : "r"(v) : "cc");
        return (unsigned)n;
    }
    return popcount_portable(v);
#elif defined(__POPCNT__) || defined(__aarch64__)
    (void)in_hardware;
    return (unsigned)__builtin_popcountll(v);
#else
    (void)in_hardware;
    return popcount_portable(v);
#endif
}

#endif
