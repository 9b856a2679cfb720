// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"
#include "world.h"
#include <stdio.h>

static void expect_text(const struct world *w, uint32_t router, const char *want)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    bgp_explain(w->bgp, router, world_prefix, f);
    fclose(f);
    CU_ASSERT_STRING_EQUAL(text, want);
    if (strcmp(text, want) != 0)
        printf("obtained:\n%s", text);
    free(text);
}

// Router 0 with exits 1 and 2 (same AS), and a provider 4; all lead to AS 64500.
static struct world *exits(void)
{
    struct world *w = world_new(1);
    for (uint32_t i = 0; i < 3; i++)
        world_add(w, 4134);
    world_add(w, 64500);
    world_add(w, 3356);
    world_link(w, 0, 1, BGP_REL_IBGP);
    world_link(w, 0, 2, BGP_REL_IBGP);
    world_link(w, 1, 3, BGP_REL_CUSTOMER);
    world_link(w, 2, 3, BGP_REL_CUSTOMER);
    world_link(w, 0, 4, BGP_REL_PROVIDER);
    world_link(w, 4, 3, BGP_REL_CUSTOMER);
    world_metric(w, 0, world_id(1), 1210);
    world_metric(w, 0, world_id(2), 10180);
    return w;
}

static void every_loser_has_its_step(void)
{
    struct world *w = exits();
    expect_text(w, 0, "203.0.113.0/24 at as4134/r0: 0 candidates\n");
    bgp_originate(w->bgp, 3, world_prefix);
    world_run(w, 10 * SECOND);
    expect_text(
        w, 0,
        "203.0.113.0/24 at as4134/r0: 3 candidates\n"
        "  best  via 10.0.0.2 (as4134/r1)    path 64500       lp 300  igp 1210   from as4134/r1\n"
        "        via 10.0.0.3 (as4134/r2)    path 64500       lp 300  igp 10180  from as4134/r2"
        "  lost at step 6 'IGP metric to next hop': 10180 > 1210\n"
        "        via 172.16.0.9 (as3356/r4)  path 3356 64500  lp 100  igp 0      from as3356/r4"
        "  lost at step 1 'LOCAL_PREF': 100 < 300\n");
    expect_text(w, 3,
                "203.0.113.0/24 at as64500/r3: 1 candidate\n"
                "  best  originated here  path (own)  lp 400  igp 0  from itself\n");
    world_free(w);
}

static void unreachable_next_hops_are_named(void)
{
    struct world *w = exits();
    bgp_originate(w->bgp, 3, world_prefix);
    world_run(w, 10 * SECOND);
    world_metric(w, 0, world_id(1), UINT32_MAX);
    world_metric(w, 0, world_id(2), UINT32_MAX);
    bgp_nexthops_changed(w->bgp, 0);
    expect_text(
        w, 0,
        "203.0.113.0/24 at as4134/r0: 3 candidates\n"
        "  best  via 172.16.0.9 (as3356/r4)  path 3356 64500  lp 100  igp 0  from as3356/r4\n"
        "        via 10.0.0.2 (as4134/r1)    path 64500       lp 300  igp -  from as4134/r1"
        "  not considered: next hop unreachable\n"
        "        via 10.0.0.3 (as4134/r2)    path 64500       lp 300  igp -  from as4134/r2"
        "  not considered: next hop unreachable\n");
    world_free(w);
}

// Two links between the same routers differ in the peer address, then in nothing but their order.
static void last_step_is_the_peer_address(void)
{
    struct world *w = world_new(1);
    world_add(w, 1);
    world_add(w, 2);
    world_link(w, 0, 1, BGP_REL_PEER);
    world_link(w, 0, 1, BGP_REL_PEER);
    bgp_originate(w->bgp, 1, world_prefix);
    world_run(w, 10 * SECOND);
    expect_text(w, 0,
                "203.0.113.0/24 at as1/r0: 2 candidates\n"
                "  best  via 172.16.0.1 (as2/r1)  path 2  lp 200  igp 0  from as2/r1\n"
                "        via 172.16.0.3 (as2/r1)  path 2  lp 200  igp 0  from as2/r1"
                "  lost at step 9 'peer address': 172.16.0.3 > 172.16.0.1\n");
    world_free(w);
}

UNIT_MAIN("bgp-explain", {"every_loser_has_its_step", every_loser_has_its_step},
          {"unreachable_next_hops_are_named", unreachable_next_hops_are_named},
          {"last_step_is_the_peer_address", last_step_is_the_peer_address})
