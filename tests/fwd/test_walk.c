// SPDX-License-Identifier: GPL-3.0-or-later
// What the stages of a node's pipeline owe each other: each packet counted, metered and refused
// once, and errors that reach whom they concern.
#include "fixture.h"
#include "fwd/encap.h"

#define SELF    IP4(10, 0, 0, 1)
#define SELF6   IP6(0x20010db8000f0000, 0x1)
#define GATEWAY IP4(10, 0, 0, 2)
#define CLIENT  IP4(192, 0, 2, 10)
#define CLIENT6 IP6(0x20010db800010000, 0x10)
#define EIP     IP4(203, 0, 113, 5)
#define EIP6    IP6(0x20010db800aa0000, 0x5)
#define SNAT    IP4(198, 51, 100, 99)
#define S_PS    INT64_C(1000000000000)

static struct prefix6 host(ip4_addr a)
{
    return prefix6_from_prefix(prefix_of(a, 32));
}

static struct prefix6 host6(struct ip6_addr a)
{
    return (struct prefix6){a, 128};
}

static void route6_out(struct fwd_node *n, struct ip6_addr a, uint32_t nexthop)
{
    fwd_route_set6(n, host6(a), FWD_ACT_FORWARD, fwd_group(n, &nexthop, 1));
}

// A node with everything, clients behind next hop 9 and the gateway behind 2.
static struct fwd_node *node(void)
{
    struct fwd_node *n = fwd_node_new(&(struct fwd_options){
        .address = SELF, .address6 = SELF6, .flow_limit = 100, .nat_limit = 100});
    fwd_route_set(n, prefix_of(SELF, 32), FWD_ACT_LOCAL, 0);
    fwd_route_set6(n, host6(SELF6), FWD_ACT_LOCAL, 0);
    route_out(n, CLIENT, 24, 9);
    route6_out(n, CLIENT6, 9);
    route_out(n, GATEWAY, 32, 2);
    return n;
}

static struct fwd_tunnel_options tunnel_to(enum fwd_tunnel kind, ip4_addr remote)
{
    return (struct fwd_tunnel_options){.kind = kind, .remote = ip6_from_ip4(remote), .dscp = -1};
}

static struct fwd_eip_options eip_in(uint32_t tunnel)
{
    return (struct fwd_eip_options){.service = 1,
                                    .tunnel = tunnel,
                                    .in = {FWD_NO_METER, FWD_NO_METER},
                                    .out = {FWD_NO_METER, FWD_NO_METER}};
}

static struct packet fresh(void)
{
    struct packet p;
    packet_init(&p, PACKET_BYTES);
    return p;
}

static void tunnels_count_once(void)
{
    struct fwd_node *n = node();
    struct fwd_tunnel_options t = tunnel_to(FWD_TUNNEL_GRE, GATEWAY);
    uint32_t id = fwd_tunnel_add(n, &t);
    fwd_route_set(n, prefix_of(EIP, 32), FWD_ACT_TUNNEL, id);
    struct packet p;
    struct fwd_result r;
    udp_packet(&p, CLIENT, EIP, 20);
    fwd_receive(n, &p, 9, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 2);
    CU_ASSERT_EQUAL(fwd_tunnel_counters(n, id)->packets, 1);
    CU_ASSERT_EQUAL(fwd_tunnel_counters(n, id)->bytes, 100);
    fwd_node_free(n);
}

