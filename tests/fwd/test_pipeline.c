// SPDX-License-Identifier: GPL-3.0-or-later
// What a node does with a packet: transit, every drop reason, tunnels, and the way of an EIP's
// request and reply through three nodes.
#include "fixture.h"
#include <stdlib.h>

#define CLIENT  IP4(192, 0, 2, 10)
#define SERVER  IP4(198, 51, 100, 7)
#define EIP     IP4(203, 0, 113, 5)
#define POP     IP4(10, 0, 0, 1)
#define GATEWAY IP4(10, 0, 0, 2)
#define POP2    IP4(10, 0, 0, 3)
#define S_PS    INT64_C(1000000000000)

static struct fwd_node *gateway_at(ip4_addr address, uint32_t flows)
{
    struct fwd_node *n = fwd_node_new(
        &(struct fwd_options){.address = address, .flow_limit = flows, .flow_idle_ps = 30 * S_PS});
    fwd_route_set(n, prefix_of(address, 32), FWD_ACT_LOCAL, 0);
    fwd_tunnel_accept(n, FWD_TUNNEL_GRE);
    bind_backend(n, prefix_of(EIP, 24), FWD_TUNNEL_GRE);
    fwd_route_set(n, prefix_of(EIP, 24), FWD_ACT_LOCAL, 0);
    return n;
}

static void transit(void)
{
    struct fwd_node *n = node_at(POP);
    route_out(n, SERVER, 24, 5);
    struct packet p;
    struct fwd_result r;
    udp_packet(&p, CLIENT, SERVER, 64);
    uint8_t before[44];
    memcpy(before, packet_data(&p), sizeof before);
    fwd_receive(n, &p, 1, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 5 && !r.reply);
    CU_ASSERT(packet_ttl(&p) == 63 && header_checksum_right(&p) && p.hops == 1);
    before[IP4_TTL] = 63;
    memcpy(before + IP4_CHECKSUM, packet_data(&p) + IP4_CHECKSUM, 2);
    CU_ASSERT_EQUAL(memcmp(before, packet_data(&p), sizeof before), 0);
    udp_packet(&p, CLIENT, SERVER, 2); // the last hop that may forward it
    fwd_receive(n, &p, 1, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && packet_ttl(&p) == 1);
    udp_packet(&p, POP, SERVER, 64);
    fwd_originate(n, &p, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && packet_ttl(&p) == 64 && p.hops == 0);
    CU_ASSERT(fwd_counters(n)->forwarded == 3 && fwd_counters(n)->originated == 1);
    CU_ASSERT(counters_add_up(n));
    fwd_node_free(n);
}

static void local(void)
{
    struct fwd_node *n = node_at(POP);
    struct packet p;
    struct fwd_result r;
    for (uint8_t ttl = 0; ttl < 3; ttl++) { // arriving needs no TTL, and takes none
        udp_packet(&p, CLIENT, POP, ttl);
        fwd_receive(n, &p, 0, 0, &r);
        CU_ASSERT(r.verdict == FWD_LOCAL && packet_ttl(&p) == ttl);
    }
    udp_packet(&p, POP, POP, 64);
    fwd_originate(n, &p, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_LOCAL);
    CU_ASSERT(fwd_counters(n)->local == 4 && counters_add_up(n));
    fwd_node_free(n);
}

static void options_and_padding(void)
{
    struct fwd_node *n = node_at(POP);
    route_out(n, SERVER, 24, 5);
    struct packet p;
    struct fwd_result r;
    udp_packet(&p, CLIENT, SERVER, 64);
    packet_data(&p)[0] = 0x4a; // what was payload is 20 bytes of options now: no operations
    memset(packet_data(&p) + IP4_HEADER, 1, 20);
    fix_checksum(&p);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && header_checksum_right(&p));
    packet_data(&p)[38] ^= 1; // options are under the checksum too
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_BAD_CHECKSUM);

    udp_packet(&p, CLIENT, SERVER, 64); // an Ethernet minimum's padding goes
    be16_put(packet_data(&p) + IP4_LENGTH, 30);
    fix_checksum(&p);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && p.length == 30 && p.captured == 30);
    p.captured = 44; // an owner who stored more than there is
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && p.length == 30 && p.captured == 30);
    fwd_node_free(n);
}

