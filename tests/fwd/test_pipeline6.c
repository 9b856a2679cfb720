// SPDX-License-Identifier: GPL-3.0-or-later
// What a node does with IPv6 packets, and with interfaces, limits of size, rules, meters and
// translation, of both families.
#include "fixture.h"

#define CLIENT   IP6(0x20010db800010000, 0x10)
#define SERVER   IP6(0x20010db800020000, 0x7)
#define EIP      IP6(0x20010db800aa0000, 0x5)
#define SELF     IP6(0x20010db8000f0000, 0x1)
#define SELF4    IP4(10, 0, 0, 1)
#define CLIENT4  IP4(192, 0, 2, 10)
#define EIP4     IP4(203, 0, 113, 5)
#define GATEWAY4 IP4(10, 0, 0, 2)
#define SNAT4    IP4(198, 51, 100, 99)
#define S_PS     INT64_C(1000000000000)

static struct prefix6 net6(struct ip6_addr a, uint8_t len)
{
    struct ip6_addr m = ip6_mask(len);
    return (struct prefix6){{a.hi & m.hi, a.lo & m.lo}, len};
}

static struct fwd_node *node6(void)
{
    struct fwd_node *n =
        fwd_node_new(&(struct fwd_options){.address = SELF4, .address6 = SELF, .nat_limit = 100});
    fwd_route_set6(n, net6(SELF, 128), FWD_ACT_LOCAL, 0);
    fwd_route_set(n, prefix_of(SELF4, 32), FWD_ACT_LOCAL, 0);
    return n;
}

static void route6_out(struct fwd_node *n, struct ip6_addr a, uint8_t len, uint32_t nexthop)
{
    fwd_route_set6(n, net6(a, len), FWD_ACT_FORWARD, fwd_group(n, &nexthop, 1));
}

static struct packet fresh(void)
{
    struct packet p;
    packet_init(&p, PACKET_BYTES);
    return p;
}

static void transit(void)
{
    struct fwd_node *n = node6();
    route6_out(n, SERVER, 64, 5);
    struct packet p;
    struct fwd_result r;
    udp6_packet(&p, CLIENT, SERVER, 64, 100);
    uint8_t before[48];
    memcpy(before, packet_data(&p), sizeof before);
    fwd_receive(n, &p, 1, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 5 && r.nexthop == 5);
    before[IP6_HOPS] = 63;
    CU_ASSERT_EQUAL(memcmp(before, packet_data(&p), sizeof before), 0);
    udp6_packet(&p, CLIENT, SERVER, 2, 100);
    fwd_receive(n, &p, 1, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && packet_data(&p)[IP6_HOPS] == 1);
    udp6_packet(&p, SELF, SERVER, 1, 100); // a host's own costs no hop
    fwd_originate(n, &p, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && packet_data(&p)[IP6_HOPS] == 1);
    udp6_packet(&p, CLIENT, SELF, 0, 100);
    fwd_receive(n, &p, 1, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_LOCAL);
    CU_ASSERT(counters_add_up(n));
    fwd_node_free(n);
}

// The drop of one packet, and the error that is due about it.
static void expect(struct fwd_node *n, struct packet *p, enum fwd_drop reason, uint8_t type,
                   uint8_t code)
{
    struct fwd_result r;
    struct packet e = fresh();
    fwd_receive(n, p, 1, S_PS, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_DROP);
    CU_ASSERT_EQUAL(r.reason, reason);
    if (r.reason != reason)
        printf("  expected %s, obtained %s\n", fwd_drop_name(reason), fwd_drop_name(r.reason));
    bool sent = fwd_icmp_error(n, p, &r, S_PS, &e);
    CU_ASSERT_EQUAL(sent, type != 0);
    if (!sent)
        return;
    const uint8_t *h = packet_data(&e), *icmp = h + IP6_HEADER;
    CU_ASSERT(ip6_equal(ip6_get(h + IP6_DST), CLIENT));
    CU_ASSERT(icmp[ICMP_TYPE] == type && icmp[ICMP_CODE] == code);
    uint64_t sum = ip6_pseudo_sum(h, e.length - IP6_HEADER, PROTOCOL_ICMP6);
    CU_ASSERT(checksum_ok(checksum_add(sum, icmp, e.captured - IP6_HEADER)));
}

