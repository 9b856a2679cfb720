// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of a scenario: nodes, links, addresses, sessions, flows (run/world.h has the rules).
#include "tiny.h"
#include "traffic/flow.h"
#include "traffic/kinds.h"
#include "unit.h"

#include "bgp/route.h"

#include <string.h>

static struct tiny tiny;
static struct world *world;

static void begin(void)
{
    tiny_load(&tiny, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(tiny.scenario);
    world = world_new(tiny.scenario);
}

static void end(void)
{
    world_free(world);
    tiny_free(&tiny);
}

static int count_nodes(const char *name)
{
    int n = 0;
    for (uint32_t i = 0; i < world->net->nnodes; i++)
        n += strcmp(world->net->nodes[i].name, name) == 0;
    return n;
}

static const struct net_link *find_link(const char *name)
{
    for (uint32_t i = 0; i < world->net->nlinks; i++)
        if (strcmp(world->net->links[i].name, name) == 0)
            return &world->net->links[i];
    return NULL;
}

static int64_t rate_of(const char *name)
{
    const struct net_link *l = find_link(name);
    return l ? world->net->ports[l->a_port]->rate_bps : -1;
}

static int64_t delay_of(const char *name)
{
    const struct net_link *l = find_link(name);
    return l ? world->net->ports[l->a_port]->delay_ps : -1;
}

static uint32_t node_named(const char *name)
{
    for (uint32_t i = 0; i < world->net->nnodes; i++)
        if (strcmp(world->net->nodes[i].name, name) == 0)
            return i;
    return UINT32_MAX;
}

static void nodes_by_name(void)
{
    static const char *const names[] = {"carrier/north-1", "carrier/north-2", "carrier/mid-1",
                                        "carrier/south-1", "carrier/south-2", "cloud/north-1",
                                        "cloud/south-1",   "edge/north-1",    "carrier/n",
                                        "carrier/m",       "carrier/s",       "cloud/north-backend",
                                        "pn-server-dns",   "ps-server-dns",   "site-server-plain"};
    begin();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        CU_ASSERT_EQUAL(count_nodes(names[i]), 1);
    CU_ASSERT_EQUAL(world->net->nnodes, sizeof names / sizeof names[0]);
    end();
}

// Two routers at both ends: 1–1 and 2–2; at one end: both to the single one. Capacity is shared.
static void parallel_links(void)
{
    begin();
    CU_ASSERT_EQUAL(rate_of("carrier/north-1~carrier/south-1"), INT64_C(50000000000));
    CU_ASSERT_EQUAL(rate_of("carrier/north-2~carrier/south-2"), INT64_C(50000000000));
    CU_ASSERT_EQUAL(rate_of("carrier/north-1~carrier/south-2"), -1);
    CU_ASSERT_EQUAL(rate_of("carrier/north-1~carrier/mid-1"), INT64_C(20000000000));
    CU_ASSERT_EQUAL(rate_of("carrier/north-2~carrier/mid-1"), INT64_C(20000000000));
    CU_ASSERT_EQUAL(rate_of("carrier/mid-1~carrier/south-1"), INT64_C(15000000000));
    CU_ASSERT_EQUAL(rate_of("carrier/mid-1~carrier/south-2"), INT64_C(15000000000));
    CU_ASSERT_EQUAL(rate_of("cloud/north-1~cloud/south-1"), INT64_C(10000000000));
    // Inside a city: the rate of its fastest link.
    CU_ASSERT_EQUAL(rate_of("carrier/north-1~carrier/north-2"), INT64_C(100000000000));
    CU_ASSERT_EQUAL(rate_of("carrier/south-1~carrier/south-2"), INT64_C(100000000000));
    end();
}

static void delays(void)
{
    begin();
    CU_ASSERT_EQUAL(delay_of("carrier/north-1~carrier/mid-1"), 2 * PS_PER_MS);
    // 10 degrees of latitude are 1111.95 km; 5 us a km, stretched by 2.
    int64_t ps = delay_of("carrier/north-1~carrier/south-1");
    CU_ASSERT(ps > 11119 * PS_PER_US && ps < 11120 * PS_PER_US);
    CU_ASSERT_EQUAL(delay_of("cloud/north-1~cloud/south-1"), ps);
    CU_ASSERT_EQUAL(delay_of("carrier/south-1~carrier/s"), 3 * PS_PER_MS);
    end();
}

// The next interconnect lands on the other router of a city.
static void interconnects_take_turns(void)
{
    begin();
    CU_ASSERT_EQUAL(rate_of("cloud/north-1~carrier/north-1"), INT64_C(5000000000));
    CU_ASSERT_EQUAL(rate_of("edge/north-1~carrier/north-2"), INT64_C(1000000000));
    CU_ASSERT_EQUAL(rate_of("cloud/south-1~carrier/south-1"), INT64_C(6000000000));
    end();
}

// Carrier: reflector north-1 with 4 clients; cloud: one session; three eBGP sessions.
static void sessions(void)
{
    begin();
    CU_ASSERT_EQUAL(control_stats(world->control).sessions, 4 + 1 + 3);
    CU_ASSERT(control_router(world->control, world_router(world, 0, 0, 0))->bgp.reflector);
    CU_ASSERT(!control_router(world->control, world_router(world, 0, 0, 1))->bgp.reflector);
    CU_ASSERT_EQUAL(control_routers(world->control), 5 + 2 + 1 + 1);
    run_warm_up(world, NULL);
    struct control_stats s = control_stats(world->control);
    CU_ASSERT(s.last_fib_change_ps < 60 * PS_PER_S);
    CU_ASSERT(s.fib_changes > 0);
    end();
}

static void addresses(void)
{
    begin();
    const struct control_router *r = control_router(world->control, world_router(world, 0, 1, 0));
    CU_ASSERT_EQUAL(r->loopback, IP4(10, 1, 0, 3)); // two routers a city: 1, 2, then 3
    CU_ASSERT_EQUAL(control_router(world->control, world_router(world, 1, 1, 0))->loopback,
                    IP4(10, 2, 0, 3));
    for (uint32_t a = 0; a < control_routers(world->control); a++)
        for (uint32_t b = 0; b < a; b++)
            CU_ASSERT_NOT_EQUAL(control_router(world->control, a)->loopback,
                                control_router(world->control, b)->loopback);
    CU_ASSERT(prefix_equal(world->group_prefix[0], (struct prefix){IP4(100, 64, 0, 0), 24}));
    CU_ASSERT(prefix_equal(world->group_prefix[1], (struct prefix){IP4(192, 0, 2, 0), 24}));
    CU_ASSERT(prefix_equal(world->group_prefix[2], (struct prefix){IP4(100, 64, 2, 0), 24}));
    CU_ASSERT_EQUAL(world->services[0].address, IP4(203, 0, 113, 1));
    CU_ASSERT_EQUAL(world->services[2].address, IP4(192, 88, 99, 5)); // the first host
    end();
}

static void gateway_runs_the_igp_only(void)
{
    begin();
    uint32_t node = node_named("cloud/north-backend");
    CU_ASSERT_EQUAL_FATAL(world->backend_node[0], node);
    CU_ASSERT_EQUAL(world->backend_node[1], UINT32_MAX);
    const struct control_router *r = control_router(world->control, world->nodes[node].router);
    CU_ASSERT_EQUAL(r->bgp.asn, 0);
    CU_ASSERT_EQUAL(world->nodes[node].pop, 0);
    run_warm_up(world, NULL);
    struct fwd_path path;
    uint32_t south = control_router(world->control, world_router(world, 1, 1, 0))->node;
    CU_ASSERT(fwd_lookup(world->net->nodes[south].fwd, ip6_from_ip4(r->loopback), &path));
    CU_ASSERT(fwd_lookup(world->net->nodes[south].fwd, ip6_from_ip4(IP4(203, 0, 113, 1)), &path));
    CU_ASSERT_EQUAL(ip6_to_ip4(path.gateway[0].far_end), r->loopback);
    end();
}

static const struct flow *flow_of(int group, int service, const struct traffic_kind_ops *ops)
{
    for (uint32_t i = 0; i < traffic_flows(world->traffic); i++) {
        const struct flow *f = traffic_flow(world->traffic, i);
        if (f->is.client_node == world->group_node[group] && f->is.ops == ops &&
            f->is.server == world->services[service].address)
            return f;
    }
    return NULL;
}

static void flows(void)
{
    begin();
    CU_ASSERT_EQUAL(traffic_flows(world->traffic), 3 * 3 + 1);
    const struct flow *f = flow_of(0, 2, &traffic_game);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    // A bucket before time 0, to bring load.
    CU_ASSERT_EQUAL(f->is.start_ps, 59 * PS_PER_S);
    CU_ASSERT_EQUAL(f->is.stop_ps, 120 * PS_PER_S);
    CU_ASSERT_EQUAL(f->is.interval_ps, 100 * PS_PER_MS);
    CU_ASSERT_EQUAL(f->is.client, IP4(100, 64, 0, 1));
    CU_ASSERT_PTR_NOT_NULL(flow_of(1, 0, &traffic_ping));
    CU_ASSERT_PTR_NULL(flow_of(0, 0, &traffic_ping));
    end();
}

// 2 % of 1999, of half a million and of 10 people; at least one.
static void users_behind_a_flow(void)
{
    begin();
    CU_ASSERT_EQUAL(flow_of(0, 0, &traffic_game)->is.weight, 39);
    CU_ASSERT_EQUAL(flow_of(1, 0, &traffic_game)->is.weight, 10000);
    CU_ASSERT_EQUAL(flow_of(2, 0, &traffic_game)->is.weight, 1);
    CU_ASSERT_EQUAL(flow_of(1, 0, &traffic_ping)->is.weight, 1); // itself
    end();
}

static void kinds_of_links(void)
{
    int n[WORLD_SITE + 1] = {0};
    begin();
    for (uint32_t i = 0; i < world->net->nlinks; i++)
        n[world->links[i].kind]++;
    CU_ASSERT_EQUAL(n[WORLD_BACKBONE], 2 + 2 + 2 + 1);
    CU_ASSERT_EQUAL(n[WORLD_METRO], 2);
    CU_ASSERT_EQUAL(n[WORLD_INTERCONNECT], 3);
    CU_ASSERT_EQUAL(n[WORLD_ACCESS], 3);
    CU_ASSERT_EQUAL(n[WORLD_SITE], 1 + 3);
    CU_ASSERT_STRING_EQUAL(world_city_of(world, node_named("carrier/mid-1"))->name, "mid");
    end();
}

// The law of a link's bursts is the one that its ports get, both ways.
static void laws_of_bursts(void)
{
    tiny_load(&tiny, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(tiny.scenario);
    struct interconnect *x = tiny.list.v[0].topology.interconnects;
    struct backbone_link *l = tiny.list.v[0].topology.networks[0].links;
    x[0].burst_bytes = l[0].burst_bytes = l[1].burst_bytes = 9000;
    x[0].burst = (struct burst_shape){.kind = BURST_ON_OFF, .sources = 7, .activity_ppm = 100000};
    l[0].burst = (struct burst_shape){.kind = BURST_DETERMINISTIC};
    world = world_new(tiny.scenario);
    const struct fluid_queue_ops *wanted[] = {&fluid_on_off, &fluid_sizes, &fluid_bursts, NULL};
    unsigned seen[4] = {0};
    for (uint32_t i = 0; i < world->net->nports; i++)
        for (int k = 0; k < 4 && world->net->ports[i]->fluid; k++)
            seen[k] += world->net->ports[i]->fluid->ops == wanted[k];
    // One link between networks; two parallel ones between cities with two routers each.
    CU_ASSERT(seen[0] == 2 && seen[1] == 4 && seen[2] == 4 && seen[3] > 0);
    end();
}

// The whole thing runs: everybody is served at the nearer POP.
static void runs(void)
{
    tiny_load(&tiny, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(tiny.scenario);
    struct results *r = run_scenario(tiny.scenario, NULL);
    for (int i = 0; i < r->nclients; i++) {
        const struct client_result *c = &r->clients[i];
        if (c->phase != PHASE_BEFORE)
            continue;
        CU_ASSERT_EQUAL(c->received, c->sent);
        CU_ASSERT_EQUAL(c->sent, c->service == 0 && c->group == 1 ? 660 : 600);
        if (c->service < 2 && c->group != 1)
            CU_ASSERT_EQUAL(c->site, c->group == 0 ? 0 : 1);
        if (c->service == 2)
            CU_ASSERT_EQUAL(c->site, 2);
    }
    CU_ASSERT_EQUAL(r->sent, r->delivered + r->dropped + r->in_flight);
    CU_ASSERT_EQUAL(r->in_flight, 0);
    CU_ASSERT(r->control.warm);
    results_free(r);
    tiny_free(&tiny);
}

UNIT_MAIN("world", {"nodes_by_name", nodes_by_name}, {"parallel_links", parallel_links},
          {"delays", delays}, {"interconnects_take_turns", interconnects_take_turns},
          {"sessions", sessions}, {"addresses", addresses},
          {"gateway_runs_the_igp_only", gateway_runs_the_igp_only}, {"flows", flows},
          {"users_behind_a_flow", users_behind_a_flow}, {"kinds_of_links", kinds_of_links},
          {"laws_of_bursts", laws_of_bursts}, {"runs", runs})
