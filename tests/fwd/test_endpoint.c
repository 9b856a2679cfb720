// SPDX-License-Identifier: GPL-3.0-or-later
// Tunnels' ends: which endpoint a packet is for, and everything that an endpoint refuses.
#include "tunnels.h"

#define OUTER4(length, protocol) "4500" length "00004000 40" protocol "0000 0a000001 0a000002"

// A packet from its bytes, the outer IPv4 header's length and checksum put right.
static struct packet *packet_from(const char *hex)
{
    uint8_t b[ROOM];
    size_t n = from_hex(hex, b);
    struct packet *p = packet_new();
    be16_put(b + IP4_LENGTH, (uint32_t)n);
    load(p, b, n);
    fix_checksum(p);
    return p;
}

// What becomes of a packet of these bytes at an endpoint; untouched if it is refused.
static enum fwd_drop fate(const char *hex, const struct fwd_endpoint_options *o)
{
    struct packet *p = packet_from(hex), *before = malloc(packet_bytes(ROOM));
    memcpy(before, p, packet_bytes(ROOM));
    enum fwd_drop bad = pop_at(p, o);
    if (bad)
        CU_ASSERT(!memcmp(p, before, packet_bytes(ROOM)));
    free(p);
    free(before);
    return bad;
}

#define GRE(between) fate(OUTER4("0000", "2f") between INNER4, &gre)

