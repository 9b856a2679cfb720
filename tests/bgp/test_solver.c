// SPDX-License-Identifier: GPL-3.0-or-later
// The direct solver of AS graphs against the message-level engine, on random graphs and on real ones
// (rows 20 and 21). With ANYSIM_VALIDATE set the whole Internet of 2018 runs message by message.
#include "plain.h"
#include "unit.h"
#include "world.h"

#include "base/rng.h"
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

static const char whole[] = "toposcope_asrel_201806.txt.bz2";

// --- Rules, one by one

static const char *path_of(const struct plain *p, uint32_t as)
{
    static char text[64];
    uint32_t path[8], n = bgp_choice_path(p->choices, as, path, 8);
    size_t used = 0;
    if (p->choices[as].next == BGP_NO_AS)
        return "none";
    text[0] = '\0';
    for (uint32_t i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%u", i ? " " : "",
                                 (unsigned)p->asns.v[path[i]]);
    return text;
}

static struct plain *five(void)
{
    struct plain *p = plain_new(1);
    for (uint32_t i = 0; i < 5; i++)
        plain_add(p, i, IP4(10, 0, 0, 9) - i); // the identifiers fall
    return p;
}

static void customers_before_peers_before_providers(void)
{
    struct plain *p = five();
    plain_link(p, 1, 0, BGP_REL_PROVIDER); // 4 reaches 1 through a customer's customer, …
    plain_link(p, 2, 1, BGP_REL_CUSTOMER);
    plain_link(p, 4, 2, BGP_REL_CUSTOMER);
    plain_link(p, 4, 1, BGP_REL_PEER); // … though this is shorter
    plain_link(p, 3, 1, BGP_REL_PEER);
    plain_link(p, 3, 2, BGP_REL_PROVIDER);
    plain_ready(p);
    plain_announce(p, 0, (uint32_t[]){1}, 1);
    CU_ASSERT_STRING_EQUAL(path_of(p, 4), "2 1");
    CU_ASSERT_STRING_EQUAL(path_of(p, 3), "1");
    CU_ASSERT_STRING_EQUAL(path_of(p, 0), "1");
    plain_announce(p, 1, (uint32_t[]){3}, 1);
    CU_ASSERT_STRING_EQUAL(path_of(p, 1), "3");
    CU_ASSERT_STRING_EQUAL(path_of(p, 2), "3");
    CU_ASSERT_STRING_EQUAL(path_of(p, 0), "none"); // 1 does not tell a provider of a peer's
    CU_ASSERT_STRING_EQUAL(path_of(p, 4), "2 3");
    plain_free(p);
}

static void ties_go_to_the_lowest_identifier_then_address(void)
{
    struct plain *p = five();
    for (uint32_t i = 1; i < 4; i++) {
        plain_link(p, 0, i, BGP_REL_PROVIDER);
        plain_link(p, 4, i, BGP_REL_PROVIDER);
    }
    plain_link(p, 4, 3, BGP_REL_PROVIDER); // once more, with higher addresses
    plain_ready(p);
    plain_announce(p, 0, (uint32_t[]){0}, 1);
    CU_ASSERT_STRING_EQUAL(path_of(p, 4), "3 0");
    CU_ASSERT_EQUAL(p->graph.ends[p->choices[4].place].link, 5);
    plain_free(p);
}

static void anycast_goes_to_the_nearest(void)
{
    struct plain *p = five();
    for (uint32_t i = 0; i < 4; i++)
        plain_link(p, i, i + 1, BGP_REL_PROVIDER);
    plain_ready(p);
    plain_announce(p, 0, (uint32_t[]){0, 4, 0}, 3);
    CU_ASSERT_EQUAL(bgp_choice_origin(p->choices, 1), 0); // a customer's
    CU_ASSERT_EQUAL(bgp_choice_origin(p->choices, 3), 0); // and so it is preferred to the nearer
    CU_ASSERT_EQUAL(bgp_choice_origin(p->choices, 4), 4);
    plain_announce(p, 1, (uint32_t[]){4, 2}, 2);
    CU_ASSERT_EQUAL(bgp_choice_origin(p->choices, 1), 2);
    plain_free(p);
}

// --- Against the engine

