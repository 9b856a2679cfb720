// SPDX-License-Identifier: GPL-3.0-or-later
// lines: every key of queues, impairments, unequal directions, MTU and congestion reaches the net.
#include "unit.h"

#include "run/fault.h"
#include "run/lines.h"
#include "run/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
    struct scenario_list list;
    struct world *world;
    struct timeline *timeline;
} w;

static const char cities[] = "version: 1\nname: t\n"
                             "cities:\n"
                             "  - {name: north, lat: 40, lon: 116}\n"
                             "  - {name: south, lat: 30, lon: 116}\n";

static void write_file(const char *dir, const char *name, const char *head, const char *rest)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    if (!f)
        abort();
    fprintf(f, "%s%s", head, rest);
    fclose(f);
}

// `top`: keys of the topology; `network`: more of the carrier; `link`, `joint`: more of its link and
// of its interconnect with the cloud; `scenario`: keys of the scenario.
struct texts_of {
    const char *top, *network, *link, *joint, *scenario;
};

static const char *or_nothing(const char *s)
{
    return s ? s : "";
}

static void begin(struct texts_of t)
{
    char dir[] = "/tmp/anysim-lines-XXXXXX", text[4096], path[128];
    if (!mkdtemp(dir))
        abort();
    snprintf(text, sizeof text,
             "%snetworks:\n"
             "  carrier: {asn: 100, kind: carrier, cities: [north, south], reflectors: [north],\n"
             "    links: [{a: north, b: south, capacity: 100Mbps, delay: 5ms%s}],\n"
             "    clients: [{province: s, city: south, population: 10}]%s}\n"
             "  cloud: {asn: 200, kind: cloud, cities: [north]}\n"
             "interconnects:\n"
             "  - {a: cloud, b: carrier, relation: customer, city: north, capacity: 1Gbps%s}\n"
             "pops: {p: {network: cloud, city: north}}\n",
             or_nothing(t.top), or_nothing(t.link), or_nothing(t.network), or_nothing(t.joint));
    write_file(dir, "t.yaml", cities, text);
    snprintf(text, sizeof text,
             "duration: 20s\nservices: {s: {mode: unicast, prefix: 192.0.2.0/24, publish: [p]}}\n"
             "traffic: {g: {kind: game, to: [s], rate: 100/s, up: 1000B, dscp: ef}}\n%s",
             or_nothing(t.scenario));
    write_file(dir, "s.yaml", "version: 1\nname: s\ntopology: t.yaml\n", text);
    struct diag *d = diag_new();
    snprintf(path, sizeof path, "%s/s.yaml", dir);
    scenario_load(path, d, &w.list);
    diag_print(d, stderr, false);
    w.world = diag_errors(d) ? NULL : world_new(&w.list.v[0]);
    diag_free(d);
    unlink(path);
    snprintf(path, sizeof path, "%s/t.yaml", dir);
    unlink(path);
    rmdir(dir);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w.world);
    w.timeline = timeline_new(w.world);
}

static void end(void)
{
    timeline_free(w.timeline);
    world_free(w.world);
    scenario_list_free(&w.list);
}

// The port of the first link of a kind, a→b or back.
static struct port *port_of(enum world_link_kind kind, bool back)
{
    for (uint32_t i = 0; i < w.world->net->nlinks; i++)
        if (w.world->links[i].kind == kind) {
            const struct net_link *l = &w.world->net->links[i];
            return w.world->net->ports[back ? l->b_port : l->a_port];
        }
    abort();
}

static struct port *backbone(bool back)
{
    return port_of(WORLD_BACKBONE, back);
}

static struct port *joint(bool back)
{
    return port_of(WORLD_INTERCONNECT, back);
}

static void ordinary(void)
{
    begin((struct texts_of){0});
    CU_ASSERT(!backbone(false)->special && !joint(true)->special && !backbone(false)->qdisc);
    CU_ASSERT(backbone(true)->rate_bps == 100000000 && backbone(true)->delay_ps == 5 * PS_PER_MS);
    end();
}

