// SPDX-License-Identifier: GPL-3.0-or-later
// Servers behind a service: every key of `backends` and `health`, and every action on them, does what
// it says. Regions stand in the north (pn) and the south (ps).
#include "run/backends.h"
#include "tiny.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define S PS_PER_S

static struct tiny tiny;
static struct world *world;
static struct timeline *timeline;

struct timeline *timeline_new(struct world *w);
void timeline_free(struct timeline *t);

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

// A service "web" published at both POPs, with these backends.
static void begin_with(const char *backends, const char *rest)
{
    char text[1024];
    snprintf(text, sizeof text,
             "services:\n"
             "  web: {mode: accelerated, prefix: 203.0.113.0/24, publish: [pn, ps], %s}\n"
             "traffic:\n"
             "  players: {kind: game, to: [web], rate: 10/s}\n",
             backends);
    begin(text, rest);
}

// What the POP of a region sends to it and to the other one.
static void expect_shares(int pop, uint32_t here_ppm, uint32_t there_ppm)
{
    const struct backends_run *b = world->backends[0];
    for (size_t i = 0; i < b->entries.n; i++) {
        const struct backend_entry *e = &b->entries.v[i];
        if (b->pops[e->pop].pop != pop)
            continue;
        int here = b->groups[0].pop == pop ? 0 : 1;
        CU_ASSERT_EQUAL(e->share_ppm[here], here_ppm);
        CU_ASSERT_EQUAL(e->share_ppm[1 - here], there_ppm);
    }
}

static void expect_weights(int pop, int n, const uint32_t *weights)
{
    const struct backend_group *g = backends_group(world->backends[0], pop);
    CU_ASSERT_EQUAL_FATAL(g->n, n);
    for (int k = 0; k < n; k++)
        CU_ASSERT_EQUAL(g->weights[k], weights[k]);
}

enum { PN, PS };

static void nearest_region(void)
{
    begin_with("backends: {regions: {pn: {}, ps: {}}}", "");
    expect_shares(PN, 1000000, 0);
    expect_shares(PS, 1000000, 0);
    end();
}

static void dial_priority_standby_weight(void)
{
    begin_with("backends: {regions: {pn: {dial: 25%}, ps: {}}}", "");
    expect_shares(PN, 250000, 750000);
    expect_shares(PS, 1000000, 0);
    end();
    begin_with("backends: {regions: {pn: {priority: 2}, ps: {}}}", "");
    expect_shares(PN, 0, 1000000);
    end();
    begin_with("backends: {regions: {pn: {standby: yes}, ps: {priority: 100}}}", "");
    expect_shares(PN, 0, 1000000);
    end();
    begin_with("backends: {choose: weight, regions: {pn: {weight: 50}, ps: {weight: 150}}}", "");
    expect_shares(PN, 250000, 750000);
    expect_shares(PS, 750000, 250000);
    end();
    begin_with("backends: {regions: {pn: {weight: 0}, ps: {}}}", "");
    expect_shares(PN, 0, 1000000);
    end();
}

static void servers_and_their_lines(void)
{
    begin_with("backends: {regions: {pn: {servers: 3, rate: 1Gbps, requests: 500/s, service: 7ms, "
               "queue: 9, server: {2: {weight: 5, rate: 2Gbps}, 3: {weight: 0}}}}}",
               "");
    const struct backend_group *g = backends_group(world->backends[0], PN);
    const struct server_options *o = world->backends[0]->is->backends->regions[0].servers;
    expect_weights(PN, 3, (const uint32_t[]){1, 5, 0});
    CU_ASSERT_EQUAL(world->net->ports[g->hosts[0].port]->rate_bps, INT64_C(1000000000));
    CU_ASSERT_EQUAL(world->net->ports[g->hosts[1].port]->rate_bps, INT64_C(2000000000));
    CU_ASSERT_EQUAL(o[2].requests_uhz, INT64_C(500000000));
    CU_ASSERT_EQUAL(o[2].service_ps, 7 * PS_PER_MS);
    CU_ASSERT_EQUAL(o[2].queue, 9);
    end();
}

struct totals {
    uint64_t sent, received, refused;
    int64_t rtt_min_ns;
};

static struct totals totals_of(const struct results *r)
{
    struct totals sum = {.rtt_min_ns = INT64_MAX};
    for (int i = 0; i < r->nclients; i++) {
        const struct client_result *c = &r->clients[i];
        sum.sent += c->sent;
        sum.received += c->received;
        sum.refused += c->lost_by[FWD_DROP_SERVER_FULL];
        if (c->rtt_ns.min < sum.rtt_min_ns)
            sum.rtt_min_ns = c->rtt_ns.min;
    }
    return sum;
}

