// SPDX-License-Identifier: GPL-3.0-or-later
// Rules besides policies: confederations (RFC 5065), blackholes (RFC 7999), limits, MED from the
// IGP, the own AS in paths, graceful shutdown (RFC 8326), reflection without client-to-client.
#include "unit.h"
#include "world.h"

#include "bgp/instance.h"

// AS 100 is a confederation of 65001 (routers 0, 1) and 65002 (2, 3); 4 and 5 are other networks at
// its ends.
static struct world *confederation(void)
{
    struct world *w = world_new(1);
    w->speaker.confederation = 100;
    world_add(w, 65001);
    world_add(w, 65001);
    world_add(w, 65002);
    world_add(w, 65002);
    w->speaker.confederation = 0;
    world_add(w, 4);
    world_add(w, 5);
    world_link(w, 0, 1, BGP_REL_IBGP);
    world_link(w, 1, 2, BGP_REL_CONFED);
    world_link(w, 2, 3, BGP_REL_IBGP);
    world_link(w, 0, 4, BGP_REL_CUSTOMER);
    world_link(w, 3, 5, BGP_REL_CUSTOMER);
    return w;
}

static void a_confederation_is_one_as_outside(void)
{
    struct world *w = confederation();
    bgp_originate(w->bgp, 4, world_prefix);
    world_run(w, 20 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 5), "100 4");
    CU_ASSERT_STRING_EQUAL(world_path(w, 1), "4");
    CU_ASSERT_STRING_EQUAL(world_path(w, 3), "65001 4");
    const struct bgp_route *r = bgp_best(w->bgp, 3, world_prefix);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r);
    CU_ASSERT_EQUAL(r->attr->path_length, 1);
    CU_ASSERT_EQUAL(r->attr->f.local_pref, 300); // kept over the member border, and so is
    CU_ASSERT_EQUAL(r->attr->f.next_hop, world_id(0));
    CU_ASSERT_EQUAL(r->source, BGP_SOURCE_IBGP);
    world_free(w);
}

// A ring of three members: nobody takes a path with its own member AS.
static void members_do_not_loop(void)
{
    struct world *w = world_new(1);
    w->speaker.confederation = 100;
    for (uint32_t i = 1; i < 4; i++)
        world_add(w, 65000 + i);
    world_link(w, 0, 1, BGP_REL_CONFED);
    world_link(w, 1, 2, BGP_REL_CONFED);
    world_link(w, 2, 0, BGP_REL_CONFED);
    bgp_originate(w->bgp, 0, world_prefix);
    world_run(w, 20 * SECOND);
    CU_ASSERT_EQUAL(bgp_rib_find(&w->speakers.v[0]->rib, 0)->n, 1);
    bgp_withdraw(w->bgp, 0, world_prefix);
    world_run(w, 60 * SECOND);
    for (uint32_t i = 0; i < 3; i++)
        CU_ASSERT_STRING_EQUAL(world_path(w, i), "none");
    world_free(w);
}

static bool add_community(void *ctx, uint32_t router, uint32_t peer, struct prefix p,
                          struct bgp_draft *d)
{
    (void)router;
    (void)peer;
    (void)p;
    bgp_draft_add_community(d, *(const uint32_t *)ctx);
    return true;
}

static void tag(struct world *w, uint32_t router, uint32_t *community)
{
    bgp_filters(w->bgp, router, NULL, add_community, community);
}

static void no_export_subconfed_stays_in_the_member(void)
{
    uint32_t subconfed = BGP_NO_EXPORT_SUBCONFED, no_export = BGP_NO_EXPORT;
    for (int which = 0; which < 2; which++) {
        struct world *w = confederation();
        tag(w, 4, which ? &no_export : &subconfed);
        bgp_originate(w->bgp, 4, world_prefix);
        world_run(w, 20 * SECOND);
        CU_ASSERT_STRING_EQUAL(world_path(w, 1), "4");
        CU_ASSERT_STRING_EQUAL(world_path(w, 3), which ? "65001 4" : "none");
        CU_ASSERT_STRING_EQUAL(world_path(w, 5), "none");
        world_free(w);
    }
}