static void drops(void)
{
    struct fwd_node *n = node6();
    struct packet p;
    route6_out(n, SERVER, 64, 5);
    fwd_route_set6(n, net6(IP6(0x20010db800030000, 0), 48), FWD_ACT_BLACKHOLE, 0);
    fwd_route_set6(n, net6(IP6(0x20010db800040000, 0), 48), FWD_ACT_REJECT, FWD_REJECT_NET);
    fwd_route_set6(n, net6(IP6(0x20010db800050000, 0), 48), FWD_ACT_REJECT, FWD_REJECT_PROHIBITED);
    route6_out(n, IP6(0xfe80000000000000, 0), 10, 5);
    udp6_packet(&p, CLIENT, SERVER, 1, 100);
    expect(n, &p, FWD_DROP_TTL, ICMP6_TIME_EXCEEDED, 0);
    udp6_packet(&p, CLIENT, IP6(0x20010db900000000, 1), 9, 100);
    expect(n, &p, FWD_DROP_NO_ROUTE, ICMP6_UNREACHABLE, ICMP6_NO_ROUTE);
    udp6_packet(&p, CLIENT, IP6(0x20010db800030000, 1), 9, 100);
    expect(n, &p, FWD_DROP_BLACKHOLE, 0, 0);
    udp6_packet(&p, CLIENT, IP6(0x20010db800040000, 1), 9, 100);
    expect(n, &p, FWD_DROP_REJECT, ICMP6_UNREACHABLE, ICMP6_NO_ROUTE);
    udp6_packet(&p, CLIENT, IP6(0x20010db800050000, 1), 9, 100);
    expect(n, &p, FWD_DROP_REJECT, ICMP6_UNREACHABLE, ICMP6_PROHIBITED);
    udp6_packet(&p, CLIENT, IP6(0xfe80000000000000, 9), 9, 100);
    expect(n, &p, FWD_DROP_SCOPE, ICMP6_UNREACHABLE, ICMP6_SCOPE);
    udp6_packet(&p, IP6(0xff02000000000000, 1), SERVER, 9, 100);
    expect(n, &p, FWD_DROP_BAD_SOURCE, 0, 0);
    udp6_packet(&p, IP6(0, 1), SERVER, 9, 100);
    expect(n, &p, FWD_DROP_BAD_SOURCE, 0, 0);
    udp6_packet(&p, CLIENT, SERVER, 9, 100);
    p.captured = 39;
    expect(n, &p, FWD_DROP_TRUNCATED, 0, 0);
    udp6_packet(&p, CLIENT, SERVER, 9, 100);
    p.length = 99;
    expect(n, &p, FWD_DROP_TRUNCATED, 0, 0);
    CU_ASSERT(counters_add_up(n));
    fwd_node_free(n);
}

// A hop-by-hop header of 8 bytes times `units` in a datagram of so many bytes, of which the IPv6 header
// says `said`.
static void hop_by_hop(struct packet *p, uint32_t length, uint32_t said, uint32_t units)
{
    uint8_t b[PACKET_BYTES] = {0};
    struct ip6_fields f = {
        .src = CLIENT, .dst = SERVER, .length = length, .hops = 9, .next = PROTOCOL_HOP_BY_HOP};
    ip6_write(b, &f);
    be16_put(b + IP6_LENGTH, said);
    b[IP6_HEADER] = PROTOCOL_UDP;
    b[IP6_HEADER + 1] = (uint8_t)(units - 1);
    b[IP6_HEADER + 2] = 0xc2; // a jumbo payload option (RFC 2675 §2)
    b[IP6_HEADER + 3] = 4;
    be32_put(b + IP6_HEADER + 4, length - IP6_HEADER);
    packet_init(p, PACKET_BYTES);
    packet_load(p, b, length < 100 ? length : 100, length);
}