struct agreement {
    uint32_t ases, differences, agreed; // agreed: prefixes without a difference
    uint32_t unstable, valleys;
    uint64_t paths;
};

static void compare(struct plain *p, struct agreement *sum, const struct prefix *prefixes,
                    const uint32_t (*origins)[3], uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t norigins = origins[i][1] == BGP_NO_AS ? 1 : 3;
        CU_ASSERT_TRUE(bgp_solve(&p->graph, origins[i], norigins, p->choices));
        uint32_t differences = plain_differences(p, prefixes[i]);
        sum->ases += (uint32_t)p->ids.n;
        sum->differences += differences;
        sum->agreed += differences == 0;
        sum->valleys += plain_valleys(p, &sum->paths);
        sum->unstable +=
            bgp_choices_unstable(&p->graph, origins[i], norigins, p->choices) != BGP_NO_AS;
        plain_engine_choices(p, prefixes[i], p->choices);
        sum->unstable +=
            bgp_choices_unstable(&p->graph, origins[i], norigins, p->choices) != BGP_NO_AS;
    }
}

enum { PREFIXES_MAX = 16 };

// Announces n prefixes, every fourth from three ASes, and compares when all is quiet.
static void run_both(struct plain *p, uint32_t n, struct agreement *sum)
{
    uint32_t origins[PREFIXES_MAX][3];
    struct prefix prefixes[PREFIXES_MAX];
    gsl_rng *r = rng_stream(p->seed, "origins", "test");
    plain_start(p, 60 * SECOND);
    for (uint32_t i = 0; i < n; i++) {
        for (int k = 0; k < 3; k++)
            origins[i][k] =
                k && i % 4 != 3 ? BGP_NO_AS : (uint32_t)gsl_rng_uniform_int(r, p->ids.n);
        prefixes[i] = plain_announce(p, i, origins[i], i % 4 == 3 ? 3 : 1);
    }
    gsl_rng_free(r);
    sim_run(p->sim, 10000 * SECOND);
    CU_ASSERT_TRUE(bgp_stats(p->bgp)->last_change_ps < 5000 * SECOND);
    compare(p, sum, prefixes, (const uint32_t(*)[3])origins, n);
}

// Random relations between random ASes: loops of customers and providers are everywhere.
static void random_graph(struct plain *p, uint32_t nases, uint32_t nlinks, uint32_t nsiblings)
{
    static const enum bgp_relation any[] = {BGP_REL_CUSTOMER, BGP_REL_PEER, BGP_REL_PROVIDER};
    gsl_rng *r = rng_stream(p->seed, "graph", "shape");
    for (uint32_t i = 0; i < nases; i++)
        plain_add(p, 1 + i, IP4(10, 0, 0, 0) + (i * 37 + (uint32_t)p->seed) % nases + 1);
    for (uint32_t i = 0; i < nlinks; i++) {
        uint32_t a = (uint32_t)gsl_rng_uniform_int(r, nases);
        uint32_t z = (a + 1 + (uint32_t)gsl_rng_uniform_int(r, nases - 1)) % nases;
        plain_link(p, a, z, i < nsiblings ? BGP_REL_SIBLING : any[gsl_rng_uniform_int(r, 3)]);
    }
    gsl_rng_free(r);
    plain_ready(p);
}

static void engine_and_solver_agree_on_random_graphs(void)
{
    struct agreement sum = {0};
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct plain *p = plain_new(seed);
        random_graph(p, 41, 41 + 8 * (uint32_t)seed, 0);
        run_both(p, 8, &sum);
        plain_free(p);
    }
    CU_ASSERT_EQUAL(sum.unstable, 0);
    CU_ASSERT_EQUAL(sum.valleys, 0);
    world_row(21, sum.differences == 0 && sum.paths > 2000,
              "0 differences (20 random graphs, with loops of providers)", "%u in %u ASes",
              sum.differences, sum.ases);
}

// With siblings there may be several stable states: where the solver's is another than the engine's,
// both are stable.
static void siblings_settle(void)
{
    struct agreement sum = {0};
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct plain *p = plain_new(seed);
        random_graph(p, 41, 120, 3);
        run_both(p, 8, &sum);
        plain_free(p);
    }
    CU_ASSERT_EQUAL(sum.unstable, 0);
    CU_ASSERT_TRUE(sum.agreed > 50);
}

