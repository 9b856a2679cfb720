// SPDX-License-Identifier: GPL-3.0-or-later
// What translation does to packets: there and back every byte is as before and every checksum right
// in between, both families and all protocols; ICMP errors with what they quote; damaged packets.
#include "natfixture.h"

// Turns a packet that went out into its own echo: both ends exchanged, checksums as they were, so
// that on the way home everything must become as it was.
static void turn(struct packet *p, const struct natrewrite_view *v)
{
    uint8_t *h = packet_data(p), *u = h + v->upper, keep[16];
    size_t size = h[0] >> 4 == 6 ? 16 : 4;
    uint8_t *src = h + (size == 4 ? (int)IP4_SRC : (int)IP6_SRC);
    memcpy(keep, src, size);
    memcpy(src, src + size, size);
    memcpy(src + size, keep, size);
    if (v->kind == NATREWRITE_ECHO) {
        uint16_t check = be16_get(u + ICMP_CHECKSUM), from = be16_get(u);
        u[ICMP_TYPE] = v->protocol == PROTOCOL_ICMP6 ? ICMP6_ECHO_REPLY : ICMP_ECHO_REPLY;
        be16_put(u + ICMP_CHECKSUM, checksum_update(check, from, be16_get(u)));
        return;
    }
    memcpy(keep, u, 2);
    memcpy(u, u + 2, 2);
    memcpy(u + 2, keep, 2);
}

static void round_trip_of(struct nat *n, struct random *r, const struct spec *s, int64_t now_ps)
{
    struct packet *p = build(r, s);
    size_t size = p->captured;
    uint8_t before[ROOM];
    memcpy(before, packet_data(p), size);
    struct natrewrite_view v = view_of(p);
    CU_ASSERT_EQUAL_FATAL(nat_outward(n, p, address(s->six), now_ps), FWD_DROP_NONE);
    struct natrewrite_view out = view_of(p);
    CU_ASSERT(right(packet_data(p), size));
    CU_ASSERT(ip6_equal(out.src, address(s->six)) && ip6_equal(out.dst, v.dst));
    CU_ASSERT(out.sport >= 1024 && (s->protocol != PROTOCOL_SCTP || out.sport == v.sport));
    if (s->protocol == PROTOCOL_UDP)
        CU_ASSERT_EQUAL(be16_get(packet_data(p) + v.upper + UDP_CHECKSUM) == 0, s->no_check);
    turn(p, &out);
    CU_ASSERT(right(packet_data(p), size));
    CU_ASSERT_EQUAL_FATAL(nat_homeward(n, p, now_ps), FWD_DROP_NONE);
    CU_ASSERT(right(packet_data(p), size));
    struct natrewrite_view home = view_of(p);
    CU_ASSERT(ip6_equal(home.dst, v.src) && ip6_equal(home.src, v.dst));
    // Turned back, it is the packet that the client sent.
    home.kind = home.kind == NATREWRITE_ECHO_REPLY ? NATREWRITE_ECHO : home.kind;
    turn(p, &home);
    if (home.kind == NATREWRITE_ECHO) {
        uint8_t *u = packet_data(p) + v.upper;
        uint16_t from = be16_get(u);
        u[ICMP_TYPE] = s->type;
        be16_put(u + ICMP_CHECKSUM,
                 checksum_update(be16_get(u + ICMP_CHECKSUM), from, be16_get(u)));
    }
    CU_ASSERT(memcmp(packet_data(p), before, size) == 0);
    free(p);
}

static void round_trip(void)
{
    struct random r = {1};
    struct nat *n = nat_with(10000, 0, 0);
    for (uint32_t i = 0; i < 8000; i++) {
        bool six = random_below(&r, 2);
        uint16_t sport = (uint16_t)(2000 + i); // SCTP keeps it, so each may be there once
        struct spec s = spec_of(protocols[six][random_below(&r, 4)], six, i % 200, sport);
        s.flags = TCP_ACK;
        s.no_check = !six && random_below(&r, 4) == 0;
        s.extended = random_below(&r, 3) == 0;
        s.payload = random_below(&r, 200);
        round_trip_of(n, &r, &s, 1);
    }
    CU_ASSERT(n->counters.outward == 8000 && n->counters.homeward == 8000);
    CU_ASSERT(n->counters.refused == 0 && n->counters.errors == 0);
    nat_end(n);
}