// Jumbograms, and hop-by-hop headers that end behind their packet.
static void promises(void)
{
    struct fwd_node *n = node6();
    struct packet p;
    struct fwd_result r;
    route6_out(n, SERVER, 64, 5);
    hop_by_hop(&p, 48 + 70000, 0, 1); // one that is there
    expect(n, &p, FWD_DROP_BAD_HEADER, 0, 0);
    hop_by_hop(&p, 64, 0, 1); // one that need not be one
    expect(n, &p, FWD_DROP_BAD_HEADER, 0, 0);
    hop_by_hop(&p, 40, 0, 1); // and nothing behind it
    expect(n, &p, FWD_DROP_BAD_HEADER, 0, 0);
    hop_by_hop(&p, 47, 7, 1);
    expect(n, &p, FWD_DROP_BAD_HEADER, 0, 0);
    hop_by_hop(&p, 63, 23, 3);
    expect(n, &p, FWD_DROP_BAD_HEADER, 0, 0);
    for (uint32_t length = 64; length < 67; length++) {
        hop_by_hop(&p, length, length - IP6_HEADER, 3);
        fwd_receive(n, &p, 1, 0, &r);
        CU_ASSERT(r.verdict == FWD_OUT && p.length == length);
    }
    hop_by_hop(&p, 1000, 960, 100); // what is not stored is not known
    p.captured = IP6_HEADER + 1;
    fwd_receive(n, &p, 1, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_OUT);
    hop_by_hop(&p, 1000, 960, 121);
    fwd_receive(n, &p, 1, 0, &r);
    CU_ASSERT_EQUAL(r.reason, FWD_DROP_BAD_HEADER);
    hop_by_hop(&p, 64, 0, 1);
    fwd_originate(n, &p, 0, &r);
    CU_ASSERT_EQUAL(r.reason, FWD_DROP_BAD_HEADER);
    CU_ASSERT(counters_add_up(n));
    fwd_node_free(n);
}

// Interfaces and next hops: counted, limited in size, and the source of errors.
static void interfaces(void)
{
    struct fwd_node *n = node6();
    struct ip6_addr lan6 = IP6(0x20010db800010000, 1);
    struct fwd_interface lan = {.mtu = 1500, .address = IP4(192, 0, 2, 1), .address6 = lan6};
    struct fwd_interface wan = {.mtu = 1400};
    fwd_interface_set(n, 0, &lan);
    fwd_interface_set(n, 1, &wan);
    fwd_nexthop_set(n, 7, 1);
    route6_out(n, SERVER, 64, 7);
    route6_out(n, CLIENT, 64, 0);
    route_out(n, IP4(198, 51, 100, 0), 24, 7);
    route_out(n, CLIENT4, 24, 0);
    struct packet p, e = fresh();
    struct fwd_result r;
    udp6_packet(&p, CLIENT, SERVER, 9, 1400);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.nexthop == 7 && r.out_if == 1);
    udp6_packet(&p, CLIENT, SERVER, 9, 1401);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_MTU && r.mtu == 1400);
    CU_ASSERT(fwd_icmp_error(n, &p, &r, 0, &e));
    CU_ASSERT(packet_data(&e)[IP6_HEADER] == ICMP6_TOO_BIG);
    CU_ASSERT_EQUAL(be32_get(packet_data(&e) + IP6_HEADER + ICMP6_INFO), 1400);
    CU_ASSERT(ip6_equal(ip6_get(packet_data(&e) + IP6_SRC), lan6));    // where it leaves
    build_udp(&p, CLIENT4, IP4(198, 51, 100, 1), 1, 2, 9, 1401, NULL); // DF is set
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.icmp_type == 3 && r.icmp_code == 4 && r.mtu == 1400);
    CU_ASSERT(fwd_icmp_error(n, &p, &r, 0, &e) && packet_src(&e) == IP4(192, 0, 2, 1));
    struct fwd_interface_counters in = fwd_interface_counters(n, 0);
    struct fwd_interface_counters out = fwd_interface_counters(n, 1);
    CU_ASSERT(in.in_packets == 3 && in.in_dropped == 2 && in.in_bytes == 1400 + 1401 + 1401);
    CU_ASSERT(out.out_packets == 1 && out.out_bytes == 1400 && out.in_packets == 0);
    CU_ASSERT(fwd_nexthop_counters(n, 7).packets == 1 && fwd_nexthop_counters(n, 7).bytes == 1400);
    CU_ASSERT(fwd_nexthop_counters(n, 99).packets == 0 && counters_add_up(n));
    fwd_node_free(n);
}

