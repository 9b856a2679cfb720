// SPDX-License-Identifier: GPL-3.0-or-later
// headers6: IPv6 (RFC 8200) and ICMPv6 (RFC 4443) as offsets into packet bytes, the checks and
// rewrites that every hop does, and the way past extension headers.
#ifndef ANYSIM_FWD_HEADERS6_H
#define ANYSIM_FWD_HEADERS6_H

#include "fwd/headers.h"

enum {
    IP6_FLOW = 0,   // version, traffic class, flow label
    IP6_LENGTH = 4, // of what follows the header
    IP6_NEXT = 6,
    IP6_HOPS = 7,
    IP6_SRC = 8,
    IP6_DST = 24,
    IP6_HEADER = 40,
    IP6_LENGTH_MAX = IP6_HEADER + 65535,
    IP6_MTU_MIN = 1280
};

#define IP6_LABEL_MASK     0xfffffu
#define IP6_EXTENSIONS_MAX 8 // a longer chain counts as opaque

// The fragment extension header (RFC 8200 §4.5).
enum { FRAGMENT_OFFSET = 2, FRAGMENT_ID = 4, FRAGMENT_HEADER = 8 };
#define FRAGMENT_OFFSET_MASK 0xfff8u
#define FRAGMENT_MORE        1u

enum {
    ICMP6_UNREACHABLE = 1,
    ICMP6_TOO_BIG = 2,
    ICMP6_TIME_EXCEEDED = 3,
    ICMP6_PARAMETER = 4,
    ICMP6_INFO = 4,          // offset: MTU of "too big", pointer of a parameter problem
    ICMP6_INFORMATION = 128, // from here on a message is no error
    ICMP6_ECHO = 128,
    ICMP6_ECHO_REPLY = 129,
    ICMP6_REDIRECT = 137
};

// Codes of a parameter problem.
enum { ICMP6_FIELD = 0, ICMP6_SEGMENT_UPPER = 4 }; // the latter: RFC 8754 §4.3.2

// Codes of "unreachable".
enum {
    ICMP6_NO_ROUTE = 0,
    ICMP6_PROHIBITED = 1,
    ICMP6_SCOPE = 2,
    ICMP6_ADDRESS = 3,
    ICMP6_PORT = 4,
    ICMP6_REJECT = 6
};

static inline struct ip6_addr ip6_get(const uint8_t *b)
{
    return (struct ip6_addr){be64_get(b), be64_get(b + 8)};
}

static inline void ip6_put(uint8_t *b, struct ip6_addr a)
{
    be64_put(b, a.hi);
    be64_put(b + 8, a.lo);
}

// Addresses of a stored header of either family.
static inline struct ip6_addr ip_source(const uint8_t *h)
{
    return h[0] >> 4 == 4 ? ip6_from_ip4(be32_get(h + IP4_SRC)) : ip6_get(h + IP6_SRC);
}

static inline struct ip6_addr ip_destination(const uint8_t *h)
{
    return h[0] >> 4 == 4 ? ip6_from_ip4(be32_get(h + IP4_DST)) : ip6_get(h + IP6_DST);
}

static inline uint8_t ip6_traffic_class(const uint8_t *h)
{
    return (uint8_t)(be16_get(h) >> 4);
}

static inline void ip6_set_traffic_class(uint8_t *h, uint8_t class)
{
    be16_put(h, (be16_get(h) & 0xf00fu) | (uint32_t) class << 4);
}

static inline bool ip6_is_multicast(struct ip6_addr a)
{
    return a.hi >> 56 == 0xff;
}

static inline bool ip6_is_link_local(struct ip6_addr a)
{
    return a.hi >> 54 == 0xfe80 >> 6;
}

// Not an address of one host that may stand in a packet between nodes: unspecified, loopback, multicast,
// IPv4-mapped (RFC 4291 §2.5, RFC 6890).
static inline bool ip6_is_martian(struct ip6_addr a)
{
    return ip6_is_multicast(a) || (a.hi == 0 && (a.lo <= 1 || a.lo >> 32 == 0xffff));
}

