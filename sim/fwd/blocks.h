// SPDX-License-Identifier: GPL-3.0-or-later
// blocks: an array cut into blocks of 1 to 127 neighbouring elements, for tries whose nodes keep
// their children, and their values, side by side.
//
// Blocks have a few sizes (1, 2, 3, 4, 6, 8, 12, …, 127); a freed one waits in the list of its
// size. A block is known by the index of its first element, because the array moves when it grows:
// keep indices, and fetch the array's address anew after every blocks_take().
#ifndef ANYSIM_FWD_BLOCKS_H
#define ANYSIM_FWD_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#define BLOCKS_CLASSES 14
#define BLOCKS_MAX     127 // elements in a block
#define BLOCKS_NONE    UINT32_MAX

struct blocks {
    void *elements;
    uint32_t element_size;         // bytes: 2 at least; elements of 32 never straddle a cache line
    uint32_t used, live, capacity; // ever taken, in use now, room: in elements
    uint32_t free[BLOCKS_CLASSES];
};

void blocks_init(struct blocks *b, uint32_t element_size);
void blocks_free(struct blocks *b);
void blocks_reserve(struct blocks *b, uint32_t elements); // room for as many in all
uint32_t blocks_take(struct blocks *b, unsigned count);   // contents undefined
void blocks_give(struct blocks *b, uint32_t first, unsigned count);
// Whether a block of `from` elements has room for `to`, so that it need not be exchanged, nor would
// a fresh one be smaller.
int blocks_same_class(unsigned from, unsigned to);
size_t blocks_bytes(const struct blocks *b);

#endif