// IPv4 without DF is cut, and every piece goes on as the whole would have.
static void pieces(void)
{
    struct fwd_node *n = node6();
    struct fwd_interface wan = {.mtu = 600};
    fwd_interface_set(n, 1, &wan);
    route_out(n, IP4(198, 51, 100, 0), 24, 1);
    struct packet p, piece = fresh();
    struct fwd_result r, s;
    build_udp(&p, CLIENT4, IP4(198, 51, 100, 1), 1, 2, 9, 1400, NULL);
    be16_put(packet_data(&p) + IP4_FRAGMENT, 0);
    fix_checksum(&p);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_FRAGMENT && r.mtu == 600 && packet_ttl(&p) == 9);
    unsigned count = 0, bytes = 0;
    for (; fwd_fragment(&p, r.mtu, count, &piece); count++) {
        fwd_resume(n, &piece, &r, 0, &s);
        CU_ASSERT(s.verdict == FWD_OUT && s.out_if == 1 && piece.length <= 600);
        CU_ASSERT(packet_ttl(&piece) == 8 && header_checksum_right(&piece));
        uint32_t at = (be16_get(packet_data(&piece) + IP4_FRAGMENT) & IP4_OFFSET_MASK) * 8u;
        CU_ASSERT_EQUAL(at, bytes);
        bytes += piece.length - IP4_HEADER;
    }
    CU_ASSERT(count == 3 && bytes == 1380);
    // In a batch it is the last one that is done: its pieces go first.
    struct packet q[3], *batch[3] = {&q[0], &q[1], &q[2]};
    struct fwd_result results[3];
    for (int i = 0; i < 3; i++) {
        build_udp(&q[i], CLIENT4, IP4(198, 51, 100, 1), 1, 2, 9, i == 1 ? 1400 : 100, NULL);
        be16_put(packet_data(&q[i]) + IP4_FRAGMENT, 0);
        fix_checksum(&q[i]);
    }
    uint64_t received = fwd_counters(n)->received;
    CU_ASSERT_EQUAL(fwd_receive_batch(n, batch, 3, 0, 0, results), 2);
    CU_ASSERT(results[0].verdict == FWD_OUT && results[1].verdict == FWD_FRAGMENT);
    CU_ASSERT(fwd_counters(n)->received == received + 2 && q[2].hops == 0);
    CU_ASSERT_EQUAL(fwd_receive_batch(n, batch + 2, 1, 0, 0, results + 2), 1);
    CU_ASSERT_EQUAL(results[2].verdict, FWD_OUT);
    CU_ASSERT(fwd_counters(n)->cut == 2 && fwd_counters(n)->pieces == 3 && counters_add_up(n));
    fwd_node_free(n);
}

static void rules(void)
{
    struct fwd_node *n = node6();
    route6_out(n, SERVER, 64, 5);
    struct acl_rule deny = acl_rule_any(ACL_ACT_DENY), limit = acl_rule_any(ACL_ACT_LIMIT);
    deny.src = net6(CLIENT, 64);
    deny.dport = (struct acl_ports){53, 53};
    limit.limit_pps = 10;
    const struct acl_rule both[] = {deny, limit};
    struct acl_options o = {.rules = both,
                            .count = 2,
                            .fallback = ACL_ACT_PERMIT,
                            .limit = {.width = 64, .depth = 4, .window_ps = S_PS}};
    size_t rule;
    CU_ASSERT_PTR_NULL_FATAL(acl_check(&o, &rule));
    fwd_acl_set(n, acl_new(&o));
    struct packet p;
    struct fwd_result r;
    udp6_packet(&p, CLIENT, SERVER, 9, 100);
    expect(n, &p, FWD_DROP_ACL, 0, 0);
    udp6_packet(&p, CLIENT, SERVER, 9, 100);
    p.captured = IP6_HEADER + 2; // the port is not there: no rule saw it
    expect(n, &p, FWD_DROP_UNREADABLE, 0, 0);
    unsigned passed = 0;
    for (int i = 0; i < 100; i++) {
        udp6_packet(&p, IP6(0x20010db800090000, 1), SERVER, 9, 100);
        fwd_receive(n, &p, 1, S_PS, &r);
        passed += r.verdict == FWD_OUT;
        CU_ASSERT(r.verdict == FWD_OUT || r.reason == FWD_DROP_SCRUB);
    }
    CU_ASSERT_EQUAL(passed, 10);
    fwd_acl_set(n, NULL);
    udp6_packet(&p, CLIENT, SERVER, 9, 100);
    fwd_receive(n, &p, 1, S_PS, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_OUT);
    CU_ASSERT(counters_add_up(n));
    fwd_node_free(n);
}

