// SPDX-License-Identifier: GPL-3.0-or-later
// natfixture: what the tests of translation share: addresses, datagrams of all kinds, and checksums
// over again, which use nothing of the code under test.
#ifndef ANYSIM_TESTS_FWD_NATFIXTURE_H
#define ANYSIM_TESTS_FWD_NATFIXTURE_H

#include "fixture.h"
#include "fwd/nat.h"
#include <stdlib.h>

#define ROOM 2048

static const struct flowstate_options times = {
    .idle_ps = 1000, .tcp_opening_ps = 5000, .tcp_open_ps = 50000};

// The POP's address, an EIP and a client, of either family.
static inline struct ip6_addr address(bool six)
{
    return six ? IP6(0x20010db8000a0000, 1) : ip6_from_ip4(IP4(192, 0, 2, 1));
}

static inline struct ip6_addr eip_of(bool six)
{
    return six ? IP6(0x20010db800e10000, 9) : ip6_from_ip4(IP4(203, 0, 113, 9));
}

static inline struct ip6_addr client_of(bool six, uint32_t i)
{
    return six ? IP6(0x20010db8c11e0000, i + 1) : ip6_from_ip4(IP4(198, 51, 100, 0) + i);
}

static inline struct nat *nat_with(uint32_t limit, uint16_t port_min, uint16_t port_max)
{
    struct nat *n = fwd_memory_zeroed(1, sizeof *n);
    nat_init(
        n,
        &(struct nat_options){
            .limit = limit, .port_min = port_min, .port_max = port_max, .seed = 5, .times = times});
    return n;
}

static inline void nat_end(struct nat *n)
{
    nat_free(n);
    free(n);
}

static inline struct packet *packet_new(void)
{
    struct packet *p = fwd_memory_zeroed(1, packet_bytes(ROOM));
    packet_init(p, ROOM);
    return p;
}

// --- checksums over again, a word at a time: nothing of the code under test

static inline uint32_t words(const uint8_t *b, size_t size, uint32_t sum)
{
    for (size_t i = 0; i < size; i++) {
        sum += (uint32_t)b[i] << (i % 2 ? 0 : 8);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
}

// The sum of the upper layer of `size` bytes, with its pseudo header where there is one.
static inline uint32_t upper_sum(const uint8_t *h, const uint8_t *upper, size_t size,
                                 uint8_t protocol)
{
    uint32_t sum = 0;
    if (protocol != PROTOCOL_ICMP) {
        uint8_t pseudo[4] = {(uint8_t)(size >> 8), (uint8_t)size, 0, protocol};
        sum = h[0] >> 4 == 4 ? words(h + IP4_SRC, 8, 0) : words(h + IP6_SRC, 32, 0);
        sum = words(pseudo, 4, sum);
    }
    return words(upper, size, sum);
}

static inline size_t check_at(uint8_t protocol)
{
    return protocol == PROTOCOL_TCP   ? TCP_CHECKSUM
           : protocol == PROTOCOL_UDP ? UDP_CHECKSUM
                                      : ICMP_CHECKSUM;
}

static inline size_t header_of(const uint8_t *h, uint8_t *protocol)
{
    if (h[0] >> 4 == 4) {
        *protocol = h[IP4_PROTOCOL];
        return ip4_header_size(h);
    }
    *protocol = h[IP6_NEXT];
    size_t at = IP6_HEADER;
    if (*protocol == PROTOCOL_OPTIONS) {
        *protocol = h[at];
        at += 8;
    }
    return at;
}

// Every checksum of a whole datagram of `size` bytes; for an error, of what it quotes whole too.
static inline bool right(const uint8_t *h, size_t size)
{
    uint8_t protocol;
    size_t at = header_of(h, &protocol);
    if (h[0] >> 4 == 4 && words(h, at, 0) != 0xffff)
        return false;
    if (protocol == PROTOCOL_SCTP)
        return true;
    if (protocol == PROTOCOL_UDP && be16_get(h + at + UDP_CHECKSUM) == 0)
        return true;
    return upper_sum(h, h + at, size - at, protocol) == 0xffff;
}

static inline void seal(uint8_t *h, size_t size)
{
    uint8_t protocol;
    size_t at = header_of(h, &protocol);
    if (h[0] >> 4 == 4) {
        be16_put(h + IP4_CHECKSUM, 0);
        be16_put(h + IP4_CHECKSUM, (uint16_t)~words(h, at, 0));
    }
    if (protocol == PROTOCOL_SCTP)
        return;
    uint8_t *check = h + at + check_at(protocol);
    be16_put(check, 0);
    uint16_t sum = (uint16_t)~upper_sum(h, h + at, size - at, protocol);
    be16_put(check, protocol == PROTOCOL_UDP && sum == 0 ? 0xffff : sum);
}

// --- datagrams

struct spec {
    bool six, extended; // with IPv4 options, with an IPv6 extension header
    uint8_t protocol;
    uint8_t type;  // ICMP
    uint8_t flags; // TCP
    bool no_check; // UDP
    struct ip6_addr src, dst;
    uint16_t sport, dport; // an echo: its identifier first
    uint32_t payload;
};

static inline void put_ip(uint8_t *h, const struct spec *s, size_t header, size_t size)
{
    if (s->six) {
        ip6_write(h, &(struct ip6_fields){.src = s->src,
                                          .dst = s->dst,
                                          .length = (uint32_t)size,
                                          .hops = 60,
                                          .next = s->protocol});
        if (s->extended) {
            static const uint8_t padding[8] = {0, 0, 1, 4};
            h[IP6_NEXT] = PROTOCOL_OPTIONS;
            memcpy(h + IP6_HEADER, padding, sizeof padding);
            h[IP6_HEADER] = s->protocol;
        }
        return;
    }
    ip4_write(h, &(struct ip4_fields){.src = ip6_to_ip4(s->src),
                                      .dst = ip6_to_ip4(s->dst),
                                      .length = (uint32_t)size,
                                      .ttl = 60,
                                      .protocol = s->protocol});
    h[0] = (uint8_t)(0x40 | header / 4);
    for (size_t i = IP4_HEADER; i < header; i++)
        h[i] = 1; // no operation
}

static inline struct packet *build(struct random *r, const struct spec *s)
{
    uint8_t bytes[ROOM];
    size_t header = s->six ? IP6_HEADER + (s->extended ? 8u : 0u) : s->extended ? 28 : IP4_HEADER;
    size_t own = s->protocol == PROTOCOL_TCP ? TCP_HEADER : s->protocol == PROTOCOL_SCTP ? 12 : 8;
    size_t size = header + own + s->payload;
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)random_next(r);
    put_ip(bytes, s, header, size);
    uint8_t *u = bytes + header;
    if (s->protocol == PROTOCOL_ICMP || s->protocol == PROTOCOL_ICMP6) {
        u[ICMP_TYPE] = s->type;
        u[ICMP_CODE] = 0;
        be16_put(u + ICMP_ID, s->sport);
    } else {
        be16_put(u + UDP_SPORT, s->sport);
        be16_put(u + UDP_DPORT, s->dport);
    }
    if (s->protocol == PROTOCOL_TCP)
        u[TCP_FLAGS] = s->flags;
    if (s->protocol == PROTOCOL_UDP)
        be16_put(u + UDP_LENGTH, (uint32_t)(own + s->payload));
    seal(bytes, size);
    if (s->protocol == PROTOCOL_UDP && s->no_check)
        be16_put(u + UDP_CHECKSUM, 0);
    struct packet *p = packet_new();
    packet_load(p, bytes, size, (uint32_t)size);
    return p;
}