// UDP whose sum becomes zero on the way (0xffff is sent then), and whose sum was zero before.
static void udp_zero(void)
{
    struct random r = {3};
    for (int six = 0; six < 2; six++) {
        struct nat *n = nat_with(10, 5000, 5000);
        for (int before = 0; before < 2; before++) {
            struct spec s = spec_of(PROTOCOL_UDP, six, 1, 4000);
            s.payload = 2;
            struct packet *p = build(&r, &s), *seen = build(&r, &s);
            uint8_t *u = packet_data(p) + (six ? IP6_HEADER : IP4_HEADER);
            // The payload makes the sum of the packet, as it is or as it will be, 0xffff without
            // the checksum field.
            memcpy(packet_data(seen), packet_data(p), p->captured);
            if (!before)
                nat_outward(n, seen, address(six), 1);
            uint8_t *h = packet_data(seen);
            size_t at = (size_t)(u - packet_data(p));
            be16_put(h + at + UDP_CHECKSUM, 0);
            be16_put(h + at + UDP_HEADER, 0);
            uint32_t rest = upper_sum(h, h + at, UDP_HEADER + 2, PROTOCOL_UDP);
            be16_put(u + UDP_HEADER, 0xffff - rest);
            seal(packet_data(p), p->captured);
            uint16_t sent = be16_get(u + UDP_CHECKSUM);
            CU_ASSERT(before ? sent == 0xffff : sent != 0xffff);
            CU_ASSERT_EQUAL(nat_outward(n, p, address(six), 1), FWD_DROP_NONE);
            uint16_t got = be16_get(u + UDP_CHECKSUM);
            CU_ASSERT(before ? got != 0xffff && got != 0 : got == 0xffff);
            CU_ASSERT(right(packet_data(p), p->captured));
            struct natrewrite_view v = view_of(p);
            turn(p, &v);
            CU_ASSERT_EQUAL(nat_homeward(n, p, 1), FWD_DROP_NONE);
            CU_ASSERT_EQUAL(be16_get(u + UDP_CHECKSUM), sent);
            free(p);
            free(seen);
        }
        nat_end(n);
    }
}

// --- ICMP errors

// A router behind the POP, or one before it, complains about a translated packet; what arrives must
// quote what the receiver knows.
static void errors_of(struct random *r, bool six, uint8_t protocol)
{
    static const uint8_t types[2][2] = {{ICMP_UNREACHABLE, ICMP_TIME_EXCEEDED},
                                        {ICMP6_TOO_BIG, ICMP6_UNREACHABLE}};
    struct nat *n = nat_with(10, 0, 0);
    struct ip6_addr router = six ? IP6(0x20010db8000f0000, 7) : ip6_from_ip4(IP4(10, 9, 9, 9));
    for (int i = 0; i < 60; i++) {
        struct spec s = spec_of(protocol, six, 3, 4000);
        s.payload = random_below(r, 60);
        s.extended = random_below(r, 3) == 0;
        s.flags = TCP_ACK;
        struct packet *sent = build(r, &s), *went = build(r, &s);
        memcpy(packet_data(went), packet_data(sent), sent->captured);
        CU_ASSERT_EQUAL_FATAL(nat_outward(n, went, address(six), 1), FWD_DROP_NONE);
        struct natrewrite_view v = view_of(went);
        uint32_t least = v.upper + 8, quoted = least + random_below(r, sent->captured - least + 1);
        if (protocol == PROTOCOL_TCP && quoted == v.upper + TCP_CHECKSUM + 1)
            quoted++; // half a checksum cannot be put back
        uint8_t type = types[six][random_below(r, 2)];
        // From the backend's side: what the client gets quotes what the client sent, byte by byte.
        struct packet *e = error_about(went, quoted, router, address(six), type);
        struct packet *want = error_about(sent, quoted, router, s.src, type);
        CU_ASSERT_EQUAL(nat_homeward(n, e, 1), FWD_DROP_NONE);
        CU_ASSERT(memcmp(packet_data(e), packet_data(want), want->captured) == 0);
        free(e);
        free(want);
        // From the client's side, about an answer: what the EIP gets quotes what the EIP sent.
        struct natrewrite_view back;
        turn(went, &v);
        memcpy(packet_data(sent), packet_data(went), went->captured);
        CU_ASSERT_EQUAL(nat_homeward(n, went, 1), FWD_DROP_NONE);
        back = view_of(went);
        CU_ASSERT(ip6_equal(back.dst, s.src));
        e = error_about(went, quoted, i % 2 ? router : s.src, s.dst, type);
        want = error_about(sent, quoted, address(six), s.dst, type);
        CU_ASSERT_EQUAL(nat_outward(n, e, address(six), 1), FWD_DROP_NONE);
        CU_ASSERT(memcmp(packet_data(e), packet_data(want), want->captured) == 0);
        CU_ASSERT(right(packet_data(e), e->captured));
        free(e);
        free(want);
        free(sent);
        free(went);
    }
    CU_ASSERT(n->counters.errors == 120 && n->lru.count == 1);
    nat_end(n);
}