static struct policer_options cap(uint64_t bps, uint32_t burst)
{
    return (struct policer_options){
        .kind = POLICER_BUCKET,
        .cir_bps = bps,
        .cbs_bytes = burst,
        .rules = {{POLICER_MARK, 10}, {POLICER_PASS, 0}, {POLICER_DROP, 0}}};
}

// A POP: what goes in and what comes out is metered and counted, each way by itself.
static void meters(void)
{
    struct fwd_node *n = node6();
    route_out(n, GATEWAY4, 32, 2);
    route_out(n, CLIENT4, 24, 9);
    fwd_tunnel_accept(n, FWD_TUNNEL_GRE);
    struct policer_options in = cap(8000, 300);
    struct shaper_options out = {.rate_bps = 8000, .burst_bytes = 100, .limit_bytes = 150};
    struct fwd_tunnel_options t = {
        .kind = FWD_TUNNEL_GRE, .remote = ip6_from_ip4(GATEWAY4), .dscp = -1};
    struct fwd_eip_options o = {.service = 1,
                                .tunnel = fwd_tunnel_add(n, &t),
                                .in = {fwd_policer_add(n, &in), FWD_NO_METER},
                                .out = {FWD_NO_METER, fwd_shaper_add(n, &out)}};
    struct prefix6 eip = prefix6_from_prefix(prefix_of(EIP4, 32));
    fwd_eip_bind(n, eip, &o);
    struct packet p;
    struct fwd_result r;
    for (int i = 0; i < 4; i++) {
        udp_packet(&p, CLIENT4, EIP4, 20);
        fwd_receive(n, &p, 9, 0, &r);
        CU_ASSERT_EQUAL(r.verdict, i < 3 ? FWD_OUT : FWD_DROP);
        CU_ASSERT(i == 3 || (packet_data(&p)[24 + IP4_TOS] == 10 << 2 && r.release_ps == 0));
        CU_ASSERT(i < 3 || (r.reason == FWD_DROP_POLICED && r.icmp_type == 0));
    }
    CU_ASSERT_EQUAL(fwd_policer(n, o.in.policer)->counters.packets[POLICER_RED], 1);
    for (int i = 0; i < 3; i++) { // 100 bytes at once, 100 a tenth of a second later, then full
        udp_packet(&p, EIP4, CLIENT4, 20);
        struct packet q = p;
        struct fwd_node *gateway = node_at(GATEWAY4);
        bind_eip(gateway, prefix_of(CLIENT4, 24), 0, FWD_TUNNEL_GRE, SELF4);
        route_out(gateway, SELF4, 32, 1);
        fwd_receive(gateway, &q, 0, 0, &r);
        fwd_receive(n, &q, 2, 0, &r);
        CU_ASSERT_EQUAL(r.verdict, i < 2 ? FWD_OUT : FWD_DROP);
        CU_ASSERT(i == 2 || r.release_ps == i * S_PS / 10);
        fwd_node_free(gateway);
    }
    const struct fwd_eip_counters *c = fwd_eip_counters(n, eip);
    CU_ASSERT(c->in.packets == 3 && c->in.bytes == 300 && c->dropped_in == 1);
    CU_ASSERT(c->out.packets == 2 && c->out.bytes == 200 && c->dropped_out == 1);
    CU_ASSERT(fwd_counters(n)->dropped[FWD_DROP_SHAPER_FULL] == 1 && counters_add_up(n));
    fwd_node_free(n);
}

