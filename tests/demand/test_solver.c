// SPDX-License-Identifier: GPL-3.0-or-later
// solver: what demands load, lose and wait for on small networks worked out by hand.
#include "unit.h"

#include "field.h"

#include <math.h>

#define GBPS   INT64_C(1000000000)
#define GMILLI (GBPS * SOLVER_MILLI)
#define BYTES  1000
#define EIP    IP4(203, 0, 113, 1)

static const struct solver_hooks hooks = {.address = field_address_hook};

static struct solver *start(struct field *f)
{
    field_route(f);
    f->solver = solver_new(f->net, &hooks);
    return f->solver;
}

static void stop(struct field *f)
{
    solver_free(f->solver);
    field_free(f);
}

static uint32_t add(struct field *f, uint32_t from, uint32_t to, int64_t milli, bool elastic)
{
    struct solver_flow o = {.node = from,
                            .to = field_address(to),
                            .bytes = BYTES,
                            .elastic = elastic,
                            .weight = 1,
                            .answers = SOLVER_NONE,
                            .ends = true};
    uint32_t flow = solver_add(f->solver, &o);
    solver_offer(f->solver, flow, milli);
    return flow;
}

static bool near(double got, double wanted, double within)
{
    return fabs(got - wanted) <= within;
}

static double load(const struct field *f, uint32_t port)
{
    return (double)solver_port_milli(f->solver, port) / (double)GMILLI;
}

// 0 → 1 → 2: what the first link loses the second is not offered.
static void chain(void)
{
    struct field f;
    field_init(&f, 1, 3);
    field_link(&f, 0, 1, GBPS, true);
    field_link(&f, 1, 2, GBPS, true);
    start(&f);
    uint32_t far = add(&f, 0, 2, 2 * GMILLI, false), middle = add(&f, 1, 2, GMILLI / 2, false);
    solver_solve(f.solver);
    const struct solver_outcome *a = solver_outcome(f.solver, far);
    const struct solver_outcome *b = solver_outcome(f.solver, middle);
    CU_ASSERT(near(load(&f, 0), 2, 1e-9) && near(load(&f, 2), 1.5, 1e-8));
    CU_ASSERT(near(a->delivered, 0.5 / 1.5, 1e-8) && near(b->delivered, 1 / 1.5, 1e-8));
    CU_ASSERT(near(a->lost[GRAPH_CONGESTION], 1 - 0.5 / 1.5, 1e-8));
    // Two full buffers of 50 ms, two lines of 1 ms, two times 8 us to send 1000 bytes.
    CU_ASSERT(near(a->delay_ps / 1e9, 102.016, 1e-6) && near(b->delay_ps / 1e9, 51.008, 1e-6));
    CU_ASSERT(near((double)f.net->ports[0]->fluid->demand_bps, 2e9, 1));
    solver_offer(f.solver, far, GMILLI / 4);
    solver_solve(f.solver);
    CU_ASSERT(a->delivered == 1 && near(a->delay_ps / 1e9, 2.016, 1e-6));
    stop(&f);
}

// 0 → {1, 2} → 3: equal shares; a cut link swallows its share until the FIB changes.
static void diamond(void)
{
    struct field f;
    field_init(&f, 1, 4);
    field_link(&f, 0, 1, 10 * GBPS, true);
    field_link(&f, 0, 2, 10 * GBPS, true);
    field_link(&f, 1, 3, 10 * GBPS, true);
    field_link(&f, 2, 3, 10 * GBPS, true);
    start(&f);
    uint32_t flow = add(&f, 0, 3, GMILLI + 1, false);
    const struct solver_outcome *o = solver_outcome(f.solver, flow);
    solver_solve(f.solver);
    CU_ASSERT(solver_port_milli(f.solver, 0) == GMILLI / 2 + 1);
    CU_ASSERT(solver_port_milli(f.solver, 2) == GMILLI / 2);
    CU_ASSERT(o->delivered == 1);
    net_link_cut(f.net, 2); // 1-3
    solver_port_changed(f.solver, 4);
    solver_port_changed(f.solver, 5);
    solver_solve(f.solver);
    CU_ASSERT(o->delivered == 0.5 && o->lost[GRAPH_LINK_DOWN] == 0.5);
    CU_ASSERT(near(load(&f, 0), 0.5, 1e-9) && load(&f, 4) == 0);
    field_route(&f);
    solver_solve(f.solver);
    CU_ASSERT(o->delivered == 1 && o->lost[GRAPH_LINK_DOWN] == 0);
    CU_ASSERT(load(&f, 0) == 0 && solver_port_milli(f.solver, 2) == GMILLI + 1);
    stop(&f);
}

