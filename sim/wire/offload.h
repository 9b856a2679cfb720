// SPDX-License-Identifier: GPL-3.0-or-later
// offload: work that Linux leaves to the network card and that nobody did when a frame reaches us
// from a local stack (over veth, or before the card): the checksum behind a partial sum, the VLAN tag
// that is kept apart, and the cutting of a merged packet (TSO, GSO, GRO) into segments. Pure functions
// of bytes; afpacket.c calls them.
#ifndef ANYSIM_WIRE_OFFLOAD_H
#define ANYSIM_WIRE_OFFLOAD_H

#include "wire/frame.h"

// Completes an Internet checksum: the 16 bits at start + offset hold the sum of the pseudo-header;
// data from `start` to the end is added. False when that lies outside the frame.
bool offload_checksum(uint8_t *bytes, size_t size, size_t start, size_t offset);

// Puts a VLAN tag into an Ethernet frame, which grows by FRAME_TAG bytes to the front: that many
// bytes before `bytes` are overwritten. Returns where it begins now.
uint8_t *offload_tag(uint8_t *bytes, uint16_t type, uint16_t control);

enum offload_kind { OFFLOAD_TCP, OFFLOAD_UDP };

#define OFFLOAD_LEVELS 10 // headers that need mending in a segment: IP, GRE, UDP of a tunnel

// A merged packet on its way to segments.
struct offload_cutter {
    const uint8_t *bytes;
    size_t size;
    size_t headers; // bytes before the payload, which every segment repeats
    size_t piece;   // bytes of payload in a segment
    size_t done;
    size_t transport;
    uint32_t index;
    uint16_t innermost; // level of the last IP header
    enum offload_kind kind;
    int levels;
    struct {
        uint8_t kind;
        uint16_t at, parent; // parent: the level of the IP header before it
    } level[OFFLOAD_LEVELS];
};

// Begins to cut a frame of `size` bytes into segments with `piece` bytes of TCP or UDP payload each.
// Headers may be nested in IP in IP, GRE, VXLAN and Geneve. False when this packet cannot be cut.
// `bytes` must stay until the last segment.
bool offload_cut(struct offload_cutter *c, enum frame_link link, const uint8_t *bytes, size_t size,
                 enum offload_kind kind, size_t piece);
// Bytes of the largest segment.
size_t offload_largest(const struct offload_cutter *c);
// Writes the next segment, with all lengths, sequence numbers, IPv4 ids (counting up) and checksums
// right. Returns its bytes; 0 after the last one.
size_t offload_next(struct offload_cutter *c, uint8_t *out);

#endif
