// SPDX-License-Identifier: GPL-3.0-or-later
// Oscillations by MED (RFC 3345) and what ends them: row 13.
#include "unit.h"
#include "world.h"

#include "bgp/account.h"
#include "bgp/oscillation.h"
#include <stdio.h>
#include <string.h>

// What a neighbour's router says of the prefix when it tells it.
static bool with_med(void *ctx, uint32_t router, uint32_t peer, struct prefix p,
                     struct bgp_draft *d)
{
    const uint32_t *meds = ctx;
    (void)peer;
    (void)p;
    bgp_draft_set_med(d, meds[router]);
    return true;
}

// A neighbour's router with a link to `to`, announcing the prefix.
static void hears(struct world *w, uint32_t to, uint32_t asn, const uint32_t *meds)
{
    uint32_t r = world_add(w, asn);
    bgp_filters(w->bgp, r, NULL, with_med, (void *)(uintptr_t)meds);
    world_link(w, to, r, BGP_REL_PEER);
    bgp_originate(w->bgp, r, world_prefix);
}

// Seconds out of 100 in which some best path changes, after all had time to settle.
static int restless_s(struct world *w)
{
    int moving = 0;
    world_run(w, 60 * SECOND);
    for (int t = 61; t <= 160; t++) {
        uint64_t before = bgp_stats(w->bgp)->best_changes;
        world_run(w, t * SECOND);
        moving += bgp_stats(w->bgp)->best_changes > before;
    }
    return moving;
}

// Prints row 13: the cycle, or that there is none, as the seconds and bgp_oscillates have it.
static void row(struct world *w, bool cycles, const char *expected)
{
    int moving = restless_s(w);
    struct bgp_cycle c;
    bool found = bgp_oscillates(w->bgp, world_prefix, &c);
    bool ok = cycles ? moving == 100 && found && c.kind == BGP_CYCLE_MED : moving == 0 && !found;
    world_row(13, ok, expected, "changes in %d of 100 s, %s", moving,
              found ? bgp_cycle_names[c.kind] : "no cycle");
    world_free(w);
}

// --- RFC 3345 §2.1, type I

enum { RA, RB, RC, RD, RE, X, Y_AT_C, Y_AT_E };

// Reflector A with clients B and C, reflector D with client E; B hears of AS 10, C and E of AS 6,
// which prefers to be entered at E. C is nearer to A than B, B nearer than E; B is also nearer to
// D than E.
static struct world *type_one(const struct bgp_decide_options *decide, uint16_t paths)
{
    static const uint32_t meds[] = {[X] = 10, [Y_AT_C] = 1, [Y_AT_E] = 0};
    static const uint32_t metrics[2][5] = {{0, 5, 4, 1, 13}, {1, 6, 5, 0, 12}};
    struct world *w = world_new(1);
    w->decide = *decide;
    w->a_side.add_path_send = w->z_side.add_path_send = paths;
    w->a_side.add_path_receive = w->z_side.add_path_receive = paths > 0;
    for (uint32_t r = RA; r <= RE; r++) {
        if (r == RA || r == RD)
            world_add_reflector(w, 1, 0);
        else
            world_add(w, 1);
    }
    world_link(w, RA, RD, BGP_REL_IBGP);
    world_link(w, RA, RB, BGP_REL_IBGP_CLIENT);
    world_link(w, RA, RC, BGP_REL_IBGP_CLIENT);
    world_link(w, RD, RE, BGP_REL_IBGP_CLIENT);
    for (uint32_t r = RA; r <= RE; r++) {
        world_metric(w, RA, world_id(r), metrics[0][r]);
        world_metric(w, RD, world_id(r), metrics[1][r]);
    }
    w->a_side.add_path_send = w->z_side.add_path_send = 0;
    hears(w, RB, 10, meds);
    hears(w, RC, 6, meds);
    hears(w, RE, 6, meds);
    return w;
}

