// SPDX-License-Identifier: GPL-3.0-or-later
// What a tunnel learns from the way: its MTU, whose tunnel a quoted packet was, what was inside. And
// which options are refused before there is a tunnel.
#include "fwd/peek.h"
#include "tunnels.h"

#define SECOND INT64_C(1000000000000)

static void mtu_over_ip4(void)
{
    struct fwd_tunnel_options o = plain(FWD_TUNNEL_GRE, false);
    struct alone a = tunnel_alone(&o);
    struct tunnel *t = a.tunnel;
    CU_ASSERT_EQUAL(tunnel_mtu(t, 0), 0);
    tunnel_learn_mtu(t, 1400, 5 * SECOND);
    CU_ASSERT_EQUAL(tunnel_mtu(t, 5 * SECOND), 1400);
    tunnel_learn_mtu(t, 1450, 6 * SECOND); // never raises, nor lives longer for it
    CU_ASSERT_EQUAL(tunnel_mtu(t, 6 * SECOND), 1400);
    CU_ASSERT_EQUAL(tunnel_mtu(t, 605 * SECOND - 1), 1400);
    CU_ASSERT_EQUAL(tunnel_mtu(t, 605 * SECOND), 0);
    tunnel_learn_mtu(t, 1450, 606 * SECOND); // forgotten is forgotten
    CU_ASSERT_EQUAL(tunnel_mtu(t, 606 * SECOND), 1450);
    tunnel_learn_mtu(t, 1300, 700 * SECOND);
    CU_ASSERT_EQUAL(tunnel_mtu(t, 1299 * SECOND), 1300);
    tunnel_learn_mtu(t, 1300, 701 * SECOND); // the same again is news
    CU_ASSERT_EQUAL(tunnel_mtu(t, 1300 * SECOND), 1300);
    tunnel_learn_mtu(t, 1, 701 * SECOND); // an inner packet of 68 bytes always passes
    CU_ASSERT_EQUAL(tunnel_mtu(t, 701 * SECOND), 68 + 24);
    tunnel_table_free(&a.table);

    o.mtu = 1500;
    a = tunnel_alone(&o);
    t = a.tunnel;
    CU_ASSERT_EQUAL(tunnel_mtu(t, 0), 1500);
    tunnel_learn_mtu(t, 9000, 0);
    CU_ASSERT_EQUAL(tunnel_mtu(t, 0), 1500);
    tunnel_learn_mtu(t, 1400, 0);
    CU_ASSERT_EQUAL(tunnel_mtu(t, 0), 1400);
    CU_ASSERT_EQUAL(tunnel_mtu(t, 600 * SECOND), 1500);
    tunnel_table_free(&a.table);
}

// RFC 1191 §7.1.
static void plateaus(void)
{
    static const uint32_t all[] = {65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68};
    CU_ASSERT_EQUAL(tunnel_plateau(70000), 65535);
    for (size_t i = 0; i + 1 < sizeof all / sizeof all[0]; i++) {
        CU_ASSERT_EQUAL(tunnel_plateau(all[i]), all[i + 1]);
        CU_ASSERT_EQUAL(tunnel_plateau(all[i + 1] + 1), all[i + 1]);
    }
    CU_ASSERT_EQUAL(tunnel_plateau(68), 68);
    CU_ASSERT_EQUAL(tunnel_plateau(0), 68);
    struct fwd_tunnel_options o = plain(FWD_TUNNEL_GRE, false);
    struct alone a = tunnel_alone(&o);
    uint32_t steps = 0;
    for (uint32_t last = 65535, now = 0; now != 92; steps++, last = now) {
        tunnel_learn_mtu(a.tunnel, 0, 0);
        now = tunnel_mtu(a.tunnel, 0);
        CU_ASSERT(now < last && now == (steps < 9 ? all[steps + 1] : 92));
        if (now >= last)
            break;
    }
    CU_ASSERT_EQUAL(steps, 10);
    tunnel_table_free(&a.table);
}

