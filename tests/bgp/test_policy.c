// SPDX-License-Identifier: GPL-3.0-or-later
// Gao–Rexford policy, well-known communities, next-hop rules; rows 6 and 20.
#include "unit.h"
#include "world.h"

#include "base/rng.h"
#include <stdlib.h>

static bool add_community(void *ctx, uint32_t router, uint32_t peer, struct prefix p,
                          struct bgp_draft *d)
{
    (void)router;
    (void)peer;
    (void)p;
    bgp_draft_add_community(d, *(const uint32_t *)ctx);
    return true;
}

static void local_pref_follows_the_relation(void)
{
    static const struct {
        enum bgp_relation relation;
        uint32_t local_pref;
    } cases[] = {{BGP_REL_CUSTOMER, 300}, {BGP_REL_PEER, 200}, {BGP_REL_PROVIDER, 100}};
    for (int i = 0; i < 3; i++) {
        struct world *w = world_new(1);
        world_add(w, 1);
        world_add(w, 2);
        int32_t link = world_link(w, 0, 1, cases[i].relation);
        bgp_originate(w->bgp, 1, world_prefix);
        world_run(w, 10 * SECOND);
        const struct bgp_route *r = bgp_best(w->bgp, 0, world_prefix);
        CU_ASSERT_PTR_NOT_NULL_FATAL(r);
        CU_ASSERT_EQUAL(r->attr->f.local_pref, cases[i].local_pref);
        CU_ASSERT_EQUAL(r->source, BGP_SOURCE_EBGP);
        CU_ASSERT_EQUAL(bgp_route_nexthop(r), w->links.v[link].z_addr);
        CU_ASSERT_EQUAL(bgp_route_link(r), link);
        CU_ASSERT_EQUAL(bgp_route_peer_router(r), 1);
        world_free(w);
    }
}

// 0 in the middle hears from 1 over one relation and tells 2 over another.
static void export_is_valley_free(void)
{
    static const enum bgp_relation rel[] = {BGP_REL_CUSTOMER, BGP_REL_PEER, BGP_REL_PROVIDER};
    for (int from = 0; from < 3; from++) {
        for (int to = 0; to < 3; to++) {
            struct world *w = world_new(1);
            for (uint32_t i = 0; i < 3; i++)
                world_add(w, 1 + i);
            world_link(w, 0, 1, rel[from]);
            world_link(w, 0, 2, rel[to]);
            bgp_originate(w->bgp, 1, world_prefix);
            world_run(w, 10 * SECOND);
            bool told = rel[from] == BGP_REL_CUSTOMER || rel[to] == BGP_REL_CUSTOMER;
            CU_ASSERT_STRING_EQUAL(world_path(w, 2), told ? "1 2" : "none");
            world_free(w);
        }
    }
}

// Routers 0 and 1 are one AS: what 0 hears from a peer must not leave through 1 to a provider, what
// it hears from a customer must.
static void relation_is_remembered_through_ibgp(void)
{
    for (int customer = 0; customer < 2; customer++) {
        struct world *w = world_new(1);
        world_add(w, 1);
        world_add(w, 1);
        world_add(w, 2);
        world_add(w, 3);
        world_link(w, 0, 1, BGP_REL_IBGP);
        world_link(w, 0, 2, customer ? BGP_REL_CUSTOMER : BGP_REL_PEER);
        world_link(w, 1, 3, BGP_REL_PROVIDER);
        bgp_originate(w->bgp, 2, world_prefix);
        world_run(w, 10 * SECOND);
        const struct bgp_route *r = bgp_best(w->bgp, 1, world_prefix);
        CU_ASSERT_PTR_NOT_NULL_FATAL(r);
        CU_ASSERT_EQUAL(bgp_route_nexthop(r), world_id(0)); // next-hop-self
        CU_ASSERT_EQUAL(r->attr->f.local_pref, customer ? 300 : 200);
        CU_ASSERT_STRING_EQUAL(world_path(w, 3), customer ? "1 2" : "none");
        world_free(w);
    }
}

