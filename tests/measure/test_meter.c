// SPDX-License-Identifier: GPL-3.0-or-later
// The meter, told by hand what happens to each request: jitter, IPDV, phases, failover.
#include "measure/meter.h"
#include "unit.h"

#include "base/arena.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS    PS_PER_MS
#define S     PS_PER_S
#define EPOCH (5 * S)
#define EVERY (100 * MS)

#define EAST IP4(10, 1, 0, 1) // entry addresses of the two POPs
#define WEST IP4(10, 1, 0, 2)

static const struct prefix service_prefix = {IP4(203, 0, 113, 0), 24};

// Two routers, one link between them; the flow's requests leave every 100 ms from time 0 on.
struct bench {
    struct arena arena;
    struct scenario scenario;
    struct sim *sim;
    struct net *net;
    struct control *control;
    struct meter *meter;
    struct traffic_hooks tell;
    struct flow flows[2];
    uint32_t link;
    struct results *results;
};

static void add_router(struct bench *b, const char *name, ip4_addr loopback)
{
    struct fwd_options fwd = {.address = loopback};
    uint32_t node = net_add_node(b->net, name, fwd_node_new(&fwd));
    struct control_router r = {.node = node, .name = name, .loopback = loopback};
    control_add_router(b->control, &r);
}

static void add_flow(struct bench *b, uint32_t index, int64_t interval_ps)
{
    struct meter_flow o = {.timeout_ps = S};
    struct flow *f = &b->flows[index];
    f->index = index;
    f->first_ps = EPOCH;
    f->is.start_ps = EPOCH;
    f->is.stop_ps = EPOCH + b->scenario.duration_ps;
    f->is.interval_ps = interval_ps;
    for (int i = 0; i < METER_WATCH; i++)
        o.watch[i] = service_prefix;
    meter_add_flow(b->meter, f, &o);
}

// The outage lasts from 10 s to 20 s of 30 s.
static void begin(struct bench *b)
{
    memset(b, 0, sizeof *b);
    arena_init(&b->arena);
    b->scenario = (struct scenario){.duration_ps = 30 * S,
                                    .bucket_ps = S,
                                    .outage_from_ps = 10 * S,
                                    .outage_to_ps = 20 * S,
                                    .nservices = 1,
                                    .ngroups = 1};
    b->scenario.topology.npops = 2;
    b->sim = sim_new(1);
    b->net = net_new(b->sim);
    b->control = control_new(b->sim, b->net);
    struct control_network n = {.live = {.detect_ps = 50 * MS}};
    control_add_network(b->control, &n);
    add_router(b, "one", IP4(10, 0, 0, 1));
    add_router(b, "two", IP4(10, 0, 0, 2));
    struct net_link_options l = {.a = 0, .b = 1, .rate_bps = 1000000000, .delay_ps = MS};
    b->link = net_add_link(b->net, "one~two", &l);
    control_add_igp_link(b->control, b->link, 0, 1, 1);
    b->meter = meter_new(&b->scenario, b->sim, b->control, EPOCH);
    meter_add_entry(b->meter, EAST, 0);
    meter_add_entry(b->meter, WEST, 1);
    b->tell = meter_hooks(b->meter);
    add_flow(b, 0, EVERY);
}

static void at(struct bench *b, int64_t scenario_ps)
{
    sim_run(b->sim, EPOCH + scenario_ps);
}

static void sent(struct bench *b, uint32_t seq)
{
    if (sim_now(b->sim) < EPOCH + seq * EVERY)
        at(b, seq * EVERY);
    b->tell.sent(b->tell.ctx, &b->flows[0], seq);
}

static void answer_from(struct bench *b, uint32_t seq, ip4_addr entry)
{
    struct packet p = {.flow = 0, .seq = seq, .entry = entry};
    b->tell.answered(b->tell.ctx, &b->flows[0], seq, &p);
}

