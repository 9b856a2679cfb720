// SPDX-License-Identifier: GPL-3.0-or-later
// The stable paths problem (Griffin, Shepherd & Wilfong 2002) and wedgies (RFC 4264): rows
// 14 to 16.
#include "bgp/oscillation.h"
#include "unit.h"
#include "world.h"
#include <stdio.h>

// Paths that a router permits, most wanted first, as world_path prints them; the rest is refused.
struct ranking {
    const char *paths[3];
};

static bool by_ranking(void *ctx, uint32_t router, uint32_t peer, struct prefix p,
                       struct bgp_draft *d)
{
    const struct ranking *ranking = &((const struct ranking *)ctx)[router];
    char text[64] = "";
    size_t used = 0;
    (void)peer;
    (void)p;
    for (size_t i = 0; i < d->path.n; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%u", i ? " " : "",
                                 (unsigned)d->path.v[i]);
    for (uint32_t i = 0; i < 3 && ranking->paths[i]; i++) {
        if (strcmp(text, ranking->paths[i]) == 0) {
            d->f.local_pref = 100 - i;
            return true;
        }
    }
    return false;
}

// Router 0 is the origin, AS 10; the others are AS 11, 12, … Every router is linked to router 0 and
// to the others. Sessions with router i start at start_s[i].
static struct world *gadget(struct ranking *rankings, uint32_t n, const int *start_s)
{
    struct world *w = world_new(1);
    for (uint32_t i = 0; i < n; i++) {
        world_add(w, 10 + i);
        if (i)
            bgp_filters(w->bgp, i, by_ranking, NULL, rankings);
    }
    for (uint32_t i = 1; i < n; i++) {
        world_link_at(w, 0, i, BGP_REL_SIBLING, start_s[i] * SECOND);
        for (uint32_t j = i + 1; j < n; j++)
            world_link_at(w, i, j, BGP_REL_SIBLING, 0);
    }
    bgp_originate(w->bgp, 0, world_prefix);
    return w;
}

static void disagree_has_two_outcomes(void)
{
    struct ranking rankings[] = {{{NULL}}, {{"12 10", "10"}}, {{"11 10", "10"}}};
    static const int start_s[2][3] = {{0, 5, 10}, {0, 10, 5}};
    static const char *const want[2][2] = {{"10", "11 10"}, {"12 10", "10"}};
    for (int i = 0; i < 2; i++) {
        struct world *w = gadget(rankings, 3, start_s[i]);
        char one[64], expected[64];
        world_run(w, 1000 * SECOND);
        snprintf(one, sizeof one, "%s", world_path(w, 1));
        snprintf(expected, sizeof expected, "DISAGREE: %s | %s", want[i][0], want[i][1]);
        bool ok = strcmp(one, want[i][0]) == 0 && strcmp(world_path(w, 2), want[i][1]) == 0;
        world_row(14, ok, expected, "%s | %s", one, world_path(w, 2));
        CU_ASSERT_TRUE(bgp_stats(w->bgp)->last_change_ps < 20 * SECOND);
        world_free(w);
    }
}

static void bad_gadget_never_settles(void)
{
    struct ranking rankings[] = {{{NULL}}, {{"12 10", "10"}}, {{"13 10", "10"}}, {{"11 10", "10"}}};
    static const int start_s[4] = {0, 1, 1, 1};
    struct world *w = gadget(rankings, 4, start_s);
    int windows = 0, moving = 0;
    world_run(w, 10 * SECOND);
    for (int t = 11; t <= 110; t++) {
        uint64_t before = bgp_stats(w->bgp)->best_changes;
        world_run(w, t * SECOND);
        windows++;
        moving += bgp_stats(w->bgp)->best_changes > before;
    }
    world_row(15, moving == windows && sim_now(w->sim) == 110 * SECOND,
              "BAD GADGET: the run ends, best paths change in each of 100 seconds", "in %d of %d",
              moving, windows);
    CU_ASSERT_TRUE(sim_pending(w->sim) < 100); // no growth either
    struct bgp_cycle c = {.times = 0};
    bool found = bgp_oscillates(w->bgp, world_prefix, &c);
    world_row(15, found && c.kind == BGP_CYCLE_DISPUTE && c.times > 3,
              "BAD GADGET is found, named a dispute, and its cycle told",
              "%s, a cycle of %u changes", found ? bgp_cycle_names[c.kind] : "not found",
              (unsigned)c.changes);
    CU_ASSERT_TRUE(c.nsteps == c.changes && c.period_ps > 0 && c.period_ps < 10 * SECOND);
    bool seen[4] = {false};
    for (uint32_t i = 0; i < c.nsteps; i++)
        seen[c.step[i].router[strlen(c.step[i].router) - 1] - '0'] = true;
    CU_ASSERT_TRUE(!seen[0] && seen[1] && seen[2] && seen[3]); // all but the origin
    world_free(w);
}

