// SPDX-License-Identifier: GPL-3.0-or-later
// What an EIP counts and charges: exactly what leaves for its backend, and what leaves for clients.
#include "fixture.h"
#include "fwd/encap.h"

#define SELF     IP4(10, 0, 0, 1)
#define GATEWAY  IP4(10, 0, 0, 2)
#define SNAT     IP4(198, 51, 100, 99)
#define CLIENTS  IP4(192, 0, 2, 0)
#define SERVICES IP4(203, 0, 113, 0)
#define EIP_BITS 26

enum { TUNNEL, TRANSLATED, HERE, NOWHERE, KINDS }; // EIPs of a quarter of SERVICES each
enum { TO_CLIENTS, TO_GATEWAY, TO_SERVER, INTERFACES };

struct pop {
    struct fwd_node *n;
    uint32_t tunnels[KINDS], policers[KINDS], shapers[KINDS];
    uint32_t back; // answers come in it
    struct tunnel_table gateway;
    struct random random;
    int64_t now_ps;
};

// What the test saw itself.
struct seen {
    struct fwd_flow_counts out;
    uint64_t dropped[FWD_DROP_COUNT];
};

static struct prefix6 eip_of(int kind)
{
    return prefix6_from_prefix(prefix_of(SERVICES + ((uint32_t)kind << 6), EIP_BITS));
}

static void bind(struct pop *p, int kind)
{
    bool tunnelled = kind == TUNNEL || kind == TRANSLATED;
    struct policer_options police = {
        .cir_bps = 5000000, .cbs_bytes = 6000, .rules[POLICER_RED] = {POLICER_DROP, 0}};
    struct shaper_options shape = {
        .rate_bps = 4000000, .burst_bytes = 3000, .limit_ps = INT64_C(2000000000)};
    struct fwd_tunnel_options t = {
        .kind = FWD_TUNNEL_GRE, .remote = ip6_from_ip4(GATEWAY), .dscp = -1};
    p->tunnels[kind] = tunnelled ? fwd_tunnel_add(p->n, &t) : FWD_NO_TUNNEL;
    p->policers[kind] = fwd_policer_add(p->n, &police);
    p->shapers[kind] = fwd_shaper_add(p->n, &shape);
    struct fwd_eip_options o = {.service = (uint32_t)kind,
                                .tunnel = p->tunnels[kind],
                                .in = {p->policers[kind], FWD_NO_METER},
                                .out = {FWD_NO_METER, p->shapers[kind]}};
    if (kind == TRANSLATED) {
        o.in.shaper = p->shapers[kind];
        o.out.shaper = FWD_NO_METER;
        o.snat = ip6_from_ip4(SNAT);
    }
    fwd_eip_bind(p->n, eip_of(kind), &o);
}

static void pop_init(struct pop *p, uint64_t seed)
{
    static const uint32_t mtu[INTERFACES] = {900, 1400, 600};
    memset(p, 0, sizeof *p);
    p->random.state = seed;
    p->n = fwd_node_new(&(struct fwd_options){.address = SELF, .nat_limit = 8});
    for (uint32_t i = 0; i < INTERFACES; i++)
        fwd_interface_set(p->n, i, &(struct fwd_interface){.mtu = mtu[i]});
    fwd_route_set(p->n, prefix_of(SELF, 32), FWD_ACT_LOCAL, 0);
    fwd_route_set(p->n, prefix_of(SNAT, 32), FWD_ACT_LOCAL, 0);
    route_out(p->n, GATEWAY, 32, TO_GATEWAY);
    route_out(p->n, CLIENTS, 24, TO_CLIENTS);
    route_out(p->n, SERVICES + (HERE << 6), EIP_BITS, TO_SERVER);
    fwd_route_set(p->n, prefix_of(SERVICES + (NOWHERE << 6), EIP_BITS), FWD_ACT_BLACKHOLE, 0);
    fwd_tunnel_accept(p->n, FWD_TUNNEL_GRE);
    for (int kind = 0; kind < KINDS; kind++)
        bind(p, kind);
    tunnel_table_init(&p->gateway);
    struct fwd_tunnel_options back = {
        .kind = FWD_TUNNEL_GRE, .remote = ip6_from_ip4(SELF), .dscp = -1};
    p->back = tunnel_take(&p->gateway, &back, GATEWAY, (struct ip6_addr){0, 0})->id;
}