// An answer to a translated address that comes in a tunnel leaves for one client once.
static void answers_are_metered_once(void)
{
    struct fwd_node *n = node();
    struct fwd_tunnel_options t = tunnel_to(FWD_TUNNEL_IPIP, GATEWAY);
    fwd_tunnel_accept(n, FWD_TUNNEL_IPIP);
    fwd_route_set(n, prefix_of(SNAT, 32), FWD_ACT_LOCAL, 0);
    struct fwd_eip_options o = eip_in(fwd_tunnel_add(n, &t));
    o.snat = ip6_from_ip4(SNAT);
    fwd_eip_bind(n, host(EIP), &o);
    struct packet p;
    struct fwd_result r;
    udp_packet(&p, CLIENT, EIP, 20);
    fwd_receive(n, &p, 9, 0, &r);
    uint16_t port = be16_get(packet_data(&p) + 2 * IP4_HEADER + UDP_SPORT);
    build_udp(&p, EIP, SNAT, 53, port, 20, 100, NULL);
    struct fwd_node *gateway = node_at(GATEWAY);
    struct fwd_tunnel_options back = tunnel_to(FWD_TUNNEL_IPIP, SELF);
    fwd_route_set(gateway, prefix_of(SNAT, 32), FWD_ACT_TUNNEL, fwd_tunnel_add(gateway, &back));
    route_out(gateway, SELF, 32, 1);
    fwd_receive(gateway, &p, 0, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_OUT);
    fwd_receive(n, &p, 2, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 9 && packet_dst(&p) == CLIENT);
    const struct fwd_eip_counters *c = fwd_eip_counters(n, host(EIP));
    CU_ASSERT(c->out.packets == 1 && c->out.bytes == 100);
    fwd_node_free(gateway);
    fwd_node_free(n);
}

// What translation refuses was not passed on.
static void refused_translations_are_dropped_in(void)
{
    struct fwd_node *n = node();
    struct fwd_tunnel_options t = tunnel_to(FWD_TUNNEL_IPIP, GATEWAY);
    fwd_route_set(n, prefix_of(SNAT, 32), FWD_ACT_LOCAL, 0);
    struct fwd_eip_options o = eip_in(fwd_tunnel_add(n, &t));
    o.snat = ip6_from_ip4(SNAT);
    fwd_eip_bind(n, host(EIP), &o);
    struct packet p;
    struct fwd_result r;
    udp_packet(&p, CLIENT, EIP, 20);
    packet_data(&p)[IP4_PROTOCOL] = PROTOCOL_ESP;
    fix_checksum(&p);
    fwd_receive(n, &p, 9, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_NAT_PROTOCOL);
    const struct fwd_eip_counters *c = fwd_eip_counters(n, host(EIP));
    CU_ASSERT(c->in.packets == 0 && c->in.bytes == 0 && c->dropped_in == 1);
    CU_ASSERT_EQUAL(fwd_counters(n)->translated, 0);
    fwd_node_free(n);
}

// What a translating EIP's tunnel refuses counts as it does without translation; a link-local
// client stays on its link.
static void refused_before_translation(void)
{
    struct ip6_addr snat = IP6(0x20010db800cc0000, 1), link = IP6(0xfe80000000000000, 9);
    struct fwd_node *n = node();
    struct fwd_tunnel_options t = tunnel_to(FWD_TUNNEL_IPIP, GATEWAY);
    t.mtu = 1400;
    struct fwd_eip_options o = eip_in(fwd_tunnel_add(n, &t));
    o.snat = snat;
    fwd_route_set6(n, host6(snat), FWD_ACT_LOCAL, 0);
    fwd_eip_bind(n, host6(EIP6), &o);
    struct packet p;
    struct fwd_result r;
    udp6_packet(&p, CLIENT6, EIP6, 20, 1400);
    fwd_receive(n, &p, 9, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_MTU && r.mtu == 1380);
    CU_ASSERT_EQUAL(fwd_tunnel_counters(n, o.tunnel)->too_big, 1);
    udp6_packet(&p, link, EIP6, 20, 100);
    fwd_receive(n, &p, 9, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_SCOPE);
    CU_ASSERT_EQUAL(fwd_eip_counters(n, host6(EIP6))->in.packets, 0);
    fwd_node_free(n);
}

// The error about a packet in a tunnel of the other family is of the family that its sender speaks.
static void errors_of_the_inner_family(void)
{
    struct fwd_node *n = node();
    struct fwd_tunnel_options t = tunnel_to(FWD_TUNNEL_GRE, IP4(172, 16, 0, 1)); // no route
    fwd_route_set6(n, host6(EIP6), FWD_ACT_TUNNEL, fwd_tunnel_add(n, &t));
    struct packet p, e = fresh();
    struct fwd_result r;
    udp6_packet(&p, CLIENT6, EIP6, 20, 100);
    fwd_receive(n, &p, 9, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_NO_ROUTE);
    CU_ASSERT(fwd_icmp_error(n, &p, &r, 0, &e));
    const uint8_t *icmp = packet_data(&e) + IP6_HEADER;
    CU_ASSERT(icmp[ICMP_TYPE] == ICMP6_UNREACHABLE && icmp[ICMP_CODE] == ICMP6_NO_ROUTE);
    fwd_node_free(n);
}

