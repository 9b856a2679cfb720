// SPDX-License-Identifier: GPL-3.0-or-later
// Packets as they are built, byte for byte against datagrams worked out apart from this code.
#include "fixture.h"
#include <stdlib.h>

#define SRC IP4(192, 0, 2, 1)
#define DST IP4(198, 51, 100, 7)

static const struct packet_payload payload = {
    .flow = 7, .seq = 0x102, .stamp_ps = INT64_C(0x0000000a0b0c0d0e)};

static void udp_bytes(void)
{
    static const uint8_t bare[] = {0x45, 0x00, 0x00, 0x1c, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                                   0x4e, 0x95, 0xc0, 0x00, 0x02, 0x01, 0xc6, 0x33, 0x64, 0x07,
                                   0x0f, 0xa0, 0x00, 0x35, 0x00, 0x08, 0x03, 0xcd};
    struct packet p;
    packet_init(&p, PACKET_BYTES);
    packet_build_udp(&p, SRC, DST, 4000, 53, 64, 28, NULL);
    CU_ASSERT_EQUAL(p.captured, sizeof bare);
    CU_ASSERT_EQUAL(p.length, 28);
    CU_ASSERT_EQUAL(memcmp(packet_data(&p), bare, sizeof bare), 0);

    static const uint8_t full[] = {
        0x45, 0x00, 0x03, 0xe8, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0x4a, 0xc9, 0xc0, 0x00, 0x02,
        0x01, 0xc6, 0x33, 0x64, 0x07, 0x0f, 0xa0, 0x00, 0x35, 0x03, 0xd4, 0xe3, 0x07, 0x00, 0x00,
        0x00, 0x07, 0x00, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e};
    packet_build_udp(&p, SRC, DST, 4000, 53, 64, 1000, &payload);
    CU_ASSERT_EQUAL(p.captured, sizeof full);
    CU_ASSERT_EQUAL(p.length, 1000);
    CU_ASSERT_EQUAL(memcmp(packet_data(&p), full, sizeof full), 0);
    CU_ASSERT_EQUAL(p.service, UINT32_MAX);
    CU_ASSERT_EQUAL(p.entry, 0);
}

static void echo_bytes(void)
{
    static const uint8_t full[] = {
        0x45, 0x00, 0x00, 0x54, 0x00, 0x00, 0x40, 0x00, 0x40, 0x01, 0x4e, 0x6d, 0xc0, 0x00, 0x02,
        0x01, 0xc6, 0x33, 0x64, 0x07, 0x08, 0x00, 0xcc, 0x95, 0x12, 0x34, 0x00, 0x09, 0x00, 0x00,
        0x00, 0x07, 0x00, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e};
    struct packet p;
    packet_init(&p, PACKET_BYTES);
    packet_build_icmp_echo(&p, SRC, DST, 0x1234, 9, 64, 84, &payload);
    CU_ASSERT_EQUAL(p.captured, sizeof full);
    CU_ASSERT_EQUAL(memcmp(packet_data(&p), full, sizeof full), 0);
    uint8_t type, code;
    uint16_t id;
    CU_ASSERT(packet_icmp(&p, &type, &code, &id));
    CU_ASSERT(type == 8 && code == 0 && id == 0x1234);
}

// A receiver that stores everything finds the checksum right: the zeros were counted.
static void checksum_over_unstored_zeros(void)
{
    static uint8_t whole[1500];
    for (uint32_t length = 44; length <= sizeof whole; length += 7) {
        struct packet p;
        packet_init(&p, PACKET_BYTES);
        packet_build_udp(&p, SRC, DST, 1, 2, 64, length, &payload);
        memset(whole, 0, sizeof whole);
        memcpy(whole, packet_data(&p), p.captured);
        uint8_t pseudo[12] = {[9] = PROTOCOL_UDP};
        memcpy(pseudo, whole + IP4_SRC, 8);
        be16_put(pseudo + 10, length - IP4_HEADER);
        uint64_t sum = checksum_add(0, pseudo, sizeof pseudo);
        CU_ASSERT(checksum_ok(checksum_add(sum, whole + IP4_HEADER, length - IP4_HEADER)));
    }
}