static void pop_free(struct pop *p)
{
    tunnel_table_free(&p->gateway);
    fwd_node_free(p->n);
}

// Of clients nobody asks for one, so it has no translation.
static void build_echo_reply(struct packet *p, ip4_addr src, ip4_addr dst, uint8_t ttl,
                             uint32_t length)
{
    build_echo(p, src, dst, 7, ttl, length);
    packet_data(p)[IP4_HEADER + ICMP_TYPE] = ICMP_ECHO_REPLY;
}

// Any size, and TTLs of which half run out here; some that cannot be translated.
static uint32_t any_packet(struct pop *p, struct packet *out, ip4_addr src, ip4_addr dst)
{
    struct random *r = &p->random;
    uint32_t length = 40 + random_below(r, 1400);
    uint8_t ttl = random_below(r, 2) ? 64 : (uint8_t)random_below(r, 4);
    uint16_t port = (uint16_t)(1000 + random_below(r, 30));
    if (random_below(r, 8) == 0)
        build_echo_reply(out, src, dst, ttl, length);
    else
        build_udp(out, src, dst, port, 53, ttl, length, NULL);
    p->now_ps += (int64_t)random_below(r, 200000000);
    return length;
}

static void look(struct seen *s, const struct fwd_result *r, uint32_t length)
{
    if (r->verdict == FWD_DROP)
        s->dropped[r->reason]++;
    else
        s->out.packets++, s->out.bytes += length;
}

static uint64_t colour(const struct pop *p, int kind, enum policer_colour c)
{
    return fwd_policer(p->n, p->policers[kind])->counters.packets[c];
}

// What leaves for the backend is what was counted in, and what the meters let pass.
static void check_in(const struct pop *p, int kind, const struct seen *s)
{
    const struct fwd_eip_counters *k = fwd_eip_counters(p->n, eip_of(kind));
    uint64_t by_meters = s->dropped[FWD_DROP_POLICED] + s->dropped[FWD_DROP_SHAPER_FULL];
    CU_ASSERT_EQUAL(k->in.packets, s->out.packets);
    CU_ASSERT_EQUAL(k->in.bytes, s->out.bytes);
    CU_ASSERT_EQUAL(k->dropped_in, by_meters + s->dropped[FWD_DROP_NO_FLOW]);
    CU_ASSERT_EQUAL(colour(p, kind, POLICER_RED), s->dropped[FWD_DROP_POLICED]);
    CU_ASSERT_EQUAL(colour(p, kind, POLICER_GREEN),
                    s->out.packets + s->dropped[FWD_DROP_SHAPER_FULL]);
    if (p->tunnels[kind] != FWD_NO_TUNNEL) {
        CU_ASSERT_EQUAL(fwd_tunnel_counters(p->n, p->tunnels[kind])->packets, k->in.packets);
        CU_ASSERT_EQUAL(fwd_tunnel_counters(p->n, p->tunnels[kind])->bytes, k->in.bytes);
    }
    if (kind == TRANSLATED)
        CU_ASSERT_EQUAL(fwd_shaper(p->n, p->shapers[kind])->counters.packets, k->in.packets);
    CU_ASSERT(kind == NOWHERE || (s->dropped[FWD_DROP_TTL] && s->dropped[FWD_DROP_MTU]));
    CU_ASSERT((kind == NOWHERE) == (s->dropped[FWD_DROP_BLACKHOLE] > 0));
    CU_ASSERT((kind == TRANSLATED) == (s->dropped[FWD_DROP_NO_FLOW] > 0));
    CU_ASSERT((kind == NOWHERE) == (s->out.packets == 0));
    CU_ASSERT(kind >= HERE ||
              s->dropped[FWD_DROP_POLICED]); // the server's way is too narrow for many
}