// One packet that must be dropped for `reason`, which must be counted, and nothing else.
static void expect_drop(struct fwd_node *n, struct packet *p, int64_t now_ps, bool from_host,
                        enum fwd_drop reason)
{
    struct fwd_result r;
    struct fwd_counters was = *fwd_counters(n);
    if (from_host)
        fwd_originate(n, p, now_ps, &r);
    else
        fwd_receive(n, p, 0, now_ps, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_DROP);
    if (r.verdict == FWD_DROP && r.reason != reason)
        printf("  expected %s, obtained %s\n", fwd_drop_name(reason), fwd_drop_name(r.reason));
    CU_ASSERT_EQUAL(r.reason, reason);
    for (int i = 0; i < FWD_DROP_COUNT; i++)
        CU_ASSERT_EQUAL(fwd_counters(n)->dropped[i] - was.dropped[i], (unsigned)(i == (int)reason));
    CU_ASSERT(counters_add_up(n));
}

static void bad_headers(void)
{
    struct fwd_node *n = node_at(POP);
    route_out(n, 0, 0, 5);
    struct packet p;
    for (uint32_t stored = 0; stored < 20; stored++) {
        udp_packet(&p, CLIENT, SERVER, 64);
        p.captured = stored;
        expect_drop(n, &p, 0, false, FWD_DROP_TRUNCATED);
    }
    udp_packet(&p, CLIENT, SERVER, 64);
    p.length--; // the header promises one byte more
    expect_drop(n, &p, 0, false, FWD_DROP_TRUNCATED);
    udp_packet(&p, CLIENT, SERVER, 64);
    packet_data(&p)[0] = 0x4f;
    p.captured = 59;
    expect_drop(n, &p, 0, false, FWD_DROP_TRUNCATED);
    udp_packet(&p, CLIENT, SERVER, 64);
    packet_data(&p)[0] = 0x75;
    expect_drop(n, &p, 0, false, FWD_DROP_BAD_VERSION);
    udp_packet(&p, CLIENT, SERVER, 64);
    packet_data(&p)[0] = 0x44;
    expect_drop(n, &p, 0, false, FWD_DROP_BAD_HEADER);
    udp_packet(&p, CLIENT, SERVER, 64);
    be16_put(packet_data(&p) + IP4_LENGTH, 19);
    fix_checksum(&p);
    expect_drop(n, &p, 0, false, FWD_DROP_BAD_HEADER);
    udp_packet(&p, CLIENT, SERVER, 64);
    packet_data(&p)[IP4_CHECKSUM] ^= 1;
    expect_drop(n, &p, 0, false, FWD_DROP_BAD_CHECKSUM);
    udp_packet(&p, CLIENT, SERVER, 64);
    packet_data(&p)[IP4_CHECKSUM] ^= 1;
    expect_drop(n, &p, 0, true, FWD_DROP_BAD_CHECKSUM);
    fwd_node_free(n);
}

