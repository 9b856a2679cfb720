// SPDX-License-Identifier: GPL-3.0-or-later
// Several paths to a prefix for one peer: ADD-PATH (RFC 7911), and the best external one.
#include "unit.h"
#include "world.h"

#include "bgp/speaker.h"

// AS 1 is a cloud with POPs in three cities, EAST with a route reflector; WEST and FAR are its
// clients. AS 2 announces the prefix in two places, at EAST and at WEST. FAR lies near WEST.
enum { EAST, WEST, FAR, AT_EAST, AT_WEST };

static struct world *cities(uint16_t paths, int32_t links[2])
{
    struct world *w = world_new(1);
    w->a_side.add_path_send = w->z_side.add_path_send = paths;
    w->a_side.add_path_receive = w->z_side.add_path_receive = paths > 0;
    world_add_reflector(w, 1, 0);
    world_add(w, 1);
    world_add(w, 1);
    world_add(w, 2);
    world_add(w, 2);
    world_link(w, EAST, WEST, BGP_REL_IBGP_CLIENT);
    world_link(w, EAST, FAR, BGP_REL_IBGP_CLIENT);
    w->a_side.add_path_send = w->z_side.add_path_send = 0;
    links[0] = world_link(w, EAST, AT_EAST, BGP_REL_PEER);
    links[1] = world_link(w, WEST, AT_WEST, BGP_REL_PEER);
    world_metric(w, FAR, world_id(EAST), 100);
    world_metric(w, FAR, world_id(WEST), 5);
    bgp_originate(w->bgp, AT_EAST, world_prefix);
    bgp_originate(w->bgp, AT_WEST, world_prefix);
    return w;
}

static const struct bgp_rib_entry *entry(const struct world *w, uint32_t router)
{
    return bgp_rib_find(&w->speakers.v[router]->rib, 0);
}

static ip4_addr exit_of(const struct world *w, uint32_t router)
{
    const struct bgp_route *best = bgp_best(w->bgp, router, world_prefix);
    return best ? bgp_route_nexthop(best) : 0;
}

// Diverse paths: without ADD-PATH a city without a reflector uses the reflector's exit.
static void a_pop_serves_more_than_its_own_city(void)
{
    int32_t links[2];
    struct world *w = cities(0, links);
    world_run(w, 30 * SECOND);
    CU_ASSERT_EQUAL(entry(w, FAR)->n, 1);
    CU_ASSERT_EQUAL(exit_of(w, FAR), world_id(EAST));
    world_free(w);
    w = cities(2, links);
    world_run(w, 30 * SECOND);
    CU_ASSERT_EQUAL(entry(w, FAR)->n, 2);
    CU_ASSERT_EQUAL(exit_of(w, FAR), world_id(WEST));
    CU_ASSERT_NOT_EQUAL(entry(w, FAR)->candidates[0].path_id, entry(w, FAR)->candidates[1].path_id);
    world_free(w);
}

static void one_path_of_two_is_withdrawn(void)
{
    int32_t links[2];
    struct world *w = cities(2, links);
    world_run(w, 30 * SECOND);
    uint32_t east = entry(w, FAR)->candidates[entry(w, FAR)->best == 0].path_id;
    world_down(w, links[1]);
    world_run(w, 31 * SECOND);
    CU_ASSERT_EQUAL(entry(w, FAR)->n, 1);
    CU_ASSERT_EQUAL(exit_of(w, FAR), world_id(EAST));
    CU_ASSERT_EQUAL(entry(w, FAR)->candidates[0].path_id, east); // it keeps its identifier
    world_up(w, links[1]);
    world_run(w, 90 * SECOND);
    CU_ASSERT_EQUAL(exit_of(w, FAR), world_id(WEST));
    bgp_withdraw(w->bgp, AT_EAST, world_prefix);
    bgp_withdraw(w->bgp, AT_WEST, world_prefix);
    world_run(w, 91 * SECOND);
    CU_ASSERT_EQUAL(entry(w, FAR)->n, 0);
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, FAR, world_prefix));
    world_free(w);
}