static void packets_in(void)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct seen seen[KINDS] = {0};
        struct pop p;
        struct packet packet;
        struct fwd_result r;
        pop_init(&p, seed);
        for (int i = 0; i < 20000; i++) {
            uint32_t kind = random_below(&p.random, KINDS), host = random_below(&p.random, 64);
            ip4_addr client = CLIENTS + 10 + random_below(&p.random, 4);
            uint32_t length = any_packet(&p, &packet, client, SERVICES + (kind << 6) + host);
            fwd_receive(p.n, &packet, TO_CLIENTS, p.now_ps, &r);
            look(&seen[kind], &r, length);
        }
        for (int kind = 0; kind < KINDS; kind++)
            check_in(&p, kind, &seen[kind]);
        const struct fwd_counters *c = fwd_counters(p.n);
        CU_ASSERT(c->nat_created && c->nat_evicted && counters_add_up(p.n));
        CU_ASSERT(c->nat_created - c->nat_expired - c->nat_evicted <= 8);
        pop_free(&p);
    }
}

// The same of answers out of a tunnel.
static void packets_out(void)
{
    struct seen seen = {0};
    struct pop p;
    struct packet packet;
    struct fwd_result r;
    pop_init(&p, 9);
    for (int i = 0; i < 20000; i++) {
        ip4_addr eip = SERVICES + random_below(&p.random, 64);
        ip4_addr client = CLIENTS + 10 + random_below(&p.random, 4);
        if (random_below(&p.random, 4) == 0)
            client = IP4(100, 64, 0, 1); // no way there
        uint32_t length = any_packet(&p, &packet, eip, client);
        enum fwd_drop bad =
            tunnel_push(&packet, tunnel_at(&p.gateway, p.back), (struct ip6_addr){0, 0}, 0);
        CU_ASSERT_EQUAL(bad, FWD_DROP_NONE);
        fwd_receive(p.n, &packet, TO_GATEWAY, p.now_ps, &r);
        look(&seen, &r, length);
    }
    const struct fwd_eip_counters *k = fwd_eip_counters(p.n, eip_of(TUNNEL));
    CU_ASSERT_EQUAL(k->out.packets, seen.out.packets);
    CU_ASSERT_EQUAL(k->out.bytes, seen.out.bytes);
    CU_ASSERT_EQUAL(k->dropped_out, seen.dropped[FWD_DROP_SHAPER_FULL]);
    CU_ASSERT_EQUAL(fwd_shaper(p.n, p.shapers[TUNNEL])->counters.packets, k->out.packets);
    CU_ASSERT(seen.out.packets && seen.dropped[FWD_DROP_SHAPER_FULL]);
    CU_ASSERT(seen.dropped[FWD_DROP_TTL] && seen.dropped[FWD_DROP_MTU]);
    CU_ASSERT(seen.dropped[FWD_DROP_NO_ROUTE] && counters_add_up(p.n));
    pop_free(&p);
}

// A refused translation leaves the packet and the meters as they were.
static void refused_translations(void)
{
    struct pop p;
    struct packet packet;
    struct fwd_result r;
    pop_init(&p, 1);
    struct policer_options mark = fwd_policer(p.n, p.policers[TRANSLATED])->options;
    mark.rules[POLICER_GREEN] = (struct policer_rule){POLICER_MARK, 46};
    fwd_policer_set(p.n, p.policers[TRANSLATED], &mark, 0);
    for (int i = 0; i < 100; i++) {
        build_echo_reply(&packet, CLIENTS + 10, SERVICES + (TRANSLATED << 6), 64, 1000);
        fwd_receive(p.n, &packet, TO_CLIENTS, 0, &r);
        CU_ASSERT(r.reason == FWD_DROP_NO_FLOW && r.release_ps == 0);
        CU_ASSERT(packet_data(&packet)[IP4_TOS] == 0 && header_checksum_right(&packet));
    }
    build_udp(&packet, CLIENTS + 10, SERVICES + (TRANSLATED << 6), 7, 53, 64, 1000, NULL);
    fwd_receive(p.n, &packet, TO_CLIENTS, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.release_ps == 0);
    CU_ASSERT_EQUAL(fwd_eip_counters(p.n, eip_of(TRANSLATED))->dropped_in, 100);
    pop_free(&p);
}

