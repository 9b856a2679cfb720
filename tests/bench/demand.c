// SPDX-License-Identifier: GPL-3.0-or-later
// 102,080 demands, one between any two of 320 nodes, over 1,000 links: all of them solved, and solved
// again when a link has failed and the routes have changed. Inelastic, with a few links overloaded;
// and a third of them elastic.
#include "bench.h"

#include "demand/field.h"

#include <stdio.h>

enum { NODES = 320, LINKS = 1000 };

static const struct solver_hooks hooks = {.address = field_address_hook};

struct play {
    struct field field;
    struct solver *solver;
    uint64_t state;
};

static uint32_t draw(struct play *p, uint32_t below)
{
    p->state = p->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(p->state >> 33) % below;
}

static void build(struct play *p, uint32_t elastic_one_in)
{
    *p = (struct play){.state = 1};
    field_init(&p->field, 1, NODES);
    for (uint32_t i = 0; i < LINKS; i++) {
        uint32_t a = i + 1 < NODES ? i + 1 : draw(p, NODES);
        uint32_t b = i + 1 < NODES ? draw(p, a) : draw(p, NODES - 1);
        b += i + 1 >= NODES && b >= a;
        field_link(&p->field, a, b, INT64_C(100000000000), true);
    }
    field_route(&p->field);
    p->solver = solver_new(p->field.net, &hooks);
    for (uint32_t from = 0; from < NODES; from++)
        for (uint32_t to = 0; to < NODES; to++) {
            struct solver_flow f = {.node = from,
                                    .to = field_address(to),
                                    .bytes = 1000,
                                    .elastic = elastic_one_in && draw(p, elastic_one_in) == 0,
                                    .weight = 1,
                                    .answers = SOLVER_NONE};
            if (from != to)
                solver_offer(p->solver, solver_add(p->solver, &f),
                             (int64_t)draw(p, 600) * 1000000 * SOLVER_MILLI);
        }
}

static void link_changed(struct play *p, uint32_t link)
{
    solver_port_changed(p->solver, p->field.net->links[link].a_port);
    solver_port_changed(p->solver, p->field.net->links[link].b_port);
}

static double after_failure_s(struct play *p, uint32_t link)
{
    net_link_cut(p->field.net, link);
    field_route(&p->field);
    double begin_s = bench_cpu_s();
    link_changed(p, link);
    field_tell(&p->field, p->solver);
    solver_solve(p->solver);
    double took_s = bench_cpu_s() - begin_s;
    net_link_restore(p->field.net, link);
    field_route(&p->field);
    link_changed(p, link);
    field_tell(&p->field, p->solver);
    solver_solve(p->solver);
    return took_s;
}

static void measure(const char *what, uint32_t elastic_one_in)
{
    struct play p;
    char name[64];
    double ms[BENCH_RUNS];
    build(&p, elastic_one_in);
    double begin_s = bench_cpu_s();
    solver_solve(p.solver);
    double all_ms = (bench_cpu_s() - begin_s) * 1e3;
    for (uint32_t i = 0; i < BENCH_RUNS; i++)
        ms[i] = after_failure_s(&p, 7 + 150 * i) * 1e3;
    snprintf(name, sizeof name, "demands %s: all", what);
    bench_add(&(struct figure){.name = name, .value = all_ms, .unit = "ms"});
    snprintf(name, sizeof name, "demands %s: after a failure", what);
    bench_add(&(struct figure){.name = name, .value = bench_median(ms, BENCH_RUNS), .unit = "ms"});
    solver_free(p.solver);
    field_free(&p.field);
}

void bench_demand(void)
{
    measure("inelastic", 0);
    measure("a third elastic", 3);
    measure("elastic", 1);
}