// 1 accepts the customer's blackhole, tells its own AS (2) and nobody else (3).
static void blackholes_stay_and_discard(void)
{
    uint32_t blackhole = BGP_BLACKHOLE;
    const struct prefix host = {IP4(203, 0, 113, 7), 32};
    struct world *w = world_new(1);
    world_add(w, 1);
    world_add(w, 2);
    world_add(w, 2);
    world_add(w, 3);
    tag(w, 0, &blackhole);
    w->a_side.policy.blackhole = true;
    world_link(w, 1, 0, BGP_REL_CUSTOMER);
    w->a_side.policy.blackhole = false;
    world_link(w, 1, 2, BGP_REL_IBGP);
    world_link(w, 1, 3, BGP_REL_PROVIDER);
    bgp_originate(w->bgp, 0, host);
    world_run(w, 10 * SECOND);
    for (uint32_t i = 1; i < 3; i++) {
        const struct bgp_route *r = bgp_best(w->bgp, i, host);
        CU_ASSERT_PTR_NOT_NULL_FATAL(r);
        CU_ASSERT(bgp_route_discards(r));
    }
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 3, host));
    world_free(w);
}

static void too_many_prefixes_end_the_session(void)
{
    struct world *w = world_new(1);
    world_add(w, 1);
    world_add(w, 2);
    w->z_side.policy.prefix_limit = 3;
    world_link(w, 0, 1, BGP_REL_PROVIDER);
    for (uint32_t i = 0; i < 3; i++)
        bgp_originate(w->bgp, 0, (struct prefix){IP4(20, 0, i, 0), 24});
    world_run(w, 10 * SECOND);
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 1, (struct prefix){IP4(20, 0, 1, 0), 24}));
    bgp_originate(w->bgp, 0, (struct prefix){IP4(20, 0, 3, 0), 24});
    world_run(w, 600 * SECOND);
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 1, (struct prefix){IP4(20, 0, 1, 0), 24}));
    struct bgp_notification n = w->speakers.v[0]->peers.v[0]->last_received;
    CU_ASSERT_EQUAL(n.error, BGP_ERROR_CEASE);
    CU_ASSERT_EQUAL(n.subcode, BGP_CEASE_MAX_PREFIXES);
    bgp_withdraw(w->bgp, 0, (struct prefix){IP4(20, 0, 3, 0), 24});
    world_run(w, 700 * SECOND);
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 1, (struct prefix){IP4(20, 0, 1, 0), 24}));
    bgp_reset(w->bgp, 1, 0, NULL);
    world_run(w, 900 * SECOND);
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 1, (struct prefix){IP4(20, 0, 1, 0), 24}));
    world_free(w);
}

static bool with_aigp(void *ctx, uint32_t router, uint32_t peer, struct prefix p,
                      struct bgp_draft *d)
{
    (void)ctx, (void)router, (void)peer, (void)p;
    d->f.has_aigp = true;
    d->f.aigp = 1000;
    return true;
}

// X -- A ~~ B -- Y: what Y hears follows the metric from B to A, though B's best path stays the same.
static void metrics_are_told_anew(void)
{
    enum { X, A, B, Y };
    for (int aigp = 0; aigp < 2; aigp++) {
        struct world *w = world_new(1);
        world_add(w, 10);
        world_add(w, 1);
        world_add(w, 1);
        world_add(w, 20);
        w->a_side.policy.aigp = w->z_side.policy.aigp = aigp;
        world_link(w, X, A, BGP_REL_PROVIDER);
        w->a_side.policy.med_from_igp = true;
        world_link(w, B, Y, BGP_REL_CUSTOMER);
        w->a_side = w->z_side = (struct bgp_peer_options){0};
        world_link(w, A, B, BGP_REL_IBGP);
        world_metric(w, B, world_id(A), 70);
        if (aigp)
            bgp_filters(w->bgp, X, NULL, with_aigp, NULL);
        bgp_originate(w->bgp, X, world_prefix);
        world_run(w, 100 * SECOND);
        const struct bgp_attr *heard = bgp_best(w->bgp, Y, world_prefix)->attr;
        CU_ASSERT_EQUAL(heard->f.med, 70);
        CU_ASSERT_EQUAL(heard->f.has_aigp, aigp);
        CU_ASSERT_EQUAL(heard->f.aigp, aigp ? 1000 + 70 : 0);
        uint64_t changes = bgp_stats(w->bgp)->best_changes;
        for (size_t i = 0; i < w->metrics.n; i++)
            if (w->metrics.v[i].router == B)
                w->metrics.v[i].metric = 90;
        bgp_nexthops_changed(w->bgp, B);
        world_run(w, 200 * SECOND);
        heard = bgp_best(w->bgp, Y, world_prefix)->attr;
        CU_ASSERT_EQUAL(heard->f.med, 90);
        CU_ASSERT_EQUAL(heard->f.aigp, aigp ? 1000 + 90 : 0);
        CU_ASSERT_EQUAL(bgp_stats(w->bgp)->best_changes, changes + 1); // at Y alone
        world_free(w);
    }
}

