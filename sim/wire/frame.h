// SPDX-License-Identifier: GPL-3.0-or-later
// frame: the link-layer headers before a datagram: Ethernet (IEEE 802.3) with up to two VLAN tags
// (802.1Q, 802.1ad), Linux cooked captures in both versions, BSD loopback, Cisco HDLC, and none at
// all.
//
// Nothing here reads past the bytes that are stored, whatever the headers claim.
#ifndef ANYSIM_WIRE_FRAME_H
#define ANYSIM_WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAC      6  // bytes of a MAC address
#define FRAME_ETHERNET 14 // bytes of an Ethernet header without tags
#define FRAME_TAG      4  // bytes of a VLAN tag
#define FRAME_TAGS_MAX 2

enum frame_link {
    FRAME_LINK_ETHERNET,
    FRAME_LINK_IP,       // no header: an IPv4 or IPv6 datagram, told apart by its version
    FRAME_LINK_SLL,      // "Linux cooked", version 1: what a capture on "any" writes
    FRAME_LINK_SLL2,     // the same, version 2
    FRAME_LINK_LOOPBACK, // BSD loopback: an address family in four bytes, of either order
    FRAME_LINK_HDLC,     // Cisco HDLC: serial lines of routers
    FRAME_LINK_COUNT
};

// Ethertypes.
enum {
    FRAME_TYPE_IP4 = 0x0800,
    FRAME_TYPE_ARP = 0x0806,
    FRAME_TYPE_VLAN = 0x8100,
    FRAME_TYPE_IP6 = 0x86dd,
    FRAME_TYPE_PROVIDER = 0x88a8 // the outer tag of 802.1ad
};

// To whom the frame was sent, as far as the link layer tells.
enum frame_cast {
    FRAME_CAST_UNKNOWN, // there is no address
    FRAME_CAST_UNICAST,
    FRAME_CAST_MULTICAST,
    FRAME_CAST_BROADCAST,
    FRAME_CAST_OTHER,   // cooked captures: addressed to another host
    FRAME_CAST_OUTGOING // cooked captures: sent by the capturing host itself
};

struct frame {
    uint16_t ethertype;                   // of what begins at `offset`
    uint16_t offset;                      // bytes before the network layer, tags included
    uint8_t cast;                         // enum frame_cast
    uint8_t tags;                         // how many VLAN tags were skipped
    uint16_t tag_type[FRAME_TAGS_MAX];    // outermost first
    uint16_t tag_control[FRAME_TAGS_MAX]; // priority, drop eligibility and VLAN number
    bool has_src, has_dst;
    uint8_t dst[FRAME_MAC], src[FRAME_MAC]; // cooked captures know the source only
};

enum frame_result {
    FRAME_OK,
    FRAME_TRUNCATED, // the header does not end within the stored bytes
    FRAME_LENGTH,    // a length where the type should be: 802.3 with LLC, which carries no IP here
    FRAME_TAGGED,    // more than two VLAN tags
    FRAME_UNKNOWN    // neither version 4 nor 6, or a family that is no IP
};

// Reads the header of a frame of which `stored` bytes are there. Only with FRAME_OK is `*out` whole.
// FRAME_OK promises nothing about the datagram: it may be empty.
enum frame_result frame_decode(enum frame_link link, const uint8_t *bytes, size_t stored,
                               struct frame *out);

// Writes an Ethernet header of FRAME_ETHERNET bytes.
void frame_write_ethernet(uint8_t *at, const uint8_t dst[FRAME_MAC], const uint8_t src[FRAME_MAC],
                          uint16_t ethertype);
// The ethertype of a datagram by its version; 0 when it is neither.
uint16_t frame_type_of(const uint8_t *datagram, size_t stored);

// The address of one station: neither a group's nor all zeros.
static inline bool frame_mac_is_station(const uint8_t mac[FRAME_MAC])
{
    return !(mac[0] & 1) && (mac[0] | mac[1] | mac[2] | mac[3] | mac[4] | mac[5]);
}

#endif