static void gre_flags(void)
{
    struct fwd_endpoint_options gre = {.kind = FWD_TUNNEL_GRE};
    CU_ASSERT_EQUAL(GRE("00000800"), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(GRE("00f80800"), FWD_DROP_NONE);       // bits 8 to 12 are ignored
    CU_ASSERT_EQUAL(GRE("03000800"), FWD_DROP_NONE);       // bits 6 and 7 too
    CU_ASSERT_EQUAL(GRE("00010800"), FWD_DROP_TUNNEL_BAD); // version 1
    CU_ASSERT_EQUAL(GRE("40000800"), FWD_DROP_TUNNEL_BAD); // routing, RFC 1701
    CU_ASSERT_EQUAL(GRE("08000800"), FWD_DROP_TUNNEL_BAD); // strict source route
    CU_ASSERT_EQUAL(GRE("04000800"), FWD_DROP_TUNNEL_BAD); // recursion
    CU_ASSERT_EQUAL(GRE("80000800"), FWD_DROP_TUNNEL_BAD); // a checksum that is none
    CU_ASSERT_EQUAL(GRE("00006558"), FWD_DROP_TUNNEL_BAD); // Ethernet inside
    CU_ASSERT_EQUAL(GRE("000086dd"), FWD_DROP_TRUNCATED);  // IPv6 it is not, nor as long
    CU_ASSERT_EQUAL(fate(OUTER4("0000", "2f") "00000800" INNER6, &gre), FWD_DROP_TUNNEL_BAD);
    CU_ASSERT_EQUAL(fate(OUTER4("0000", "2f") "000086dd" INNER6, &gre), FWD_DROP_NONE);
    // A sequence number that nobody asked for is skipped; one that is missing is not forgiven.
    CU_ASSERT_EQUAL(GRE("10000800 00000009"), FWD_DROP_NONE);
    gre.sequence = true;
    CU_ASSERT_EQUAL(GRE("10000800 00000009"), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(GRE("00000800"), FWD_DROP_TUNNEL_BAD);
}

static void gre_keys(void)
{
    struct fwd_endpoint_options gre = {.kind = FWD_TUNNEL_GRE};
    CU_ASSERT_EQUAL(GRE("20000800 00000007"), FWD_DROP_NO_SERVICE);
    CU_ASSERT_EQUAL(GRE("20000800 00000000"), FWD_DROP_NO_SERVICE);
    gre.keyed = true;
    gre.key = 7;
    CU_ASSERT_EQUAL(GRE("20000800 00000007"), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(GRE("20000800 00000008"), FWD_DROP_NO_SERVICE);
    CU_ASSERT_EQUAL(GRE("00000800"), FWD_DROP_NO_SERVICE);
    CU_ASSERT_EQUAL(GRE("20010800 00000007"), FWD_DROP_TUNNEL_BAD); // has no key that counts
}

static void gre_checksum(void)
{
    struct fwd_endpoint_options gre = {.kind = FWD_TUNNEL_GRE};
    CU_ASSERT_EQUAL(GRE("80000800 00000000"), FWD_DROP_TUNNEL_BAD);
    struct fwd_tunnel_options o = plain(FWD_TUNNEL_GRE, false);
    o.checksum = true;
    struct packet *p = packet_new();
    gre.checksum = true;
    for (int byte = -1; byte < 36; byte++) { // none, and each of GRE header and payload
        load_hex(p, INNER4);
        CU_ASSERT_EQUAL(push_into(p, &o), FWD_DROP_NONE);
        if (byte >= 0)
            packet_data(p)[IP4_HEADER + byte] ^= byte == 0 ? 1 : 4;
        CU_ASSERT_EQUAL(pop_at(p, &gre), byte < 0 ? FWD_DROP_NONE : FWD_DROP_TUNNEL_BAD);
    }
    CU_ASSERT_EQUAL(GRE("00000800"), FWD_DROP_TUNNEL_BAD); // it has to be there
    free(p);
}

// RFC 2890 §2.2.
static void gre_sequence(void)
{
    static const struct {
        uint32_t number;
        bool taken;
    } steps[] = {{0xfffffff0, true},  {0xfffffff0, false}, {0xffffffef, false}, {0xfffffff2, true},
                 {0xfffffff1, false}, {3, true},           {0xfffffff3, false}, {0x80000002, true},
                 {3, false},          {0x80000003, true},  {4, false},          {3, true},
                 {2, false}};
    struct endpoint_table t;
    endpoint_table_init(&t, ip6_to_ip4(TO4), TO6);
    endpoint_add(&t, &(struct fwd_endpoint_options){.kind = FWD_TUNNEL_GRE, .sequence = true});
    uint64_t taken = 0, refused = 0;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        char hex[256];
        bool tunnelled;
        snprintf(hex, sizeof hex, OUTER4("0000", "2f") "10000800 %08x" INNER4, steps[i].number);
        struct packet *p = packet_from(hex);
        struct endpoint *e = endpoint_match(&t, packet_data(p), p->captured, &tunnelled);
        CU_ASSERT_EQUAL_FATAL(e, &t.entries[0]);
        CU_ASSERT_EQUAL(endpoint_pop(p, e), steps[i].taken ? FWD_DROP_NONE : FWD_DROP_TUNNEL_BAD);
        taken += steps[i].taken;
        refused += !steps[i].taken;
        CU_ASSERT(e->counters.packets == taken && e->counters.bytes == 28 * taken);
        CU_ASSERT_EQUAL(e->counters.refused, refused);
        free(p);
    }
    endpoint_table_free(&t);
}

#define MACS         "02000000000b 02000000000a"
#define VXLAN(shim)  fate(OUTER4("0000", "11") "c00012b5003a0000" shim INNER4, &vxlan)
#define GENEVE(shim) fate(OUTER4("0000", "11") "c00017c1003a0000" shim INNER4, &geneve)

static void vxlan_fields(void)
{
    struct fwd_endpoint_options vxlan = {.kind = FWD_TUNNEL_VXLAN, .key = 0x123456};
    CU_ASSERT_EQUAL(VXLAN("0800000012345600" MACS "0800"), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(VXLAN("ffffffff123456ff" MACS "0800"), FWD_DROP_NONE); // reserved: ignored
    CU_ASSERT_EQUAL(VXLAN("0000000012345600" MACS "0800"), FWD_DROP_TUNNEL_BAD);
    CU_ASSERT_EQUAL(VXLAN("0800000012345700" MACS "0800"), FWD_DROP_NO_SERVICE);
    CU_ASSERT_EQUAL(VXLAN("0800000012345600" MACS "0806"), FWD_DROP_TUNNEL_BAD); // ARP
    vxlan.port = 9999;
    CU_ASSERT_EQUAL(VXLAN("0800000012345600" MACS "0800"), FWD_DROP_NO_SERVICE);
    vxlan.port = 4789;
    CU_ASSERT_EQUAL(VXLAN("0800000012345600" MACS "0800"), FWD_DROP_NONE);
    vxlan.checksum = true;
    CU_ASSERT_EQUAL(VXLAN("0800000012345600" MACS "0800"), FWD_DROP_TUNNEL_BAD);
}

// IEEE 802.1Q: one tag is skipped, a second one is not. And the UDP length rules.
static void frames_and_lengths(void)
{
    struct fwd_endpoint_options vxlan = {.kind = FWD_TUNNEL_VXLAN};
#define FRAME(length, frame)                                                                       \
    fate(OUTER4("0000", "11") "c00012b5" length "0000 0800000000000000" MACS frame, &vxlan)
    CU_ASSERT_EQUAL(FRAME("003e", "8100 0064 0800" INNER4), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(FRAME("0042", "8100 0064 8100 0065 0800" INNER4), FWD_DROP_TUNNEL_BAD);
    CU_ASSERT_EQUAL(FRAME("0042", "88a8 0064 8100 0065 0800" INNER4), FWD_DROP_TUNNEL_BAD);
    CU_ASSERT_EQUAL(FRAME("004e", "86dd" INNER6), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(FRAME("004e", "0800" INNER6), FWD_DROP_TUNNEL_BAD);
    CU_ASSERT_EQUAL(FRAME("003b", "0800" INNER4), FWD_DROP_TUNNEL_BAD); // longer than it is
    CU_ASSERT_EQUAL(FRAME("0039", "0800" INNER4), FWD_DROP_NONE); // shorter: the inner one lies
    CU_ASSERT_EQUAL(FRAME("0031", "0800" INNER4), FWD_DROP_TRUNCATED); // … inner header cut
    CU_ASSERT_EQUAL(FRAME("001d", "0800" INNER4), FWD_DROP_TUNNEL_BAD);
    CU_ASSERT_EQUAL(FRAME("0007", "0800" INNER4), FWD_DROP_TUNNEL_BAD);
    CU_ASSERT_EQUAL(FRAME("0000", "0800" INNER4), FWD_DROP_TUNNEL_BAD);
#undef FRAME
    // What is behind the UDP datagram is not part of the packet that comes out.
    struct packet *p = packet_from(OUTER4("0000", "11") "c00012b5003a0000 0800000000000000" MACS
                                                        "0800" INNER4 "deadbeef");
    CU_ASSERT_EQUAL(pop_at(p, &vxlan), FWD_DROP_NONE);
    CU_ASSERT(p->length == 28 && p->captured == 28);
    free(p);
}

static void geneve_fields(void)
{
    struct fwd_endpoint_options geneve = {.kind = FWD_TUNNEL_GENEVE, .key = 0xabcdef};
    CU_ASSERT_EQUAL(GENEVE("00006558abcdef00" MACS "0800"), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(GENEVE("003f6558abcdefff" MACS "0800"), FWD_DROP_NONE); // reserved: ignored
    CU_ASSERT_EQUAL(GENEVE("40006558abcdef00" MACS "0800"), FWD_DROP_TUNNEL_BAD); // version 1
    CU_ASSERT_EQUAL(GENEVE("00806558abcdef00" MACS "0800"), FWD_DROP_TUNNEL_BAD); // control
    CU_ASSERT_EQUAL(GENEVE("00406558abcdef00" MACS "0800"), FWD_DROP_TUNNEL_BAD); // critical
    CU_ASSERT_EQUAL(GENEVE("00000800abcdef00" MACS "0800"), FWD_DROP_TUNNEL_BAD); // no Ethernet
    CU_ASSERT_EQUAL(GENEVE("00006558abcdee00" MACS "0800"), FWD_DROP_NO_SERVICE);
}

static void geneve_options(void)
{
    struct fwd_endpoint_options geneve = {.kind = FWD_TUNNEL_GENEVE};
#define OPTIONS(length, words, options)                                                            \
    fate(OUTER4("0000", "11") "c00017c1" length "0000" words "00655800000000" options MACS         \
                              "0800" INNER4,                                                       \
         &geneve)
    CU_ASSERT_EQUAL(OPTIONS("003e", "01", "01020300"), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(OPTIONS("0046", "03", "01020300 01020301 aabbccdd"), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(OPTIONS("0046", "03", "01020300 010203e1 aabbccdd"), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(OPTIONS("0046", "03", "01020300 01020302 aabbccdd"), FWD_DROP_TUNNEL_BAD);
    CU_ASSERT_EQUAL(OPTIONS("0046", "03", "01020300 01028301 aabbccdd"), FWD_DROP_TUNNEL_BAD);
    CU_ASSERT_EQUAL(OPTIONS("003e", "3f", "01020300"), FWD_DROP_TRUNCATED);
#undef OPTIONS
}

// Every byte of the datagram is under the UDP checksum, and the addresses too.
static void udp_checksum(void)
{
    for (int outer6 = 0; outer6 < 2; outer6++) {
        struct fwd_tunnel_options o = plain(FWD_TUNNEL_GENEVE, outer6);
        o.checksum = true;
        struct fwd_endpoint_options end = end_of(&o);
        struct packet *p = packet_new();
        uint32_t outer = outer6 ? IP6_HEADER : IP4_HEADER;
        for (uint32_t at = outer + 16; at < outer + 58; at++) {
            load_hex(p, INNER4);
            CU_ASSERT_EQUAL(push_into(p, &o), FWD_DROP_NONE);
            CU_ASSERT(be16_get(packet_data(p) + outer + UDP_CHECKSUM) != 0);
            packet_data(p)[at] ^= 1;
            CU_ASSERT_EQUAL(pop_at(p, &end), FWD_DROP_TUNNEL_BAD);
        }
        load_hex(p, INNER4);
        CU_ASSERT_EQUAL(push_into(p, &o), FWD_DROP_NONE);
        packet_data(p)[outer - (outer6 ? 17 : 5)] ^= 1; // the source's last byte
        CU_ASSERT_EQUAL(pop_at(p, &end), FWD_DROP_TUNNEL_BAD);
        end.checksum = false; // zero says that there is none, over IPv6 too (RFC 6935)
        be16_put(packet_data(p) + outer + UDP_CHECKSUM, 0);
        CU_ASSERT_EQUAL(pop_at(p, &end), FWD_DROP_NONE);
        free(p);
    }
}

// Payloads that are not stored are zeros, and sums are right all the same.
static void unstored_payload(void)
{
    for (int kind = 0; kind < FWD_TUNNEL_KINDS; kind++) {
        for (uint32_t length = 45; length < 70; length++) {
            struct fwd_tunnel_options o = plain((enum fwd_tunnel)kind, false);
            o.checksum = kind != FWD_TUNNEL_IPIP && kind != FWD_TUNNEL_SRV6;
            struct packet_payload payload = {1, 2, 3};
            struct packet *p = packet_new();
            packet_build_udp(p, 1 << 24, 2 << 24, 1, 2, 64, length, &payload);
            CU_ASSERT_EQUAL(push_into(p, &o), FWD_DROP_NONE);
            uint32_t overhead = fwd_tunnel_overhead(&o);
            CU_ASSERT(p->captured == 44 + overhead && p->length == length + overhead);
            // The same with all of it there.
            memset(packet_data(p) + p->captured, 0, length - 44);
            p->captured = p->length;
            CU_ASSERT_EQUAL(validate(p), FWD_DROP_NONE);
            CU_ASSERT_EQUAL(pop_from(p, &o), FWD_DROP_NONE);
            CU_ASSERT_EQUAL(p->length, length);
            free(p);
        }
    }
}

static void ipip_versions(void)
{
    struct fwd_endpoint_options ipip = {.kind = FWD_TUNNEL_IPIP};
    CU_ASSERT_EQUAL(fate(OUTER4("0000", "04") INNER4, &ipip), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(fate(OUTER4("0000", "29") INNER6, &ipip), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(fate(OUTER4("0000", "04") INNER6, &ipip), FWD_DROP_TUNNEL_BAD);
    CU_ASSERT_EQUAL(fate(OUTER4("0000", "29") INNER4 INNER4, &ipip), FWD_DROP_TUNNEL_BAD);
    CU_ASSERT_EQUAL(fate(OUTER4("0000", "29") INNER4, &ipip), FWD_DROP_TRUNCATED);
    CU_ASSERT_EQUAL(fate(OUTER4("0000", "32") INNER4, &ipip), FWD_DROP_NO_SERVICE);
}

static void sources(void)
{
    struct fwd_endpoint_options gre = {.kind = FWD_TUNNEL_GRE,
                                       .from = {ip6_from_ip4(IP4(10, 0, 0, 0)), 96 + 31}};
    CU_ASSERT_EQUAL(GRE("00000800"), FWD_DROP_NONE);
    gre.from = (struct prefix6){ip6_from_ip4(IP4(10, 0, 0, 2)), 96 + 31};
    CU_ASSERT_EQUAL(GRE("00000800"), FWD_DROP_TUNNEL_BAD);
    gre.from = (struct prefix6){FROM6, 128};
    CU_ASSERT_EQUAL(GRE("00000800"), FWD_DROP_TUNNEL_BAD);
}

static void fragments(void)
{
    struct fwd_endpoint_options gre = {.kind = FWD_TUNNEL_GRE, .keyed = true, .key = 7};
    CU_ASSERT_EQUAL(fate("45000000 00002000 402f0000 0a000001 0a000002 00000800" INNER4, &gre),
                    FWD_DROP_FRAGMENT);
    CU_ASSERT_EQUAL(fate("45000000 00000004 402f0000 0a000001 0a000002 00000800" INNER4, &gre),
                    FWD_DROP_FRAGMENT);
    struct fwd_endpoint_options vxlan = {.kind = FWD_TUNNEL_VXLAN};
    CU_ASSERT_EQUAL(
        fate("45000000 00002000 40110000 0a000001 0a000002 c00012b50600" INNER4, &vxlan),
        FWD_DROP_FRAGMENT);
    // A later fragment of UDP has no port; it is not said to be of a tunnel.
    CU_ASSERT_EQUAL(
        fate("45000000 00000004 40110000 0a000001 0a000002 c00012b50600" INNER4, &vxlan),
        FWD_DROP_NO_SERVICE);
    struct packet *p = packet_new();
    load_hex(p, "60000000 0028 2c 40 fd000000000000000000000000000001"
                "fd000000000000000000000000000002 2f000001 00000001 20000800 00000007" INNER4);
    CU_ASSERT_EQUAL(pop_at(p, &gre), FWD_DROP_FRAGMENT);
    free(p);
}

// Extension headers of the outer packet: a tunnel encapsulation limit (RFC 2473 §4.1.1), a routing
// header at its end, and one that is not at its end.
static void extensions(void)
{
#define ADDRESSES "fd000000000000000000000000000001 fd000000000000000000000000000002"
    struct fwd_endpoint_options ipip = {.kind = FWD_TUNNEL_IPIP};
    static const struct {
        const char *hex;
        enum fwd_drop fate;
    } cases[] = {
        {"60000000 0024 3c 40" ADDRESSES "0400040104010100" INNER4, FWD_DROP_NONE},
        {"60000000 0034 2b 40" ADDRESSES "0402040000000000" ADDRESSES "" INNER4,
         FWD_DROP_TUNNEL_BAD},
        {"60000000 0024 2b 40" ADDRESSES "0400040000000000" INNER4, FWD_DROP_NONE},
        {"60000000 0024 2b 40" ADDRESSES "0400040100000000" INNER4, FWD_DROP_TUNNEL_BAD},
        {"60000000 002c 3c 40" ADDRESSES "2b00040104010100 0400040100000000" INNER4,
         FWD_DROP_TUNNEL_BAD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct packet *p = packet_new();
        load_hex(p, cases[i].hex);
        CU_ASSERT_EQUAL(pop_at(p, &ipip), cases[i].fate);
        free(p);
    }
}

static struct endpoint_table mixed_table(void)
{
    struct endpoint_table t;
    endpoint_table_init(&t, ip6_to_ip4(TO4), TO6);
    const struct prefix6 wide = {ip6_from_ip4(IP4(10, 0, 0, 0)), 96 + 24};
    endpoint_add(&t, &(struct fwd_endpoint_options){
                         .kind = FWD_TUNNEL_GRE, .local = wide, .keyed = true, .key = 1});
    endpoint_add(&t, &(struct fwd_endpoint_options){.kind = FWD_TUNNEL_GRE});
    endpoint_add(&t, &(struct fwd_endpoint_options){.kind = FWD_TUNNEL_GRE, .local = wide});
    endpoint_add(&t, &(struct fwd_endpoint_options){.kind = FWD_TUNNEL_VXLAN, .port = 8472});
    return t;
}

// The endpoint's number; -1 none, though of a tunnel's protocol; -2 not even that.
static int found(const struct endpoint_table *t, const char *hex)
{
    struct packet *p = packet_from(hex);
    bool tunnelled;
    struct endpoint *e = endpoint_match(t, packet_data(p), p->captured, &tunnelled);
    free(p);
    CU_ASSERT(!e || tunnelled);
    return e ? (int)(e - t->entries) : tunnelled ? -1 : -2;
}

// Endpoints that differ in their sources only: each takes its own, and the first one answers for
// sources that none allows.
static void matching_by_source(void)
{
    struct endpoint_table t;
    endpoint_table_init(&t, ip6_to_ip4(TO4), TO6);
    for (unsigned far = 7; far < 10; far++)
        endpoint_add(&t, &(struct fwd_endpoint_options){
                             .kind = FWD_TUNNEL_GRE,
                             .from = {ip6_from_ip4(IP4(10, 0, 0, far)), IP6_MAPPED_BITS + 32}});
#define FROM(address) found(&t, "45000000 00004000 402f0000 " address " 0a000002 00000800" INNER4)
    CU_ASSERT_EQUAL(FROM("0a000007"), 0);
    CU_ASSERT_EQUAL(FROM("0a000008"), 1);
    CU_ASSERT_EQUAL(FROM("0a000009"), 2);
    CU_ASSERT_EQUAL(FROM("0a00000a"), 0);
    struct packet *p = packet_from("45000000 00004000 402f0000 0a00000a 0a000002 00000800" INNER4);
    CU_ASSERT_EQUAL(endpoint_pop(p, &t.entries[0]), FWD_DROP_TUNNEL_BAD);
    CU_ASSERT_EQUAL(t.entries[0].counters.refused, 1);
    free(p);
    endpoint_table_free(&t);
}

static void matching(void)
{
    struct endpoint_table t = mixed_table();
#define TO(address, protocol, rest)                                                                \
    found(&t, "45000000 00004000 40" protocol "0000 0a000001" address rest INNER4)
    CU_ASSERT_EQUAL(TO("0a000002", "2f", "20000800 00000001"), 0);
    CU_ASSERT_EQUAL(TO("0a000002", "2f", "00000800"), 1);
    CU_ASSERT_EQUAL(TO("0a000003", "2f", "00000800"), 2);
    CU_ASSERT_EQUAL(TO("0a000003", "2f", "20000800 00000001"), 0);
    CU_ASSERT_EQUAL(TO("0a000003", "2f", "20000800 00000002"), -1);
    CU_ASSERT_EQUAL(TO("0b000003", "2f", "00000800"), -1);
    CU_ASSERT_EQUAL(TO("0a000002", "04", ""), -1);
    CU_ASSERT_EQUAL(TO("0a000002", "29", ""), -1);
    CU_ASSERT_EQUAL(TO("0a000002", "06", ""), -2);
    CU_ASSERT_EQUAL(TO("0a000002", "11", "00010035 00000000"), -2);
    CU_ASSERT_EQUAL(TO("0a000002", "11", "000112b5 00000000"), -1);
    CU_ASSERT_EQUAL(TO("0a000002", "11", "000117c1 00000000"), -1);
    CU_ASSERT_EQUAL(TO("0a000002", "11", "00012118 003a0000 0800000000000000" MACS "0800"), 3);
    CU_ASSERT_EQUAL(TO("0a000002", "11", "00012118 003a0000 0800000000000100" MACS "0800"), -1);
    endpoint_table_free(&t);
    // A node without an IPv6 address has no endpoint there.
    endpoint_table_init(&t, 1, TO6);
    endpoint_add(&t, &(struct fwd_endpoint_options){.kind = FWD_TUNNEL_IPIP});
    CU_ASSERT_EQUAL(TO("00000001", "04", ""), 0);
    CU_ASSERT_EQUAL(TO("0a000002", "04", ""), -1);
    endpoint_table_free(&t);
}

UNIT_MAIN("endpoint", {"gre-flags", gre_flags}, {"gre-keys", gre_keys},
          {"gre-checksum", gre_checksum}, {"gre-sequence", gre_sequence},
          {"vxlan-fields", vxlan_fields}, {"frames-and-lengths", frames_and_lengths},
          {"geneve-fields", geneve_fields}, {"geneve-options", geneve_options},
          {"udp-checksum", udp_checksum}, {"unstored-payload", unstored_payload},
          {"ipip-versions", ipip_versions}, {"sources", sources}, {"fragments", fragments},
          {"extensions", extensions}, {"matching", matching},
          {"matching-by-source", matching_by_source})
