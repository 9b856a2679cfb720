// SPDX-License-Identifier: GPL-3.0-or-later
// ICMP errors and echoes: what RFC 792, RFC 1122 and RFC 1812 §4.3 want and what they forbid, and
// where they leave it open the bytes that a Linux router sends.
#include "fwd/icmp.h"
#include "fwd/node.h"
#include "hexbytes.h"

#define ROUTER IP4(10, 0, 0, 1)
#define CLIENT IP4(192, 0, 2, 1)
#define SERVER IP4(198, 51, 100, 7)

static bool icmp_checksum_right(const struct packet *p)
{
    size_t header = ip4_header_size(packet_view(p));
    return checksum_ok(checksum_add(0, packet_view(p) + header, p->captured - header));
}

static void which_error(void)
{
    static const struct {
        enum fwd_drop reason;
        uint32_t detail;
        uint8_t type, code, type6, code6;
    } want[] = {{FWD_DROP_TTL, 0, 11, 0, 3, 0},
                {FWD_DROP_NO_ROUTE, 0, 3, 0, 1, 0},
                {FWD_DROP_REJECT, FWD_REJECT_NET, 3, 0, 1, 0},
                {FWD_DROP_REJECT, FWD_REJECT_HOST, 3, 1, 1, 3},
                {FWD_DROP_REJECT, FWD_REJECT_PROHIBITED, 3, 13, 1, 1},
                {FWD_DROP_NO_SERVICE, 0, 3, 3, 1, 4},
                {FWD_DROP_MTU, 0, 3, 4, 2, 0},
                {FWD_DROP_NO_NEIGHBOUR, 0, 3, 1, 1, 3},
                {FWD_DROP_SCOPE, 0, 0, 0, 1, 2},
                {FWD_DROP_BAD_OPTION, 22, 12, 0, 0, 0},
                {FWD_DROP_BAD_OPTION, 0, 0, 0, 0, 0},
                {FWD_DROP_SEGMENT, 43, 0, 0, 4, 0},
                {FWD_DROP_SEGMENT, 4 << 16 | 80, 0, 0, 4, 4}};
    for (unsigned reason = 0; reason < FWD_DROP_COUNT; reason++) {
        bool listed = false;
        uint8_t type, code;
        for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
            if (want[i].reason != reason)
                continue;
            listed = true;
            icmp_error_for(want[i].reason, false, want[i].detail, &type, &code);
            CU_ASSERT(type == want[i].type && code == want[i].code);
            icmp_error_for(want[i].reason, true, want[i].detail, &type, &code);
            CU_ASSERT(type == want[i].type6 && code == want[i].code6);
        }
        if (listed)
            continue;
        icmp_error_for((enum fwd_drop)reason, false, 0, &type, &code); // all others: in silence
        CU_ASSERT_EQUAL(type, 0);
        icmp_error_for((enum fwd_drop)reason, true, 0, &type, &code);
        CU_ASSERT_EQUAL(type, 0);
    }
}

static void nobody_listens(void)
{
    static const struct {
        uint8_t protocol, type, code;
    } want[] = {{PROTOCOL_UDP, 3, 3}, {PROTOCOL_TCP, 3, 3}, {PROTOCOL_ICMP, 0, 0},
                {PROTOCOL_GRE, 3, 2}, {253, 3, 2},          {PROTOCOL_SCTP, 3, 2}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct packet p;
        uint8_t type, code;
        udp_packet(&p, CLIENT, SERVER, 9);
        packet_data(&p)[IP4_PROTOCOL] = want[i].protocol;
        CU_ASSERT_EQUAL(icmp_unheard(packet_data(&p), p.captured, &type, &code), 0);
        CU_ASSERT(type == want[i].type && code == want[i].code);
    }
}

static bool is_own(const void *who, ip4_addr a)
{
    (void)who;
    return a == IP4(10, 1, 0, 1) || a == IP4(10, 2, 0, 1);
}

// The error about a packet, as 10.1.0.1 or 10.2.0.1 sends it.
struct told {
    uint8_t type, code;
    uint32_t info;
    bool other;
    const char *about, *error;
};