// A tunnel whose source varies: answers come back to every one of them, and so do complaints, when all
// are the POP's.
static void varied_sources(void)
{
    const ip4_addr own = IP4(10, 3, 0, 0), eip = SERVICES;
    struct prefix6 all = prefix6_from_prefix(prefix_of(own, 28));
    struct fwd_node *pop = node_at(SELF);
    struct fwd_node *gateway =
        fwd_node_new(&(struct fwd_options){.address = GATEWAY, .flow_limit = 1000});
    struct fwd_tunnel_options t = {.kind = FWD_TUNNEL_GRE,
                                   .local = ip6_from_ip4(own),
                                   .remote = ip6_from_ip4(GATEWAY),
                                   .spread_bits = 4,
                                   .dscp = -1};
    struct fwd_eip_options o = {.tunnel = fwd_tunnel_add(pop, &t),
                                .in = {FWD_NO_METER, FWD_NO_METER},
                                .out = {FWD_NO_METER, FWD_NO_METER}};
    fwd_route_set(pop, prefix_of(own, 28), FWD_ACT_LOCAL, 0);
    fwd_endpoint_add(pop, &(struct fwd_endpoint_options){.kind = FWD_TUNNEL_GRE, .local = all});
    fwd_eip_bind(pop, eip_of(TUNNEL), &o);
    route_out(pop, GATEWAY, 32, TO_GATEWAY);
    route_out(pop, CLIENTS, 24, TO_CLIENTS);
    fwd_route_set(gateway, prefix_of(GATEWAY, 32), FWD_ACT_LOCAL, 0);
    fwd_tunnel_accept(gateway, FWD_TUNNEL_GRE);
    bind_backend(gateway, prefix_of(eip, 26), FWD_TUNNEL_GRE);
    fwd_route_set(gateway, prefix_of(eip, 26), FWD_ACT_LOCAL, 0);
    route_out(gateway, own, 28, 0);
    uint32_t sources = 0, answered = 0;
    struct packet p;
    struct fwd_result r;
    for (uint16_t port = 0; port < 100; port++) {
        build_udp(&p, CLIENTS + 10, eip, port, 53, 64, 100, NULL);
        fwd_receive(pop, &p, TO_CLIENTS, 0, &r);
        sources |= 1u << (packet_src(&p) - own);
        fwd_receive(gateway, &p, 0, 0, &r);
        CU_ASSERT_EQUAL(r.verdict, FWD_LOCAL);
        build_udp(&p, eip, CLIENTS + 10, 53, port, 64, 100, NULL);
        fwd_originate(gateway, &p, 0, &r);
        fwd_receive(pop, &p, TO_GATEWAY, 0, &r);
        answered += r.verdict == FWD_OUT && r.out_if == TO_CLIENTS;
    }
    CU_ASSERT_EQUAL(sources, 0xffff);
    CU_ASSERT_EQUAL(answered, 100);
    build_udp(&p, CLIENTS + 10, eip, 1, 53, 64, 1000, NULL);
    fwd_receive(pop, &p, TO_CLIENTS, 0, &r);
    struct fwd_node *router = node_at(IP4(172, 16, 0, 1));
    struct packet e;
    packet_init(&e, PACKET_BYTES);
    fwd_interface_set(router, 1, &(struct fwd_interface){.mtu = 900});
    route_out(router, GATEWAY, 32, 1);
    route_out(router, own, 28, 0);
    fwd_receive(router, &p, 0, 0, &r);
    CU_ASSERT(r.reason == FWD_DROP_MTU && fwd_icmp_error(router, &p, &r, 0, &e));
    fwd_receive(pop, &e, TO_GATEWAY, 0, &r);
    CU_ASSERT(r.verdict == FWD_OUT && r.out_if == TO_CLIENTS); // the client hears of it
    CU_ASSERT_EQUAL(fwd_tunnel_mtu(pop, o.tunnel, 0), 900);
    fwd_node_free(pop);
    fwd_node_free(gateway);
    fwd_node_free(router);
}

UNIT_MAIN("eip", {"packets_in", packets_in}, {"packets_out", packets_out},
          {"refused_translations", refused_translations}, {"varied_sources", varied_sources})
