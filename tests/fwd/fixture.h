// SPDX-License-Identifier: GPL-3.0-or-later
// fixture: what the forwarding core's tests share: a random stream, prefixes and packets in a line.
#ifndef ANYSIM_TESTS_FWD_FIXTURE_H
#define ANYSIM_TESTS_FWD_FIXTURE_H

#include "fwd/fwd.h"
#include "fwd/headers6.h"
#include "random.h"
#include "unit.h"
#include <stdio.h>

static inline struct prefix prefix_of(ip4_addr a, uint8_t len)
{
    return (struct prefix){a & prefix_mask(len), len};
}

static inline struct fwd_node *node_at(ip4_addr address)
{
    struct fwd_node *n = fwd_node_new(&(struct fwd_options){.address = address});
    fwd_route_set(n, prefix_of(address, 32), FWD_ACT_LOCAL, 0);
    return n;
}

static inline void route_out(struct fwd_node *n, ip4_addr a, uint8_t len, uint32_t out_if)
{
    fwd_route_set(n, prefix_of(a, len), FWD_ACT_FORWARD, fwd_group(n, &out_if, 1));
}

// The builders of packet.h for a packet that is nothing yet.
static inline void build_udp(struct packet *p, ip4_addr src, ip4_addr dst, uint16_t sport,
                             uint16_t dport, uint8_t ttl, uint32_t length,
                             const struct packet_payload *payload)
{
    packet_init(p, PACKET_BYTES);
    packet_build_udp(p, src, dst, sport, dport, ttl, length, payload);
}

static inline void build_echo(struct packet *p, ip4_addr src, ip4_addr dst, uint16_t id,
                              uint8_t ttl, uint32_t length)
{
    packet_init(p, PACKET_BYTES);
    packet_build_icmp_echo(p, src, dst, id, 1, ttl, length, NULL);
}

static inline void udp_packet(struct packet *p, ip4_addr src, ip4_addr dst, uint8_t ttl)
{
    struct packet_payload payload = {.flow = 1, .seq = 2, .stamp_ps = 3};
    build_udp(p, src, dst, 4000, 53, ttl, 100, &payload);
}

// UDP over IPv6 with a right checksum; a payload of zeros that are not stored.
static inline void udp6_packet(struct packet *p, struct ip6_addr src, struct ip6_addr dst,
                               uint8_t hops, uint32_t length)
{
    uint8_t b[IP6_HEADER + UDP_HEADER] = {0};
    ip6_write(b, &(struct ip6_fields){
                     .src = src, .dst = dst, .length = length, .hops = hops, .next = PROTOCOL_UDP});
    be16_put(b + IP6_HEADER + UDP_SPORT, 4000);
    be16_put(b + IP6_HEADER + UDP_DPORT, 53);
    be16_put(b + IP6_HEADER + UDP_LENGTH, length - IP6_HEADER);
    uint64_t sum = ip6_pseudo_sum(b, length - IP6_HEADER, PROTOCOL_UDP);
    checksum_store(b + IP6_HEADER + UDP_CHECKSUM, checksum_add(sum, b + IP6_HEADER, UDP_HEADER));
    packet_init(p, PACKET_BYTES);
    packet_load(p, b, sizeof b, length);
}

// The header checksum anew, after a test wrote into the header.
static inline void fix_checksum(struct packet *p)
{
    uint8_t *h = packet_data(p);
    be16_put(h + IP4_CHECKSUM, 0);
    checksum_store(h + IP4_CHECKSUM, checksum_add(0, h, ip4_header_size(h)));
}

static inline bool header_checksum_right(const struct packet *p)
{
    const uint8_t *h = packet_view(p);
    return checksum_ok(checksum_add(0, h, ip4_header_size(h)));
}

// An EIP in a tunnel to `gateway`; POP and backend are one if that is 0.
static inline void bind_eip(struct fwd_node *n, struct prefix eip, uint32_t service,
                            enum fwd_tunnel kind, ip4_addr gateway)
{
    struct fwd_tunnel_options t = {.kind = kind, .remote = ip6_from_ip4(gateway), .dscp = -1};
    struct fwd_eip_options o = {.service = service,
                                .tunnel = gateway ? fwd_tunnel_add(n, &t) : FWD_NO_TUNNEL,
                                .in = {FWD_NO_METER, FWD_NO_METER},
                                .out = {FWD_NO_METER, FWD_NO_METER}};
    fwd_eip_bind(n, prefix6_from_prefix(eip), &o);
}

static inline void bind_backend(struct fwd_node *n, struct prefix eip, enum fwd_tunnel kind)
{
    struct fwd_backend_options o = {
        .way = FWD_RETURN_INGRESS, .kind = kind, .tunnel = FWD_NO_TUNNEL};
    fwd_backend_bind(n, prefix6_from_prefix(eip), &o);
}

static inline bool counters_add_up(const struct fwd_node *n)
{
    const struct fwd_counters *c = fwd_counters(n);
    return c->received + c->originated + c->pieces ==
           c->forwarded + c->replies + c->local + c->cut + fwd_counters_dropped(c);
}

#endif