static void vectors(void)
{
    // As a Linux 6.18 router sends them, but for the identification.
    static const struct told want[] = {
        {11, 0, 0, false, // precedence 6, and the lowest bit of the TOS is lost
         "45bb002412344000011152d40a0100020a020002 0fa0003500100000 0001020304050607",
         "45da004000000000400165df0a0100010a010002 0b00d90a00000000"
         "45bb002412344000011152d40a0100020a020002 0fa0003500100000 0001020304050607"},
        {11, 0, 0, false, // the record goes back, with the router's address once more
         "4800002c123440000111457b0a0100020a020002 070b080a0100010000000001"
         "0fa00035000c000000010203",
         "48c000540000000040014bc60a0100010a010002 070b0c0a0100010a01000100 0b00dd1000000000"
         "4800002c123440000111457b0a0100020a020002 070b080a0100010000000001"
         "0fa00035000c000000010203"},
        {12, 0, 23, false,
         "4700002812344000091141810a0100020a020002 0107070300000000 0fa00035000c000000010203",
         "45c0004400000000400165f50a0100010a010002 0c00cb1a17000000"
         "4700002812344000091141810a0100020a020002 0107070300000000 0fa00035000c000000010203"},
        {3, 3, 0, true, "4500002012344000401114940a0100020a020001 0fa00035000c000000010203",
         "45c0003c00000000400165fc0a0200010a010002 0303eb1700000000"
         "4500002012344000401114940a0100020a020001 0fa00035000c000000010203"},
        {3, 4, 1400, false, "4500002012344000401114940a0100020a020001 0fa00035000c000000010203",
         "45c0003c00000000400165fd0a0100010a010002 0304e59e00000578"
         "4500002012344000401114940a0100020a020001 0fa00035000c000000010203"}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct packet about, out;
        struct option_here here = {.is_local = is_own};
        packet_of(&about, want[i].about);
        packet_init(&out, PACKET_BYTES);
        struct icmp_error e = {
            .src = ip6_from_ip4(want[i].other ? IP4(10, 2, 0, 1) : IP4(10, 1, 0, 1)),
            .type = want[i].type,
            .code = want[i].code,
            .info = want[i].info,
            .here = &here};
        CU_ASSERT(icmp_build_error(&out, &e, packet_data(&about), about.captured, about.length));
        CU_ASSERT(packet_is(&out, want[i].error));
        CU_ASSERT(header_checksum_right(&out) && icmp_checksum_right(&out));
        e.id = 0xabcd;
        CU_ASSERT(icmp_build_error(&out, &e, packet_data(&about), about.captured, about.length));
        CU_ASSERT(be16_get(packet_data(&out) + IP4_ID) == 0xabcd && header_checksum_right(&out));
    }
}

static void options_without_room(void)
{
    // A record with room for one address less than half a way back: Linux says nothing.
    struct packet about, out;
    struct option_here here = {.is_local = is_own};
    packet_of(&about, "48000028 00000000 01110000 0a010002 0a020002 0708080a0100010001010100"
                      "0fa0003500080000");
    packet_init(&out, PACKET_BYTES);
    struct icmp_error e = {.src = ip6_from_ip4(ROUTER), .type = ICMP_TIME_EXCEEDED, .here = &here};
    CU_ASSERT_FALSE(icmp_build_error(&out, &e, packet_data(&about), 40, 40));
    e.here = NULL; // whoever wants none
    CU_ASSERT(icmp_build_error(&out, &e, packet_data(&about), 40, 40));
    CU_ASSERT_EQUAL(packet_data(&out)[0], IP4_PLAIN);
}

