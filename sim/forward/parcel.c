// SPDX-License-Identifier: GPL-3.0-or-later
#include "forward/parcel.h"

#include "base/arena.h"
#include "fwd/headers6.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LINE 64

void parcels_init(struct parcels *s, uint32_t datagram)
{
    uint32_t room = PACKET_HEADROOM + datagram + PARCEL_TUNNELS;
    *s = (struct parcels){.room = room < PACKET_BYTES ? PACKET_BYTES : room};
}

void parcels_free(struct parcels *s)
{
    assert(s->taken == 0);
    while (s->free) {
        struct parcel *p = s->free;
        s->free = p->next;
        free(p);
    }
}

static struct parcel *make(uint32_t room)
{
    size_t size = offsetof(struct parcel, packet) + packet_bytes(room);
    struct parcel *p = xaligned((size + LINE - 1) / LINE * LINE);
    packet_init(&p->packet, room);
    return p;
}

struct parcel *parcel_take(struct parcels *s)
{
    struct parcel *p = s->free;
    s->taken++;
    if (p) {
        s->free = p->next;
    } else {
        p = make(s->room);
        s->made++;
    }
    p->next = NULL;
    return p;
}

void parcel_give(struct parcels *s, struct parcel *p)
{
    assert(s->taken > 0);
    s->taken--;
    if (p->packet.room != s->room) {
        free(p);
        return;
    }
    p->next = s->free;
    s->free = p;
}

struct parcel *parcel_settle(struct parcels *s, struct parcel *p)
{
    uint32_t room = PACKET_HEADROOM + p->packet.captured;
    room = room < PACKET_BYTES ? PACKET_BYTES : room;
    if (room >= p->packet.room)
        return p;
    struct parcel *small = make(room);
    memcpy(small, p, offsetof(struct parcel, packet) + offsetof(struct packet, bytes));
    small->packet.room = room;
    small->packet.offset = PACKET_HEADROOM;
    memcpy(packet_data(&small->packet), packet_view(&p->packet), p->packet.captured);
    s->taken++; // it takes the place of the one that is given back
    parcel_give(s, p);
    return small;
}

// The length that a datagram says it has; 0: it does not say, or nonsense.
static uint32_t own_length(const uint8_t *h, uint32_t stored)
{
    if (stored >= IP4_HEADER && h[0] >> 4 == 4) {
        uint32_t total = be16_get(h + IP4_LENGTH);
        return total >= IP4_HEADER ? total : 0;
    }
    if (ip6_readable(h, stored)) {
        uint32_t payload = be16_get(h + IP6_LENGTH);
        bool jumbo =
            payload == 0 && h[IP6_NEXT] == PROTOCOL_HOP_BY_HOP; // RFC 2675: in a hop-by-hop option
        return jumbo ? 0 : IP6_HEADER + payload;
    }
    return 0;
}

void parcel_load(struct parcel *p, const uint8_t *bytes, uint32_t stored, uint32_t length)
{
    uint32_t own = own_length(bytes, stored);
    if (own && own < length)
        length = own;
    packet_load(&p->packet, bytes, stored < length ? stored : length, length);
}
