// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/blocks.h"

#include "fwd/memory.h"
#include "fwd/pages.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t class_size[BLOCKS_CLASSES] = {1,  2,  3,  4,  6,  8,  12,
                                                   16, 24, 32, 48, 64, 96, BLOCKS_MAX};

// The smallest class with room for `count`. Sizes between two powers of two are that power or
// one and a half of it, so no search is needed.
static unsigned class_of(unsigned count)
{
    if (count <= 4)
        return count - 1;
    unsigned log = 31u - (unsigned)__builtin_clz(count - 1); // 2^log < count <= 2^(log + 1)
    return 2 * log + (count > 3u << (log - 1));
}

void blocks_init(struct blocks *b, uint32_t element_size)
{
    *b = (struct blocks){.element_size = element_size};
    for (unsigned c = 0; c < BLOCKS_CLASSES; c++)
        b->free[c] = BLOCKS_NONE;
}

void blocks_free(struct blocks *b)
{
    free(b->elements);
    blocks_init(b, b->element_size);
}

size_t blocks_bytes(const struct blocks *b)
{
    return (size_t)b->capacity * b->element_size;
}

int blocks_same_class(unsigned from, unsigned to)
{
    return class_of(from) == class_of(to);
}

// The link of a free block is kept in its own bytes. Elements may be as small as 2 bytes; so a
// block of one such element is never smaller than two of them.
static unsigned real_size(const struct blocks *b, unsigned c)
{
    unsigned size = class_size[c];
    return size * b->element_size < sizeof(uint32_t)
               ? (unsigned)(sizeof(uint32_t) / b->element_size)
               : size;
}

static unsigned char *at(const struct blocks *b, uint32_t i)
{
    return (unsigned char *)b->elements + (size_t)i * b->element_size;
}

// Small elements may lie anywhere, and realloc() moves big arrays of them for nothing. Large ones
// are looked at at random: none may take two cache lines.
void blocks_reserve(struct blocks *b, uint32_t elements)
{
    if (elements <= b->capacity)
        return;
    bool large = b->element_size >= FWD_CACHE_LINE / 2;
    uint32_t grain = (large ? FWD_CACHE_LINE : 16) / b->element_size;
    FWD_ASSERT(elements <= UINT32_MAX - grain);
    b->capacity = (elements + grain - 1) / grain * grain;
    if (!large) {
        b->elements = fwd_memory_resize(b->elements, b->capacity, b->element_size);
        return;
    }
    void *bigger = pages_new(blocks_bytes(b));
    if (b->used)
        memcpy(bigger, b->elements, (size_t)b->used * b->element_size);
    free(b->elements);
    b->elements = bigger;
}

uint32_t blocks_take(struct blocks *b, unsigned count)
{
    unsigned c = class_of(count);
    unsigned size = real_size(b, c);
    uint32_t i = b->free[c];
    b->live += size;
    if (i != BLOCKS_NONE) {
        memcpy(&b->free[c], at(b, i), sizeof b->free[c]);
        return i;
    }
    if (b->used + size > b->capacity) {
        uint32_t more = b->capacity / 5;
        blocks_reserve(b, b->capacity + (more > size ? more : size));
    }
    i = b->used;
    b->used += size;
    return i;
}

void blocks_give(struct blocks *b, uint32_t first, unsigned count)
{
    unsigned c = class_of(count);
    memcpy(at(b, first), &b->free[c], sizeof b->free[c]);
    b->free[c] = first;
    b->live -= real_size(b, c);
}