static void errors(void)
{
    struct random r = {9};
    for (int six = 0; six < 2; six++)
        for (int i = 0; i < 4; i++)
            errors_of(&r, six, protocols[six][i]);
}

// Messages made elsewhere, by another program: UDP 198.51.100.7:4660 to 203.0.113.9:53 left as
// 192.0.2.1:5000, and a router says that its TTL was exceeded; and the same over IPv6.
static void vector(bool six, const uint8_t *error, const uint8_t *want, size_t size)
{
    struct nat *n = nat_with(10, 5000, 5000);
    struct spec s = spec_of(PROTOCOL_UDP, six, 7, 4660);
    s.dport = 53;
    CU_ASSERT_EQUAL(port_of(n, &s, 1, NULL), 5000);
    struct packet *p = packet_new();
    packet_load(p, error, size, (uint32_t)size);
    CU_ASSERT_EQUAL(nat_homeward(n, p, 1), FWD_DROP_NONE);
    CU_ASSERT(memcmp(packet_data(p), want, size) == 0);
    free(p);
    nat_end(n);
}

static void vectors(void)
{
    static const uint8_t error4[] = {
        0x45, 0, 0,    0x38, 0,    0, 0x40, 0,    0x40, 1,    0x65, 0xb2, 0x0a, 9,
        9,    9, 0xc0, 0,    2,    1, 0x0b, 0,    0xf3, 0x24, 0,    0,    0,    0,
        0x45, 0, 0,    0x1c, 0,    0, 0x40, 0,    1,    0x11, 0x7b, 0xc6, 0xc0, 0,
        2,    1, 0xcb, 0,    0x71, 9, 0x13, 0x88, 0,    0x35, 0,    8,    0xee, 0x15};
    static const uint8_t want4[] = {
        0x45, 0, 0,    0x38, 0,    0, 0x40, 0,    0x40, 1,    0xfd, 0x78, 0x0a, 9,
        9,    9, 0xc6, 0x33, 0x64, 7, 0x0b, 0,    0x5b, 0x5e, 0,    0,    0,    0,
        0x45, 0, 0,    0x1c, 0,    0, 0x40, 0,    1,    0x11, 0x13, 0x8d, 0xc6, 0x33,
        0x64, 7, 0xcb, 0,    0x71, 9, 0x12, 0x34, 0,    0x35, 0,    8,    0x87, 0x30};
    static const uint8_t error6[] = {
        0x60, 0, 0, 0, 0, 0x38, 0x3a, 0x40, 0x20, 1,    0x0d, 0xb8, 0, 0x0f, 0,    0,
        0,    0, 0, 0, 0, 0,    0,    7,    0x20, 1,    0x0d, 0xb8, 0, 0x0a, 0,    0,
        0,    0, 0, 0, 0, 0,    0,    1,    3,    0,    0x30, 0x0a, 0, 0,    0,    0,
        0x60, 0, 0, 0, 0, 8,    0x11, 1,    0x20, 1,    0x0d, 0xb8, 0, 0x0a, 0,    0,
        0,    0, 0, 0, 0, 0,    0,    1,    0x20, 1,    0x0d, 0xb8, 0, 0xe1, 0,    0,
        0,    0, 0, 0, 0, 0,    0,    9,    0x13, 0x88, 0,    0x35, 0, 8,    0x8f, 0xba};
    static const uint8_t want6[] = {
        0x60, 0, 0, 0, 0, 0x38, 0x3a, 0x40, 0x20, 1,    0x0d, 0xb8, 0,    0x0f, 0,    0,
        0,    0, 0, 0, 0, 0,    0,    7,    0x20, 1,    0x0d, 0xb8, 0xc1, 0x1e, 0,    0,
        0,    0, 0, 0, 0, 0,    0,    8,    3,    0,    0x6e, 0xee, 0,    0,    0,    0,
        0x60, 0, 0, 0, 0, 8,    0x11, 1,    0x20, 1,    0x0d, 0xb8, 0xc1, 0x1e, 0,    0,
        0,    0, 0, 0, 0, 0,    0,    8,    0x20, 1,    0x0d, 0xb8, 0,    0xe1, 0,    0,
        0,    0, 0, 0, 0, 0,    0,    9,    0x12, 0x34, 0,    0x35, 0,    8,    0xcf, 0xf2};
    vector(false, error4, want4, sizeof want4);
    vector(true, error6, want6, sizeof want6);
}