// 0 originates with a community; 1 and 2 are one AS, 3 another behind it.
static void well_known_communities_are_honoured(void)
{
    static const struct {
        uint32_t community;
        const char *at_2, *at_3;
    } cases[] = {{BGP_NO_EXPORT, "1", "none"},
                 {BGP_NO_ADVERTISE, "none", "none"},
                 {BGP_COMMUNITY(1, 1), "1", "2 1"}};
    for (int i = 0; i < 3; i++) {
        struct world *w = world_new(1);
        uint32_t community = cases[i].community;
        world_add(w, 1);
        world_add(w, 2);
        world_add(w, 2);
        world_add(w, 3);
        bgp_filters(w->bgp, 0, NULL, add_community, &community);
        world_link(w, 0, 1, BGP_REL_PROVIDER);
        world_link(w, 1, 2, BGP_REL_IBGP);
        world_link(w, 2, 3, BGP_REL_PROVIDER);
        bgp_originate(w->bgp, 0, world_prefix);
        world_run(w, 10 * SECOND);
        CU_ASSERT_STRING_EQUAL(world_path(w, 1), "1");
        CU_ASSERT_STRING_EQUAL(world_path(w, 2), cases[i].at_2);
        CU_ASSERT_STRING_EQUAL(world_path(w, 3), cases[i].at_3);
        world_free(w);
    }
}

// 3 hears a customer path with GRACEFUL_SHUTDOWN and a provider path without: it takes the latter.
static void graceful_shutdown_is_the_last_choice(void)
{
    uint32_t community = BGP_GRACEFUL_SHUTDOWN;
    struct world *w = world_new(1);
    for (uint32_t i = 0; i < 4; i++)
        world_add(w, 1 + i);
    world_link(w, 1, 0, BGP_REL_CUSTOMER);
    world_link(w, 2, 0, BGP_REL_CUSTOMER);
    bgp_filters(w->bgp, 1, NULL, add_community, &community);
    world_link(w, 3, 1, BGP_REL_CUSTOMER);
    world_link(w, 3, 2, BGP_REL_PROVIDER);
    bgp_originate(w->bgp, 0, world_prefix);
    world_run(w, 10 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 3), "3 1");
    world_down(w, 3);
    CU_ASSERT_STRING_EQUAL(world_path(w, 3), "2 1"); // still better than none
    CU_ASSERT_EQUAL(bgp_best(w->bgp, 3, world_prefix)->attr->f.local_pref, 0);
    world_free(w);
}

static bool set_med(void *ctx, uint32_t router, uint32_t peer, struct prefix p, struct bgp_draft *d)
{
    (void)ctx;
    (void)p;
    bgp_draft_set_med(d, 10 * (router + 1) + peer);
    return true;
}

// MED reaches the neighbour AS, and its iBGP, and no further.
static void med_goes_one_as_far(void)
{
    struct world *w = world_new(1);
    world_add(w, 1);
    world_add(w, 2);
    world_add(w, 2);
    world_add(w, 3);
    bgp_filters(w->bgp, 0, NULL, set_med, NULL);
    world_link(w, 0, 1, BGP_REL_PROVIDER);
    world_link(w, 1, 2, BGP_REL_IBGP);
    world_link(w, 2, 3, BGP_REL_PROVIDER);
    bgp_originate(w->bgp, 0, world_prefix);
    world_run(w, 10 * SECOND);
    CU_ASSERT_EQUAL(bgp_best(w->bgp, 1, world_prefix)->attr->f.med, 11);
    CU_ASSERT_EQUAL(bgp_best(w->bgp, 2, world_prefix)->attr->f.med, 11);
    CU_ASSERT_EQUAL(bgp_best(w->bgp, 3, world_prefix)->attr->f.has_med, 0);
    CU_ASSERT_EQUAL(bgp_best(w->bgp, 3, world_prefix)->attr->f.local_pref, 300);
    world_free(w);
}

enum { GRAPH = 40, MIDDLE = 12 };

// A random hierarchy: 0..3 a clique of peers, the rest with one to three providers of lower number.
static void make_graph(struct world *w, enum bgp_relation sees[GRAPH][GRAPH], uint64_t seed)
{
    gsl_rng *r = rng_stream(seed, "graph", "shape");
    for (int i = 0; i < GRAPH; i++) {
        for (int j = 0; j < GRAPH; j++)
            sees[i][j] = BGP_REL_SIBLING; // no link
    }
    for (uint32_t i = 0; i < GRAPH; i++) {
        world_add(w, 1 + i);
        for (uint32_t k = 0; k < (i < 4 ? i : 1 + gsl_rng_uniform_int(r, 3)); k++) {
            uint32_t j = i < 4 ? k : (uint32_t)gsl_rng_uniform_int(r, i < MIDDLE ? i : MIDDLE);
            if (sees[i][j] != BGP_REL_SIBLING)
                continue;
            // The first link goes up, so that every AS has a way to the top.
            bool peers = i < 4 || (k > 0 && i < MIDDLE && j >= 4 && gsl_rng_uniform_int(r, 2) == 0);
            sees[i][j] = peers ? BGP_REL_PEER : BGP_REL_PROVIDER;
            sees[j][i] = peers ? BGP_REL_PEER : BGP_REL_CUSTOMER;
            world_link(w, i, j, sees[i][j]);
        }
    }
    gsl_rng_free(r);
}