static void quote_is_bounded(void)
{
    struct packet p, e;
    struct icmp_error error = {.src = ip6_from_ip4(ROUTER), .type = ICMP_TIME_EXCEEDED};
    packet_init(&e, PACKET_BYTES);
    build_udp(&p, CLIENT, SERVER, 1, 2, 9, 1500, NULL);
    CU_ASSERT(icmp_build_error(&e, &error, packet_data(&p), p.captured, p.length));
    CU_ASSERT_EQUAL(e.length, 576); // RFC 1812 §4.3.2.3
    CU_ASSERT_EQUAL(e.captured, 28 + 28);
    CU_ASSERT(icmp_checksum_right(&e));

    uint8_t bytes[1500]; // more is stored than an error can hold: quoted is what fits
    memset(bytes, 0x77, sizeof bytes);
    memcpy(bytes, packet_data(&p), 28);
    CU_ASSERT(icmp_build_error(&e, &error, bytes, 120, 1500));
    CU_ASSERT(e.length == 128 && e.captured == 128);
    CU_ASSERT(icmp_checksum_right(&e) && header_checksum_right(&e));

    struct packet *large = malloc(packet_bytes(2048)); // where there is room, 576
    if (!large)
        abort();
    packet_init(large, 2048);
    CU_ASSERT(icmp_build_error(large, &error, bytes, 1500, 1500));
    CU_ASSERT(large->length == 576 && large->captured == 576 && icmp_checksum_right(large));
    CU_ASSERT(icmp_build_error(large, &error, bytes, 548, 548));
    CU_ASSERT_EQUAL(large->length, 576);
    CU_ASSERT(icmp_build_error(large, &error, bytes, 547, 547));
    CU_ASSERT(large->length == 575 && icmp_checksum_right(large));
    error.limit = 300; // a way that takes no more
    CU_ASSERT(icmp_build_error(large, &error, bytes, 1500, 1500));
    CU_ASSERT_EQUAL(large->length, 300);
    error.limit = 49;
    CU_ASSERT(icmp_build_error(large, &error, bytes, 1500, 1500));
    error.limit = 48; // nothing but an IP header fits: as Linux, none at all
    CU_ASSERT_FALSE(icmp_build_error(large, &error, bytes, 1500, 1500));
    error.limit = 9000;
    CU_ASSERT(icmp_build_error(large, &error, bytes, 1500, 1500));
    CU_ASSERT_EQUAL(large->length, 576);
    free(large);
}

static bool reported(struct packet *p)
{
    return icmp_may_report(packet_data(p), p->captured, ICMP_TIME_EXCEEDED, 0);
}

static void never_about(void)
{
    struct packet p;
    static const uint8_t harmless[] = {0, 8, 13, 14, 15, 16, 17, 18}; // the rest may be errors
    for (unsigned type = 0; type < 256; type++) {
        build_echo(&p, CLIENT, SERVER, 1, 9, 60);
        packet_data(&p)[20] = (uint8_t)type;
        CU_ASSERT_EQUAL(reported(&p), memchr(harmless, (int)type, sizeof harmless) != NULL);
    }
    build_echo(&p, CLIENT, SERVER, 1, 9, 60);
    p.captured = 20; // which type is not known
    CU_ASSERT_FALSE(reported(&p));
    udp_packet(&p, CLIENT, SERVER, 9);
    CU_ASSERT(reported(&p));
    be16_put(packet_data(&p) + IP4_FRAGMENT, IP4_MORE_FRAGMENTS); // the first fragment may
    CU_ASSERT(reported(&p));
    be16_put(packet_data(&p) + IP4_FRAGMENT, 1);
    CU_ASSERT_FALSE(reported(&p));
    static const ip4_addr nobody[] = {
        0, IP4(0, 1, 2, 3), IP4(127, 0, 0, 1), IP4(224, 0, 0, 5), IP4(239, 1, 1, 1), UINT32_MAX};
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
        udp_packet(&p, nobody[i], SERVER, 9);
        CU_ASSERT_FALSE(reported(&p));
        udp_packet(&p, CLIENT, nobody[i], 9);
        CU_ASSERT_FALSE(reported(&p));
    }
}

static unsigned taken(struct icmp_bucket *b, int64_t now_ps)
{
    unsigned sent = 0;
    while (icmp_bucket_take(b, now_ps))
        sent++;
    return sent;
}

#define PS_PER_S INT64_C(1000000000000)

