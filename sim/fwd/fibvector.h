// SPDX-License-Identifier: GPL-3.0-or-later
// fibvector: bulk lookups with AVX-512, for fibbulk; only where the CPU and the operating system have
// it (BITSKILL_AVX512).
#ifndef ANYSIM_FWD_FIBVECTOR_H
#define ANYSIM_FWD_FIBVECTOR_H

#include "fwd/fib.h"

#if defined(__x86_64__)
#define FIBVECTOR     1
#define FIBVECTOR_MAX 64 // addresses in one call

// Through the trie from its root.
void fibvector_group(const struct fib *f, const ip4_addr *dst, uint16_t *values, unsigned n);
void fibvector_group6(const struct fib *f, const struct ip6_addr *dst, uint16_t *values,
                      unsigned n);
// Through the runs or the hash table of a large table. They return which addresses have to ask the
// trie: their values are undefined.
uint64_t fibvector_runs(const struct fib *f, const ip4_addr *dst, uint16_t *values, unsigned n);
uint64_t fibvector_jump(const struct fib *f, const struct ip6_addr *dst, uint16_t *values,
                        unsigned n);
#endif

#endif