// A tunnel may have its own source address, one that varies, and its own port: errors about what is
// in it find the sender all the same.
static void errors_below_own_tunnels(void)
{
    struct fwd_node *n = node();
    struct fwd_tunnel_options t = tunnel_to(FWD_TUNNEL_VXLAN, IP4(172, 16, 0, 1));
    t.local = ip6_from_ip4(IP4(10, 7, 0, 0));
    t.spread_bits = 8;
    t.port = 5555;
    fwd_route_set(n, prefix_of(EIP, 32), FWD_ACT_TUNNEL, fwd_tunnel_add(n, &t));
    struct packet p, e = fresh();
    struct fwd_result r;
    udp_packet(&p, CLIENT, EIP, 20);
    fwd_receive(n, &p, 9, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_NO_ROUTE);
    CU_ASSERT(fwd_icmp_error(n, &p, &r, 0, &e) && packet_dst(&e) == CLIENT);

    // The same from a router on the way: told to the client.
    route_out(n, IP4(172, 16, 0, 1), 32, 2);
    fwd_route_set(n, prefix_of(IP4(10, 7, 0, 0), 24), FWD_ACT_LOCAL, 0);
    struct fwd_node *router = node_at(IP4(10, 9, 9, 9));
    route_out(router, IP4(10, 7, 0, 0), 24, 0);
    udp_packet(&p, CLIENT, EIP, 20);
    fwd_receive(n, &p, 9, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_OUT);
    fwd_receive(router, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && fwd_icmp_error(router, &p, &r, 0, &e));
    fwd_receive(n, &e, 2, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.reply && packet_dst(&e) == CLIENT);
    fwd_node_free(router);
    fwd_node_free(n);
}

// A refused packet over the MTU of a link that nobody declared: the inner sender is told what is
// left for him.
static void mtu_less_own_tunnels(void)
{
    struct fwd_node *n = node();
    struct fwd_tunnel_options t = tunnel_to(FWD_TUNNEL_GRE, GATEWAY);
    fwd_route_set(n, prefix_of(EIP, 32), FWD_ACT_TUNNEL, fwd_tunnel_add(n, &t));
    struct packet p, e = fresh();
    struct fwd_result r;
    build_udp(&p, CLIENT, EIP, 1, 2, 20, 1490, NULL);
    fwd_receive(n, &p, 9, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_OUT);
    fwd_refuse(n, &p, FWD_DROP_MTU, &r);
    r.mtu = 1500;
    CU_ASSERT(fwd_icmp_error(n, &p, &r, 0, &e) && packet_dst(&e) == CLIENT);
    CU_ASSERT_EQUAL(be16_get(packet_data(&e) + IP4_HEADER + ICMP_MTU), 1476);
    fwd_node_free(n);
}

// A segment list's way begins at its first segment.
static void mtu_towards_the_first_segment(void)
{
    struct ip6_addr first = IP6(0x20010db800b10000, 1), last = IP6(0x20010db800b20000, 4);
    struct fwd_node *n = node();
    struct fwd_interface narrow = {.mtu = 1400}, wide = {.mtu = 9000};
    fwd_interface_set(n, 1, &narrow);
    fwd_interface_set(n, 2, &wide);
    route6_out(n, first, 1);
    route6_out(n, last, 2);
    struct fwd_tunnel_options t = {
        .kind = FWD_TUNNEL_SRV6, .dscp = -1, .segment_count = 2, .segments = {first, last}};
    fwd_route_set(n, prefix_of(EIP, 32), FWD_ACT_TUNNEL, fwd_tunnel_add(n, &t));
    struct packet p;
    struct fwd_result r;
    build_udp(&p, CLIENT, EIP, 1, 2, 20, 1400, NULL);
    fwd_receive(n, &p, 9, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_MTU && r.mtu == 1400 - 80);
    CU_ASSERT_EQUAL(packet_dst(&p), EIP); // nothing was pushed
    fwd_node_free(n);
}