// 30 requests a second: a server that serves 10 refuses two thirds, and its 200 ms come on top; one that
// serves 10,000 refuses none.
static void requests_wait_and_are_refused(void)
{
    begin_with("backends: {regions: {pn: {requests: 10/s, queue: 3, service: 200ms}}}", "");
    run_until(world, 60 * S, NULL);
    struct results *r = run_collect(world);
    struct totals c = totals_of(r);
    CU_ASSERT(c.received > 590 && c.received < 615);
    CU_ASSERT(c.refused + 6 > c.sent - c.received);
    CU_ASSERT(c.rtt_min_ns > 200 * PS_PER_MS / PS_PER_NS);
    results_free(r);
    end();
    begin_with("backends: {regions: {pn: {requests: 10000/s, queue: 3}}}", "");
    run_until(world, 60 * S, NULL);
    r = run_collect(world);
    c = totals_of(r);
    CU_ASSERT_EQUAL(c.received, c.sent);
    CU_ASSERT_EQUAL(c.refused, 0);
    results_free(r);
    end();
}

// A full server keeps the connection that it has: nothing is reset, answers come late.
static void full_servers_keep_connections(void)
{
    begin("services:\n"
          "  web: {mode: replicated, prefix: 198.51.100.0/24, publish: [pn], backends: {regions: "
          "{pn: "
          "{requests: 2/s, queue: 3}}}}\n"
          "traffic:\n"
          "  calls: {kind: rpc, from: {region: n}, to: [web], rate: 3/s}\n",
          "");
    run_until(world, 60 * S, NULL);
    struct results *r = run_collect(world);
    struct totals c = totals_of(r);
    uint64_t resets = 0;
    for (int i = 0; i < r->nquality; i++)
        resets += r->quality[i].broken[TRAFFIC_BREAK_RESET];
    CU_ASSERT(c.received < c.sent); // too late
    CU_ASSERT_EQUAL(resets, 0);
    results_free(r);
    end();
}

// What of a demand of 3 Gb/s gets through `servers` lines of 1 Gb/s.
static double carried_by(int servers)
{
    char text[1024];
    struct demand_figures f;
    snprintf(text, sizeof text,
             "services:\n"
             "  web: {mode: accelerated, prefix: 203.0.113.0/24, publish: [pn, ps], backends: "
             "{regions: {pn: {servers: %d, rate: 1Gbps}}}}\n"
             "demands:\n"
             "  load: {kind: gravity, to: [web], total: 3Gbps, up_share: 100%%}\n",
             servers);
    begin(text, "traffic:\n  few: {kind: ping, from: {region: s}, to: [web]}\n");
    run_until(world, 60 * S, NULL);
    struct results *r = run_collect(world);
    results_demand(r, 0, -1, false, PHASE_BEFORE, &f);
    results_free(r);
    end();
    return f.delivered_bit / f.offered_bit;
}

static void demands_fill_the_lines(void)
{
    CU_ASSERT_DOUBLE_EQUAL(carried_by(1), 1.0 / 3, 0.01);
    CU_ASSERT_DOUBLE_EQUAL(carried_by(2), 2.0 / 3, 0.01);
    CU_ASSERT_DOUBLE_EQUAL(carried_by(4), 1, 0.001);
}

static double demand_on(uint32_t port)
{
    const struct fluid *f = world->net->ports[port]->fluid;
    return f ? (double)f->demand_bps : 0;
}

// Both directions of a demand stay in the region that is nearest to where they enter: answers come from the
// servers that the requests of their POP went to.
static void demands_are_answered_where_they_went(void)
{
    begin(
        "services:\n"
        "  web: {mode: accelerated, prefix: 203.0.113.0/24, publish: [pn, ps], backends: {regions: "
        "{pn: {servers: 2}, ps: {}}}}\n"
        "demands:\n"
        "  load: {kind: gravity, from: {regions: [n, s]}, to: [web], total: 1Gbps, up_share: 20%}\n"
        "traffic:\n"
        "  few: {kind: ping, from: {region: s}, to: [web]}\n",
        "");
    run_until(world, 10 * S, NULL);
    double up = 0, down = 0, across = 0;
    for (int pop = PN; pop <= PS; pop++) {
        const struct backend_group *g = backends_group(world->backends[0], pop);
        for (int k = 0; k < g->n; k++) {
            up += demand_on(g->hosts[k].port);
            down += demand_on(g->hosts[k].port ^ 1u);
            CU_ASSERT(demand_on(g->hosts[k].port) > 0);
        }
    }
    for (uint32_t i = 0; i < world->net->nlinks; i++)
        if (world->links[i].kind == WORLD_BACKBONE && world->links[i].network == 1)
            across +=
                demand_on(world->net->links[i].a_port) + demand_on(world->net->links[i].b_port);
    CU_ASSERT_DOUBLE_EQUAL(up, 200e6, 1e3);
    CU_ASSERT_DOUBLE_EQUAL(down, 800e6, 20e6); // with the tunnel's header: demand/solver_ends.c
    CU_ASSERT_EQUAL(across, 0);
    end();
}

