// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_INTERNAL 70 // sysexits' EX_SOFTWARE, as the program's manual says

static void *or_die(void *p, size_t size)
{
    if (p)
        return p;
    fprintf(stderr, "forwarding core: out of memory (%zu bytes wanted)\n", size);
    exit(EXIT_INTERNAL);
}

void *fwd_memory_zeroed(size_t count, size_t size)
{
    return or_die(calloc(count ? count : 1, size ? size : 1), count * size);
}

void *fwd_memory_aligned(size_t size)
{
    size_t whole = (size + FWD_CACHE_LINE - 1) & ~(size_t)(FWD_CACHE_LINE - 1);
    return memset(or_die(aligned_alloc(FWD_CACHE_LINE, whole), whole), 0, whole);
}

void *fwd_memory_resize(void *old, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return or_die(NULL, SIZE_MAX);
    size_t bytes = count * size;
    return or_die(realloc(old, bytes ? bytes : 1), bytes);
}

void fwd_bug(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: bug in the forwarding core or its caller: %s is false\n", file, line,
            what);
    abort();
}
