// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/heap.h"

#include "base/arena.h"

#include <assert.h>
#include <stdlib.h>

#define ABSENT UINT32_MAX

void heap_init(struct heap *h, uint32_t nitems)
{
    h->nodes = xmalloc((size_t)nitems * sizeof *h->nodes);
    h->place = xmalloc((size_t)nitems * sizeof *h->place);
    h->n = 0;
    h->nitems = nitems;
    for (uint32_t i = 0; i < nitems; i++)
        h->place[i] = ABSENT;
}

void heap_free(struct heap *h)
{
    free(h->nodes);
    free(h->place);
    *h = (struct heap){0};
}

static bool before(struct heap_node a, struct heap_node b)
{
    return a.key != b.key ? a.key < b.key : a.item < b.item;
}

static void put(struct heap *h, uint32_t at, struct heap_node x)
{
    h->nodes[at] = x;
    h->place[x.item] = at;
}

static void sift_up(struct heap *h, uint32_t at, struct heap_node x)
{
    while (at > 0) {
        uint32_t parent = (at - 1) / 4;
        if (!before(x, h->nodes[parent]))
            break;
        put(h, at, h->nodes[parent]);
        at = parent;
    }
    put(h, at, x);
}

static void sift_down(struct heap *h, uint32_t at, struct heap_node x)
{
    for (;;) {
        uint64_t first = 4 * (uint64_t)at + 1;
        if (first >= h->n)
            break;
        uint32_t least = (uint32_t)first;
        uint32_t end = first + 4 < h->n ? least + 4 : h->n;
        for (uint32_t c = least + 1; c < end; c++)
            if (before(h->nodes[c], h->nodes[least]))
                least = c;
        if (!before(h->nodes[least], x))
            break;
        put(h, at, h->nodes[least]);
        at = least;
    }
    put(h, at, x);
}

bool heap_push(struct heap *h, uint32_t item, uint64_t key)
{
    assert(item < h->nitems);
    uint32_t at = h->place[item];
    if (at == ABSENT)
        at = h->n++;
    else if (h->nodes[at].key <= key)
        return false;
    sift_up(h, at, (struct heap_node){key, item});
    return true;
}

bool heap_pop(struct heap *h, uint32_t *item, uint64_t *key)
{
    if (h->n == 0)
        return false;
    *item = h->nodes[0].item;
    *key = h->nodes[0].key;
    h->place[*item] = ABSENT;
    struct heap_node last = h->nodes[--h->n];
    if (h->n > 0)
        sift_down(h, 0, last);
    return true;
}