static inline struct spec spec_of(uint8_t protocol, bool six, uint32_t client, uint16_t sport)
{
    return (struct spec){.six = six,
                         .protocol = protocol,
                         .type = six ? ICMP6_ECHO : ICMP_ECHO,
                         .flags = TCP_SYN,
                         .src = client_of(six, client),
                         .dst = eip_of(six),
                         .sport = sport,
                         .dport = 443};
}

static inline struct natrewrite_view view_of(const struct packet *p)
{
    struct natrewrite_view v = {0};
    CU_ASSERT_EQUAL(natrewrite_read(packet_view(p), p->captured, &v), FWD_DROP_NONE);
    return v;
}

// Sends a packet made so outward; the port that it got, 0: refused, and `*why` says so.
static inline uint16_t port_of(struct nat *n, const struct spec *s, int64_t now_ps,
                               enum fwd_drop *why)
{
    struct random r = {1};
    struct packet *p = build(&r, s);
    enum fwd_drop bad = nat_outward(n, p, address(s->six), now_ps);
    uint16_t port = bad ? 0 : view_of(p).sport;
    if (why)
        *why = bad;
    free(p);
    return port;
}

// An answer from the EIP to a port; whether it was translated, and to whom.
static inline enum fwd_drop answer_to(struct nat *n, const struct spec *s, uint16_t port,
                                      int64_t now_ps, struct ip6_addr *client)
{
    struct random r = {2};
    struct spec back = *s;
    back.src = s->dst;
    back.dst = address(s->six);
    back.type = s->six ? ICMP6_ECHO_REPLY : ICMP_ECHO_REPLY;
    back.flags = TCP_SYN | TCP_ACK;
    back.sport = s->protocol == PROTOCOL_ICMP || s->protocol == PROTOCOL_ICMP6 ? port : s->dport;
    back.dport = port;
    struct packet *p = build(&r, &back);
    enum fwd_drop bad = nat_homeward(n, p, now_ps);
    if (!bad && client)
        *client = view_of(p).dst;
    free(p);
    return bad;
}

// An error of `type` about `about`, of which `quoted` bytes are quoted.
static inline struct packet *error_about(const struct packet *about, uint32_t quoted,
                                         struct ip6_addr src, struct ip6_addr dst, uint8_t type)
{
    uint8_t bytes[ROOM] = {0};
    bool six = packet_view(about)[0] >> 4 == 6;
    size_t header = six ? IP6_HEADER : IP4_HEADER, size = header + ICMP_HEADER + quoted;
    struct spec s = {
        .six = six, .protocol = six ? PROTOCOL_ICMP6 : PROTOCOL_ICMP, .src = src, .dst = dst};
    put_ip(bytes, &s, header, size);
    bytes[header + ICMP_TYPE] = type;
    be32_put(bytes + header + ICMP_ID, 1400);
    memcpy(bytes + header + ICMP_HEADER, packet_view(about), quoted);
    seal(bytes, size);
    struct packet *p = packet_new();
    packet_load(p, bytes, size, (uint32_t)size);
    return p;
}

// All that can be translated, of either family.
static const uint8_t protocols[2][4] = {
    {PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_SCTP, PROTOCOL_ICMP},
    {PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_SCTP, PROTOCOL_ICMP6}};

#endif
