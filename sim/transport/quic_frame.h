// SPDX-License-Identifier: GPL-3.0-or-later
// quic_frame: a datagram of the QUIC-like transport as fields, from and to packet bytes.
//
// Header: an octet of flags (0x40, and QUIC_OPEN or QUIC_RESET), the connection id (8 octets), the packet
// number (4 octets). Then frames as in RFC 9000 §19, the one with octets last; its octets are zeros,
// as are the PADDING frames of an opening.
#ifndef ANYSIM_TRANSPORT_QUIC_FRAME_H
#define ANYSIM_TRANSPORT_QUIC_FRAME_H

#include "fwd/packet.h"
#include "transport/ranges.h"

#define QUIC_RANGES     4 // of an ACK frame, the newest; more do not fit into a packet's stored bytes
#define QUIC_OPEN_BYTES 1200u // least payload of a datagram that opens (RFC 9000 §14.1)
#define QUIC_HEADER     13u

enum { QUIC_OPEN = 1, QUIC_RESET = 2 };

struct quic_datagram {
    uint8_t flags;
    uint64_t id, number;
    uint32_t bytes; // of the IP datagram
    uint16_t sport, dport;
    unsigned nranges; // ACK; 0: none. The newest first
    struct range ranges[QUIC_RANGES];
    int64_t delay_ps;
    bool ping, has_limit, has_challenge, has_response, close, done;
    uint64_t limit, challenge, response, error;
    bool has_crypto, has_data;
    struct range crypto, data;
};

// Anything that is to be acknowledged (RFC 9000 §13.2)?
bool quic_eliciting(const struct quic_datagram *d);
// Bytes of the datagram besides the octets of CRYPTO and STREAM frames.
uint32_t quic_overhead(const struct quic_datagram *d);
// `d->bytes` is set; an opening is padded.
void quic_datagram_write(struct quic_datagram *d, ip4_addr src, ip4_addr dst, uint8_t ttl,
                         struct packet *p);
// False: not UDP, not ours, cut short, or frames that cannot be.
bool quic_datagram_read(const struct packet *p, struct quic_datagram *d);

#endif