static void zero_checksum_is_sent_as_ones(void)
{
    unsigned zeros = 0, ones = 0;
    for (unsigned port = 0; port < 65536; port++) {
        struct packet p;
        packet_init(&p, PACKET_BYTES);
        packet_build_udp(&p, SRC, DST, (uint16_t)port, 53, 64, 28, NULL);
        uint16_t check = be16_get(packet_data(&p) + IP4_HEADER + UDP_CHECKSUM);
        zeros += check == 0;
        ones += check == 0xffff;
    }
    CU_ASSERT_EQUAL(zeros, 0);
    CU_ASSERT_EQUAL(ones, 1);
}

static void reading(void)
{
    struct packet p;
    struct packet_payload got;
    packet_init(&p, PACKET_BYTES);
    packet_build_udp(&p, SRC, DST, 4000, 53, 17, 44, &payload);
    CU_ASSERT(packet_payload_get(&p, &got));
    CU_ASSERT(got.flow == 7 && got.seq == 0x102 && got.stamp_ps == payload.stamp_ps);
    uint16_t sport, dport;
    CU_ASSERT(packet_ports(&p, &sport, &dport));
    CU_ASSERT(sport == 4000 && dport == 53);
    CU_ASSERT(packet_src(&p) == SRC && packet_dst(&p) == DST);
    CU_ASSERT(packet_ttl(&p) == 17 && packet_protocol(&p) == 17);
    be16_put(packet_data(&p) + IP4_FRAGMENT, IP4_MORE_FRAGMENTS);
    CU_ASSERT_FALSE(packet_ports(&p, &sport, &dport));
    CU_ASSERT_FALSE(packet_payload_get(&p, &got));

    packet_build_icmp_echo(&p, SRC, DST, 1, 2, 64, 44, &payload);
    CU_ASSERT(packet_payload_get(&p, &got));
    CU_ASSERT_FALSE(packet_ports(&p, &sport, &dport));
    p.captured = 19;
    CU_ASSERT_EQUAL(packet_dst(&p), 0);
    CU_ASSERT_FALSE(packet_payload_get(&p, &got));
}

static void room(void)
{
    struct packet p;
    packet_init(&p, PACKET_BYTES);
    packet_build_udp(&p, SRC, DST, 4000, 53, 64, 500, &payload);
    uint8_t before[44];
    memcpy(before, packet_data(&p), sizeof before);
    CU_ASSERT(packet_make_room(&p, PACKET_BYTES - sizeof before));
    CU_ASSERT_EQUAL(p.offset, PACKET_BYTES - sizeof before);
    CU_ASSERT_EQUAL(memcmp(before, packet_data(&p), sizeof before), 0);
    CU_ASSERT_FALSE(packet_make_room(&p, PACKET_BYTES - sizeof before + 1));
    CU_ASSERT_EQUAL(p.captured, sizeof before);
}

static void loading(void)
{
    uint8_t big[400];
    memset(big, 0xa5, sizeof big);
    struct packet p;
    packet_init(&p, PACKET_BYTES);
    packet_load(&p, big, sizeof big, 1000);
    CU_ASSERT_EQUAL(p.captured, PACKET_BYTES - PACKET_HEADROOM);
    CU_ASSERT_EQUAL(p.length, 1000);
    packet_load(&p, big, 30, 30);
    CU_ASSERT_EQUAL(p.captured, 30);
}

// A packet that is made larger than the struct, as who forwards real packets needs them.
static void larger(void)
{
    enum { ROOM = 2048 };
    static uint8_t big[ROOM];
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (uint8_t)(i * 7);
    struct packet *p = aligned_alloc(64, (packet_bytes(ROOM) + 63) / 64 * 64);
    packet_init(p, ROOM);
    packet_load(p, big, 1500, 1500);
    CU_ASSERT(p->captured == 1500 && memcmp(packet_data(p), big, 1500) == 0);
    CU_ASSERT(packet_make_room(p, ROOM - 1500));
    CU_ASSERT(p->offset == ROOM - 1500 && memcmp(packet_data(p), big, 1500) == 0);
    CU_ASSERT_FALSE(packet_make_room(p, ROOM - 1499));
    packet_load(p, big, sizeof big, 9000);
    CU_ASSERT_EQUAL(p->captured, ROOM - PACKET_HEADROOM);
    free(p);
}

