// SPDX-License-Identifier: GPL-3.0-or-later
// Gateways of a POP in a running network: who gets flows, who is left out when, and when the POP gives
// up; a POP that is drained, switched off and back.
#include "tiny.h"
#include "unit.h"

#include "run/fault.h"
#include "run/gateways.h"

#define S PS_PER_S

struct bench {
    struct tiny tiny;
    struct world *world;
    struct timeline *timeline;
};

static void begin(struct bench *b, const char *timeline)
{
    tiny_load(&b->tiny, timeline);
    CU_ASSERT_PTR_NOT_NULL_FATAL(b->tiny.scenario);
    b->world = world_new(b->tiny.scenario);
    b->timeline = timeline_new(b->world);
}

static void run(struct bench *b, int64_t until_ps) // scenario time
{
    sim_run(b->world->sim, b->world->epoch_ps + until_ps);
}

static void end(struct bench *b)
{
    timeline_free(b->timeline);
    world_free(b->world);
    tiny_free(&b->tiny);
}

enum { PN, PS };
enum { CLOUD = 1 };

static const struct prefix eip = {IP4(203, 0, 113, 0), 24};

// The gateways of POP ps to which its router gives flows, as bits from 1 on.
static unsigned given(const struct bench *b)
{
    struct world *w = b->world;
    struct fwd_path path;
    uint32_t node = control_router(w->control, world_router(w, CLOUD, 1, 0))->node;
    const struct gateway_node *all;
    int n = gateways_all(w, &all);
    unsigned bits = 0;
    if (!fwd_lookup(w->net->nodes[node].fwd, ip6_from_ip4(eip.addr + 1), &path))
        return 0;
    for (int i = 0; i < path.count; i++)
        for (int k = 0; k < n; k++)
            if (w->net->ports[path.nexthops[i]]->to == all[k].face)
                bits |= 1u << all[k].number;
    return bits;
}

static bool announced(const struct bench *b, uint32_t pop)
{
    const struct anycast_service *s = &b->world->services[0];
    bool any = false;
    for (size_t i = 0; i < s->sites.n; i++)
        any = any || (s->sites.v[i].pop == pop && s->sites.v[i].announced);
    return any;
}

#define FLOWS 20000
#define THREE "pops:\n  ps: {gateways: 3, detection: {interface: 50ms, bfd: 100ms, join: 2s}}\n"

static void detected(void)
{
    struct bench b;
    begin(&b, "  - {at: 10s, fail: {pop: ps, gateway: 2}}\n"
              "  - {at: 20s, repair: {pop: ps, gateway: 2}}\n" THREE);
    run(&b, 10 * S - 1);
    CU_ASSERT_EQUAL(given(&b), 0xe);
    CU_ASSERT_EQUAL(b.world->services[0].entries.n, 1 + 3); // pn: its router; ps: gateways
    run(&b, 10 * S + 49 * PS_PER_MS);
    CU_ASSERT_EQUAL(given(&b), 0xe); // not noticed yet
    run(&b, 10 * S + 51 * PS_PER_MS);
    CU_ASSERT_EQUAL(given(&b), 0xa);
    run(&b, 22 * S + 49 * PS_PER_MS);
    CU_ASSERT_EQUAL(given(&b), 0xa); // seen again after 50 ms, joins 2 s later
    run(&b, 22 * S + 51 * PS_PER_MS);
    CU_ASSERT_EQUAL(given(&b), 0xe);
    CU_ASSERT(announced(&b, PS));
    end(&b);
}

static void silent(void)
{
    struct bench b;
    begin(&b, "  - {at: 10s, fail: {pop: ps, gateway: 3}, mode: silent}\n" THREE);
    run(&b, 10 * S + 199 * PS_PER_MS);
    CU_ASSERT_EQUAL(given(&b), 0xe);
    run(&b, 10 * S + 301 * PS_PER_MS); // three intervals after the last packet that came
    CU_ASSERT_EQUAL(given(&b), 0x6);
    end(&b);
}

