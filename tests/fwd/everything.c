// SPDX-License-Identifier: GPL-3.0-or-later
#include "everything.h"

#include <stdlib.h>
#include <string.h>

#define PS_PER_MS INT64_C(1000000000)

struct ip6_addr everything_at(enum everything_net net, unsigned slot, unsigned host, bool six)
{
    if (!six)
        return ip6_from_ip4(IP4(10, net, slot & 255, host & 255));
    return (struct ip6_addr){UINT64_C(0x20010db800000000) | (uint64_t)net << 16,
                             (slot & 255) << 8 | (host & 255)};
}

struct prefix6 everything_slot(enum everything_net net, unsigned slot, bool six)
{
    return (struct prefix6){everything_at(net, slot, 0, six), 120};
}

struct prefix6 everything_net(enum everything_net net, bool six)
{
    return (struct prefix6){everything_at(net, 0, 0, six), 112};
}

// --- tunnels

static uint32_t any_key(struct random *r)
{
    return random_one_in(r, 4) ? random_below(r, 1 << 24) : random_below(r, 3);
}

// Where a tunnel of this node leads: to a gateway, back here, into another tunnel or an EIP.
static struct ip6_addr any_remote(struct random *r, bool six)
{
    static const enum everything_net nets[] = {NET_GATEWAY, NET_GATEWAY, NET_GATEWAY, NET_GATEWAY,
                                               NET_SELF,    NET_LOCAL,   NET_TUNNEL,  NET_EIP,
                                               NET_NARROW,  NET_NOWHERE};
    enum everything_net net = nets[random_below(r, sizeof nets / sizeof nets[0])];
    return everything_at(net, net == NET_SELF ? 0 : random_below(r, EVERYTHING_SLOTS), 1, six);
}

static void draw_segments(struct random *r, struct fwd_tunnel_options *o)
{
    o->remote = (struct ip6_addr){0, 0};
    o->segment_count = 1 + (int)random_below(r, random_one_in(r, 3) ? FWD_SEGMENTS_MAX : 2);
    for (int i = 0; i < o->segment_count; i++)
        o->segments[i] =
            random_one_in(r, 2)
                ? any_remote(r, true)
                : everything_at(NET_SEGMENT, random_below(r, EVERYTHING_SLOTS), 1, true);
}

static struct fwd_tunnel_options draw_tunnel(struct random *r, enum fwd_tunnel kind)
{
    bool six = kind == FWD_TUNNEL_SRV6 || random_one_in(r, 2);
    bool udp = kind == FWD_TUNNEL_VXLAN || kind == FWD_TUNNEL_GENEVE, gre = kind == FWD_TUNNEL_GRE;
    struct fwd_tunnel_options o = {.kind = kind, .remote = any_remote(r, six), .dscp = -1};
    if (random_one_in(r, 2)) {
        o.local = everything_at(NET_LOCAL, random_below(r, EVERYTHING_SLOTS), 0, six);
        o.spread_bits = (uint8_t)random_below(r, 9);
    }
    if (kind == FWD_TUNNEL_SRV6)
        draw_segments(r, &o);
    if (random_one_in(r, 3))
        o.ttl = (uint8_t)(1 + random_below(r, 5));
    if (random_one_in(r, 3))
        o.dscp = (int16_t)random_below(r, 64);
    o.keyed = gre && random_one_in(r, 2);
    if (udp || o.keyed)
        o.key = any_key(r);
    o.sequence = gre && random_one_in(r, 3);
    o.checksum = (gre || udp) && random_one_in(r, 3);
    if (udp && random_one_in(r, 4))
        o.port = EVERYTHING_PORT;
    if (random_one_in(r, 4))
        o.mtu = 1280 + random_below(r, 300);
    FWD_ASSERT(!fwd_tunnel_check(&o));
    return o;
}

static void add_tunnels(struct everything *e, struct random *r)
{
    e->tunnel_count = 8 + random_below(r, EVERYTHING_TUNNELS_MAX - 7);
    for (unsigned i = 0; i < e->tunnel_count; i++) {
        e->tunnels[i] = draw_tunnel(r, (enum fwd_tunnel)(i % FWD_TUNNEL_KINDS));
        e->tunnel_ids[i] = fwd_tunnel_add(e->node, &e->tunnels[i]);
    }
}