static void mtu_over_ip6(void)
{
    struct fwd_tunnel_options o = plain(FWD_TUNNEL_VXLAN, true);
    struct alone a = tunnel_alone(&o);
    tunnel_learn_mtu(a.tunnel, 0, 0);
    tunnel_learn_mtu(a.tunnel, 1279, 0);
    CU_ASSERT_EQUAL(tunnel_mtu(a.tunnel, 0), 0);
    tunnel_learn_mtu(a.tunnel, 1400, 0);
    tunnel_learn_mtu(a.tunnel, 1280, 0);
    CU_ASSERT_EQUAL(tunnel_mtu(a.tunnel, 0), 1280);
    CU_ASSERT_EQUAL(tunnel_mtu(a.tunnel, 600 * SECOND), 0);
    tunnel_table_free(&a.table);
}

// A table with every kind, over both families, and one without a far end.
static void fill(struct tunnel_table *t)
{
    tunnel_table_init(t);
    for (int kind = 0; kind < FWD_TUNNEL_KINDS; kind++)
        for (int outer6 = 0; outer6 < 2; outer6++) {
            struct fwd_tunnel_options o = plain((enum fwd_tunnel)kind, outer6);
            o.spread_bits = 1; // 10.0.0.0 and 10.0.0.1
            if (kind == FWD_TUNNEL_SRV6) {
                o.segment_count = 2;
                o.segments[1] = (struct ip6_addr){TO6.hi, 50 + (uint64_t)outer6};
                o.segments[0] = (struct ip6_addr){TO6.hi, 60 + (uint64_t)outer6};
            }
            tunnel_take(t, &o, 0, NOBODY);
        }
    struct fwd_tunnel_options keyed = plain(FWD_TUNNEL_GRE, false);
    keyed.keyed = true;
    keyed.key = 3;
    tunnel_take(t, &keyed, 0, NOBODY);
    struct fwd_tunnel_options open = {.kind = FWD_TUNNEL_IPIP, .local = FROM4, .dscp = -1};
    tunnel_take(t, &open, 0, NOBODY);
}

#define OPEN_ID 11

// Each tunnel's own packets, cut as routers cut them, are known again; and what is inside is found
// if its header was quoted.
static void quotes(void)
{
    struct tunnel_table t;
    fill(&t);
    for (uint32_t id = 0; id < t.count; id++) {
        struct tunnel *own = tunnel_at(&t, id);
        struct packet *p = packet_new();
        load_hex(p, INNER4);
        struct ip6_addr far = id == OPEN_ID ? ip6_from_ip4(IP4(10, 7, 7, 7)) : NOBODY;
        CU_ASSERT_EQUAL(tunnel_push(p, own, far, id << 16), FWD_DROP_NONE);
        for (uint32_t cut = 0; cut <= p->captured; cut++) {
            uint8_t *exact = malloc(cut ? cut : 1); // for the sanitizer to watch the end
            memcpy(exact, packet_data(p), cut);
            struct tunnel *found = tunnel_of_quote(&t, exact, cut);
            bool enough = cut >= own->outer_size + 8u;
            if (id == 10 && cut >= 28) // the key is what tells it from number 2
                CU_ASSERT_EQUAL(found, own);
            if (id != 10 && enough)
                CU_ASSERT_EQUAL(found, own);
            if (cut < own->outer_size)
                CU_ASSERT_PTR_NULL(found);
            uint32_t at = 0;
            bool peeked = peek_quoted(exact, cut, &at);
            CU_ASSERT_EQUAL(peeked, cut >= own->overhead + IP4_HEADER);
            CU_ASSERT(!peeked || at == own->overhead);
            at = 0;
            CU_ASSERT_EQUAL(peek_quoted_of(own, exact, cut, &at), peeked);
            CU_ASSERT(!peeked || at == own->overhead);
            free(exact);
        }
        free(p);
    }
    tunnel_table_free(&t);
}

// An unusual port is known only to who knows the tunnel.
static void unusual_ports(void)
{
    for (int kind = FWD_TUNNEL_VXLAN; kind <= FWD_TUNNEL_GENEVE; kind++) {
        struct fwd_tunnel_options o = plain((enum fwd_tunnel)kind, false);
        o.port = kind == FWD_TUNNEL_VXLAN ? 6081 : 4790; // one of them another kind's
        o.key = 77;
        struct alone a = tunnel_alone(&o);
        struct packet *p = packet_new();
        load_hex(p, INNER4);
        CU_ASSERT_EQUAL(tunnel_push(p, a.tunnel, NOBODY, 0), FWD_DROP_NONE);
        CU_ASSERT_EQUAL(tunnel_of_quote(&a.table, packet_data(p), p->captured), a.tunnel);
        uint32_t at = 0;
        CU_ASSERT_FALSE(peek_quoted(packet_data(p), p->captured, &at));
        CU_ASSERT_TRUE(peek_quoted_of(a.tunnel, packet_data(p), p->captured, &at));
        CU_ASSERT_EQUAL(at, 50);
        CU_ASSERT_FALSE(peek_quoted_of(a.tunnel, packet_data(p), 69, &at));
        CU_ASSERT_FALSE(peek_quoted_of(a.tunnel, packet_data(p), 0, &at));
        tunnel_table_free(&a.table);
        free(p);
    }
}

