// SPDX-License-Identifier: GPL-3.0-or-later
// A sweep: what its cases are, what thinning leaves alone, what its figures say.
#include "run/sweep.h"
#include "tiny.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct tiny tiny;
static struct sweep sweep;

static void begin(void)
{
    tiny_load(&tiny, "  - {at: 10s, fail: {pop: ps}}\n"); // which a sweep leaves out
    CU_ASSERT_PTR_NOT_NULL_FATAL(tiny.scenario);
}

static void run(enum sweep_kind kind, int jobs)
{
    struct sweep_options o = {.kind = kind, .jobs = jobs};
    CU_ASSERT_TRUE_FATAL(sweep_run(tiny.scenario, &o, &sweep));
    for (size_t i = 0; i < sweep.ncases; i++)
        CU_ASSERT_TRUE(sweep.cases[i].ok);
}

static void end(void)
{
    sweep_free(&sweep);
    tiny_free(&tiny);
}

static const struct sweep_case *find(const char *name)
{
    for (size_t i = 0; i < sweep.ncases; i++)
        if (strcmp(sweep.cases[i].name, name) == 0)
            return &sweep.cases[i];
    return NULL;
}

// A row of the topology is one case, of as many links as it became; what has no row is one each.
static void a_row_fails_as_one(void)
{
    static const struct {
        const char *name;
        size_t links;
    } cases[] = {{"(nothing fails)", 0},
                 {"carrier/north-1~carrier/north-2", 1},
                 {"carrier/south-1~carrier/south-2", 1},
                 {"carrier/north~south", 2},
                 {"carrier/north~mid", 2},
                 {"carrier/mid~south", 2},
                 {"cloud/north~south", 1},
                 {"cloud/north-1~carrier/north-1", 1},
                 {"cloud/south-1~carrier/south-1", 1},
                 {"edge/north-1~carrier/north-2", 1}};
    const size_t n = sizeof cases / sizeof cases[0];
    begin();
    run(SWEEP_LINKS, 2);
    CU_ASSERT_EQUAL_FATAL(sweep.ncases, n);
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT_STRING_EQUAL(sweep.cases[i].name, cases[i].name);
        CU_ASSERT_EQUAL(sweep.cases[i].fault.links.n, cases[i].links);
    }
    end();
}

// Two routes between the same cities are two cases, told apart by their risk groups.
static void parallel_rows(void)
{
    begin();
    struct network *carrier = &tiny.scenario->topology.networks[0];
    struct backbone_link *rows = carrier->links;
    struct backbone_link more[] = {rows[0], rows[1], rows[2], rows[2], rows[2]};
    more[3].a = rows[2].b; // written the other way round
    more[3].b = rows[2].a;
    more[4].srlg = "coast";
    carrier->links = more;
    carrier->nlinks = 5;
    run(SWEEP_LINKS, 2);
    CU_ASSERT_EQUAL(sweep.ncases, 12);
    CU_ASSERT_PTR_NOT_NULL(find("carrier/north~mid"));
    CU_ASSERT_PTR_NOT_NULL(find("carrier/mid~south (#1)"));
    CU_ASSERT_PTR_NOT_NULL(find("carrier/south~mid (#2)"));
    CU_ASSERT_PTR_NOT_NULL(find("carrier/mid~south (coast)"));
    end();
}

static void kinds(void)
{
    begin();
    run(SWEEP_POPS, 2);
    CU_ASSERT_EQUAL(sweep.ncases, 4);
    CU_ASSERT_PTR_NOT_NULL(find("site"));
    sweep_free(&sweep);
    run(SWEEP_NODES, 2);
    CU_ASSERT_EQUAL(sweep.ncases, 1 + 5 + 2 + 1 + 1); // routers, and the gateway of the backend
    CU_ASSERT_PTR_NOT_NULL(find("edge/north-1"));
    end();
}

// All rates by one factor, none below one request a bucket; requests stand for as many more.
static void thinned_alike(void)
{
    begin();
    struct traffic *players = &tiny.scenario->traffic[0], *pings = &tiny.scenario->traffic[1];
    players->rate_uhz = 20000000;
    pings->rate_uhz = 8000000;
    run(SWEEP_POPS, 2);
    CU_ASSERT_EQUAL(sweep.scenario.bucket_ps, SWEEP_BUCKET_PS);
    CU_ASSERT_EQUAL(sweep.scenario.traffic[0].rate_uhz, 1000000);
    CU_ASSERT_EQUAL(sweep.scenario.traffic[0].thinned_ppm, 20000000);
    CU_ASSERT_EQUAL(sweep.scenario.traffic[1].rate_uhz, 400000);
    CU_ASSERT_EQUAL(sweep.scenario.traffic[1].thinned_ppm, 20000000);
    sweep_free(&sweep);
    pings->rate_uhz = 100000; // less than once a bucket
    run(SWEEP_POPS, 2);
    CU_ASSERT_EQUAL(sweep.scenario.traffic[0].rate_uhz, 1000000);
    CU_ASSERT_EQUAL(sweep.scenario.traffic[1].rate_uhz, 200000);
    CU_ASSERT_EQUAL(sweep.scenario.traffic[1].thinned_ppm, 500000);
    sweep_free(&sweep);
    players->rate_uhz = 700000; // slow enough as it is
    run(SWEEP_POPS, 2);
    CU_ASSERT_EQUAL(sweep.scenario.traffic[0].rate_uhz, 700000);
    CU_ASSERT_EQUAL(sweep.scenario.traffic[0].thinned_ppm, 1000000);
    sweep_free(&sweep);
    // A packet's weight has 32 bits: 20 % of a billion and 50/s would need more.
    players->rate_uhz = 50000000;
    players->users_ppm = 200000;
    tiny.scenario->topology.networks[0].clients[1].population = 1000000000;
    run(SWEEP_POPS, 2);
    CU_ASSERT(sweep.scenario.traffic[0].rate_uhz > 2300000);
    CU_ASSERT(sweep.scenario.traffic[0].rate_uhz < 2400000);
    end();
}

