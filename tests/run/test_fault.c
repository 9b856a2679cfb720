// SPDX-License-Identifier: GPL-3.0-or-later
// What each selector hits, and what happens when failures overlap.
#include "tiny.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define S  PS_PER_S
#define MS PS_PER_MS

// Every selector there is; the tests name them by their place.
enum {
    BETWEEN,
    AROUND,
    SRLG,
    DUCT,
    CITY,
    POP,
    SITE,
    PEERING,
    PEERING_SOUTH,
    BACKBONE,
    CLOUD_CITY,
    FAULTS
};
static const char all[] = "  - {at: 1s, fail: {network: carrier, between: [south, north]}}\n"
                          "  - {at: 2s, fail: {network: carrier, around: mid}}\n"
                          "  - {at: 3s, fail: {network: carrier, srlg: duct}}\n"
                          "  - {at: 3s, fail: {srlg: duct}}\n"
                          "  - {at: 4s, fail: {network: carrier, city: north}}\n"
                          "  - {at: 5s, fail: {pop: pn}}\n"
                          "  - {at: 6s, fail: {pop: site}}\n"
                          "  - {at: 7s, fail: {interconnect: [carrier, cloud]}}\n"
                          "  - {at: 8s, fail: {interconnect: [cloud, carrier], city: south}}\n"
                          "  - {at: 9s, fail: {network: cloud, between: [north, south]}}\n"
                          "  - {at: 10s, fail: {network: cloud, city: north}}\n";

struct bench {
    struct tiny tiny;
    struct world *world;
};

static void begin(struct bench *b)
{
    tiny_load(&b->tiny, all);
    CU_ASSERT_PTR_NOT_NULL_FATAL(b->tiny.scenario);
    CU_ASSERT_EQUAL_FATAL(b->tiny.scenario->nevents, FAULTS);
    b->world = world_new(b->tiny.scenario);
}

static void end(struct bench *b)
{
    world_free(b->world);
    tiny_free(&b->tiny);
}

static struct fault pick(const struct bench *b, int which)
{
    struct fault f = {0};
    fault_select(b->world, &b->tiny.scenario->events[which].target, &f);
    return f;
}

static bool holds_link(const struct bench *b, const struct fault *f, const char *name)
{
    for (size_t i = 0; i < f->links.n; i++)
        if (strcmp(b->world->net->links[f->links.v[i]].name, name) == 0)
            return true;
    return false;
}

static bool holds_node(const struct bench *b, const struct fault *f, const char *name)
{
    for (size_t i = 0; i < f->nodes.n; i++)
        if (strcmp(b->world->net->nodes[f->nodes.v[i]].name, name) == 0)
            return true;
    return false;
}

// These links and these nodes, both lists ended by NULL, and nothing else.
static void expect(const struct bench *b, int which, const char *const *links,
                   const char *const *nodes)
{
    struct fault f = pick(b, which);
    size_t nlinks = 0, nnodes = 0;
    for (; links[nlinks]; nlinks++)
        CU_ASSERT(holds_link(b, &f, links[nlinks]));
    for (; nodes[nnodes]; nnodes++)
        CU_ASSERT(holds_node(b, &f, nodes[nnodes]));
    CU_ASSERT_EQUAL(f.links.n, nlinks);
    CU_ASSERT_EQUAL(f.nodes.n, nnodes);
    fault_free(&f);
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__})