// Errors are believed only if they are right, and about a translation that there is.
static void errors_refused(void)
{
    struct random r = {4};
    for (int six = 0; six < 2; six++) {
        struct nat *n = nat_with(10, 0, 0);
        struct ip6_addr pop = address(six), other = client_of(six, 50);
        uint8_t type = six ? ICMP6_TIME_EXCEEDED : ICMP_TIME_EXCEEDED;
        struct spec s = spec_of(PROTOCOL_UDP, six, 1, 4000);
        struct packet *p = build(&r, &s);
        CU_ASSERT_EQUAL(nat_outward(n, p, pop, 0), FWD_DROP_NONE);
        struct packet *e = error_about(p, p->captured, other, pop, type);
        uint8_t *message = packet_data(e) + (six ? IP6_HEADER : IP4_HEADER);
        message[ICMP_HEADER + IP4_HEADER + 4] ^= 1;
        CU_ASSERT_EQUAL(nat_homeward(n, e, 0), FWD_DROP_BAD_CHECKSUM);
        free(e);
        e = error_about(p, p->captured, other, other, type); // to somebody else than it quotes
        CU_ASSERT_EQUAL(nat_homeward(n, e, 0), FWD_DROP_NO_FLOW);
        free(e);
        e = error_about(p, (six ? IP6_HEADER : IP4_HEADER) + 7, other, pop, type);
        CU_ASSERT_EQUAL(nat_homeward(n, e, 0), FWD_DROP_TRUNCATED);
        free(e);
        e = error_about(p, (six ? IP6_HEADER : IP4_HEADER) - 1, other, pop, type);
        CU_ASSERT_EQUAL(nat_homeward(n, e, 0), FWD_DROP_TRUNCATED);
        free(e);
        // Neither refreshed by an error, nor ended: it lives until 1000.
        e = error_about(p, p->captured, other, pop, type);
        CU_ASSERT_EQUAL(nat_homeward(n, e, 1000), FWD_DROP_NONE);
        free(e);
        e = error_about(p, p->captured, other, pop, type);
        uint8_t before[ROOM];
        memcpy(before, packet_data(e), e->captured);
        CU_ASSERT_EQUAL(nat_homeward(n, e, 1001), FWD_DROP_NO_FLOW);
        CU_ASSERT(memcmp(before, packet_data(e), e->captured) == 0);
        CU_ASSERT(n->counters.errors == 1 && n->lru.expired == 1);
        free(e);
        free(p);
        nat_end(n);
    }
    // An IPv4 header that was damaged before it was quoted (RFC 5508 REQ-3 a).
    struct nat *n = nat_with(10, 0, 0);
    struct spec s = spec_of(PROTOCOL_UDP, false, 1, 4000);
    struct packet *p = build(&r, &s);
    nat_outward(n, p, address(false), 0);
    packet_data(p)[IP4_TTL]--;
    struct packet *e =
        error_about(p, p->captured, client_of(false, 9), address(false), ICMP_UNREACHABLE);
    CU_ASSERT_EQUAL(nat_homeward(n, e, 0), FWD_DROP_BAD_CHECKSUM);
    free(e);
    // A first fragment may be quoted, a later one says nothing.
    for (uint16_t offset = 0; offset < 2; offset++) {
        be16_put(packet_data(p) + IP4_FRAGMENT, IP4_MORE_FRAGMENTS | offset);
        fix_checksum(p);
        e = error_about(p, p->captured, client_of(false, 9), address(false), ICMP_UNREACHABLE);
        CU_ASSERT_EQUAL(nat_homeward(n, e, 0), offset ? FWD_DROP_FRAGMENT : FWD_DROP_NONE);
        free(e);
    }
    free(p);
    nat_end(n);
}