static void bucket(void)
{
    struct icmp_bucket b;
    icmp_bucket_init(&b, 0, 0);
    CU_ASSERT_EQUAL(taken(&b, 0), ICMP_BURST);
    CU_ASSERT_FALSE(icmp_bucket_take(&b, PS_PER_S / 1000 - 1));
    CU_ASSERT(icmp_bucket_take(&b, PS_PER_S / 1000));
    CU_ASSERT_FALSE(icmp_bucket_take(&b, 0)); // time does not run backwards
    int64_t now = PS_PER_S / 1000;
    unsigned sent = 0;
    for (int i = 0; i < 3000000; i++) { // a request every 1/3 us for a second, odd step
        now += 333333;
        sent += icmp_bucket_take(&b, now);
    }
    CU_ASSERT_EQUAL(sent, 999);                        // 0.999999 s
    CU_ASSERT_EQUAL(taken(&b, INT64_MAX), ICMP_BURST); // never more than the bucket holds

    // A rate that picoseconds do not divide by: still exact, after any number of steps.
    icmp_bucket_init(&b, 7, 3);
    CU_ASSERT_EQUAL(taken(&b, 0), 3);
    sent = 0;
    for (int64_t i = 1; i <= 100000; i++)
        sent += icmp_bucket_take(&b, i * PS_PER_S / 1000);
    CU_ASSERT_EQUAL(sent, 700);
    CU_ASSERT_FALSE(icmp_bucket_take(&b, 100 * PS_PER_S + PS_PER_S / 7));
    CU_ASSERT(icmp_bucket_take(&b, 100 * PS_PER_S + PS_PER_S / 7 + 1));

    icmp_bucket_init(&b, UINT32_MAX, UINT32_MAX);
    for (int i = 0; i < 1000; i++)
        CU_ASSERT(icmp_bucket_take(&b, INT64_MAX));
    icmp_bucket_init(&b, 1, 1);
    CU_ASSERT_EQUAL(taken(&b, INT64_MIN), 1);
}

static void echoes(void)
{
    // As a Linux 6.18 host answers them, but for the identification and the second's checksum.
    static const char *const want[][2] = {
        {"45ff002112344000400113a50a0100020a010001 0800dfc6123400010001020304",
         "45ff002100000000400165d90a0100010a010002 0000e7c6123400010001020304"},
        {"4500001c00000000ff0100000a0100020a010001 0800f7ff00000000", // nothing but zeros is left
         "4500001c00000000400166dd0a0100010a010002 0000ffff00000000"},
        {"4500001c00000000ff0100000a0100020a010001 0803f7fc00000000", // any code
         "4500001c00000000400166dd0a0100010a010002 0003fffc00000000"},
        {"4f1d0049123440004001e5710a0100020a010001" // what was received is in its options
         "070f080a0100010000000000000000940400004414 0d010a01000100000000000000000000000001"
         "0800dfc6123400010001020304",
         "4e1d00450000000040012d070a0100010a010002"
         "070f0c0a0100010a01000100000000441415010a010001000000000a010001000000000000"
         "00e7c6123400010001020304"}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct packet p;
        struct option_here here = {.is_local = is_own};
        packet_of(&p, want[i][0]);
        CU_ASSERT(icmp_is_echo(&p) && icmp_intact(&p));
        CU_ASSERT(icmp_turn_echo(&p, 0, &here));
        CU_ASSERT(packet_is(&p, want[i][1]));
        CU_ASSERT(header_checksum_right(&p) && icmp_checksum_right(&p));
        CU_ASSERT_FALSE(icmp_is_echo(&p));
    }
    struct packet p, was;
    build_echo(&p, CLIENT, ROUTER, 7, 9, 1400); // zeros that are not stored
    CU_ASSERT(icmp_intact(&p));
    CU_ASSERT(icmp_turn_echo(&p, 0x55aa, NULL));
    CU_ASSERT(p.length == 1400 && p.captured == 28 && icmp_intact(&p));
    CU_ASSERT_EQUAL(be16_get(packet_data(&p) + IP4_ID), 0x55aa);

    packet_of(&p, "48000024000000004001 0000 0a010002 0a010001 070809 0a010001 00 00000000"
                  "0800f7ff00000000");
    packet_data(&p)[22] = 8; // part of an entry is left
    was = p;
    struct option_here here = {.is_local = is_own};
    CU_ASSERT_FALSE(icmp_turn_echo(&p, 0, &here));
    CU_ASSERT_EQUAL(memcmp(&p, &was, sizeof p), 0);
    CU_ASSERT(icmp_turn_echo(&p, 0, NULL)); // whoever does not look at options
    CU_ASSERT_EQUAL(packet_data(&p)[0], IP4_PLAIN);
}