// Servers' packets have their options processed as any others.
static void servers_options(void)
{
    struct fwd_node *n = node();
    struct fwd_interface servers = {.servers = true};
    fwd_interface_set(n, 3, &servers);
    fwd_backend_bind(
        n, host(EIP),
        &(struct fwd_backend_options){.way = FWD_RETURN_NEAREST, .tunnel = FWD_NO_TUNNEL});
    struct packet p;
    struct fwd_result r;
    const uint8_t loose[4] = {131, 3, 4, 0}, record[8] = {7, 7, 4, 0, 0, 0, 0, 0};
    udp_packet(&p, EIP, CLIENT, 20);
    packet_data(&p)[0] = 0x46;
    memcpy(packet_data(&p) + IP4_HEADER, loose, sizeof loose);
    fix_checksum(&p);
    fwd_receive(n, &p, 3, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_BAD_OPTION);
    udp_packet(&p, EIP, CLIENT, 20);
    packet_data(&p)[0] = 0x47;
    memcpy(packet_data(&p) + IP4_HEADER, record, sizeof record);
    fix_checksum(&p);
    fwd_receive(n, &p, 3, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && header_checksum_right(&p));
    CU_ASSERT_EQUAL(be32_get(packet_data(&p) + IP4_HEADER + 3), SELF);
    fwd_node_free(n);
}

// Binding a backend again to the group that only it used.
static void exit_is_bound_again(void)
{
    struct fwd_node *n = node();
    for (int i = 0; i < 3; i++) {
        struct fwd_backend_options o = {.way = FWD_RETURN_DIRECT,
                                        .tunnel = FWD_NO_TUNNEL,
                                        .exit_group = fwd_group(n, &(uint32_t){77}, 1)};
        fwd_backend_bind(n, host(EIP), &o);
    }
    struct packet p;
    struct fwd_result r;
    udp_packet(&p, EIP, CLIENT, 20);
    fwd_originate(n, &p, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 77);
    fwd_backend_unbind(n, host(EIP));
    udp_packet(&p, EIP, CLIENT, 20);
    fwd_originate(n, &p, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 9);
    fwd_node_free(n);
}

// Answers go back to POPs whose tunnels are over IPv6, and by segments, without a tunnel of the
// caller's.
static void pops_over_ip6(void)
{
    const enum fwd_tunnel kinds[] = {FWD_TUNNEL_GRE, FWD_TUNNEL_SRV6};
    const struct ip6_addr pop = IP6(0x20010db8000f0000, 0x77);
    for (int i = 0; i < 2; i++) {
        struct fwd_node *n = node();
        fwd_tunnel_accept(n, FWD_TUNNEL_GRE);
        fwd_route_set(n, prefix_of(EIP, 32), FWD_ACT_LOCAL, 0);
        route6_out(n, pop, 4);
        bind_backend(n, prefix_of(EIP, 32), kinds[i]);
        struct fwd_node *entry =
            fwd_node_new(&(struct fwd_options){.address = IP4(10, 0, 0, 9), .address6 = pop});
        struct fwd_tunnel_options t = {.kind = FWD_TUNNEL_GRE, .remote = SELF6, .dscp = -1};
        fwd_route_set(entry, prefix_of(EIP, 32), FWD_ACT_TUNNEL, fwd_tunnel_add(entry, &t));
        route6_out(entry, SELF6, 1);
        struct packet p;
        struct fwd_result r;
        udp_packet(&p, CLIENT, EIP, 20);
        fwd_receive(entry, &p, 0, 0, &r);
        fwd_receive(n, &p, 4, 0, &r);
        CU_ASSERT_EQUAL(r.verdict, FWD_LOCAL);
        build_udp(&p, EIP, CLIENT, 53, 4000, 64, 100, NULL);
        fwd_originate(n, &p, 0, &r);
        CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 4);
        CU_ASSERT(ip6_equal(ip6_get(packet_data(&p) + IP6_DST), pop));
        fwd_backend_unbind(n, host(EIP));
        fwd_node_free(entry);
        fwd_node_free(n);
    }
}

