// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/binding.h"

#include "fwd/memory.h"
#include <stdlib.h>

#define NONE UINT32_MAX

void binding_init(struct binding_table *t)
{
    *t = (struct binding_table){.free = NONE};
}

void binding_free(struct binding_table *t)
{
    free(t->bindings);
    binding_init(t);
}

uint32_t binding_take(struct binding_table *t)
{
    uint32_t i = t->free;
    if (i != NONE) {
        t->free = t->bindings[i].next;
        return i;
    }
    if (t->used == t->capacity) {
        t->capacity = t->capacity ? 2 * t->capacity : 2;
        t->bindings = fwd_memory_resize(t->bindings, t->capacity, sizeof *t->bindings);
    }
    return t->used++;
}

void binding_give(struct binding_table *t, uint32_t number)
{
    t->bindings[number].next = t->free;
    t->free = number;
}