static void not_an_echo(void)
{
    struct packet p;
    build_echo(&p, CLIENT, ROUTER, 7, 9, 60);
    CU_ASSERT(icmp_is_echo(&p));
    p.captured = 27;
    CU_ASSERT_FALSE(icmp_is_echo(&p));
    build_echo(&p, CLIENT, ROUTER, 7, 9, 60);
    packet_data(&p)[30] = 1;
    p.captured = 60;
    CU_ASSERT_FALSE(icmp_intact(&p));
    be16_put(packet_data(&p) + IP4_FRAGMENT, IP4_MORE_FRAGMENTS);
    CU_ASSERT_FALSE(icmp_is_echo(&p));
    be16_put(packet_data(&p) + IP4_FRAGMENT, 2);
    CU_ASSERT_FALSE(icmp_is_echo(&p) || icmp_intact(&p));
    static const ip4_addr nobody[] = {0, IP4(127, 0, 0, 1), IP4(224, 0, 0, 1), UINT32_MAX};
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
        build_echo(&p, nobody[i], ROUTER, 7, 9, 60);
        CU_ASSERT_FALSE(icmp_is_echo(&p));
        build_echo(&p, CLIENT, nobody[i], 7, 9, 60);
        CU_ASSERT_FALSE(icmp_is_echo(&p));
    }
    udp_packet(&p, CLIENT, ROUTER, 9);
    CU_ASSERT_FALSE(icmp_is_echo(&p) || icmp_intact(&p));
}

static void quoted(void)
{
    struct packet about, p;
    udp_packet(&about, CLIENT, SERVER, 9);
    packet_init(&p, PACKET_BYTES);
    static const uint8_t errors[] = {3, 4, 5, 11, 12};
    for (unsigned type = 0; type < 20; type++) {
        struct icmp_error e = {.src = ip6_from_ip4(ROUTER), .type = (uint8_t)type};
        CU_ASSERT(icmp_build_error(&p, &e, packet_data(&about), 44, 100));
        size_t size = 0;
        const uint8_t *q = icmp_quote(packet_data(&p), p.captured, &size);
        bool is_error = memchr(errors, (int)type, sizeof errors);
        CU_ASSERT_EQUAL(q != NULL, is_error);
        CU_ASSERT(!q || (q == packet_data(&p) + 28 && size == 44));
    }
    struct icmp_error e = {.src = ip6_from_ip4(ROUTER), .type = ICMP_TIME_EXCEEDED};
    CU_ASSERT(icmp_build_error(&p, &e, packet_data(&about), 44, 100));
    for (uint32_t size = 20; size <= p.captured; size++) {
        uint8_t *copy = exact_copy(packet_data(&p), size);
        size_t there;
        CU_ASSERT_EQUAL(icmp_quote(copy, size, &there) != NULL, size >= 56);
        free(copy);
    }
    packet_data(&p)[28] = 0x46; // its options are to be there too
    size_t there;
    CU_ASSERT_PTR_NULL(icmp_quote(packet_data(&p), 59, &there));
    CU_ASSERT_PTR_NOT_NULL(icmp_quote(packet_data(&p), 60, &there));
    packet_data(&p)[28] = 0x65;
    CU_ASSERT_PTR_NULL(icmp_quote(packet_data(&p), p.captured, &there));
}

// --- within a node

static void time_exceeded(void)
{
    struct fwd_node *n = node_at(ROUTER);
    route_out(n, SERVER, 24, 1);
    struct packet p, e;
    struct fwd_result r;
    udp_packet(&p, CLIENT, SERVER, 1);
    packet_init(&e, PACKET_BYTES);
    uint8_t before[44];
    memcpy(before, packet_data(&p), sizeof before);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_TTL);
    CU_ASSERT(fwd_icmp_error(n, &p, &r, 0, &e));
    CU_ASSERT(packet_src(&e) == ROUTER && packet_dst(&e) == CLIENT);
    CU_ASSERT_EQUAL(e.length, 28 + 100); // the whole datagram is quoted, unstored zeros included
    CU_ASSERT_EQUAL(e.captured, 28 + 44);
    const uint8_t *icmp = packet_data(&e) + 20;
    CU_ASSERT(icmp[0] == 11 && icmp[1] == 0);
    CU_ASSERT_EQUAL(be32_get(icmp + 4), 0);
    CU_ASSERT_EQUAL(memcmp(icmp + 8, before, sizeof before), 0); // as it came, TTL 1
    CU_ASSERT(icmp_checksum_right(&e) && header_checksum_right(&e));
    CU_ASSERT_EQUAL(ip4_validate(&e), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(fwd_counters(n)->icmp_sent, 1);
    r = (struct fwd_result){.verdict = FWD_OUT, .icmp_type = 11};
    CU_ASSERT_FALSE(fwd_icmp_error(n, &p, &r, 0, &e));
    fwd_node_free(n);
}

