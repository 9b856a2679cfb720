// SPDX-License-Identifier: GPL-3.0-or-later
// SRv6: the way along the segments and out of them (RFC 8986 §4, RFC 8754 §2).
#include "tunnels.h"

#define SRC      "fd000000000000000000000000000001"
#define SEGMENT1 "fd00000100000000000000000000000e"
#define SEGMENT2 "fd0000020000000000000000000000d4"
#define SEGMENT3 "fd0000030000000000000000000000d6"

// What is expected of a packet that is refused with a parameter problem about an offset.
#define LIES(offset)  ((enum fwd_drop)(1000 + SRV6_FAULT(ICMP6_FIELD, offset)))
#define UPPER(offset) ((enum fwd_drop)(1000 + SRV6_FAULT(ICMP6_SEGMENT_UPPER, offset)))

static enum fwd_drop with_fault(enum fwd_drop bad, uint32_t fault)
{
    return bad == FWD_DROP_SEGMENT ? (enum fwd_drop)(1000 + fault) : bad;
}

// What End does to a packet of these bytes; untouched if nothing.
static enum fwd_drop end(const char *hex, const char *after)
{
    struct packet *p = packet_new(), *before = packet_new();
    load_hex(p, hex);
    memcpy(before, p, packet_bytes(ROOM));
    uint32_t fault = 0;
    enum fwd_drop bad = srv6_end(p, &fault);
    bad = with_fault(bad, fault);
    if (bad)
        CU_ASSERT(!memcmp(p, before, packet_bytes(ROOM)));
    if (after)
        CU_ASSERT(same_bytes(packet_data(p), after));
    free(p);
    free(before);
    return bad;
}

static void next_segment(void)
{
    CU_ASSERT_EQUAL(
        end("60000000 0038 2b 40" SRC SEGMENT1 "3b06040202000000" SEGMENT3 SEGMENT2 SEGMENT1,
            "60000000 0038 2b 40" SRC SEGMENT2 "3b06040102000000" SEGMENT3 SEGMENT2 SEGMENT1),
        FWD_DROP_NONE);
    CU_ASSERT_EQUAL(
        end("60000000 0038 2b 40" SRC SEGMENT2 "3b06040102000000" SEGMENT3 SEGMENT2 SEGMENT1,
            "60000000 0038 2b 40" SRC SEGMENT3 "3b06040002000000" SEGMENT3 SEGMENT2 SEGMENT1),
        FWD_DROP_NONE);
    // The reduced form: the first segment is in the destination only (RFC 8986 §5.2).
    CU_ASSERT_EQUAL(end("60000000 0028 2b 40" SRC SEGMENT1 "3b04040201000000" SEGMENT3 SEGMENT2,
                        "60000000 0028 2b 40" SRC SEGMENT2 "3b04040101000000" SEGMENT3 SEGMENT2),
                    FWD_DROP_NONE);
    // Hop-by-hop and destination options before it.
    CU_ASSERT_EQUAL(end("60000000 0028 00 40" SRC SEGMENT1 "3c00010400000000 2b00010400000000"
                        "3b02040100000000" SEGMENT3,
                        "60000000 0028 00 40" SRC SEGMENT3 "3c00010400000000 2b00010400000000"
                        "3b02040000000000" SEGMENT3),
                    FWD_DROP_NONE);
    // A TLV behind the list is skipped (RFC 8754 §2.1).
    CU_ASSERT_EQUAL(
        end("60000000 0020 2b 40" SRC SEGMENT1 "3b03040100000000" SEGMENT3 "0406000000000000",
            "60000000 0020 2b 40" SRC SEGMENT3 "3b03040000000000" SEGMENT3 "0406000000000000"),
        FWD_DROP_NONE);
}

