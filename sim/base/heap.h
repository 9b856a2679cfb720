// SPDX-License-Identifier: GPL-3.0-or-later
// heap: an indexed 4-ary min-heap, made for Dijkstra.
//
// Items are dense integers below the number given at heap_init; each is in the heap at most
// once, and its key can be lowered in place. Equal keys leave in ascending order of item, so the
// order of the pops depends on keys and items only, never on the order of the pushes. Four
// children a node: a shallower tree, and the children of a node lie together in memory. No
// allocation after heap_init.
#ifndef ANYSIM_BASE_HEAP_H
#define ANYSIM_BASE_HEAP_H

#include <stdbool.h>
#include <stdint.h>

struct heap_node {
    uint64_t key;
    uint32_t item;
};

struct heap { // read `n` freely; the rest is private
    struct heap_node *nodes;
    uint32_t *place; // of each item in nodes, UINT32_MAX: not in the heap
    uint32_t n, nitems;
};

void heap_init(struct heap *h, uint32_t nitems);
void heap_free(struct heap *h);

// Puts `item` in, or lowers its key when it is in. Returns false, and changes nothing, when it is
// in with a key that is not greater.
bool heap_push(struct heap *h, uint32_t item, uint64_t key);

// Takes the least (key, item) out. Returns false when the heap is empty.
bool heap_pop(struct heap *h, uint32_t *item, uint64_t *key);

#endif