// Translation at the POP: the gateway sees the POP's address, answers come back to it, and another
// POP does not know them.
static void translation(void)
{
    struct fwd_node *n = node6(), *other = node6();
    struct fwd_node *pops[] = {n, other};
    for (int i = 0; i < 2; i++) {
        route_out(pops[i], GATEWAY4, 32, 2);
        route_out(pops[i], CLIENT4, 24, 9);
        fwd_route_set(pops[i], prefix_of(SNAT4, 32), FWD_ACT_LOCAL, 0);
        struct fwd_tunnel_options t = {
            .kind = FWD_TUNNEL_IPIP, .remote = ip6_from_ip4(GATEWAY4), .dscp = -1};
        struct fwd_eip_options o = {.tunnel = fwd_tunnel_add(pops[i], &t),
                                    .in = {FWD_NO_METER, FWD_NO_METER},
                                    .out = {FWD_NO_METER, FWD_NO_METER},
                                    .snat = ip6_from_ip4(SNAT4)};
        fwd_eip_bind(pops[i], prefix6_from_prefix(prefix_of(EIP4, 32)), &o);
    }
    struct packet p;
    struct fwd_result r;
    udp_packet(&p, CLIENT4, EIP4, 20);
    fwd_receive(n, &p, 9, 0, &r);
    const uint8_t *inner = packet_data(&p) + IP4_HEADER;
    CU_ASSERT(r.verdict == FWD_OUT && be32_get(inner + IP4_SRC) == SNAT4);
    uint16_t port = be16_get(inner + IP4_HEADER + UDP_SPORT);
    build_udp(&p, EIP4, SNAT4, 53, port, 20, 100, NULL);
    struct packet q = p;
    fwd_receive(n, &p, 2, S_PS, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 9 && packet_dst(&p) == CLIENT4);
    uint16_t sport, dport;
    CU_ASSERT(packet_ports(&p, &sport, &dport) && sport == 53 && dport == 4000);
    CU_ASSERT_EQUAL(packet_ttl(&p), 19);
    fwd_receive(other, &q, 2, S_PS, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_NO_FLOW);
    udp_packet(&p, CLIENT4, EIP4, 1); // the error quotes what the client sent
    struct packet e = fresh();
    fwd_receive(n, &p, 9, S_PS, &r);
    CU_ASSERT(r.reason == FWD_DROP_TTL && fwd_icmp_error(n, &p, &r, S_PS, &e));
    CU_ASSERT_EQUAL(packet_dst(&e), CLIENT4);
    CU_ASSERT(counters_add_up(n) && counters_add_up(other));
    CU_ASSERT_EQUAL(fwd_counters(n)->translated, 2);
    fwd_node_free(n);
    fwd_node_free(other);
}

// A router on the tunnel's way wants smaller packets: the tunnel learns it, and the client is told.
static void path_mtu(void)
{
    struct fwd_node *n = node6();
    route_out(n, GATEWAY4, 32, 2);
    route_out(n, CLIENT4, 24, 9);
    struct fwd_tunnel_options t = {
        .kind = FWD_TUNNEL_GRE, .remote = ip6_from_ip4(GATEWAY4), .dscp = -1};
    uint32_t tunnel = fwd_tunnel_add(n, &t);
    fwd_route_set(n, prefix_of(EIP4, 32), FWD_ACT_TUNNEL, tunnel);
    struct fwd_node *router = node_at(IP4(10, 9, 9, 9));
    struct fwd_interface narrow = {.mtu = 1000};
    fwd_interface_set(router, 1, &narrow);
    route_out(router, GATEWAY4, 32, 1);
    route_out(router, SELF4, 32, 0);
    struct packet p, e = fresh();
    struct fwd_result r;
    build_udp(&p, CLIENT4, EIP4, 1, 2, 20, 1200, NULL);
    fwd_receive(n, &p, 9, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && p.length == 1224);
    CU_ASSERT_EQUAL(fwd_tunnel_mtu(n, tunnel, 0), 0);
    fwd_receive(router, &p, 0, 0, &r);
    CU_ASSERT(r.reason == FWD_DROP_MTU && fwd_icmp_error(router, &p, &r, 0, &e));
    fwd_originate(router, &e, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && packet_dst(&e) == SELF4);
    fwd_receive(n, &e, 2, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.reply && r.out_if == 9 && packet_dst(&e) == CLIENT4);
    uint8_t type, code;
    uint16_t id;
    CU_ASSERT(packet_icmp(&e, &type, &code, &id) && type == 3 && code == 4);
    CU_ASSERT_EQUAL(be16_get(packet_data(&e) + IP4_HEADER + ICMP_MTU), 976);
    CU_ASSERT_EQUAL(fwd_tunnel_mtu(n, tunnel, 0), 1000);
    build_udp(&p, CLIENT4, EIP4, 1, 2, 20, 977, NULL); // from now on here
    fwd_receive(n, &p, 9, 0, &r);
    CU_ASSERT(r.reason == FWD_DROP_MTU && r.mtu == 976);
    build_udp(&p, CLIENT4, EIP4, 1, 2, 20, 976, NULL);
    fwd_receive(n, &p, 9, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_OUT);
    CU_ASSERT_EQUAL(fwd_tunnel_mtu(n, tunnel, 601 * S_PS), 0); // forgotten
    CU_ASSERT(counters_add_up(n) && counters_add_up(router));
    fwd_node_free(n);
    fwd_node_free(router);
}

