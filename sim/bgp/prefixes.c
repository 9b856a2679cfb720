// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/prefixes.h"

#define FIRST_SLOTS 16u

void bgp_prefixes_init(struct bgp_prefixes *t)
{
    memset(t, 0, sizeof *t);
}

void bgp_prefixes_free(struct bgp_prefixes *t)
{
    free(t->slots);
    vec_free(&t->v);
}

// Where the prefix is or, in the free slot there, belongs. Multiplies by 2^64 / golden ratio, whose
// high bits are mixed best.
static uint32_t *slot_of(const struct bgp_prefixes *t, struct prefix p)
{
    uint64_t key = ((uint64_t)p.addr << 8 | p.len) * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t at = (uint32_t)(key >> 32) & (t->nslots - 1);
    while (t->slots[at]) {
        const struct prefix *q = &t->v.v[t->slots[at] - 1];
        if (q->addr == p.addr && q->len == p.len)
            break;
        at = (at + 1) & (t->nslots - 1);
    }
    return &t->slots[at];
}

uint32_t bgp_prefixes_find(const struct bgp_prefixes *t, struct prefix p)
{
    uint32_t found = t->nslots ? *slot_of(t, p) : 0;
    return found ? found - 1 : BGP_NO_PREFIX;
}

static void grow(struct bgp_prefixes *t)
{
    free(t->slots);
    t->nslots = t->nslots ? 2 * t->nslots : FIRST_SLOTS;
    t->slots = xcalloc(t->nslots, sizeof *t->slots);
    for (uint32_t i = 0; i < t->v.n; i++)
        *slot_of(t, t->v.v[i]) = i + 1;
}

uint32_t bgp_prefixes_add(struct bgp_prefixes *t, struct prefix p)
{
    uint32_t index = bgp_prefixes_find(t, p);
    if (index != BGP_NO_PREFIX)
        return index;
    if (3 * (t->v.n + 1) > 2 * (size_t)t->nslots)
        grow(t);
    uint32_t *slot = slot_of(t, p);
    index = (uint32_t)t->v.n;
    vec_push(&t->v, p);
    *slot = index + 1;
    return index;
}

size_t bgp_prefixes_bytes(const struct bgp_prefixes *t)
{
    return t->v.cap * sizeof *t->v.v + t->nslots * sizeof *t->slots;
}