static void drops_by_route(void)
{
    struct fwd_node *n = node_at(POP);
    route_out(n, SERVER, 24, 5);
    fwd_route_set(n, prefix_of(IP4(198, 51, 100, 128), 25), FWD_ACT_BLACKHOLE, 0);
    struct packet p;
    struct fwd_result r;
    udp_packet(&p, CLIENT, SERVER, 1);
    expect_drop(n, &p, 0, false, FWD_DROP_TTL);
    udp_packet(&p, CLIENT, SERVER, 0);
    expect_drop(n, &p, 0, false, FWD_DROP_TTL);
    udp_packet(&p, CLIENT, IP4(198, 51, 101, 1), 9);
    expect_drop(n, &p, 0, false, FWD_DROP_NO_ROUTE);
    udp_packet(&p, CLIENT, IP4(198, 51, 100, 200), 9);
    expect_drop(n, &p, 0, false, FWD_DROP_BLACKHOLE);
    route_out(n, 0, 0, 5); // not even a default route leads to these
    static const ip4_addr nobody[] = {IP4(224, 0, 0, 5), UINT32_MAX, IP4(127, 0, 0, 1), 1};
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
        udp_packet(&p, CLIENT, nobody[i], 9);
        expect_drop(n, &p, 0, false, FWD_DROP_NO_ROUTE);
    }
    // Link-local addresses are good on their link only (RFC 3927 §7); the node itself is on it.
    udp_packet(&p, CLIENT, IP4(169, 254, 1, 1), 9);
    expect_drop(n, &p, 0, false, FWD_DROP_SCOPE);
    udp_packet(&p, IP4(169, 254, 255, 254), SERVER, 9);
    expect_drop(n, &p, 0, false, FWD_DROP_SCOPE);
    udp_packet(&p, POP, IP4(169, 254, 1, 1), 9);
    fwd_originate(n, &p, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_OUT);
    udp_packet(&p, IP4(169, 254, 1, 1), POP, 9);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_LOCAL);
    fwd_refuse(n, &p, FWD_DROP_NOT_IP, &r);
    udp_packet(&p, CLIENT, POP, 9);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_LOCAL);
    fwd_refuse(n, &p, FWD_DROP_NO_SERVICE, &r);
    CU_ASSERT(r.icmp_type == 3 && r.icmp_code == 3);
    CU_ASSERT(fwd_counters(n)->dropped[FWD_DROP_NO_SERVICE] == 1 && fwd_counters(n)->local == 0);
    struct packet e;
    packet_init(&e, PACKET_BYTES);
    CU_ASSERT(fwd_icmp_error(n, &p, &r, 0, &e) && packet_src(&e) == POP);
    CU_ASSERT(counters_add_up(n));
    fwd_node_free(n);
}

static void drops_by_tunnel(void)
{
    struct fwd_node *n = gateway_at(GATEWAY, 4);
    struct fwd_node *pop = node_at(POP);
    bind_eip(pop, prefix_of(EIP, 32), 1, FWD_TUNNEL_GRE, GATEWAY);
    route_out(pop, GATEWAY, 32, 2);
    struct packet p, in_tunnel;
    struct fwd_result r;
    udp_packet(&in_tunnel, CLIENT, EIP, 9);
    fwd_receive(pop, &in_tunnel, 0, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_OUT);

    p = in_tunnel;
    packet_data(&p)[IP4_PROTOCOL] = 4; // not accepted here
    fix_checksum(&p);
    expect_drop(n, &p, 0, false, FWD_DROP_TUNNEL_BAD);
    p = in_tunnel;
    be16_put(packet_data(&p) + IP4_FRAGMENT, IP4_MORE_FRAGMENTS);
    fix_checksum(&p);
    expect_drop(n, &p, 0, false, FWD_DROP_FRAGMENT);
    p = in_tunnel;
    p.captured = 40;
    expect_drop(n, &p, 0, false, FWD_DROP_TRUNCATED);
    p = in_tunnel; // the inner header is checked like any
    packet_data(&p)[24 + IP4_CHECKSUM] ^= 1;
    expect_drop(n, &p, 0, false, FWD_DROP_BAD_CHECKSUM);
    p = in_tunnel;
    packet_data(&p)[24 + IP4_TTL] = 0; // RFC 2003 §3.1
    packet_data(&p)[24 + IP4_CHECKSUM] += 8;
    expect_drop(n, &p, 0, false, FWD_DROP_TTL);
    udp_packet(&p, EIP, CLIENT, 64); // nobody asked
    expect_drop(n, &p, 0, true, FWD_DROP_NO_FLOW);

    bind_eip(pop, prefix_of(GATEWAY, 8), 2, FWD_TUNNEL_GRE, IP4(10, 9, 9, 9)); // into itself
    udp_packet(&p, CLIENT, IP4(10, 7, 7, 7), 9);
    expect_drop(pop, &p, 0, false, FWD_DROP_TUNNEL_DEPTH);
    CU_ASSERT_EQUAL(fwd_counters(pop)->encapsulated, 1 + FWD_TUNNEL_DEPTH);

    static uint8_t stored[PACKET_BYTES];
    build_udp(&p, CLIENT, IP4(10, 7, 7, 7), 1, 2, 9, 1000, NULL);
    memcpy(stored, packet_data(&p), p.captured);
    packet_load(&p, stored, sizeof stored, 1000);
    expect_drop(pop, &p, 0, false, FWD_DROP_NO_HEADROOM);
    build_udp(&p, CLIENT, EIP, 1, 2, 9, 65535, NULL);
    expect_drop(pop, &p, 0, false, FWD_DROP_MTU);
    fwd_node_free(n);
    fwd_node_free(pop);
}

