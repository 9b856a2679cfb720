// SPDX-License-Identifier: GPL-3.0-or-later
// Expectations against figures made by hand.
#include "measure/judge.h"
#include "unit.h"

#include "base/arena.h"
#include "base/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// One service, one group, three phases; 100 requests in each.
struct bench {
    struct scenario scenario;
    struct pop pops[2];
    struct expectation expectation;
    struct condition condition;
    bool from[2];
    struct results *r;
};

static void begin(struct bench *b)
{
    memset(b, 0, sizeof *b);
    b->pops[0].name = "east", b->pops[1].name = "west";
    b->from[0] = true;
    b->condition.text = "x";
    b->expectation = (struct expectation){.from = b->from,
                                          .phase = PHASE_OUTAGE,
                                          .conditions = &b->condition,
                                          .nconditions = 1,
                                          .pop = -1};
    b->scenario = (struct scenario){.nservices = 1,
                                    .ngroups = 2, // nobody sends from the second
                                    .expectations = &b->expectation,
                                    .nexpectations = 1};
    b->scenario.topology.pops = b->pops;
    b->scenario.topology.npops = 2;
    b->r = xcalloc(1, sizeof *b->r);
    b->r->scenario = &b->scenario;
    b->r->clients = xcalloc(PHASE_COUNT, sizeof *b->r->clients);
    b->r->nclients = PHASE_COUNT;
    for (int ph = 0; ph < PHASE_COUNT; ph++) {
        struct client_result *c = &b->r->clients[ph];
        *c = (struct client_result){.phase = (enum phase)ph,
                                    .sent = 100,
                                    .jitter_ps = NAN,
                                    .site = -1,
                                    .failover_ps = -1,
                                    .detect_ps = -1,
                                    .converge_ps = -1,
                                    .restore_ps = -1};
        hist_init(&c->rtt_ns);
        hist_init(&c->ipdv_ns);
        c->site_count = xcalloc(2, sizeof *c->site_count);
    }
}

static struct client_result *outage(struct bench *b)
{
    return &b->r->clients[PHASE_OUTAGE];
}

static void answered(struct bench *b, uint64_t n, int64_t rtt_ps)
{
    hist_add_n(&outage(b)->rtt_ns, rtt_ps / PS_PER_NS, n);
    outage(b)->received += n;
}

static const struct check_result *check(struct bench *b, enum metric m, enum compare op,
                                        int64_t value)
{
    b->condition.metric = m;
    b->condition.op = op;
    b->condition.value = value;
    free(b->r->checks);
    b->r->nchecks = b->r->nfailed = 0;
    judge(b->r);
    CU_ASSERT_EQUAL_FATAL(b->r->nchecks, 1);
    CU_ASSERT_EQUAL(b->r->nfailed, !b->r->checks[0].ok);
    return &b->r->checks[0];
}

static bool holds(struct bench *b, enum metric m, enum compare op, int64_t value)
{
    return check(b, m, op, value)->ok;
}

static void end(struct bench *b)
{
    results_free(b->r);
}

static void every_operator(void)
{
    static const bool expected[][3] = {
        // obtained less, equal, greater
        [CMP_LT] = {true, false, false}, [CMP_LE] = {true, true, false},
        [CMP_EQ] = {false, true, false}, [CMP_NE] = {true, false, true},
        [CMP_GE] = {false, true, true},  [CMP_GT] = {false, false, true}};
    struct bench b;
    begin(&b);
    outage(&b)->failover_ps = 2 * PS_PER_S;
    for (int op = CMP_LT; op <= CMP_GT; op++)
        for (int k = 0; k < 3; k++)
            CU_ASSERT_EQUAL(holds(&b, METRIC_FAILOVER, (enum compare)op, (3 - k) * PS_PER_S),
                            expected[op][k]);
    end(&b);
}