static void links_of_the_backbone(void)
{
    struct bench b;
    begin(&b);
    expect(&b, BETWEEN,
           NAMES("carrier/north-1~carrier/south-1", "carrier/north-2~carrier/south-2", NULL),
           NAMES(NULL));
    expect(&b, AROUND,
           NAMES("carrier/north-1~carrier/mid-1", "carrier/north-2~carrier/mid-1",
                 "carrier/mid-1~carrier/south-1", "carrier/mid-1~carrier/south-2", NULL),
           NAMES(NULL));
    expect(&b, SRLG,
           NAMES("carrier/north-1~carrier/south-1", "carrier/north-2~carrier/south-2",
                 "carrier/north-1~carrier/mid-1", "carrier/north-2~carrier/mid-1", NULL),
           NAMES(NULL));
    // The carrier's and the cloud's fibres lie in the same duct.
    expect(&b, DUCT,
           NAMES("carrier/north-1~carrier/south-1", "carrier/north-2~carrier/south-2",
                 "carrier/north-1~carrier/mid-1", "carrier/north-2~carrier/mid-1",
                 "cloud/north-1~cloud/south-1", NULL),
           NAMES(NULL));
    expect(&b, BACKBONE, NAMES("cloud/north-1~cloud/south-1", NULL), NAMES(NULL));
    end(&b);
}

static void routers_and_pops(void)
{
    struct bench b;
    begin(&b);
    expect(&b, CITY, NAMES(NULL), NAMES("carrier/north-1", "carrier/north-2", NULL));
    expect(&b, CLOUD_CITY, NAMES(NULL), NAMES("cloud/north-1", NULL));
    expect(&b, POP, NAMES(NULL),
           NAMES("cloud/north-1", "cloud/north-backend", "pn-server-dns", NULL));
    expect(&b, SITE, NAMES(NULL), NAMES("edge/north-1", "site-server-plain", NULL));
    end(&b);
}

static void interconnects(void)
{
    struct bench b;
    begin(&b);
    expect(&b, PEERING,
           NAMES("cloud/north-1~carrier/north-1", "cloud/south-1~carrier/south-1", NULL),
           NAMES(NULL));
    expect(&b, PEERING_SOUTH, NAMES("cloud/south-1~carrier/south-1", NULL), NAMES(NULL));
    end(&b);
}

// --- breaking and mending

static void hit(struct bench *b, int which, bool silent)
{
    struct fault f = pick(b, which);
    fault_break(b->world, &f, silent);
    fault_free(&f);
}

static void heal(struct bench *b, int which, bool silent)
{
    struct fault f = pick(b, which);
    fault_mend(b->world, &f, silent);
    fault_free(&f);
}

static uint32_t dead_links(const struct bench *b)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->world->net->nlinks; i++)
        n += !net_link_alive(b->world->net, i);
    return n;
}

static void run_for(struct bench *b, int64_t ps)
{
    sim_run(b->world->sim, sim_now(b->world->sim) + ps);
}

// `srlg` and `around` share two links: they come back with the second repair only.
static void overlapping_links(void)
{
    struct bench b;
    begin(&b);
    run_warm_up(b.world, NULL);
    hit(&b, SRLG, false);
    CU_ASSERT_EQUAL(dead_links(&b), 4);
    run_for(&b, S);
    hit(&b, AROUND, true);
    CU_ASSERT_EQUAL(dead_links(&b), 6);
    run_for(&b, S);
    heal(&b, SRLG, false);
    CU_ASSERT_EQUAL(dead_links(&b), 4);
    heal(&b, AROUND, true);
    CU_ASSERT_EQUAL(dead_links(&b), 0);
    end(&b);
}

static void overlapping_nodes_and_links(void)
{
    struct bench b;
    begin(&b);
    run_warm_up(b.world, NULL);
    hit(&b, CITY, false); // both routers and, with them, all their lines
    uint32_t with_city = dead_links(&b);
    CU_ASSERT_EQUAL(with_city, 4 + 1 + 2 + 1); // backbone, metro, interconnects, access
    hit(&b, BETWEEN, false);
    hit(&b, PEERING, false);
    CU_ASSERT_EQUAL(dead_links(&b), with_city + 1);
    heal(&b, CITY, false);
    CU_ASSERT_EQUAL(dead_links(&b), 2 + 2);
    heal(&b, PEERING, false);
    heal(&b, BETWEEN, false);
    CU_ASSERT_EQUAL(dead_links(&b), 0);
    end(&b);
}

