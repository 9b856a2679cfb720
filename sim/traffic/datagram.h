// SPDX-License-Identifier: GPL-3.0-or-later
// datagram: UDP datagrams (RFC 768) with a payload of one's own.
#ifndef ANYSIM_TRAFFIC_DATAGRAM_H
#define ANYSIM_TRAFFIC_DATAGRAM_H

#include "fwd/packet.h"

#define DATAGRAM_STORED (PACKET_BYTES - PACKET_HEADROOM - PACKET_UDP_MIN) // bytes of payload

struct datagram {
    ip4_addr src, dst;
    uint16_t sport, dport;
    uint32_t length; // of the IP datagram
    uint8_t ttl;
};

// Writes the whole datagram into `p`, as packet_build_udp does. `stored` bytes of payload, at most
// DATAGRAM_STORED and what `length` leaves room for, are kept; zeros follow up to `length`.
void datagram_write(struct packet *p, const struct datagram *d, const uint8_t *payload,
                    size_t stored);

// The stored payload of an unfragmented UDP datagram without IP options: its first byte, and how
// many there are. NULL: it is none.
const uint8_t *datagram_payload(const struct packet *p, size_t *stored);

#endif