// What every link carries when nothing fails is what it carries in a run.
static void demand_stays(void)
{
    struct sweep_options o = {.kind = SWEEP_POPS, .jobs = 1};
    tiny_load(&tiny, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(tiny.scenario);
    tiny.scenario->traffic[1].users_ppm = 500000;
    struct results *r = run_scenario(tiny.scenario, NULL);
    CU_ASSERT_TRUE_FATAL(sweep_run(tiny.scenario, &o, &sweep));
    CU_ASSERT_EQUAL_FATAL((size_t)r->nlinks, sweep.nlinks);
    int compared = 0;
    for (size_t i = 0; i < sweep.nlinks; i++) {
        double load = r->links[i].mean_ppm[PHASE_BEFORE] / 1e6;
        if (load < 0.001)
            continue;
        CU_ASSERT_DOUBLE_EQUAL(sweep.links[i].baseline, load, 0.01 * load);
        compared++;
    }
    CU_ASSERT(compared > 4);
    results_free(r);
    end();
}

static void figures(void)
{
    begin();
    run(SWEEP_POPS, 2);
    const struct sweep_case *nothing = &sweep.cases[0], *site = find("site"), *south = find("ps");
    CU_ASSERT_EQUAL(nothing->availability, 1);
    CU_ASSERT_EQUAL(nothing->groups_losing, 0);
    CU_ASSERT_EQUAL(nothing->groups_moved, 0);
    CU_ASSERT_EQUAL(nothing->failover_worst_s, -1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(site);
    CU_ASSERT_EQUAL(site->groups_losing, 3); // the unicast service is gone, for every group
    CU_ASSERT(isinf(site->failover_worst_s));
    CU_ASSERT_EQUAL(site->availability_worst, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(south);
    CU_ASSERT_EQUAL(south->availability, 1); // the other POP serves its clients
    CU_ASSERT_EQUAL(south->groups_losing, 0);
    CU_ASSERT(south->groups_moved >= 2);
    CU_ASSERT(south->rtt_mean_ms > nothing->rtt_mean_ms);
    end();
}

// A line that drops a fortieth of all requests makes no victims: who loses one of five is none.
static void half_is_a_victim(void)
{
    double least = 1;
    uint32_t losing = 0;
    begin();
    struct interconnect *line = &tiny.scenario->topology.interconnects[2]; // of the plain service
    line->background_ppm = 550000;
    line->burst_bytes = 1000000; // six fill the buffer
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct sweep_options o = {.kind = SWEEP_POPS, .jobs = 2};
        tiny.list.v[0].seed = seed;
        CU_ASSERT_TRUE_FATAL(sweep_run(tiny.scenario, &o, &sweep));
        least = fmin(least, sweep.cases[0].availability);
        losing += sweep.cases[0].groups_losing;
        sweep_free(&sweep);
    }
    CU_ASSERT(least < 1);
    CU_ASSERT_EQUAL(losing, 0);
    tiny_free(&tiny);
}

static void same_at_any_jobs(void)
{
    begin();
    run(SWEEP_LINKS, 1);
    struct sweep one = sweep;
    run(SWEEP_LINKS, 3);
    CU_ASSERT_EQUAL_FATAL(one.ncases, sweep.ncases);
    for (size_t i = 0; i < one.ncases; i++) {
        const struct sweep_case *a = &one.cases[i], *b = &sweep.cases[i];
        CU_ASSERT(a->availability == b->availability && a->worst_util == b->worst_util &&
                  a->failover_worst_s == b->failover_worst_s && a->rtt_mean_ms == b->rtt_mean_ms);
    }
    for (size_t i = 0; i < one.nlinks; i++)
        CU_ASSERT(one.links[i].worst == sweep.links[i].worst &&
                  one.links[i].worst_case == sweep.links[i].worst_case);
    sweep_free(&one);
    end();
}

UNIT_MAIN("sweep", {"a_row_fails_as_one", a_row_fails_as_one}, {"parallel_rows", parallel_rows},
          {"kinds", kinds}, {"thinned_alike", thinned_alike}, {"demand_stays", demand_stays},
          {"figures", figures}, {"half_is_a_victim", half_is_a_victim},
          {"same_at_any_jobs", same_at_any_jobs})