// The side with the limit only listens (it has the lower identifier), and the other one keeps trying.
static void a_listening_side_stays_down_as_well(void)
{
    struct world *w = world_new(1);
    world_add(w, 1);
    world_add(w, 2);
    w->a_side.policy.prefix_limit = 3;
    world_link(w, 0, 1, BGP_REL_PEER);
    for (uint32_t i = 0; i < 4; i++)
        bgp_originate(w->bgp, 1, (struct prefix){IP4(20, 0, i, 0), 24});
    world_run(w, 100 * SECOND);
    size_t changes = w->sessions.n;
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 0, (struct prefix){IP4(20, 0, 1, 0), 24}));
    world_run(w, 600 * SECOND);
    CU_ASSERT_EQUAL(w->sessions.n, changes);
    bgp_withdraw(w->bgp, 1, (struct prefix){IP4(20, 0, 3, 0), 24});
    bgp_reset(w->bgp, 0, 1, NULL);
    world_run(w, 900 * SECOND);
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 0, (struct prefix){IP4(20, 0, 1, 0), 24}));
    world_free(w);
}

// AS 1 has two sites, joined by 2 only.
static void the_own_as_may_be_allowed(void)
{
    for (int allowed = 0; allowed < 2; allowed++) {
        struct world *w = world_new(1);
        world_add(w, 1);
        world_add(w, 2);
        world_add(w, 1);
        w->a_side.policy.own_as_allowed = (uint16_t)allowed;
        world_link(w, 0, 1, BGP_REL_PROVIDER);
        world_link(w, 2, 1, BGP_REL_PROVIDER);
        bgp_originate(w->bgp, 0, world_prefix);
        world_run(w, 10 * SECOND);
        CU_ASSERT_STRING_EQUAL(world_path(w, 2), allowed ? "2 1" : "none");
        world_free(w);
    }
}

static void long_paths_can_be_refused(void)
{
    for (uint16_t most = 1; most < 4; most++) {
        struct world *w = world_new(1);
        for (uint32_t i = 1; i < 4; i++)
            world_add(w, i);
        world_link(w, 0, 1, BGP_REL_PROVIDER);
        w->z_side.policy.path_length_max = most;
        world_link(w, 1, 2, BGP_REL_PROVIDER);
        bgp_originate(w->bgp, 0, world_prefix);
        world_run(w, 10 * SECOND);
        CU_ASSERT_STRING_EQUAL(world_path(w, 2), most < 2 ? "none" : "2 1");
        world_free(w);
    }
}

// 3 hears of the prefix from two routers of one AS and goes in where the MED is lower.
static void med_tells_the_igp_metric(void)
{
    struct world *w = world_new(1);
    for (int i = 0; i < 3; i++)
        world_add(w, 1);
    world_add(w, 2);
    world_link(w, 0, 1, BGP_REL_IBGP);
    world_link(w, 0, 2, BGP_REL_IBGP);
    world_link(w, 1, 2, BGP_REL_IBGP);
    world_metric(w, 1, world_id(0), 50);
    world_metric(w, 2, world_id(0), 20);
    w->a_side.policy.med_from_igp = true;
    world_link(w, 1, 3, BGP_REL_PROVIDER);
    world_link(w, 2, 3, BGP_REL_PROVIDER);
    bgp_originate(w->bgp, 0, world_prefix);
    world_run(w, 10 * SECOND);
    const struct bgp_route *r = bgp_best(w->bgp, 3, world_prefix);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r);
    CU_ASSERT_EQUAL(r->attr->f.med, 20);
    CU_ASSERT_EQUAL(bgp_route_peer_router(r), 2);
    world_free(w);
}

