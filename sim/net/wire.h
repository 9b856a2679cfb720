// SPDX-License-Identifier: GPL-3.0-or-later
// wire: what travels on one direction of a link, in order of arrival: a ring that grows.
//
// On an ordinary line packets arrive in the order in which they were sent, and each is added at the
// end. On a line with delay noise that lets them overtake, one is inserted where it belongs; of two
// that arrive at the same instant the one sent first is first.
#ifndef ANYSIM_NET_WIRE_H
#define ANYSIM_NET_WIRE_H

#include "fwd/packet.h"
#include <stdbool.h>
#include <stdint.h>

struct wire_item {
    struct packet *packet;
    int64_t arrives_ps;
};

struct wire { // zeroed memory is an empty one
    struct wire_item *ring;
    uint32_t size; // a power of two
    uint32_t head, count;
};

void wire_free(struct wire *w);
void wire_grow(struct wire *w); // private

// Adds a packet that arrives no sooner than those before it.
static inline void wire_push(struct wire *w, struct packet *packet, int64_t arrives_ps)
{
    if (__builtin_expect(w->count == w->size, 0))
        wire_grow(w);
    w->ring[(w->head + w->count++) & (w->size - 1)] = (struct wire_item){packet, arrives_ps};
}

// Adds a packet that may arrive before others. True: it is the first one now.
bool wire_insert(struct wire *w, struct packet *packet, int64_t arrives_ps);

// The first one; there is one.
static inline const struct wire_item *wire_first(const struct wire *w)
{
    return &w->ring[w->head];
}

static inline struct packet *wire_pop(struct wire *w)
{
    struct packet *packet = w->ring[w->head].packet;
    w->head = (w->head + 1) & (w->size - 1);
    w->count--;
    return packet;
}

#endif