// From the receiver's end: up to providers, at most one step across, down to customers.
static bool is_valley_free(const enum bgp_relation sees[GRAPH][GRAPH], uint32_t at,
                           const uint32_t *path, uint32_t n)
{
    bool down = false;
    for (uint32_t i = 0; i < n; i++) {
        enum bgp_relation step = sees[at][path[i] - 1];
        if (step == BGP_REL_SIBLING || (down && step != BGP_REL_CUSTOMER))
            return false;
        down |= step != BGP_REL_PROVIDER;
        at = path[i] - 1;
    }
    return true;
}

static void no_path_has_a_valley(void)
{
    int violations = 0, paths = 0;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct world *w = world_new(seed);
        enum bgp_relation sees[GRAPH][GRAPH];
        make_graph(w, sees, seed);
        for (uint32_t i = 0; i < GRAPH; i++)
            bgp_originate(w->bgp, i, (struct prefix){IP4(20, 0, i, 0), 24});
        world_run(w, 60 * SECOND);
        for (uint32_t i = 0; i < GRAPH; i++) {
            for (uint32_t k = 0; k < GRAPH; k++) {
                const uint32_t *path;
                const struct bgp_route *r =
                    bgp_best(w->bgp, i, (struct prefix){IP4(20, 0, k, 0), 24});
                if (!r)
                    continue;
                uint32_t n = bgp_route_path(r, &path);
                paths++;
                violations += !is_valley_free((const enum bgp_relation(*)[GRAPH])sees, i, path, n);
            }
        }
        world_free(w);
    }
    world_row(20, violations == 0 && paths > GRAPH * GRAPH, "0 violations", "%d in %d paths",
              violations, paths);
}

// The origin (a leaf AS) hangs on AS `near` and, through a long tail of providers, on AS `far`.
// Returns the time until the last best path changed after the near link failed (far: failover to
// the longer path) or after the prefix went away altogether.
static double settle_s(uint64_t seed, bool failover)
{
    struct world *w = world_new(seed);
    enum bgp_relation sees[GRAPH][GRAPH];
    w->timers.mrai_ebgp_ps = 30 * SECOND;
    w->timers.mrai_withdrawals = true; // RFC 4271 §9.2.1.1 as written: where exploration lasts
    make_graph(w, sees, seed);
    uint32_t origin = world_add(w, 100), tail = origin;
    int32_t near = world_link(w, origin, GRAPH - 1, BGP_REL_PROVIDER);
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t next = world_add(w, 101 + i);
        world_link(w, tail, next, BGP_REL_PROVIDER);
        tail = next;
    }
    world_link(w, tail, MIDDLE, BGP_REL_PROVIDER);
    bgp_originate(w->bgp, origin, world_prefix);
    world_run(w, 1000 * SECOND);
    if (failover)
        world_down(w, near);
    else
        bgp_withdraw(w->bgp, origin, world_prefix);
    world_run(w, 2000 * SECOND);
    CU_ASSERT_EQUAL(bgp_best(w->bgp, 0, world_prefix) != NULL, failover);
    double s = world_settled_s(w, 1000 * SECOND);
    world_free(w);
    return s;
}

static void failover_beats_loss(void)
{
    enum { SEEDS = 20 };
    double long_s = 0, down_s = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        long_s += settle_s(seed, true) / SEEDS;
        down_s += settle_s(seed, false) / SEEDS;
    }
    world_row(6, long_s < down_s, "T_long < T_down (mean of 20 tiered graphs)", "%.2f s, %.2f s",
              long_s, down_s);
}

UNIT_MAIN("bgp-policy", {"local_pref_follows_the_relation", local_pref_follows_the_relation},
          {"export_is_valley_free", export_is_valley_free},
          {"relation_is_remembered_through_ibgp", relation_is_remembered_through_ibgp},
          {"well_known_communities_are_honoured", well_known_communities_are_honoured},
          {"graceful_shutdown_is_the_last_choice", graceful_shutdown_is_the_last_choice},
          {"med_goes_one_as_far", med_goes_one_as_far},
          {"no_path_has_a_valley", no_path_has_a_valley},
          {"failover_beats_loss", failover_beats_loss})