// What the caller refuses did not leave.
static void refused_is_not_counted_out(void)
{
    struct fwd_node *n = node();
    struct fwd_interface lan = {.mtu = 1500};
    fwd_interface_set(n, 9, &lan);
    fwd_nexthop_set(n, 9, 9);
    struct packet p;
    struct fwd_result r;
    udp_packet(&p, IP4(192, 0, 2, 1), CLIENT, 20);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_OUT);
    CU_ASSERT_EQUAL(fwd_interface_counters(n, 9).out_packets, 1);
    fwd_refuse(n, &p, FWD_DROP_NO_NEIGHBOUR, &r);
    CU_ASSERT(r.icmp_type == ICMP_UNREACHABLE && r.icmp_code == ICMP_HOST);
    CU_ASSERT_EQUAL(fwd_interface_counters(n, 9).out_packets, 0);
    CU_ASSERT_EQUAL(fwd_interface_counters(n, 9).out_bytes, 0);
    CU_ASSERT(fwd_nexthop_counters(n, 9).packets == 0 && fwd_nexthop_counters(n, 9).bytes == 0);
    CU_ASSERT(fwd_counters(n)->forwarded == 0 && counters_add_up(n));
    fwd_node_free(n);
}

// Where not even a unit of eight bytes would fit into a piece, the packet is dropped, not cut.
static void too_narrow_to_cut(void)
{
    struct fwd_node *n = node();
    struct fwd_interface narrow = {.mtu = IP4_HEADER + 7};
    fwd_interface_set(n, 9, &narrow);
    struct packet p;
    struct fwd_result r;
    udp_packet(&p, IP4(192, 0, 2, 1), CLIENT, 20);
    be16_put(packet_data(&p) + IP4_FRAGMENT, 0);
    fix_checksum(&p);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_MTU);
    CU_ASSERT(fwd_counters(n)->cut == 0 && counters_add_up(n));
    fwd_node_free(n);
}

// An error is no longer than its way takes.
static void errors_fit_their_way(void)
{
    struct fwd_node *n = node();
    struct fwd_interface narrow = {.mtu = 100};
    fwd_interface_set(n, 9, &narrow);
    struct packet p, e = fresh();
    struct fwd_result r;
    build_udp(&p, CLIENT, IP4(172, 16, 0, 1), 1, 2, 20, 500, NULL);
    fwd_receive(n, &p, 9, 0, &r);
    CU_ASSERT(r.reason == FWD_DROP_NO_ROUTE && fwd_icmp_error(n, &p, &r, 0, &e));
    CU_ASSERT_EQUAL(e.length, 100);
    fwd_originate(n, &e, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_OUT);
    fwd_node_free(n);
}

// A binding for everything, with nothing underneath.
static void eip_of_everything(void)
{
    struct fwd_node *n = node();
    struct fwd_eip_options o = eip_in(FWD_NO_TUNNEL);
    const struct prefix6 all[] = {prefix6_from_prefix(prefix_of(0, 0)), {{0, 0}, 0}};
    struct packet p;
    struct fwd_result r;
    for (int i = 0; i < 2; i++)
        fwd_eip_bind(n, all[i], &o);
    udp_packet(&p, CLIENT, EIP, 20);
    fwd_receive(n, &p, 9, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_NO_ROUTE);
    udp6_packet(&p, CLIENT6, EIP6, 20, 100);
    fwd_receive(n, &p, 9, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_NO_ROUTE);
    for (int i = 0; i < 2; i++)
        CU_ASSERT_EQUAL(fwd_eip_counters(n, all[i])->in.packets, 0); // nothing left
    fwd_node_free(n);
}