// Group 0 has 300 people and 60 of 100 requests answered by west, 20 by east; group 1 has 100 people,
// all of them in east.
static void share_of_a_pop(void)
{
    struct client_group groups[] = {{.population = 300}, {.population = 100}};
    struct network network = {.clients = groups, .nclients = 2};
    struct group_ref refs[] = {{0, 0}, {0, 1}};
    struct bench b;
    begin(&b);
    b.scenario.groups = refs;
    b.scenario.topology.networks = &network;
    outage(&b)->site_count[0] = 20;
    outage(&b)->site_count[1] = 60;
    struct client_result *both = xcalloc(2 * PHASE_COUNT, sizeof *both);
    memcpy(both, b.r->clients, PHASE_COUNT * sizeof *both);
    free(b.r->clients);
    b.r->clients = both;
    b.r->nclients = 2 * PHASE_COUNT;
    for (int ph = 0; ph < PHASE_COUNT; ph++) {
        both[PHASE_COUNT + ph] =
            (struct client_result){.group = 1, .phase = (enum phase)ph, .sent = 10};
        hist_init(&both[PHASE_COUNT + ph].rtt_ns);
        hist_init(&both[PHASE_COUNT + ph].ipdv_ns);
        both[PHASE_COUNT + ph].site_count = xcalloc(2, sizeof(uint64_t));
    }
    both[PHASE_COUNT + PHASE_OUTAGE].site_count[0] = 10;
    b.expectation.pop = 1;                                  // west
    CU_ASSERT(holds(&b, METRIC_POP_SHARE, CMP_EQ, 600000)); // of the first group alone
    b.from[1] = true;
    CU_ASSERT(holds(&b, METRIC_POP_SHARE, CMP_EQ, 450000)); // 180 of 400 people
    b.expectation.pop = 0;
    CU_ASSERT(holds(&b, METRIC_POP_SHARE, CMP_EQ, 400000)); // 60 + 100 of 400
    end(&b);
}

static void availability_and_loss(void)
{
    struct bench b;
    begin(&b);
    answered(&b, 98, 10 * PS_PER_MS);
    CU_ASSERT(holds(&b, METRIC_AVAILABILITY, CMP_EQ, 980000));
    CU_ASSERT(holds(&b, METRIC_LOSS, CMP_EQ, 20000));
    CU_ASSERT_STRING_EQUAL(check(&b, METRIC_AVAILABILITY, CMP_GE, 990000)->obtained, "98%");
    // One lost of ten million is not 100 %.
    outage(&b)->sent = 10000000, outage(&b)->received = 9999999;
    CU_ASSERT(!holds(&b, METRIC_AVAILABILITY, CMP_GE, 1000000));
    CU_ASSERT(!holds(&b, METRIC_LOSS, CMP_EQ, 0));
    end(&b);
}

static void lost_requests_are_infinitely_late(void)
{
    struct bench b;
    begin(&b);
    answered(&b, 94, 10 * PS_PER_MS);
    CU_ASSERT(holds(&b, METRIC_RTT_P50, CMP_LE, 11 * PS_PER_MS));
    CU_ASSERT(!holds(&b, METRIC_RTT_P95, CMP_LE, 1000 * PS_PER_S));
    CU_ASSERT_STRING_EQUAL(b.r->checks[0].obtained, "lost");
    CU_ASSERT(holds(&b, METRIC_RTT_MIN, CMP_EQ, 10 * PS_PER_MS));
    CU_ASSERT(holds(&b, METRIC_RTT_MEAN, CMP_EQ, 10 * PS_PER_MS));
    CU_ASSERT_STRING_EQUAL(b.r->checks[0].obtained, "10.000ms");
    answered(&b, 1, 10 * PS_PER_MS);
    CU_ASSERT(holds(&b, METRIC_RTT_P95, CMP_LE, 11 * PS_PER_MS));
    CU_ASSERT(!holds(&b, METRIC_RTT_P99, CMP_LE, 11 * PS_PER_MS));
    end(&b);
}

// Whatever the operator: there is nothing to compare.
static void missing_figures_fail(void)
{
    static const enum metric metrics[] = {METRIC_RTT_MIN, METRIC_RTT_MEAN, METRIC_RTT_P50,
                                          METRIC_RTT_P95, METRIC_RTT_P99,  METRIC_JITTER,
                                          METRIC_SITE,    METRIC_DETECT};
    struct bench b;
    begin(&b);
    for (size_t i = 0; i < sizeof metrics / sizeof metrics[0]; i++)
        for (int op = CMP_LT; op <= CMP_GT; op++)
            CU_ASSERT(!holds(&b, metrics[i], (enum compare)op, op == CMP_EQ ? -1 : 1));
    CU_ASSERT_STRING_EQUAL(check(&b, METRIC_RTT_P50, CMP_GE, 1)->obtained, "nothing answered");
    CU_ASSERT_STRING_EQUAL(check(&b, METRIC_SITE, CMP_NE, 0)->obtained, "none");
    CU_ASSERT_STRING_EQUAL(check(&b, METRIC_DETECT, CMP_GE, 0)->obtained, "no value");
    outage(&b)->sent = 0;
    CU_ASSERT_STRING_EQUAL(check(&b, METRIC_LOSS, CMP_LE, 0)->obtained, "nothing sent");
    CU_ASSERT(!b.r->checks[0].ok);
    end(&b);
}

