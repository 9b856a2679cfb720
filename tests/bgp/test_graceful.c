// SPDX-License-Identifier: GPL-3.0-or-later
// Graceful restart (RFC 4724, 8538), long-lived (RFC 9494), route refresh (RFC 2918, 7313).
#include "unit.h"
#include "world.h"

#include "bgp/instance.h"

static const struct prefix second = {IP4(198, 51, 100, 0), 24};

static struct bgp_graceful_options graceful(bool notification, int64_t long_lived_ps)
{
    return (struct bgp_graceful_options){.on = true,
                                         .notification = notification,
                                         .restart_ps = 60 * SECOND,
                                         .long_lived_ps = long_lived_ps};
}

// Router 2 (AS 3) ─ router 0 (AS 1) ─ router 1 (AS 2), which originates world_prefix. 0 and 1 restart
// gracefully as `g` says; 2 is told what 0 knows. Established and quiet at 100 s.
static struct world *chain(struct bgp_graceful_options g)
{
    struct world *w = world_new(11);
    world_add(w, 1);
    world_add(w, 2);
    world_add(w, 3);
    w->a_side.graceful = w->z_side.graceful = g;
    world_link(w, 0, 1, BGP_REL_CUSTOMER);
    w->a_side.graceful = w->z_side.graceful = (struct bgp_graceful_options){0};
    world_link(w, 2, 0, BGP_REL_CUSTOMER);
    bgp_originate(w->bgp, 1, world_prefix);
    bgp_originate(w->bgp, 1, second);
    world_run(w, 100 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "1 2");
    return w;
}

static struct bgp_peer *side(const struct world *w, uint32_t router)
{
    return w->speakers.v[router]->peers.v[0];
}

static bool stale(const struct world *w, uint32_t router)
{
    const struct bgp_route *best = bgp_best(w->bgp, router, world_prefix);
    return best && best->stale;
}

static void quick_restart_is_not_seen(void)
{
    struct world *w = chain(graceful(false, 0));
    size_t changes = w->changes.n;
    bgp_restart(w->bgp, 1, 10 * SECOND, true);
    world_run(w, 105 * SECOND);
    CU_ASSERT_EQUAL(w->sessions.v[w->sessions.n - 1].up, false);
    CU_ASSERT_TRUE(stale(w, 0));
    CU_ASSERT_STRING_EQUAL(world_path(w, 1), "none"); // its own RIB is gone; its FIB is the world's
    world_run(w, 200 * SECOND);
    CU_ASSERT_FALSE(stale(w, 0));
    CU_ASSERT_EQUAL(side(w, 0)->state, BGP_ESTABLISHED);
    CU_ASSERT_PTR_NULL(side(w, 0)->stale);
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "1 2");
    CU_ASSERT_EQUAL(w->selections, 1);
    // Best paths changed at router 1 alone: two gone, two back.
    CU_ASSERT_EQUAL(w->changes.n, changes + 4);
    world_free(w);
}

// What is not told again goes with End-of-RIB.
static void end_of_rib_sweeps(void)
{
    struct world *w = chain(graceful(false, 0));
    bgp_restart(w->bgp, 1, 10 * SECOND, true);
    world_run(w, 105 * SECOND);
    bgp_withdraw(w->bgp, 1, second);
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 0, second));
    world_run(w, 200 * SECOND);
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 0, second));
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
    world_free(w);
}

static void restart_time_is_the_limit(void)
{
    struct world *w = chain(graceful(false, 0));
    bgp_restart(w->bgp, 1, 500 * SECOND, true);
    world_run(w, 160 * SECOND);
    CU_ASSERT_TRUE(stale(w, 0));
    world_run(w, 161 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "none");
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "none");
    world_free(w);
}