static void lost_at(struct bench *b, uint32_t seq, enum fwd_drop reason, uint32_t port)
{
    struct packet p = {.flow = 0, .seq = seq};
    b->tell.lost(b->tell.ctx, &b->flows[0], seq, &p, reason, port);
}

static void lost(struct bench *b, uint32_t seq, enum fwd_drop reason)
{
    lost_at(b, seq, reason, UINT32_MAX);
}

// A request with its whole life, which ends before the next one leaves.
static void round_trip(struct bench *b, uint32_t seq, int64_t rtt_ps)
{
    sent(b, seq);
    at(b, seq * EVERY + rtt_ps);
    answer_from(b, seq, EAST);
}

static void round_loss(struct bench *b, uint32_t seq, enum fwd_drop reason)
{
    sent(b, seq);
    at(b, seq * EVERY + 5 * MS);
    lost(b, seq, reason);
}

// Round trips of 10 ms through router one, for requests [from, to).
static void round_trips(struct bench *b, uint32_t from, uint32_t to)
{
    for (uint32_t seq = from; seq < to; seq++) {
        struct packet p = {.flow = 0, .seq = seq, .kind = TRAFFIC_UP};
        sent(b, seq);
        if (b->flows[0].traced)
            b->tell.hop(b->tell.ctx, &b->flows[0], 0, &p);
        at(b, seq * EVERY + 10 * MS);
        answer_from(b, seq, EAST);
    }
}

static void round_losses(struct bench *b, uint32_t from, uint32_t to, enum fwd_drop reason)
{
    for (uint32_t seq = from; seq < to; seq++)
        round_loss(b, seq, reason);
}

static const struct client_result *collect(struct bench *b, enum phase phase)
{
    if (!b->results) {
        b->results = xcalloc(1, sizeof *b->results);
        b->results->scenario = &b->scenario;
        meter_collect(b->meter, b->results);
    }
    return results_client(b->results, 0, 0, phase);
}

static void end(struct bench *b)
{
    results_free(b->results);
    meter_free(b->meter);
    control_free(b->control);
    net_free(b->net);
    sim_free(b->sim);
    arena_free(&b->arena);
}

static void jitter_by_hand(void)
{
    // D = 2, 1, 4, 0, 6 ms; J = 0.125, 0.1796875, 0.41845703125, 0.392303466796875, …
    static const int64_t rtt_ms[] = {10, 12, 11, 15, 15, 9};
    const double expected_ms = 0.742784500122070;
    struct bench b;
    begin(&b);
    for (uint32_t i = 0; i < 6; i++)
        round_trip(&b, i, rtt_ms[i] * MS);
    const struct client_result *c = collect(&b, PHASE_BEFORE);
    bool ok = fabs(c->jitter_ps / 1e9 - expected_ms) < 1e-9;
    printf("row 33: expected J = %.12f ms, obtained %.12f ms: %s\n", expected_ms,
           c->jitter_ps / 1e9, ok ? "ok" : "FAILED");
    CU_ASSERT(ok);
    CU_ASSERT_EQUAL(c->rtt_ns.min, 9000000);
    CU_ASSERT_EQUAL(c->rtt_ns.max, 15000000);
    CU_ASSERT_EQUAL(c->ipdv_ns.count, 5);
    CU_ASSERT_DOUBLE_EQUAL(hist_mean(&c->ipdv_ns), 13e6 / 5, 1e-6);
    CU_ASSERT(isnan(collect(&b, PHASE_AFTER)->jitter_ps));
    end(&b);
}

