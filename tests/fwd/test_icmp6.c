// SPDX-License-Identifier: GPL-3.0-or-later
// ICMPv6 errors and echoes: RFC 4443, and where it leaves it open the bytes that a Linux router
// sends.
#include "fwd/icmp.h"
#include "hexbytes.h"

static const struct ip6_addr router = {0xfd01000000000000, 1}, client = {0xfd01000000000000, 2},
                             server = {0xfd02000000000000, 2};

static bool icmp_checksum_right(const struct packet *p)
{
    const uint8_t *h = packet_view(p);
    return h[IP6_NEXT] == PROTOCOL_ICMP6 &&
           checksum_ok(checksum_add(ip6_pseudo_sum(h, p->length - 40, PROTOCOL_ICMP6), h + 40,
                                    p->captured - 40));
}

struct told {
    uint8_t type, code;
    uint32_t info;
    const char *about, *error;
};

static void vectors(void)
{
    static const struct told want[] = {
        {3, 0, 0, // traffic class and flow label are the router's own
         "6b812345000c1101 fd010000000000000000000000000002 fd020000000000000000000000000002"
         "0fa00035000c000000010203",
         "60000000003c3a40 fd010000000000000000000000000001 fd010000000000000000000000000002"
         "030056c100000000"
         "6b812345000c1101 fd010000000000000000000000000002 fd020000000000000000000000000002"
         "0fa00035000c000000010203"},
        {4, 1, 40,
         "60000000000c3c40 fd010000000000000000000000000002 fd020000000000000000000000000001"
         "fd00010400000000 61626364",
         "60000000003c3a40 fd010000000000000000000000000001 fd010000000000000000000000000002"
         "0401a83900000028"
         "60000000000c3c40 fd010000000000000000000000000002 fd020000000000000000000000000001"
         "fd00010400000000 61626364"},
        {2, 0, 1280,
         "6000000000003b40 fd010000000000000000000000000002 fd020000000000000000000000000002",
         "6000000000303a40 fd010000000000000000000000000001 fd010000000000000000000000000002"
         "0200694500000500"
         "6000000000003b40 fd010000000000000000000000000002 fd020000000000000000000000000002"}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct packet about, out;
        packet_of(&about, want[i].about);
        packet_init(&out, PACKET_BYTES);
        struct icmp_error e = {
            .src = router, .type = want[i].type, .code = want[i].code, .info = want[i].info};
        CU_ASSERT(icmp_build_error(&out, &e, packet_data(&about), about.captured, about.length));
        CU_ASSERT(packet_is(&out, want[i].error));
        CU_ASSERT(icmp_checksum_right(&out) && icmp_intact(&out));
        CU_ASSERT_EQUAL(ip6_validate(&out), FWD_DROP_NONE);
    }
}

// An IPv6 header and an upper layer of `payload` bytes; what is behind the first 8 are zeros.
static void make(struct packet *p, uint8_t next, uint32_t payload)
{
    uint8_t bytes[48] = {0};
    ip6_write(bytes,
              &(struct ip6_fields){
                  .src = client, .dst = server, .length = 40 + payload, .hops = 9, .next = next});
    packet_init(p, PACKET_BYTES);
    packet_load(p, bytes, payload < 8 ? 40 + payload : 48, 40 + payload);
}

static void quote_is_bounded(void)
{
    struct packet p, out;
    packet_init(&out, PACKET_BYTES);
    struct icmp_error e = {.src = router, .type = ICMP6_TIME_EXCEEDED};
    make(&p, PROTOCOL_UDP, 2000);
    CU_ASSERT(icmp_build_error(&out, &e, packet_data(&p), p.captured, p.length));
    CU_ASSERT(out.length == 1280 && out.captured == 96 && icmp_checksum_right(&out));
    uint8_t bytes[1500];
    memset(bytes, 0x33, sizeof bytes);
    memcpy(bytes, packet_data(&p), 48);
    CU_ASSERT(icmp_build_error(&out, &e, bytes, 120, 2040));
    CU_ASSERT(out.length == 128 && out.captured == 128 && icmp_checksum_right(&out));
    struct packet *large = malloc(packet_bytes(2048));
    if (!large)
        abort();
    packet_init(large, 2048);
    for (uint32_t size = 1231; size <= 1233; size++) {
        CU_ASSERT(icmp_build_error(large, &e, bytes, size, size));
        CU_ASSERT_EQUAL(large->length, size < 1232 ? 1279 : 1280);
        CU_ASSERT(large->captured == large->length && icmp_checksum_right(large));
    }
    free(large);
}

