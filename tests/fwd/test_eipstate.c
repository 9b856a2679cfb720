// SPDX-License-Identifier: GPL-3.0-or-later
// An EIP that refuses, one whose policer somebody has a say about, a backend that is closing.
#include "fixture.h"
#include "fwd/encap.h"

#define POP     IP4(10, 0, 0, 1)
#define GATEWAY IP4(10, 0, 0, 2)
#define CLIENT  IP4(192, 0, 2, 9)
#define EIP     IP4(203, 0, 113, 1)

enum { TO_CLIENTS, TO_GATEWAY };

static struct prefix6 eip(void)
{
    return prefix6_from_prefix(prefix_of(EIP, 24));
}

static struct fwd_node *new_pop(struct fwd_eip_options *o)
{
    struct fwd_node *n = node_at(POP);
    struct fwd_tunnel_options t = {
        .kind = FWD_TUNNEL_GRE, .remote = ip6_from_ip4(GATEWAY), .dscp = -1};
    route_out(n, GATEWAY, 32, TO_GATEWAY);
    route_out(n, CLIENT, 24, TO_CLIENTS);
    fwd_tunnel_accept(n, FWD_TUNNEL_GRE);
    *o = (struct fwd_eip_options){.service = 7,
                                  .tunnel = fwd_tunnel_add(n, &t),
                                  .in = {FWD_NO_METER, FWD_NO_METER},
                                  .out = {FWD_NO_METER, FWD_NO_METER}};
    fwd_eip_bind(n, eip(), o);
    return n;
}

static struct fwd_result request(struct fwd_node *n, uint16_t port, uint32_t weight)
{
    struct packet p;
    struct fwd_result r;
    build_udp(&p, CLIENT, EIP, port, 53, 64, 100, NULL);
    p.weight = weight;
    fwd_receive(n, &p, TO_CLIENTS, 0, &r);
    return r;
}

static void refuses(void)
{
    struct fwd_eip_options o;
    struct fwd_node *n = new_pop(&o);
    struct fwd_path path;
    CU_ASSERT_EQUAL(request(n, 1000, 1).verdict, FWD_OUT);
    CU_ASSERT(fwd_lookup(n, ip6_from_ip4(EIP), &path) && path.refused == FWD_DROP_NONE);
    static const enum fwd_drop why[] = {FWD_DROP_UNBOUND, FWD_DROP_BLOCKED};
    for (int i = 0; i < 2; i++) {
        o.refuse = why[i];
        fwd_eip_bind(n, eip(), &o);
        struct fwd_result r = request(n, 1000, 1);
        CU_ASSERT(r.verdict == FWD_DROP && r.reason == why[i]);
        CU_ASSERT(fwd_lookup(n, ip6_from_ip4(EIP), &path) && path.refused == why[i]);
        CU_ASSERT_EQUAL(path.service, 7);
        CU_ASSERT_EQUAL(fwd_eip_counters(n, eip())->dropped_in, (uint64_t)i + 1);
    }
    CU_ASSERT_EQUAL(fwd_eip_counters(n, eip())->in.packets, 1);
    o.refuse = FWD_DROP_NONE;
    fwd_eip_bind(n, eip(), &o);
    CU_ASSERT_EQUAL(request(n, 1000, 1).verdict, FWD_OUT);
    fwd_node_free(n);
}

struct asked {
    uint32_t calls, weight, service;
    bool outward;
    enum fwd_gate_says says;
};

static enum fwd_gate_says ask(void *ctx, const struct packet *p, uint32_t service, bool outward)
{
    struct asked *a = ctx;
    a->calls++;
    a->weight = p->weight;
    a->service = service;
    a->outward = outward;
    return a->says;
}

static void gate_decides(void)
{
    struct fwd_eip_options o;
    struct fwd_node *n = new_pop(&o);
    struct asked a = {.says = FWD_GATE_PASS};
    struct policer_options police = {
        .cir_bps = 8, .cbs_bytes = 250, .rules[POLICER_RED] = {POLICER_DROP, 0}};
    fwd_gate_set(n, &(struct fwd_gate){&a, ask});
    CU_ASSERT_EQUAL(request(n, 1000, 5).verdict, FWD_OUT);
    CU_ASSERT_EQUAL(a.calls, 0); // there is no policer
    o.in.policer = fwd_policer_add(n, &police);
    fwd_eip_bind(n, eip(), &o);
    for (int i = 0; i < 9; i++) // they cost the policer nothing
        CU_ASSERT_EQUAL(request(n, 1000, 5).verdict, FWD_OUT);
    CU_ASSERT(a.calls == 9 && a.weight == 5 && a.service == 7 && !a.outward);
    a.says = FWD_GATE_DROP;
    CU_ASSERT_EQUAL(request(n, 1000, 5).reason, FWD_DROP_POLICED);
    a.says = FWD_GATE_METER; // room for two, of all those packets
    CU_ASSERT_EQUAL(request(n, 1000, 1).verdict, FWD_OUT);
    CU_ASSERT_EQUAL(request(n, 1000, 1).verdict, FWD_OUT);
    CU_ASSERT_EQUAL(request(n, 1000, 1).reason, FWD_DROP_POLICED);
    CU_ASSERT_EQUAL(fwd_eip_counters(n, eip())->dropped_in, 2);
    fwd_node_free(n);
}

static struct fwd_result through_tunnel(struct fwd_node *pop, struct fwd_node *gateway,
                                        uint16_t port)
{
    struct packet p;
    struct fwd_result r;
    build_udp(&p, CLIENT, EIP, port, 53, 64, 100, NULL);
    fwd_receive(pop, &p, TO_CLIENTS, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_OUT);
    fwd_receive(gateway, &p, 0, 0, &r);
    return r;
}

static void closing_takes_no_new_flows(void)
{
    struct fwd_eip_options o;
    struct fwd_node *pop = new_pop(&o);
    struct fwd_node *gateway = fwd_node_new(&(struct fwd_options){
        .address = GATEWAY, .flow_limit = 64, .flow_idle_ps = INT64_C(1000000000000)});
    struct fwd_backend_options b = {
        .way = FWD_RETURN_INGRESS, .kind = FWD_TUNNEL_GRE, .tunnel = FWD_NO_TUNNEL};
    fwd_route_set(gateway, prefix_of(GATEWAY, 32), FWD_ACT_LOCAL, 0);
    fwd_route_set(gateway, prefix_of(EIP, 32), FWD_ACT_LOCAL, 0);
    fwd_tunnel_accept(gateway, FWD_TUNNEL_GRE);
    fwd_backend_bind(gateway, eip(), &b);
    CU_ASSERT_EQUAL(through_tunnel(pop, gateway, 1000).verdict, FWD_LOCAL);
    b.closing = true;
    fwd_backend_bind(gateway, eip(), &b);
    CU_ASSERT_EQUAL(through_tunnel(pop, gateway, 1000).verdict, FWD_LOCAL);
    CU_ASSERT_EQUAL(through_tunnel(pop, gateway, 1001).reason, FWD_DROP_CLOSING);
    CU_ASSERT_EQUAL(fwd_counters(gateway)->flows_created, 1);
    fwd_node_free(pop);
    fwd_node_free(gateway);
}

UNIT_MAIN("eipstate", {"refuses", refuses}, {"gate", gate_decides},
          {"closing", closing_takes_no_new_flows})
