// SPDX-License-Identifier: GPL-3.0-or-later
// Keys of an EIP's life and of a drained POP, in a running network: each delay lasts as long as it says, what an old
// backend answers late counts for `linger`, and `off` switches off what it names.
#include "tiny.h"
#include "unit.h"

#include "anycast/eip.h"
#include "run/eips.h"
#include "run/fault.h"
#include "run/gateways.h"

#include <stdlib.h>

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

static void end(void)
{
    timeline_free(timeline);
    world_free(world);
    tiny_free(&tiny);
}

#define EIP                                                                                        \
    "services:\n  eip: {mode: accelerated, prefix: 203.0.113.0/24, publish: [pn, ps], backend: pn"

static void delays(void)
{
    static const struct {
        enum life_state state;
        int64_t from_s;
    } expected[] = {{LIFE_NONE, 0},    {LIFE_CREATING, 1},   {LIFE_UNBIND, 4},
                    {LIFE_BINDING, 5}, {LIFE_BIND, 9},       {LIFE_UNBINDING, 10},
                    {LIFE_UNBIND, 15}, {LIFE_OFFLINING, 16}, {LIFE_NONE, 23}};
    struct results r = {0};
    begin(EIP ", life: {state: none, create: 3s, bind: 4s, unbind: 5s, offline: 7s}}\n",
          "traffic:\n  p: {kind: game, from: {region: m}, to: [eip], rate: 1/s}\n"
          "timeline:\n"
          "  - {at: 1s, allocate: {eip: eip}}\n"
          "  - {at: 5s, bind: {eip: eip, backend: ps}}\n"
          "  - {at: 10s, unbind: {eip: eip}}\n"
          "  - {at: 16s, release: {eip: eip}}\n");
    run_until(world, 30 * S, NULL);
    eips_collect(world->eips, &r);
    CU_ASSERT_EQUAL_FATAL(r.neips, 9);
    for (int i = 0; i < r.neips; i++) {
        CU_ASSERT_EQUAL(r.eips[i].state, expected[i].state);
        CU_ASSERT_EQUAL(r.eips[i].from_ps, expected[i].from_s * S);
    }
    free(r.eips);
    end();
}

// Requests that are not answered, where a server takes two seconds and the EIP leaves it.
static uint64_t lost_with(const char *linger)
{
    char text[256];
    snprintf(text, sizeof text, EIP ", life: {bind: 1s, linger: %s}}\n", linger);
    begin(text, "traffic:\n"
                "  p: {kind: game, from: {region: m}, to: [eip], rate: 10/s, server: 2s}\n"
                "timeline:\n"
                "  - {at: 10s, bind: {eip: eip, backend: ps}}\n");
    run_until(world, 20 * S, NULL);
    struct fwd_eip_counters c = anycast_counters(&world->services[0], world->net);
    end();
    return c.in.packets - c.out.packets;
}

static void linger(void)
{
    uint64_t under_way = lost_with("10s"); // the last two seconds'
    CU_ASSERT(under_way >= 19 && under_way <= 21);
    CU_ASSERT(lost_with("500ms") >= under_way + 10);
}

static void off(const char *what, bool routers, bool gateways)
{
    char text[256];
    snprintf(text, sizeof text,
             "pops:\n  ps: {gateways: 2}\n"
             "timeline:\n"
             "  - {at: 2s, drain_pop: {pop: ps, how: [withdraw], wait: 1s, quiet: 1s, patience: "
             "3s, off: %s}}\n",
             what);
    begin(EIP "}\ntraffic:\n  p: {kind: game, from: {region: m}, to: [eip], rate: 10/s}\n", text);
    run_until(world, 20 * S, NULL);
    const struct gateway_node *all;
    int n = gateways_all(world, &all);
    uint32_t router = control_router(world->control, world_router(world, 1, 1, 0))->node;
    CU_ASSERT_EQUAL(world->net->nodes[router].downs > 0, routers);
    CU_ASSERT_EQUAL(n, 2);
    for (int i = 0; i < n; i++)
        CU_ASSERT_EQUAL(world->net->nodes[all[i].node].downs > 0, gateways);
    end();
}

static void what_goes_off(void)
{
    off("everything", true, true);
    off("gateways", false, true);
    off("nothing", false, false);
}

UNIT_MAIN("eips", {"delays", delays}, {"linger", linger}, {"what_goes_off", what_goes_off})