// A packet that could not leave in its tunnel: the error is for its sender, about what it sent.
static void error_about_own_tunnel(void)
{
    struct fwd_node *pop = node_at(POP);
    bind_eip(pop, prefix_of(EIP, 24), 1, FWD_TUNNEL_GRE, GATEWAY); // no route there
    struct packet p, e;
    struct fwd_result r;
    packet_init(&e, PACKET_BYTES);
    udp_packet(&p, CLIENT, EIP, 9);
    fwd_receive(pop, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_DROP && r.reason == FWD_DROP_NO_ROUTE);
    CU_ASSERT(fwd_icmp_error(pop, &p, &r, 0, &e));
    CU_ASSERT(packet_src(&e) == POP && packet_dst(&e) == CLIENT);
    CU_ASSERT_EQUAL(be32_get(packet_data(&e) + 28 + IP4_DST), EIP);
    fwd_node_free(pop);
}

static void binding_over_route(void)
{
    struct fwd_node *n = node_at(POP);
    struct prefix eip = prefix_of(EIP, 24);
    enum fwd_action action;
    uint32_t group;
    struct packet p;
    struct fwd_result r;
    route_out(n, GATEWAY, 32, 2);
    route_out(n, EIP, 24, 7);
    bind_eip(n, eip, 4, FWD_TUNNEL_IPIP, GATEWAY);
    udp_packet(&p, CLIENT, EIP, 9);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.out_if == 2 && p.depth == 1 && p.service == 4 && p.entry == POP);
    CU_ASSERT_EQUAL(packet_protocol(&p), 4);
    CU_ASSERT(packet_src(&p) == POP && packet_dst(&p) == GATEWAY && packet_ttl(&p) == 64);
    CU_ASSERT_EQUAL(packet_data(&p)[20 + IP4_TTL], 8);
    CU_ASSERT(fwd_route_get(n, eip, &action, &group) && action == FWD_ACT_FORWARD);
    route_out(n, EIP, 24, 8);
    CU_ASSERT_EQUAL(fwd_route_count(n), 3);
    struct fwd_path path;
    CU_ASSERT(fwd_lookup(n, ip6_from_ip4(EIP), &path) && path.gateways == 1 &&
              ip6_to_ip4(path.gateway[0].far_end) == GATEWAY && path.service == 4);

    bind_eip(n, eip, 5, FWD_TUNNEL_GRE, GATEWAY); // again: another service and kind
    udp_packet(&p, CLIENT, EIP, 9);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(p.service == 5 && packet_protocol(&p) == 47);

    fwd_eip_unbind(n, prefix6_from_prefix(eip));
    fwd_eip_unbind(n, prefix6_from_prefix(eip));
    udp_packet(&p, CLIENT, EIP, 9);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.out_if == 8 && p.depth == 0 && p.service == UINT32_MAX && p.entry == 0);
    bind_eip(n, eip, 6, FWD_TUNNEL_GRE, GATEWAY);
    fwd_route_del(n, eip);
    CU_ASSERT_FALSE(fwd_route_get(n, eip, &action, &group));
    fwd_eip_unbind(n, prefix6_from_prefix(eip));
    udp_packet(&p, CLIENT, EIP, 9);
    expect_drop(n, &p, 0, false, FWD_DROP_NO_ROUTE);
    CU_ASSERT_EQUAL(fwd_route_count(n), 2);
    size_t bytes = fwd_fib_bytes(n);
    for (uint32_t i = 0; i < 1000; i++)
        route_out(n, IP4(172, 16, 0, 0) + 256 * i, 24, i % 9);
    CU_ASSERT(fwd_fib_bytes(n) > bytes + 1000 * sizeof(uint16_t));
    fwd_node_free(n);
}