static void directions(void)
{
    begin((struct texts_of){.link = ", capacity_back: 30Mbps, delay_back: 9ms",
                            .joint = ", capacity_back: 2Gbps, delay_back: 7us"});
    CU_ASSERT(backbone(false)->rate_bps == 100000000 && backbone(true)->rate_bps == 30000000);
    CU_ASSERT(backbone(false)->delay_ps == 5 * PS_PER_MS &&
              backbone(true)->delay_ps == 9 * PS_PER_MS);
    CU_ASSERT(joint(true)->rate_bps == 2000000000 && joint(true)->delay_ps == 7 * PS_PER_US);
    CU_ASSERT(joint(false)->rate_bps == 1000000000 && joint(false)->delay_ps == 100 * PS_PER_US);
    end();
}

static uint64_t dropped_by(enum fwd_drop reason)
{
    sim_run(w.world->sim, w.world->epoch_ps + 20 * PS_PER_S);
    return w.world->net->dropped_by[reason];
}

static void mtu(void)
{
    begin((struct texts_of){.link = ", mtu: 999B"});
    CU_ASSERT(dropped_by(FWD_DROP_MTU) > 1900); // requests of 1000 bytes, one and all
    end();
    begin((struct texts_of){.link = ", mtu: 1000B"});
    CU_ASSERT_EQUAL(dropped_by(FWD_DROP_MTU), 0);
    end();
    begin((struct texts_of){.joint = ", mtu: 999B"});
    CU_ASSERT(dropped_by(FWD_DROP_MTU) > 1900);
    end();
    begin((struct texts_of){.network = ", mtu: 999B"});
    CU_ASSERT(dropped_by(FWD_DROP_MTU) > 1900);
    end();
    begin((struct texts_of){.scenario = "networks: {carrier: {mtu: 999B}}\n"});
    CU_ASSERT(dropped_by(FWD_DROP_MTU) > 1900);
    end();
}

static const struct qdisc_options *queue(const char *text)
{
    static char top[512];
    snprintf(top, sizeof top, "queues: {q: {%s}}\n", text);
    begin((struct texts_of){.top = top, .link = ", queue: q"});
    return backbone(false)->qdisc ? &backbone(false)->qdisc->is : NULL;
}

static void queue_keys(void)
{
    const struct qdisc_options *q = queue("kind: drop-tail, limit: 9kB, packets: 77");
    CU_ASSERT(q->ops == &qdisc_droptail && q->limit_bytes == 9000 && q->limit_packets == 77);
    CU_ASSERT(backbone(true)->qdisc && !joint(false)->qdisc);
    end();
    CU_ASSERT_PTR_NULL(queue("kind: drop-tail, time: 3ms")); // the fast way
    CU_ASSERT(backbone(true)->queue_ps == 3 * PS_PER_MS && !backbone(true)->special);
    end();
    q = queue("kind: red, min: 3kB, max: 9kB, probability: 5%, weight: 1%, gentle: no, "
              "mean_packet: 800B, ecn: yes");
    CU_ASSERT(q->ops == &qdisc_red && q->min_bytes == 3000 && q->max_bytes == 9000);
    CU_ASSERT(q->max_probability == 0.05 && q->weight == 0.01 && !q->gentle && q->ecn);
    CU_ASSERT_EQUAL(q->mean_packet_bytes, 800);
    end();
    q = queue("kind: codel, target: 7ms, interval: 70ms");
    CU_ASSERT(q->ops == &qdisc_codel && q->target_ps == 7 * PS_PER_MS && !q->ecn);
    CU_ASSERT_EQUAL(q->interval_ps, 70 * PS_PER_MS);
    end();
    q = queue("kind: fq-codel, flows: 99, quantum: 300B");
    CU_ASSERT(q->ops == &qdisc_fqcodel && q->flows == 99 && q->quantum_bytes == 300);
    end();
    q = queue("kind: shaper, rate: 7Mbps, burst: 9kB");
    CU_ASSERT(q->ops == &qdisc_shaper && q->shaper_bps == 7000000 && q->burst_bytes == 9000);
    end();
    q = queue("kind: drr, fluid: b, classes: [{name: a, dscp: [ef, 10, af41], quantum: 3kB, "
              "limit: 8kB}, {name: b, dscp: cs1}, {name: c}]");
    CU_ASSERT(q->ops == &qdisc_drr && q->nclasses == 3 && q->fluid_class == 1);
    CU_ASSERT_EQUAL(q->classes[0].dscp, UINT64_C(1) << 46 | 1 << 10 | UINT64_C(1) << 34);
    CU_ASSERT(q->classes[0].quantum_bytes == 3000 && q->classes[0].limit_bytes == 8000);
    CU_ASSERT(q->classes[1].dscp == 1 << 8 && q->classes[2].dscp == 0);
    end();
}