// Jitter runs over all answered requests, IPDV over those that follow each other directly.
static void ipdv_of_successive_requests_only(void)
{
    struct bench b;
    begin(&b);
    round_trip(&b, 0, 10 * MS);
    round_trip(&b, 1, 12 * MS);
    round_loss(&b, 2, FWD_DROP_CONGESTION);
    round_trip(&b, 3, 20 * MS);
    round_trip(&b, 4, 21 * MS);
    const struct client_result *c = collect(&b, PHASE_BEFORE);
    CU_ASSERT_EQUAL(c->ipdv_ns.count, 2);
    CU_ASSERT_EQUAL(c->ipdv_ns.min, 1000000);
    CU_ASSERT_EQUAL(c->ipdv_ns.max, 2000000);
    double j = 2.0 / 16;
    j += (8 - j) / 16;
    j += (1 - j) / 16;
    CU_ASSERT_DOUBLE_EQUAL(c->jitter_ps / 1e9, j, 1e-9);
    end(&b);
}

static void late_answers_count_as_lost(void)
{
    struct bench b;
    begin(&b);
    sent(&b, 0);
    sent(&b, 1);
    at(&b, S);
    answer_from(&b, 0, EAST); // the timeout exactly
    at(&b, EVERY + S + 1);
    answer_from(&b, 1, EAST); // a picosecond more
    const struct client_result *c = collect(&b, PHASE_BEFORE);
    CU_ASSERT_EQUAL(c->sent, 2);
    CU_ASSERT_EQUAL(c->received, 1);
    CU_ASSERT_EQUAL(c->late, 1);
    CU_ASSERT_EQUAL(c->rtt_ns.count, 1);
    CU_ASSERT_EQUAL(c->site_count[0], 1);
    CU_ASSERT_EQUAL(b.results->buckets[0].lost, 1);
    end(&b);
}

static void phase_by_time_of_sending(void)
{
    struct bench b;
    begin(&b);
    sent(&b, 99); // 9.9 s; the outage begins at 10 s
    at(&b, 10 * S + 50 * MS);
    answer_from(&b, 99, EAST);
    sent(&b, 100);
    sent(&b, 199);
    at(&b, 20 * S + 50 * MS);
    answer_from(&b, 199, WEST);
    sent(&b, 200);
    CU_ASSERT_EQUAL(collect(&b, PHASE_BEFORE)->received, 1);
    CU_ASSERT_EQUAL(collect(&b, PHASE_OUTAGE)->sent, 2);
    CU_ASSERT_EQUAL(collect(&b, PHASE_OUTAGE)->received, 1);
    CU_ASSERT_EQUAL(collect(&b, PHASE_AFTER)->sent, 1);
    CU_ASSERT_EQUAL(collect(&b, PHASE_AFTER)->received, 0);
    CU_ASSERT_EQUAL(collect(&b, PHASE_BEFORE)->site, 0);
    CU_ASSERT_EQUAL(collect(&b, PHASE_OUTAGE)->site, 1);
    CU_ASSERT_EQUAL(collect(&b, PHASE_AFTER)->site, -1);
    const struct bucket_result *k = b.results->buckets;
    CU_ASSERT_EQUAL(b.results->nbuckets, 30);
    CU_ASSERT_EQUAL(k[9].received, 1);
    CU_ASSERT_EQUAL(k[10].sent, 1);
    CU_ASSERT_EQUAL(k[10].lost, 1);
    CU_ASSERT_EQUAL(k[19].site, 1);
    CU_ASSERT_EQUAL(k[20].site, -1);
    end(&b);
}

static void site_of_the_majority(void)
{
    struct bench b;
    begin(&b);
    for (uint32_t i = 0; i < 10; i++) {
        sent(&b, i);
        at(&b, i * EVERY + MS);
        answer_from(&b, i, i % 3 == 1 ? EAST : WEST);
    }
    CU_ASSERT_EQUAL(collect(&b, PHASE_BEFORE)->site, 1);
    CU_ASSERT_EQUAL(collect(&b, PHASE_BEFORE)->site_count[0], 3);
    CU_ASSERT_EQUAL(collect(&b, PHASE_BEFORE)->site_count[1], 7);
    CU_ASSERT_EQUAL(b.results->buckets[0].site, 1);
    end(&b);
}

// --- failover

