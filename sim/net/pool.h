// SPDX-License-Identifier: GPL-3.0-or-later
// pool: packets, taken from and given back to a free list; memory grows in blocks of 512 packets
// and is reused while it is warm. At the end of a run `live` must equal the packets in flight.
#ifndef ANYSIM_NET_POOL_H
#define ANYSIM_NET_POOL_H

#include "fwd/packet.h"
#include <stddef.h>

struct packet_pool {
    struct packet *free;
    void **blocks;
    size_t nblocks;
    size_t live; // packets handed out and not given back
};

void packet_pool_init(struct packet_pool *p);
void packet_pool_free(struct packet_pool *p); // all packets die with it

// A packet in which nothing but `room` is set: the caller sets the rest.
struct packet *packet_take(struct packet_pool *p);
void packet_give(struct packet_pool *p, struct packet *packet);

#endif
