// SPDX-License-Identifier: GPL-3.0-or-later
// pages: memory for large arrays that are looked into at random. Where the system has huge pages
// to give, a look is spared most of the way through the page tables.
#ifndef ANYSIM_FWD_PAGES_H
#define ANYSIM_FWD_PAGES_H

#include <stddef.h>

void *pages_new(size_t size); // zeroed, on a cache line at least; free() it

#endif