static void event(struct bench *b)
{
    at(b, 10 * S);
    meter_event(b->meter);
}

static void nothing_lost(void)
{
    struct bench b;
    begin(&b);
    event(&b);
    round_trips(&b, 100, 110);
    CU_ASSERT_EQUAL(collect(&b, PHASE_OUTAGE)->failover_ps, -1);
    end(&b);
}

static void never_restored(void)
{
    struct bench b;
    begin(&b);
    event(&b);
    round_trips(&b, 100, 102); // before the news of the cut is everywhere
    round_losses(&b, 102, 200, FWD_DROP_NO_ROUTE);
    round_trips(&b, 200, 210); // the repair at 20 s, not a failover
    const struct client_result *c = collect(&b, PHASE_OUTAGE);
    CU_ASSERT_EQUAL(c->failover_ps, TIME_NEVER);
    CU_ASSERT_EQUAL(c->detect_ps, -1);
    CU_ASSERT_EQUAL(c->lost_by[FWD_DROP_NO_ROUTE], 98);
    CU_ASSERT_EQUAL(collect(&b, PHASE_AFTER)->failover_ps, -1);
    end(&b);
}

static void congestion_does_not_cut_off(void)
{
    struct bench b;
    begin(&b);
    event(&b);
    round_losses(&b, 100, 104, FWD_DROP_CONGESTION);
    round_losses(&b, 104, 108, FWD_DROP_QUEUE_FULL);
    round_trips(&b, 108, 110);
    CU_ASSERT_EQUAL(collect(&b, PHASE_OUTAGE)->failover_ps, -1);
    CU_ASSERT_EQUAL(collect(&b, PHASE_OUTAGE)->sent, 10);
    CU_ASSERT_EQUAL(collect(&b, PHASE_OUTAGE)->received, 2);
    end(&b);
}

// Cut off, answered, cut off again, lost to congestion, answered: the last of these counts.
static void first_answered_after_the_last_cut_off(void)
{
    struct bench b;
    begin(&b);
    event(&b);
    round_loss(&b, 101, FWD_DROP_LINK_DOWN);
    round_trips(&b, 102, 104);
    round_loss(&b, 104, FWD_DROP_TTL);
    round_loss(&b, 105, FWD_DROP_CONGESTION);
    round_trips(&b, 106, 120);
    CU_ASSERT_EQUAL(collect(&b, PHASE_OUTAGE)->failover_ps, 600 * MS);
    end(&b);
}

// A request cut off on its way when the outage began was sent before it.
static void cut_off_on_its_way(void)
{
    struct bench b;
    begin(&b);
    sent(&b, 99);
    event(&b);
    lost(&b, 99, FWD_DROP_LINK_DOWN);
    round_trips(&b, 100, 120);
    const struct client_result *c = collect(&b, PHASE_OUTAGE);
    CU_ASSERT_EQUAL(c->failover_ps, 0);
    CU_ASSERT_EQUAL(c->detect_ps + c->converge_ps + c->restore_ps, 0);
    CU_ASSERT_EQUAL(collect(&b, PHASE_BEFORE)->lost_by[FWD_DROP_LINK_DOWN], 1);
    end(&b);
}

// The link dies at 10 s and is noticed 50 ms later; router one has its new route at 10.33 s; the
// request of 10.4 s gets through.
static void cut_and_reroute(struct bench *b)
{
    event(b);
    net_link_cut(b->net, b->link);
    control_link_failed(b->control, b->link, false);
    round_losses(b, 100, 104, FWD_DROP_LINK_DOWN);
    at(b, 10 * S + 330 * MS);
    control_static(b->control, 0, service_prefix, b->net->links[b->link].a_port);
}

