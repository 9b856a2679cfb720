// SPDX-License-Identifier: GPL-3.0-or-later
// A binding with a choice among tunnels: every POP chooses alike, in the shares asked for, by flow or
// by source, and independently of what the gateway behind chooses.
#include "fixture.h"

#define EIP      IP4(203, 0, 113, 1)
#define GATEWAYS 3
#define FLOWS    6000

static const uint32_t weights[GATEWAYS] = {1, 2, 5};

struct pop {
    struct fwd_node *n;
    uint32_t choice;
    struct fwd_member members[GATEWAYS];
};

static ip4_addr gateway(uint32_t i)
{
    return IP4(10, 0, 1, 0) + i;
}

static void bind(struct pop *p, enum fwd_select how, int count)
{
    if (p->choice)
        fwd_choice_set(p->n, p->choice, how, p->members, count);
    else
        p->choice = fwd_choice_add(p->n, how, p->members, count);
    struct fwd_eip_options eip = {.tunnel = FWD_NO_TUNNEL,
                                  .choice = p->choice,
                                  .in = {FWD_NO_METER, FWD_NO_METER},
                                  .out = {FWD_NO_METER, FWD_NO_METER}};
    fwd_eip_bind(p->n, prefix6_from_prefix(prefix_of(EIP, 24)), &eip);
}

// The ways out are the gateways' numbers; `turned`: learnt in another order.
static void pop_init(struct pop *p, ip4_addr address, bool turned, enum fwd_select how)
{
    *p = (struct pop){
        .n = fwd_node_new(&(struct fwd_options){.address = address, .hash_seed = address})};
    for (uint32_t k = 0; k < GATEWAYS; k++) {
        uint32_t i = turned ? GATEWAYS - 1 - k : k;
        struct fwd_tunnel_options t = {
            .kind = FWD_TUNNEL_GRE, .remote = ip6_from_ip4(gateway(i)), .dscp = -1};
        route_out(p->n, gateway(i), 32, i);
        p->members[k] = (struct fwd_member){
            .nexthop = fwd_tunnel_add(p->n, &t), .weight = (uint16_t)weights[i], .id = gateway(i)};
    }
    bind(p, how, GATEWAYS);
}

static uint32_t way_of(const struct pop *p, uint32_t client, uint16_t port)
{
    struct packet packet;
    struct fwd_result r;
    build_udp(&packet, IP4(100, 64, 0, 0) + client, EIP, port, 53, 64, 100, NULL);
    fwd_receive(p->n, &packet, 9, 0, &r);
    CU_ASSERT_EQUAL(r.verdict, FWD_OUT);
    CU_ASSERT_EQUAL(packet_dst(&packet), gateway(r.out_if));
    return r.out_if;
}

static void pops_choose_alike_by_weight(void)
{
    struct pop a, b;
    unsigned hits[GATEWAYS] = {0};
    pop_init(&a, IP4(10, 0, 0, 1), false, FWD_SELECT_MAGLEV);
    pop_init(&b, IP4(10, 0, 0, 2), true, FWD_SELECT_MAGLEV);
    for (uint32_t i = 0; i < FLOWS; i++) {
        uint32_t way = way_of(&a, i / 8, (uint16_t)(4000 + i % 8));
        CU_ASSERT_EQUAL(way_of(&b, i / 8, (uint16_t)(4000 + i % 8)), way);
        hits[way]++;
    }
    for (uint32_t i = 0; i < GATEWAYS; i++) // 4 standard deviations
        CU_ASSERT(hits[i] > FLOWS * weights[i] / 8 * 85 / 100 &&
                  hits[i] < FLOWS * weights[i] / 8 * 115 / 100);
    fwd_node_free(a.n);
    fwd_node_free(b.n);
}

