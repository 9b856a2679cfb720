// SPDX-License-Identifier: GPL-3.0-or-later
// intact: what a host checks of a datagram that the forwarding core delivers to it: the transport's
// checksum over the whole (UDP RFC 768, TCP RFC 9293, ICMP RFC 792). The core has checked the IPv4
// header's.
#ifndef ANYSIM_NET_INTACT_H
#define ANYSIM_NET_INTACT_H

#include "fwd/packet.h"

// True as well of what has no checksum: other protocols, UDP without one, fragments.
bool packet_intact(const struct packet *p);

#endif
