// SPDX-License-Identifier: GPL-3.0-or-later
// Which paths share the traffic with the best one, and who hears of it.
#include "unit.h"
#include "world.h"

#include "bgp/multipath.h"
#include "field.h"

static struct candidate external(ip4_addr next_hop, uint32_t first_as, uint32_t last_as)
{
    return (struct candidate){.path = {first_as, last_as},
                              .npath = 2,
                              .next_hop = next_hop,
                              .peer_id = next_hop,
                              .peer_addr = next_hop};
}

static struct candidate internal(ip4_addr next_hop, uint32_t metric)
{
    struct candidate c = external(next_hop, 1, 9);
    c.ibgp = true;
    c.metric = metric;
    return c;
}

// The set as digits: of best 0 and others 2, 3 that is 23; 0: none.
static int others(const struct bgp_decide_options *o, const struct candidate *c, uint32_t n)
{
    struct field f;
    struct bgp_decision d;
    uint32_t v[BGP_MAX_PATHS - 1];
    int digits = 0;
    bgp_decision_init(&d, o);
    field_init(&f);
    for (uint32_t i = 0; i < n; i++)
        field_add(&f, &c[i]);
    int best = bgp_decide(&d, f.routes, n, BGP_NO_CANDIDATE);
    CU_ASSERT_EQUAL(best, 0);
    uint32_t found = bgp_multipath(&d, f.routes, n, best, v);
    for (uint32_t i = 0; i < found; i++)
        digits = 10 * digits + (int)v[i];
    field_free(&f);
    return digits;
}

static void external_paths(void)
{
    const struct candidate c[] = {external(1, 1, 9), external(2, 1, 9), external(3, 2, 9),
                                  external(2, 1, 9), external(5, 1, 9), external(6, 1, 8)};
    struct bgp_decide_options o = {0};
    CU_ASSERT_EQUAL(others(&o, c, 6), 0);
    o.max_paths_ebgp = 1;
    CU_ASSERT_EQUAL(others(&o, c, 6), 0);
    o.max_paths_ebgp = 8;
    CU_ASSERT_EQUAL(others(&o, c, 6), 14); // 2: another path; 3: the next hop of 1; 5: another path
    o.max_paths_ebgp = 2;
    CU_ASSERT_EQUAL(others(&o, c, 6), 1);
    o.max_paths_ebgp = 8;
    o.profile = BGP_PROFILE_JUNOS; // the same neighbour AS is enough
    CU_ASSERT_EQUAL(others(&o, c, 6), 145);
    o.multipath_relax = BGP_ON;
    CU_ASSERT_EQUAL(others(&o, c, 6), 1245);
    o = (struct bgp_decide_options){.profile = BGP_PROFILE_BIRD, .max_paths_ebgp = 8};
    CU_ASSERT_EQUAL(others(&o, c, 6), 1245);
    o = (struct bgp_decide_options){.max_paths_ibgp = 8, .multipath_relax = BGP_ON};
    CU_ASSERT_EQUAL(others(&o, c, 6), 0);
}

// A loser by MED within its neighbour AS shares nothing, even if it ties with the best.
static void med_counts(void)
{
    struct candidate c[] = {external(1, 1, 9), external(2, 2, 9), external(3, 2, 9)};
    const struct bgp_decide_options o = {.max_paths_ebgp = 8, .multipath_relax = BGP_ON};
    c[1].med = 10;
    c[2].med = 5;
    CU_ASSERT_EQUAL(others(&o, c, 3), 2);
}

static void internal_paths(void)
{
    const struct candidate c[] = {internal(1, 10), internal(2, 10), internal(3, 11),
                                  internal(4, 10)};
    struct bgp_decide_options o = {.max_paths_ibgp = 8};
    CU_ASSERT_EQUAL(others(&o, c, 4), 13);
    o.max_paths_ibgp = 2;
    CU_ASSERT_EQUAL(others(&o, c, 4), 1);
    o = (struct bgp_decide_options){.max_paths_ebgp = 8};
    CU_ASSERT_EQUAL(others(&o, c, 4), 0);
}