// Segment by segment, then out: H.Encaps, End, End.DT4.
static void segments(void)
{
    struct ip6_addr first = IP6(0x20010db800b10000, 1), last = IP6(0x20010db800b20000, 4);
    struct fwd_node *entry = node6(), *middle = node6(), *end = node6();
    struct fwd_tunnel_options t = {
        .kind = FWD_TUNNEL_SRV6, .dscp = -1, .segment_count = 2, .segments = {first, last}};
    CU_ASSERT_PTR_NULL_FATAL(fwd_tunnel_check(&t));
    fwd_route_set(entry, prefix_of(EIP4, 32), FWD_ACT_TUNNEL, fwd_tunnel_add(entry, &t));
    route6_out(entry, first, 64, 1);
    fwd_route_set6(middle, net6(first, 128), FWD_ACT_SID, FWD_SID_END);
    route6_out(middle, last, 64, 2);
    fwd_route_set6(end, net6(last, 128), FWD_ACT_SID, FWD_SID_END_DT4);
    route_out(end, EIP4, 32, 3);
    struct packet p;
    struct fwd_result r;
    udp_packet(&p, CLIENT4, EIP4, 20);
    fwd_receive(entry, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 1 && p.length == 100 + 40 + 8 + 32);
    fwd_receive(middle, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 2);
    CU_ASSERT(ip6_equal(ip6_get(packet_data(&p) + IP6_DST), last));
    CU_ASSERT_EQUAL(packet_data(&p)[IP6_HOPS], 63);
    fwd_receive(end, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 3 && packet_dst(&p) == EIP4);
    CU_ASSERT(packet_ttl(&p) == 18 && header_checksum_right(&p) && p.length == 100);
    fwd_node_free(entry);
    fwd_node_free(middle);
    fwd_node_free(end);
}

// A batch gives what its packets give one by one.
static void batches(void)
{
    struct random random = {4};
    struct fwd_node *n = node6(), *m = node6();
    struct fwd_node *both[] = {n, m};
    for (int i = 0; i < 2; i++) {
        route6_out(both[i], SERVER, 64, 5);
        for (uint32_t k = 0; k < 200; k++)
            route_out(both[i], IP4(20, k, 0, 0), 16, k);
    }
    for (int round = 0; round < 500; round++) {
        struct packet a[FWD_BATCH], b[FWD_BATCH], *all[FWD_BATCH];
        struct fwd_result r[FWD_BATCH], s;
        unsigned count = random_below(&random, FWD_BATCH + 1), wrong = 0;
        for (unsigned i = 0; i < count; i++) {
            if (random_below(&random, 8) == 0)
                udp6_packet(&a[i], CLIENT, SERVER, (uint8_t)random_below(&random, 4), 100);
            else
                udp_packet(&a[i], CLIENT4, IP4(20, random_below(&random, 210), 1, 1),
                           (uint8_t)random_below(&random, 4));
            if (random_below(&random, 10) == 0)
                packet_data(&a[i])[random_below(&random, 20)] ^= 1;
            b[i] = a[i];
            all[i] = &a[i];
        }
        CU_ASSERT_EQUAL(fwd_receive_batch(n, all, count, 0, round, r), count);
        for (unsigned i = 0; i < count; i++) {
            fwd_receive(m, &b[i], 0, round, &s);
            wrong += s.verdict != r[i].verdict || s.reason != r[i].reason ||
                     s.out_if != r[i].out_if || memcmp(a[i].bytes, b[i].bytes, PACKET_BYTES);
        }
        CU_ASSERT_EQUAL(wrong, 0);
    }
    CU_ASSERT_EQUAL(memcmp(fwd_counters(n), fwd_counters(m), sizeof *fwd_counters(n)), 0);
    CU_ASSERT(counters_add_up(n));
    fwd_node_free(n);
    fwd_node_free(m);
}

UNIT_MAIN("pipeline6", {"transit", transit}, {"drops", drops}, {"promises", promises},
          {"interfaces", interfaces}, {"pieces", pieces}, {"rules", rules}, {"meters", meters},
          {"translation", translation}, {"path-mtu", path_mtu}, {"segments", segments},
          {"batches", batches})
