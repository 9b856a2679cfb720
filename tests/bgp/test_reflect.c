// SPDX-License-Identifier: GPL-3.0-or-later
// iBGP: reflection (row 17), hot potato and next-hop tracking, MEDs in every order of arrival.
#include "unit.h"
#include "world.h"
#include <stdio.h>

#define CLUSTER_1 IP4(1, 1, 1, 1)
#define CLUSTER_2 IP4(2, 2, 2, 2)

static unsigned candidates(const struct world *w, uint32_t router)
{
    char *text = NULL;
    size_t size = 0;
    unsigned n = 0;
    FILE *f = open_memstream(&text, &size);
    bgp_explain(w->bgp, router, world_prefix, f);
    fclose(f);
    CU_ASSERT_EQUAL(sscanf(strstr(text, ": "), ": %u candidate", &n), 1);
    free(text);
    return n;
}

static bool heard(const struct world *w, uint32_t router)
{
    return bgp_best(w->bgp, router, world_prefix) != NULL;
}

// Reflector 0 with clients 1, 2 and non-clients 3, 4 (which have no session with each other).
static void clients_to_all_others_to_clients(void)
{
    static const struct {
        uint32_t origin;
        bool heard[5];
    } cases[] = {{1, {true, true, true, true, true}},
                 {3, {true, true, true, true, false}},
                 {0, {true, true, true, true, true}}};
    for (int i = 0; i < 3; i++) {
        struct world *w = world_new(1);
        bool ok = true;
        char got[6] = "";
        world_add_reflector(w, 1, CLUSTER_1);
        for (int r = 1; r < 5; r++) {
            world_add(w, 1);
            world_link(w, 0, (uint32_t)r, r < 3 ? BGP_REL_IBGP_CLIENT : BGP_REL_IBGP);
        }
        bgp_originate(w->bgp, cases[i].origin, world_prefix);
        world_run(w, 10 * SECOND);
        for (uint32_t r = 0; r < 5; r++) {
            ok &= heard(w, r) == cases[i].heard[r];
            got[r] = heard(w, r) ? 'x' : '-';
        }
        world_row(17, ok,
                  i == 0   ? "client to all: xxxxx"
                  : i == 1 ? "non-client to clients: xxxx-"
                           : "own to all: xxxxx",
                  "%s", got);
        const struct bgp_route *r = bgp_best(w->bgp, 2, world_prefix);
        CU_ASSERT_EQUAL(r->attr->f.next_hop, world_id(cases[i].origin)); // not the reflector
        if (cases[i].origin != 0) {
            CU_ASSERT_EQUAL(r->attr->f.originator_id, world_id(cases[i].origin));
            CU_ASSERT_EQUAL(r->attr->nclusters, 1);
            CU_ASSERT_EQUAL(bgp_attr_clusters(r->attr)[0], CLUSTER_1);
        } else {
            CU_ASSERT_EQUAL(r->attr->f.originator_id, 0);
            CU_ASSERT_EQUAL(r->attr->nclusters, 0);
        }
        world_free(w);
    }
}

// Without a reflector an iBGP route goes no further.
static void ordinary_speakers_do_not_pass_on(void)
{
    struct world *w = world_new(1);
    for (uint32_t i = 0; i < 3; i++) {
        world_add(w, 1);
        if (i)
            world_link(w, i - 1, i, BGP_REL_IBGP);
    }
    bgp_originate(w->bgp, 0, world_prefix);
    world_run(w, 10 * SECOND);
    CU_ASSERT_TRUE(heard(w, 1));
    CU_ASSERT_FALSE(heard(w, 2));
    world_free(w);
}

