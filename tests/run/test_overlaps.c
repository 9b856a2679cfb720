// SPDX-License-Identifier: GPL-3.0-or-later
// Things that happen at once: actions that meet on the timeline, names behind gateways that translate,
// defences at a POP of later on.
#include "tiny.h"
#include "unit.h"

#include "anycast/eip.h"
#include "run/backends.h"
#include "run/fault.h"

#define S PS_PER_S

static struct tiny tiny;
static struct world *world;
static struct timeline *timeline;

static void begin(const char *services, const char *rest)
{
    tiny_load_rest(&tiny, services, rest);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tiny.scenario);
    world = world_new(tiny.scenario);
    timeline = timeline_new(world);
    run_warm_up(world, NULL);
}

static void run_to(int64_t until_ps)
{
    run_until(world, until_ps, NULL);
}

static void end(void)
{
    timeline_free(timeline);
    world_free(world);
    tiny_free(&tiny);
}

static struct fwd_eip_counters counted(void)
{
    return anycast_counters(&world->services[0], world->net);
}

#define EIP     "  eip: {mode: accelerated, prefix: 203.0.113.0/24, publish: [pn, ps], backend: pn"
#define PLAYERS "traffic:\n  players: {kind: game, from: {region: m}, to: [eip], rate: 10/s}\n"

// The end of a block that was over before ends no later one.
static void block_after_block(void)
{
    begin("services:\n" EIP "}\n" PLAYERS, "timeline:\n"
                                           "  - {at: 5s, block: {eip: eip}, for: 10s}\n"
                                           "  - {at: 8s, unblock: {eip: eip}}\n"
                                           "  - {at: 10s, block: {eip: eip}}\n"
                                           "  - {at: 20s, unblock: {eip: eip}}\n");
    run_to(16 * S);
    uint64_t before = counted().refused;
    run_to(19 * S);
    CU_ASSERT(counted().refused > before);
    run_to(21 * S);
    uint64_t after = counted().refused;
    run_to(25 * S);
    CU_ASSERT_EQUAL(counted().refused, after);
    CU_ASSERT_EQUAL(scenario_phase(world->scenario, 6 * S), PHASE_OUTAGE);
    CU_ASSERT_EQUAL(scenario_phase(world->scenario, 21 * S), PHASE_AFTER);
    end();
}

static void expect_cap(uint64_t bps)
{
    const struct anycast_service *s = &world->services[0];
    for (size_t i = 0; i < s->entries.n; i++) {
        const struct anycast_entry *e = &s->entries.v[i];
        const struct policer *p =
            fwd_policer(world->net->nodes[e->node].fwd, e->binding.out.policer);
        CU_ASSERT_EQUAL(p->options.cir_bps, bps);
    }
}

// Of two changes of a cap the later one stands, for as long as it says.
static void cap_after_cap(void)
{
    begin("services:\n" EIP ", cap: {rate: 1Gbps, scope: per-egress, apply: 1s}}\n" PLAYERS,
          "timeline:\n"
          "  - {at: 5s, cap: {eip: eip, rate: 2Gbps}, for: 10s}\n"
          "  - {at: 10s, cap: {eip: eip, rate: 3Gbps}, for: 20s}\n");
    run_to(8 * S);
    expect_cap(2000000000);
    run_to(20 * S);
    expect_cap(3000000000);
    run_to(35 * S);
    expect_cap(1000000000);
    end();
}

static void weight_after_weight(void)
{
    begin("services:\n"
          "  eip: {mode: accelerated, prefix: 203.0.113.0/24, publish: [pn, ps], backends: "
          "{regions: {pn: {weight: 7}, ps: {}}}}\n" PLAYERS,
          "timeline:\n"
          "  - {at: 5s, set_weight: {service: eip, pop: pn, weight: 20}, for: 10s}\n"
          "  - {at: 6s, set_dial: {service: eip, pop: pn, dial: 10%}, for: 10s}\n"
          "  - {at: 10s, set_weight: {service: eip, pop: pn, weight: 30}, for: 10s}\n"
          "  - {at: 11s, set_dial: {service: eip, pop: pn, dial: 20%}, for: 10s}\n");
    const struct backend_group *g = backends_group(world->backends[0], 0);
    run_to(17 * S);
    CU_ASSERT_EQUAL(g->weight, 30);
    CU_ASSERT_EQUAL(g->dial_ppm, 200000);
    run_to(22 * S);
    CU_ASSERT_EQUAL(g->weight, 7);
    CU_ASSERT_EQUAL(g->dial_ppm, 1000000);
    end();
}

// A POP at which a service is published later on can be scrubbed and prepended there.
static void scrub_of_a_new_pop(void)
{
    begin("services:\n"
          "  dns: {mode: replicated, prefix: 203.0.113.0/24, publish: [pn]}\n"
          "traffic:\n"
          "  q: {kind: dns, from: {region: s}, to: [dns], rate: 10/s}\n",
          "timeline:\n"
          "  - {at: 5s, publish: {eip: dns, zone: [ps], overlap: 5s}}\n"
          "  - {at: 20s, prepend: {service: dns, pop: ps, to: [carrier], times: 1}}\n"
          "  - {at: 20s, scrub: {service: dns, pop: ps, rules: [{protocol: udp}]}}\n");
    run_to(25 * S);
    uint32_t node = control_router(world->control, world_router(world, 1, 1, 0))->node;
    CU_ASSERT_PTR_NOT_NULL(world->net->nodes[node].guard);
    end();
}

// Name servers behind gateways that translate answer to where a question came from.
static void names_behind_translation(void)
{
    begin("services:\n" EIP "}\n"
          "  name: {mode: gslb, gslb: {answers: [eip], ttl: 1s}}\n"
          "traffic:\n"
          "  players: {kind: game, from: {region: m}, to: [name], rate: 10/s}\n",
          "pops:\n"
          "  pn: {gateways: 2, nat: yes}\n"
          "  ps: {gateways: 2, nat: yes}\n");
    run_to(30 * S);
    struct fwd_eip_counters c = counted();
    CU_ASSERT(c.in.packets > 100);
    CU_ASSERT(c.out.packets + 10 > c.in.packets);
    end();
}

UNIT_MAIN("overlaps", {"block_after_block", block_after_block}, {"cap_after_cap", cap_after_cap},
          {"weight_after_weight", weight_after_weight}, {"scrub_of_a_new_pop", scrub_of_a_new_pop},
          {"names_behind_translation", names_behind_translation})
