// SPDX-License-Identifier: GPL-3.0-or-later
// packet: header bytes with headroom for tunnels, and what the simulator hangs on them.
//
// The headers are real bytes in network order from `data` on; the payload beyond `captured` bytes is
// zeros that are not stored (`length` counts them). Two cache lines: the first is what switching
// touches besides the header itself.
#ifndef ANYSIM_FWD_PACKET_H
#define ANYSIM_FWD_PACKET_H

#include "base/ip.h"
#include <stddef.h>
#include <stdint.h>

#define PACKET_HEADROOM 32 // two GRE or IPIP headers minus what fits in the tail of line one
#define PACKET_BYTES    88

struct packet {
    struct packet *next; // for pools and queues
    uint32_t length;     // of the outermost IP datagram, header included, bytes
    uint16_t offset;     // where the outermost header starts in `bytes`
    uint16_t captured;   // header and payload bytes that are stored, from offset on
    uint8_t depth;       // tunnel headers pushed now
    uint8_t kind;        // owner's use (request, reply, …)
    uint16_t hops;       // forwarding nodes crossed
    uint32_t flow;       // owner's use
    uint32_t seq;        // owner's use
    uint32_t service;    // set by the EIP stage; UINT32_MAX before
    ip4_addr entry;      // address of the POP where the EIP stage took it; 0 before
    uint32_t weight;     // owner's use: how many packets like it this one stands for
    uint8_t bytes[PACKET_BYTES];
};

_Static_assert(sizeof(struct packet) == 128, "a packet is two cache lines");

static inline uint8_t *packet_data(struct packet *p)
{
    return p->bytes + p->offset;
}

#endif
