// SPDX-License-Identifier: GPL-3.0-or-later
// Roles: Only to Customer (RFC 9234 §5), and row 19.
#include "unit.h"
#include "world.h"

static const enum bgp_role mirror[] = {BGP_ROLE_NONE, BGP_ROLE_CUSTOMER, BGP_ROLE_RS_CLIENT,
                                       BGP_ROLE_RS,   BGP_ROLE_PROVIDER, BGP_ROLE_PEER};

// A session where the relation is wrong (a sibling: everything both ways), and the roles are right.
static void link_by_role(struct world *w, uint32_t a, uint32_t z, enum bgp_role a_is)
{
    w->a_side.role = a_is;
    w->z_side.role = mirror[a_is];
    world_link(w, a, z, BGP_REL_SIBLING);
}

// 1 hears of a prefix from 0 and would tell 2: only downwards, or up what came from a customer.
static void leaks_do_not_go_out(void)
{
    static const struct {
        enum bgp_role from, to; // 1's own, towards 0 and towards 2
        bool told;
    } cases[] = {{BGP_ROLE_PROVIDER, BGP_ROLE_CUSTOMER, true},
                 {BGP_ROLE_PROVIDER, BGP_ROLE_PEER, true},
                 {BGP_ROLE_PROVIDER, BGP_ROLE_PROVIDER, true},
                 {BGP_ROLE_PEER, BGP_ROLE_CUSTOMER, false},
                 {BGP_ROLE_PEER, BGP_ROLE_PEER, false},
                 {BGP_ROLE_PEER, BGP_ROLE_PROVIDER, true},
                 {BGP_ROLE_CUSTOMER, BGP_ROLE_CUSTOMER, false},
                 {BGP_ROLE_CUSTOMER, BGP_ROLE_RS_CLIENT, false},
                 {BGP_ROLE_CUSTOMER, BGP_ROLE_PROVIDER, true},
                 {BGP_ROLE_RS_CLIENT, BGP_ROLE_PEER, false},
                 {BGP_ROLE_RS, BGP_ROLE_RS, true},
                 {BGP_ROLE_CUSTOMER, BGP_ROLE_NONE, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = world_new(1);
        for (uint32_t k = 1; k < 4; k++)
            world_add(w, k);
        link_by_role(w, 1, 0, cases[i].from);
        link_by_role(w, 1, 2, cases[i].to);
        bgp_originate(w->bgp, 0, world_prefix);
        world_run(w, 10 * SECOND);
        CU_ASSERT_STRING_EQUAL(world_path(w, 2), cases[i].told ? "2 1" : "none");
        world_free(w);
    }
}

// Row 19: 1, a customer of 0 and of 2 that knows nothing of roles, leaks 0's route to 2, who knows
// by OTC that the route must not come from a customer.
static void a_leak_is_refused(void)
{
    uint32_t got[2] = {0, 0};
    for (int roles = 0; roles < 2; roles++) {
        struct world *w = world_new(1);
        for (uint32_t k = 1; k < 4; k++)
            world_add(w, k);
        w->a_side.role = roles ? BGP_ROLE_PROVIDER : BGP_ROLE_NONE; // 0 and 2; OTC passes through 1
        world_link(w, 0, 1, BGP_REL_SIBLING);
        world_link(w, 2, 1, BGP_REL_SIBLING);
        bgp_originate(w->bgp, 0, world_prefix);
        world_run(w, 10 * SECOND);
        got[roles] = bgp_best(w->bgp, 2, world_prefix) != NULL;
        const struct bgp_route *at1 = bgp_best(w->bgp, 1, world_prefix);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at1);
        CU_ASSERT_EQUAL(at1->attr->f.otc, roles ? 1 : 0);
        world_free(w);
    }
    world_row(19, got[0] == 1 && got[1] == 0, "leak used without roles, refused with OTC",
              "%u used without, %u with", (unsigned)got[0], (unsigned)got[1]);
}

// A peer may tell of a route that carries its own OTC, and of no other.
static void a_peers_otc_is_its_own(void)
{
    struct world *w = world_new(1);
    for (uint32_t k = 1; k < 4; k++)
        world_add(w, k);
    link_by_role(w, 0, 1, BGP_ROLE_PROVIDER); // gives OTC 1
    w->a_side.role = BGP_ROLE_NONE;           // 1 leaks to 2, which takes 1 for a peer
    w->z_side.role = BGP_ROLE_PEER;
    world_link(w, 1, 2, BGP_REL_SIBLING);
    bgp_originate(w->bgp, 0, world_prefix);
    bgp_originate(w->bgp, 1, (struct prefix){IP4(10, 9, 0, 0), 16});
    world_run(w, 10 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "none");
    const struct bgp_route *own = bgp_best(w->bgp, 2, (struct prefix){IP4(10, 9, 0, 0), 16});
    CU_ASSERT_PTR_NOT_NULL_FATAL(own);
    CU_ASSERT_EQUAL(own->attr->f.otc, 2);
    world_free(w);
}

UNIT_MAIN("bgp-role", {"leaks_do_not_go_out", leaks_do_not_go_out},
          {"a_leak_is_refused", a_leak_is_refused},
          {"a_peers_otc_is_its_own", a_peers_otc_is_its_own})
