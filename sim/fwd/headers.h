// SPDX-License-Identifier: GPL-3.0-or-later
// headers: IPv4 (RFC 791), UDP (RFC 768), TCP (RFC 9293) and ICMP (RFC 792) as offsets into packet
// bytes, and the checks and rewrites of the IPv4 header that every hop does. IPv6: headers6.h.
//
// Fields are copied in and out at their offsets: packet bytes have no alignment, and casting them
// to structs would lie about that.
#ifndef ANYSIM_FWD_HEADERS_H
#define ANYSIM_FWD_HEADERS_H

#include "fwd/checksum.h"
#include "fwd/drop.h"
#include "fwd/memory.h"
#include "fwd/packet.h"

enum {
    IP4_TOS = 1,
    IP4_LENGTH = 2,
    IP4_ID = 4,
    IP4_FRAGMENT = 6, // flags and offset
    IP4_TTL = 8,
    IP4_PROTOCOL = 9,
    IP4_CHECKSUM = 10,
    IP4_SRC = 12,
    IP4_DST = 16,
    IP4_HEADER = 20, // without options
    IP4_LENGTH_MAX = 65535,
    IP4_MTU_MIN = 68 // what every link carries in one piece, RFC 791 §3.2
};

#define IP4_PLAIN          0x45 // version 4, no options
#define IP4_DONT_FRAGMENT  0x4000
#define IP4_MORE_FRAGMENTS 0x2000
#define IP4_OFFSET_MASK    0x1fff
#define IP4_ECN_MASK       3
#define IP4_PIECE_UNIT     8 // bytes that a fragment's offset counts

enum {
    PROTOCOL_ICMP = 1,
    PROTOCOL_IPIP = 4,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PROTOCOL_IPV6 = 41,
    PROTOCOL_ROUTING = 43,  // IPv6 extension headers
    PROTOCOL_FRAGMENT = 44, //
    PROTOCOL_GRE = 47,
    PROTOCOL_ESP = 50,
    PROTOCOL_AH = 51,
    PROTOCOL_ICMP6 = 58,
    PROTOCOL_NONE = 59,
    PROTOCOL_OPTIONS = 60, // IPv6 destination options
    PROTOCOL_SCTP = 132,
    PROTOCOL_ETHERNET = 143, // RFC 8986 §10.1
    PROTOCOL_HOP_BY_HOP = 0
};

enum { UDP_SPORT = 0, UDP_DPORT = 2, UDP_LENGTH = 4, UDP_CHECKSUM = 6, UDP_HEADER = 8 };

enum {
    TCP_SPORT = 0,
    TCP_DPORT = 2,
    TCP_SEQUENCE = 4,
    TCP_ACKNOWLEDGED = 8,
    TCP_OFFSET = 12, // size of the header in the upper four bits, in units of four bytes
    TCP_FLAGS = 13,
    TCP_WINDOW = 14,
    TCP_CHECKSUM = 16,
    TCP_HEADER = 20 // without options
};

enum {
    TCP_FIN = 1,
    TCP_SYN = 2,
    TCP_RST = 4,
    TCP_PSH = 8,
    TCP_ACK = 16,
    TCP_ECE = 64,
    TCP_CWR = 128
};

enum {
    ICMP_TYPE = 0,
    ICMP_CODE = 1,
    ICMP_CHECKSUM = 2,
    ICMP_ID = 4,
    ICMP_SEQ = 6,
    ICMP_MTU = 6, // of "fragmentation needed", RFC 1191 §4
    ICMP_HEADER = 8
};

enum {
    ICMP_ECHO_REPLY = 0,
    ICMP_UNREACHABLE = 3,
    ICMP_QUENCH = 4,
    ICMP_REDIRECT = 5,
    ICMP_ECHO = 8,
    ICMP_TIME_EXCEEDED = 11,
    ICMP_PARAMETER = 12
};

// Codes of "unreachable".
enum {
    ICMP_NET = 0,
    ICMP_HOST = 1,
    ICMP_PROTOCOL = 2,
    ICMP_PORT = 3,
    ICMP_FRAGMENT = 4,
    ICMP_PROHIBITED = 13
};

// One load or store each. (Written as shifts of single bytes, stores come out in pieces of several
// widths, and reading the field back soon after stalls.)
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define HEADERS_SWAP16(v) __builtin_bswap16(v)
#define HEADERS_SWAP32(v) __builtin_bswap32(v)
#else
#define HEADERS_SWAP16(v) (v)
#define HEADERS_SWAP32(v) (v)
#endif

static inline uint16_t be16_get(const uint8_t *b)
{
    uint16_t v;
    memcpy(&v, b, sizeof v);
    return HEADERS_SWAP16(v);
}

static inline uint32_t be32_get(const uint8_t *b)
{
    uint32_t v;
    memcpy(&v, b, sizeof v);
    return HEADERS_SWAP32(v);
}

static inline void be16_put(uint8_t *b, uint32_t value)
{
    uint16_t v = HEADERS_SWAP16((uint16_t)value);
    memcpy(b, &v, sizeof v);
}

static inline void be32_put(uint8_t *b, uint32_t value)
{
    uint32_t v = HEADERS_SWAP32(value);
    memcpy(b, &v, sizeof v);
}

static inline uint64_t be64_get(const uint8_t *b)
{
    return (uint64_t)be32_get(b) << 32 | be32_get(b + 4);
}