static void failover_never_and_nothing_lost(void)
{
    struct bench b;
    begin(&b);
    CU_ASSERT(holds(&b, METRIC_FAILOVER, CMP_LE, 0)); // nothing lost
    outage(&b)->failover_ps = TIME_NEVER;
    CU_ASSERT(!holds(&b, METRIC_FAILOVER, CMP_LE, 1000 * PS_PER_S));
    CU_ASSERT_STRING_EQUAL(b.r->checks[0].obtained, "never");
    CU_ASSERT(holds(&b, METRIC_FAILOVER, CMP_GE, 1000 * PS_PER_S));
    outage(&b)->failover_ps = 1500 * PS_PER_MS;
    CU_ASSERT_STRING_EQUAL(check(&b, METRIC_FAILOVER, CMP_LE, 0)->obtained, "1.500s");
    outage(&b)->detect_ps = 50 * PS_PER_MS;
    CU_ASSERT(holds(&b, METRIC_DETECT, CMP_EQ, 50 * PS_PER_MS));
    b.expectation.phase = PHASE_BEFORE; // failover is the outage's
    CU_ASSERT(!holds(&b, METRIC_FAILOVER, CMP_LE, 0));
    end(&b);
}

static void site_by_name(void)
{
    struct bench b;
    begin(&b);
    outage(&b)->site = 1;
    CU_ASSERT(holds(&b, METRIC_SITE, CMP_EQ, 1));
    CU_ASSERT(!holds(&b, METRIC_SITE, CMP_EQ, 0));
    CU_ASSERT_STRING_EQUAL(b.r->checks[0].obtained, "west");
    CU_ASSERT_STRING_EQUAL(b.r->checks[0].expected, "== x");
    CU_ASSERT(holds(&b, METRIC_SITE, CMP_NE, 0));
    end(&b);
}

static void jitter(void)
{
    struct bench b;
    begin(&b);
    outage(&b)->jitter_ps = 2.5e9;
    CU_ASSERT(holds(&b, METRIC_JITTER, CMP_LE, 2500 * PS_PER_US));
    CU_ASSERT(!holds(&b, METRIC_JITTER, CMP_LT, 2500 * PS_PER_US));
    end(&b);
}

// Groups without traffic to the service are no checks; each of the others is one.
static void groups_without_traffic(void)
{
    struct bench b;
    begin(&b);
    b.from[1] = true;
    answered(&b, 100, PS_PER_MS);
    const struct check_result *k = check(&b, METRIC_AVAILABILITY, CMP_GE, 1000000);
    CU_ASSERT(k->ok);
    CU_ASSERT_EQUAL(k->group, 0);
    end(&b);
}

// Time in service, stretch and a link's load, against figures made by hand.
static void time_in_service_and_stretch(void)
{
    struct bench b;
    begin(&b);
    answered(&b, 100, 30 * PS_PER_MS);
    outage(&b)->available = (struct availability_result){
        .seconds = 60, .outage_seconds = 3, .tens = 6, .outage_tens = 0};
    outage(&b)->stretch = (struct stretch_result){.best_ps = 20 * PS_PER_MS, .circle_ps = -1};
    CU_ASSERT(holds(&b, METRIC_OUTAGE_SECONDS, CMP_EQ, 3 * PS_PER_S));
    CU_ASSERT_STRING_EQUAL(b.r->checks[0].obtained, "3.000s");
    CU_ASSERT(holds(&b, METRIC_AVAILABLE_1S, CMP_EQ, 950000));
    CU_ASSERT(holds(&b, METRIC_AVAILABLE_10S, CMP_EQ, 1000000));
    CU_ASSERT(holds(&b, METRIC_STRETCH, CMP_GE, 1490000));
    CU_ASSERT(holds(&b, METRIC_STRETCH, CMP_LE, 1510000));
    CU_ASSERT_STRING_EQUAL(check(&b, METRIC_STRETCH_CIRCLE, CMP_LE, 1)->obtained, "no value");
    end(&b);
}

