// SPDX-License-Identifier: GPL-3.0-or-later
// ICMP errors and echoes: what RFC 792 and RFC 1812 §4.3 want, and what they forbid.
#include "fixture.h"
#include "fwd/node.h"

#define ROUTER IP4(10, 0, 0, 1)
#define CLIENT IP4(192, 0, 2, 1)
#define SERVER IP4(198, 51, 100, 7)

static struct fwd_result dropped(enum fwd_drop reason)
{
    struct fwd_result r = {.verdict = FWD_DROP, .reason = reason};
    icmp_error_for(reason, &r.icmp_type, &r.icmp_code);
    return r;
}

static bool icmp_checksum_right(const struct packet *p)
{
    return checksum_ok(checksum_add(0, packet_view(p) + 20, p->captured - 20u));
}

static void which_error(void)
{
    static const struct {
        enum fwd_drop reason;
        uint8_t type, code;
    } want[] = {{FWD_DROP_TTL, 11, 0},         {FWD_DROP_NO_ROUTE, 3, 0},
                {FWD_DROP_NO_SERVICE, 3, 3},   {FWD_DROP_MTU, 3, 4},
                {FWD_DROP_BLACKHOLE, 0, 0},    {FWD_DROP_TRUNCATED, 0, 0},
                {FWD_DROP_BAD_CHECKSUM, 0, 0}, {FWD_DROP_QUEUE_FULL, 0, 0}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct fwd_result r = dropped(want[i].reason);
        CU_ASSERT(r.icmp_type == want[i].type && r.icmp_code == want[i].code);
    }
}

static void time_exceeded(void)
{
    struct fwd_node *n = node_at(ROUTER);
    route_out(n, SERVER, 24, 1);
    struct packet p, e;
    struct fwd_result r;
    udp_packet(&p, CLIENT, SERVER, 1);
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
    CU_ASSERT(icmp_checksum_right(&e));
    CU_ASSERT(header_checksum_right(&e));
    CU_ASSERT_EQUAL(ip4_validate(&e), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(fwd_counters(n)->icmp_sent, 1);
    fwd_node_free(n);
}

static void quote_is_bounded(void)
{
    struct fwd_node *n = node_at(ROUTER);
    struct packet p, e;
    struct fwd_result r = dropped(FWD_DROP_NO_ROUTE);
    packet_build_udp(&p, CLIENT, SERVER, 1, 2, 9, 1500, NULL);
    CU_ASSERT(fwd_icmp_error(n, &p, &r, 0, &e));
    CU_ASSERT_EQUAL(e.length, 576); // RFC 1812 §4.3.2.3

    uint8_t long_capture[120]; // more is stored than an error can hold: quoted is what fits
    memset(long_capture, 0x77, sizeof long_capture);
    memcpy(long_capture, packet_data(&p), 28);
    packet_load(&p, long_capture, sizeof long_capture, 1500);
    CU_ASSERT(fwd_icmp_error(n, &p, &r, 0, &e));
    CU_ASSERT_EQUAL(e.length, e.captured);
    CU_ASSERT(icmp_checksum_right(&e));
    fwd_node_free(n);
}

static void mtu_is_told(void)
{
    struct fwd_node *n = node_at(ROUTER);
    route_out(n, SERVER, 24, 1);
    struct packet p, e;
    struct fwd_result r;
    udp_packet(&p, CLIENT, SERVER, 9);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT_EQUAL(fwd_counters(n)->forwarded, 1);
    fwd_refuse(n, FWD_DROP_MTU, &r);
    r.mtu = 1400;
    CU_ASSERT(fwd_icmp_error(n, &p, &r, 0, &e));
    const uint8_t *icmp = packet_data(&e) + 20;
    CU_ASSERT(icmp[0] == 3 && icmp[1] == 4 && be16_get(icmp + 6) == 1400);
    CU_ASSERT(fwd_counters(n)->forwarded == 0 && fwd_counters(n)->dropped[FWD_DROP_MTU] == 1);
    fwd_node_free(n);
}

static bool reported(struct fwd_node *n, struct packet *p)
{
    struct packet e;
    struct fwd_result r = dropped(FWD_DROP_TTL);
    fix_checksum(p);
    return fwd_icmp_error(n, p, &r, 0, &e);
}

static void never_about(void)
{
    struct fwd_node *n = node_at(ROUTER);
    struct packet p;
    static const uint8_t errors[] = {3, 4, 5, 11, 12};
    for (unsigned type = 0; type < 256; type++) {
        bool is_error = memchr(errors, (int)type, sizeof errors) != NULL;
        packet_build_icmp_echo(&p, CLIENT, SERVER, 1, 1, 9, 60, NULL);
        packet_data(&p)[20] = (uint8_t)type;
        icmp_bucket_init(&n->icmp);
        CU_ASSERT_EQUAL(reported(n, &p), !is_error);
    }
    icmp_bucket_init(&n->icmp);
    packet_build_icmp_echo(&p, CLIENT, SERVER, 1, 1, 9, 60, NULL);
    p.captured = 20; // which type is not known
    CU_ASSERT_FALSE(reported(n, &p));
    udp_packet(&p, CLIENT, SERVER, 9);
    CU_ASSERT(reported(n, &p));
    be16_put(packet_data(&p) + IP4_FRAGMENT, IP4_MORE_FRAGMENTS); // the first fragment may
    CU_ASSERT(reported(n, &p));
    be16_put(packet_data(&p) + IP4_FRAGMENT, 1);
    CU_ASSERT_FALSE(reported(n, &p));
    static const ip4_addr nobody[] = {0,
                                      IP4(0, 1, 2, 3),
                                      IP4(127, 0, 0, 1),
                                      IP4(224, 0, 0, 5),
                                      IP4(239, 1, 1, 1),
                                      IP4(240, 0, 0, 1),
                                      UINT32_MAX};
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
        udp_packet(&p, nobody[i], SERVER, 9);
        CU_ASSERT_FALSE(reported(n, &p));
        udp_packet(&p, CLIENT, nobody[i], 9);
        CU_ASSERT_FALSE(reported(n, &p));
    }
    struct fwd_result r = {.verdict = FWD_OUT, .icmp_type = 11};
    struct packet e;
    CU_ASSERT_FALSE(fwd_icmp_error(n, &p, &r, 0, &e));
    fwd_node_free(n);
}