// Who has a queue: a link by itself, a network's links, an interconnect, in the scenario as well.
static void who_has_a_queue(void)
{
    static const char queues[] = "queues: {q: {kind: codel}, p: {kind: shaper, rate: 1Mbps}}\n";
    begin((struct texts_of){.top = queues, .network = ", queue: q"});
    CU_ASSERT(backbone(false)->qdisc->ops == &qdisc_codel && !joint(false)->qdisc);
    end();
    begin((struct texts_of){.top = queues, .network = ", queue: q", .link = ", queue: p"});
    CU_ASSERT_PTR_EQUAL(backbone(true)->qdisc->ops, &qdisc_shaper);
    end();
    begin((struct texts_of){.top = queues, .network = ", queue: q", .link = ", queue: none"});
    CU_ASSERT_PTR_NULL(backbone(true)->qdisc);
    end();
    begin((struct texts_of){.top = queues, .joint = ", queue: p"});
    CU_ASSERT(joint(true)->qdisc && joint(false)->qdisc && !backbone(false)->qdisc);
    end();
    begin((struct texts_of){.scenario = "queues: {mine: {kind: codel}}\n"
                                        "networks: {carrier: {queue: mine}}\n"});
    CU_ASSERT_PTR_EQUAL(backbone(true)->qdisc->ops, &qdisc_codel);
    end();
}

// `dscp` of the traffic decides its class: ef here, in both directions. A class without room for one
// packet takes none.
static void classes_are_met(void)
{
    (void)queue("kind: priority, classes: [{name: v, dscp: [ef], limit: 239B}, {name: r}]");
    CU_ASSERT(dropped_by(FWD_DROP_QUEUE_FULL) > 1900); // requests of 1000 bytes, answers of 240
    end();
    (void)queue("kind: priority, classes: [{name: v, dscp: [ef]}, {name: r, limit: 64B}]");
    CU_ASSERT_EQUAL(dropped_by(FWD_DROP_QUEUE_FULL), 0);
    end();
    (void)queue("kind: drr, classes: [{name: v, dscp: [ef], limit: 240B}, {name: r}]");
    CU_ASSERT(dropped_by(FWD_DROP_QUEUE_FULL) > 1900);
    end();
}

static const struct impair_options *impairment(const char *text)
{
    static char top[1024];
    snprintf(top, sizeof top, "impairments: {i: {%s}}\n", text);
    begin((struct texts_of){.top = top, .link = ", impairment: i, impairment_back: none"});
    CU_ASSERT_PTR_NULL(backbone(true)->impair);
    return &backbone(false)->impair->is;
}