static bool reported(const struct packet *p, uint8_t type, uint8_t code)
{
    return icmp_may_report(packet_view(p), p->captured, type, code);
}

static void never_about(void)
{
    struct packet p;
    for (unsigned type = 0; type < 256; type++) { // (e.1), (e.2)
        make(&p, PROTOCOL_ICMP6, 20);
        packet_data(&p)[40] = (uint8_t)type;
        CU_ASSERT_EQUAL(reported(&p, 3, 0), type >= 128 && type != 137);
    }
    make(&p, PROTOCOL_ICMP6, 0); // which type is not known
    CU_ASSERT_FALSE(reported(&p, 3, 0));
    make(&p, PROTOCOL_UDP, 20);
    CU_ASSERT(reported(&p, 3, 0));
    // (e.3): to a group, but for two kinds.
    ip6_put(packet_data(&p) + IP6_DST, IP6(0xff02000000000000, 1));
    CU_ASSERT_FALSE(reported(&p, 3, 0));
    CU_ASSERT_FALSE(reported(&p, 1, 0));
    CU_ASSERT_FALSE(reported(&p, 4, 1));
    CU_ASSERT(reported(&p, 2, 0));
    CU_ASSERT(reported(&p, 4, 2));
    // (e.6): from what is no single host.
    static const struct ip6_addr nobody[] = {
        {0, 0}, {0, 1}, {0xff02000000000000, 1}, {0, 0xffff0a010002}};
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
        make(&p, PROTOCOL_UDP, 20);
        ip6_put(packet_data(&p) + IP6_SRC, nobody[i]);
        CU_ASSERT_FALSE(reported(&p, 2, 0));
    }
    make(&p, PROTOCOL_UDP, 20);
    ip6_put(packet_data(&p) + IP6_DST, IP6(0, 1));
    CU_ASSERT_FALSE(reported(&p, 3, 0));
}

static const char *const fragments[] = {
    // last octet of the fragment field, then what follows
    "60000000001a2c40 fd010000000000000000000000000002 fd020000000000000000000000000002"
    "3a00000000000001 0100000000000000",
    "60000000001a2c40 fd010000000000000000000000000002 fd020000000000000000000000000002"
    "3a00000900000001 0100000000000000"};

static void behind_extensions(void)
{
    struct packet p;
    // An error behind hop-by-hop and destination options is still an error.
    packet_of(&p, "6000000000180040 fd010000000000000000000000000002"
                  "fd020000000000000000000000000002"
                  "3c00010400000000 3a00010400000000 0100000000000000");
    CU_ASSERT_FALSE(reported(&p, 3, 0));
    packet_data(&p)[56] = 128;
    CU_ASSERT(reported(&p, 3, 0));
    packet_of(&p, fragments[0]); // a first fragment
    CU_ASSERT_FALSE(reported(&p, 3, 0));
    p.captured = 48; // … without the header that says what it is, as Linux
    CU_ASSERT(reported(&p, 3, 0));
    packet_of(&p, fragments[1]); // a later one: RFC 4443 has nothing against it
    CU_ASSERT(reported(&p, 3, 0));
}

static uint32_t unheard(uint8_t next, uint8_t *type, uint8_t *code)
{
    struct packet p;
    make(&p, next, 20);
    return icmp_unheard(packet_data(&p), p.captured, type, code);
}