static void nested_bindings(void)
{
    struct fwd_node *n = node_at(POP);
    // The gateway's address is itself behind a tunnel, and so on: four levels go, five do not.
    for (unsigned level = 0; level < 5; level++)
        bind_eip(n, prefix_of(IP4(20, level, 0, 0), 16), level, FWD_TUNNEL_GRE,
                 IP4(20, level + 1, 0, 1));
    route_out(n, IP4(20, 5, 0, 0), 16, 3);
    struct packet p;
    struct fwd_result r;
    udp_packet(&p, CLIENT, IP4(20, 1, 0, 9), 9);
    uint8_t before[44];
    memcpy(before, packet_data(&p), sizeof before);
    fwd_receive(n, &p, 0, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && p.depth == 4 && p.length == 100 + 4 * 24);
    CU_ASSERT_EQUAL(p.service, 1); // the first binding is the entry
    for (size_t level = 0; level < 4; level++) {
        const uint8_t *h = packet_data(&p) + 24 * level;
        CU_ASSERT(checksum_ok(checksum_add(0, h, 20)));
        CU_ASSERT_EQUAL(be32_get(h + IP4_DST), IP4(20, 5 - level, 0, 1));
    }
    before[IP4_TTL]--;
    memcpy(before + IP4_CHECKSUM, packet_data(&p) + 96 + IP4_CHECKSUM, 2);
    CU_ASSERT_EQUAL(memcmp(before, packet_data(&p) + 96, sizeof before), 0);
    udp_packet(&p, CLIENT, IP4(20, 0, 0, 9), 9);
    expect_drop(n, &p, 0, false, FWD_DROP_TUNNEL_DEPTH);
    fwd_node_free(n);
}

struct trio {
    struct fwd_node *pop, *gateway, *pop2;
};

static struct trio make_trio(uint32_t flows)
{
    struct trio t = {
        .pop = node_at(POP), .gateway = gateway_at(GATEWAY, flows), .pop2 = node_at(POP2)};
    struct fwd_node *pops[] = {t.pop, t.pop2};
    for (int i = 0; i < 2; i++) {
        bind_eip(pops[i], prefix_of(EIP, 24), 3, FWD_TUNNEL_GRE, GATEWAY);
        fwd_tunnel_accept(pops[i], FWD_TUNNEL_GRE);
        route_out(pops[i], GATEWAY, 32, 1);
        route_out(pops[i], CLIENT, 24, 9);
    }
    route_out(t.gateway, POP, 32, 11);
    route_out(t.gateway, POP2, 32, 13);
    return t;
}

static void free_trio(struct trio *t)
{
    CU_ASSERT(counters_add_up(t->pop) && counters_add_up(t->gateway) && counters_add_up(t->pop2));
    fwd_node_free(t->pop);
    fwd_node_free(t->gateway);
    fwd_node_free(t->pop2);
}

// The same bytes but for what a hop may change: TTL and header checksum.
static bool same_but_ttl(const struct packet *p, const uint8_t *was, size_t size)
{
    uint8_t now[64], then[64];
    if (p->captured != size || !header_checksum_right(p))
        return false;
    memcpy(now, packet_view(p), size);
    memcpy(then, was, size);
    now[IP4_TTL] = then[IP4_TTL] = 0;
    be16_put(now + IP4_CHECKSUM, 0);
    be16_put(then + IP4_CHECKSUM, 0);
    return !memcmp(now, then, size);
}