// Client 2 hangs on reflector 0 only; reflector 1 hears of it through 0, unless both
// are one cluster.
static void own_cluster_is_dropped(void)
{
    for (int same = 0; same < 2; same++) {
        struct world *w = world_new(1);
        world_add_reflector(w, 1, CLUSTER_1);
        world_add_reflector(w, 1, same ? CLUSTER_1 : CLUSTER_2);
        world_add(w, 1);
        world_link(w, 0, 1, BGP_REL_IBGP);
        world_link(w, 0, 2, BGP_REL_IBGP_CLIENT);
        bgp_originate(w->bgp, 2, world_prefix);
        world_run(w, 10 * SECOND);
        world_row(17, heard(w, 1) == !same,
                  same ? "own CLUSTER_LIST: dropped" : "other cluster: accepted", "%s",
                  heard(w, 1) ? "accepted" : "dropped");
        world_free(w);
    }
}

static bool not_to_1(void *ctx, uint32_t router, uint32_t peer, struct prefix p,
                     struct bgp_draft *d)
{
    (void)ctx;
    (void)router;
    (void)p;
    (void)d;
    return peer != 1;
}

// Client 2 tells reflector 0 only; 0 tells 1, which reflects it to its client 2: back
// at its source.
static void own_originator_is_dropped(void)
{
    struct world *w = world_new(1);
    world_add_reflector(w, 1, CLUSTER_1);
    world_add_reflector(w, 1, CLUSTER_2);
    world_add(w, 1);
    world_add(w, 2);
    bgp_filters(w->bgp, 2, NULL, not_to_1, NULL);
    world_link(w, 0, 1, BGP_REL_IBGP);
    world_link(w, 0, 2, BGP_REL_IBGP_CLIENT);
    world_link(w, 1, 2, BGP_REL_IBGP_CLIENT);
    world_link(w, 2, 3, BGP_REL_CUSTOMER);
    bgp_originate(w->bgp, 3, world_prefix);
    world_run(w, 10 * SECOND);
    CU_ASSERT_TRUE(heard(w, 1));
    CU_ASSERT_EQUAL(candidates(w, 1), 1);
    world_row(17, candidates(w, 2) == 1, "own ORIGINATOR_ID: dropped (1 candidate left)", "%u",
              candidates(w, 2));
    bgp_withdraw(w->bgp, 3, world_prefix); // and nothing circles when it goes
    world_run(w, 20 * SECOND);
    for (uint32_t r = 0; r < 4; r++)
        CU_ASSERT_FALSE(heard(w, r));
    world_free(w);
}

// Routers 1 and 2 have the same route from outside; router 0 takes the nearer exit.
static struct world *two_exits(void)
{
    struct world *w = world_new(1);
    for (uint32_t i = 0; i < 3; i++)
        world_add(w, 1);
    world_add(w, 2);
    world_link(w, 0, 1, BGP_REL_IBGP);
    world_link(w, 0, 2, BGP_REL_IBGP);
    world_link(w, 1, 2, BGP_REL_IBGP);
    world_link(w, 1, 3, BGP_REL_PEER);
    world_link(w, 2, 3, BGP_REL_PEER);
    world_metric(w, 0, world_id(1), 100);
    world_metric(w, 0, world_id(2), 200);
    bgp_originate(w->bgp, 3, world_prefix);
    world_run(w, 10 * SECOND);
    return w;
}

static ip4_addr exit_of(const struct world *w)
{
    const struct bgp_route *r = bgp_best(w->bgp, 0, world_prefix);
    return r ? bgp_route_nexthop(r) : 0;
}

