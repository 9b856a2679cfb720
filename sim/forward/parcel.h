// SPDX-License-Identifier: GPL-3.0-or-later
// parcel: a packet on its way through `anysim forward`, with the verdict that it waits under.
//
// Parcels come from a store that keeps what was given back: memory is taken only while more packets
// are under way than ever before. One that waits takes memory by its own size (parcel_settle()).
#ifndef ANYSIM_FORWARD_PARCEL_H
#define ANYSIM_FORWARD_PARCEL_H

#include "fwd/fwd.h"
#include <stddef.h>

#define PARCEL_DATAGRAM 65535 // bytes of the longest datagram
#define PARCEL_TUNNELS  1024  // room for the headers of FWD_TUNNEL_DEPTH tunnels

enum parcel_origin { PARCEL_INPUT, PARCEL_ERROR, PARCEL_PIECE }; // packet->kind

struct parcel {
    struct fwd_result r;
    struct parcel *next;               // in the store, or in a queue of its holder
    _Alignas(64) struct packet packet; // the last member: it has more room
};

struct parcels {
    uint32_t room;
    struct parcel *free;
    uint64_t taken, made;
};

// `datagram`: the longest that must fit.
void parcels_init(struct parcels *s, uint32_t datagram);
// All parcels must have been given back.
void parcels_free(struct parcels *s);
struct parcel *parcel_take(struct parcels *s);
void parcel_give(struct parcels *s, struct parcel *p);
// A parcel that will wait, in no more memory than it needs: the same, or another one that takes its
// place. There is the usual headroom before it, for a link's header.
struct parcel *parcel_settle(struct parcels *s, struct parcel *p);

static inline struct parcel *parcel_of(struct packet *p)
{
    return (struct parcel *)(void *)((char *)p - offsetof(struct parcel, packet));
}

// Takes in a datagram as it came off a link: `stored` bytes of `length`, of which padding behind
// the datagram's own length is cut off.
void parcel_load(struct parcel *p, const uint8_t *bytes, uint32_t stored, uint32_t length);

#endif
