// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/pages.h"

#include "fwd/memory.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20) // of most machines; elsewhere it is mere alignment

void *pages_new(size_t size)
{
    void *p = NULL;
    if (size < HUGE_PAGE || posix_memalign(&p, HUGE_PAGE, size) != 0)
        return fwd_memory_aligned(size);
#ifdef MADV_HUGEPAGE
    madvise(p, size & ~(HUGE_PAGE - 1), MADV_HUGEPAGE); // a wish: without, it is only slower
#endif
    return memset(p, 0, size);
}
