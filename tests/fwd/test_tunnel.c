// SPDX-License-Identifier: GPL-3.0-or-later
// Tunnels' beginnings: headers byte for byte as the RFCs have them, worked out by hand (figures and
// checksums by another program), overheads, limits, options and the path's MTU.
#include "tunnels.h"

#define MACS "02000000000b02000000000a"

static const uint8_t mac_from[6] = {2, 0, 0, 0, 0, 0x0a}, mac_to[6] = {2, 0, 0, 0, 0, 0x0b};

// Pushed, the headers are these bytes, the inner packet is unchanged; and out again.
static void push_and_pop(struct fwd_tunnel_options o, const char *inner, const char *headers)
{
    struct packet *p = packet_new();
    uint8_t b[ROOM];
    size_t inside = from_hex(inner, b), size = from_hex(headers, b);
    memcpy(o.mac_from, mac_from, sizeof mac_from);
    memcpy(o.mac_to, mac_to, sizeof mac_to);
    load_hex(p, inner);
    CU_ASSERT_EQUAL(push_into(p, &o), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(fwd_tunnel_overhead(&o), size);
    CU_ASSERT(p->length == size + inside && p->captured == size + inside && p->depth == 1);
    CU_ASSERT(same_bytes(packet_data(p), headers));
    CU_ASSERT(same_bytes(packet_data(p) + size, inner));
    CU_ASSERT_EQUAL(validate(p), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(pop_from(p, &o), FWD_DROP_NONE);
    CU_ASSERT(p->length == inside && p->captured == inside && p->depth == 0);
    CU_ASSERT(same_bytes(packet_data(p), inner));
    free(p);
}

static struct fwd_tunnel_options over4(enum fwd_tunnel kind)
{
    return plain(kind, false);
}

static struct fwd_tunnel_options over6(enum fwd_tunnel kind)
{
    return plain(kind, true);
}

static void ipip_bytes(void)
{
    push_and_pop(over4(FWD_TUNNEL_IPIP), INNER4, "45b90030000040004004260f 0a000001 0a000002");
    push_and_pop(over4(FWD_TUNNEL_IPIP), INNER6, "45b9004400004000402925d6 0a000001 0a000002");
    push_and_pop(over6(FWD_TUNNEL_IPIP), INNER4,
                 "6b9dbeef001c0440 fd000000000000000000000000000001"
                 "fd000000000000000000000000000002");
    push_and_pop(over6(FWD_TUNNEL_IPIP), INNER6,
                 "6b9dbeef00302940 fd000000000000000000000000000001"
                 "fd000000000000000000000000000002");
}

static void gre_bytes(void)
{
    push_and_pop(over4(FWD_TUNNEL_GRE), INNER4,
                 "45b9003400004000402f25e0 0a000001 0a000002 00000800");
    struct fwd_tunnel_options o = over6(FWD_TUNNEL_GRE);
    o.keyed = true;
    o.key = 7;
    push_and_pop(o, INNER4,
                 "6b9dbeef00242f40 fd000000000000000000000000000001"
                 "fd000000000000000000000000000002 20000800 00000007");
}

// Key, sequence number (of the second packet), checksum, TTL and a DSCP of its own, all at once.
static void gre_all_bytes(void)
{
    struct fwd_tunnel_options o = over4(FWD_TUNNEL_GRE);
    o.keyed = o.sequence = o.checksum = true;
    o.key = 0xcafef00d;
    o.ttl = 9;
    o.dscp = 10;
    struct alone a = tunnel_alone(&o);
    struct packet *p = packet_new();
    for (int i = 0; i < 2; i++) {
        load_hex(p, INNER6);
        CU_ASSERT_EQUAL(tunnel_push(p, a.tunnel, NOBODY, 0), FWD_DROP_NONE);
    }
    CU_ASSERT(same_bytes(packet_data(p), "4529005400004000092f5d50 0a000001 0a000002"
                                         "b00086dd 6e0f0000 cafef00d 00000001" INNER6));
    CU_ASSERT(a.tunnel->counters.packets == 2 && a.tunnel->counters.bytes == 2 * 48);
    tunnel_table_free(&a.table);
    free(p);
}

static void vxlan_bytes(void)
{
    struct fwd_tunnel_options o = over4(FWD_TUNNEL_VXLAN);
    o.key = 0x123456;
    push_and_pop(o, INNER4,
                 "45b9004e00004000401125e4 0a000001 0a000002 feef12b5003a0000"
                 "0800000012345600" MACS "0800");
    o = over6(FWD_TUNNEL_VXLAN);
    o.key = 5;
    o.port = 4790;
    push_and_pop(o, INNER6,
                 "6b9dbeef004e1140 fd000000000000000000000000000001"
                 "fd000000000000000000000000000002 feef12b6004ebbb0"
                 "0800000000000500" MACS "86dd");
}

static void geneve_bytes(void)
{
    struct fwd_tunnel_options o = over4(FWD_TUNNEL_GENEVE);
    o.key = 0xabcdef;
    o.checksum = true;
    push_and_pop(o, INNER6,
                 "45b9006200004000401125d0 0a000001 0a000002 feef17c1004ea980"
                 "00006558abcdef00" MACS "86dd");
    o = over6(FWD_TUNNEL_GENEVE);
    o.key = 1;
    push_and_pop(o, INNER4,
                 "6b9dbeef003a1140 fd000000000000000000000000000001"
                 "fd000000000000000000000000000002 feef17c1003a68ad"
                 "0000655800000100" MACS "0800");
}

static void srv6_bytes(void)
{
    struct fwd_tunnel_options o = over6(FWD_TUNNEL_SRV6);
    o.segment_count = 2;
    o.segments[0] = IP6(0xfd00000100000000, 0xe);
    o.segments[1] = IP6(0xfd00000200000000, 0xd4);
    struct packet *p = packet_new();
    load_hex(p, INNER4);
    CU_ASSERT_EQUAL(push_into(p, &o), FWD_DROP_NONE);
    CU_ASSERT(same_bytes(packet_data(p), "6b9dbeef00442b40 fd000000000000000000000000000001"
                                         "fd00000100000000000000000000000e 0404040101000000"
                                         "fd0000020000000000000000000000d4"
                                         "fd00000100000000000000000000000e" INNER4));
    free(p);
    o.segment_count = 1;
    o.segments[0] = IP6(0xfd00000200000000, 0xd6);
    push_and_pop(o, INNER6,
                 "6b9dbeef00482b40 fd000000000000000000000000000001"
                 "fd0000020000000000000000000000d6 2902040000000000"
                 "fd0000020000000000000000000000d6");
}

// VALIDATION row 30: bytes before the inner IP header, by pushing rather than by asking.
static void overhead(const char *what, const struct fwd_tunnel_options *o, uint32_t expected)
{
    struct packet *p = packet_new();
    load_hex(p, INNER4);
    uint32_t before = p->length;
    CU_ASSERT_EQUAL(push_into(p, o), FWD_DROP_NONE);
    uint32_t obtained = p->length - before;
    bool ok = obtained == expected && fwd_tunnel_overhead(o) == expected;
    printf("row 30: expected %s %u bytes, obtained %u bytes: %s\n", what, expected, obtained,
           ok ? "ok" : "FAILED");
    CU_ASSERT(ok);
    free(p);
}

static void overheads(void)
{
    struct fwd_tunnel_options ipip = over4(FWD_TUNNEL_IPIP), gre = over4(FWD_TUNNEL_GRE),
                              vxlan = over4(FWD_TUNNEL_VXLAN), geneve = over4(FWD_TUNNEL_GENEVE);
    printf("\n");
    overhead("IPIP", &ipip, 20);
    overhead("GRE", &gre, 24);
    for (int with = 1; with < 8; with++) {
        gre = over4(FWD_TUNNEL_GRE);
        gre.keyed = with & 1;
        gre.sequence = with & 2;
        gre.checksum = with & 4;
        char what[64];
        snprintf(what, sizeof what, "GRE with%s%s%s", gre.keyed ? " key" : "",
                 gre.sequence ? " sequence" : "", gre.checksum ? " checksum" : "");
        overhead(what, &gre, 24 + 4u * (uint32_t)(gre.keyed + gre.sequence + gre.checksum));
    }
    overhead("VXLAN", &vxlan, 50);
    overhead("Geneve", &geneve, 50);
    for (int n = 1; n <= FWD_SEGMENTS_MAX; n++) {
        struct fwd_tunnel_options srv6 = over6(FWD_TUNNEL_SRV6);
        srv6.segment_count = n;
        for (int i = 0; i < n; i++)
            srv6.segments[i] = TO6;
        char what[64];
        snprintf(what, sizeof what, "SRv6 with %d segment%s", n, n > 1 ? "s" : "");
        overhead(what, &srv6, 40 + 8 + 16 * (uint32_t)n);
    }
    struct fwd_tunnel_options six = over6(FWD_TUNNEL_GRE);
    overhead("GRE over IPv6", &six, 44);
}

// A sweep over sizes, as with ping -M do: the largest packet that a way of 1500 bytes takes.
static void gre_leaves_1476(void)
{
    struct fwd_tunnel_options o = over4(FWD_TUNNEL_GRE);
    uint32_t largest = 0;
    for (uint32_t size = 1400; size <= 1500; size++) {
        struct packet p;
        packet_init(&p, PACKET_BYTES);
        packet_build_udp(&p, 1 << 24, 2 << 24, 1, 2, 64, size, NULL);
        CU_ASSERT_EQUAL(push_into(&p, &o), FWD_DROP_NONE);
        if (be16_get(packet_data(&p) + IP4_LENGTH) <= 1500)
            largest = size;
    }
    printf("\nrow 30: expected GRE leaves 1476 of 1500 bytes, obtained %u bytes: %s\n", largest,
           largest == 1476 ? "ok" : "FAILED");
    CU_ASSERT_EQUAL(largest, 1476);
}

static bool same_packet(const struct packet *a, const struct packet *b)
{
    return !memcmp(a, b, packet_bytes(a->room));
}

static void depth(void)
{
    for (int kind = 0; kind < FWD_TUNNEL_KINDS; kind++) {
        struct fwd_tunnel_options o = plain((enum fwd_tunnel)kind, kind & 1);
        struct packet *p = packet_new(), *before = packet_new();
        load_hex(p, INNER4);
        for (int level = 0; level < FWD_TUNNEL_DEPTH; level++) {
            CU_ASSERT_EQUAL(push_into(p, &o), FWD_DROP_NONE);
            CU_ASSERT_EQUAL(validate(p), FWD_DROP_NONE);
        }
        memcpy(before, p, packet_bytes(ROOM));
        CU_ASSERT_EQUAL(push_into(p, &o), FWD_DROP_TUNNEL_DEPTH);
        CU_ASSERT(same_packet(p, before));
        for (int level = 0; level < FWD_TUNNEL_DEPTH; level++)
            CU_ASSERT_EQUAL(pop_from(p, &o), FWD_DROP_NONE);
        CU_ASSERT(p->depth == 0 && p->length == 28 && p->captured == 28);
        CU_ASSERT(same_bytes(packet_data(p), INNER4));
        free(p);
        free(before);
    }
}

static void limits(void)
{
    uint8_t full[PACKET_BYTES] = {0x45};
    struct fwd_tunnel_options o4 = over4(FWD_TUNNEL_GRE), o6 = over6(FWD_TUNNEL_GRE);
    struct packet p, before;
    packet_init(&p, PACKET_BYTES);
    packet_load(&p, full, sizeof full, 1000);
    CU_ASSERT_EQUAL(push_into(&p, &o4), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(push_into(&p, &o4), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(push_into(&p, &o4), FWD_DROP_NONE);
    before = p;
    CU_ASSERT_EQUAL(push_into(&p, &o4), FWD_DROP_NO_HEADROOM);
    CU_ASSERT(same_packet(&p, &before));

    packet_load(&p, full, 20, 65535 - 23);
    before = p;
    struct alone a = tunnel_alone(&o4);
    CU_ASSERT_EQUAL(tunnel_push(&p, a.tunnel, NOBODY, 0), FWD_DROP_MTU);
    CU_ASSERT(same_packet(&p, &before));
    CU_ASSERT(a.tunnel->counters.too_big == 1 && a.tunnel->counters.packets == 0);
    tunnel_table_free(&a.table);
    p.length--;
    CU_ASSERT_EQUAL(push_into(&p, &o4), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(be16_get(packet_data(&p) + IP4_LENGTH), 65535);
    packet_load(&p, full, 20, 65535 - 4); // IPv6 counts what follows its header
    CU_ASSERT_EQUAL(push_into(&p, &o6), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(be16_get(packet_data(&p) + IP6_LENGTH), 65535);
    packet_load(&p, full, 20, 65535 - 3);
    CU_ASSERT_EQUAL(push_into(&p, &o6), FWD_DROP_MTU);
}

// The outer source, the UDP source port and the flow label follow the flow, and nothing else does.
static void flows_differ(void)
{
    struct random r = {4};
    struct fwd_tunnel_options o4 = over4(FWD_TUNNEL_VXLAN), o6 = over6(FWD_TUNNEL_VXLAN);
    o4.spread_bits = 4;
    o6.spread_bits = 16;
    struct alone a4 = tunnel_alone(&o4), a6 = tunnel_alone(&o6);
    uint32_t sources = 0, last_label = 0, changes = 0;
    for (int i = 0; i < 1000; i++) {
        struct packet p, q, s;
        uint32_t hash = (uint32_t)random_next(&r);
        packet_init(&p, PACKET_BYTES);
        udp_packet(&p, 1 << 24, 2 << 24, 64);
        s = q = p;
        tunnel_push(&p, a4.tunnel, NOBODY, hash);
        tunnel_push(&q, a4.tunnel, NOBODY, hash);
        CU_ASSERT(!memcmp(packet_data(&p), packet_data(&q), p.captured));
        uint32_t source = packet_src(&p);
        CU_ASSERT_EQUAL(source & 0xfffffff0, IP4(10, 0, 0, 0));
        CU_ASSERT(header_checksum_right(&p));
        sources |= 1u << (source & 15);
        CU_ASSERT(be16_get(packet_data(&p) + IP4_HEADER) >= 49152);
        tunnel_push(&s, a6.tunnel, NOBODY, hash);
        struct ip6_addr from = ip6_get(packet_data(&s) + IP6_SRC);
        CU_ASSERT(from.hi == FROM6.hi && from.lo <= 0xffff);
        uint32_t label = be32_get(packet_data(&s)) & IP6_LABEL_MASK;
        CU_ASSERT(label != 0);
        changes += label != last_label;
        last_label = label;
    }
    CU_ASSERT_EQUAL(sources, 0xffff); // all sixteen were met
    CU_ASSERT(changes > 990);
    tunnel_table_free(&a4.table);
    tunnel_table_free(&a6.table);
}

// Zeros that would say "none": a UDP checksum is sent as ffff then (RFC 768), a flow label as 1.
static void no_zeros(void)
{
    for (int outer6 = 0; outer6 < 2; outer6++) {
        struct fwd_tunnel_options o = plain(FWD_TUNNEL_VXLAN, outer6);
        o.checksum = true;
        struct fwd_endpoint_options end = end_of(&o);
        uint32_t udp = outer6 ? IP6_HEADER : IP4_HEADER;
        struct packet *p = packet_new();
        load_hex(p, INNER4 "0000");
        CU_ASSERT_EQUAL(push_into(p, &o), FWD_DROP_NONE);
        uint16_t sum = be16_get(packet_data(p) + udp + UDP_CHECKSUM);
        CU_ASSERT(sum != 0 && sum != 0xffff);
        load_hex(p, INNER4 "0000");
        be16_put(packet_data(p) + 28, sum); // what was missing to ffff
        CU_ASSERT_EQUAL(push_into(p, &o), FWD_DROP_NONE);
        CU_ASSERT_EQUAL(be16_get(packet_data(p) + udp + UDP_CHECKSUM), 0xffff);
        CU_ASSERT_EQUAL(pop_at(p, &end), FWD_DROP_NONE);
        free(p);
    }
    struct fwd_tunnel_options o = over6(FWD_TUNNEL_IPIP);
    struct alone a = tunnel_alone(&o);
    struct packet *p = packet_new();
    load_hex(p, INNER4);
    CU_ASSERT_EQUAL(tunnel_push(p, a.tunnel, NOBODY, 0xabc00000), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(be32_get(packet_data(p)) & IP6_LABEL_MASK, 1);
    p->depth = 0; // as it comes in from outside
    CU_ASSERT_EQUAL(pop_from(p, &o), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(p->depth, 0);
    tunnel_table_free(&a.table);
    free(p);
}

// One tunnel for many far ends, as the way back to the POPs of entry is.
static void far_ends(void)
{
    struct fwd_tunnel_options o = {.kind = FWD_TUNNEL_IPIP, .local = FROM4, .dscp = -1};
    struct alone a = tunnel_alone(&o);
    struct packet p, before;
    packet_init(&p, PACKET_BYTES);
    udp_packet(&p, 1 << 24, 2 << 24, 64);
    before = p;
    CU_ASSERT_EQUAL(tunnel_push(&p, a.tunnel, NOBODY, 0), FWD_DROP_TUNNEL_BAD);
    CU_ASSERT_EQUAL(tunnel_push(&p, a.tunnel, TO6, 0), FWD_DROP_TUNNEL_BAD);
    CU_ASSERT(same_packet(&p, &before));
    CU_ASSERT_EQUAL(tunnel_push(&p, a.tunnel, TO4, 0), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(packet_dst(&p), ip6_to_ip4(TO4));
    CU_ASSERT(header_checksum_right(&p));
    tunnel_table_free(&a.table);

    // With segments the far end is the last of them.
    o = (struct fwd_tunnel_options){
        .kind = FWD_TUNNEL_SRV6, .local = FROM6, .dscp = -1, .segment_count = 2};
    o.segments[0] = IP6(0xfd00000000000000, 99);
    a = tunnel_alone(&o);
    packet_init(&p, PACKET_BYTES);
    udp_packet(&p, 1 << 24, 2 << 24, 64);
    CU_ASSERT_EQUAL(tunnel_push(&p, a.tunnel, NOBODY, 0), FWD_DROP_TUNNEL_BAD);
    CU_ASSERT_EQUAL(tunnel_push(&p, a.tunnel, TO6, 0), FWD_DROP_NONE);
    CU_ASSERT(ip6_equal(ip6_get(packet_data(&p) + IP6_DST), o.segments[0]));
    CU_ASSERT(ip6_equal(tunnel_destination(a.tunnel, TO6), o.segments[0]));
    CU_ASSERT_EQUAL(srv6_end(&p, &(uint32_t){0}), FWD_DROP_NONE);
    CU_ASSERT(ip6_equal(ip6_get(packet_data(&p) + IP6_DST), TO6));
    tunnel_table_free(&a.table);
    o.segment_count = 0;
    a = tunnel_alone(&o);
    CU_ASSERT_EQUAL(a.tunnel->overhead, 64);
    tunnel_table_free(&a.table);
}

static void own_address(void)
{
    struct fwd_tunnel_options o = plain(FWD_TUNNEL_GRE, false);
    o.local = NOBODY;
    struct tunnel_table t;
    tunnel_table_init(&t);
    const struct tunnel *four = tunnel_take(&t, &o, IP4(10, 9, 9, 9), FROM6);
    CU_ASSERT(ip6_equal(four->local, ip6_from_ip4(IP4(10, 9, 9, 9))));
    o.remote = TO6;
    const struct tunnel *six = tunnel_take(&t, &o, IP4(10, 9, 9, 9), FROM6);
    CU_ASSERT(ip6_equal(six->local, FROM6));
    CU_ASSERT(four->id == 0 && six->id == 1 && tunnel_at(&t, 1) == six);
    tunnel_give(&t, 0);
    CU_ASSERT_EQUAL(tunnel_take(&t, &o, 1, FROM6)->id, 0);
    CU_ASSERT_EQUAL(tunnel_take(&t, &o, 1, FROM6)->id, 2);
    tunnel_table_free(&t);
}

UNIT_MAIN("tunnel", {"ipip-bytes", ipip_bytes}, {"gre-bytes", gre_bytes},
          {"gre-all-bytes", gre_all_bytes}, {"vxlan-bytes", vxlan_bytes},
          {"geneve-bytes", geneve_bytes}, {"srv6-bytes", srv6_bytes}, {"overheads", overheads},
          {"gre-leaves-1476", gre_leaves_1476}, {"depth", depth}, {"limits", limits},
          {"flows-differ", flows_differ}, {"no-zeros", no_zeros}, {"far-ends", far_ends},
          {"own-address", own_address})