static void mtu_is_told(void)
{
    struct fwd_node *n = node_at(ROUTER);
    route_out(n, SERVER, 24, 1);
    struct packet p, e;
    struct fwd_result r;
    udp_packet(&p, CLIENT, SERVER, 9);
    packet_init(&e, PACKET_BYTES);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT_EQUAL(fwd_counters(n)->forwarded, 1);
    fwd_refuse(n, &p, FWD_DROP_MTU, &r);
    r.mtu = 1400;
    CU_ASSERT(fwd_icmp_error(n, &p, &r, 0, &e));
    const uint8_t *icmp = packet_data(&e) + 20;
    CU_ASSERT(icmp[0] == 3 && icmp[1] == 4 && be16_get(icmp + 6) == 1400);
    CU_ASSERT(fwd_counters(n)->forwarded == 0 && fwd_counters(n)->dropped[FWD_DROP_MTU] == 1);
    fwd_node_free(n);
}

static void rate_is_an_option(void)
{
    struct fwd_options o = {.address = ROUTER, .icmp_per_s = 2, .icmp_burst = 3};
    struct fwd_node *n = fwd_node_new(&o);
    struct packet p, e;
    struct fwd_result r;
    packet_init(&e, PACKET_BYTES);
    unsigned sent = 0;
    for (int i = 0; i <= 10; i++) {
        udp_packet(&p, CLIENT, SERVER, 9);
        fwd_receive(n, &p, 0, i * PS_PER_S / 10, &r);
        CU_ASSERT_EQUAL(r.reason, FWD_DROP_NO_ROUTE);
        sent += fwd_icmp_error(n, &p, &r, i * PS_PER_S / 10, &e);
    }
    CU_ASSERT_EQUAL(sent, 5); // three at once and two in the second
    CU_ASSERT_EQUAL(fwd_counters(n)->icmp_sent, 5);
    fwd_node_free(n);
}

static void echo_is_answered(void)
{
    struct fwd_node *n = node_at(ROUTER);
    route_out(n, CLIENT, 24, 6);
    struct packet p, was;
    struct fwd_result r;
    struct packet_payload payload = {.flow = 5, .seq = 6, .stamp_ps = 7}, got;
    packet_init(&p, PACKET_BYTES);
    packet_build_icmp_echo(&p, CLIENT, ROUTER, 0x1234, 9, 1, 200, &payload);
    was = p;
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.reply && r.out_if == 6);
    CU_ASSERT(packet_src(&p) == ROUTER && packet_dst(&p) == CLIENT);
    CU_ASSERT_EQUAL(packet_ttl(&p), 64);
    CU_ASSERT_EQUAL(packet_data(&p)[20], 0);
    CU_ASSERT(header_checksum_right(&p) && icmp_checksum_right(&p));
    CU_ASSERT_EQUAL(memcmp(packet_data(&p) + 24, packet_data(&was) + 24, 20), 0);
    CU_ASSERT(packet_payload_get(&p, &got) && got.stamp_ps == 7);
    CU_ASSERT(fwd_counters(n)->replies == 1 && fwd_counters(n)->forwarded == 0);
    CU_ASSERT(counters_add_up(n));

    fwd_route_del(n, prefix_of(CLIENT, 24)); // no way back: dropped, and no error to ourselves
    p = was;
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_NO_ROUTE && r.icmp_type == 0);

    p = was;
    packet_data(&p)[30] ^= 1;
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_BAD_CHECKSUM);

    p = was;
    packet_data(&p)[20] = 0; // an echo reply is the host's
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_LOCAL && !r.reply);

    p = was;
    be16_put(packet_data(&p) + IP4_FRAGMENT, IP4_MORE_FRAGMENTS); // needs reassembly first
    fix_checksum(&p);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_LOCAL);
    CU_ASSERT(counters_add_up(n));
    fwd_node_free(n);
}

UNIT_MAIN("icmp", {"which-error", which_error}, {"nobody-listens", nobody_listens},
          {"vectors", vectors}, {"options-without-room", options_without_room},
          {"quote-is-bounded", quote_is_bounded}, {"never-about", never_about}, {"bucket", bucket},
          {"echoes", echoes}, {"not-an-echo", not_an_echo}, {"quoted", quoted},
          {"time-exceeded", time_exceeded}, {"mtu-is-told", mtu_is_told},
          {"rate-is-an-option", rate_is_an_option}, {"echo-is-answered", echo_is_answered})
