// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/wire.h"

#include "base/arena.h"

#include <stdlib.h>

void wire_free(struct wire *w)
{
    free(w->ring);
    *w = (struct wire){0};
}

void wire_grow(struct wire *w)
{
    uint32_t size = w->size ? 2 * w->size : 8;
    struct wire_item *ring = xmalloc(size * sizeof *ring);
    for (uint32_t i = 0; i < w->count; i++)
        ring[i] = w->ring[(w->head + i) & (w->size - 1)];
    free(w->ring);
    w->ring = ring;
    w->size = size;
    w->head = 0;
}

bool wire_insert(struct wire *w, struct packet *packet, int64_t arrives_ps)
{
    wire_push(w, packet, arrives_ps);
    uint32_t at = w->count - 1;
    for (; at > 0; at--) {
        struct wire_item *before = &w->ring[(w->head + at - 1) & (w->size - 1)];
        if (before->arrives_ps <= arrives_ps)
            break;
        w->ring[(w->head + at) & (w->size - 1)] = *before;
    }
    w->ring[(w->head + at) & (w->size - 1)] = (struct wire_item){packet, arrives_ps};
    return at == 0;
}
