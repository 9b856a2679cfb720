// SPDX-License-Identifier: GPL-3.0-or-later
// Tunnel headers, byte for byte against RFC 2003 and RFC 2784 as worked out by hand.
#include "fixture.h"
#include "fwd/tunnel.h"

#define FROM IP4(10, 0, 0, 1)
#define TO   IP4(10, 0, 0, 2)

// UDP from 192.0.2.1 to 198.51.100.7, TOS b9 (EF, ECT(1)).
static const uint8_t inner[] = {0x45, 0xb9, 0x00, 0x1c, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                                0x4d, 0xdc, 0xc0, 0x00, 0x02, 0x01, 0xc6, 0x33, 0x64, 0x07,
                                0x0f, 0xa0, 0x00, 0x35, 0x00, 0x08, 0x03, 0xcd};
static const uint8_t ipip[] = {0x45, 0xb9, 0x00, 0x30, 0x00, 0x00, 0x40, 0x00, 0x40, 0x04,
                               0x26, 0x0f, 0x0a, 0x00, 0x00, 0x01, 0x0a, 0x00, 0x00, 0x02};
static const uint8_t gre[] = {0x45, 0xb9, 0x00, 0x34, 0x00, 0x00, 0x40, 0x00,
                              0x40, 0x2f, 0x25, 0xe0, 0x0a, 0x00, 0x00, 0x01,
                              0x0a, 0x00, 0x00, 0x02, 0x00, 0x00, 0x08, 0x00};