static uint32_t any_tunnel(const struct everything *e, struct random *r)
{
    return e->tunnel_ids[random_below(r, e->tunnel_count)];
}

// Endpoints of every kind, some of which match what others do.
static void add_endpoints(struct everything *e, struct random *r)
{
    e->endpoint_count = 8 + random_below(r, EVERYTHING_ENDPOINTS_MAX - 7);
    for (unsigned i = 0; i < e->endpoint_count; i++) {
        struct fwd_tunnel_options t = draw_tunnel(r, (enum fwd_tunnel)(i % FWD_TUNNEL_SRV6));
        bool six = random_one_in(r, 2);
        struct fwd_endpoint_options o = {.kind = t.kind,
                                         .keyed = t.keyed,
                                         .key = t.key,
                                         .port = t.port,
                                         .sequence = t.sequence,
                                         .checksum = t.checksum};
        if (random_one_in(r, 2))
            o.local = everything_net(random_one_in(r, 2) ? NET_LOCAL : NET_SELF, six);
        if (random_one_in(r, 3))
            o.from = everything_net(NET_GATEWAY, six);
        FWD_ASSERT(!fwd_endpoint_check(&o));
        e->endpoints[i] = o;
        fwd_endpoint_add(e->node, &o);
    }
    for (int kind = 0; kind < FWD_TUNNEL_SRV6; kind++)
        fwd_tunnel_accept(e->node, (enum fwd_tunnel)kind);
}

// --- groups and routes

static int draw_members(struct random *r, struct fwd_member *m, int most)
{
    int count = 1 + (int)random_below(r, (uint32_t)most);
    for (int i = 0; i < count; i++)
        m[i] = (struct fwd_member){.nexthop = (uint32_t)i,
                                   .weight = (uint16_t)random_below(r, 5),
                                   .id = random_one_in(r, 2) ? 0 : (uint64_t)i + 1000};
    return count;
}

static uint32_t draw_group(struct everything *e, struct random *r)
{
    struct fwd_member m[EVERYTHING_NEXTHOPS];
    uint32_t list[EVERYTHING_NEXTHOPS];
    int count = draw_members(r, m, EVERYTHING_NEXTHOPS);
    switch (random_below(r, FWD_SELECTS + 1)) {
    case FWD_SELECT_THRESHOLD:
        return fwd_group_weighted(e->node, FWD_SELECT_THRESHOLD, m, count);
    case FWD_SELECT_RENDEZVOUS:
        return fwd_group_weighted(e->node, FWD_SELECT_RENDEZVOUS, m, count);
    case FWD_SELECT_RESILIENT:
        return e->resilient;
    case FWD_SELECT_MAGLEV:
        return fwd_group_weighted(e->node, e->maglev ? FWD_SELECT_MAGLEV : FWD_SELECT_RENDEZVOUS,
                                  (struct fwd_member[]){{.nexthop = 1}, {.nexthop = 2}}, 2);
    default:
        for (int i = 0; i < count; i++)
            list[i] = random_below(r, EVERYTHING_NEXTHOPS);
        return fwd_group(e->node, list, count);
    }
}

static uint32_t one(struct everything *e, uint32_t nexthop)
{
    return fwd_group(e->node, &nexthop, 1);
}

