// SPDX-License-Identifier: GPL-3.0-or-later
// Least delays on a net small enough for the head.
//
//   host ─1─ a ─5─ b ─5─ c      a, b, c: routers of a carrier; d: router of a stub network
//            └─1─ d ─1──┘       on every line in ms
#include "measure/shortest.h"
#include "unit.h"

#define MS PS_PER_MS

enum { HOST, A, B, C, D, NODES };

static const struct shortest_node nodes[NODES] = {[HOST] = {0, false, true},
                                                  [A] = {0, true, true},
                                                  [B] = {0, true, true},
                                                  [C] = {0, true, true},
                                                  [D] = {1, true, false}};

static uint32_t line(struct net *net, uint32_t a, uint32_t b, int64_t delay_ms)
{
    struct net_link_options o = {
        .a = a, .b = b, .rate_bps = 1000000, .delay_ps = delay_ms * MS, .queue_ps = MS};
    return net_add_link(net, "line", &o);
}

static void least_delays(void)
{
    int64_t d[NODES];
    struct sim *sim = sim_new(1);
    struct net *net = net_new(sim);
    for (uint32_t i = 0; i < NODES; i++)
        net_add_node(net, "node", fwd_node_new(&(struct fwd_options){.address = i + 1}));
    line(net, HOST, A, 1);
    line(net, A, B, 5);
    uint32_t bc = line(net, B, C, 5);
    line(net, A, D, 1);
    line(net, D, C, 1);
    struct shortest *s = shortest_new(net, nodes);
    shortest_delays(s, HOST, false, d);
    CU_ASSERT_EQUAL(d[A], 1 * MS);
    CU_ASSERT_EQUAL(d[C], 11 * MS); // not across the stub network
    CU_ASSERT_EQUAL(d[D], 2 * MS);
    shortest_delays(s, D, false, d); // but from there
    CU_ASSERT_EQUAL(d[C], 1 * MS);
    CU_ASSERT_EQUAL(d[B], 6 * MS);
    net_link_cut(net, bc);
    shortest_delays(s, HOST, false, d);
    CU_ASSERT_EQUAL(d[B], 6 * MS);
    CU_ASSERT_EQUAL(d[C], TIME_NEVER);
    // Hosts pass nothing on.
    net_link_restore(net, bc);
    shortest_delays(s, C, false, d);
    CU_ASSERT_EQUAL(d[HOST], 11 * MS);
    // Each direction has its own delay.
    net->ports[net->links[bc].a_port]->delay_ps = 9 * MS;
    shortest_delays(s, C, true, d);
    CU_ASSERT_EQUAL(d[A], 14 * MS);
    shortest_delays(s, C, false, d);
    CU_ASSERT_EQUAL(d[A], 10 * MS);
    shortest_free(s);
    net_free(net);
    sim_free(sim);
}

UNIT_MAIN("measure/shortest", {"least_delays", least_delays})
