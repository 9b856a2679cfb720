// SPDX-License-Identifier: GPL-3.0-or-later
// srv6: segments of SRv6 that end at this node (RFC 8986), by the segment routing header (RFC 8754).
// How packets get into it: kind FWD_TUNNEL_SRV6 of encap.h.
#ifndef ANYSIM_FWD_SRV6_H
#define ANYSIM_FWD_SRV6_H

#include "fwd/headers6.h"

#define SRV6_ROUTING_TYPE 4

// The segment routing header.
enum {
    SRH_NEXT = 0,
    SRH_SIZE = 1, // in 8 bytes, less one
    SRH_TYPE = 2,
    SRH_LEFT = 3, // segments left
    SRH_LAST = 4, // index of the last entry of the list
    SRH_LIST = 8  // last segment first
};

// Whether a stored IPv6 header has a routing header behind it, of any type, that has segments left
// or is not stored; such a packet has not arrived yet (RFC 8200 §4.4).
bool srv6_segments_left(const uint8_t *h, size_t stored);

// What is wrong with a FWD_DROP_SEGMENT packet, for the parameter problem that its source is to hear:
// code << 16 | offset of the field.
#define SRV6_FAULT(code, offset) ((uint32_t)(code) << 16 | (offset))

// End (RFC 8986 §4.1) of a validated IPv6 packet: its destination becomes the next segment. The hop
// limit is the caller's, as for every packet that is forwarded. Nothing but a further segment may
// follow End here: FWD_DROP_SEGMENT, and *fault at the upper layer (§4.1.1), for a packet that has
// none left; at Segments Left for a list that lies; at the type for another routing header with
// segments left (RFC 8200 §4.4). FWD_DROP_TRUNCATED: not there whole. FWD_DROP_FRAGMENT: no segment
// left, and not all of it. The packet is untouched then.
enum fwd_drop srv6_end(struct packet *p, uint32_t *fault);

// End.DT4, End.DT6, End.DT46 (RFC 8986 §4.6 to §4.8) of a validated IPv6 packet, with or without a
// routing header: takes out the IPv4 or IPv6 packet inside, whichever is allowed, with ECN as
// RFC 6040 §4.2 has it. The inner header is stored and of the right version, but not validated.
// FWD_DROP_SEGMENT as above: segments left, or nothing of the kind inside; FWD_DROP_FRAGMENT;
// FWD_DROP_TRUNCATED; FWD_DROP_TUNNEL_BAD: no such version inside, or a congestion mark that it
// cannot carry. The packet is untouched then.
enum fwd_drop srv6_decapsulate(struct packet *p, bool v4, bool v6, uint32_t *fault);

#endif
