// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/maglev.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// A backend's place in the table and in the order of turns.
struct turn {
    uint64_t id;
    uint32_t taken;      // turns it had
    uint32_t weight;     // above 0
    uint32_t slot, step; // the next slot it wants, and how far it is to the one after
    uint32_t value;
};

// The finaliser of SplitMix64: numbers from neighbouring ids look independent.
static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static struct turn turn_of(const struct maglev_backend *b)
{
    uint64_t first = mix(b->id + 0x9e3779b97f4a7c15u);
    uint64_t second = mix(first + 0x9e3779b97f4a7c15u);
    return (struct turn){.id = b->id,
                         .weight = b->weight,
                         .slot = (uint32_t)(first % MAGLEV_SIZE),
                         .step = (uint32_t)(second % (MAGLEV_SIZE - 1)) + 1,
                         .value = b->value};
}

// The k-th turn of a backend is due at k/weight, whoever else is there: so the order between two
// backends never changes when a third comes or goes, and few slots change hands. Among those due
// at once the id decides. (The paper's rounds are this with equal weights.)
static bool before(const struct turn *a, const struct turn *b)
{
    uint64_t due_a = (uint64_t)(a->taken + 1) * b->weight;
    uint64_t due_b = (uint64_t)(b->taken + 1) * a->weight;
    return due_a != due_b ? due_a < due_b : a->id < b->id;
}

// Lets turns[i] sink to its place in the heap.
static void sink(struct turn *turns, size_t n, size_t i)
{
    struct turn t = turns[i];
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && before(&turns[child + 1], &turns[child]))
            child++;
        if (!before(&turns[child], &t))
            break;
        turns[i] = turns[child];
    }
    turns[i] = t;
}

static size_t line_up(struct turn *turns, const struct maglev_backend *backends, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        FWD_ASSERT(backends[i].value != MAGLEV_EMPTY);
        if (backends[i].weight)
            turns[count++] = turn_of(&backends[i]);
    }
    for (size_t i = count / 2; i-- > 0;)
        sink(turns, count, i);
    return count;
}

// The next free slot in the backend's order. Steps and slots are below the size, a prime: the walk
// meets every slot before it returns.
static uint32_t take_slot(struct turn *t, uint64_t *taken)
{
    uint32_t slot = t->slot;
    while (taken[slot / 64] >> slot % 64 & 1) {
        slot += t->step;
        slot -= slot >= MAGLEV_SIZE ? MAGLEV_SIZE : 0;
    }
    taken[slot / 64] |= UINT64_C(1) << slot % 64;
    t->slot = slot;
    t->taken++;
    return slot;
}

void maglev_build(struct maglev *m, const struct maglev_backend *backends, size_t n)
{
    FWD_ASSERT(n <= MAGLEV_SIZE);
    if (!m->slots)
        m->slots = fwd_memory_zeroed(MAGLEV_SIZE, sizeof *m->slots);
    uint64_t taken[MAGLEV_SIZE / 64 + 1] = {0};
    struct turn *turns = fwd_memory_zeroed(n, sizeof *turns);
    size_t count = line_up(turns, backends, n);
    if (!count)
        memset(m->slots, 0xff, MAGLEV_SIZE * sizeof *m->slots); // MAGLEV_EMPTY
    for (uint32_t i = 0; count && i < MAGLEV_SIZE; i++) {
        uint32_t slot = take_slot(&turns[0], taken);
        m->slots[slot] = turns[0].value;
        sink(turns, count, 0);
    }
    free(turns);
}

void maglev_free(struct maglev *m)
{
    free(m->slots);
    *m = (struct maglev){0};
}
