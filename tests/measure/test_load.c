// SPDX-License-Identifier: GPL-3.0-or-later
// Utilisation by bucket: when the last one is shorter, and which phase a bucket belongs to.
#include "measure/load.h"
#include "unit.h"

#include "base/arena.h"

#include <stdlib.h>

#define MS    PS_PER_MS
#define S     PS_PER_S
#define EPOCH (10 * S)
#define RATE  INT64_C(1000000000)

// A port that is offered a tenth of its rate, in steps, from a bucket before time 0 to the end.
struct source {
    struct entity entity; // must stay first
    struct net *net;
    int64_t step_ps, stop_ps;
};

struct bench {
    struct scenario scenario;
    struct sim *sim;
    struct net *net;
    struct source source;
    struct load *load;
    struct link_result links[2];
    struct results results;
};

static void offer(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct source *s = (struct source *)self;
    (void)arg;
    s->net->ports[0]->window_bits += (uint64_t)((double)RATE / 10 * ps_to_s(s->step_ps));
    if (sim_now(sim) + s->step_ps < s->stop_ps)
        sim_at(sim, self, self, sim_now(sim) + s->step_ps, SIM_PHASE_DATA, 0);
}

static void begin(struct bench *b, const struct scenario *s)
{
    *b = (struct bench){.scenario = *s, .results = {.scenario = &b->scenario}};
    b->results.links = b->links;
    b->sim = sim_new(1);
    b->net = net_new(b->sim);
    for (uint32_t i = 0; i < 2; i++)
        net_add_node(b->net, "node", fwd_node_new(&(struct fwd_options){.address = i + 1}));
    struct net_link_options o = {
        .b = 1, .rate_bps = RATE, .delay_ps = MS, .queue_ps = 50 * MS, .fluid = true};
    net_add_link(b->net, "link", &o);
    b->load = load_new(&b->scenario, b->sim, b->net, EPOCH);
    b->source.net = b->net;
    b->source.step_ps = 100 * MS;
    b->source.stop_ps = EPOCH + s->duration_ps;
    sim_entity(b->sim, &b->source.entity, offer);
    sim_at(b->sim, &b->source.entity, &b->source.entity, EPOCH - load_lead_ps(s), SIM_PHASE_DATA,
           0);
}

static void finish(struct bench *b)
{
    sim_run(b->sim, EPOCH + b->scenario.duration_ps + 5 * S);
    load_collect(b->load, &b->results);
}

static void run(struct bench *b, const struct scenario *s)
{
    begin(b, s);
    finish(b);
}

static void end(struct bench *b)
{
    for (int i = 0; i < 2; i++)
        free(b->links[i].util_ppm);
    load_free(b->load);
    net_free(b->net);
    sim_free(b->sim);
}

// 2.5 s in buckets of 1 s: the last one is half as long, and just as full.
static void last_bucket_ends_with_the_run(void)
{
    struct bench b;
    run(&b, &(struct scenario){.duration_ps = 2500 * MS,
                               .bucket_ps = S,
                               .warmup_ps = EPOCH,
                               .outage_from_ps = 2500 * MS,
                               .outage_to_ps = 2500 * MS});
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(b.links[0].util_ppm[i], 100000);
    CU_ASSERT_EQUAL(b.links[0].mean_ppm[PHASE_BEFORE], 100000);
    CU_ASSERT_EQUAL(b.links[0].mean_ppm[PHASE_OUTAGE], -1); // no bucket of that phase
    CU_ASSERT_EQUAL(b.links[0].mean_ppm[PHASE_AFTER], -1);
    CU_ASSERT_EQUAL(b.links[1].max_ppm, 0);
    // The net was told the same.
    CU_ASSERT_DOUBLE_EQUAL(b.net->ports[0]->fluid->rho, 0.1, 1e-9);
    end(&b);
}

// A bucket counts in the mean as long as it lasts.
static void means_by_time(void)
{
    struct bench b;
    struct scenario s = {.duration_ps = 2250 * MS,
                         .bucket_ps = S,
                         .warmup_ps = EPOCH,
                         .outage_from_ps = S,
                         .outage_to_ps = 2250 * MS};
    run(&b, &s);
    int32_t full = b.links[0].util_ppm[1], last = b.links[0].util_ppm[2];
    CU_ASSERT_EQUAL(full, 100000);
    CU_ASSERT_EQUAL(last, 120000); // three steps fall into a quarter of a second
    CU_ASSERT_EQUAL(b.links[0].mean_ppm[PHASE_OUTAGE], 104000);
    end(&b);
}

// A demand counts for as long as it lasts.
static void set_demand(struct sim *sim, struct entity *self, uint64_t bps)
{
    const struct source *s = (struct source *)self;
    (void)sim;
    net_port_demand(s->net, 1, (int64_t)bps);
}

static void demand_by_time(void)
{
    struct bench b;
    begin(&b, &(struct scenario){.duration_ps = 3 * S,
                                 .bucket_ps = S,
                                 .warmup_ps = EPOCH,
                                 .outage_from_ps = 3 * S,
                                 .outage_to_ps = 3 * S});
    struct source solver = {.net = b.net};
    sim_entity(b.sim, &solver.entity, set_demand);
    sim_at(b.sim, &solver.entity, &solver.entity, EPOCH + 250 * MS, SIM_PHASE_WORLD, RATE / 2);
    sim_at(b.sim, &solver.entity, &solver.entity, EPOCH + 1500 * MS, SIM_PHASE_WORLD, RATE / 4);
    finish(&b);
    static const int32_t wanted[] = {375000, 375000, 250000};
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(b.links[1].util_ppm[i], wanted[i]);
    CU_ASSERT_EQUAL(b.links[0].util_ppm[1], 100000);
    CU_ASSERT_DOUBLE_EQUAL(net_port_fate_at(b.net, 1, 2 * RATE).loss, 0.5, 1e-12);
    CU_ASSERT_EQUAL(net_port_fate(b.net, 1).loss, 0);
    end(&b);
}

static void phase_of_the_middle(void)
{
    struct scenario s = {.duration_ps = 2500 * MS,
                         .bucket_ps = S,
                         .outage_from_ps = 600 * MS,
                         .outage_to_ps = 2300 * MS};
    CU_ASSERT_EQUAL(load_bucket_ps(&s, 1), S);
    CU_ASSERT_EQUAL(load_bucket_ps(&s, 2), 500 * MS);
    CU_ASSERT_EQUAL(load_bucket_phase(&s, 0), PHASE_BEFORE); // its middle is at 0.5 s
    CU_ASSERT_EQUAL(load_bucket_phase(&s, 1), PHASE_OUTAGE);
    CU_ASSERT_EQUAL(load_bucket_phase(&s, 2), PHASE_OUTAGE); // at 2.25 s
    s.outage_to_ps = 2200 * MS;
    CU_ASSERT_EQUAL(load_bucket_phase(&s, 2), PHASE_AFTER);
}

UNIT_MAIN("measure/load", {"last_bucket_ends_with_the_run", last_bucket_ends_with_the_run},
          {"means_by_time", means_by_time}, {"demand_by_time", demand_by_time},
          {"phase_of_the_middle", phase_of_the_middle})