// The hosts of a region that got packets.
static int hosts_used(const char *affinity)
{
    char text[1024];
    int used = 0;
    snprintf(text, sizeof text,
             "services:\n"
             "  web: {mode: accelerated, prefix: 203.0.113.0/24, publish: [pn, ps], backends: "
             "{affinity: %s, regions: {pn: {servers: 20}}}}\n"
             "traffic:\n"
             "  a: {kind: game, from: {region: m}, to: [web]}\n"
             "  b: {kind: game, from: {region: m}, to: [web]}\n"
             "  c: {kind: game, from: {region: m}, to: [web]}\n"
             "  d: {kind: ping, from: {region: m}, to: [web]}\n",
             affinity);
    begin(text, "");
    run_until(world, 5 * S, NULL);
    const struct backend_group *g = backends_group(world->backends[0], PN);
    for (int k = 0; k < g->n; k++)
        used += world->net->ports[g->hosts[k].port]->packets > 0;
    end();
    return used;
}

static void affinity(void)
{
    CU_ASSERT_EQUAL(hosts_used("source"), 1);
    CU_ASSERT(hosts_used("flow") > 1);
}

#define HEALTH "health: {interval: 1s, timeout: 400ms, fall: 3, rise: 2, withdraw: no}"

static int records(enum health_what what, bool up, int64_t from_ps, int64_t to_ps)
{
    int n = 0;
    for (size_t i = 0; i < world->health->records.n; i++) {
        const struct health_record *r = &world->health->records.v[i];
        n += r->what == what && r->up == up && r->at_ps >= from_ps && r->at_ps <= to_ps;
    }
    return n;
}

// VALIDATION row 39: interval × threshold (and the time of a probe), each prober in its own time.
static void death_of_a_server(void)
{
    begin_with("backends: {regions: {pn: {servers: 2}, ps: {}}}, " HEALTH,
               "timeline:\n"
               "  - {at: 10s, fail_server: {service: web, pop: pn, server: 1}}\n"
               "  - {at: 30s, repair_server: {service: web, pop: pn, server: 1}}\n");
    run_until(world, 9 * S, NULL);
    CU_ASSERT_EQUAL(world->health->records.n, 0);
    expect_weights(PN, 2, (const uint32_t[]){1, 1});
    run_until(world, 20 * S, NULL);
    expect_weights(PN, 2, (const uint32_t[]){0, 1});
    CU_ASSERT_EQUAL(records(HEALTH_TARGET, false, 10 * S, 20 * S), 3); // a gateway, two POPs
    struct health_sum sum = health_log_sum(world->health, 0);
    bool good = sum.detect_min_ps >= 2400 * PS_PER_MS && sum.detect_max_ps <= 3400 * PS_PER_MS &&
                sum.detect_min_ps < sum.detect_max_ps;
    CU_ASSERT_TRUE(good);
    printf(
        "row 39: expected notice of a dead server within [2.400, 3.400] s, obtained %.3f to %.3f "
        "s: %s\n",
        ps_to_s(sum.detect_min_ps), ps_to_s(sum.detect_max_ps), good ? "ok" : "FAILED");
    CU_ASSERT_EQUAL(sum.false_alarms, 0);
    expect_shares(PN, 1000000, 0); // the other server is healthy
    run_until(world, 40 * S, NULL);
    expect_weights(PN, 2, (const uint32_t[]){1, 1});
    CU_ASSERT_EQUAL(records(HEALTH_TARGET, true, 31 * S, 32400 * PS_PER_MS), 3);
    end();
}