static void refused(void)
{
#define HEAD "60000000 0028 2b 40" SRC SEGMENT1
    CU_ASSERT_EQUAL(end(HEAD "3b04040001000000" SEGMENT3 SEGMENT2, NULL), UPPER(80));
    CU_ASSERT_EQUAL(end(HEAD "3b04040301000000" SEGMENT3 SEGMENT2, NULL), LIES(43));
    CU_ASSERT_EQUAL(end(HEAD "3b04040102000000" SEGMENT3 SEGMENT2, NULL), LIES(43));
    CU_ASSERT_EQUAL(end(HEAD "3b04040101ff0000" SEGMENT3 SEGMENT2, NULL), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(end(HEAD "3b0404ffff000000" SEGMENT3 SEGMENT2, NULL), LIES(43));
    CU_ASSERT_EQUAL(end(HEAD "3b04000101000000" SEGMENT3 SEGMENT2, NULL), LIES(42));
    CU_ASSERT_EQUAL(end(HEAD "3b00040100000000" SEGMENT3 SEGMENT2, NULL), LIES(43));
    CU_ASSERT_EQUAL(end(HEAD "3b06040101000000" SEGMENT3 SEGMENT2, NULL), FWD_DROP_TRUNCATED);
    CU_ASSERT_EQUAL(end(HEAD "3b040401", NULL), FWD_DROP_TRUNCATED);
    CU_ASSERT_EQUAL(end("60000000 0008 3c 40" SRC SEGMENT1 "2b02", NULL), FWD_DROP_TRUNCATED);
    CU_ASSERT_EQUAL(end("60000000 0008 11 40" SRC SEGMENT1 "0001000200080000", NULL), UPPER(40));
    CU_ASSERT_EQUAL(
        end("60000000 0010 2c 40" SRC SEGMENT1 "2b00000000000000 3b00040000000000", NULL),
        FWD_DROP_FRAGMENT); // no routing header stands behind a fragment header
}

static enum fwd_drop out_of(const char *hex, bool v4, bool v6, const char *inside)
{
    struct packet *p = packet_new(), *before = packet_new();
    load_hex(p, hex);
    memcpy(before, p, packet_bytes(ROOM));
    uint32_t fault = 0;
    enum fwd_drop bad = srv6_decapsulate(p, v4, v6, &fault);
    bad = with_fault(bad, fault);
    if (bad)
        CU_ASSERT(!memcmp(p, before, packet_bytes(ROOM)));
    if (inside)
        CU_ASSERT(same_bytes(packet_data(p), inside));
    free(p);
    free(before);
    return bad;
}

static void decapsulation(void)
{
#define BARE4       "60000000 001c 04 40" SRC SEGMENT2 INNER4
#define BARE6       "60000000 0030 29 40" SRC SEGMENT2 INNER6
#define WITH4(left) "60000000 0034 2b 40" SRC SEGMENT2 "040204" left "00000000" SEGMENT2 INNER4
    CU_ASSERT_EQUAL(out_of(BARE4, true, false, INNER4), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(out_of(BARE4, true, true, INNER4), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(out_of(BARE4, false, true, NULL), UPPER(40));
    CU_ASSERT_EQUAL(out_of(BARE6, false, true, INNER6), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(out_of(BARE6, true, true, INNER6), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(out_of(BARE6, true, false, NULL), UPPER(40));
    CU_ASSERT_EQUAL(out_of(WITH4("00"), true, true, INNER4), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(out_of(WITH4("01"), true, true, NULL), LIES(43));
    CU_ASSERT_EQUAL(out_of("60000000 001c 04 40" SRC SEGMENT2 INNER6, true, true, NULL),
                    FWD_DROP_TUNNEL_BAD);
    CU_ASSERT_EQUAL(out_of("60000000 0013 04 40" SRC SEGMENT2 "4500", true, true, NULL),
                    FWD_DROP_TRUNCATED);
    CU_ASSERT_EQUAL(out_of("60000000 0008 11 40" SRC SEGMENT2 "0001000200080000", true, true, NULL),
                    UPPER(40));
    CU_ASSERT_EQUAL(
        out_of("60000000 0024 2c 40" SRC SEGMENT2 "0400000100000001" INNER4, true, true, NULL),
        FWD_DROP_FRAGMENT);
}

// All the way: eight segments, each seen as destination in order.
static void whole_way(void)
{
    struct random r = {8};
    struct fwd_tunnel_options o = random_options(&r, FWD_TUNNEL_SRV6, true);
    o.segment_count = FWD_SEGMENTS_MAX;
    for (int i = 0; i < FWD_SEGMENTS_MAX; i++)
        o.segments[i] = (struct ip6_addr){TO6.hi + (uint64_t)i, 7};
    struct packet *p = packet_new();
    uint32_t fault;
    load_hex(p, INNER6);
    CU_ASSERT_EQUAL(push_into(p, &o), FWD_DROP_NONE);
    for (int i = 0; i < FWD_SEGMENTS_MAX; i++) {
        CU_ASSERT(ip6_equal(ip6_get(packet_data(p) + IP6_DST), o.segments[i]));
        CU_ASSERT_EQUAL(srv6_end(p, &fault),
                        i < FWD_SEGMENTS_MAX - 1 ? FWD_DROP_NONE : FWD_DROP_SEGMENT);
    }
    CU_ASSERT_EQUAL(srv6_decapsulate(p, false, true, &fault), FWD_DROP_NONE);
    CU_ASSERT(same_bytes(packet_data(p), INNER6));
    free(p);
}

// The source hears what is wrong with its segments (RFC 8986 §4.1 S10, §4.1.1).
static void errors(void)
{
    struct fwd_node *n = fwd_node_new(&(struct fwd_options){.address = 1, .address6 = TO6});
    struct prefix6 sid = {IP6(0xfd00000100000000, 0xe), 128};
    uint32_t back = 4;
    fwd_route_set6(n, sid, FWD_ACT_SID, FWD_SID_END);
    fwd_route_set6(n, (struct prefix6){FROM6, 128}, FWD_ACT_FORWARD, fwd_group(n, &back, 1));
    const struct {
        const char *hex;
        uint8_t code;
        uint32_t pointer;
    } cases[] = {{HEAD "3b04040301000000" SEGMENT3 SEGMENT2, ICMP6_FIELD, 43},
                 {HEAD "3b04040001000000" SEGMENT3 SEGMENT2, ICMP6_SEGMENT_UPPER, 80}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct packet *p = packet_new(), *e = packet_new();
        struct fwd_result r;
        load_hex(p, cases[i].hex);
        fwd_receive(n, p, 0, 0, &r);
        CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_SEGMENT);
        CU_ASSERT_FATAL(fwd_icmp_error(n, p, &r, 0, e));
        const uint8_t *icmp = packet_view(e) + IP6_HEADER;
        CU_ASSERT(icmp[ICMP_TYPE] == ICMP6_PARAMETER && icmp[ICMP_CODE] == cases[i].code);
        CU_ASSERT_EQUAL(be32_get(icmp + ICMP6_INFO), cases[i].pointer);
        CU_ASSERT(ip6_equal(ip_destination(packet_view(e)), FROM6));
        free(p);
        free(e);
    }
    fwd_node_free(n);
}

UNIT_MAIN("srv6", {"errors", errors}, {"next-segment", next_segment}, {"refused", refused},
          {"decapsulation", decapsulation}, {"whole-way", whole_way})