static void good_gadget_has_one_outcome(void)
{
    struct ranking rankings[] = {{{NULL}}, {{"12 10", "10"}}, {{"13 10", "10"}}, {{"10", "11 10"}}};
    static const int orders[6][4] = {{0, 1, 2, 3}, {0, 1, 3, 2}, {0, 2, 1, 3},
                                     {0, 2, 3, 1}, {0, 3, 1, 2}, {0, 3, 2, 1}};
    int same = 0;
    struct bgp_cycle c;
    for (int i = 0; i < 6; i++) {
        struct world *w = gadget(rankings, 4, orders[i]);
        world_run(w, 100 * SECOND);
        bool ok = strcmp(world_path(w, 1), "10") == 0;
        ok = ok && strcmp(world_path(w, 2), "13 10") == 0;
        ok = ok && strcmp(world_path(w, 3), "10") == 0;
        same += ok;
        CU_ASSERT_TRUE(bgp_stats(w->bgp)->last_change_ps < 10 * SECOND);
        CU_ASSERT_FALSE(bgp_oscillates(w->bgp, world_prefix, &c));
        world_free(w);
    }
    world_row(15, same == 6, "GOOD GADGET: one outcome in 6 of 6 orders", "%d of 6", same);
}

enum { CUSTOMER, BACKUP, UPPER, PRIMARY }; // AS 1 to 4

#define BACKUP_COMMUNITY BGP_COMMUNITY(2, 50)

static bool mark_backup(void *ctx, uint32_t router, uint32_t peer, struct prefix p,
                        struct bgp_draft *d)
{
    (void)ctx;
    (void)router;
    (void)p;
    if (peer == BACKUP)
        bgp_draft_add_community(d, BACKUP_COMMUNITY);
    return true;
}

static bool heed_backup(void *ctx, uint32_t router, uint32_t peer, struct prefix p,
                        struct bgp_draft *d)
{
    (void)ctx;
    (void)router;
    (void)peer;
    (void)p;
    if (bgp_draft_has_community(d, BACKUP_COMMUNITY))
        d->f.local_pref = 50; // below its provider's 100
    return true;
}

// RFC 4264 §3, the 3/4 wedgie. AS 1 buys from AS 2 (backup) and AS 4 (primary); AS 2 buys from AS
// 3; AS 3 and AS 4 are peers.
static void wedgie_needs_the_backup_reset(void)
{
    struct world *w = world_new(1);
    for (uint32_t i = 0; i < 4; i++)
        world_add(w, 1 + i);
    bgp_filters(w->bgp, CUSTOMER, NULL, mark_backup, NULL);
    bgp_filters(w->bgp, BACKUP, heed_backup, NULL, NULL);
    int32_t primary = world_link(w, CUSTOMER, PRIMARY, BGP_REL_PROVIDER);
    int32_t backup = world_link_at(w, CUSTOMER, BACKUP, BGP_REL_PROVIDER, 10 * SECOND);
    world_link(w, BACKUP, UPPER, BGP_REL_PROVIDER);
    world_link(w, UPPER, PRIMARY, BGP_REL_PEER);
    bgp_originate(w->bgp, CUSTOMER, world_prefix);
    world_run(w, 100 * SECOND);
    world_row(16, strcmp(world_path(w, BACKUP), "3 4 1") == 0, "intended: AS 2 uses 3 4 1", "%s",
              world_path(w, BACKUP));
    world_down(w, primary);
    world_run(w, 200 * SECOND);
    world_row(16, strcmp(world_path(w, PRIMARY), "3 2 1") == 0, "primary failed: AS 4 uses 3 2 1",
              "%s", world_path(w, PRIMARY));
    world_up(w, primary);
    world_run(w, 300 * SECOND);
    world_row(16, strcmp(world_path(w, BACKUP), "1") == 0, "primary repaired: AS 2 stays on 1",
              "%s", world_path(w, BACKUP));
    bgp_reset(w->bgp, CUSTOMER, PRIMARY, NULL);
    world_run(w, 400 * SECOND);
    world_row(16, strcmp(world_path(w, BACKUP), "1") == 0, "primary reset: AS 2 stays on 1", "%s",
              world_path(w, BACKUP));
    world_down(w, backup);
    world_run(w, 401 * SECOND);
    world_up(w, backup);
    world_run(w, 500 * SECOND);
    world_row(16, strcmp(world_path(w, BACKUP), "3 4 1") == 0, "backup reset too: AS 2 uses 3 4 1",
              "%s", world_path(w, BACKUP));
    CU_ASSERT_STRING_EQUAL(world_path(w, UPPER), "4 1");
    world_free(w);
}

UNIT_MAIN("bgp-gadgets", {"disagree_has_two_outcomes", disagree_has_two_outcomes},
          {"bad_gadget_never_settles", bad_gadget_never_settles},
          {"good_gadget_has_one_outcome", good_gadget_has_one_outcome},
          {"wedgie_needs_the_backup_reset", wedgie_needs_the_backup_reset})