static void both_kinds(void)
{
    const struct candidate c[] = {external(1, 1, 9), internal(2, 20), internal(3, 30),
                                  external(4, 1, 9), internal(5, 20)};
    struct bgp_decide_options o = {.max_paths_ebgp = 8, .max_paths_ibgp = 8};
    CU_ASSERT_EQUAL(others(&o, c, 5), 3);
    o.max_paths_eibgp = 8;
    CU_ASSERT_EQUAL(others(&o, c, 5), 314);
}

static uint32_t paths_at(const struct world *w, uint32_t router)
{
    const struct bgp_route *paths[4];
    return bgp_paths(w->bgp, router, world_prefix, paths, 4);
}

// Router 0 buys from 1 and 2, which buy from 3.
static void changes_of_the_set_are_told(void)
{
    struct world *w = world_new(1);
    w->decide = (struct bgp_decide_options){.max_paths_ebgp = 4, .multipath_relax = BGP_ON};
    for (uint32_t i = 0; i < 4; i++)
        world_add(w, 1 + i);
    world_link(w, 0, 1, BGP_REL_PROVIDER);
    int32_t second = world_link(w, 0, 2, BGP_REL_PROVIDER);
    world_link(w, 1, 3, BGP_REL_CUSTOMER);
    world_link(w, 2, 3, BGP_REL_CUSTOMER);
    bgp_originate(w->bgp, 3, world_prefix);
    world_run(w, 10 * SECOND);
    CU_ASSERT_EQUAL(paths_at(w, 0), 2);
    CU_ASSERT_EQUAL(paths_at(w, 3), 1);
    const struct bgp_route *best = bgp_best(w->bgp, 0, world_prefix), *paths[2];
    CU_ASSERT_EQUAL(bgp_paths(w->bgp, 0, world_prefix, paths, 2), 2);
    CU_ASSERT_TRUE(paths[0] == best && paths[1]->peer != best->peer && paths[1]->chosen);
    CU_ASSERT_PTR_NULL(bgp_backup(w->bgp, 0, world_prefix));
    size_t before = w->changes.n;
    world_down(w, second);
    CU_ASSERT_EQUAL(w->changes.n, before + 1); // the best is the same, the set is not
    CU_ASSERT_EQUAL(paths_at(w, 0), 1);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2 4");
    world_up(w, second);
    world_run(w, 60 * SECOND);
    CU_ASSERT_EQUAL(paths_at(w, 0), 2);
    world_free(w);
}

static void the_backup_leads_elsewhere(void)
{
    struct world *w = world_new(1);
    for (uint32_t i = 0; i < 4; i++)
        world_add(w, 1 + i);
    world_link(w, 0, 1, BGP_REL_PROVIDER);
    world_link(w, 0, 2, BGP_REL_PROVIDER);
    world_link(w, 1, 3, BGP_REL_CUSTOMER);
    world_link(w, 2, 3, BGP_REL_CUSTOMER);
    CU_ASSERT_PTR_NULL(bgp_backup(w->bgp, 0, world_prefix));
    bgp_originate(w->bgp, 3, world_prefix);
    world_run(w, 10 * SECOND);
    CU_ASSERT_EQUAL(paths_at(w, 0), 1);
    const struct bgp_route *backup = bgp_backup(w->bgp, 0, world_prefix);
    CU_ASSERT_PTR_NOT_NULL_FATAL(backup);
    CU_ASSERT_EQUAL(bgp_route_peer_router(backup), 2);
    CU_ASSERT_PTR_NULL(bgp_backup(w->bgp, 3, world_prefix));
    world_free(w);
}

UNIT_MAIN("bgp-multipath", {"external_paths", external_paths}, {"med_counts", med_counts},
          {"internal_paths", internal_paths}, {"both_kinds", both_kinds},
          {"changes_of_the_set_are_told", changes_of_the_set_are_told},
          {"the_backup_leads_elsewhere", the_backup_leads_elsewhere})
