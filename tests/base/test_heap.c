// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/heap.h"

#include <stdlib.h>

#define N 500

static uint32_t draw(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}

static bool valid(const struct heap *h)
{
    for (uint32_t i = 0; i < h->n; i++) {
        const struct heap_node *x = &h->nodes[i];
        const struct heap_node *parent = &h->nodes[i ? (i - 1) / 4 : 0];
        if (h->place[x->item] != i)
            return false;
        if (i && (x->key < parent->key || (x->key == parent->key && x->item < parent->item)))
            return false;
    }
    return true;
}

// Random pushes, lowered keys and pops, against an array that is searched.
static void against_an_array(void)
{
    struct heap h;
    uint64_t key[N];
    bool in[N] = {false};
    uint64_t state = 5;
    uint32_t bad = 0;
    heap_init(&h, N);
    for (int step = 0; step < 20000; step++) {
        uint32_t item = draw(&state, N);
        uint64_t k = draw(&state, 40); // few keys: many ties
        if (draw(&state, 5) > (step < 10000 ? 1u : 3u)) {
            bool lower = !in[item] || k < key[item];
            bad += heap_push(&h, item, k) != lower;
            key[item] = lower ? k : key[item];
            in[item] = true;
        } else {
            uint32_t least = N;
            for (uint32_t i = 0; i < N; i++)
                if (in[i] && (least == N || key[i] < key[least]))
                    least = i;
            bool any = heap_pop(&h, &item, &k);
            bad += any != (least < N);
            if (any) {
                bad += item != least || k != key[least];
                in[item] = false;
            }
        }
        bad += !valid(&h);
    }
    CU_ASSERT_EQUAL(bad, 0);
    heap_free(&h);
}

static void order_of_pushes(void)
{
    struct heap h;
    uint32_t item;
    uint64_t key;
    heap_init(&h, 9);
    for (uint32_t i = 9; i-- > 0;)
        heap_push(&h, i, 7);
    for (uint32_t i = 0; i < 9; i++) {
        CU_ASSERT(heap_pop(&h, &item, &key));
        CU_ASSERT_EQUAL(item, i);
    }
    CU_ASSERT_FALSE(heap_pop(&h, &item, &key));
    heap_free(&h);
}

static void an_item_may_come_back(void)
{
    struct heap h;
    uint32_t item;
    uint64_t key;
    heap_init(&h, 4);
    heap_push(&h, 2, UINT64_MAX);
    heap_push(&h, 3, 1);
    CU_ASSERT(heap_pop(&h, &item, &key) && item == 3);
    CU_ASSERT(heap_push(&h, 3, 9)); // with a greater key than before
    CU_ASSERT(heap_pop(&h, &item, &key) && item == 3 && key == 9);
    CU_ASSERT(heap_pop(&h, &item, &key) && item == 2 && key == UINT64_MAX && h.n == 0);
    heap_free(&h);
    heap_init(&h, 0);
    CU_ASSERT_FALSE(heap_pop(&h, &item, &key));
    heap_free(&h);
}

UNIT_MAIN("heap", {"against_an_array", against_an_array}, {"order_of_pushes", order_of_pushes},
          {"an_item_may_come_back", an_item_may_come_back})