static void strangers(void)
{
    struct tunnel_table t;
    fill(&t);
    static const char *const none[] = {
        "45000030000040004004260f 0a000003 0a000002" INNER4,                  // another's source
        "45000030000040004006260f 0a000001 0a000002" INNER4,                  // TCP
        "4500003000000004402f260f 0a000001 0a000002 00000800" INNER4,         // a later fragment
        "45000030000040004011260f 0a000001 0a000002 feef0035" INNER4,         // DNS
        "4500003000004000402f260f 0a000001 0a000003 00000800" INNER4,         // another's far end
        "4500003000004000402f260f 0a000001 0a000002 2000080000000004" INNER4, // another key
        "00",
        "60",
        "65000000",
        INNER4,
    };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        uint8_t b[ROOM];
        CU_ASSERT_PTR_NULL(tunnel_of_quote(&t, b, from_hex(none[i], b)));
    }
    tunnel_give(&t, 0); // a deleted one is not looked at; the open one stands in
    uint8_t b[ROOM];
    size_t n = from_hex("45000030000040004004260f 0a000001 0a000002" INNER4, b);
    CU_ASSERT_EQUAL(tunnel_of_quote(&t, b, n), tunnel_at(&t, OPEN_ID));
    tunnel_table_free(&t);
}

// What is no tunnel's packet is not looked into, and nothing beyond one level.
static void peeking(void)
{
    static const struct {
        const char *hex;
        uint32_t at; // 0: nothing inside
    } cases[] = {
        {INNER4, 0},
        {INNER6, 0},
        {"45000000000040004004260f 0a000001 0a000002" INNER4, 20},
        {"45000000000020004004260f 0a000001 0a000002" INNER4, 0}, // a first fragment
        {"45000000000040004004260f 0a000001 0a000002 46000000" INNER4 INNER4, 20},
        {"45000000000040004004260f 0a000001 0a000002 44000000" INNER4, 0},
        {"45000000000040004004260f 0a000001 0a000002" INNER6, 0},
        {"45000000000040004029260f 0a000001 0a000002" INNER6, 20},
        {"46000000000040004029260f 0a000001 0a000002 01010100" INNER6, 24},
        {"45000000000040004004260f 0a000001 0a000002"
         "45000030000040004004260f 0a000003 0a000004" INNER4,
         20},
        {"4500000000004000402f260f 0a000001 0a000002 b000080000000000 0000000100000002" INNER4, 36},
        {"4500000000004000402f260f 0a000001 0a000002 00016558" INNER4, 0},
        {"45000000000040004011260f 0a000001 0a000002 c000213500000000 0800000000000000" INNER4, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t b[ROOM];
        uint32_t at = 0;
        size_t n = from_hex(cases[i].hex, b);
        CU_ASSERT_EQUAL(peek_inner(b, n, &at), cases[i].at > 0);
        CU_ASSERT_EQUAL(at, cases[i].at);
    }
}

static bool refused(struct fwd_tunnel_options o)
{
    return fwd_tunnel_check(&o) != NULL;
}

static void options(void)
{
    struct random r = {12};
    for (int i = 0; i < 1000; i++) {
        struct fwd_tunnel_options o = random_options(&r, (enum fwd_tunnel)(i % 5), i & 1);
        CU_ASSERT_PTR_NULL(fwd_tunnel_check(&o));
    }
#define WITH(kind, outer6, field)                                                                  \
    do {                                                                                           \
        struct fwd_tunnel_options o = plain(FWD_TUNNEL_##kind, outer6);                            \
        CU_ASSERT_FALSE(refused(o));                                                               \
        o.field;                                                                                   \
        CU_ASSERT_TRUE(refused(o));                                                                \
    } while (0)
    WITH(GRE, false, kind = FWD_TUNNEL_KINDS);
    WITH(GRE, false, remote = NOBODY);
    WITH(GRE, false, remote = TO6);
    WITH(GRE, false, remote = ip6_from_ip4(IP4(224, 0, 0, 1)));
    WITH(GRE, false, local = ip6_from_ip4(IP4(127, 0, 0, 1)));
    WITH(GRE, true, local = FROM4);
    WITH(GRE, true, remote = IP6(0xff02000000000000, 1));
    WITH(GRE, false, dscp = 64);
    WITH(GRE, false, dscp = -2);
    WITH(GRE, false, spread_bits = 17);
    WITH(GRE, false, key = 1);
    WITH(GRE, false, port = 1);
    WITH(GRE, false, segment_count = 1);
    WITH(GRE, false, mtu = 91);
    WITH(GRE, true, mtu = 1279);
    WITH(IPIP, false, keyed = true);
    WITH(IPIP, false, key = 1);
    WITH(IPIP, false, sequence = true);
    WITH(IPIP, false, checksum = true);
    WITH(VXLAN, false, key = 1 << 24);
    WITH(VXLAN, false, sequence = true);
    WITH(GENEVE, true, key = 1 << 24);
    WITH(SRV6, true, segment_count = 0);
    WITH(SRV6, true, segment_count = 9);
    WITH(SRV6, true, segment_count = 2);
    WITH(SRV6, true, segments[0] = TO4);
    WITH(SRV6, true, local = FROM4);
    WITH(SRV6, true, keyed = true);
    WITH(SRV6, true, port = 4789);
    struct fwd_tunnel_options o = plain(FWD_TUNNEL_GRE, false);
    o.mtu = 92;
    CU_ASSERT_FALSE(refused(o));
}

static void endpoint_options(void)
{
    for (int kind = 0; kind < FWD_TUNNEL_KINDS; kind++) {
        struct fwd_endpoint_options o = {.kind = (enum fwd_tunnel)kind};
        CU_ASSERT_EQUAL(fwd_endpoint_check(&o) == NULL, kind != FWD_TUNNEL_SRV6);
    }
#define END(...) fwd_endpoint_check(&(struct fwd_endpoint_options){__VA_ARGS__})
    CU_ASSERT_PTR_NOT_NULL(END(.kind = FWD_TUNNEL_KINDS));
    CU_ASSERT_PTR_NOT_NULL(END(.kind = FWD_TUNNEL_GRE, .port = 1));
    CU_ASSERT_PTR_NOT_NULL(END(.kind = FWD_TUNNEL_GRE, .key = 1));
    CU_ASSERT_PTR_NOT_NULL(END(.kind = FWD_TUNNEL_IPIP, .sequence = true));
    CU_ASSERT_PTR_NOT_NULL(END(.kind = FWD_TUNNEL_VXLAN, .key = 1 << 24));
    CU_ASSERT_PTR_NOT_NULL(END(.kind = FWD_TUNNEL_GRE, .local = {TO4, 129}));
    CU_ASSERT_PTR_NOT_NULL(END(.kind = FWD_TUNNEL_GRE, .local = {TO4, 128}, .from = {TO6, 128}));
    CU_ASSERT_PTR_NULL(END(.kind = FWD_TUNNEL_GRE, .local = {TO4, 128}, .from = {FROM4, 128}));
}

static void names(void)
{
    CU_ASSERT_STRING_EQUAL(fwd_tunnel_name(FWD_TUNNEL_IPIP), "ipip");
    CU_ASSERT_STRING_EQUAL(fwd_tunnel_name(FWD_TUNNEL_GRE), "gre");
    CU_ASSERT_STRING_EQUAL(fwd_tunnel_name(FWD_TUNNEL_VXLAN), "vxlan");
    CU_ASSERT_STRING_EQUAL(fwd_tunnel_name(FWD_TUNNEL_GENEVE), "geneve");
    CU_ASSERT_STRING_EQUAL(fwd_tunnel_name(FWD_TUNNEL_SRV6), "srv6");
}

UNIT_MAIN("tunnel-path", {"mtu-over-ip4", mtu_over_ip4}, {"plateaus", plateaus},
          {"mtu-over-ip6", mtu_over_ip6}, {"quotes", quotes}, {"unusual-ports", unusual_ports},
          {"strangers", strangers}, {"peeking", peeking}, {"options", options},
          {"endpoint-options", endpoint_options}, {"names", names})