static void type_one_never_settles(void)
{
    for (enum bgp_profile p = BGP_PROFILE_RFC; p < BGP_PROFILES; p++) {
        char expected[64];
        snprintf(expected, sizeof expected, "RFC 3345 type I cycles (%s)", bgp_profile_names[p]);
        row(type_one(&(struct bgp_decide_options){.profile = p}, 0), true, expected);
    }
}

static void comparing_all_meds_ends_it(void)
{
    struct world *w = type_one(&(struct bgp_decide_options){.always_compare_med = true}, 0);
    world_run(w, 30 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, RA), "6"); // MED 0 is the lowest of all
    CU_ASSERT_EQUAL(bgp_route_nexthop(bgp_best(w->bgp, RA, world_prefix)), world_id(RE));
    row(w, false, "RFC 3345 type I stops with always-compare-MED");
}

static void telling_several_paths_ends_it(void)
{
    struct world *w = type_one(&(struct bgp_decide_options){.always_compare_med = false}, 3);
    world_run(w, 30 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, RA), "10"); // what the set of all three leaves
    CU_ASSERT_STRING_EQUAL(world_path(w, RD), "10");
    row(w, false, "RFC 3345 type I stops with add-path");
}

// --- Ties of external routes

enum { R4, R5, E5, Y_AT_4, X_AT_4, Y_AT_5 };

// Reflector 4 itself hears of AS Y and AS X, Y's router having the lower identifier; reflector 5 has
// a client that hears of Y with a better MED, but lies far away.
static struct world *ties(const struct bgp_decide_options *decide)
{
    static const uint32_t meds[] = {[Y_AT_4] = 100, [X_AT_4] = 0, [Y_AT_5] = 50};
    struct world *w = world_new(1);
    w->decide = *decide;
    world_add_reflector(w, 1, 0);
    world_add_reflector(w, 1, 0);
    world_add(w, 1);
    world_link(w, R4, R5, BGP_REL_IBGP);
    world_link(w, R5, E5, BGP_REL_IBGP_CLIENT);
    world_metric(w, R5, world_id(R4), 1);
    world_metric(w, R5, world_id(E5), 12);
    hears(w, R4, 6, meds);
    hears(w, R4, 10, meds);
    hears(w, E5, 6, meds);
    return w;
}

static void router_ids_cycle_and_the_present_best_does_not(void)
{
    row(ties(&(struct bgp_decide_options){.prefer_oldest = BGP_OFF}), true,
        "external routes that tie cycle with the router-id tie-break");
    row(ties(&(struct bgp_decide_options){.prefer_oldest = BGP_ON}), false,
        "external routes that tie stop with prefer-oldest");
    row(ties(&(struct bgp_decide_options){.always_compare_med = true}), false,
        "external routes that tie stop with always-compare-MED");
}

// --- The example of FRR's documentation ("Multi-Exit Discriminator" in doc/user/bgp.rst)
//
// AS A's routers 4 and 5 hear X:2, Y:3:100 (at 4) and Y:1:200 (at 5), labelled AS:identifier:MED.
// "Assuming all other metrics are equal" the text goes through four steps: 4 takes X:2 by identifier;
// 5 keeps Y:1 by identifier and tells 4; there Y:1 beats X:2, but Y:3 beats Y:1 by MED, so 4 takes Y:3;
// 5 agrees and withdraws Y:1, and 4 is back at X:2.
//
// With sessions to X and Y at 4 and 5 themselves all other is not equal: at 4 X:2 is external and Y:1
// internal, which RFC 4271 §9.1.2.2 d (and step 7 of FRR's list) compares before identifiers. X:2
// beats Y:3 (identifier) and Y:1 (d), 5 stays with Y:1 (d), and nothing moves. As a set it is
// stable twice over: c removes Y:1 for Y:3's sake wherever both are, and then X:2 beats Y:3.
//
// Where d does not decide, as 4 and 5 reflect what clients with those identifiers have heard, the
// text's steps are what two-by-two comparison does if X:2 meets Y:1 before Y:3.

