// SPDX-License-Identifier: GPL-3.0-or-later
// Flows between a client and a server on one line: rhythm, sizes, answers, losses.
#include "traffic/flow.h"
#include "traffic/kinds.h"
#include "unit.h"

#include "base/vec.h"

#include <string.h>

#define MS    PS_PER_MS
#define S     PS_PER_S
#define DELAY (5 * MS)
#define MANY  1024

static const ip4_addr client = IP4(100, 64, 0, 1), server = IP4(203, 0, 113, 1),
                      entry = IP4(10, 1, 0, 9);

struct fate {
    int64_t sent_ps, ended_ps;
    uint32_t length; // of the answer
    ip4_addr entry;
    bool answered, lost;
    enum fwd_drop reason;
};

struct world {
    struct sim *sim;
    struct net *net;
    struct traffic_run *traffic;
    uint32_t link;
    struct fate fate[MANY]; // by seq, of flow 0
    int sent, answered, lost, probes;
    int packets[TRAFFIC_DIRECTIONS];
    int64_t one_way_ps[TRAFFIC_DIRECTIONS]; // of the last packet
    VEC(uint32_t) nodes;                    // that traced packets met
};

static void on_sent(void *ctx, const struct flow *f, uint32_t seq)
{
    struct world *w = ctx;
    if (f->index == 0 && seq < MANY)
        w->fate[seq].sent_ps = sim_now(w->sim);
    w->sent++;
}

static void on_answered(void *ctx, const struct flow *f, uint32_t seq, const struct packet *p)
{
    struct world *w = ctx;
    w->answered++;
    w->probes += seq == UINT32_MAX;
    if (f->index || seq >= MANY)
        return;
    w->fate[seq].answered = true;
    w->fate[seq].ended_ps = sim_now(w->sim);
    w->fate[seq].length = p->length;
    w->fate[seq].entry = p->entry;
}

static void on_lost(void *ctx, const struct flow *f, uint32_t seq, const struct packet *p,
                    enum fwd_drop reason, uint32_t port)
{
    struct world *w = ctx;
    (void)p, (void)port;
    w->lost++;
    if (f->index || seq >= MANY)
        return;
    w->fate[seq].lost = true;
    w->fate[seq].reason = reason;
    w->fate[seq].ended_ps = sim_now(w->sim);
}

static void on_packet(void *ctx, const struct flow *f, enum traffic_direction d, uint32_t number,
                      int64_t sent_ps, const struct packet *p)
{
    struct world *w = ctx;
    (void)p;
    if (f->index)
        return;
    CU_ASSERT(number >= (uint32_t)w->packets[d]); // more when some were lost
    w->packets[d]++;
    w->one_way_ps[d] = sim_now(w->sim) - sent_ps;
}

static void on_hop(void *ctx, const struct flow *f, uint32_t node, const struct packet *p)
{
    struct world *w = ctx;
    (void)f, (void)p;
    vec_push(&w->nodes, node);
}

static uint32_t add_host(struct world *w, const char *name, ip4_addr own)
{
    struct fwd_options o = {.address = own};
    uint32_t node = net_add_node(w->net, name, fwd_node_new(&o));
    fwd_route_set(w->net->nodes[node].fwd, (struct prefix){own, 32}, FWD_ACT_LOCAL, 0);
    return node;
}

// Both hosts send everything over the line; it is so fast that only its delay counts.
static void begin(struct world *w)
{
    memset(w, 0, sizeof *w);
    struct traffic_hooks hooks = {.ctx = w,
                                  .sent = on_sent,
                                  .answered = on_answered,
                                  .lost = on_lost,
                                  .packet_received = on_packet,
                                  .hop = on_hop};
    w->sim = sim_new(1);
    w->net = net_new(w->sim);
    struct net_link_options o = {.a = add_host(w, "client", client),
                                 .b = add_host(w, "server", server),
                                 .rate_bps = INT64_C(8000000000000),
                                 .delay_ps = DELAY,
                                 .queue_ps = S};
    w->link = net_add_link(w->net, "client~server", &o);
    const struct net_link *l = &w->net->links[w->link];
    for (int i = 0; i < 2; i++) {
        struct fwd_node *core = w->net->nodes[i].fwd;
        fwd_route_set(core, (struct prefix){0, 0}, FWD_ACT_FORWARD,
                      fwd_group(core, i ? &l->b_port : &l->a_port, 1));
    }
    w->traffic = traffic_new(w->sim, w->net, &hooks);
    traffic_add_server(w->traffic, 1, entry);
}

static struct flow_options game(int64_t interval_ps)
{
    return (struct flow_options){.ops = &traffic_game,
                                 .client_node = 0,
                                 .client = client,
                                 .server = server,
                                 .start_ps = 10 * S,
                                 .stop_ps = 20 * S,
                                 .interval_ps = interval_ps,
                                 .server_ps = 3 * MS,
                                 .up_bytes = 100,
                                 .down_bytes = 240,
                                 .weight = 7};
}

