// SPDX-License-Identifier: GPL-3.0-or-later
// arp: messages of the Address Resolution Protocol for IPv4 over Ethernet (RFC 826): bytes to struct
// and back. What they mean is neighbour.h's business.
#ifndef ANYSIM_WIRE_ARP_H
#define ANYSIM_WIRE_ARP_H

#include "base/ip.h"
#include "wire/frame.h"

#define ARP_FRAME 42 // bytes of a message with its Ethernet header

enum { ARP_REQUEST = 1, ARP_REPLY = 2 };

struct arp {
    uint16_t operation; // ARP_REQUEST or ARP_REPLY
    ip4_addr sender, target;
    uint8_t sender_mac[FRAME_MAC], target_mac[FRAME_MAC];
};

// Reads the message behind an Ethernet header. False when it is cut short, is for other protocols,
// asks neither of the two operations, or comes from what is no single station.
bool arp_read(const uint8_t *bytes, size_t stored, struct arp *out);
// Writes a whole frame from `m->sender_mac` to `dst`: ARP_FRAME bytes.
size_t arp_write(uint8_t *frame, const uint8_t dst[FRAME_MAC], const struct arp *m);

#endif