// Drained sessions are the last choice on both sides, and back when the drain is over.
static void a_drained_session_is_the_last_choice(void)
{
    const struct prefix back = {IP4(10, 9, 0, 0), 16};
    struct world *w = world_new(1);
    for (uint32_t i = 0; i < 2; i++)
        world_add(w, 1);
    world_add(w, 2);
    world_link(w, 0, 1, BGP_REL_IBGP);
    world_link(w, 0, 2, BGP_REL_PROVIDER);
    world_link(w, 1, 2, BGP_REL_PROVIDER);
    bgp_originate(w->bgp, 0, world_prefix);
    bgp_originate(w->bgp, 1, world_prefix);
    bgp_originate(w->bgp, 2, back);
    world_run(w, 20 * SECOND);
    CU_ASSERT_EQUAL(bgp_route_peer_router(bgp_best(w->bgp, 2, world_prefix)), 0);
    CU_ASSERT_EQUAL(bgp_best(w->bgp, 0, back)->source, BGP_SOURCE_EBGP);
    bgp_drain_sessions(w->bgp, 0, BGP_NO_ROUTER, true);
    world_run(w, 40 * SECOND);
    CU_ASSERT_EQUAL(bgp_route_peer_router(bgp_best(w->bgp, 2, world_prefix)), 1);
    CU_ASSERT_EQUAL(bgp_best(w->bgp, 0, back)->source, BGP_SOURCE_IBGP);
    bgp_drain_sessions(w->bgp, 0, BGP_NO_ROUTER, false);
    world_run(w, 60 * SECOND);
    CU_ASSERT_EQUAL(bgp_route_peer_router(bgp_best(w->bgp, 2, world_prefix)), 0);
    CU_ASSERT_EQUAL(bgp_best(w->bgp, 0, back)->source, BGP_SOURCE_EBGP);
    world_free(w);
}

static void clients_may_be_left_to_themselves(void)
{
    for (int off = 0; off < 2; off++) {
        struct world *w = world_new(1);
        w->speaker.no_client_to_client = off;
        world_add_reflector(w, 1, 0);
        for (int i = 0; i < 3; i++)
            world_add(w, 1);
        world_link(w, 0, 1, BGP_REL_IBGP_CLIENT);
        world_link(w, 0, 2, BGP_REL_IBGP_CLIENT);
        world_link(w, 0, 3, BGP_REL_IBGP);
        bgp_originate(w->bgp, 1, world_prefix);
        world_run(w, 10 * SECOND);
        CU_ASSERT_STRING_EQUAL(world_path(w, 2), off ? "none" : "ibgp");
        CU_ASSERT_STRING_EQUAL(world_path(w, 3), "ibgp");
        world_free(w);
    }
}

UNIT_MAIN("bgp-rules", {"a_confederation_is_one_as_outside", a_confederation_is_one_as_outside},
          {"members_do_not_loop", members_do_not_loop},
          {"no_export_subconfed_stays_in_the_member", no_export_subconfed_stays_in_the_member},
          {"blackholes_stay_and_discard", blackholes_stay_and_discard},
          {"too_many_prefixes_end_the_session", too_many_prefixes_end_the_session},
          {"metrics_are_told_anew", metrics_are_told_anew},
          {"a_listening_side_stays_down_as_well", a_listening_side_stays_down_as_well},
          {"the_own_as_may_be_allowed", the_own_as_may_be_allowed},
          {"long_paths_can_be_refused", long_paths_can_be_refused},
          {"med_tells_the_igp_metric", med_tells_the_igp_metric},
          {"a_drained_session_is_the_last_choice", a_drained_session_is_the_last_choice},
          {"clients_may_be_left_to_themselves", clients_may_be_left_to_themselves})