// A SYN with MSS 1460 and window scale 7, worked out by hand; then payloads that are not stored.
static void tcp_bytes(void)
{
    static const uint8_t syn[] = {0x45, 0x00, 0x00, 0x30, 0x00, 0x00, 0x40, 0x00, 0x40, 0x06,
                                  0x4e, 0x8c, 0xc0, 0x00, 0x02, 0x01, 0xc6, 0x33, 0x64, 0x07,
                                  0x9c, 0x40, 0x01, 0xbb, 0x01, 0x02, 0x03, 0x04, 0x00, 0x00,
                                  0x00, 0x00, 0x70, 0x02, 0xff, 0xff, 0xf5, 0xda, 0x00, 0x00,
                                  0x02, 0x04, 0x05, 0xb4, 0x01, 0x03, 0x03, 0x07};
    static uint8_t whole[1600];
    struct packet_tcp t = {.src = SRC,
                           .dst = DST,
                           .sport = 40000,
                           .dport = 443,
                           .seq = 0x01020304,
                           .window = 0xffff,
                           .flags = TCP_SYN,
                           .ttl = 64,
                           .options = syn + 40,
                           .options_size = 8};
    struct packet p;
    packet_init(&p, PACKET_BYTES);
    packet_build_tcp(&p, &t);
    CU_ASSERT_EQUAL(p.length, sizeof syn);
    CU_ASSERT_EQUAL(p.captured, sizeof syn);
    CU_ASSERT_EQUAL(memcmp(packet_data(&p), syn, sizeof syn), 0);
    t.flags = TCP_ACK | TCP_PSH;
    t.tos = 2;
    for (t.payload = 1; t.payload < 1500; t.payload += 7) {
        packet_build_tcp(&p, &t);
        CU_ASSERT(p.captured == 48 && p.length == 48 + t.payload);
        memset(whole, 0, sizeof whole);
        memcpy(whole, packet_data(&p), p.captured);
        uint8_t pseudo[12] = {[9] = PROTOCOL_TCP};
        memcpy(pseudo, whole + IP4_SRC, 8);
        be16_put(pseudo + 10, p.length - IP4_HEADER);
        uint64_t sum = checksum_add(0, pseudo, sizeof pseudo);
        CU_ASSERT(checksum_ok(checksum_add(sum, whole + IP4_HEADER, p.length - IP4_HEADER)));
        CU_ASSERT(checksum_ok(checksum_add(0, whole, IP4_HEADER)));
        CU_ASSERT(whole[IP4_TOS] == 2 && be16_get(whole + IP4_LENGTH) == p.length);
    }
}

// The same datagram by either builder of UDP.
static void udp_of_bytes(void)
{
    uint8_t bytes[PACKET_PAYLOAD];
    struct packet a, b;
    packet_init(&a, PACKET_BYTES);
    packet_init(&b, PACKET_BYTES);
    packet_build_udp(&a, SRC, DST, 4000, 53, 64, 1000, &payload);
    memcpy(bytes, packet_data(&a) + PACKET_UDP_MIN, sizeof bytes);
    struct packet_udp u = {.src = SRC,
                           .dst = DST,
                           .sport = 4000,
                           .dport = 53,
                           .ttl = 64,
                           .length = 1000,
                           .size = sizeof bytes,
                           .bytes = bytes};
    packet_build_udp_bytes(&b, &u);
    CU_ASSERT(a.captured == b.captured && a.length == b.length);
    CU_ASSERT_EQUAL(memcmp(packet_data(&a), packet_data(&b), a.captured), 0);
}

UNIT_MAIN("packet", {"udp-bytes", udp_bytes}, {"echo-bytes", echo_bytes},
          {"checksum-over-unstored-zeros", checksum_over_unstored_zeros},
          {"zero-checksum-is-sent-as-ones", zero_checksum_is_sent_as_ones}, {"reading", reading},
          {"room", room}, {"loading", loading}, {"larger", larger}, {"tcp-bytes", tcp_bytes},
          {"udp-of-bytes", udp_of_bytes})