static void impairment_keys(void)
{
    const struct impair_options *i =
        impairment("loss: 2%, duplicate: 3%, corrupt: 4%, bursts: {p: 1%, r: 25%, h: 5%, k: 99%}");
    CU_ASSERT(i->loss == 0.02 && i->duplicate == 0.03 && i->corrupt == 0.04 && i->bursty);
    CU_ASSERT(i->bursts.p == 0.01 && i->bursts.r == 0.25 && i->bursts.h == 0.05);
    CU_ASSERT(i->bursts.k == 0.99 && w.world->net->damaging && w.world->net->lossy);
    end();
    i = impairment("delay: {law: gamma, mean: 3ms, sd: 2ms, correlation: 40%, reorder: yes}");
    CU_ASSERT(i->delayed && i->reorder && i->delay.law == VARIATE_GAMMA);
    CU_ASSERT(i->delay.mean_ps == 3 * PS_PER_MS && i->delay.sd_ps == 2 * PS_PER_MS);
    CU_ASSERT_EQUAL(i->delay.correlation, 0.4);
    end();
    i = impairment("delay: {law: weibull, scale: 0.5ms, shape: 0.58}");
    CU_ASSERT(i->delay.scale_ps == PS_PER_MS / 2 && i->delay.shape == 0.58 && !i->reorder);
    end();
    i = impairment("delay: {law: empirical, samples: [{delay: 1ms, probability: 0.5}, {delay: 3ms, "
                   "probability: 1}]}");
    CU_ASSERT(i->delay.npoints == 2 && i->delay.points[0].probability == 0.5);
    CU_ASSERT_EQUAL(i->delay.points[1].time_ps, 3 * PS_PER_MS);
    end();
    (void)impairment("loss: 10%, curve: [{at: 0h, factor: 0%}, {at: 12h, factor: 100%}]");
    // The clock is at 20 h in UTC then, and 116 degrees east it is 7:44 h later.
    CU_ASSERT(fabs(impair_loss(backbone(false)->impair, w.world->epoch_ps) -
                   0.1 * (3 + 44.0 / 60) / 12) < 1e-6);
    end();
    begin((struct texts_of){
        .top = "impairments: {i: {loss: 1%, curve: [{at: 0h, factor: 0%}, {at: 12h, factor: "
               "100%}]}}\n",
        .joint = ", impairment: i",
        .scenario = "clock: 6h\ndaytime: {local: zone}\n"});
    CU_ASSERT(fabs(impair_loss(joint(true)->impair, w.world->epoch_ps) - 0.005) < 1e-6);
    int64_t later = w.world->epoch_ps + 3600 * PS_PER_S;
    CU_ASSERT(fabs(impair_loss(joint(true)->impair, later) - 0.01 * 7 / 12) < 1e-6);
    end();
}

static void at(int64_t t_ps)
{
    sim_run(w.world->sim, w.world->epoch_ps + t_ps);
}

static double loss(bool back)
{
    return backbone(back)->impair && backbone(back)->impair->on ? backbone(back)->impair->is.loss
                                                                : 0;
}

static void timeline(void)
{
    begin((struct texts_of){
        .top = "impairments: {own: {loss: 1%}, bad: {loss: 30%}, worse: {loss: 60%}}\n",
        .link = ", impairment: own",
        .scenario =
            "timeline:\n"
            "  - {at: 2s, impair: {network: carrier, between: [north, south]}, with: bad, for: "
            "3s}\n"
            "  - {at: 6s, impair: {network: carrier, between: [south, north]}, with: worse, "
            "one_way: yes, for: 2s}\n"
            "  - {at: 10s, impair: {network: carrier, around: north}, with: none, for: 1s}\n"
            "  - {at: 12s, impair: {interconnect: [carrier, cloud]}, with: worse, one_way: "
            "yes}\n"});
    at(PS_PER_S);
    CU_ASSERT(loss(false) == 0.01 && loss(true) == 0.01);
    at(3 * PS_PER_S);
    CU_ASSERT(loss(false) == 0.3 && loss(true) == 0.3);
    at(5 * PS_PER_S); // back to what the topology says
    CU_ASSERT(loss(false) == 0.01 && loss(true) == 0.01);
    at(7 * PS_PER_S);
    CU_ASSERT(loss(false) == 0.01 && loss(true) == 0.6); // out of south
    at(10 * PS_PER_S);
    CU_ASSERT(loss(false) == 0 && loss(true) == 0);
    at(11 * PS_PER_S);
    CU_ASSERT(loss(false) == 0.01);
    at(12 * PS_PER_S); // the interconnect is cloud → carrier
    CU_ASSERT(!joint(false)->impair && joint(true)->impair->is.loss == 0.6);
    CU_ASSERT(dropped_by(FWD_DROP_LINE_LOSS) > 500);
    end();
}