// A full mesh; the `order` says whose link comes up first.
enum { A4, A5, Y1, X2, Y3 };

static struct world *full_mesh(const struct bgp_decide_options *decide, const int order[3])
{
    static const uint32_t meds[] = {[Y1] = 200, [X2] = 0, [Y3] = 100};
    static const uint32_t asns[] = {1, 1, 25, 24, 25}, at[] = {[Y1] = A5, [X2] = A4, [Y3] = A4};
    struct world *w = world_new(1);
    w->decide = *decide;
    for (uint32_t r = A4; r <= Y3; r++) {
        world_add(w, asns[r]);
        if (r < Y1)
            continue;
        bgp_filters(w->bgp, r, NULL, with_med, (void *)(uintptr_t)meds);
        world_link_at(w, at[r], r, BGP_REL_PEER, (1 + order[r - Y1]) * SECOND);
        bgp_originate(w->bgp, r, world_prefix);
    }
    world_metric(w, A4, world_id(A5), 0);
    world_metric(w, A5, world_id(A4), 0);
    world_link(w, A4, A5, BGP_REL_IBGP);
    return w;
}

// By which step does the route from `peer` lose to the best at `router`?
static bool loses_by(const struct world *w, uint32_t router, uint32_t peer, const char *step)
{
    struct bgp_account a;
    bool found = false;
    bgp_account_make(w->bgp, router, world_prefix, &a);
    for (uint32_t i = 0; i < a.n; i++)
        if (a.v[i].route->peer && bgp_route_peer_router(a.v[i].route) == peer)
            found = a.v[i].fate == BGP_FATE_STEP && strcmp(a.v[i].step_name, step) == 0;
    bgp_account_free(&a);
    return found;
}

static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

static void a_full_mesh_of_two_settles(void)
{
    int settled = 0, alike = 0, n = 0;
    for (enum bgp_profile p = BGP_PROFILE_RFC; p < BGP_PROFILES; p++) {
        for (int i = 0; i < 6; i++, n++) {
            struct bgp_decide_options decide = {.profile = p, .prefer_oldest = BGP_OFF};
            struct world *w = full_mesh(&decide, orders[i]);
            settled += restless_s(w) == 0;
            alike += bgp_route_peer_router(bgp_best(w->bgp, A4, world_prefix)) == X2 &&
                     bgp_route_peer_router(bgp_best(w->bgp, A5, world_prefix)) == Y1 &&
                     loses_by(w, A4, Y3, "BGP identifier") &&
                     loses_by(w, A5, A4, "eBGP over iBGP") &&
                     (loses_by(w, A4, A5, "MED") || loses_by(w, A4, A5, "eBGP over iBGP"));
            world_free(w);
        }
    }
    world_row(
        13, settled == n && alike == n,
        "FRR's example with external sessions settles on X:2 and Y:1, eBGP over iBGP deciding "
        "before router-id: 30 of 30 (5 profiles, 6 orders)",
        "%d settled, %d so", settled, alike);
}

// The same with d out of the way: C1, C2 and C3 have the identifiers 1, 2 and 3 and hear of Y, X and Y.
enum { C1, C2, C3, REFLECTOR4, REFLECTOR5, Y_AT_C1, X_AT_C2, Y_AT_C3 };

