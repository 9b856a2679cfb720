// SPDX-License-Identifier: GPL-3.0-or-later
// Backups: alternates held against the inequalities on distances of an oracle, and every repair
// path driven hop by hop over the routes that the others still have: it must reach its target and
// never touch what failed.
#include "unit.h"

#include "igp/repair.h"
#include "world.h"

#define R(r) ((r) + 100u) // as the IGP knows them
#define L(l) ((l) + 1000u)

static const struct igp_repair_options lfa = {IGP_REROUTE_LFA, false, false};
static const struct igp_repair_options lfa_node = {IGP_REROUTE_LFA, true, false};
static const struct igp_repair_options lfa_down = {IGP_REROUTE_LFA, false, true};
static const struct igp_repair_options tilfa = {IGP_REROUTE_TILFA, false, false};
static const struct igp_repair_options tilfa_node = {IGP_REROUTE_TILFA, true, false};

static bool backup(const struct world *w, const struct igp_repair_options *o, uint32_t router,
                   uint32_t link, uint32_t target, struct igp_backup *out)
{
    struct igp_repair *r = igp_repair_new(w->igp, R(router), o);
    bool found = igp_repair_find(r, L(link), R(target), out);
    igp_repair_free(r);
    return found;
}

// --- small networks, by hand

// A ring with equal metrics: the next router on the other side has an alternate only when the
// target is nearer to it than the way back.
static void ring_of_five(void)
{
    struct world w;
    struct igp_backup b;
    world_init(&w, 5, &world_timers);
    for (uint32_t r = 0; r < 5; r++)
        world_link(&w, r, (r + 1) % 5, 10, 10, MS);
    world_start_converged(&w);
    // 0 → 2 goes by 1. N = 4: d(4,2) = 20 < d(4,0) + d(0,2) = 30.
    CU_ASSERT(backup(&w, &lfa, 0, 0, 2, &b));
    CU_ASSERT(b.link == L(4) && b.nsegments == 0);
    // 0 → 1: d(4,1) = 20, not < 10 + 10.
    CU_ASSERT(!backup(&w, &lfa, 0, 0, 1, &b));
    // Downstream: d(4,2) = 20, not < d(0,2) = 20.
    CU_ASSERT(!backup(&w, &lfa_down, 0, 0, 2, &b));
    // Inequality 3 for 0 → 2 by E = 1: d(4,2) = 20 < d(4,1) + d(1,2) = 30.
    CU_ASSERT(backup(&w, &lfa_node, 0, 0, 2, &b) && b.node);
    CU_ASSERT(backup(&w, &lfa, 0, 0, 2, &b) && b.node); // found so, though not asked for
    // TI-LFA towards 1: 2 is the last that 4 reaches without the link, and from there it is one hop.
    CU_ASSERT(backup(&w, &tilfa, 0, 0, 1, &b));
    CU_ASSERT(b.link == L(4) && b.nsegments == 1 && b.segments[0].router == R(2));
    CU_ASSERT_EQUAL(b.segments[0].link, IGP_NO_LINK);
    CU_ASSERT(backup(&w, &tilfa, 0, 0, 2, &b) && b.nsegments == 0);
    world_free(&w);
}

// 2 — 3 is expensive: 2's way to 3 and beyond is back by 1 and 0. P = 2, Q = 3, joined by a link
// that nobody takes by himself.
static void adjacency_segment(void)
{
    struct world w;
    struct igp_backup b;
    world_init(&w, 5, &world_timers);
    for (uint32_t r = 0; r < 5; r++) // 0 — 1 — 2 — 3 — 4 — 0
        world_link(&w, r, (r + 1) % 5, r == 2 ? 100 : 10, r == 2 ? 100 : 10, MS);
    world_start_converged(&w);
    CU_ASSERT(!backup(&w, &lfa, 0, 4, 4, &b));
    CU_ASSERT(backup(&w, &tilfa, 0, 4, 4, &b));
    CU_ASSERT_EQUAL_FATAL(b.nsegments, 2);
    CU_ASSERT(b.segments[0].router == R(2) && b.segments[0].link == IGP_NO_LINK);
    CU_ASSERT(b.segments[1].router == R(3) && b.segments[1].link == L(2));
    world_free(&w);
}

