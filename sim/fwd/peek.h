// SPDX-License-Identifier: GPL-3.0-or-later
// peek: what is inside a tunnel packet, for who only looks: ECMP hashing by the inner flow, and ICMP
// errors about this node's own tunnels.
#ifndef ANYSIM_FWD_PEEK_H
#define ANYSIM_FWD_PEEK_H

#include "fwd/encap.h"

// Whether the validated IPv4 or IPv6 header at `h` begins a tunnel packet of a known kind (by
// protocol, and by the usual UDP ports), and where the inner IP header is then: it is stored whole,
// of the version that was announced, and otherwise not validated. One level; ask again for the
// next. Fragments are no tunnel packets here, not even first ones, so that all of a datagram's
// fragments are alike.
bool peek_inner(const uint8_t *h, size_t stored, uint32_t *at);

// The same for a header that nobody validated: a packet that just came in, or the quote inside an ICMP
// or ICMPv6 error.
bool peek_quoted(const uint8_t *quote, size_t stored, uint32_t *at);
// The same for one that is known to be this tunnel's (tunnel_of_quote()), whatever its UDP port, and
// for the first piece of one.
bool peek_quoted_of(const struct tunnel *t, const uint8_t *quote, size_t stored, uint32_t *at);

#endif