static void request(const struct trio *t, struct fwd_node *pop, uint16_t port, int64_t now_ps)
{
    struct packet p;
    struct fwd_result r;
    struct packet_payload payload = {.flow = port, .seq = 1, .stamp_ps = now_ps};
    build_udp(&p, CLIENT, EIP, port, 53, 20, 300, &payload);
    uint8_t sent[44];
    memcpy(sent, packet_data(&p), sizeof sent);
    fwd_receive(pop, &p, 9, now_ps, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 1 && p.length == 324);
    fwd_receive(t->gateway, &p, 11, now_ps, &r);
    CU_ASSERT(r.verdict == FWD_LOCAL && p.depth == 0 && p.length == 300 && p.hops == 2);
    CU_ASSERT(same_but_ttl(&p, sent, sizeof sent));
    CU_ASSERT_EQUAL(packet_ttl(&p), 19); // one IP hop so far: the POP
}

// The reply of the backend; answers which interface it left by.
static uint32_t reply(const struct trio *t, struct fwd_node *pop, uint16_t port, int64_t now_ps)
{
    struct packet p;
    struct fwd_result r;
    build_udp(&p, EIP, CLIENT, 53, port, 64, 200, NULL);
    uint8_t sent[28];
    memcpy(sent, packet_data(&p), sizeof sent);
    fwd_originate(t->gateway, &p, now_ps, &r);
    CU_ASSERT(r.verdict == FWD_OUT && p.depth == 1 && packet_src(&p) == GATEWAY);
    uint32_t out_if = r.out_if;
    CU_ASSERT_EQUAL(packet_data(&p)[24 + IP4_TTL], 64); // the host's own packet: no hop yet
    fwd_receive(pop, &p, 1, now_ps, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 9 && p.depth == 0);
    CU_ASSERT(same_but_ttl(&p, sent, sizeof sent));
    CU_ASSERT_EQUAL(packet_ttl(&p), 63);
    return out_if;
}

static void full_circle(void)
{
    struct trio t = make_trio(100);
    request(&t, t.pop, 1000, 0);
    request(&t, t.pop2, 2000, 0);
    CU_ASSERT_EQUAL(reply(&t, t.pop, 1000, S_PS), 11);
    CU_ASSERT_EQUAL(reply(&t, t.pop2, 2000, S_PS), 13);
    request(&t, t.pop2, 1000, 2 * S_PS); // the client's flow moved to the other POP
    CU_ASSERT_EQUAL(reply(&t, t.pop2, 1000, 2 * S_PS), 13);
    CU_ASSERT_EQUAL(fwd_counters(t.gateway)->flows_created, 2);
    CU_ASSERT(fwd_counters(t.pop)->encapsulated == 1 && fwd_counters(t.pop)->decapsulated == 1);
    struct packet p;
    build_udp(&p, EIP, CLIENT, 53, 1000, 64, 200, NULL);
    expect_drop(t.gateway, &p, 33 * S_PS, true, FWD_DROP_NO_FLOW); // idle for too long
    CU_ASSERT_EQUAL(fwd_counters(t.gateway)->flows_expired, 2);
    fwd_backend_unbind(t.gateway, prefix6_from_prefix(prefix_of(EIP, 24)));
    build_udp(&p, EIP, CLIENT, 53, 1000, 64, 200, NULL);
    expect_drop(t.gateway, &p, 33 * S_PS, true, FWD_DROP_NO_ROUTE);
    free_trio(&t);
}

static void bounded_gateway(void)
{
    struct trio t = make_trio(10);
    for (uint16_t port = 1; port <= 30; port++)
        request(&t, t.pop, port, port);
    CU_ASSERT_EQUAL(fwd_counters(t.gateway)->flows_evicted, 20);
    struct packet p;
    build_udp(&p, EIP, CLIENT, 53, 20, 64, 200, NULL);
    expect_drop(t.gateway, &p, 40, true, FWD_DROP_NO_FLOW);
    CU_ASSERT_EQUAL(reply(&t, t.pop, 21, 40), 11);
    free_trio(&t);
}

