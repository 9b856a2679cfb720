// SPDX-License-Identifier: GPL-3.0-or-later
// tunnels: what the tests of tunnels share: packets with room, two known packets to put in, tunnels
// and endpoints by their options, and random options.
#ifndef ANYSIM_TESTS_FWD_TUNNELS_H
#define ANYSIM_TESTS_FWD_TUNNELS_H

#include "fixture.h"
#include "fwd/ecn.h"
#include "fwd/endpoint.h"
#include "fwd/srv6.h"
#include <stdlib.h>

#define ROOM      2048
#define FLOW_HASH 0xdeadbeefu
#define FROM4     ip6_from_ip4(IP4(10, 0, 0, 1))
#define TO4       ip6_from_ip4(IP4(10, 0, 0, 2))
#define FROM6     IP6(0xfd00000000000000, 1)
#define TO6       IP6(0xfd00000000000000, 2)
#define NOBODY    ((struct ip6_addr){0, 0})

// UDP from 192.0.2.1 to 198.51.100.7, and from 2001:db8::1 to 2001:db8::2 with flow label 12345:
// both without payload and with TOS octet b9 (EF, ECT(1)).
#define INNER4 "45b9001c0000400040114ddcc0000201c63364070fa00035000803cd"
#define INNER6                                                                                     \
    "6b9123450008113f20010db800000000000000000000000120010db80000000000000000000000020fa00035"     \
    "00089494"

// Bytes of a text of hexadecimal digits, blanks aside.
static inline size_t from_hex(const char *text, uint8_t *out)
{
    size_t n = 0;
    for (; *text; text++) {
        if (*text == ' ')
            continue;
        const char pair[3] = {text[0], text[1], 0};
        out[n++] = (uint8_t)strtoul(pair, NULL, 16);
        text++;
    }
    return n;
}

// The same number of bytes, and the same bytes; the difference is printed.
static inline bool same_bytes(const uint8_t *got, const char *wanted)
{
    uint8_t b[ROOM];
    size_t n = from_hex(wanted, b);
    if (!memcmp(got, b, n))
        return true;
    printf("\n    wanted %s\n    got    ", wanted);
    for (size_t i = 0; i < n; i++)
        printf("%02x", got[i]);
    printf("\n");
    return false;
}

// Room for the longest tunnel headers and a few of them.
static inline struct packet *packet_new(void)
{
    struct packet *p = malloc(packet_bytes(ROOM));
    memset(p, 0, packet_bytes(ROOM));
    packet_init(p, ROOM);
    return p;
}

static inline void load(struct packet *p, const uint8_t *bytes, size_t size)
{
    packet_load(p, bytes, size, (uint32_t)size);
}

static inline void load_hex(struct packet *p, const char *text)
{
    uint8_t b[ROOM];
    load(p, b, from_hex(text, b));
}

// Moved to the end of its memory, so that sanitizers see every read past it.
static inline void to_the_end(struct packet *p)
{
    packet_make_room(p, p->room - p->captured);
}

static inline enum fwd_drop validate(struct packet *p)
{
    bool six = p->captured > 0 && packet_view(p)[0] >> 4 == 6;
    return six ? ip6_validate(p) : ip4_validate(p);
}

// A tunnel alone.
struct alone {
    struct tunnel_table table;
    struct tunnel *tunnel;
};

static inline struct alone tunnel_alone(const struct fwd_tunnel_options *o)
{
    struct alone a;
    tunnel_table_init(&a.table);
    a.tunnel = tunnel_take(&a.table, o, IP4(10, 0, 0, 1), FROM6);
    return a;
}

// The packet, validated, in a new tunnel with these options.
static inline enum fwd_drop push_into(struct packet *p, const struct fwd_tunnel_options *o)
{
    struct alone a = tunnel_alone(o);
    enum fwd_drop bad = tunnel_push(p, a.tunnel, NOBODY, FLOW_HASH);
    tunnel_table_free(&a.table);
    return bad;
}

// Out again, at an endpoint with these options at TO4 or TO6; NONE if it matches there at all.
static inline enum fwd_drop pop_at(struct packet *p, const struct fwd_endpoint_options *o)
{
    struct endpoint_table t;
    bool tunnelled;
    endpoint_table_init(&t, ip6_to_ip4(TO4), TO6);
    endpoint_add(&t, o);
    struct endpoint *e = endpoint_match(&t, packet_data(p), p->captured, &tunnelled);
    enum fwd_drop bad = e ? endpoint_pop(p, e) : FWD_DROP_NO_SERVICE;
    endpoint_table_free(&t);
    return bad;
}

// The options of the endpoint that a tunnel leads to.
static inline struct fwd_endpoint_options end_of(const struct fwd_tunnel_options *o)
{
    return (struct fwd_endpoint_options){.kind = o->kind,
                                         .keyed = o->keyed,
                                         .key = o->key,
                                         .port = o->port,
                                         .sequence = o->sequence,
                                         .checksum = o->checksum};
}

// Out of whatever kind of tunnel.
static inline enum fwd_drop pop_from(struct packet *p, const struct fwd_tunnel_options *o)
{
    if (o->kind != FWD_TUNNEL_SRV6) {
        struct fwd_endpoint_options end = end_of(o);
        return pop_at(p, &end);
    }
    for (int i = 1; i < o->segment_count; i++) {
        enum fwd_drop bad = srv6_end(p, &(uint32_t){0});
        if (bad)
            return bad;
    }
    return srv6_decapsulate(p, true, true, &(uint32_t){0});
}

// The plainest tunnel of a kind over IPv4 or IPv6; SRV6 is over IPv6 always.
static inline struct fwd_tunnel_options plain(enum fwd_tunnel kind, bool outer6)
{
    struct fwd_tunnel_options o = {
        .kind = kind, .local = outer6 ? FROM6 : FROM4, .remote = outer6 ? TO6 : TO4, .dscp = -1};
    if (kind == FWD_TUNNEL_SRV6) {
        o.local = FROM6;
        o.segment_count = 1;
        o.segments[0] = TO6;
    }
    return o;
}

static inline struct fwd_tunnel_options random_options(struct random *r, enum fwd_tunnel kind,
                                                       bool outer6)
{
    struct fwd_tunnel_options o = plain(kind, outer6);
    o.spread_bits = (uint8_t)random_below(r, 17);
    o.ttl = (uint8_t)random_below(r, 256);
    o.dscp = (int16_t)((int)random_below(r, 65) - 1);
    bool gre = kind == FWD_TUNNEL_GRE, udp = kind == FWD_TUNNEL_VXLAN || kind == FWD_TUNNEL_GENEVE;
    o.keyed = gre && random_below(r, 2);
    o.sequence = gre && random_below(r, 2);
    o.checksum = (gre || udp) && random_below(r, 2);
    o.key = o.keyed ? (uint32_t)random_next(r) : udp ? random_below(r, 1 << 24) : 0;
    o.port = udp && random_below(r, 2) ? (uint16_t)(1 + random_below(r, 65535)) : 0;
    for (int i = 0; i < 6; i++) {
        o.mac_from[i] = (uint8_t)random_next(r);
        o.mac_to[i] = (uint8_t)random_next(r);
    }
    if (kind == FWD_TUNNEL_SRV6) {
        o.segment_count = 1 + (int)random_below(r, FWD_SEGMENTS_MAX);
        for (int i = 0; i < o.segment_count; i++)
            o.segments[i] = (struct ip6_addr){TO6.hi, 100 + (uint64_t)i};
    }
    return o;
}

#endif