// While MRAI runs a path that is gone is withdrawn at once, a new one waits.
static void mrai_holds_paths(void)
{
    int32_t links[2];
    struct world *w = cities(2, links);
    w->speakers.v[EAST]->is.timers.mrai_ibgp_ps = 20 * SECOND;
    w->speakers.v[EAST]->jitter.off = true;
    world_run(w, 60 * SECOND);
    world_down(w, links[0]);
    world_run(w, 61 * SECOND);
    CU_ASSERT_EQUAL(entry(w, FAR)->n, 1);
    world_up(w, links[0]);
    world_run(w, 100 * SECOND);
    CU_ASSERT_EQUAL(entry(w, FAR)->n, 2);
    bgp_originate(w->bgp, AT_EAST, (struct prefix){IP4(192, 0, 2, 0), 24}); // starts the timer
    world_run(w, 101 * SECOND);
    world_down(w, links[0]);
    world_run(w, 102 * SECOND);
    CU_ASSERT_EQUAL(entry(w, FAR)->n, 1);
    world_up(w, links[0]);
    world_run(w, 115 * SECOND);
    CU_ASSERT_EQUAL(entry(w, EAST)->n, 2);
    CU_ASSERT_EQUAL(entry(w, FAR)->n, 1);
    world_run(w, 130 * SECOND);
    CU_ASSERT_EQUAL(entry(w, FAR)->n, 2);
    world_free(w);
}

// The session's maximum is kept to, best paths first; a lost session takes all paths away.
static void no_more_than_agreed(void)
{
    struct world *w = world_new(1);
    w->a_side.add_path_send = 2;
    w->z_side.add_path_receive = true;
    world_add_reflector(w, 1, 0);
    world_add(w, 1);
    for (uint32_t i = 2; i < 6; i++)
        world_add(w, 1);
    int32_t link = world_link(w, 0, 1, BGP_REL_IBGP_CLIENT);
    w->a_side.add_path_send = 0;
    for (uint32_t i = 2; i < 6; i++) {
        world_link(w, 0, i, BGP_REL_IBGP_CLIENT);
        world_metric(w, 0, world_id(i), 100 - i);
        bgp_originate(w->bgp, i, world_prefix);
    }
    world_run(w, 30 * SECOND);
    CU_ASSERT_EQUAL(entry(w, 0)->n, 4);
    CU_ASSERT_EQUAL_FATAL(entry(w, 1)->n, 2);
    CU_ASSERT_EQUAL(exit_of(w, 0), world_id(5));
    for (uint32_t i = 0; i < 2; i++) {
        ip4_addr next_hop = entry(w, 1)->candidates[i].attr->f.next_hop;
        CU_ASSERT_TRUE(next_hop == world_id(5) || next_hop == world_id(4));
    }
    CU_ASSERT_EQUAL(bgp_rib_held(&w->speakers.v[1]->rib, entry(w, 1)->candidates[0].peer), 2);
    world_down(w, link);
    world_run(w, 31 * SECOND);
    CU_ASSERT_EQUAL(entry(w, 1)->n, 0);
    world_free(w);
}

// Two borders of AS 1, the second of which prefers the first one's exit.
static struct world *borders(bool best_external)
{
    struct world *w = world_new(1);
    w->speaker.best_external = best_external;
    world_add(w, 1);
    world_add(w, 1);
    world_add(w, 2);
    world_add(w, 2);
    world_link(w, 0, 1, BGP_REL_IBGP);
    world_link(w, 0, 2, BGP_REL_CUSTOMER);
    world_link(w, 1, 3, BGP_REL_PEER);
    bgp_originate(w->bgp, 2, world_prefix);
    bgp_originate(w->bgp, 3, world_prefix);
    return w;
}

static void the_best_external_path_is_told(void)
{
    struct world *w = borders(false);
    world_run(w, 30 * SECOND);
    CU_ASSERT_EQUAL(exit_of(w, 1), world_id(0));
    CU_ASSERT_EQUAL(entry(w, 0)->n, 1);
    CU_ASSERT_PTR_NULL(bgp_backup(w->bgp, 0, world_prefix));
    world_free(w);
    w = borders(true);
    world_run(w, 30 * SECOND);
    CU_ASSERT_EQUAL(exit_of(w, 1), world_id(0));
    CU_ASSERT_EQUAL(entry(w, 0)->n, 2);
    CU_ASSERT_EQUAL(bgp_route_nexthop(bgp_backup(w->bgp, 0, world_prefix)), world_id(1));
    bgp_withdraw(w->bgp, 3, world_prefix); // the best path at 1 stays as it is
    world_run(w, 31 * SECOND);
    CU_ASSERT_EQUAL(entry(w, 0)->n, 1);
    world_free(w);
}

UNIT_MAIN("bgp-adjpaths",
          {"a_pop_serves_more_than_its_own_city", a_pop_serves_more_than_its_own_city},
          {"one_path_of_two_is_withdrawn", one_path_of_two_is_withdrawn},
          {"mrai_holds_paths", mrai_holds_paths}, {"no_more_than_agreed", no_more_than_agreed},
          {"the_best_external_path_is_told", the_best_external_path_is_told})
