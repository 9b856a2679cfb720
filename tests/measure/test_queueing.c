// SPDX-License-Identifier: GPL-3.0-or-later
// What packets waited at a port, by hand: bursts of known size on a line of known speed.
#include "measure/load.h"
#include "measure/queueing.h"
#include "unit.h"

#include "base/arena.h"

#define MS    PS_PER_MS
#define S     PS_PER_S
#define EPOCH (10 * S)
#define RATE  INT64_C(1000000) // a packet of 125 bytes lasts a millisecond

struct bench {
    struct entity entity; // must stay first: its event sends `arg` packets at once
    struct net *net;
};

static void gone(void *ctx, uint32_t node, uint32_t port, const struct packet *p,
                 enum fwd_drop reason)
{
    (void)ctx, (void)node, (void)port, (void)p, (void)reason;
}

static void burst(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct bench *b = (struct bench *)self;
    for (uint64_t i = 0; i < arg; i++) {
        struct packet *p = packet_take(&b->net->pool);
        struct packet_payload payload = {.flow = 0};
        p->flow = NET_NO_FLOW;
        p->kind = 0;
        p->weight = 1;
        packet_build_udp(p, 1, 9, 1, 1, 64, 125, &payload);
        b->net->sent++;
        port_send(b->net->ports[0], p, sim_now(sim));
    }
}

// Three packets at once wait 0, 1 and 2 ms.
static void by_hand(void)
{
    struct scenario s = {
        .duration_ps = 10 * S, .bucket_ps = S, .outage_from_ps = 4 * S, .outage_to_ps = 6 * S};
    struct bench b = {.net = NULL};
    struct sim *sim = sim_new(1);
    struct link_result links[2] = {{.name = "a>b"}, {.name = "b>a"}};
    struct results r = {.scenario = &s, .links = links, .nlinks = 2};
    b.net = net_new(sim);
    b.net->hooks.dropped = gone;
    for (uint32_t i = 0; i < 2; i++)
        net_add_node(b.net, "node", fwd_node_new(&(struct fwd_options){.address = i + 1}));
    struct net_link_options o = {.b = 1, .rate_bps = RATE, .delay_ps = MS, .queue_ps = 50 * MS};
    net_add_link(b.net, "link", &o);
    struct queueing *q = queueing_new(&s, sim, b.net, EPOCH);
    sim_entity(sim, &b.entity, burst);
    const struct {
        int64_t at_ps;
        uint64_t packets;
    } bursts[] = {{-S, 5}, {S, 3}, {2 * S, 1}, {4 * S, 2}, {10 * S, 9}};
    for (size_t i = 0; i < sizeof bursts / sizeof *bursts; i++)
        sim_at(sim, &b.entity, &b.entity, EPOCH + bursts[i].at_ps, SIM_PHASE_DATA,
               bursts[i].packets);
    sim_run(sim, EPOCH + s.duration_ps + S);
    queueing_collect(q, &r);
    const struct link_phase *before = &links[0].in[PHASE_BEFORE];
    CU_ASSERT_EQUAL(before->packets, 4); // none of the warm-up
    CU_ASSERT_EQUAL(before->waited_ns.count, 4);
    CU_ASSERT_EQUAL(before->waited_ns.max, 2000000);
    CU_ASSERT_DOUBLE_EQUAL(hist_mean(&before->waited_ns), 750000, 1e-9);
    CU_ASSERT_EQUAL(hist_quantile(&before->waited_ns, 0.5, 0), 0);
    // The phase begins with the event of its instant; 10 s is after the end.
    CU_ASSERT_EQUAL(links[0].in[PHASE_OUTAGE].packets, 2);
    CU_ASSERT_DOUBLE_EQUAL(hist_mean(&links[0].in[PHASE_OUTAGE].waited_ns), 500000, 1e-9);
    CU_ASSERT_EQUAL(links[0].in[PHASE_AFTER].packets, 0);
    CU_ASSERT_EQUAL(links[1].in[PHASE_BEFORE].packets, 0);
    for (int i = 0; i < 2; i++)
        for (int ph = 0; ph < PHASE_COUNT; ph++)
            hist_free(&links[i].in[ph].waited_ns);
    queueing_free(q);
    net_free(b.net);
    sim_free(sim);
}

// Nearest rank: of 20 buckets the 95th percentile is the 19th, the 99th the last.
static void nearest_rank(void)
{
    int32_t v[100];
    for (int i = 0; i < 100; i++)
        v[i] = i + 1;
    CU_ASSERT_EQUAL(load_percentile(v, 20, 95), 19);
    CU_ASSERT_EQUAL(load_percentile(v, 20, 99), 20);
    CU_ASSERT_EQUAL(load_percentile(v, 100, 95), 95);
    CU_ASSERT_EQUAL(load_percentile(v, 100, 100), 100);
    CU_ASSERT_EQUAL(load_percentile(v, 1, 95), 1);
    CU_ASSERT_EQUAL(load_percentile(v, 0, 95), -1);
}

UNIT_MAIN("measure/queueing", {"by_hand", by_hand}, {"nearest_rank", nearest_rank})