// --- what cannot be translated

// Of an ICMP error, whose checksum cannot be verified; fragments of the rest: test_fragtab.c.
static void fragments(void)
{
    struct random r = {7};
    struct nat *n = nat_with(10, 0, 0);
    struct spec s = spec_of(PROTOCOL_ICMP, false, 1, 4000);
    s.type = ICMP_UNREACHABLE;
    s.payload = 100;
    struct packet *p = build(&r, &s);
    be16_put(packet_data(p) + IP4_FRAGMENT, IP4_MORE_FRAGMENTS);
    fix_checksum(p);
    CU_ASSERT_EQUAL(nat_outward(n, p, address(false), 1), FWD_DROP_FRAGMENT);
    CU_ASSERT_EQUAL(nat_homeward(n, p, 1), FWD_DROP_FRAGMENT);
    free(p);
    nat_end(n);
}

// A copy of a packet, cut to `stored` bytes that end where its memory does, so that reading on is
// noticed by who watches memory.
static struct packet *cut(const struct packet *p, uint32_t stored)
{
    struct packet *c = packet_new();
    packet_load(c, packet_view(p), stored, p->length);
    memmove(c->bytes + ROOM - stored, packet_data(c), stored);
    c->offset = ROOM - stored;
    return c;
}

// Cut anywhere, or with bytes changed anywhere behind the IP header: some answer, no crash, and
// what is refused is left as it was.
static void damaged(void)
{
    struct random r = {8};
    struct nat *n = nat_with(50, 0, 0);
    unsigned touched = 0, truncated = 0;
    for (int i = 0; i < 6000; i++) {
        bool six = random_below(&r, 2);
        struct spec s = spec_of(protocols[six][random_below(&r, 4)], six, random_below(&r, 9), 40);
        s.extended = random_below(&r, 2);
        s.payload = random_below(&r, 40);
        struct packet *p = build(&r, &s);
        if (random_below(&r, 2)) {
            struct packet *e = error_about(p, p->captured, s.src, s.dst, six ? 2 : 3);
            free(p);
            p = e;
        }
        uint32_t header = six ? IP6_HEADER : (uint32_t)ip4_header_size(packet_data(p));
        for (uint32_t k = random_below(&r, 3); k > 0; k--)
            packet_data(p)[header + random_below(&r, p->captured - header)] ^=
                (uint8_t)random_next(&r);
        struct packet *c = cut(p, header + random_below(&r, p->captured - header + 1));
        bool home = random_below(&r, 2);
        enum fwd_drop bad = home ? nat_homeward(n, c, i) : nat_outward(n, c, address(six), i);
        truncated += bad == FWD_DROP_TRUNCATED;
        touched += bad && memcmp(packet_data(c), packet_data(p), c->captured) != 0;
        free(c);
        free(p);
    }
    CU_ASSERT(touched == 0 && truncated > 300);
    nat_end(n);
}

UNIT_MAIN("natrewrite", {"round-trip", round_trip}, {"udp-zero", udp_zero}, {"errors", errors},
          {"vectors", vectors}, {"errors-refused", errors_refused}, {"fragments", fragments},
          {"damaged", damaged})