static void links(void)
{
    struct bench b;
    struct selector which = {.text = "both"};
    begin(&b);
    b.expectation.links = &which;
    b.expectation.from = NULL;
    b.r->nlinks = 2;
    b.r->links = xcalloc(2, sizeof *b.r->links);
    b.r->expected_links = xcalloc(2, sizeof *b.r->expected_links);
    b.r->expected_links[1] = true; // of the second only
    for (int i = 0; i < 2; i++)
        for (int ph = 0; ph < PHASE_COUNT; ph++)
            hist_init(&b.r->links[i].in[ph].waited_ns);
    struct link_phase *in = &b.r->links[1].in[PHASE_OUTAGE];
    b.r->links[1].mean_ppm[PHASE_OUTAGE] = 400000;
    in->p95_ppm = 800000, in->p99_ppm = 900000, in->max_ppm = 1200000;
    hist_add_n(&in->waited_ns, 0, 99);
    CU_ASSERT(holds(&b, METRIC_QUEUEING_P99, CMP_EQ, 0));
    hist_add(&in->waited_ns, 100);
    CU_ASSERT(holds(&b, METRIC_QUEUEING_MEAN, CMP_EQ, 1000)); // a nanosecond
    CU_ASSERT(holds(&b, METRIC_UTILISATION_MEAN, CMP_EQ, 400000));
    CU_ASSERT(holds(&b, METRIC_UTILISATION_P95, CMP_EQ, 800000));
    CU_ASSERT(holds(&b, METRIC_UTILISATION_P99, CMP_EQ, 900000));
    CU_ASSERT(holds(&b, METRIC_UTILISATION_MAX, CMP_EQ, 1200000));
    CU_ASSERT_EQUAL(b.r->checks[0].link, 1);
    CU_ASSERT_STRING_EQUAL(b.r->checks[0].obtained, "120%");
    end(&b);
}

// Three replicas: 1, 2 and 6 seconds.
static void over_replicas(void)
{
    static const int64_t values[] = {1 * PS_PER_S, 6 * PS_PER_S, 2 * PS_PER_S};
    static const int64_t missing[] = {1 * PS_PER_S, JUDGE_NONE, 2 * PS_PER_S};
    static const int64_t never[] = {1 * PS_PER_S, TIME_NEVER, 2 * PS_PER_S};
    struct bench b;
    begin(&b);
    for (int mean = 0; mean < 2; mean++) {
        b.expectation.over = mean ? OVER_MEAN : OVER_WORST;
        check(&b, METRIC_FAILOVER, CMP_LE, 3 * PS_PER_S);
        judge_replicas(b.r, values, 3);
        CU_ASSERT_EQUAL(b.r->checks[0].ok, mean);
        CU_ASSERT_EQUAL(b.r->nfailed, !mean);
        CU_ASSERT_STRING_EQUAL(b.r->checks[0].obtained,
                               mean ? "3.000s (mean of 3)" : "6.000s (worst of 3)");
        judge_replicas(b.r, missing, 3);
        CU_ASSERT(!b.r->checks[0].ok);
        judge_replicas(b.r, never, 3);
        CU_ASSERT(!b.r->checks[0].ok);
        check(&b, METRIC_FAILOVER, CMP_GE, 1500 * PS_PER_MS); // the other end is the worst
        judge_replicas(b.r, values, 3);
        CU_ASSERT_EQUAL(b.r->checks[0].ok, mean);
        check(&b, METRIC_FAILOVER, CMP_NE, 2 * PS_PER_S);
        judge_replicas(b.r, values, 3);
        CU_ASSERT_EQUAL(b.r->checks[0].ok, mean);
    }
    end(&b);
}

UNIT_MAIN("judge", {"every_operator", every_operator},
          {"availability_and_loss", availability_and_loss},
          {"lost_requests_are_infinitely_late", lost_requests_are_infinitely_late},
          {"missing_figures_fail", missing_figures_fail},
          {"failover_never_and_nothing_lost", failover_never_and_nothing_lost},
          {"site_by_name", site_by_name}, {"jitter", jitter},
          {"groups_without_traffic", groups_without_traffic},
          {"time_in_service_and_stretch", time_in_service_and_stretch}, {"links", links},
          {"share_of_a_pop", share_of_a_pop}, {"over_replicas", over_replicas})