static void end(struct world *w)
{
    CU_ASSERT_EQUAL(w->net->sent, w->net->delivered + w->net->dropped + net_in_flight(w->net));
    vec_free(&w->nodes);
    traffic_free(w->traffic);
    net_free(w->net);
    sim_free(w->sim);
}

static void constant_rhythm_within_the_time(void)
{
    struct world w;
    begin(&w);
    struct flow_options o = game(100 * MS);
    const struct flow *f = traffic_add_flow(w.traffic, "a", &o);
    CU_ASSERT(f->first_ps >= 10 * S && f->first_ps < 10 * S + 100 * MS);
    sim_run(w.sim, 30 * S);
    CU_ASSERT_EQUAL(w.sent, 100);
    CU_ASSERT_EQUAL(w.answered, 100);
    for (uint32_t i = 0; i < 100; i++) {
        CU_ASSERT_EQUAL(w.fate[i].sent_ps, f->first_ps + i * 100 * MS);
    }
    CU_ASSERT_EQUAL(w.net->sent, 200);
    end(&w);
}

// A request that would leave at the very end does not.
static void end_is_excluded(void)
{
    struct world w;
    begin(&w);
    struct flow_options o = game(100 * MS);
    int64_t first_ps = traffic_add_flow(w.traffic, "a", &o)->first_ps;
    end(&w);
    begin(&w);
    o.stop_ps = first_ps + 5 * o.interval_ps;
    const struct flow *f = traffic_add_flow(w.traffic, "a", &o);
    sim_run(w.sim, 30 * S);
    CU_ASSERT_EQUAL(f->first_ps, first_ps);
    CU_ASSERT_EQUAL(w.sent, 5);
    end(&w);
}

static void less_than_a_request(void)
{
    struct world w;
    begin(&w);
    // Slower than the time allows: the random phase decides between one request and none.
    int sent = 0;
    for (int i = 0; i < 50; i++) {
        char name[8] = {(char)('a' + i % 26), (char)('a' + i / 26)};
        struct flow_options o = game(20 * S);
        sent += traffic_add_flow(w.traffic, name, &o)->first_ps < o.stop_ps;
    }
    sim_run(w.sim, 40 * S);
    CU_ASSERT_EQUAL(w.sent, sent);
    CU_ASSERT(sent > 10 && sent < 40);
    end(&w);
}

static void round_trip_of_a_game_request(void)
{
    struct world w;
    begin(&w);
    struct flow_options o = game(100 * MS);
    traffic_add_flow(w.traffic, "a", &o);
    sim_run(w.sim, 30 * S);
    // Line, server, line; a byte takes 1 ps on it.
    CU_ASSERT_EQUAL(w.fate[0].ended_ps - w.fate[0].sent_ps, 2 * DELAY + 3 * MS + 340);
    CU_ASSERT_EQUAL(w.fate[0].length, 240);
    CU_ASSERT_EQUAL(w.fate[0].entry, entry);
    CU_ASSERT_EQUAL(w.one_way_ps[TRAFFIC_TO_SERVER], DELAY + 100);
    CU_ASSERT_EQUAL(w.one_way_ps[TRAFFIC_TO_CLIENT], DELAY + 240);
    CU_ASSERT_EQUAL(w.packets[TRAFFIC_TO_SERVER], 100);
    CU_ASSERT_EQUAL(w.packets[TRAFFIC_TO_CLIENT], 100);
    // What the sampled flow stands for loads the line: 100 requests of 100 B for 7 users.
    const struct net_link *l = &w.net->links[w.link];
    CU_ASSERT_EQUAL(w.net->ports[l->a_port]->window_bits, 100 * 100 * 8 * 7);
    CU_ASSERT_EQUAL(w.net->ports[l->b_port]->window_bits, 100 * 240 * 8 * 7);
    end(&w);
}

static void ping_is_answered_by_the_core(void)
{
    struct world w;
    begin(&w);
    struct flow_options o = game(S);
    o.ops = &traffic_ping;
    o.up_bytes = 84;
    traffic_add_flow(w.traffic, "a", &o);
    sim_run(w.sim, 30 * S);
    CU_ASSERT_EQUAL(w.answered, 10);
    CU_ASSERT_EQUAL(w.fate[0].ended_ps - w.fate[0].sent_ps, 2 * DELAY + 2 * 84);
    CU_ASSERT_EQUAL(w.fate[0].length, 84);
    CU_ASSERT_EQUAL(w.fate[0].entry, entry);
    end(&w);
}

static void kinds_in_the_order_of_the_file(void)
{
    CU_ASSERT_PTR_EQUAL(traffic_kind_at(0), &traffic_game);
    CU_ASSERT_PTR_EQUAL(traffic_kind_at(1), &traffic_ping);
    CU_ASSERT_PTR_NULL(traffic_kind_at(TRAFFIC_KINDS));
    CU_ASSERT_STRING_EQUAL(traffic_game.name, "game");
    CU_ASSERT_STRING_EQUAL(traffic_ping.name, "ping");
}