// Two short cuts, 5 s apart: each is measured from its own event, the longer one counts. The
// request that the second cut catches on its way belongs to the second.
static void two_events(void)
{
    struct bench b;
    begin(&b);
    event(&b);
    round_losses(&b, 100, 102, FWD_DROP_LINK_DOWN);
    round_trips(&b, 102, 149);
    sent(&b, 149);
    at(&b, 15 * S);
    meter_event(b.meter);
    lost(&b, 149, FWD_DROP_LINK_DOWN);
    round_losses(&b, 150, 153, FWD_DROP_LINK_DOWN);
    round_trips(&b, 153, 170);
    CU_ASSERT_EQUAL(collect(&b, PHASE_OUTAGE)->failover_ps, 300 * MS);
    end(&b);
}

// The router before the failure finds it 50 ms after the event: that is what these
// packets waited for.
static void detect_is_where_packets_die(void)
{
    struct bench b;
    begin(&b);
    event(&b);
    net_link_cut(b.net, b.link);
    control_link_failed(b.control, b.link, false);
    uint32_t port = b.net->links[b.link].a_port;
    CU_ASSERT_EQUAL(control_noticed(b.control, port), INT64_MIN);
    sent(&b, 100);
    at(&b, 10 * S + 20 * MS);
    lost_at(&b, 100, FWD_DROP_LINK_DOWN, port);
    at(&b, 10 * S + 60 * MS);
    CU_ASSERT_EQUAL(control_noticed(b.control, port), EPOCH + 10 * S + 50 * MS);
    round_trips(&b, 101, 110);
    const struct client_result *c = collect(&b, PHASE_OUTAGE);
    CU_ASSERT_EQUAL(c->failover_ps, 100 * MS);
    CU_ASSERT_EQUAL(c->detect_ps, 50 * MS);
    CU_ASSERT_EQUAL(c->detect_ps + c->converge_ps + c->restore_ps, c->failover_ps);
    end(&b);
}

static void check_split(struct bench *b, int64_t failover_ms)
{
    const struct client_result *c = collect(b, PHASE_OUTAGE);
    CU_ASSERT_EQUAL(c->failover_ps, failover_ms * MS);
    CU_ASSERT_EQUAL(c->detect_ps, 50 * MS);
    CU_ASSERT_EQUAL(c->converge_ps, 280 * MS);
    CU_ASSERT_EQUAL(c->restore_ps, (failover_ms - 330) * MS);
    CU_ASSERT_EQUAL(c->detect_ps + c->converge_ps + c->restore_ps, c->failover_ps);
}

static void split_sums_to_failover(void)
{
    struct bench b;
    begin(&b);
    cut_and_reroute(&b);
    round_trips(&b, 104, 120);
    check_split(&b, 400);
    end(&b);
}

// A loss to congestion between the cut and the first answer takes nothing from the split.
static void split_survives_congestion(void)
{
    struct bench b;
    begin(&b);
    cut_and_reroute(&b);
    round_loss(&b, 104, FWD_DROP_CONGESTION);
    round_trips(&b, 105, 120);
    check_split(&b, 500);
    end(&b);
}

// Neither does an answer that comes late, nor one to a request sent before the last one cut off.
static void split_survives_stragglers(void)
{
    struct bench b;
    begin(&b);
    sent(&b, 98);
    sent(&b, 99);
    cut_and_reroute(&b);
    answer_from(&b, 99, EAST);
    sent(&b, 104);
    at(&b, 10 * S + 900 * MS);
    answer_from(&b, 98, EAST); // late, and older
    at(&b, 11 * S + 500 * MS);
    answer_from(&b, 104, EAST); // newer, but late
    round_trips(&b, 116, 120);
    check_split(&b, 1600);
    CU_ASSERT_EQUAL(collect(&b, PHASE_OUTAGE)->late, 1);
    end(&b);
}