static void grey_line(void)
{
    struct field f;
    field_init(&f, 1, 3);
    field_link(&f, 0, 1, GBPS, true);
    field_link(&f, 1, 2, GBPS, true);
    start(&f);
    uint32_t flow = add(&f, 0, 2, GMILLI / 2, false);
    const struct solver_outcome *o = solver_outcome(f.solver, flow);
    solver_solve(f.solver);
    net_link_loss(f.net, 0, 20000);
    solver_port_changed(f.solver, 0);
    solver_port_changed(f.solver, 1);
    solver_solve(f.solver);
    CU_ASSERT(near(o->lost[GRAPH_LINE_LOSS], 0.02, 1e-12) && near(o->delivered, 0.98, 1e-12));
    CU_ASSERT(near(load(&f, 0), 0.5, 1e-9) && near(load(&f, 2), 0.49, 1e-9));
    stop(&f);
}

// 1 and 2 send what is for 3 to each other: it crosses their link until its hops are over.
static void loop(void)
{
    struct field f;
    field_init(&f, 1, 4);
    field_link(&f, 0, 1, 100 * GBPS, true);
    field_link(&f, 1, 2, 100 * GBPS, true);
    field_link(&f, 2, 3, 100 * GBPS, true);
    start(&f);
    uint32_t flow = add(&f, 0, 3, GMILLI, false);
    const struct solver_outcome *o = solver_outcome(f.solver, flow);
    solver_solve(f.solver);
    field_set(&f, 2, 3, 3); // port 3: 2 → 1
    solver_solve(f.solver);
    CU_ASSERT(o->delivered == 0 && near(o->lost[GRAPH_TTL], 1, 1e-12) && o->delay_ps == 0);
    CU_ASSERT(near(load(&f, 0), 1, 1e-9) && load(&f, 4) == 0);
    CU_ASSERT(near(load(&f, 2) + load(&f, 3), GRAPH_HOPS - 1, 1e-6));
    stop(&f);
}

static void no_way(void)
{
    struct field f;
    field_init(&f, 1, 3);
    uint32_t link = field_link(&f, 0, 1, GBPS, true);
    start(&f);
    uint32_t unreachable = add(&f, 0, 2, GMILLI, false), reached = add(&f, 0, 1, GMILLI, false);
    fwd_route_set(f.net->nodes[1].fwd, (struct prefix){IP4(10, 9, 0, 0), 16}, FWD_ACT_BLACKHOLE, 0);
    solver_solve(f.solver);
    CU_ASSERT(solver_outcome(f.solver, unreachable)->lost[GRAPH_NO_ROUTE] == 1);
    CU_ASSERT(solver_outcome(f.solver, reached)->delivered == 1);
    net_node_down(f.net, 0);
    solver_port_changed(f.solver, f.net->links[link].a_port);
    solver_solve(f.solver);
    CU_ASSERT(solver_outcome(f.solver, reached)->lost[GRAPH_NODE_DOWN] == 1);
    CU_ASSERT(load(&f, 0) == 0);
    stop(&f);
}

// What inelastic flows leave is shared by the elastic ones, and nothing is lost.
static void elastic(void)
{
    struct field f;
    field_init(&f, 1, 3);
    field_link(&f, 0, 1, 10 * GBPS, true);
    field_link(&f, 1, 2, 4 * GBPS, true);
    start(&f);
    add(&f, 0, 2, GMILLI, false);
    uint32_t greedy[3] = {add(&f, 0, 2, 9 * GMILLI, true), add(&f, 1, 2, 9 * GMILLI, true),
                          add(&f, 0, 1, 20 * GMILLI, true)};
    solver_solve(f.solver);
    CU_ASSERT(near((double)solver_outcome(f.solver, greedy[0])->rate_milli, 1.5 * GMILLI, 2));
    CU_ASSERT(near((double)solver_outcome(f.solver, greedy[1])->rate_milli, 1.5 * GMILLI, 2));
    CU_ASSERT(near((double)solver_outcome(f.solver, greedy[2])->rate_milli, 7.5 * GMILLI, 2));
    CU_ASSERT(solver_outcome(f.solver, greedy[0])->delivered == 1);
    CU_ASSERT(solver_outcome(f.solver, greedy[0])->offered_milli == 9 * GMILLI);
    CU_ASSERT(near(load(&f, 2), 4, 1e-8) && near(load(&f, 0), 10, 1e-8));
    stop(&f);
}