// What the header says about a way into a tunnel, and about memory.
static void what_a_node_tells(void)
{
    struct fwd_node *n = node();
    struct fwd_tunnel_options t = tunnel_to(FWD_TUNNEL_GRE, GATEWAY);
    struct fwd_path path;
    fwd_route_set(n, prefix_of(EIP, 32), FWD_ACT_TUNNEL, fwd_tunnel_add(n, &t));
    CU_ASSERT(fwd_lookup(n, ip6_from_ip4(EIP), &path));
    CU_ASSERT(path.action == FWD_ACT_FORWARD && path.count == 0);
    CU_ASSERT_EQUAL(path.gateways, 1);
    CU_ASSERT(ip6_equal(path.gateway[0].far_end, ip6_from_ip4(GATEWAY)));
    size_t before = fwd_fib_bytes(n);
    const struct fwd_member members[] = {{.nexthop = 1}, {.nexthop = 2}};
    fwd_route_set(n, prefix_of(EIP, 32), FWD_ACT_FORWARD,
                  fwd_group_weighted(n, FWD_SELECT_MAGLEV, members, 2));
    CU_ASSERT(fwd_fib_bytes(n) >= before + 65537); // Maglev's table is behind the route
    fwd_node_free(n);
}

// What comes in with this node's own address, or an interface's, is not believed, nor what a tunnel
// brings; what the node says itself is, also to itself. Anycast addresses are others' as well.
static void own_sources(void)
{
    struct fwd_node *n = node();
    struct fwd_interface lan = {.address = IP4(192, 0, 2, 1)};
    struct packet p;
    struct fwd_result r;
    fwd_tunnel_accept(n, FWD_TUNNEL_GRE);
    fwd_route_set(n, prefix_of(EIP, 32), FWD_ACT_LOCAL, 0);
    for (int declared = 0; declared < 2; declared++) {
        udp_packet(&p, SELF, CLIENT, 9);
        fwd_receive(n, &p, 1, 0, &r);
        CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_BAD_SOURCE && !r.icmp_type);
        udp_packet(&p, lan.address, CLIENT, 9);
        fwd_receive(n, &p, 1, 0, &r);
        CU_ASSERT_EQUAL(r.verdict, declared ? FWD_DROP : FWD_OUT);
        udp_packet(&p, EIP, CLIENT, 9);
        fwd_receive(n, &p, 1, 0, &r);
        CU_ASSERT_EQUAL(r.verdict, FWD_OUT);
        udp_packet(&p, SELF, CLIENT, 9);
        fwd_originate(n, &p, 0, &r);
        CU_ASSERT_EQUAL(r.verdict, FWD_OUT);
        udp_packet(&p, SELF, SELF, 9);
        fwd_originate(n, &p, 0, &r);
        CU_ASSERT_EQUAL(r.verdict, FWD_LOCAL);
        fwd_interface_set(n, 1, &lan);
    }
    struct tunnel_table t;
    struct fwd_tunnel_options o = tunnel_to(FWD_TUNNEL_GRE, SELF);
    tunnel_table_init(&t);
    udp_packet(&p, SELF, CLIENT, 9);
    struct tunnel *u = tunnel_take(&t, &o, IP4(10, 0, 0, 77), SELF6);
    CU_ASSERT_EQUAL(tunnel_push(&p, u, u->remote, 0), FWD_DROP_NONE);
    tunnel_table_free(&t);
    fwd_receive(n, &p, 1, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_BAD_SOURCE);
    fwd_node_free(n);
}

UNIT_MAIN("walk", {"own-sources", own_sources}, {"tunnels-count-once", tunnels_count_once},
          {"answers-are-metered-once", answers_are_metered_once},
          {"refused-translations-are-dropped-in", refused_translations_are_dropped_in},
          {"refused-before-translation", refused_before_translation},
          {"errors-of-the-inner-family", errors_of_the_inner_family},
          {"errors-below-own-tunnels", errors_below_own_tunnels},
          {"mtu-less-own-tunnels", mtu_less_own_tunnels},
          {"mtu-towards-the-first-segment", mtu_towards_the_first_segment},
          {"servers-options", servers_options}, {"exit-is-bound-again", exit_is_bound_again},
          {"pops-over-ip6", pops_over_ip6},
          {"refused-is-not-counted-out", refused_is_not_counted_out},
          {"too-narrow-to-cut", too_narrow_to_cut}, {"errors-fit-their-way", errors_fit_their_way},
          {"eip-of-everything", eip_of_everything}, {"what-a-node-tells", what_a_node_tells})
