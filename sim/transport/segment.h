// SPDX-License-Identifier: GPL-3.0-or-later
// segment: a TCP segment (RFC 9293 §3.1) as fields, from and to packet bytes.
//
// Options: maximum segment size, window scale and timestamps (RFC 7323), SACK-permitted and SACK
// (RFC 2018); others are skipped. The payload is a length: its octets are zeros.
#ifndef ANYSIM_TRANSPORT_SEGMENT_H
#define ANYSIM_TRANSPORT_SEGMENT_H

#include "fwd/packet.h"

#define SEGMENT_SACKS     4
#define SEGMENT_NO_SCALE  255
#define SEGMENT_SCALE_MAX 14 // RFC 7323 §2.3

enum segment_ecn { SEGMENT_NOT_ECT = 0, SEGMENT_ECT0 = 2, SEGMENT_CE = 3 }; // RFC 3168 §5

struct segment_range {
    uint32_t from, to;
};

struct segment {
    uint16_t sport, dport;
    uint32_t seq, ack;
    uint32_t octets; // of payload
    uint16_t window; // as in the header, not scaled
    uint8_t flags;   // TCP_SYN… of fwd/headers.h
    uint8_t ecn;     // of the IP header
    uint16_t mss;    // 0: no such option
    uint8_t scale;   // SEGMENT_NO_SCALE: no such option
    bool sack_permitted;
    bool stamped; // `stamp` and `echo` are there
    uint32_t stamp, echo;
    uint8_t nsacks;
    struct segment_range sacks[SEGMENT_SACKS];
};

// Sequence numbers that it takes: payload, SYN, FIN.
uint32_t segment_length(const struct segment *s);
// Bytes of its options.
uint32_t segment_options(const struct segment *s);

// Writes the datagram (see packet_build_tcp). The options must fit into 40 bytes: with timestamps at
// most three SACK blocks.
void segment_write(const struct segment *s, ip4_addr src, ip4_addr dst, uint8_t ttl,
                   struct packet *p);
// From an unfragmented IPv4 packet. False: not TCP, cut short, options that cannot be read, or a wrong
// checksum.
bool segment_read(const struct packet *p, struct segment *s);

#endif
