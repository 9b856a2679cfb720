// SPDX-License-Identifier: GPL-3.0-or-later
// Solving what a change touches gives what solving everything gives, bit for bit: over random
// networks, failures, black holes, loops and changes of demand.
#include "unit.h"

#include "field.h"

#include "base/rng.h"

#include <stdio.h>

#define MBPS  INT64_C(1000000)
#define NODES 24
#define EIP   IP4(203, 0, 113, 1)

static const struct solver_hooks hooks = {.address = field_address_hook};

struct play {
    struct field field;
    gsl_rng *rng;
    uint32_t eip; // its route
    VEC(struct solver_flow) flows;
    VEC(int64_t) rates;
};

static uint32_t pick(struct play *p, uint32_t n)
{
    return (uint32_t)gsl_rng_uniform_int(p->rng, n);
}

static void add(struct play *p, struct solver_flow f, int64_t rate)
{
    vec_push(&p->flows, f);
    vec_push(&p->rates, rate);
}

// Two POPs of one backend, bound to node 0; clients everywhere, and a matrix beside.
static void populate(struct play *p)
{
    const struct prefix eip = {IP4(203, 0, 113, 0), 24};
    struct field_route r = {.prefix = eip, .nodes = {1, 2}, .n = 2};
    p->eip = (uint32_t)p->field.routes.n;
    field_target(&p->field, &r);
    for (uint32_t pop = 1; pop <= 2; pop++) {
        struct fwd_node *fwd = p->field.net->nodes[pop].fwd;
        struct fwd_tunnel_options t = {.remote = field_address(0), .dscp = -1};
        struct fwd_eip_options o = {.tunnel = fwd_tunnel_add(fwd, &t),
                                    .in = {FWD_NO_METER, FWD_NO_METER},
                                    .out = {FWD_NO_METER, FWD_NO_METER}};
        fwd_eip_bind(fwd, prefix6_from_prefix(eip), &o);
    }
    fwd_route_set(p->field.net->nodes[0].fwd, (struct prefix){EIP, 32}, FWD_ACT_LOCAL, 0);
    for (uint32_t i = 3; i < NODES; i++) {
        struct solver_flow up = {.node = i,
                                 .to = ip6_from_ip4(EIP),
                                 .bytes = 500,
                                 .elastic = i % 3 == 0,
                                 .weight = 1 + i % 4,
                                 .answers = SOLVER_NONE,
                                 .ends = true};
        struct solver_flow down = up;
        add(p, up, (1 + pick(p, 50)) * MBPS * SOLVER_MILLI);
        down.to = field_address(i);
        down.answers = (uint32_t)p->flows.n - 1;
        down.ends = false;
        add(p, down, (1 + pick(p, 300)) * MBPS * SOLVER_MILLI);
    }
    for (int i = 0; i < 100; i++) {
        struct solver_flow f = {.node = pick(p, NODES),
                                .to = field_address(pick(p, NODES)),
                                .bytes = 500 + 500 * pick(p, 2),
                                .elastic = pick(p, 3) == 0,
                                .weight = 1,
                                .answers = SOLVER_NONE};
        add(p, f, (1 + pick(p, 100)) * MBPS * SOLVER_MILLI + pick(p, 1000));
    }
}

static struct solver *solver_of(struct play *p)
{
    struct solver *s = solver_new(p->field.net, &hooks);
    for (size_t i = 0; i < p->flows.n; i++)
        solver_offer(s, solver_add(s, &p->flows.v[i]), p->rates.v[i]);
    return s;
}

static void begin(struct play *p, uint64_t seed)
{
    *p = (struct play){.rng = rng_stream(seed, "incremental", "test")};
    field_init(&p->field, seed, NODES);
    for (uint32_t i = 1; i < NODES; i++)
        field_link(&p->field, i, pick(p, i), (100 + pick(p, 900)) * MBPS, pick(p, 8) > 0);
    for (uint32_t i = 0; i < NODES; i++) {
        uint32_t a = pick(p, NODES), b = pick(p, NODES);
        if (a != b)
            field_link(&p->field, a, b, (100 + pick(p, 900)) * MBPS, true);
    }
    populate(p);
    field_route(&p->field);
    p->field.solver = solver_of(p);
    solver_solve(p->field.solver);
}

static void end(struct play *p)
{
    solver_free(p->field.solver);
    field_free(&p->field);
    gsl_rng_free(p->rng);
    vec_free(&p->flows);
    vec_free(&p->rates);
}

static void tell_link(struct play *p, uint32_t link)
{
    solver_port_changed(p->field.solver, p->field.net->links[link].a_port);
    solver_port_changed(p->field.solver, p->field.net->links[link].b_port);
}

static void change(struct play *p)
{
    struct net *net = p->field.net;
    uint32_t link = pick(p, net->nlinks), flow = pick(p, (uint32_t)p->flows.n);
    switch (pick(p, 7)) {
    case 0:
    case 1:
        if (net->links[link].cuts)
            net_link_restore(net, link);
        else
            net_link_cut(net, link);
        tell_link(p, link);
        break;
    case 2: // routing catches up
        field_route(&p->field);
        break;
    case 3: // a route of its own at one node, perhaps into a loop
        field_set(&p->field, net->ports[link]->from, pick(p, NODES + 1), link);
        break;
    case 4:
        p->rates.v[flow] = pick(p, 500) * MBPS * SOLVER_MILLI;
        solver_offer(p->field.solver, flow, p->rates.v[flow]);
        break;
    case 5:
        net_link_loss(net, link, pick(p, 2) * 30000);
        tell_link(p, link);
        break;
    default:
        if (net->ports[link]->fluid)
            net_port_background(net, link, pick(p, 900000));
        solver_loads_changed(p->field.solver);
        break;
    }
}

// The solver that only heard of changes against one that does everything afresh.
static bool agrees(struct play *p, const char **what)
{
    struct solver *fresh = solver_of(p);
    bool same = true;
    solver_solve(fresh);
    for (uint32_t i = 0; i < p->field.net->nports; i++)
        if (solver_port_milli(fresh, i) != solver_port_milli(p->field.solver, i)) {
            same = false;
            *what = "the load of a port";
        }
    for (uint32_t i = 0; i < p->flows.n; i++) {
        const struct solver_outcome *a = solver_outcome(fresh, i);
        const struct solver_outcome *b = solver_outcome(p->field.solver, i);
        if (memcmp(a, b, sizeof *a) != 0) {
            same = false;
            *what = "the outcome of a flow";
        }
    }
    solver_free(fresh);
    return same;
}

// Shares of what is sent add up.
static bool adds_up(const struct play *p)
{
    for (uint32_t i = 0; i < p->flows.n; i++) {
        const struct solver_outcome *o = solver_outcome(p->field.solver, i);
        double sum = o->delivered;
        for (int k = 0; k < GRAPH_CAUSES; k++)
            sum += o->lost[k];
        if (sum < 1 - 1e-9 || sum > 1 + 1e-9 || o->rate_milli > o->offered_milli)
            return false;
    }
    return true;
}

static void random_changes(void)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct play p;
        begin(&p, seed);
        for (int step = 0; step < 60; step++) {
            const char *what = "";
            change(&p);
            solver_solve(p.field.solver);
            bool same = agrees(&p, &what), sums = adds_up(&p);
            CU_ASSERT(same);
            CU_ASSERT(sums);
            if (!same || !sums) {
                printf("\n  seed %d, step %d: %s\n", (int)seed, step, same ? "sums" : what);
                break;
            }
        }
        end(&p);
    }
}

UNIT_MAIN("incremental", {"random_changes", random_changes})