// Back within the time, but the forwarding state is lost: the routes go at once (F bit).
static void lost_forwarding_ends_it(void)
{
    struct world *w = chain(graceful(false, 0));
    size_t changes = w->changes.n;
    bgp_restart(w->bgp, 1, 10 * SECOND, false);
    world_run(w, 200 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "1 2");
    CU_ASSERT_TRUE(w->changes.n > changes + 4); // gone and back at 0 and 2 as well
    world_free(w);
}

// Without graceful restart a restart is a loss.
static void without_it_routes_go(void)
{
    struct world *w = chain((struct bgp_graceful_options){0});
    bgp_restart(w->bgp, 1, 10 * SECOND, false);
    world_run(w, 101 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "none");
    world_run(w, 200 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "1 2");
    world_free(w);
}

// The restarting speaker selects nothing before it has heard from all.
static void selection_is_deferred(void)
{
    struct world *w = chain(graceful(false, 0));
    bgp_restart(w->bgp, 0, 10 * SECOND, true); // its peer 2 does not restart gracefully
    world_run(w, 109 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "none");
    CU_ASSERT_EQUAL(w->selections, 0);
    world_run(w, 200 * SECOND);
    CU_ASSERT_EQUAL(w->selections, 1);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "1 2");
    world_free(w);
}

// A peer that never comes back is not waited for longer than the deferral time.
static void deferral_has_an_end(void)
{
    struct bgp_graceful_options g = graceful(false, 0);
    g.deferral_ps = 120 * SECOND;
    struct world *w = chain(g);
    world_cut(w, 0);
    bgp_restart(w->bgp, 0, 10 * SECOND, true);
    world_run(w, 229 * SECOND);
    CU_ASSERT_EQUAL(w->selections, 0);
    world_run(w, 231 * SECOND);
    CU_ASSERT_EQUAL(w->selections, 1);
    world_free(w);
}

// RFC 8538: only with it the HoldTimer keeps routes.
static void hold_timer(void)
{
    for (int notification = 0; notification < 2; notification++) {
        struct world *w = chain(graceful(notification, 0));
        world_cut(w, 0);
        world_run(w, 195 * SECOND); // the HoldTimer ran out at about 180 s
        CU_ASSERT_NOT_EQUAL(side(w, 0)->state, BGP_ESTABLISHED);
        CU_ASSERT_EQUAL(stale(w, 0), notification);
        CU_ASSERT_STRING_EQUAL(world_path(w, 2), notification ? "1 2" : "none");
        world_free(w);
    }
}

static void operator_reset(void)
{
    for (int notification = 0; notification < 2; notification++) {
        struct world *w = chain(graceful(notification, 0));
        bgp_reset(w->bgp, 1, 0, NULL);
        world_run(w, 102 * SECOND);
        CU_ASSERT_EQUAL(stale(w, 0), notification);
        world_run(w, 200 * SECOND);
        CU_ASSERT_STRING_EQUAL(world_path(w, 2), "1 2");
        CU_ASSERT_FALSE(stale(w, 0));
        world_free(w);
    }
}

static void interface_is_no_restart(void)
{
    struct world *w = chain(graceful(true, 0));
    world_down(w, 0);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "none");
    world_free(w);
}

// RFC 9494: kept for long, but least preferred, and told to nobody who does not know of it.
static void long_lived(void)
{
    struct world *w = chain(graceful(true, 1000 * SECOND));
    world_add(w, 4);
    world_link_at(w, 0, 3, BGP_REL_CUSTOMER, 100 * SECOND); // its identifier is higher
    bgp_restart(w->bgp, 1, 5000 * SECOND, true);
    world_run(w, 159 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "1 2");
    world_run(w, 162 * SECOND); // the restart time is over
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
    const struct bgp_route *best = bgp_best(w->bgp, 0, world_prefix);
    CU_ASSERT_TRUE(bgp_attr_has_community(best->attr, BGP_LLGR_STALE));
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "none");
    bgp_originate(w->bgp, 3, world_prefix);
    world_run(w, 164 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "4");
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "1 4");
    bgp_withdraw(w->bgp, 3, world_prefix);
    world_run(w, 1159 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
    world_run(w, 1161 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "none");
    world_free(w);
}

