// SPDX-License-Identifier: GPL-3.0-or-later
// world: the addresses of the test's little network, which run.sh builds and node.yaml describes,
// and how a packet is known again when it comes out.
//
//   src ── r0 [router] r1 ── dst
//
// Everything is sent from src. The number of a generated packet is its source address: the low 24
// bits of 10.0.0.0/8, the low 32 bits of 2001:db8:a::/64. So it stands in whatever comes of it: in
// the packet itself and its pieces, behind a tunnel's headers, in the quote and as the destination
// of an ICMP error, as the destination of a reply. Packets whose point is another source have it in
// their payload.
#ifndef ANYSIM_TESTS_KERNEL_WORLD_H
#define ANYSIM_TESTS_KERNEL_WORLD_H

#include "base/ip6.h"

#define WORLD_NET4    IP4(10, 0, 0, 0)
#define WORLD_NET6    UINT64_C(0x20010db8000a0000)
#define WORLD_MARKS   16                  // numbers from here up are of packets; below, of marks
#define WORLD_MOST    (UINT32_C(1) << 23) // numbers of packets
#define WORLD_FAR4    IP4(203, 0, 113, 0) // behind dst
#define WORLD_OTHER4  IP4(172, 16, 0, 0)  // the same
#define WORLD_FAR6    UINT64_C(0x20010db8000d0000)
#define WORLD_OWN4    IP4(198, 18, 0, 1) // the router's own, where tunnels begin and end
#define WORLD_OWN6    IP6(0x20010db8000f0000, 1)
#define WORLD_R0_4    IP4(192, 0, 2, 1)
#define WORLD_R1_4    IP4(198, 51, 100, 1)
#define WORLD_R0_6    IP6(0x20010db800010000, 1)
#define WORLD_R1_6    IP6(0x20010db800020000, 1)
#define WORLD_TUNNEL4 IP4(172, 20, 0, 0)           // and 172.21.0.0, … one /16 a kind
#define WORLD_TUNNEL6 UINT64_C(0x20010db800c00000) // and 2001:db8:c1::, … one /48 a kind
#define WORLD_REMOTE4 IP4(203, 0, 113, 110)        // the far ends, one a kind
#define WORLD_REMOTE6 UINT64_C(0x10000)            // in WORLD_FAR6
#define WORLD_SID     UINT64_C(0x20010db8005e0000)
#define WORLD_NETWORK 100  // VXLAN and Geneve network identifiers: this and the kind
#define WORLD_KEY     7    // GRE
#define WORLD_MTU     1500 // of r1; r0 has more, so that longer packets can come in

// Kinds of tunnels, in the order of their addresses.
enum world_kind {
    KIND_IPIP, // 4 in 4 and 6 in 4
    KIND_GRE,
    KIND_GRE_KEY,
    KIND_GRE_SEQUENCE,
    KIND_GRE_CHECKSUM,
    KIND_VXLAN,
    KIND_GENEVE,
    KIND_IP6TNL, // 4 in 6 and 6 in 6
    KIND_GRE6,
    KIND_VXLAN6,
    KIND_GENEVE6,
    KIND_SRV6_ONE, // one segment
    KIND_SRV6,     // two
    KIND_END,      // segments that end at the router
    KIND_DT4,
    KIND_DT6,
    KIND_DT46,
    KINDS
};

extern const char *const world_kinds[KINDS];

// Where tunnels over IPv4 begin and end at the router.
static inline ip4_addr world_end4(enum world_kind kind)
{
    return kind == KIND_GRE_SEQUENCE || kind == KIND_GRE_CHECKSUM ? WORLD_OWN4 - 1 + kind
                                                                  : WORLD_OWN4;
}

static inline struct ip6_addr world_address6(uint64_t net, uint64_t host)
{
    return (struct ip6_addr){net, host};
}

// What a packet is for; counted by.
enum world_category {
    CATEGORY_TRANSIT4,
    CATEGORY_TTL4,
    CATEGORY_BROKEN4,
    CATEGORY_OPTIONS4,
    CATEGORY_FRAGMENT4,
    CATEGORY_BIG4,
    CATEGORY_ROUTE4,
    CATEGORY_LOCAL4,
    CATEGORY_MARTIAN4,
    CATEGORY_ERROR4,
    CATEGORY_TRANSIT6,
    CATEGORY_TTL6,
    CATEGORY_BROKEN6,
    CATEGORY_EXTENSION6,
    CATEGORY_FRAGMENT6,
    CATEGORY_BIG6,
    CATEGORY_ROUTE6,
    CATEGORY_LOCAL6,
    CATEGORY_MARTIAN6,
    CATEGORY_ERROR6,
    CATEGORY_CAPTURE, // rewritten from a capture
    CATEGORY_ENCAP,   // and the kind of tunnel
    CATEGORY_DECAP = CATEGORY_ENCAP + KINDS,
    CATEGORIES = CATEGORY_DECAP + KINDS
};

#define WORLD_NAME 32
const char *world_category_name(unsigned category, char name[WORLD_NAME]);

// The number in a datagram; false: none is found.
bool world_number(const uint8_t *datagram, size_t size, uint32_t *number);

// The datagram inside the datagram `h`: behind a tunnel's headers, or quoted by an ICMP error; NULL
// when there is none of which anything is there. *left: how much of it.
const uint8_t *world_inside(const uint8_t *h, size_t size, size_t *left);

// The frame's source address tells number and category of what is sent.
#define WORLD_FRAME 14
void world_write_ethernet(uint8_t *frame, unsigned category, uint16_t type);
unsigned world_category_of(const uint8_t *frame);

// "KTag" and the number, at the start of payloads.
#define WORLD_TAG 8
void world_write_tag(uint8_t *at, uint32_t number);

#endif
