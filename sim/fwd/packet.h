// SPDX-License-Identifier: GPL-3.0-or-later
// packet: header bytes with headroom for tunnels, and what its owner hangs on them.
//
// A packet is an IPv4 or IPv6 datagram: bytes in network order from `data` on. Bytes beyond
// `captured`, up to `length`, are zeros that are not stored: a simulator's payload. Whoever forwards
// real packets stores all of them, in packets with more room.
//
// Four cache lines when the packet is aligned to one: the first is what switching touches besides
// the header itself, the third begins with the header, the second is headroom that tunnels grow
// into. A packet may be made larger than this struct: see packet_bytes().
#ifndef ANYSIM_FWD_PACKET_H
#define ANYSIM_FWD_PACKET_H

#include "base/ip6.h"
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PACKET_HEADROOM 80  // the header begins a line; a VXLAN header over IPv6 fits before it
#define PACKET_BYTES    208 // of an ordinary packet: headroom, headers and the stored payload
#define PACKET_UDP_MIN  28  // IPv4 and UDP header (an echo is as long): the shortest `length`
#define PACKET_PAYLOAD  16  // bytes of a stored payload

struct packet {
    struct packet *next; // for pools and queues
    uint32_t length;     // of the outermost IP datagram, header included, bytes
    uint32_t captured;   // header and payload bytes that are stored, from offset on
    uint32_t offset;     // where the outermost header starts in `bytes`
    uint32_t room;       // bytes there are, headroom included; set once by packet_init()
    uint8_t depth;       // tunnel headers pushed now
    uint8_t kind;        // owner's use (request, reply, …)
    uint16_t hops;       // forwarding nodes crossed
    uint32_t flow;       // owner's use
    uint32_t seq;        // owner's use
    uint32_t service;    // set by the EIP stage; UINT32_MAX before
    ip4_addr entry;  // number (fwd_options.address) of the POP whose EIP stage took it; 0 before
    uint32_t weight; // owner's use: how many packets like it this one stands for
    uint8_t bytes[PACKET_BYTES];
};

static_assert(sizeof(struct packet) == 256, "a packet is four cache lines");
static_assert(offsetof(struct packet, bytes) + PACKET_HEADROOM == 128, "the header starts a line");

// Memory for a packet with `room` bytes, at least PACKET_BYTES.
static inline size_t packet_bytes(uint32_t room)
{
    return offsetof(struct packet, bytes) + room;
}

// To be called once for fresh memory, before anything else; nothing but `room` is set.
static inline void packet_init(struct packet *p, uint32_t room)
{
    p->room = room;
}

static inline uint8_t *packet_data(struct packet *p)
{
    return (uint8_t *)p + offsetof(struct packet, bytes) + p->offset;
}

static inline const uint8_t *packet_view(const struct packet *p)
{
    return (const uint8_t *)p + offsetof(struct packet, bytes) + p->offset;
}

// --- building. Each builder writes a whole datagram with right checksums over its full length and
// sets length, offset, captured, depth, hops, service and entry; next, kind, flow, seq and weight
// are the owner's and stay. `length` is the whole IP datagram in bytes (at most 65535). IP id is 0
// and DF is set: an atomic datagram (RFC 6864).

// The first bytes of the payload, stored, so that a receiver finds what the sender meant by the
// bytes alone. The rest of the payload is zeros.
struct packet_payload {
    uint32_t flow;
    uint32_t seq;
    int64_t stamp_ps; // when it was sent
};

// UDP (RFC 768). `payload` may be NULL: nothing is stored after the header. With a payload, length
// is at least PACKET_UDP_MIN + PACKET_PAYLOAD, without at least PACKET_UDP_MIN.
void packet_build_udp(struct packet *p, ip4_addr src, ip4_addr dst, uint16_t sport, uint16_t dport,
                      uint8_t ttl, uint32_t length, const struct packet_payload *payload);

// ICMP echo request (RFC 792); the same lengths as UDP.
void packet_build_icmp_echo(struct packet *p, ip4_addr src, ip4_addr dst, uint16_t id, uint16_t seq,
                            uint8_t ttl, uint32_t length, const struct packet_payload *payload);

// TCP (RFC 9293): header and options are stored, the payload is zeros.
struct packet_tcp {
    ip4_addr src, dst;
    uint16_t sport, dport;
    uint32_t seq, ack;
    uint16_t window;
    uint8_t flags, ttl, tos;
    uint8_t options_size; // bytes, a multiple of 4, at most PACKET_TCP_OPTIONS
    const uint8_t *options;
    uint32_t payload; // bytes
};
#define PACKET_TCP_OPTIONS 40
void packet_build_tcp(struct packet *p, const struct packet_tcp *t);

// UDP whose first `size` bytes of payload are given; the rest, up to `length`, is zeros. At most
// PACKET_BYTES - PACKET_HEADROOM - PACKET_UDP_MIN of them, and no more than the payload has.
struct packet_udp {
    ip4_addr src, dst;
    uint16_t sport, dport;
    uint8_t ttl, tos;
    uint32_t length; // of the IP datagram
    uint32_t size;
    const uint8_t *bytes;
};
void packet_build_udp_bytes(struct packet *p, const struct packet_udp *u);

// Takes over a datagram from elsewhere (a capture, an interface): `stored` bytes of a datagram of
// `length`. What does not fit behind PACKET_HEADROOM is left out, and counts as zeros.
void packet_load(struct packet *p, const uint8_t *bytes, size_t stored, uint32_t length);

// --- reading the outermost header. The addresses are 0 and the others false when the bytes
// are not there. IPv4 only, as are the builders: the simulator's own packets.
ip4_addr packet_src(const struct packet *p);
ip4_addr packet_dst(const struct packet *p);
uint8_t packet_ttl(const struct packet *p);
uint8_t packet_protocol(const struct packet *p);

// The stored payload of an unfragmented UDP datagram, ICMP echo or echo reply.
bool packet_payload_get(const struct packet *p, struct packet_payload *out);
// UDP ports of an unfragmented datagram.
bool packet_ports(const struct packet *p, uint16_t *sport, uint16_t *dport);
// Type, code and, for echo and echo reply, the identifier of an unfragmented ICMP message.
bool packet_icmp(const struct packet *p, uint8_t *type, uint8_t *code, uint16_t *id);

// Room for `size` bytes before the header: offset >= size afterwards. The stored bytes move to the
// end of the packet if need be. False when there is no room even so.
bool packet_make_room(struct packet *p, size_t size);

// Two ends of the outermost header's life: `size` bytes more before it (room was made), or fewer.
static inline void packet_push(struct packet *p, uint32_t size)
{
    p->offset -= size;
    p->captured += size;
    p->length += size;
}

static inline void packet_pull(struct packet *p, uint32_t size)
{
    p->offset += size;
    p->captured -= size;
    p->length -= size;
}

#ifdef __cplusplus
}
#endif

#endif