static void shared_risk_is_no_backup(void)
{
    struct world w;
    struct igp_backup b;
    world_init(&w, 4, &world_timers);
    uint32_t direct = world_link(&w, 0, 1, 10, 10, MS);
    uint32_t twin = world_link(&w, 0, 1, 11, 11, MS);
    uint32_t far = world_link(&w, 0, 2, 20, 20, MS);
    world_link(&w, 2, 1, 20, 20, MS);
    world_link(&w, 1, 3, 10, 10, MS);
    world_risk(&w, direct, 7);
    world_risk(&w, far, 9);
    world_start_converged(&w);
    CU_ASSERT(backup(&w, &lfa, 0, direct, 3, &b) && b.link == L(twin));
    CU_ASSERT(backup(&w, &tilfa, 0, direct, 3, &b) && b.link == L(twin));
    world_free(&w);
    world_init(&w, 4, &world_timers);
    world_link(&w, 0, 1, 10, 10, MS);
    world_link(&w, 0, 1, 11, 11, MS);
    world_link(&w, 0, 2, 20, 20, MS);
    world_link(&w, 2, 1, 20, 20, MS);
    world_link(&w, 1, 3, 10, 10, MS);
    world_risk(&w, direct, 7);
    world_risk(&w, twin, 7);
    world_start_converged(&w);
    CU_ASSERT(backup(&w, &lfa, 0, direct, 3, &b) && b.link == L(far));
    CU_ASSERT(backup(&w, &tilfa, 0, direct, 3, &b) && b.link == L(far));
    struct igp_repair *r = igp_repair_new(w.igp, R(0), &lfa);
    CU_ASSERT(igp_repair_share_risk(r, L(direct), L(twin)));
    CU_ASSERT(!igp_repair_share_risk(r, L(direct), L(far)));
    igp_repair_free(r);
    world_free(&w);
}

static void overloaded_neighbour_is_no_backup(void)
{
    struct world w;
    struct igp_backup b;
    world_init(&w, 3, &world_timers);
    uint32_t direct = world_link(&w, 0, 1, 10, 10, MS);
    uint32_t first = world_link(&w, 0, 2, 10, 10, MS);
    world_link(&w, 2, 1, 5, 5, MS);
    world_start_converged(&w);
    CU_ASSERT(backup(&w, &lfa, 0, direct, 1, &b) && b.link == L(first));
    world_overload(&w, 2, true);
    world_settle(&w);
    CU_ASSERT(!backup(&w, &lfa, 0, direct, 1, &b));
    CU_ASSERT(!backup(&w, &tilfa, 0, direct, 1, &b));
    CU_ASSERT(backup(&w, &lfa, 0, first, 2, &b)); // itself is reached all the same
    world_free(&w);
}

// Backups are of the routes in force: the failure that a router has heard of but not computed yet
// does not count.
static void as_at_the_last_spf(void)
{
    struct world w;
    struct igp_backup b;
    world_init(&w, 5, &world_timers);
    for (uint32_t r = 0; r < 5; r++)
        world_link(&w, r, (r + 1) % 5, 10, 10, MS);
    world_start_converged(&w);
    sim_run(w.sim, PS_PER_S);
    world_fail(&w, 0);
    sim_run(w.sim, sim_now(w.sim) + 10 * MS); // the SPF starts after 50
    CU_ASSERT(backup(&w, &lfa, 0, 0, 2, &b) && b.link == L(4));
    sim_run(w.sim, sim_now(w.sim) + PS_PER_S);
    CU_ASSERT(!backup(&w, &lfa, 0, 4, 2, &b)); // a line now
    world_free(&w);
}

// --- any network

struct drive {
    const struct world *w;
    uint32_t slot_link, node; // what failed: a link, its risk group, and perhaps a router
    bool local; // of the risk group, only what leaves the router itself: RFC 5286 knows no more
    uint32_t steps;
};

static bool touches(const struct drive *d, uint32_t link, uint32_t from, uint32_t to)
{
    const struct world *w = d->w;
    uint32_t risk = w->links.v[d->slot_link].risk;
    return link == d->slot_link || (risk && !d->local && w->links.v[link].risk == risk) ||
           from == d->node || to == d->node;
}

static uint32_t over(const struct world *w, uint32_t link, uint32_t from)
{
    const struct world_link *l = &w->links.v[link];
    return l->a == from ? l->b : l->a;
}

// All ways that the old routes may take from `at` to `to`; true: none touches what failed.
static bool drive(struct drive *d, uint32_t at, uint32_t to)
{
    uint32_t ids[IGP_MAX_ECMP];
    if (at == to)
        return true;
    int n = world_nexthops(d->w, at, to, ids);
    if (n == 0 || ++d->steps > 100000)
        return false;
    for (int i = 0; i < n; i++) {
        uint32_t next = over(d->w, ids[i], at);
        if (touches(d, ids[i], at, next) || !drive(d, next, to))
            return false;
    }
    return true;
}

static bool repairs(const struct world *w, const struct igp_backup *b, uint32_t s, uint32_t link,
                    uint32_t target, bool node, bool local)
{
    struct drive d = {w, link, node ? over(w, link, s) : UINT32_MAX, false, 0};
    uint32_t first = b->link - 1000;
    uint32_t n = over(w, first, s);
    uint32_t at = s;
    if (touches(&d, first, s, n))
        return false;
    d.local = local;
    for (uint32_t i = 0; i < b->nsegments; i++) {
        const struct igp_segment *g = &b->segments[i];
        uint32_t to = g->router - 100;
        if (g->link != IGP_NO_LINK) { // from where it is, over that link
            if (over(w, g->link - 1000, at) != to || touches(&d, g->link - 1000, at, to))
                return false;
        } else if (!drive(&d, at, to) && !(at == s && drive(&d, n, to))) {
            return false;
        }
        at = to;
    }
    return drive(&d, b->nsegments ? at : n, target);
}

