// SPDX-License-Identifier: GPL-3.0-or-later
// One request in detail: its way, and which moment its route decisions are of.
#include "run/trace.h"

#include "tiny.h"
#include "unit.h"

#include "run/fault.h"

#include <stdlib.h>
#include <string.h>

static struct tiny tiny;
static struct world *world;
static struct timeline *timeline;
static int group;

static void begin_with(const char *events)
{
    tiny_load(&tiny, events);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tiny.scenario);
    group = scenario_group(tiny.scenario, "carrier/s");
    world = world_new(tiny.scenario);
    timeline = timeline_new(world);
    run_warm_up(world, NULL);
    run_until(world, 10 * PS_PER_S, NULL);
}

static void begin(void)
{
    begin_with("");
}

static void end(void)
{
    timeline_free(timeline);
    world_free(world);
    tiny_free(&tiny);
}

struct seen {
    unsigned decisions, behind, candidates;
    char first[64];  // router of the first decision
    unsigned length; // of its prefix
};

static void see(void *ctx, const struct bgp_account *a, const char *fib)
{
    struct seen *s = ctx;
    if (s->decisions++ == 0) {
        snprintf(s->first, sizeof s->first, "%s", a->router);
        s->length = a->prefix.len;
    }
    s->behind += fib[0] != 0;
    s->candidates += a->n;
    CU_ASSERT_TRUE(a->n == 0 || a->v[0].fate == BGP_FATE_BEST);
}

// The request leaves at 10 s and is answered about 50 ms later; the routes are those of that time.
static void way_and_decisions(void)
{
    struct trace t;
    struct seen there = {0}, back = {0};
    begin();
    CU_ASSERT_PTR_NOT_NULL_FATAL(trace_flow(world, group, 2));
    trace_take(world, group, 2, PS_PER_S, &t);
    CU_ASSERT_TRUE(t.rtt_ps > 0);
    CU_ASSERT_EQUAL(t.at_ps, 10 * PS_PER_S);
    CU_ASSERT_EQUAL(t.asof_ps, sim_now(world->sim) - world->epoch_ps);
    CU_ASSERT(t.asof_ps >= t.at_ps + t.rtt_ps && t.asof_ps < t.at_ps + t.rtt_ps + PS_PER_MS);
    CU_ASSERT_STRING_EQUAL(tiny.scenario->topology.pops[t.pop].name, "site");
    trace_decisions(&t, false, see, &there);
    trace_decisions(&t, true, see, &back);
    CU_ASSERT_STRING_EQUAL(there.first, t.hops[1].node);
    CU_ASSERT_TRUE(there.decisions >= 2 && there.candidates >= 2 && there.behind == 0);
    CU_ASSERT_TRUE(back.decisions >= 1);
    trace_free(&t);
    end();
}

static void lost_on_the_way(void)
{
    struct trace t;
    begin();
    net_node_down(world->net, control_router(world->control, world_router(world, 2, 0, 0))->node);
    trace_take(world, group, 2, PS_PER_S, &t);
    CU_ASSERT_TRUE(t.probe.done && t.probe.lost && t.rtt_ps == -1);
    CU_ASSERT_EQUAL(t.probe.reason, FWD_DROP_LINK_DOWN);
    CU_ASSERT_STRING_EQUAL(t.hops[t.nhops - 1].node, "carrier/north-2");
    trace_free(&t);
    end();
}

// Half of the prefix is announced by somebody else: that is the route that is explained.
static void longest_prefix(void)
{
    struct trace t;
    struct seen there = {0};
    begin_with("  - {at: 5s, hijack: {by: edge, service: eip, kind: subprefix}}\n");
    uint32_t router = world_router(world, 0, 1, 0);
    trace_take(world, group, 0, PS_PER_S, &t);
    CU_ASSERT_TRUE(t.probe.done && t.probe.lost);
    CU_ASSERT_EQUAL(t.probe.reason, FWD_DROP_BLACKHOLE);
    trace_decisions(&t, false, see, &there);
    CU_ASSERT_EQUAL(there.length, 25);
    CU_ASSERT_PTR_NOT_NULL(strstr(t.best[0][router], ", by 203.0.113.0/25"));
    trace_free(&t);
    end();
}

static void times_add_up(void)
{
    struct trace t;
    begin();
    trace_take(world, group, 2, PS_PER_S, &t);
    CU_ASSERT_TRUE(t.nhops > 4);
    for (int i = 1; i < t.nhops; i++) {
        const struct trace_hop *h = &t.hops[i], *last = &t.hops[i - 1];
        if (h->line_ps >= 0)
            CU_ASSERT_EQUAL(h->at_ps - last->at_ps, h->line_ps + h->queue_ps);
    }
    CU_ASSERT_EQUAL(t.hops[t.nhops - 1].at_ps, t.rtt_ps);
    trace_free(&t);
    end();
}

UNIT_MAIN("trace", {"way_and_decisions", way_and_decisions}, {"lost_on_the_way", lost_on_the_way},
          {"longest_prefix", longest_prefix}, {"times_add_up", times_add_up})
