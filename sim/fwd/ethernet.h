// SPDX-License-Identifier: GPL-3.0-or-later
// ethernet: the protocol numbers that GRE and Ethernet share (RFC 2784 §2.4), and the Ethernet
// header that VXLAN and Geneve carry before the inner IP header. Frames on real links: wire/frame.h.
#ifndef ANYSIM_FWD_ETHERNET_H
#define ANYSIM_FWD_ETHERNET_H

#include <stdint.h>

enum {
    ETHERNET_DST = 0,
    ETHERNET_SRC = 6,
    ETHERNET_TYPE = 12,
    ETHERNET_HEADER = 14,
    ETHERNET_TAG = 4, // IEEE 802.1Q, before the type
    ETHERNET_MAC = 6
};

#define ETHERNET_IP4    0x0800u
#define ETHERNET_IP6    0x86ddu
#define ETHERNET_TAGGED 0x8100u
#define ETHERNET_BRIDGE 0x6558u // an Ethernet frame inside (RFC 8926 §3.4)

static inline uint32_t ethernet_type_of(uint8_t ip_version)
{
    return ip_version == 4 ? ETHERNET_IP4 : ETHERNET_IP6;
}

// The IP version of a type; 0: not IP.
static inline uint8_t ethernet_version(uint32_t type)
{
    return type == ETHERNET_IP4 ? 4 : type == ETHERNET_IP6 ? 6 : 0;
}

#endif