// The FIBs after any sequence of failures that have all ended are those from before.
static uint64_t digest(const struct bench *b)
{
    const struct net *net = b->world->net;
    uint64_t h = 1;
    for (uint32_t r = 0; r < control_routers(b->world->control); r++) {
        uint32_t node = control_router(b->world->control, r)->node;
        for (uint32_t to = 0; to < control_routers(b->world->control); to++) {
            struct fwd_path path;
            ip4_addr dst = control_router(b->world->control, to)->loopback;
            bool found = fwd_lookup(net->nodes[node].fwd, ip6_from_ip4(dst), &path);
            h = (h ^ (found ? (uint64_t)path.count + 1 : 0)) * UINT64_C(0x9e3779b97f4a7c15);
            for (int i = 0; found && i < path.count; i++)
                h = (h ^ path.nexthops[i]) * UINT64_C(0x9e3779b97f4a7c15);
        }
        for (int s = 0; s < b->world->scenario->nservices; s++) {
            struct fwd_path path;
            bool found = fwd_lookup(net->nodes[node].fwd,
                                    ip6_from_ip4(b->world->services[s].address), &path);
            h = (h ^ (found ? path.nexthops[0] + 1u : 0)) * UINT64_C(0x9e3779b97f4a7c15);
        }
    }
    return h;
}

static void everything_comes_back(void)
{
    struct bench b;
    begin(&b);
    run_warm_up(b.world, NULL);
    uint64_t before = digest(&b);
    for (int silent = 0; silent < 2; silent++)
        for (int i = 0; i < FAULTS; i++) {
            hit(&b, i, silent);
            run_for(&b, 7 * S);
            hit(&b, (i + 3) % FAULTS, !silent);
            run_for(&b, 45 * S);
            heal(&b, i, silent);
            run_for(&b, 3 * S);
            heal(&b, (i + 3) % FAULTS, !silent);
            run_for(&b, 300 * S);
            CU_ASSERT_EQUAL(dead_links(&b), 0);
            CU_ASSERT_EQUAL(digest(&b), before);
        }
    end(&b);
}

// The same router is hit twice: with the POP around it, and by its city.
static void overlapping_failures_of_a_router(void)
{
    struct bench b;
    begin(&b);
    run_warm_up(b.world, NULL);
    uint64_t before = digest(&b);
    uint32_t node = control_router(b.world->control, world_router(b.world, 1, 0, 0))->node;
    const struct fwd_node *fwd = b.world->net->nodes[node].fwd;
    hit(&b, POP, false);
    hit(&b, CLOUD_CITY, false);
    run_for(&b, S);
    uint32_t dead_routes = fwd_route_count(fwd);
    heal(&b, POP, false);
    run_for(&b, 100 * S);
    CU_ASSERT_EQUAL(b.world->net->nodes[node].downs, 1);
    CU_ASSERT_EQUAL(fwd_route_count(fwd), dead_routes);
    CU_ASSERT_PTR_NULL(control_best(b.world->control, world_router(b.world, 1, 0, 0),
                                    b.tiny.scenario->services[2].prefix));
    heal(&b, CLOUD_CITY, false);
    run_for(&b, 200 * S);
    CU_ASSERT_EQUAL(digest(&b), before);
    end(&b);
}

static int64_t noticed_ps(int which, bool silent)
{
    struct bench b;
    begin(&b);
    run_warm_up(b.world, NULL);
    int64_t t = sim_now(b.world->sim);
    control_mark(b.world->control);
    hit(&b, which, silent);
    run_for(&b, 100 * S);
    int64_t first_ps = control_first_reaction(b.world->control);
    end(&b);
    return first_ps == TIME_NEVER ? TIME_NEVER : first_ps - t;
}