static bool no_llgr(void *ctx, uint32_t router, uint32_t peer, struct prefix p, struct bgp_draft *d)
{
    (void)ctx;
    (void)router;
    (void)peer;
    if (p.addr == second.addr)
        bgp_draft_add_community(d, BGP_NO_LLGR);
    return true;
}

static void no_llgr_goes(void)
{
    struct world *w = world_new(11);
    world_add(w, 1);
    world_add(w, 2);
    bgp_filters(w->bgp, 1, NULL, no_llgr, NULL);
    w->a_side.graceful = w->z_side.graceful = graceful(true, 1000 * SECOND);
    world_link(w, 0, 1, BGP_REL_CUSTOMER);
    bgp_originate(w->bgp, 1, world_prefix);
    bgp_originate(w->bgp, 1, second);
    world_run(w, 100 * SECOND);
    bgp_restart(w->bgp, 1, 5000 * SECOND, true);
    world_run(w, 150 * SECOND);
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 0, second));
    world_run(w, 162 * SECOND);
    CU_ASSERT_PTR_NULL(bgp_best(w->bgp, 0, second));
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
    world_free(w);
}

// Prepends, and refuses.
static bool policy(void *ctx, uint32_t router, uint32_t peer, struct prefix p, struct bgp_draft *d)
{
    const bool *on = ctx;
    (void)router;
    (void)peer;
    (void)p;
    if (on[0])
        bgp_draft_prepend(d, 9);
    return !on[1];
}

// A new policy counts after a refresh, outbound and inbound, and only then.
static void refresh_applies_policy(void)
{
    bool export_rules[2] = {false, false}, import_rules[2] = {false, false};
    struct world *w = world_new(4);
    world_add(w, 1);
    world_add(w, 2);
    bgp_filters(w->bgp, 0, policy, NULL, import_rules);
    bgp_filters(w->bgp, 1, NULL, policy, export_rules);
    world_link(w, 0, 1, BGP_REL_CUSTOMER);
    bgp_originate(w->bgp, 1, world_prefix);
    world_run(w, 10 * SECOND);
    export_rules[0] = true;
    world_run(w, 20 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
    bgp_refresh(w->bgp, 1, 0, BGP_REFRESH_OUT);
    world_run(w, 30 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "9 2");
    export_rules[0] = false;
    bgp_refresh(w->bgp, 1, BGP_NO_ROUTER, BGP_REFRESH_OUT);
    import_rules[0] = true;
    world_run(w, 40 * SECOND); // the new export came with an UPDATE: imported by the new rules
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "9 2");
    import_rules[0] = false;
    bgp_refresh(w->bgp, 0, 1, BGP_REFRESH_IN);
    world_run(w, 50 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
    import_rules[1] = true;
    bgp_refresh(w->bgp, 0, 1, BGP_REFRESH_IN);
    world_run(w, 60 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 0), "none");
    CU_ASSERT_EQUAL(bgp_stats(w->bgp)->session_losses, 0);
    world_free(w);
}

UNIT_MAIN("bgp-graceful", {"quick_restart_is_not_seen", quick_restart_is_not_seen},
          {"end_of_rib_sweeps", end_of_rib_sweeps},
          {"restart_time_is_the_limit", restart_time_is_the_limit},
          {"lost_forwarding_ends_it", lost_forwarding_ends_it},
          {"without_it_routes_go", without_it_routes_go},
          {"selection_is_deferred", selection_is_deferred},
          {"deferral_has_an_end", deferral_has_an_end}, {"hold_timer", hold_timer},
          {"operator_reset", operator_reset}, {"interface_is_no_restart", interface_is_no_restart},
          {"long_lived", long_lived}, {"no_llgr_goes", no_llgr_goes},
          {"refresh_applies_policy", refresh_applies_policy})