static void nobody_listens(void)
{
    uint8_t type, code;
    CU_ASSERT_EQUAL(unheard(PROTOCOL_UDP, &type, &code), 0);
    CU_ASSERT(type == 1 && code == 4);
    CU_ASSERT_EQUAL(unheard(PROTOCOL_TCP, &type, &code), 0);
    CU_ASSERT(type == 1 && code == 4);
    unheard(PROTOCOL_ICMP6, &type, &code);
    CU_ASSERT_EQUAL(type, 0);
    unheard(PROTOCOL_NONE, &type, &code);
    CU_ASSERT_EQUAL(type, 0);
    CU_ASSERT_EQUAL(unheard(253, &type, &code), 6); // the octet that names it
    CU_ASSERT(type == 4 && code == 1);
    struct packet p;
    packet_of(&p, "60000000000c3c40 fd010000000000000000000000000002"
                  "fd020000000000000000000000000001 fd00010400000000 61626364");
    CU_ASSERT_EQUAL(icmp_unheard(packet_data(&p), p.captured, &type, &code), 40);
    CU_ASSERT(type == 4 && code == 1);
    packet_data(&p)[41] = 9; // the chain does not end here
    icmp_unheard(packet_data(&p), p.captured, &type, &code);
    CU_ASSERT_EQUAL(type, 0);
    packet_of(&p, fragments[1]);
    packet_data(&p)[40] = 253;
    icmp_unheard(packet_data(&p), p.captured, &type, &code);
    CU_ASSERT_EQUAL(type, 0);
}

static void echoes(void)
{
    static const char *const want[][2] = {
        // Extension headers stay behind; the traffic class goes back, the flow label does not.
        {"61d1234500153c01 fd010000000000000000000000000002 fd010000000000000000000000000001"
         "3a00010400000000 80006d7812340001 0001020304",
         "61d00000000d3a40 fd010000000000000000000000000001 fd010000000000000000000000000002"
         "81006c7812340001 0001020304"},
        {"60000000000d3aff fd010000000000000000000000000002 fd010000000000000000000000000001"
         "80006d7812340001 0001020304",
         "60000000000d3a40 fd010000000000000000000000000001 fd010000000000000000000000000002"
         "81006c7812340001 0001020304"},
        // An atomic fragment is a whole packet (RFC 6946).
        {"6000000000152c40 fd010000000000000000000000000002 fd010000000000000000000000000001"
         "3a00000000000007 80006d7812340001 0001020304",
         "60000000000d3a40 fd010000000000000000000000000001 fd010000000000000000000000000002"
         "81006c7812340001 0001020304"},
        // A route that it came to the end of.
        {"6000000000252b40 fd010000000000000000000000000002 fd010000000000000000000000000001"
         "3a02040000000000 fd090000000000000000000000000009 80006d7812340001 0001020304",
         "60000000000d3a40 fd010000000000000000000000000001 fd010000000000000000000000000002"
         "81006c7812340001 0001020304"}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct packet p;
        packet_of(&p, want[i][0]);
        CU_ASSERT(icmp_is_echo(&p) && icmp_intact(&p));
        CU_ASSERT(icmp_turn_echo(&p, 7, NULL));
        CU_ASSERT(packet_is(&p, want[i][1]));
        CU_ASSERT(icmp_checksum_right(&p) && !icmp_is_echo(&p));
        CU_ASSERT_EQUAL(ip6_validate(&p), FWD_DROP_NONE);
    }
    struct packet p; // zeros that are not stored
    make(&p, PROTOCOL_ICMP6, 1000);
    packet_data(&p)[40] = 128;
    CU_ASSERT_FALSE(icmp_intact(&p));
    checksum_store(packet_data(&p) + 42,
                   checksum_add(ip6_pseudo_sum(packet_data(&p), 1000, PROTOCOL_ICMP6),
                                packet_data(&p) + 40, 8));
    CU_ASSERT(icmp_is_echo(&p) && icmp_intact(&p));
    CU_ASSERT(icmp_turn_echo(&p, 7, NULL));
    CU_ASSERT(p.length == 1040 && p.captured == 48 && icmp_checksum_right(&p));
}