// Detected: interfaces, 50 ms. Silent: hellos (hold 30 s) inside a network, BGP's hold time (90 s)
// between two.
static void detected_and_silent(void)
{
    CU_ASSERT_EQUAL(noticed_ps(BETWEEN, false), 50 * MS);
    CU_ASSERT_EQUAL(noticed_ps(PEERING_SOUTH, false), 50 * MS);
    CU_ASSERT_EQUAL(noticed_ps(CITY, false), 50 * MS);
    int64_t ps = noticed_ps(BETWEEN, true);
    CU_ASSERT(ps > 20 * S && ps <= 30 * S);
    ps = noticed_ps(PEERING_SOUTH, true);
    CU_ASSERT(ps > 60 * S && ps <= 90 * S);
}

// --- the timeline

static void timeline_in_its_phases(void)
{
    struct tiny t;
    tiny_load(&t, "  - {at: 10s, fail: {network: cloud, between: [north, south]}}\n"
                  "  - {at: 20s, fail: {pop: ps}}\n"
                  "  - {at: 30s, repair: {network: cloud, between: [north, south]}}\n"
                  "  - {at: 40s, repair: {pop: ps}}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.scenario);
    struct results *r = run_scenario(t.scenario, NULL);
    int south = scenario_group(t.scenario, "carrier/s");
    // The POP in the south lost its way to the backend: what enters there dies until it fails too.
    const struct client_result *c = results_client(r, 0, south, PHASE_OUTAGE);
    CU_ASSERT_EQUAL(c->sent, 300);
    CU_ASSERT(c->lost_by[FWD_DROP_NO_ROUTE] > 90);
    CU_ASSERT(c->failover_ps > 10 * S && c->failover_ps < 13 * S);
    CU_ASSERT_EQUAL(c->site, 0);
    CU_ASSERT_EQUAL(results_client(r, 0, south, PHASE_AFTER)->site, 1);
    // The replicated service next to it knows nothing of the backbone.
    c = results_client(r, 1, south, PHASE_OUTAGE);
    CU_ASSERT(c->received > 290);
    CU_ASSERT_EQUAL(r->sent, r->delivered + r->dropped + r->in_flight);
    results_free(r);
    tiny_free(&t);
}

static void withdraw_and_announce(void)
{
    struct tiny t;
    tiny_load(&t, "  - {at: 10s, withdraw: {service: eip, pop: ps}}\n"
                  "  - {at: 20s, withdraw: {service: plain}}\n"
                  "  - {at: 30s, announce: {service: plain}}\n"
                  "  - {at: 40s, announce: {service: eip, pop: ps}}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.scenario);
    struct results *r = run_scenario(t.scenario, NULL);
    int south = scenario_group(t.scenario, "carrier/s");
    CU_ASSERT_EQUAL(results_client(r, 0, south, PHASE_BEFORE)->site, 1);
    CU_ASSERT_EQUAL(results_client(r, 0, south, PHASE_OUTAGE)->site, 0);
    CU_ASSERT_EQUAL(results_client(r, 0, south, PHASE_AFTER)->site, 1);
    CU_ASSERT_EQUAL(results_client(r, 1, south, PHASE_OUTAGE)->site, 1);
    const struct client_result *c = results_client(r, 2, south, PHASE_OUTAGE);
    CU_ASSERT(c->received > 190 && c->received < 210);
    results_free(r);
    tiny_free(&t);
}

UNIT_MAIN("fault", {"links_of_the_backbone", links_of_the_backbone},
          {"routers_and_pops", routers_and_pops}, {"interconnects", interconnects},
          {"overlapping_links", overlapping_links},
          {"overlapping_nodes_and_links", overlapping_nodes_and_links},
          {"everything_comes_back", everything_comes_back},
          {"overlapping_failures_of_a_router", overlapping_failures_of_a_router},
          {"detected_and_silent", detected_and_silent},
          {"timeline_in_its_phases", timeline_in_its_phases},
          {"withdraw_and_announce", withdraw_and_announce})
