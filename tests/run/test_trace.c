// SPDX-License-Identifier: GPL-3.0-or-later
// The explanation of one request: its way, and which moment its route decisions are of.
#include "run/trace.h"
#include "tiny.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static struct tiny tiny;
static struct world *world;
static int group;

static void begin(void)
{
    tiny_load(&tiny, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(tiny.scenario);
    group = scenario_group(tiny.scenario, "carrier/s");
    world = world_new(tiny.scenario);
    run_warm_up(world, NULL);
    run_until(world, 10 * PS_PER_S, NULL);
}

static void end(void)
{
    world_free(world);
    tiny_free(&tiny);
}

static char *printed(const struct probe *p, int service)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    trace_print(world, group, service, p, f);
    fclose(f);
    return text;
}

static void says(const char *text, const char *part)
{
    bool found = strstr(text, part) != NULL;
    CU_ASSERT_TRUE(found);
    if (!found)
        printf("  looked for: %s\n  found: %s\n", part, text);
}

// The request leaves at 10 s and is answered about 50 ms later; the routes are those of that time.
static void routes_of_the_end(void)
{
    struct probe p;
    char heading[128];
    begin();
    struct flow *f = trace_flow(world, group, 2);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    trace_run(world, f, PS_PER_S, &p);
    CU_ASSERT_TRUE(p.done && !p.lost);
    double end_s = ps_to_s(sim_now(world->sim) - world->epoch_ps);
    CU_ASSERT(end_s > 10.02 && end_s < 10.2);
    char *text = printed(&p, 2);
    says(text, "carrier/s to plain (192.88.99.4/30) at 10.000 s\n");
    snprintf(heading, sizeof heading, "\nwhy there: routes to the service as of %.3f s\n", end_s);
    says(text, heading);
    snprintf(heading, sizeof heading, "\nwhy back: routes to the client as of %.3f s\n", end_s);
    says(text, heading);
    says(text, "\nPOP of entry: site\n");
    free(text);
    end();
}

static void lost_on_the_way(void)
{
    struct probe p;
    begin();
    struct flow *f = trace_flow(world, group, 2);
    net_node_down(world->net, control_router(world->control, world_router(world, 2, 0, 0))->node);
    trace_run(world, f, PS_PER_S, &p);
    CU_ASSERT_TRUE(p.done && p.lost);
    char *text = printed(&p, 2);
    says(text, "\nlost at carrier/north-2: link-down ");
    free(text);
    end();
}

UNIT_MAIN("trace", {"routes_of_the_end", routes_of_the_end}, {"lost_on_the_way", lost_on_the_way})
