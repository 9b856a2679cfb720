// SPDX-License-Identifier: GPL-3.0-or-later
// nd: neighbour solicitations and advertisements (RFC 4861 §4.3, §4.4): bytes to struct and back,
// with the validity checks of §7.1. What they mean is neighbour.h's business.
#ifndef ANYSIM_WIRE_ND_H
#define ANYSIM_WIRE_ND_H

#include "base/ip6.h"
#include "wire/frame.h"

#define ND_FRAME 86 // bytes of the longest message written here, with its Ethernet and IPv6 headers

enum { ND_SOLICITATION = 135, ND_ADVERTISEMENT = 136 };

struct nd {
    uint8_t type; // ND_SOLICITATION or ND_ADVERTISEMENT
    struct ip6_addr src, dst, target;
    bool router, solicited, overrides; // flags of an advertisement
    bool has_mac;                      // the source (or target) link-layer address option
    uint8_t mac[FRAME_MAC];
};

enum nd_result {
    ND_OTHER, // not one of the two messages
    ND_BAD,   // one of them, but to be ignored
    ND_GOOD
};

// Reads the IPv6 datagram at `bytes`. Of an ND_BAD message dst is set all the same.
enum nd_result nd_read(const uint8_t *bytes, size_t stored, struct nd *out);
// Writes a whole frame. Returns its bytes, ND_FRAME at most.
size_t nd_write(uint8_t *frame, const uint8_t dst[FRAME_MAC], const uint8_t src[FRAME_MAC],
                const struct nd *m);

// The multicast group in which a target is asked for (RFC 4291 §2.7.1).
struct ip6_addr nd_group(struct ip6_addr target);
// The MAC address of an IPv6 multicast group (RFC 2464 §7).
void nd_group_mac(struct ip6_addr group, uint8_t mac[FRAME_MAC]);

#endif