struct tally {
    uint32_t asked, found, wrong, overlooked;
};

// Is there a neighbour that inequality 1 allows, by the distances that everybody believes in?
static bool has_alternate(const struct world *w, uint32_t s, uint32_t link, uint32_t target)
{
    uint64_t own = world_metric(w, s, target);
    for (uint32_t id = 0; id < w->links.n; id++) {
        const struct world_link *l = &w->links.v[id];
        bool shared = id == link || (l->risk && l->risk == w->links.v[link].risk);
        if (shared || (l->a != s && l->b != s))
            continue;
        uint32_t n = over(w, id, s);
        if (world_metric(w, n, target) < world_metric(w, n, s) + own)
            return true;
    }
    return false;
}

static void try_all(const struct world *w, const struct igp_repair_options *o, struct tally *t)
{
    uint32_t ids[IGP_MAX_ECMP];
    bool local = o->how == IGP_REROUTE_LFA;
    for (uint32_t s = 0; s < w->nrouters; s++) {
        struct igp_repair *r = igp_repair_new(w->igp, R(s), o);
        for (uint32_t target = 0; target < w->nrouters; target++) {
            int n = world_nexthops(w, s, target, ids);
            for (int i = 0; i < n; i++) {
                struct igp_backup b;
                t->asked++;
                if (!igp_repair_find(r, L(ids[i]), R(target), &b)) {
                    t->overlooked += has_alternate(w, s, ids[i], target);
                    continue;
                }
                t->found++;
                t->wrong += !repairs(w, &b, s, ids[i], target, false, local);
                t->wrong += b.node && over(w, ids[i], s) != target &&
                            !repairs(w, &b, s, ids[i], target, true, local);
            }
        }
        igp_repair_free(r);
    }
}

static void random_repairs(void)
{
    struct tally of_lfa = {0}, of_tilfa = {0}, of_node = {0};
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct world w;
        world_random(&w, 16, seed % 2 ? 26 : 40, seed);
        for (uint32_t id = 0; id < w.links.n && seed % 3 == 0; id++)
            world_risk(&w, id, id % 4 ? 0 : 1 + id / 8);
        world_start_converged(&w);
        try_all(&w, &lfa, &of_lfa);
        try_all(&w, &lfa_node, &of_lfa);
        try_all(&w, &tilfa, &of_tilfa);
        try_all(&w, &tilfa_node, &of_node);
        world_free(&w);
    }
    CU_ASSERT(of_lfa.found > of_lfa.asked / 3);
    CU_ASSERT(of_tilfa.found > of_lfa.found / 2);
    CU_ASSERT_EQUAL(of_lfa.wrong, 0);
    CU_ASSERT_EQUAL(of_lfa.overlooked, 0);
    CU_ASSERT_EQUAL(of_tilfa.wrong, 0);
    CU_ASSERT_EQUAL(of_node.wrong, 0);
}

// With symmetric metrics and every link on a cycle, TI-LFA protects every link; LFA does not.
static void tilfa_covers_all(void)
{
    struct world w;
    world_init(&w, 12, &world_timers);
    for (uint32_t r = 0; r < 12; r++)
        world_link(&w, r, (r + 1) % 12, 5 + r * 7 % 11, 5 + r * 7 % 11, MS);
    world_link(&w, 2, 8, 9, 9, MS);
    world_start_converged(&w);
    struct igp_coverage some = igp_coverage(w.igp, &lfa);
    struct igp_coverage all = igp_coverage(w.igp, &tilfa);
    CU_ASSERT(some.covered > 0 && some.covered < some.pairs);
    CU_ASSERT(all.pairs == some.pairs && all.covered == all.pairs);
    struct igp_coverage down = igp_coverage(w.igp, &lfa_down);
    CU_ASSERT(down.covered < some.covered);
    struct igp_coverage node = igp_coverage(w.igp, &tilfa_node);
    CU_ASSERT_EQUAL(node.covered, all.pairs);
    CU_ASSERT_EQUAL(node.node_covered, node.node_pairs); // no cut router
    CU_ASSERT(igp_coverage(w.igp, &lfa_node).node_covered >= some.node_covered);
    struct igp_coverage none = igp_coverage(w.igp, &(struct igp_repair_options){0});
    CU_ASSERT(none.pairs == all.pairs && none.covered < some.covered); // equal costs alone
    world_free(&w);
}

UNIT_MAIN("igp repair", {"ring_of_five", ring_of_five}, {"adjacency_segment", adjacency_segment},
          {"shared_risk_is_no_backup", shared_risk_is_no_backup},
          {"overloaded_neighbour_is_no_backup", overloaded_neighbour_is_no_backup},
          {"as_at_the_last_spf", as_at_the_last_spf}, {"random_repairs", random_repairs},
          {"tilfa_covers_all", tilfa_covers_all})