// 0 – 1 (POP) – 2 – 3 (gateway), and 2 – 4 (POP) – 5: two clients, one backend. Both ways.
static void anycast(void)
{
    struct field f;
    field_init(&f, 1, 6);
    field_link(&f, 0, 1, 10 * GBPS, true);
    field_link(&f, 1, 2, 10 * GBPS, true);
    field_link(&f, 2, 3, 10 * GBPS, true);
    field_link(&f, 2, 4, 10 * GBPS, true);
    field_link(&f, 4, 5, 10 * GBPS, true);
    field_target(&f, &(struct field_route){.prefix = {IP4(203, 0, 113, 0), 24}, {1, 4}, 2, false});
    for (uint32_t pop = 1; pop <= 4; pop += 3) {
        struct fwd_node *fwd = f.net->nodes[pop].fwd;
        struct fwd_tunnel_options t = {
            .kind = FWD_TUNNEL_GRE, .remote = field_address(3), .dscp = -1};
        struct fwd_eip_options o = {.tunnel = fwd_tunnel_add(fwd, &t),
                                    .in = {FWD_NO_METER, FWD_NO_METER},
                                    .out = {FWD_NO_METER, FWD_NO_METER}};
        fwd_eip_bind(fwd, prefix6_from_prefix((struct prefix){IP4(203, 0, 113, 0), 24}), &o);
    }
    fwd_route_set(f.net->nodes[3].fwd, (struct prefix){EIP, 32}, FWD_ACT_LOCAL, 0);
    start(&f);
    struct solver_flow up = {.node = 0,
                             .to = ip6_from_ip4(EIP),
                             .bytes = BYTES,
                             .weight = 1,
                             .answers = SOLVER_NONE,
                             .ends = true};
    uint32_t request = solver_add(f.solver, &up);
    struct solver_flow down = {
        .to = field_address(0), .bytes = BYTES, .weight = 1, .answers = request};
    uint32_t answer = solver_add(f.solver, &down);
    solver_offer(f.solver, request, GMILLI);
    solver_offer(f.solver, answer, 2 * GMILLI);
    solver_solve(f.solver);
    const struct solver_end *ends;
    CU_ASSERT(solver_ends(f.solver, request, &ends) == 2);
    CU_ASSERT(ends[0].entry && ends[0].node == 1 && ends[0].share == 1 && ends[0].octets == 24);
    CU_ASSERT(!ends[1].entry && ends[1].node == 3);
    CU_ASSERT(near(load(&f, 0), 1, 1e-9) && near(load(&f, 2), 1.024, 1e-9)); // in GRE
    CU_ASSERT(near(load(&f, 5), 2.048, 1e-9) && near(load(&f, 3), 2.048, 1e-9));
    CU_ASSERT(near(load(&f, 1), 2, 1e-9) && load(&f, 7) == 0);
    CU_ASSERT(solver_outcome(f.solver, answer)->delivered == 1);
    // The POP near the client closes: its users enter at the other, and so do their answers leave.
    fwd_eip_unbind(f.net->nodes[1].fwd,
                   prefix6_from_prefix((struct prefix){IP4(203, 0, 113, 0), 24}));
    f.routes.v[f.routes.n - 1].nodes[0] = 4;
    f.routes.v[f.routes.n - 1].n = 1;
    field_route(&f);
    solver_solve(f.solver);
    CU_ASSERT(near(load(&f, 2), 1, 1e-9) && near(load(&f, 3), 2, 1e-9));
    CU_ASSERT(near(load(&f, 6), 1 + 2.048, 1e-9)); // 2 → 4: plain requests, tunnelled answers
    CU_ASSERT(near(load(&f, 7), 1.024 + 2, 1e-9)); // and back
    // Nobody asks any more: nothing is answered, for the reason for which nothing is asked.
    net_link_cut(f.net, 0);
    solver_port_changed(f.solver, 0);
    solver_port_changed(f.solver, 1);
    solver_solve(f.solver);
    CU_ASSERT(solver_outcome(f.solver, request)->lost[GRAPH_LINK_DOWN] == 1);
    CU_ASSERT(solver_outcome(f.solver, answer)->lost[GRAPH_LINK_DOWN] == 1);
    CU_ASSERT(load(&f, 5) == 0);
    stop(&f);
}

// A change touches the classes that it concerns and no other.
static void only_what_it_touches(void)
{
    struct field f;
    field_init(&f, 1, 5);
    for (uint32_t i = 1; i < 5; i++)
        field_link(&f, 0, i, GBPS, true);
    field_link(&f, 1, 2, GBPS, true);
    start(&f);
    for (uint32_t i = 1; i < 5; i++)
        add(&f, 0, i, GMILLI / 4, false);
    solver_solve(f.solver);
    CU_ASSERT(solver_explored(f.solver) == 4);
    net_link_cut(f.net, 0);
    solver_port_changed(f.solver, 0);
    solver_solve(f.solver);
    CU_ASSERT(solver_explored(f.solver) == 4);
    field_route(&f); // 0 → 1 goes by 2 now; nobody goes anywhere else from there
    solver_solve(f.solver);
    CU_ASSERT(solver_explored(f.solver) == 5);
    solver_solve(f.solver);
    CU_ASSERT(solver_explored(f.solver) == 5);
    stop(&f);
}

UNIT_MAIN("solver", {"chain", chain}, {"diamond", diamond}, {"grey_line", grey_line},
          {"loop", loop}, {"no_way", no_way}, {"elastic", elastic}, {"anycast", anycast},
          {"only_what_it_touches", only_what_it_touches})