static struct world *all_internal(const struct bgp_decide_options *decide, const int order[3])
{
    static const uint32_t meds[] = {[Y_AT_C1] = 200, [X_AT_C2] = 0, [Y_AT_C3] = 100};
    static const uint32_t asns[] = {25, 24, 25}, at[] = {REFLECTOR5, REFLECTOR4, REFLECTOR4};
    struct world *w = world_new(1);
    w->decide = *decide;
    for (uint32_t c = C1; c <= C3; c++)
        world_add(w, 1);
    world_add_reflector(w, 1, 0);
    world_add_reflector(w, 1, 0);
    for (uint32_t c = C1; c <= C3; c++) {
        hears(w, c, asns[c], meds);
        world_metric(w, REFLECTOR4, world_id(c), 0);
        world_metric(w, REFLECTOR5, world_id(c), 0);
        world_link_at(w, at[c], c, BGP_REL_IBGP_CLIENT, (1 + order[c]) * SECOND);
    }
    world_link(w, REFLECTOR4, REFLECTOR5, BGP_REL_IBGP);
    return w;
}

static ip4_addr entered_at(const struct world *w, uint32_t router)
{
    const struct bgp_route *best = bgp_best(w->bgp, router, world_prefix);
    return best ? bgp_route_nexthop(best) : 0;
}

// The pairs of bests that routers 4 and 5 go through in ten seconds, as digits of the identifiers.
static void sequence(struct world *w, char *text, size_t size)
{
    size_t n = 0;
    int last = 0;
    text[0] = '\0';
    for (int t = 0; t < 10000 && n + 4 < size; t++) {
        world_run(w, 60 * SECOND + t * MILLI);
        int now = 10 * (int)(entered_at(w, REFLECTOR4) - world_id(C1) + 1) +
                  (int)(entered_at(w, REFLECTOR5) - world_id(C1) + 1);
        if (now != last)
            n += (size_t)snprintf(text + n, size - n, "%02d ", now);
        last = now;
    }
}

static void the_text_s_steps_are_those_of_two_by_two(void)
{
    static const int x_meets_first[3] = {2, 1, 0}, y_meets_first[3] = {2, 0, 1};
    char steps[64];
    struct bgp_decide_options two_by_two = {.profile = BGP_PROFILE_FRR};
    struct world *w = all_internal(&two_by_two, x_meets_first);
    sequence(w, steps, sizeof steps);
    // 4 and 5 have X:2 and Y:1; Y:3 and Y:1; Y:3 and Y:3; X:2 and Y:3. Then both have X:2 for a moment,
    // as the client with Y:1 has to hear that Y:3 is gone before it offers Y:1 again.
    CU_ASSERT_PTR_NOT_NULL(strstr(steps, "21 31 33 23 22 21 31 33 23 22 21 "));
    row(w, true, "FRR's example, all routes internal, cycles as told there (frr)");
    row(all_internal(&(struct bgp_decide_options){.profile = BGP_PROFILE_CISCO}, x_meets_first),
        true, "FRR's example, all routes internal, cycles as told there (cisco)");
    row(all_internal(&two_by_two, y_meets_first), false,
        "FRR's example, all routes internal, settles where Y:1 meets Y:3 first (frr)");
    two_by_two.always_compare_med = true;
    row(all_internal(&two_by_two, x_meets_first), false,
        "FRR's example, all routes internal, stops with always-compare-MED");
    row(all_internal(
            &(struct bgp_decide_options){.profile = BGP_PROFILE_FRR, .deterministic_med = BGP_ON},
            x_meets_first),
        false, "FRR's example, all routes internal, stops with deterministic-med");
    for (int i = 0; i < 6; i++)
        row(all_internal(&(struct bgp_decide_options){.profile = BGP_PROFILE_RFC}, orders[i]),
            false, "FRR's example, all routes internal, settles as a set (rfc)");
}

UNIT_MAIN("bgp-med", {"type_one_never_settles", type_one_never_settles},
          {"comparing_all_meds_ends_it", comparing_all_meds_ends_it},
          {"telling_several_paths_ends_it", telling_several_paths_ends_it},
          {"router_ids_cycle_and_the_present_best_does_not",
           router_ids_cycle_and_the_present_best_does_not},
          {"a_full_mesh_of_two_settles", a_full_mesh_of_two_settles},
          {"the_text_s_steps_are_those_of_two_by_two", the_text_s_steps_are_those_of_two_by_two})