static void push_and_pop(enum fwd_tunnel kind, const uint8_t *header, size_t size)
{
    struct packet p;
    packet_load(&p, inner, sizeof inner, sizeof inner);
    CU_ASSERT_EQUAL(tunnel_push(&p, kind, FROM, TO), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(p.length, size + sizeof inner);
    CU_ASSERT_EQUAL(p.captured, size + sizeof inner);
    CU_ASSERT_EQUAL(p.depth, 1);
    CU_ASSERT_EQUAL(memcmp(packet_data(&p), header, size), 0);
    CU_ASSERT_EQUAL(memcmp(packet_data(&p) + size, inner, sizeof inner), 0);
    CU_ASSERT_EQUAL(ip4_validate(&p), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(tunnel_pop(&p, kind), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(p.length, sizeof inner);
    CU_ASSERT_EQUAL(p.depth, 0);
    CU_ASSERT_EQUAL(memcmp(packet_data(&p), inner, sizeof inner), 0);
}

static void ipip_bytes(void)
{
    push_and_pop(FWD_TUNNEL_IPIP, ipip, sizeof ipip);
}

static void gre_bytes(void)
{
    push_and_pop(FWD_TUNNEL_GRE, gre, sizeof gre);
}

static void registry(void)
{
    CU_ASSERT_EQUAL(tunnel_of_protocol(4), FWD_TUNNEL_IPIP);
    CU_ASSERT_EQUAL(tunnel_of_protocol(47), FWD_TUNNEL_GRE);
    CU_ASSERT_EQUAL(tunnel_of_protocol(17), FWD_TUNNEL_KINDS);
    CU_ASSERT_STRING_EQUAL(tunnel_of_kind(FWD_TUNNEL_GRE)->name, "gre");
    CU_ASSERT_STRING_EQUAL(tunnel_of_kind(FWD_TUNNEL_IPIP)->name, "ipip");
}

static void nested(void)
{
    for (unsigned kind = 0; kind < FWD_TUNNEL_KINDS; kind++) {
        struct packet p;
        udp_packet(&p, 1 << 24, 2 << 24, 64);
        uint8_t before[44];
        memcpy(before, packet_data(&p), sizeof before);
        for (int level = 0; level < FWD_TUNNEL_DEPTH; level++) {
            CU_ASSERT_EQUAL(tunnel_push(&p, (enum fwd_tunnel)kind, FROM, TO), FWD_DROP_NONE);
            CU_ASSERT_EQUAL(ip4_validate(&p), FWD_DROP_NONE);
        }
        CU_ASSERT_EQUAL(tunnel_push(&p, (enum fwd_tunnel)kind, FROM, TO), FWD_DROP_TUNNEL_DEPTH);
        for (int level = 0; level < FWD_TUNNEL_DEPTH; level++)
            CU_ASSERT_EQUAL(tunnel_pop(&p, (enum fwd_tunnel)kind), FWD_DROP_NONE);
        CU_ASSERT(p.depth == 0 && p.length == 100 && p.captured == sizeof before);
        CU_ASSERT_EQUAL(memcmp(before, packet_data(&p), sizeof before), 0);
    }
}

static void no_room(void)
{
    uint8_t full[PACKET_BYTES] = {0};
    struct packet p;
    packet_load(&p, full, sizeof full, 1000);
    CU_ASSERT_EQUAL(tunnel_push(&p, FWD_TUNNEL_GRE, FROM, TO), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(tunnel_push(&p, FWD_TUNNEL_GRE, FROM, TO), FWD_DROP_NO_HEADROOM);
    packet_load(&p, full, 20, 65535 - 23);
    CU_ASSERT_EQUAL(tunnel_push(&p, FWD_TUNNEL_GRE, FROM, TO), FWD_DROP_MTU);
    CU_ASSERT_EQUAL(p.length, 65535 - 23);
    p.length--;
    CU_ASSERT_EQUAL(tunnel_push(&p, FWD_TUNNEL_GRE, FROM, TO), FWD_DROP_NONE);
}

// RFC 6040 figure 4, by inner and outer field in the figure's order: Not-ECT, ECT(0), ECT(1), CE.
static void ecn(void)
{
    enum { NOT = 0, ECT1 = 1, ECT0 = 2, CE = 3, GONE = 9 };
    static const uint8_t order[4] = {NOT, ECT0, ECT1, CE};
    static const uint8_t figure[4][4] = {
        {NOT, NOT, NOT, GONE}, {ECT0, ECT0, ECT1, CE}, {ECT1, ECT1, ECT1, CE}, {CE, CE, CE, CE}};
    for (int i = 0; i < 4; i++) {
        for (int o = 0; o < 4; o++) {
            struct packet p;
            udp_packet(&p, 1 << 24, 2 << 24, 64);
            ip4_set_tos(packet_data(&p), (uint8_t)(0xb8 | order[i]));
            tunnel_push(&p, FWD_TUNNEL_IPIP, FROM, TO);
            CU_ASSERT_EQUAL(packet_data(&p)[IP4_TOS], 0xb8 | order[i]); // normal mode copies
            ip4_set_tos(packet_data(&p), order[o]);
            enum fwd_drop bad = tunnel_pop(&p, FWD_TUNNEL_IPIP);
            if (figure[i][o] == GONE) {
                CU_ASSERT_EQUAL(bad, FWD_DROP_TUNNEL_BAD);
                continue;
            }
            CU_ASSERT_EQUAL(bad, FWD_DROP_NONE);
            CU_ASSERT_EQUAL(packet_data(&p)[IP4_TOS], 0xb8 | figure[i][o]);
            CU_ASSERT(header_checksum_right(&p));
        }
    }
}

// A GRE packet with these four bytes between the headers.
static enum fwd_drop pop_gre(uint32_t between)
{
    struct packet p;
    packet_load(&p, inner, sizeof inner, sizeof inner);
    tunnel_push(&p, FWD_TUNNEL_GRE, FROM, TO);
    be32_put(packet_data(&p) + IP4_HEADER, between);
    return tunnel_pop(&p, FWD_TUNNEL_GRE);
}

static void gre_flags(void)
{
    CU_ASSERT_EQUAL(pop_gre(0x00000800), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(pop_gre(0x00f80800), FWD_DROP_NONE);       // bits 8 to 12 are ignored
    CU_ASSERT_EQUAL(pop_gre(0x00010800), FWD_DROP_TUNNEL_BAD); // version 1
    CU_ASSERT_EQUAL(pop_gre(0x20000800), FWD_DROP_TUNNEL_BAD); // a key
    CU_ASSERT_EQUAL(pop_gre(0x10000800), FWD_DROP_TUNNEL_BAD); // a sequence number
    CU_ASSERT_EQUAL(pop_gre(0x80000800), FWD_DROP_TUNNEL_BAD); // a checksum that is none
    CU_ASSERT_EQUAL(pop_gre(0x000086dd), FWD_DROP_TUNNEL_BAD); // IPv6 inside
}

static void gre_checksum(void)
{
    uint8_t b[28 + sizeof inner];
    ip4_write(b, &(struct ip4_fields){
                     .src = FROM, .dst = TO, .length = sizeof b, .ttl = 9, .protocol = 47});
    be32_put(b + 20, 0x80000800);
    be32_put(b + 24, 0);
    memcpy(b + 28, inner, sizeof inner);
    checksum_store(b + 24, checksum_add(0, b + 20, sizeof b - 20));
    struct packet p;
    packet_load(&p, b, sizeof b, sizeof b);
    CU_ASSERT_EQUAL(tunnel_pop(&p, FWD_TUNNEL_GRE), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(memcmp(packet_data(&p), inner, sizeof inner), 0);
    b[28 + 1] ^= 4;
    packet_load(&p, b, sizeof b, sizeof b);
    CU_ASSERT_EQUAL(tunnel_pop(&p, FWD_TUNNEL_GRE), FWD_DROP_TUNNEL_BAD);
}

static void cut_short(void)
{
    for (unsigned kind = 0; kind < FWD_TUNNEL_KINDS; kind++) {
        for (uint16_t stored = IP4_HEADER; stored < 44; stored++) {
            struct packet p;
            packet_load(&p, inner, sizeof inner, sizeof inner);
            tunnel_push(&p, (enum fwd_tunnel)kind, FROM, TO);
            p.captured = stored;
            uint16_t least = (uint16_t)(tunnel_of_kind((enum fwd_tunnel)kind)->overhead + 20);
            enum fwd_drop bad = tunnel_pop(&p, (enum fwd_tunnel)kind);
            CU_ASSERT((bad == FWD_DROP_NONE) == (stored >= least));
        }
    }
}

UNIT_MAIN("tunnel", {"ipip-bytes", ipip_bytes}, {"gre-bytes", gre_bytes}, {"registry", registry},
          {"nested", nested}, {"no-room", no_room}, {"ecn", ecn}, {"gre-flags", gre_flags},
          {"gre-checksum", gre_checksum}, {"cut-short", cut_short})