static void add_routes(struct everything *e, struct random *r, bool six)
{
    struct fwd_node *n = e->node;
    struct prefix6 self = {everything_at(NET_SELF, 0, 1, six), 128};
    static const enum everything_net local[] = {NET_SERVER, NET_LOCAL, NET_SNAT};
    fwd_route_set6(n, self, FWD_ACT_LOCAL, 0);
    for (int i = 0; i < 3; i++)
        fwd_route_set6(n, everything_net(local[i], six), FWD_ACT_LOCAL, 0);
    fwd_route_set6(n, everything_net(NET_CLIENT, six), FWD_ACT_FORWARD, one(e, 0));
    fwd_route_set6(n, everything_net(NET_GATEWAY, six), FWD_ACT_FORWARD, one(e, 1));
    fwd_route_set6(n, everything_net(NET_NARROW, six), FWD_ACT_FORWARD, one(e, 2));
    fwd_route_set6(n, everything_net(NET_BACKEND, six), FWD_ACT_FORWARD,
                   one(e, EVERYTHING_SERVERS));
    fwd_route_set6(n, everything_net(NET_BLACKHOLE, six), FWD_ACT_BLACKHOLE, 0);
    for (unsigned i = 0; i < EVERYTHING_SLOTS; i++) {
        fwd_route_set6(n, everything_slot(NET_GROUP, i, six), FWD_ACT_FORWARD, draw_group(e, r));
        fwd_route_set6(n, everything_slot(NET_TUNNEL, i, six), FWD_ACT_TUNNEL, any_tunnel(e, r));
        fwd_route_set6(n, everything_slot(NET_SEGMENT, i, six), FWD_ACT_SID, i % 4);
        if (i <= FWD_REJECT_PROHIBITED)
            fwd_route_set6(n, everything_slot(NET_REJECT, i, six), FWD_ACT_REJECT, i);
    }
    if (six) // a route that no packet between links may take
        fwd_route_set6(n, (struct prefix6){{UINT64_C(0xfe80) << 48, 0}, 10}, FWD_ACT_FORWARD,
                       one(e, 0));
}

// --- interfaces, rules

static void set_interface(struct everything *e, struct random *r, uint32_t number)
{
    static const uint32_t mtus[] = {0, 576, 1280, 1500, 9000};
    struct fwd_interface i = {.mtu = number == 2 ? 60 + random_below(r, 1300)
                                                 : mtus[random_below(r, 5)],
                              .servers = number == EVERYTHING_SERVERS};
    if (random_one_in(r, 2)) {
        i.address = ip6_to_ip4(everything_at(NET_LOCAL, 200, number, false));
        i.address6 = everything_at(NET_LOCAL, 200, number, true);
    }
    fwd_interface_set(e->node, number, &i);
}

static void set_rules(struct everything *e, struct random *r)
{
    struct acl_rule rules[6];
    for (int i = 0; i < 6; i++)
        rules[i] = acl_rule_any(i % 2 ? ACL_ACT_LIMIT : ACL_ACT_DENY);
    rules[0].dst = everything_slot(NET_GROUP, 7, random_one_in(r, 2));
    rules[1].src = everything_slot(NET_CLIENT, 7, random_one_in(r, 2));
    rules[1].limit_pps = 1 + random_below(r, 2000);
    rules[2].protocol = 6;
    rules[2].tcp_mask = rules[2].tcp_value = 0x29;
    rules[3].protocol = 1;
    rules[3].icmp_type = 13;
    rules[3].limit_pps = 1;
    rules[4].dport = (struct acl_ports){9, (uint16_t)(9 + random_below(r, 3))};
    rules[4].src = everything_slot(NET_CLIENT, 6, random_one_in(r, 2));
    rules[5].src = everything_slot(NET_CLIENT, 5, random_one_in(r, 2));
    rules[5].fragments = ACL_FRAGMENTS;
    rules[5].limit_pps = 10;
    struct acl_options o = {.rules = rules,
                            .count = 6,
                            .fallback = ACL_ACT_PERMIT,
                            .limit = {.width = 16, .depth = 2, .window_ps = 100 * PS_PER_MS}};
    size_t wrong;
    FWD_ASSERT(!acl_check(&o, &wrong));
    fwd_acl_set(e->node, acl_new(&o));
}

static void declare(struct everything *e, struct random *r)
{
    for (uint32_t i = 0; i < EVERYTHING_INTERFACES; i++)
        set_interface(e, r, i);
    for (uint32_t i = 0; i < EVERYTHING_NEXTHOPS; i++)
        fwd_nexthop_set(e->node, i, i % EVERYTHING_INTERFACES);
    set_rules(e, r);
}

// --- meters, EIPs and backends