static void hot_potato_follows_the_igp(void)
{
    struct world *w = two_exits();
    CU_ASSERT_EQUAL(exit_of(w), world_id(1));
    CU_ASSERT_EQUAL(bgp_best(w->bgp, 0, world_prefix)->igp_metric, 100);
    bgp_originate(w->bgp, 2, (struct prefix){IP4(198, 51, 100, 0), 24}); // through 2 only
    world_run(w, 11 * SECOND);
    uint64_t decisions = bgp_stats(w->bgp)->decisions;
    bgp_nexthops_changed(w->bgp, 0); // nothing changed: nothing is decided
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->decisions, decisions);
    world_metric(w, 0, world_id(1), 300);
    CU_ASSERT_EQUAL(exit_of(w), world_id(1)); // not told yet
    bgp_nexthops_changed(w->bgp, 0);
    CU_ASSERT_EQUAL(exit_of(w), world_id(2));
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->decisions, decisions + 1); // not for the other prefix
    world_metric(w, 0, world_id(2), UINT32_MAX);
    bgp_nexthops_changed(w->bgp, 0);
    CU_ASSERT_EQUAL(exit_of(w), world_id(1));
    world_metric(w, 0, world_id(1), UINT32_MAX);
    bgp_nexthops_changed(w->bgp, 0);
    CU_ASSERT_EQUAL(exit_of(w), 0);
    world_metric(w, 0, world_id(2), 5);
    bgp_nexthops_changed(w->bgp, 0);
    CU_ASSERT_EQUAL(exit_of(w), world_id(2));
    world_free(w);
}

static void ebgp_next_hop_dies_with_its_link(void)
{
    struct world *w = two_exits();
    CU_ASSERT_EQUAL(bgp_best(w->bgp, 1, world_prefix)->source, BGP_SOURCE_EBGP);
    world_cut(w, 3); // the session does not know
    bgp_nexthops_changed(w->bgp, 1);
    CU_ASSERT_EQUAL(bgp_best(w->bgp, 1, world_prefix)->source, BGP_SOURCE_IBGP);
    world_run(w, 11 * SECOND);
    CU_ASSERT_EQUAL(exit_of(w), world_id(2)); // 1 withdrew
    world_free(w);
}

static bool med_of_neighbour(void *ctx, uint32_t router, uint32_t peer, struct prefix p,
                             struct bgp_draft *d)
{
    static const uint32_t meds[] = {0, 0, 10, 20, 99}; // of routers 1 to 4
    (void)ctx;
    (void)peer;
    (void)p;
    bgp_draft_set_med(d, meds[router]);
    return true;
}

// Router 0 hears the same prefix from routers 1 (AS 2), 2 and 3 (AS 3), 4 (AS 4), whose sessions
// come up in every order.
static void meds_in_every_order_of_arrival(void)
{
    int same = 0, tried = 0;
    for (int code = 0; code < 256; code++) {
        int order[4] = {code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 & 3}, seen = 0;
        for (int i = 0; i < 4; i++)
            seen |= 1 << order[i];
        if (seen != 15)
            continue;
        struct world *w = world_new(1);
        static const uint32_t asns[] = {1, 2, 3, 3, 4};
        for (uint32_t r = 0; r < 5; r++) {
            world_add(w, asns[r]);
            if (!r)
                continue;
            bgp_filters(w->bgp, r, NULL, med_of_neighbour, NULL);
            int32_t link = world_link_at(w, 0, r, BGP_REL_PEER, (1 + order[r - 1]) * SECOND);
            static const uint32_t metrics[] = {0, 30, 50, 10, 20};
            world_metric(w, 0, w->links.v[link].z_addr, metrics[r]);
            bgp_originate(w->bgp, r, world_prefix);
        }
        world_run(w, 10 * SECOND);
        tried++;
        same += bgp_route_peer_router(bgp_best(w->bgp, 0, world_prefix)) == 4;
        world_free(w);
    }
    world_row(12, same == 24 && tried == 24, "24 of 24 orders of arrival end alike", "%d of %d",
              same, tried);
}

UNIT_MAIN("bgp-reflect", {"clients_to_all_others_to_clients", clients_to_all_others_to_clients},
          {"ordinary_speakers_do_not_pass_on", ordinary_speakers_do_not_pass_on},
          {"own_cluster_is_dropped", own_cluster_is_dropped},
          {"own_originator_is_dropped", own_originator_is_dropped},
          {"hot_potato_follows_the_igp", hot_potato_follows_the_igp},
          {"ebgp_next_hop_dies_with_its_link", ebgp_next_hop_dies_with_its_link},
          {"meds_in_every_order_of_arrival", meds_in_every_order_of_arrival})