static void real_graph(const char *file, uint32_t nases, uint32_t nprefixes, const char *expected)
{
    struct agreement sum = {0};
    struct plain *p = plain_new(1);
    if (plain_data(p, file)) {
        CU_ASSERT_EQUAL(p->ids.n, nases);
        run_both(p, nprefixes, &sum);
        CU_ASSERT_EQUAL(sum.unstable, 0);
        CU_ASSERT_EQUAL(sum.valleys, 0);
        world_row(21, sum.differences == 0, expected, "%u in %u ASes", sum.differences, sum.ases);
    }
    plain_free(p);
}

static void they_agree_on_china(void)
{
    real_graph("toposcope_asrel_201806_CN.txt", 253, PREFIXES_MAX,
               "0 differences (ASes of China, 16 prefixes)");
}

static void they_agree_on_hidden_links(void)
{
    real_graph("toposcope_asrel_hidden_2019.txt.bz2", 831, 4,
               "0 differences (831 ASes, 34830 links, 4 prefixes)");
}

// --- All of the Internet

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double peak_mib(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss / 1024;
}

// Origins from all over the list of ASes, more of them for `make validate`.
static void no_path_of_the_whole_has_a_valley(void)
{
    uint32_t n = getenv("ANYSIM_VALIDATE") ? 2000 : 50, valleys = 0;
    uint64_t paths = 0;
    char expected[64];
    struct plain *p = plain_new(1);
    if (!plain_data(p, whole)) {
        plain_free(p);
        return;
    }
    CU_ASSERT_EQUAL(p->ids.n, 61411);
    CU_ASSERT_EQUAL(p->links.n, 287374 - 158);
    double solving_s = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t origin = (uint32_t)((uint64_t)i * p->ids.n / n);
        double before_s = cpu_s();
        plain_announce(p, i, &origin, 1);
        solving_s += cpu_s() - before_s;
        valleys += plain_valleys(p, &paths);
        if (i < 3)
            CU_ASSERT_EQUAL(bgp_choices_unstable(&p->graph, &origin, 1, p->choices), BGP_NO_AS);
    }
    printf("  solved in %.1f ms each\n", 1e3 * solving_s / n);
    snprintf(expected, sizeof expected, "0 violations (61411 ASes, %u origins)", (unsigned)n);
    world_row(20, valleys == 0 && paths > n * UINT64_C(60000), expected, "%u in %.0f paths",
              (unsigned)valleys, (double)paths);
    plain_free(p);
}

// Minutes and gigabytes: for `make validate`.
static void they_agree_on_the_whole(void)
{
    struct agreement sum = {0};
    struct plain *p = plain_new(1);
    if (!getenv("ANYSIM_VALIDATE")) {
        printf("  left to make validate\n");
    } else if (plain_data(p, whole)) {
        double before_s = cpu_s();
        run_both(p, 4, &sum);
        CU_ASSERT_EQUAL(sum.unstable + sum.valleys, 0);
        world_row(21, sum.differences == 0, "0 differences (61411 ASes, 287216 links, 4 prefixes)",
                  "%u in %u ASes, %.0f s, %.0f MiB", sum.differences, sum.ases, cpu_s() - before_s,
                  peak_mib());
    }
    plain_free(p);
}

UNIT_MAIN("bgp-solver",
          {"customers_before_peers_before_providers", customers_before_peers_before_providers},
          {"ties_go_to_the_lowest_identifier_then_address",
           ties_go_to_the_lowest_identifier_then_address},
          {"anycast_goes_to_the_nearest", anycast_goes_to_the_nearest},
          {"engine_and_solver_agree_on_random_graphs", engine_and_solver_agree_on_random_graphs},
          {"siblings_settle", siblings_settle}, {"they_agree_on_china", they_agree_on_china},
          {"they_agree_on_hidden_links", they_agree_on_hidden_links},
          {"no_path_of_the_whole_has_a_valley", no_path_of_the_whole_has_a_valley},
          {"they_agree_on_the_whole", they_agree_on_the_whole})