// The answer to the second request after the cut comes before that to the first.
static void split_survives_overtaking(void)
{
    struct bench b;
    begin(&b);
    cut_and_reroute(&b);
    for (uint32_t seq = 104; seq < 106; seq++) {
        struct packet p = {.seq = seq, .kind = TRAFFIC_UP};
        sent(&b, seq);
        b.tell.hop(b.tell.ctx, &b.flows[0], 0, &p);
    }
    at(&b, 10 * S + 510 * MS);
    answer_from(&b, 105, EAST);
    at(&b, 10 * S + 520 * MS);
    answer_from(&b, 104, EAST);
    round_trips(&b, 106, 120);
    check_split(&b, 400);
    end(&b);
}

// The repair cuts the flow off once more, in the phase after: not the outage's failover.
static void split_survives_the_repair(void)
{
    struct bench b;
    begin(&b);
    cut_and_reroute(&b);
    round_trips(&b, 104, 200);
    round_losses(&b, 200, 204, FWD_DROP_TTL);
    round_trips(&b, 204, 220);
    check_split(&b, 400);
    end(&b);
}

// Routes change back and forth while nobody loses anything any more: that is not converging.
static void changes_after_the_restoring_request_do_not_count(void)
{
    struct bench b;
    begin(&b);
    cut_and_reroute(&b);
    sent(&b, 104);
    struct packet p = {.seq = 104, .kind = TRAFFIC_UP};
    b.tell.hop(b.tell.ctx, &b.flows[0], 0, &p);
    at(&b, 10 * S + 405 * MS);
    control_static(b.control, 0, service_prefix, b.net->links[b.link].a_port);
    at(&b, 10 * S + 410 * MS);
    answer_from(&b, 104, EAST);
    const struct client_result *c = collect(&b, PHASE_OUTAGE);
    CU_ASSERT_EQUAL(c->failover_ps, 400 * MS);
    CU_ASSERT_EQUAL(c->converge_ps, 350 * MS);
    CU_ASSERT_EQUAL(c->restore_ps, 0);
    end(&b);
}

static void healed_before_anybody_noticed(void)
{
    struct bench b;
    begin(&b);
    event(&b);
    round_loss(&b, 100, FWD_DROP_LINK_DOWN);
    round_trips(&b, 101, 120);
    const struct client_result *c = collect(&b, PHASE_OUTAGE);
    CU_ASSERT_EQUAL(c->failover_ps, 100 * MS);
    CU_ASSERT_EQUAL(c->detect_ps, 100 * MS);
    CU_ASSERT_EQUAL(c->converge_ps, 0);
    CU_ASSERT_EQUAL(c->restore_ps, 0);
    end(&b);
}

// --- several flows, and probes

static void fastest_flow_gives_jitter_and_failover(void)
{
    struct bench b;
    begin(&b);
    add_flow(&b, 1, 10 * EVERY);
    round_trip(&b, 0, 10 * MS);
    round_trip(&b, 1, 26 * MS);
    struct packet p = {.flow = 1, .entry = WEST};
    for (uint32_t seq = 1; seq < 4; seq++) {
        at(&b, seq * S);
        b.tell.sent(b.tell.ctx, &b.flows[1], seq);
        at(&b, seq * S + seq * 90 * MS);
        b.tell.answered(b.tell.ctx, &b.flows[1], seq, &p);
    }
    const struct client_result *c = collect(&b, PHASE_BEFORE);
    CU_ASSERT_EQUAL(c->sent, 5);
    CU_ASSERT_EQUAL(c->rtt_ns.count, 5);
    CU_ASSERT_EQUAL(c->ipdv_ns.count, 1);
    CU_ASSERT_DOUBLE_EQUAL(c->jitter_ps, 1e9, 1);
    end(&b);
}