static void source_affinity(void)
{
    struct pop flow, source;
    unsigned split[2] = {0}, used = 0;
    pop_init(&flow, IP4(10, 0, 0, 1), false, FWD_SELECT_MAGLEV);
    pop_init(&source, IP4(10, 0, 0, 2), false, FWD_SELECT_MAGLEV_SOURCE);
    for (uint32_t client = 0; client < 200; client++) {
        unsigned seen[2] = {0};
        for (uint16_t port = 4000; port < 4010; port++) {
            seen[0] |= 1u << way_of(&flow, client, port);
            seen[1] |= 1u << way_of(&source, client, port);
        }
        for (int k = 0; k < 2; k++)
            split[k] += (seen[k] & (seen[k] - 1)) != 0;
        used |= seen[1];
    }
    CU_ASSERT(split[0] > 150);
    CU_ASSERT_EQUAL(split[1], 0);
    CU_ASSERT_EQUAL(used, (1u << GATEWAYS) - 1);
    fwd_node_free(flow.n);
    fwd_node_free(source.n);
}

// Who loses a gateway loses its flows; of the others next to none.
static void little_moves(void)
{
    struct pop p;
    static uint8_t before[FLOWS];
    unsigned moved = 0;
    pop_init(&p, IP4(10, 0, 0, 1), false, FWD_SELECT_MAGLEV);
    for (uint32_t i = 0; i < FLOWS; i++)
        before[i] = (uint8_t)way_of(&p, i, 4000);
    bind(&p, FWD_SELECT_MAGLEV, GATEWAYS - 1); // without the last
    for (uint32_t i = 0; i < FLOWS; i++) {
        uint32_t way = way_of(&p, i, 4000);
        CU_ASSERT_NOT_EQUAL(way, GATEWAYS - 1);
        moved += before[i] != GATEWAYS - 1 && way != before[i];
    }
    CU_ASSERT(moved < FLOWS * 3 / 100);
    fwd_node_free(p.n);
}

// A gateway that gets one of two halves sees both of its servers used evenly.
static void no_polarisation(void)
{
    struct pop p;
    struct fwd_node *behind = node_at(IP4(10, 0, 0, 9));
    const struct fwd_member servers[] = {{0, 1, 100}, {1, 1, 101}};
    unsigned hits[2] = {0};
    pop_init(&p, IP4(10, 0, 0, 1), false, FWD_SELECT_MAGLEV);
    p.members[0].weight = p.members[1].weight = 1;
    p.members[0].id = 100;
    p.members[1].id = 101;
    bind(&p, FWD_SELECT_MAGLEV, 2);
    fwd_route_set(behind, prefix_of(EIP, 32), FWD_ACT_FORWARD,
                  fwd_group_weighted(behind, FWD_SELECT_MAGLEV, servers, 2));
    for (uint32_t i = 0; i < FLOWS; i++) {
        struct packet packet;
        struct fwd_result r;
        if (way_of(&p, i, 4000) != 0)
            continue;
        build_udp(&packet, IP4(100, 64, 0, 0) + i, EIP, 4000, 53, 64, 100, NULL);
        fwd_receive(behind, &packet, 9, 0, &r);
        hits[r.out_if]++;
    }
    unsigned all = hits[0] + hits[1];
    CU_ASSERT(all > FLOWS * 45 / 100);
    CU_ASSERT(hits[0] > all * 45 / 100 && hits[0] < all * 55 / 100);
    fwd_node_free(p.n);
    fwd_node_free(behind);
}

// Fluid traffic is told every gateway, as often as its share asks for.
static void look_up(void)
{
    struct pop p;
    struct fwd_path path;
    unsigned times[GATEWAYS] = {0};
    pop_init(&p, IP4(10, 0, 0, 1), false, FWD_SELECT_MAGLEV);
    CU_ASSERT_TRUE(fwd_lookup(p.n, ip6_from_ip4(EIP), &path));
    CU_ASSERT_EQUAL(path.gateways, 8);
    for (int i = 0; i < path.gateways; i++)
        times[ip6_to_ip4(path.gateway[i].far_end) - gateway(0)]++;
    for (uint32_t i = 0; i < GATEWAYS; i++)
        CU_ASSERT_EQUAL(times[i], weights[i]);
    fwd_node_free(p.n);
}

UNIT_MAIN("choice", {"alike", pops_choose_alike_by_weight}, {"source", source_affinity},
          {"churn", little_moves}, {"no-polarisation", no_polarisation}, {"look-up", look_up})