// A line cut from 14 s to 16 s: what is on it dies at once, what comes later at its entrance.
static void losses_are_told_with_their_reason(void)
{
    struct world w;
    begin(&w);
    struct flow_options o = game(100 * MS);
    traffic_add_flow(w.traffic, "a", &o);
    sim_run(w.sim, 14 * S);
    net_link_cut(w.net, w.link);
    sim_run(w.sim, 16 * S);
    net_link_restore(w.net, w.link);
    sim_run(w.sim, 30 * S);
    CU_ASSERT_EQUAL(w.answered + w.lost, 100);
    CU_ASSERT(w.lost == 20 || w.lost == 21);
    for (uint32_t i = 0; i < 100; i++) {
        const struct fate *f = &w.fate[i];
        bool hit = f->ended_ps >= 14 * S && f->sent_ps < 16 * S;
        CU_ASSERT_EQUAL(f->lost, hit);
        CU_ASSERT_EQUAL(f->answered, !hit);
        if (f->lost)
            CU_ASSERT_EQUAL(f->reason, FWD_DROP_LINK_DOWN);
    }
    end(&w);
}

static void answer_lost_is_the_request_lost(void)
{
    struct world w;
    begin(&w);
    fwd_route_del(w.net->nodes[1].fwd, (struct prefix){0, 0});
    struct flow_options o = game(S);
    traffic_add_flow(w.traffic, "a", &o);
    sim_run(w.sim, 30 * S);
    CU_ASSERT_EQUAL(w.lost, 10);
    CU_ASSERT_EQUAL(w.answered, 0);
    CU_ASSERT_EQUAL(w.fate[3].reason, FWD_DROP_NO_ROUTE);
    CU_ASSERT_EQUAL(w.fate[3].ended_ps - w.fate[3].sent_ps, DELAY + 3 * MS + 100);
    end(&w);
}

static void probe_leaves_the_flow_alone(void)
{
    struct world w;
    begin(&w);
    struct flow_options o = game(100 * MS);
    struct flow *f = traffic_add_flow(w.traffic, "a", &o);
    CU_ASSERT_PTR_EQUAL(traffic_flow(w.traffic, 0), f);
    CU_ASSERT_EQUAL(traffic_flows(w.traffic), 1);
    sim_run(w.sim, 5 * S);
    traffic_probe(f);
    sim_run(w.sim, 9 * S);
    CU_ASSERT_EQUAL(w.probes, 1);
    CU_ASSERT_EQUAL(w.sent, 0);
    CU_ASSERT(!f->traced);
    // Client, server, server again with the answer, client.
    static const uint32_t way[] = {0, 1, 1, 0};
    CU_ASSERT_EQUAL(w.nodes.n, 4 + 1); // the client's core, and its host
    for (size_t i = 0; i < 4 && i < w.nodes.n; i++)
        CU_ASSERT_EQUAL(w.nodes.v[i], way[i]);
    sim_run(w.sim, 30 * S);
    CU_ASSERT_EQUAL(w.sent, 100);
    CU_ASSERT_EQUAL(w.nodes.n, 5);
    end(&w);
}

static int64_t phase(uint64_t seed, const char *before, const char *name)
{
    struct sim *sim = sim_new(seed);
    struct net *net = net_new(sim);
    struct traffic_hooks none = {0};
    struct traffic_run *t = traffic_new(sim, net, &none);
    struct flow_options o = game(S);
    if (before)
        traffic_add_flow(t, before, &o);
    int64_t ps = traffic_add_flow(t, name, &o)->first_ps;
    traffic_free(t);
    net_free(net);
    sim_free(sim);
    return ps;
}

static void phase_hangs_on_name_and_seed_only(void)
{
    int64_t a = phase(1, NULL, "a");
    CU_ASSERT_EQUAL(phase(1, "b", "a"), a);
    CU_ASSERT_NOT_EQUAL(phase(1, NULL, "b"), a);
    CU_ASSERT_NOT_EQUAL(phase(2, NULL, "a"), a);
}

UNIT_MAIN("flow", {"constant_rhythm_within_the_time", constant_rhythm_within_the_time},
          {"end_is_excluded", end_is_excluded}, {"less than a request", less_than_a_request},
          {"round_trip_of_a_game_request", round_trip_of_a_game_request},
          {"ping_is_answered_by_the_core", ping_is_answered_by_the_core},
          {"kinds_in_the_order_of_the_file", kinds_in_the_order_of_the_file},
          {"losses_are_told_with_their_reason", losses_are_told_with_their_reason},
          {"answer_lost_is_the_request_lost", answer_lost_is_the_request_lost},
          {"probe_leaves_the_flow_alone", probe_leaves_the_flow_alone},
          {"phase_hangs_on_name_and_seed_only", phase_hangs_on_name_and_seed_only})