// Whether the hop-by-hop header that an IPv6 header promises fits into `payload` bytes; the only
// extension header that a router on the way has to do with (RFC 8200 §4). A payload length of 0
// before it announces a jumbogram (RFC 2675 §3). True where it is not stored.
bool ip6_hop_by_hop_fits(const uint8_t *h, size_t stored, uint32_t payload);

// What is to be verified before anything in the header is believed (RFC 8200 §3). Afterwards length
// and captured are those of the datagram (a link layer's padding is cut off). Jumbograms are not
// accepted: FWD_DROP_BAD_HEADER.
static inline enum fwd_drop ip6_validate(struct packet *p)
{
    FWD_ASSERT(p->offset + p->captured <= p->room);
    const uint8_t *h = packet_data(p);
    if (fwd_unlikely(p->captured < IP6_HEADER))
        return FWD_DROP_TRUNCATED;
    if (fwd_unlikely(h[0] >> 4 != 6))
        return FWD_DROP_BAD_VERSION;
    uint32_t total = IP6_HEADER + (uint32_t)be16_get(h + IP6_LENGTH);
    if (fwd_unlikely(total > p->length))
        return FWD_DROP_TRUNCATED;
    if (fwd_unlikely(h[IP6_NEXT] == PROTOCOL_HOP_BY_HOP) &&
        !ip6_hop_by_hop_fits(h, p->captured, total - IP6_HEADER))
        return FWD_DROP_BAD_HEADER;
    if (fwd_unlikely(total < p->length || p->captured > total)) {
        p->length = total;
        if (p->captured > total)
            p->captured = total;
    }
    return FWD_DROP_NONE;
}

struct ip6_fields {
    struct ip6_addr src, dst;
    uint32_t length; // of the datagram, header included, bytes
    uint32_t label;  // flow label, 20 bits
    uint8_t hops, next, traffic_class;
};

static inline void ip6_write(uint8_t *h, const struct ip6_fields *f)
{
    be32_put(h, 6u << 28 | (uint32_t)f->traffic_class << 20 | (f->label & IP6_LABEL_MASK));
    be32_put(h + IP6_LENGTH, (f->length - IP6_HEADER) << 16 | (uint32_t)f->next << 8 | f->hops);
    ip6_put(h + IP6_SRC, f->src);
    ip6_put(h + IP6_DST, f->dst);
}

// Whether an IPv6 header is stored, for readers of packets that nobody validated.
static inline bool ip6_readable(const uint8_t *h, size_t stored)
{
    return stored >= IP6_HEADER && h[0] >> 4 == 6;
}

// Sum over the pseudo header (RFC 8200 §8.1), over bytes: for checksum_add() to go on with.
static inline uint64_t ip6_pseudo_sum(const uint8_t *h, uint32_t upper_length, uint8_t protocol)
{
    uint8_t rest[8];
    be32_put(rest, upper_length);
    be32_put(rest + 4, protocol);
    return checksum_add(checksum_add(0, h + IP6_SRC, 32), rest, sizeof rest);
}

// What lies behind the extension headers.
struct ip6_upper {
    uint32_t at;      // offset of the upper layer, or of the first header that was not passed
    uint8_t protocol; // of it
    bool fragment;    // there is a fragment header
    bool later;       // … and it is not the first fragment: the upper layer's header is not here
    uint32_t fragment_at; // offset of the fragment header; 0: there is none
    uint32_t next_at;     // offset of the byte that names `protocol`
};
// From a header that is stored; reads no further than `stored`. The chain ends at ESP, at "no next
// header", at a header that is not stored whole, and after IP6_EXTENSIONS_MAX.
struct ip6_upper ip6_upper_of(const uint8_t *h, size_t stored);

#endif