// With so many flows a batch has their memory fetched before its packets are looked at: whatever these
// are, they get what they would get one by one.
static void warm_batches(void)
{
    struct trio t = make_trio(4000);
    struct fwd_interface servers = {.servers = true};
    struct packet *p = malloc(FWD_BATCH * sizeof *p), *batch[FWD_BATCH];
    struct fwd_result r, results[FWD_BATCH];
    fwd_interface_set(t.gateway, 5, &servers);
    for (uint16_t port = 1; port <= 3000; port++)
        request(&t, t.pop, port, 0);
    for (uint32_t in_if = 2; in_if <= 5; in_if += 3) {
        for (uint32_t i = 0; i < FWD_BATCH; i++) { // cut anywhere, and a few that are whole
            build_udp(&p[i], CLIENT, EIP, (uint16_t)(i + 1), 53, 20, 60, NULL);
            fwd_receive(t.pop, &p[i], 0, 0, &r);
            if (in_if == 5)
                build_udp(&p[i], EIP, CLIENT, 53, (uint16_t)(i + 1), 20, 60, NULL);
            p[i].captured = i < p[i].captured ? i : p[i].captured;
            batch[i] = &p[i];
        }
        uint64_t dropped = fwd_counters_dropped(fwd_counters(t.gateway));
        CU_ASSERT_EQUAL(fwd_receive_batch(t.gateway, batch, FWD_BATCH, in_if, 1, results),
                        FWD_BATCH);
        for (uint32_t i = 0; i < FWD_BATCH; i++) {
            bool whole = i >= (in_if == 5 ? 28 : 20 + 4 + 20);
            CU_ASSERT_EQUAL(results[i].verdict == FWD_DROP, i < (in_if == 5 ? 20 : 44));
            if (whole)
                CU_ASSERT_EQUAL(results[i].verdict, in_if == 5 ? FWD_OUT : FWD_LOCAL);
        }
        CU_ASSERT_EQUAL(fwd_counters_dropped(fwd_counters(t.gateway)) - dropped,
                        in_if == 5 ? 20 : 44);
    }
    CU_ASSERT_EQUAL(fwd_counters(t.gateway)->flows_expired, 0);
    free(p);
    free_trio(&t);
}

// A ping to the EIP is answered by the gateway and goes back by the POP it came by; so does the
// error about a closed port.
static void echo_and_error_of_backend(void)
{
    struct trio t = make_trio(10);
    struct packet p, e;
    struct fwd_result r;
    packet_init(&e, PACKET_BYTES);
    build_echo(&p, CLIENT, EIP, 77, 20, 60);
    fwd_receive(t.pop2, &p, 9, 0, &r);
    fwd_receive(t.gateway, &p, 13, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.reply && r.out_if == 13 && p.depth == 1);
    fwd_receive(t.pop2, &p, 1, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 9);
    CU_ASSERT(packet_src(&p) == EIP && packet_dst(&p) == CLIENT && packet_ttl(&p) == 63);

    udp_packet(&p, CLIENT, EIP, 20);
    fwd_receive(t.pop, &p, 9, 0, &r);
    fwd_receive(t.gateway, &p, 11, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_LOCAL);
    fwd_refuse(t.gateway, &p, FWD_DROP_NO_SERVICE, &r);
    CU_ASSERT(fwd_icmp_error(t.gateway, &p, &r, 0, &e));
    CU_ASSERT(packet_src(&e) == EIP && packet_dst(&e) == CLIENT);
    fwd_originate(t.gateway, &e, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 11 && e.depth == 1);
    fwd_receive(t.pop, &e, 1, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && packet_dst(&e) == CLIENT && e.depth == 0);
    free_trio(&t);
}

