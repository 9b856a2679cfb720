// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/flight.h"

#include "base/arena.h"

#include <stdlib.h>

#define SMALLEST 32

void flight_free(struct flight *f)
{
    free(f->ring);
    *f = (struct flight){0};
}

static struct flight_item *slot(const struct flight *f, uint32_t key)
{
    return &f->ring[key & (f->size - 1)];
}

// In a ring of twice the size keys that were apart stay apart.
static void grow(struct flight *f)
{
    struct flight old = *f;
    f->size = old.size ? 2 * old.size : SMALLEST;
    f->ring = xcalloc(f->size, sizeof *f->ring);
    for (uint32_t i = 0; i < old.size; i++)
        if (old.ring[i].known)
            *slot(f, old.ring[i].key) = old.ring[i];
    free(old.ring);
}

uint32_t flight_sent(struct flight *f, uint32_t key, int64_t now_ps)
{
    if (f->size == 0)
        grow(f);
    while (slot(f, key)->open && slot(f, key)->key != key)
        grow(f);
    *slot(f, key) = (struct flight_item){now_ps, key, f->number, true, true};
    return f->number++;
}

bool flight_ended(struct flight *f, uint32_t key, struct flight_item *out)
{
    if (f->size == 0 || !slot(f, key)->known || slot(f, key)->key != key)
        return false;
    *out = *slot(f, key);
    slot(f, key)->open = false;
    return true;
}
