// SPDX-License-Identifier: GPL-3.0-or-later
// arena: memory that is freed all at once.
//
// What the readers and the builder make lives as long as a scenario or a run does, so it is carved
// out of an arena and never freed piece by piece. Memory comes zeroed and aligned for any type.
// Running out of memory ends the program with a message (there is nothing useful left to do), so no
// caller checks for NULL. Not for per-packet memory: packets have a pool of their own.
#ifndef ANYSIM_BASE_ARENA_H
#define ANYSIM_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena {
    struct arena_block *head; // newest block; private
    size_t used;              // bytes handed out in the newest block; private
    size_t total;             // bytes obtained from the system
};

void arena_init(struct arena *a);
void arena_free(struct arena *a); // frees everything; the arena may be used again

// Zeroed memory for `size` bytes (size 0 gives a valid pointer).
void *arena_alloc(struct arena *a, size_t size);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define arena_new(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (size_t)(n)))

// malloc, calloc and realloc that end the program with a message when memory runs out.
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
// The same on a cache line; uninitialised.
void *xaligned(size_t size);

#endif