// All of a region: the other one, whatever its dial. All of all: it fails open.
static void failover_and_failing_open(void)
{
    begin_with("backends: {regions: {pn: {servers: 2}, ps: {dial: 0%}}}, " HEALTH,
               "timeline:\n"
               "  - {at: 10s, fail_server: {service: web, pop: pn}, for: 30s}\n"
               "  - {at: 20s, fail_server: {service: web, pop: ps}, for: 10s}\n");
    run_until(world, 9 * S, NULL);
    expect_shares(PN, 1000000, 0);
    expect_shares(PS, 0, 1000000);
    run_until(world, 15 * S, NULL);
    expect_shares(PN, 0, 1000000);
    expect_shares(PS, 1000000, 0);
    run_until(world, 25 * S, NULL);
    expect_shares(PN, 1000000, 0);
    expect_shares(PS, 1000000, 0); // the nearest, whose dial does not matter any more
    expect_weights(PN, 2, (const uint32_t[]){1, 1});
    bool good = records(HEALTH_OPEN, false, 10 * S, 25 * S) == 4; // two gateways, two POPs
    CU_ASSERT_TRUE(good);
    printf("row 39: expected failover without regard to a dial of 0 %%, and 4 of 4 failing open, "
           "obtained %d: %s\n",
           records(HEALTH_OPEN, false, 10 * S, 25 * S), good ? "ok" : "FAILED");
    run_until(world, 50 * S, NULL);
    expect_shares(PN, 1000000, 0);
    expect_shares(PS, 0, 1000000);
    end();
}

static bool is_announced(int service, int pop)
{
    const struct anycast_service *s = &world->services[service];
    for (size_t i = 0; i < s->sites.n; i++)
        if (s->sites.v[i].pop == (uint32_t)pop)
            return s->sites.v[i].announced;
    return false;
}

// A site of its own servers gives up its announcement, comes back after the hold-down; the last stays.
static void withdrawal(void)
{
    begin(
        "services:\n"
        "  dns: {mode: replicated, prefix: 198.51.100.0/24, publish: [pn, ps], health: {interval: "
        "1s, timeout: 400ms, fall: 2, rise: 2, hold_down: 10s}}\n"
        "  off: {mode: replicated, prefix: 192.88.99.0/24, publish: [pn, ps], health: {interval: "
        "1s, timeout: 400ms, fall: 2, rise: 2, withdraw: no}}\n"
        "traffic:\n"
        "  queries: {kind: dns, to: [dns, off]}\n",
        "timeline:\n"
        "  - {at: 10s, fail_server: {service: dns, pop: pn}, for: 5s}\n"
        "  - {at: 10s, fail_server: {service: off, pop: pn}, for: 5s}\n"
        "  - {at: 35s, fail_server: {service: dns, pop: pn}}\n"
        "  - {at: 40s, fail_server: {service: dns, pop: ps}}\n");
    run_until(world, 14 * S, NULL);
    CU_ASSERT_FALSE(is_announced(0, PN));
    CU_ASSERT_TRUE(is_announced(0, PS));
    CU_ASSERT_TRUE(is_announced(1, PN));
    run_until(world, 24 * S, NULL);
    CU_ASSERT_FALSE(is_announced(0, PN)); // up again since 17 s
    run_until(world, 30 * S, NULL);
    CU_ASSERT_TRUE(is_announced(0, PN));
    run_until(world, 55 * S, NULL);
    CU_ASSERT_FALSE(is_announced(0, PN));
    CU_ASSERT_TRUE(is_announced(0, PS)); // dead, and the last
    end();
}

// The backbone between the POPs loses packets: what the far prober thinks is wrong, and counted so.
static void false_alarms(void)
{
    begin_with("backends: {regions: {pn: {}}}, "
               "health: {interval: 500ms, timeout: 400ms, fall: 1, rise: 1, withdraw: no}",
               "timeline:\n"
               "  - {at: 10s, degrade: {network: cloud, between: [north, south]}, loss: 30%}\n");
    run_until(world, 60 * S, NULL);
    struct health_sum sum = health_log_sum(world->health, 0);
    CU_ASSERT(sum.false_alarms > 10);
    CU_ASSERT_EQUAL(sum.false_alarms, sum.downs);
    CU_ASSERT_EQUAL(sum.detect_max_ps, -1);
    for (size_t i = 0; i < world->health->records.n; i++)
        CU_ASSERT_STRING_NOT_EQUAL(world->health->records.v[i].prober, "pn gateway");
    end();
}

