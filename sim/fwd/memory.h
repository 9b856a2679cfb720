// SPDX-License-Identifier: GPL-3.0-or-later
// memory: the forwarding core's own allocation and assertion, so that libanyfwd stands alone.
//
// Running out of memory ends the program with a message, as everywhere in anysim; so no caller
// checks for NULL. Release with free().
#ifndef ANYSIM_FWD_MEMORY_H
#define ANYSIM_FWD_MEMORY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FWD_CACHE_LINE 64

void *fwd_memory_zeroed(size_t count, size_t size);
void *fwd_memory_aligned(size_t size); // zeroed, on a cache line
void *fwd_memory_resize(void *old, size_t count, size_t size);

void fwd_bug(const char *file, int line, const char *what) __attribute__((noreturn));

// Always on: a false condition is a bug in this program, never bad input.
#define FWD_ASSERT(condition) ((condition) ? (void)0 : fwd_bug(__FILE__, __LINE__, #condition))

#define fwd_likely(x)   __builtin_expect(!!(x), 1)
#define fwd_unlikely(x) __builtin_expect(!!(x), 0)

#ifdef __cplusplus
}
#endif

#endif