// A flow that goes one way only has no round trips: jitter is that of a slower one which has.
static void flows_without_round_trips_give_no_jitter(void)
{
    struct bench b;
    begin(&b);
    add_flow(&b, 1, 10 * EVERY);
    struct packet up = {.flow = 0, .entry = EAST}, p = {.flow = 1, .entry = WEST};
    sent(&b, 0);
    at(&b, 10 * MS);
    b.tell.delivered(b.tell.ctx, &b.flows[0], 0, &up);
    round_loss(&b, 1, FWD_DROP_LINE_LOSS);
    for (uint32_t seq = 1; seq < 3; seq++) {
        at(&b, seq * S);
        b.tell.sent(b.tell.ctx, &b.flows[1], seq);
        at(&b, seq * S + seq * 16 * MS);
        b.tell.answered(b.tell.ctx, &b.flows[1], seq, &p);
    }
    at(&b, 4 * S);
    b.tell.sent(b.tell.ctx, &b.flows[1], 3); // never answered
    const struct client_result *c = collect(&b, PHASE_BEFORE);
    CU_ASSERT_EQUAL(c->received, 3);
    CU_ASSERT_EQUAL(c->sent, 5);
    CU_ASSERT_EQUAL(client_endless(c), 1); // not the datagram that was lost
    CU_ASSERT_EQUAL(c->rtt_ns.count, 2);
    CU_ASSERT_EQUAL(c->ipdv_ns.count, 1);
    CU_ASSERT_DOUBLE_EQUAL(c->jitter_ps, 1e9, 1);
    end(&b);
}

static void probes_count_nowhere(void)
{
    struct bench b;
    struct probe probe;
    begin(&b);
    meter_watch_probe(b.meter, &probe);
    struct packet p = {.seq = UINT32_MAX, .kind = TRAFFIC_UP, .entry = WEST};
    at(&b, S);
    b.tell.hop(b.tell.ctx, &b.flows[0], 0, &p);
    p.kind = TRAFFIC_DOWN | PACKET_TRACED;
    b.tell.hop(b.tell.ctx, &b.flows[0], 1, &p);
    b.tell.answered(b.tell.ctx, &b.flows[0], UINT32_MAX, &p);
    CU_ASSERT(probe.done && !probe.lost);
    CU_ASSERT_EQUAL(probe.n, 2);
    CU_ASSERT(!probe.hops[0].back && probe.hops[1].back);
    CU_ASSERT_EQUAL(meter_pop_of(b.meter, probe.entry), 1);
    CU_ASSERT_EQUAL(meter_pop_of(b.meter, IP4(1, 2, 3, 4)), -1);
    CU_ASSERT_EQUAL(collect(&b, PHASE_BEFORE)->sent, 0);
    CU_ASSERT_EQUAL(collect(&b, PHASE_BEFORE)->received, 0);
    end(&b);
}

UNIT_MAIN("meter", {"jitter_by_hand", jitter_by_hand},
          {"ipdv_of_successive_requests_only", ipdv_of_successive_requests_only},
          {"late_answers_count_as_lost", late_answers_count_as_lost},
          {"phase_by_time_of_sending", phase_by_time_of_sending},
          {"site_of_the_majority", site_of_the_majority}, {"nothing_lost", nothing_lost},
          {"never_restored", never_restored},
          {"congestion_does_not_cut_off", congestion_does_not_cut_off},
          {"first_answered_after_the_last_cut_off", first_answered_after_the_last_cut_off},
          {"cut_off_on_its_way", cut_off_on_its_way}, {"two_events", two_events},
          {"detect_is_where_packets_die", detect_is_where_packets_die},
          {"split_sums_to_failover", split_sums_to_failover},
          {"split_survives_congestion", split_survives_congestion},
          {"split_survives_stragglers", split_survives_stragglers},
          {"split_survives_overtaking", split_survives_overtaking},
          {"split_survives_the_repair", split_survives_the_repair},
          {"changes_after_the_restoring_request_do_not_count",
           changes_after_the_restoring_request_do_not_count},
          {"healed_before_anybody_noticed", healed_before_anybody_noticed},
          {"fastest_flow_gives_jitter_and_failover", fastest_flow_gives_jitter_and_failover},
          {"flows_without_round_trips_give_no_jitter", flows_without_round_trips_give_no_jitter},
          {"probes_count_nowhere", probes_count_nowhere})