// Backend behind the gateway: the end of the tunnel forwards, and that is one hop of the inner TTL.
static void tunnel_end_forwards(void)
{
    struct trio t = make_trio(10);
    fwd_route_del(t.gateway, prefix_of(EIP, 24));
    route_out(t.gateway, EIP, 24, 20);
    struct packet p;
    struct fwd_result r;
    udp_packet(&p, CLIENT, EIP, 20);
    fwd_receive(t.pop, &p, 9, 0, &r);
    fwd_receive(t.gateway, &p, 11, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 20 && packet_ttl(&p) == 18);
    udp_packet(&p, CLIENT, EIP, 2);
    fwd_receive(t.pop, &p, 9, 0, &r);
    expect_drop(t.gateway, &p, 0, false, FWD_DROP_TTL);
    udp_packet(&p, GATEWAY, EIP, 20); // a host's own tunnel to this node is one like any
    fwd_originate(t.pop, &p, 0, &r);
    CU_ASSERT(p.depth == 1 && packet_data(&p)[24 + IP4_TTL] == 20);
    fwd_originate(t.gateway, &p, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 20 && packet_ttl(&p) == 19);
    udp_packet(&p, CLIENT, EIP, 1); // not even into the tunnel
    expect_drop(t.pop, &p, 0, false, FWD_DROP_TTL);
    CU_ASSERT_EQUAL(p.depth, 0);
    free_trio(&t);
}

// POP and backend in one node: no tunnel to itself, and packets from other POPs still
// go back there.
static void pop_is_its_own_gateway(void)
{
    struct trio t = make_trio(10);
    bind_eip(t.gateway, prefix_of(EIP, 24), 3, FWD_TUNNEL_GRE, 0);
    route_out(t.gateway, CLIENT, 24, 9);
    struct packet p;
    struct fwd_result r;
    build_udp(&p, CLIENT, EIP, 1, 53, 20, 100, NULL);
    fwd_receive(t.gateway, &p, 9, 0, &r);
    CU_ASSERT(r.verdict == FWD_LOCAL && p.entry == GATEWAY && p.service == 3 && p.depth == 0);
    build_udp(&p, EIP, CLIENT, 53, 1, 64, 100, NULL);
    fwd_originate(t.gateway, &p, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 9 && p.depth == 0);
    request(&t, t.pop, 2, 0);
    CU_ASSERT_EQUAL(reply(&t, t.pop, 2, 0), 11);
    // Without a route of its own the next shorter one is what lies under the binding.
    fwd_route_del(t.gateway, prefix_of(EIP, 24));
    route_out(t.gateway, EIP, 16, 20);
    build_udp(&p, CLIENT, EIP, 1, 53, 20, 100, NULL);
    fwd_receive(t.gateway, &p, 9, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == 20 && packet_ttl(&p) == 19);
    free_trio(&t);
}

static void drop_names(void)
{
    for (int i = 0; i < FWD_DROP_COUNT; i++) {
        CU_ASSERT(strlen(fwd_drop_name((enum fwd_drop)i)) > 0);
        CU_ASSERT(strlen(fwd_drop_meaning((enum fwd_drop)i)) > 0);
        for (int k = 0; k < i; k++)
            CU_ASSERT_STRING_NOT_EQUAL(fwd_drop_name((enum fwd_drop)i),
                                       fwd_drop_name((enum fwd_drop)k));
    }
    CU_ASSERT_STRING_EQUAL(fwd_drop_name(FWD_DROP_TTL), "ttl-exceeded");
}

UNIT_MAIN("pipeline", {"transit", transit}, {"local", local},
          {"options-and-padding", options_and_padding}, {"bad-headers", bad_headers},
          {"drops-by-route", drops_by_route}, {"drops-by-tunnel", drops_by_tunnel},
          {"error-about-own-tunnel", error_about_own_tunnel},
          {"binding-over-route", binding_over_route}, {"nested-bindings", nested_bindings},
          {"full-circle", full_circle}, {"bounded-gateway", bounded_gateway},
          {"warm-batches", warm_batches}, {"echo-and-error-of-backend", echo_and_error_of_backend},
          {"tunnel-end-forwards", tunnel_end_forwards},
          {"pop-is-its-own-gateway", pop_is_its_own_gateway}, {"drop-names", drop_names})