static struct policer_options draw_policer(struct random *r, enum policer_kind kind)
{
    struct policer_options o = {.kind = kind,
                                .colour_aware = kind != POLICER_BUCKET && random_one_in(r, 2),
                                .cir_bps = 1000 + random_below(r, 100000000),
                                .cbs_bytes = 100 + random_below(r, 20000)};
    if (kind == POLICER_SRTCM)
        o.ebs_bytes = random_below(r, 20000);
    if (kind == POLICER_TRTCM) {
        o.pir_bps = o.cir_bps + random_below(r, 1000000);
        o.pbs_bytes = 100 + random_below(r, 20000);
    }
    o.rules[POLICER_GREEN] = (struct policer_rule){POLICER_MARK, (uint8_t)random_below(r, 64)};
    if (kind != POLICER_BUCKET)
        o.rules[POLICER_YELLOW] = (struct policer_rule){POLICER_MARK, 12};
    o.rules[POLICER_RED].action = random_one_in(r, 4) ? POLICER_PASS : POLICER_DROP;
    return o;
}

static struct shaper_options draw_shaper(struct random *r)
{
    struct shaper_options o = {.rate_bps = 100000 + random_below(r, 100000000),
                               .burst_bytes = 1 + random_below(r, 20000)};
    if (random_one_in(r, 2))
        o.limit_bytes = 1 + random_below(r, 20000);
    else
        o.limit_ps = 1 + (int64_t)random_below(r, 100) * PS_PER_MS;
    return o;
}

static void add_meters(struct everything *e, struct random *r)
{
    for (unsigned i = 0; i < EVERYTHING_METERS; i++) {
        struct policer_options p = draw_policer(r, (enum policer_kind)(i % 3));
        struct shaper_options s = draw_shaper(r);
        FWD_ASSERT(!policer_check(&p) && !shaper_check(&s));
        e->policers[i] = fwd_policer_add(e->node, &p);
        e->shapers[i] = fwd_shaper_add(e->node, &s);
    }
}

static struct fwd_meters draw_meters(const struct everything *e, struct random *r)
{
    struct fwd_meters m = {FWD_NO_METER, FWD_NO_METER};
    if (random_one_in(r, 2))
        m.policer = e->policers[random_below(r, EVERYTHING_METERS)];
    if (random_one_in(r, 4))
        m.shaper = e->shapers[random_below(r, EVERYTHING_METERS)];
    return m;
}

static void bind(struct everything *e, struct random *r, enum everything_net net, unsigned slot,
                 bool six)
{
    struct fwd_eip_options o = {.service = slot,
                                .tunnel = random_one_in(r, 4) ? FWD_NO_TUNNEL : any_tunnel(e, r),
                                .in = draw_meters(e, r),
                                .out = draw_meters(e, r)};
    if (slot % 2)
        o.snat = random_one_in(r, 4) ? everything_at(NET_SELF, 0, 1, six)
                                     : everything_at(NET_SNAT, 0, random_below(r, 2), six);
    fwd_eip_bind(e->node, everything_slot(net, slot, six), &o);
}

static void bind_backend(struct everything *e, struct random *r, enum everything_net net,
                         unsigned slot, bool six)
{
    struct fwd_backend_options o = {.way = (enum fwd_return)((slot + random_below(r, 2)) % 3),
                                    .kind = (enum fwd_tunnel)random_below(r, FWD_TUNNEL_KINDS),
                                    .tunnel =
                                        random_one_in(r, 3) ? any_tunnel(e, r) : FWD_NO_TUNNEL};
    if (o.way == FWD_RETURN_DIRECT)
        o.exit_group = draw_group(e, r);
    fwd_backend_bind(e->node, everything_slot(net, slot, six), &o);
}

static void add_services(struct everything *e, struct random *r, bool six)
{
    for (unsigned i = 0; i < EVERYTHING_SLOTS; i++) {
        bind(e, r, NET_EIP, i, six);
        if (i % 2)
            bind(e, r, NET_BACKEND, i, six);
        bind_backend(e, r, NET_BACKEND, i, six);
        bind_backend(e, r, NET_SERVER, i, six);
    }
}

// --- the whole

