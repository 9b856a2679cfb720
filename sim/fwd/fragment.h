// SPDX-License-Identifier: GPL-3.0-or-later
// fragment: what is to be known and done before a datagram is cut. Private to the forwarding core; the
// cutting itself is fwd_fragment().
#ifndef ANYSIM_FWD_FRAGMENT_H
#define ANYSIM_FWD_FRAGMENT_H

#include "fwd/headers6.h"

// Whether pieces of at most `mtu` bytes would carry something: of a validated header, IPv4 without
// DF, or IPv6 with a fragment header, which only the sender may put there (RFC 8200 §4.5).
bool fragment_can(const uint8_t *h, size_t stored, uint32_t mtu);

// Makes a datagram that this node itself has just made one that may be cut, with an identification
// of its own: IPv4 without DF; IPv6 with a fragment header behind its routing header, which says
// that this is all of it (RFC 6946), until it is cut. FWD_DROP_NO_HEADROOM, and nothing done: there
// is no room for that.
enum fwd_drop fragment_allow(struct packet *p, uint32_t id);

#endif