// How long the link is down in the run, looked at each 10 ms.
static double down_share(void)
{
    int down = 0;
    for (int i = 0; i < 2000; i++) {
        at(i * 10 * PS_PER_MS);
        down += !backbone(false)->alive;
    }
    return down / 2000.0;
}

static void flaps(void)
{
    begin((struct texts_of){.top = "impairments: {f: {flap: {up: 3s, down: 1s}}}\n",
                            .link = ", impairment: f"});
    at(3 * PS_PER_S - 1);
    CU_ASSERT(backbone(false)->alive);
    at(3 * PS_PER_S);
    CU_ASSERT(!backbone(false)->alive && !backbone(true)->alive);
    at(4 * PS_PER_S);
    CU_ASSERT(backbone(false)->alive);
    at(7 * PS_PER_S);
    CU_ASSERT_FALSE(backbone(false)->alive);
    end();
    begin((struct texts_of){
        .top = "impairments: {f: {flap: {up: 300ms, down: 100ms, random: yes, silent: yes}}}\n",
        .link = ", impairment: f"});
    double share = down_share();
    CU_ASSERT(share > 0.15 && share < 0.4);
    end();
    begin((struct texts_of){
        .top = "impairments: {f: {flap: {up: 1s, down: 1s}}}\n",
        .scenario = "timeline: [{at: 5s, impair: {network: carrier, around: north}, with: f, for: "
                    "5s}]\n"});
    share = down_share();
    CU_ASSERT(share > 0.09 && share < 0.11 && backbone(false)->alive); // two seconds of twenty
    end();
}

static void congestion(void)
{
    begin((struct texts_of){.scenario =
                                "clock: 21h\ndaytime: {local: zone}\n"
                                "congestion: {profile: north-south, between: [carrier, cloud]}\n"});
    int64_t start = w.world->epoch_ps;
    CU_ASSERT(joint(false)->impair && joint(true)->impair && !backbone(false)->impair);
    CU_ASSERT(fabs(impair_loss(joint(true)->impair, start) - 0.03) < 1e-4);
    CU_ASSERT_EQUAL(port_line_loss(joint(true), start), 0); // routers' own packets go first
    CU_ASSERT_EQUAL(joint(true)->impair->is.delay.mean_ps, 20 * PS_PER_MS);
    end();
    begin((struct texts_of){
        .scenario = "congestion:\n"
                    "  - {profile: cross-border, between: [cloud, carrier], into: carrier, city: "
                    "north}\n"});
    CU_ASSERT(joint(false)->impair && !joint(true)->impair); // cloud → carrier
    double sum = 0, most = 0;
    for (int i = 0; i < 24 * 60; i++) {
        double l = impair_loss(joint(false)->impair, (int64_t)i * 60 * PS_PER_S);
        sum += l;
        most = l > most ? l : most;
    }
    CU_ASSERT_DOUBLE_EQUAL(sum / (24 * 60), 0.15, 0.002);
    CU_ASSERT_DOUBLE_EQUAL(most, 0.4, 0.001);
    end();
    begin((struct texts_of){.scenario = "clock: 21h\ndaytime: {local: zone}\n"
                                        "congestion: {profile: north-south, between: [carrier, "
                                        "cloud], loss: 8%, delay: 5ms, jitter: 1ms}\n"});
    const struct impair_options *i = &joint(false)->impair->is;
    CU_ASSERT(fabs(impair_loss(joint(true)->impair, w.world->epoch_ps) - 0.08) < 1e-4);
    CU_ASSERT(i->delay.mean_ps == 5 * PS_PER_MS && i->delay.sd_ps == PS_PER_MS);
    end();
}

UNIT_MAIN("lines", {"ordinary", ordinary}, {"directions", directions}, {"mtu", mtu},
          {"queue_keys", queue_keys}, {"who_has_a_queue", who_has_a_queue},
          {"classes_are_met", classes_are_met}, {"impairment_keys", impairment_keys},
          {"timeline", timeline}, {"flaps", flaps}, {"congestion", congestion})