static void all_dead(void)
{
    struct bench b;
    begin(&b, "  - {at: 10s, fail: {pop: ps, gateway: 1}}\n"
              "  - {at: 11s, fail: {pop: ps, gateway: 2}}\n"
              "  - {at: 12s, fail: {pop: ps, gateway: 3}}\n"
              "  - {at: 13s, withdraw: {service: eip, pop: ps}}\n"
              "  - {at: 20s, repair: {pop: ps, gateway: 1}}\n"
              "  - {at: 30s, announce: {service: eip, pop: ps}}\n" THREE);
    run(&b, 12 * S);
    CU_ASSERT(announced(&b, PS));
    run(&b, 12 * S + 51 * PS_PER_MS);
    CU_ASSERT_FALSE(announced(&b, PS));
    CU_ASSERT(announced(&b, PN));
    CU_ASSERT_EQUAL(given(&b), 0); // the route leads to the other POP, or nowhere
    run(&b, 29 * S);
    CU_ASSERT_EQUAL(given(&b), 0x2);
    CU_ASSERT_FALSE(announced(&b, PS)); // the operator's word stands
    run(&b, 31 * S);
    CU_ASSERT(announced(&b, PS));
    end(&b);
}

static void drained(void)
{
    struct bench b;
    begin(&b, "  - {at: 5s, drain_pop: {pop: ps, wait: 2s, quiet: 200ms, patience: 3s}}\n"
              "  - {at: 30s, return_pop: {pop: ps}}\n" THREE);
    uint32_t router = world_router(b.world, CLOUD, 1, 0);
    uint32_t node = control_router(b.world->control, router)->node;
    run(&b, 8 * S);
    CU_ASSERT(announced(&b, PS)); // drained and prepended, but still there
    run(&b, 10 * S);
    CU_ASSERT_FALSE(announced(&b, PS)); // 5 + 2 · 2 s
    CU_ASSERT_EQUAL(b.world->net->nodes[node].downs, 0);
    run(&b, 20 * S);
    CU_ASSERT_EQUAL(b.world->net->nodes[node].downs, 1);
    run(&b, 31 * S);
    CU_ASSERT_EQUAL(b.world->net->nodes[node].downs, 0);
    CU_ASSERT_FALSE(announced(&b, PS));
    run(&b, 35 * S); // 30 s, 2 s later the transit, 2 s later the announcement
    CU_ASSERT(announced(&b, PS));
    end(&b);
}

// To which gateway the router sends each of many flows.
static void spread(const struct bench *b, uint8_t to[FLOWS])
{
    struct world *w = b->world;
    const struct gateway_node *all;
    int n = gateways_all(w, &all);
    uint32_t node = control_router(w->control, world_router(w, CLOUD, 1, 0))->node;
    for (uint32_t i = 0; i < FLOWS; i++) {
        struct packet *p = packet_take(&w->net->pool);
        struct fwd_result r;
        packet_build_udp(p, IP4(100, 64, 0, 1) + i, eip.addr + 1, (uint16_t)(1024 + i % 50000), 53,
                         64, 100, NULL);
        fwd_receive(w->net->nodes[node].fwd, p, FWD_NO_INTERFACE, sim_now(w->sim), &r);
        to[i] = 0;
        for (int k = 0; r.verdict == FWD_OUT && k < n; k++)
            if (w->net->ports[r.out_if]->to == all[k].face)
                to[i] = (uint8_t)all[k].number;
        packet_give(&w->net->pool, p);
    }
}

// VALIDATION row 31, of a POP's gateways: the share of flows that move when one of N dies.
static void few_flows_move(void)
{
    static uint8_t before[FLOWS], after[FLOWS];
    struct bench b;
    int moved = 0, lost = 0;
    begin(&b, "  - {at: 10s, fail: {pop: ps, gateway: 2}}\n" THREE);
    run(&b, 9 * S);
    spread(&b, before);
    run(&b, 11 * S);
    spread(&b, after);
    for (int i = 0; i < FLOWS; i++) {
        moved += before[i] != after[i];
        lost += before[i] == 0 || after[i] == 0 || (before[i] != after[i] && before[i] != 2);
    }
    double share = (double)moved / FLOWS;
    bool good = lost == 0 && share > 1.0 / 3 - 0.02 && share < 1.0 / 3 + 0.02;
    printf("row 31: expected 0.3333 (resilient, one of a POP's 3 gateways dies, +-2 %%), obtained "
           "%.4f: %s\n",
           share, good ? "ok" : "FAILED");
    CU_ASSERT(good);
    end(&b);
}

UNIT_MAIN("gateways", {"detected", detected}, {"silent", silent}, {"all_dead", all_dead},
          {"drained", drained}, {"few_flows_move", few_flows_move})