static inline void be64_put(uint8_t *b, uint64_t value)
{
    be32_put(b, (uint32_t)(value >> 32));
    be32_put(b + 4, (uint32_t)value);
}

static inline size_t ip4_header_size(const uint8_t *h)
{
    return (size_t)(h[0] & 15) * 4;
}

// Part of a fragmented datagram, first fragment included.
static inline bool ip4_is_fragment(const uint8_t *h)
{
    return be16_get(h + IP4_FRAGMENT) & (IP4_MORE_FRAGMENTS | IP4_OFFSET_MASK);
}

// Not an address of one host: "this network", loopback, multicast, reserved, broadcast
// (RFC 1812 §4.2.2.11, §5.3.7). Nothing is forwarded to such an address.
static inline bool ip4_is_martian(ip4_addr a)
{
    uint32_t first = a >> 24;
    return first - 1 >= 223 || first == 127;
}

// Good on one link only: 169.254.0.0/16 (RFC 3927).
static inline bool ip4_is_link_local(ip4_addr a)
{
    return a >> 16 == 0xa9fe;
}

// What RFC 1812 §5.2.2 wants verified before anything in the header is believed. Afterwards the
// whole header is stored, and length and captured are those of the datagram (a link layer's
// padding is cut off).
static inline enum fwd_drop ip4_validate(struct packet *p)
{
    FWD_ASSERT(p->offset + p->captured <= p->room);
    const uint8_t *h = packet_data(p);
    if (fwd_unlikely(p->captured < IP4_HEADER))
        return FWD_DROP_TRUNCATED;
    size_t header = IP4_HEADER;
    uint64_t sum = checksum_add(0, h, IP4_HEADER);
    if (fwd_unlikely(h[0] != IP4_PLAIN)) {
        if (h[0] >> 4 != 4)
            return FWD_DROP_BAD_VERSION;
        header = ip4_header_size(h);
        if (header < IP4_HEADER)
            return FWD_DROP_BAD_HEADER;
        if (p->captured < header)
            return FWD_DROP_TRUNCATED;
        sum = checksum_add(sum, h + IP4_HEADER, header - IP4_HEADER);
    }
    if (fwd_unlikely(!checksum_ok(sum)))
        return FWD_DROP_BAD_CHECKSUM;
    uint32_t total = be16_get(h + IP4_LENGTH);
    if (fwd_unlikely(total < header))
        return FWD_DROP_BAD_HEADER;
    if (fwd_unlikely(total > p->length))
        return FWD_DROP_TRUNCATED;
    if (fwd_unlikely(total < p->length || p->captured > total)) {
        p->length = total;
        if (p->captured > total)
            p->captured = total;
    }
    return FWD_DROP_NONE;
}

// One hop: TTL less one and the checksum with it. The TTL must be above 1.
static inline void ip4_decrement_ttl(uint8_t *h)
{
    uint16_t old = be16_get(h + IP4_TTL);
    uint16_t now = (uint16_t)(old - 0x100);
    be16_put(h + IP4_TTL, now);
    be16_put(h + IP4_CHECKSUM, checksum_update(be16_get(h + IP4_CHECKSUM), old, now));
}

// Changes the TOS octet and the checksum with it.
static inline void ip4_set_tos(uint8_t *h, uint8_t tos)
{
    uint16_t old = be16_get(h);
    uint16_t now = (uint16_t)((old & 0xff00u) | tos);
    be16_put(h, now);
    be16_put(h + IP4_CHECKSUM, checksum_update(be16_get(h + IP4_CHECKSUM), old, now));
}

struct ip4_fields {
    ip4_addr src, dst;
    uint32_t length; // of the datagram, bytes
    uint8_t ttl, protocol, tos;
};

// Writes a header without options, with DF set and id 0 (an atomic datagram, RFC 6864 §4.1).
static inline void ip4_write(uint8_t *h, const struct ip4_fields *f)
{
    uint32_t first = (uint32_t)IP4_PLAIN << 24 | (uint32_t)f->tos << 16 | f->length;
    uint32_t life = (uint32_t)f->ttl << 8 | f->protocol;
    uint64_t sum = checksum_value(first) + IP4_DONT_FRAGMENT + life;
    sum += checksum_value(f->src) + checksum_value(f->dst);
    be32_put(h, first);
    be32_put(h + IP4_ID, IP4_DONT_FRAGMENT);
    be32_put(h + IP4_TTL, life << 16 | checksum_finish(sum));
    be32_put(h + IP4_SRC, f->src);
    be32_put(h + IP4_DST, f->dst);
}

// The transport header of an unfragmented datagram when at least `size` bytes of it are stored,
// else NULL. The IP header must be one that ip4_validate() or ip4_readable() let pass.
static inline const uint8_t *ip4_transport(const uint8_t *h, size_t stored, size_t size)
{
    size_t header = ip4_header_size(h);
    return ip4_is_fragment(h) || stored < header + size ? NULL : h + header;
}

// Whether a whole IPv4 header is stored, for readers of packets that nobody validated.
static inline bool ip4_readable(const uint8_t *h, size_t stored)
{
    return stored >= IP4_HEADER && h[0] >> 4 == 4 && ip4_header_size(h) >= IP4_HEADER &&
           stored >= ip4_header_size(h);
}

#endif