static void bucket(void)
{
    struct icmp_bucket b;
    icmp_bucket_init(&b);
    for (int i = 0; i < ICMP_BURST; i++)
        CU_ASSERT(icmp_bucket_take(&b, 0));
    CU_ASSERT_FALSE(icmp_bucket_take(&b, 0));
    CU_ASSERT_FALSE(icmp_bucket_take(&b, ICMP_TOKEN_PS - 1));
    CU_ASSERT(icmp_bucket_take(&b, ICMP_TOKEN_PS));
    CU_ASSERT_FALSE(icmp_bucket_take(&b, ICMP_TOKEN_PS));
    int64_t now = ICMP_TOKEN_PS;
    unsigned sent = 0;
    for (int i = 0; i < 3000000; i++) { // a request every 1/3 us for a second, odd step
        now += 333333;
        sent += icmp_bucket_take(&b, now);
    }
    CU_ASSERT_EQUAL(sent, 999); // 0.999999 s
    CU_ASSERT(icmp_bucket_take(&b, INT64_MAX));
    sent = 1;
    while (icmp_bucket_take(&b, INT64_MAX))
        sent++;
    CU_ASSERT_EQUAL(sent, ICMP_BURST); // never more than the bucket holds
}

static void echo_is_answered(void)
{
    struct fwd_node *n = node_at(ROUTER);
    route_out(n, CLIENT, 24, 6);
    struct packet p, was;
    struct fwd_result r;
    struct packet_payload payload = {.flow = 5, .seq = 6, .stamp_ps = 7}, got;
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

UNIT_MAIN("icmp", {"which-error", which_error}, {"time-exceeded", time_exceeded},
          {"quote-is-bounded", quote_is_bounded}, {"mtu-is-told", mtu_is_told},
          {"never-about", never_about}, {"bucket", bucket}, {"echo-is-answered", echo_is_answered})