struct everything *everything_new(uint64_t seed)
{
    struct random stream = {seed}, *r = &stream;
    struct everything *e = fwd_memory_zeroed(1, sizeof *e);
    struct fwd_member members[EVERYTHING_NEXTHOPS];
    e->options = (struct fwd_options){
        .address = ip6_to_ip4(everything_at(NET_SELF, 0, 1, false)),
        .address6 = everything_at(NET_SELF, 0, 1, true),
        .hash_seed = (uint32_t)random_next(r),
        .hash_outer = random_one_in(r, 3),
        .flow_limit = 1 + random_below(r, random_one_in(r, 2) ? 8 : 200),
        .nat_limit = 1 + random_below(r, random_one_in(r, 2) ? 8 : 200),
        .flow_idle_ps = random_one_in(r, 2) ? 0 : (1 + random_below(r, 100)) * PS_PER_MS,
        .icmp_per_s = random_one_in(r, 4) ? 0 : 1 + random_below(r, 10000000),
    };
    e->node = fwd_node_new(&e->options);
    e->maglev = random_one_in(r, 30);
    e->declared = !random_one_in(r, 3);
    add_tunnels(e, r);
    add_endpoints(e, r);
    add_meters(e, r);
    e->resilient =
        fwd_group_resilient(e->node, 64, members, draw_members(r, members, EVERYTHING_NEXTHOPS));
    for (int six = 0; six < 2; six++)
        add_routes(e, r, six);
    if (e->declared)
        declare(e, r);
    for (int six = 0; six < 2; six++)
        add_services(e, r, six);
    return e;
}

void everything_free(struct everything *e)
{
    if (!e)
        return;
    fwd_node_free(e->node);
    free(e);
}

// --- changes

static void change_route(struct everything *e, struct random *r, bool six)
{
    static const enum everything_net nets[] = {NET_GROUP, NET_TUNNEL, NET_EIP, NET_BACKEND,
                                               NET_NOWHERE};
    struct prefix6 p =
        everything_slot(nets[random_below(r, 5)], random_below(r, EVERYTHING_SLOTS), six);
    p.len = (uint8_t)(p.len + random_below(r, 3));
    switch (random_below(r, 6)) {
    case 0:
        fwd_route_del6(e->node, p);
        break;
    case 1:
        fwd_route_set6(e->node, p, FWD_ACT_TUNNEL, any_tunnel(e, r));
        break;
    case 2:
        fwd_route_set6(e->node, p, FWD_ACT_LOCAL, 0);
        break;
    default:
        fwd_route_set6(e->node, p, FWD_ACT_FORWARD, draw_group(e, r));
        break;
    }
}

static void change_service(struct everything *e, struct random *r, bool six)
{
    unsigned slot = random_below(r, EVERYTHING_SLOTS);
    enum everything_net net = random_one_in(r, 2) ? NET_EIP : NET_BACKEND;
    switch (random_below(r, 6)) {
    case 0:
        fwd_eip_unbind(e->node, everything_slot(net, slot, six));
        break;
    case 1:
        fwd_backend_unbind(e->node, everything_slot(NET_BACKEND, slot, six));
        break;
    case 2:
        bind_backend(e, r, random_one_in(r, 2) ? NET_BACKEND : NET_SERVER, slot, six);
        break;
    default:
        bind(e, r, net, slot, six);
        break;
    }
}

static void change_meter(struct everything *e, struct random *r, int64_t now_ps)
{
    unsigned i = random_below(r, EVERYTHING_METERS);
    if (random_one_in(r, 2)) {
        struct policer_options o = draw_policer(r, (enum policer_kind)random_below(r, 3));
        fwd_policer_set(e->node, e->policers[i], &o, now_ps);
    } else {
        struct shaper_options o = draw_shaper(r);
        fwd_shaper_set(e->node, e->shapers[i], &o, now_ps);
    }
}

void everything_change(struct everything *e, struct random *r, int64_t now_ps)
{
    struct fwd_member m[EVERYTHING_NEXTHOPS];
    bool six = random_one_in(r, 2);
    switch (random_below(r, 8)) {
    case 0:
        fwd_group_update(e->node, e->resilient, m, draw_members(r, m, EVERYTHING_NEXTHOPS));
        break;
    case 1:
        change_meter(e, r, now_ps);
        break;
    case 2:
        if (e->declared)
            set_interface(e, r, random_below(r, EVERYTHING_INTERFACES));
        break;
    case 3:
        if (e->declared)
            set_rules(e, r);
        break;
    case 4:
    case 5:
        change_service(e, r, six);
        break;
    default:
        change_route(e, r, six);
        break;
    }
}