static void not_an_echo(void)
{
    static const char *const good =
        "6000000000153c40 fd010000000000000000000000000002 fd010000000000000000000000000001"
        "3a00010400000000 80006d7812340001 0001020304";
    struct packet p;
    struct hexbytes b = hex(good);
    packet_of(&p, good);
    CU_ASSERT(icmp_is_echo(&p) && icmp_intact(&p));
    for (size_t i = 8; i < b.size; i++) { // any byte that the checksum covers
        if (i >= 40 && i < 48)
            continue;
        packet_of(&p, good);
        packet_data(&p)[i] ^= 0x40;
        CU_ASSERT_FALSE(icmp_is_echo(&p) && icmp_intact(&p));
    }
    packet_of(&p, good);
    packet_data(&p)[6] = PROTOCOL_FRAGMENT; // the same bytes as a piece
    CU_ASSERT_FALSE(icmp_is_echo(&p) || icmp_intact(&p));
    packet_of(&p, good);
    packet_data(&p)[6] = PROTOCOL_ROUTING; // as a route with four more segments
    CU_ASSERT_FALSE(icmp_is_echo(&p) || icmp_intact(&p));
    static const struct ip6_addr nobody[] = {{0, 0}, {0, 1}, {0xff02000000000000, 1}};
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
        packet_of(&p, good);
        ip6_put(packet_data(&p) + IP6_SRC, nobody[i]);
        CU_ASSERT_FALSE(icmp_is_echo(&p));
        packet_of(&p, good);
        ip6_put(packet_data(&p) + IP6_DST, nobody[i]);
        CU_ASSERT_FALSE(icmp_is_echo(&p));
    }
    for (uint32_t size = 40; size < 56; size++) {
        packet_of(&p, good);
        p.captured = size;
        CU_ASSERT_FALSE(icmp_is_echo(&p));
    }
}

static void quoted(void)
{
    struct packet about, p;
    make(&about, PROTOCOL_UDP, 100);
    packet_init(&p, PACKET_BYTES);
    for (unsigned type = 1; type < 256; type++) {
        struct icmp_error e = {.src = router, .type = (uint8_t)type};
        CU_ASSERT(icmp_build_error(&p, &e, packet_data(&about), 48, 140));
        size_t size = 0;
        const uint8_t *q = icmp_quote(packet_data(&p), p.captured, &size);
        CU_ASSERT_EQUAL(q != NULL, type < 128);
        CU_ASSERT(!q || (q == packet_data(&p) + 48 && size == 48));
    }
    struct icmp_error e = {.src = router, .type = ICMP6_TOO_BIG};
    CU_ASSERT(icmp_build_error(&p, &e, packet_data(&about), 48, 140));
    for (uint32_t size = 40; size <= p.captured; size++) {
        uint8_t *copy = exact_copy(packet_data(&p), size);
        size_t there;
        CU_ASSERT_EQUAL(icmp_quote(copy, size, &there) != NULL, size >= 96);
        free(copy);
    }
    size_t there;
    packet_data(&p)[48] = 0x45; // ICMPv6 quotes IPv6
    CU_ASSERT_PTR_NULL(icmp_quote(packet_data(&p), p.captured, &there));
}

// Any bytes behind a header that says IPv6, at memory that ends where they do.
static void any_bytes(void)
{
    static const uint8_t likely[] = {0, 1, 2, 43, 44, 51, 58, 60, 128};
    struct random random = {3};
    unsigned echo = 0, quote = 0;
    for (int round = 0; round < 100000; round++) {
        uint32_t size = 40 + random_below(&random, 80);
        uint8_t bytes[120];
        for (uint32_t i = 0; i < size; i++)
            bytes[i] = random_below(&random, 3) ? likely[random_below(&random, sizeof likely)]
                                                : (uint8_t)random_next(&random);
        ip6_write(bytes,
                  &(struct ip6_fields){
                      .src = client, .dst = router, .length = size, .next = bytes[6], .hops = 3});
        struct packet *p = packet_at_end(bytes, size, size);
        uint8_t type, code;
        size_t there;
        icmp_may_report(packet_view(p), size, 3, 0);
        CU_ASSERT_FATAL(icmp_unheard(packet_view(p), size, &type, &code) < size);
        const uint8_t *q = icmp_quote(packet_view(p), size, &there);
        CU_ASSERT_FATAL(!q || q + there == packet_view(p) + size);
        quote += q != NULL;
        icmp_intact(p);
        if (icmp_is_echo(p)) {
            echo++;
            CU_ASSERT_FATAL(icmp_turn_echo(p, 0, NULL));
            CU_ASSERT_FATAL(p->length <= size && icmp_checksum_right(p));
        }
        free(p);
    }
    CU_ASSERT(echo > 100 && quote > 0);
}

UNIT_MAIN("icmp6", {"vectors", vectors}, {"quote-is-bounded", quote_is_bounded},
          {"never-about", never_about}, {"behind-extensions", behind_extensions},
          {"nobody-listens", nobody_listens}, {"echoes", echoes}, {"not-an-echo", not_an_echo},
          {"quoted", quoted}, {"any-bytes", any_bytes})