// A region that fails with its POP is really gone.
static void failed_pops_are_true_alarms(void)
{
    begin_with("backends: {regions: {pn: {}, ps: {}}}, " HEALTH,
               "timeline:\n"
               "  - {at: 10s, fail: {pop: ps}}\n");
    run_until(world, 30 * S, NULL);
    struct health_sum sum = health_log_sum(world->health, 0);
    CU_ASSERT(sum.downs > 0);
    for (size_t i = 0; i < world->health->records.n; i++)
        if (!strcmp(world->health->records.v[i].target, "ps-web-1"))
            CU_ASSERT_FALSE(world->health->records.v[i].is_false);
    expect_shares(PN, 1000000, 0);
    end();
}

static void weights_and_dials_on_the_timeline(void)
{
    begin_with("backends: {regions: {pn: {servers: 2, dial: 80%}, ps: {}}}",
               "timeline:\n"
               "  - {at: 10s, set_dial: {service: web, pop: pn, dial: 30%}, for: 10s}\n"
               "  - {at: 30s, set_weight: {service: web, pop: pn, weight: 0}, for: 10s}\n"
               "  - {at: 45s, set_weight: {service: web, pop: pn, server: 2, weight: 7}}\n");
    expect_shares(PN, 800000, 200000);
    run_until(world, 15 * S, NULL);
    expect_shares(PN, 300000, 700000);
    run_until(world, 25 * S, NULL);
    expect_shares(PN, 800000, 200000);
    run_until(world, 35 * S, NULL);
    expect_shares(PN, 0, 1000000);
    run_until(world, 42 * S, NULL);
    expect_shares(PN, 800000, 200000);
    expect_weights(PN, 2, (const uint32_t[]){1, 1});
    run_until(world, 50 * S, NULL);
    expect_weights(PN, 2, (const uint32_t[]){1, 7});
    end();
}

// The IGP says which region is the nearest: when the way to it is cut, at once.
static void distances_change(void)
{
    begin_with("backends: {regions: {ps: {}, pn: {standby: yes}}}",
               "timeline:\n"
               "  - {at: 10s, fail: {network: cloud, between: [north, south]}}\n");
    expect_shares(PN, 0, 1000000);
    run_until(world, 15 * S, NULL);
    expect_shares(PN, 1000000, 0);
    expect_shares(PS, 1000000, 0);
    end();
}

// VALIDATION row 40: connections at a catchment shift, all of them.
static void connections_at_a_shift(void)
{
    begin(
        "services:\n"
        "  web: {mode: accelerated, prefix: 203.0.113.0/24, publish: [pn, ps], backends: {regions: "
        "{pn: {servers: 5}}}}\n"
        "  cdn: {mode: replicated, prefix: 198.51.100.0/24, publish: [pn, ps]}\n"
        "traffic:\n"
        "  calls: {kind: rpc, from: {region: s}, to: [web, cdn], rate: 5/s}\n",
        "timeline:\n"
        "  - {at: 20s, withdraw: {service: web, pop: ps}}\n"
        "  - {at: 20s, withdraw: {service: cdn, pop: ps}}\n");
    run_until(world, 60 * S, NULL);
    struct results *r = run_collect(world);
    uint64_t broken[2] = {0};
    int sites[2] = {-1, -1};
    for (int i = 0; i < r->nquality; i++)
        for (int k = 0; k < 2; k++)
            broken[r->quality[i].service] += r->quality[i].broken[k];
    for (int i = 0; i < r->nclients; i++)
        if (r->clients[i].phase == PHASE_OUTAGE)
            sites[r->clients[i].service] = r->clients[i].site;
    CU_ASSERT(sites[0] == PN && sites[1] == PN);
    bool good = broken[0] == 0 && broken[1] == 1;
    CU_ASSERT_TRUE(good);
    printf("row 40: expected broken connections accelerated 0, replicated 1, obtained %d and %d: "
           "%s\n",
           (int)broken[0], (int)broken[1], good ? "ok" : "FAILED");
    results_free(r);
    end();
}

UNIT_MAIN("backends", {"nearest", nearest_region}, {"regions", dial_priority_standby_weight},
          {"servers", servers_and_their_lines}, {"requests", requests_wait_and_are_refused},
          {"resets", full_servers_keep_connections}, {"demands", demands_fill_the_lines},
          {"answers", demands_are_answered_where_they_went}, {"affinity", affinity},
          {"death", death_of_a_server}, {"fail-open", failover_and_failing_open},
          {"withdrawal", withdrawal}, {"false-alarms", false_alarms},
          {"failed-pops", failed_pops_are_true_alarms},
          {"timeline", weights_and_dials_on_the_timeline}, {"distances", distances_change},
          {"row-40", connections_at_a_shift})
