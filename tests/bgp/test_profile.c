// SPDX-License-Identifier: GPL-3.0-or-later
// The decision processes of vendors: row 11, a vector for every step of every profile, and its
// mirror; row 12, every order of arrival; the knobs.
#include "unit.h"
#include "world.h"

#include "bgp/step.h"
#include "field.h"
#include <stdio.h>

// As the vendors document it (bgp/step.h), written down once more.
static const char *const documented[BGP_PROFILES][BGP_MAX_STEPS] = {
    [BGP_PROFILE_RFC] = {"next hop", "LOCAL_PREF", "AS_PATH length", "ORIGIN", "MED",
                         "eBGP over iBGP", "IGP metric to next hop", "BGP identifier",
                         "CLUSTER_LIST length", "peer address"},
    [BGP_PROFILE_BIRD] = {"next hop", "preference", "LOCAL_PREF", "AIGP", "AS_PATH length",
                          "ORIGIN", "MED", "eBGP over iBGP", "IGP metric to next hop",
                          "BGP identifier", "CLUSTER_LIST length", "peer address"},
    [BGP_PROFILE_FRR] = {"next hop", "weight", "LOCAL_PREF", "locally originated", "AS_PATH length",
                         "ORIGIN", "MED", "eBGP over iBGP", "IGP metric to next hop",
                         "present external best", "BGP identifier", "CLUSTER_LIST length",
                         "peer address"},
    [BGP_PROFILE_CISCO] = {"next hop", "weight", "LOCAL_PREF", "locally originated", "AIGP",
                           "AS_PATH length", "ORIGIN", "MED", "eBGP over iBGP",
                           "IGP metric to next hop", "oldest external", "BGP identifier",
                           "CLUSTER_LIST length", "peer address"},
    [BGP_PROFILE_JUNOS] = {"next hop", "preference", "LOCAL_PREF", "AIGP", "AS_PATH length",
                           "ORIGIN", "MED", "eBGP over iBGP", "IGP metric to next hop",
                           "present external best", "BGP identifier", "CLUSTER_LIST length",
                           "peer address"},
};

static bool is(const char *step, const char *name)
{
    return strcmp(step, name) == 0;
}

// Makes x better than y in one step. `decides`: it shall be the first in which they differ.
static void favour(const char *step, struct candidate *x, struct candidate *y, bool decides)
{
    if (is(step, "next hop")) {
        y->metric = UINT32_MAX;
    } else if (is(step, "weight")) {
        x->weight = 40000;
        y->weight = 39999;
    } else if (is(step, "preference") || is(step, "locally originated")) {
        if (!decides)
            return; // what is local is no path, no MED and so on: it cannot tie with others
        x->local = true;
        x->weight = y->weight = 32768;
    } else if (is(step, "LOCAL_PREF")) {
        x->local_pref = 101;
        y->local_pref = 100;
    } else if (is(step, "AIGP")) {
        x->aigp = 1;
        y->aigp = decides ? 1000 : 0;
    } else if (is(step, "AS_PATH length")) {
        x->npath = 1;
        y->npath = 2;
    } else if (is(step, "ORIGIN")) {
        x->origin = BGP_ORIGIN_EGP;
        y->origin = BGP_ORIGIN_INCOMPLETE;
    } else if (is(step, "MED")) {
        x->med = 3;
        y->med = 4;
    } else if (is(step, "eBGP over iBGP")) {
        x->ibgp = false;
        y->ibgp = true;
    } else if (is(step, "IGP metric to next hop") && y->metric != UINT32_MAX) {
        x->metric = x->metric == UINT32_MAX ? x->metric : 10;
        y->metric = 90;
    } else if (is(step, "oldest external")) {
        x->since_ps = 1;
        y->since_ps = 2;
    } else if (is(step, "present external best")) {
        x->best = true;
        y->best = false;
    } else if (is(step, "BGP identifier")) {
        x->peer_id = 7;
        y->peer_id = 8;
    } else if (is(step, "CLUSTER_LIST length")) {
        x->nclusters = 1;
        y->nclusters = 2;
    } else if (is(step, "peer address")) {
        x->peer_addr = 3;
        y->peer_addr = 4;
    }
}

static int documented_steps(enum bgp_profile profile)
{
    int n = 0;
    while (n < BGP_MAX_STEPS && documented[profile][n])
        n++;
    return n;
}

static bool decides_at(enum bgp_profile profile, const struct candidate *first,
                       const struct candidate *second, int best, int step)
{
    struct field f;
    struct bgp_verdict v[2];
    struct bgp_decision d;
    bgp_decision_init(&d, &(struct bgp_decide_options){.profile = profile});
    field_init(&f);
    field_add(&f, first);
    field_add(&f, second);
    bool ok = bgp_decide(&d, f.routes, 2, BGP_NO_CANDIDATE) == best;
    f.routes[best].best = true; // as the RIB would have it from now on
    f.routes[1 - best].best = false;
    ok = ok && bgp_decide_verdicts(&d, f.routes, 2, v) == best && v[best].step == BGP_STEP_BEST &&
         v[1 - best].step == step && is(d.steps[step]->name, documented[profile][step]) &&
         (step == 0 || v[1 - best].against == (uint32_t)best) &&
         !bgp_decide_depends_on_order(&d, f.routes, 2);
    field_free(&f);
    return ok;
}

// A pair that differs in the named step, where the first is better, and in every later one, where
// it is worse.
static void pair_for(enum bgp_profile profile, int step, struct candidate *better,
                     struct candidate *worse)
{
    struct candidate plain = {.path = {1, 2, 3}, .npath = 1, .metric = 50, .local_pref = 100};
    const char *name = documented[profile][step];
    for (int earlier = 0; earlier < step;
         earlier++) // between external routes, it has the last word
        plain.ibgp |= is(documented[profile][earlier], "present external best");
    *better = *worse = plain;
    better->peer_id = worse->peer_id = 9;
    better->peer_addr = worse->peer_addr = 9;
    favour(name, better, worse, true);
    for (int later = step + 1; later < documented_steps(profile); later++)
        favour(documented[profile][later], worse, better, false);
}

static void every_step_of_every_profile(void)
{
    for (int p = 0; p < BGP_PROFILES; p++) {
        struct bgp_decision d;
        bgp_decision_init(&d, &(struct bgp_decide_options){.profile = (enum bgp_profile)p});
        CU_ASSERT_EQUAL(d.nsteps, documented_steps((enum bgp_profile)p));
        for (int step = 0; step < d.nsteps; step++) {
            struct candidate x, y;
            char expected[120];
            pair_for((enum bgp_profile)p, step, &x, &y);
            bool forward = decides_at((enum bgp_profile)p, &x, &y, 0, step);
            bool mirror = decides_at((enum bgp_profile)p, &y, &x, 1, step);
            snprintf(expected, sizeof expected, "%s: step %d '%s' decides, both ways round",
                     bgp_profile_names[p], step, documented[p][step]);
            world_row(11, forward && mirror, expected, "%s, %s", forward ? "yes" : "no",
                      mirror ? "yes" : "no");
        }
    }
}

// --- Row 12. By MED and IGP metric, A (AS 1) beats C, C beats B (AS 2) and B beats A of AS 1: no
// order of arrival says which is "the" best. D and E are worse than all.
static const struct candidate circle[] = {
    {.path = {1, 9}, .npath = 2, .med = 10, .metric = 50, .peer_id = 11, .peer_addr = 11},
    {.path = {2, 9}, .npath = 2, .med = 0, .metric = 40, .peer_id = 12, .peer_addr = 12},
    {.path = {1, 9}, .npath = 2, .med = 20, .metric = 30, .peer_id = 13, .peer_addr = 13},
    {.path = {3, 9}, .npath = 2, .med = 99, .metric = 70, .peer_id = 14, .peer_addr = 14},
    {.path = {3, 9}, .npath = 2, .med = 98, .metric = 80, .peer_id = 15, .peer_addr = 15},
};

enum { NCIRCLE = sizeof circle / sizeof circle[0], ORDERS = 120, B = 1 };

// What the vendor's way of comparing gives, said as plainly as can be.
static int better(int a, int b)
{
    const struct candidate *x = &circle[a], *y = &circle[b];
    if (x->path[0] == y->path[0] && x->med != y->med)
        return x->med < y->med ? a : b;
    if (x->metric != y->metric)
        return x->metric < y->metric ? a : b;
    return x->peer_id < y->peer_id ? a : b;
}

static int plainly(enum bgp_profile profile, const int order[NCIRCLE])
{
    int best = profile == BGP_PROFILE_BIRD ? order[0] : order[NCIRCLE - 1];
    for (int i = 1; i < NCIRCLE; i++)
        best = better(best, order[profile == BGP_PROFILE_BIRD ? i : NCIRCLE - 1 - i]);
    return best;
}

struct orders {
    struct bgp_decision d;
    int order[NCIRCLE];
    int tried, as_set, as_plainly, truthful, warned;
};

static bool truthful(const struct orders *o, const struct bgp_rib_entry *e)
{
    struct bgp_verdict v[NCIRCLE];
    int best = bgp_decide_verdicts(&o->d, e->candidates, e->n, v);
    bool ok = best == e->best;
    for (int i = 0; i < NCIRCLE; i++) {
        const struct bgp_route *r = &e->candidates[i], *against = &e->candidates[v[i].against];
        if (v[i].step < 0)
            continue;
        const struct bgp_step *s = o->d.steps[v[i].step];
        ok = ok && s->key(&o->d, against) < s->key(&o->d, r);
        ok = ok && (!s->per_neighbour || bgp_neighbour_as(r) == bgp_neighbour_as(against));
    }
    return ok;
}

// The candidates arrive one after the other, a second apart; the peers' order is fixed.
static void arrive(struct orders *o)
{
    struct field f;
    struct bgp_rib rib = {0};
    field_init(&f);
    for (int i = 0; i < NCIRCLE; i++)
        field_add(&f, &circle[i]);
    for (int i = 0; i < NCIRCLE; i++) {
        struct bgp_rib_entry *e = bgp_rib_add(&rib, 0);
        struct bgp_route r = f.routes[o->order[i]];
        r.since_ps = (i + 1) * SECOND;
        bgp_attr_get(r.attr);
        int at = bgp_rib_set(&rib, e, &f.attrs, r);
        bgp_rib_choose(e, bgp_decide(&o->d, e->candidates, e->n, at), NULL, 0);
    }
    const struct bgp_rib_entry *e = bgp_rib_find(&rib, 0);
    o->tried++;
    o->as_set += e->best == B;
    o->as_plainly += e->best == plainly(o->d.is.profile, o->order);
    o->truthful += truthful(o, e);
    o->warned += bgp_decide_depends_on_order(&o->d, e->candidates, e->n) == (e->best != B);
    bgp_rib_free(&rib, &f.attrs);
    field_free(&f);
}

static void permute(struct orders *o, int fixed)
{
    if (fixed == NCIRCLE) {
        arrive(o);
        return;
    }
    for (int i = fixed; i < NCIRCLE; i++) {
        int kept = o->order[fixed];
        o->order[fixed] = o->order[i];
        o->order[i] = kept;
        permute(o, fixed + 1);
        o->order[i] = o->order[fixed];
        o->order[fixed] = kept;
    }
}

static struct orders try_all(enum bgp_profile profile, enum bgp_switch deterministic)
{
    struct orders o = {.order = {0, 1, 2, 3, 4}};
    bgp_decision_init(&o.d, &(struct bgp_decide_options){.profile = profile,
                                                         .deterministic_med = deterministic,
                                                         .prefer_oldest = BGP_OFF});
    permute(&o, 0);
    CU_ASSERT_EQUAL(o.tried, ORDERS);
    CU_ASSERT_EQUAL(o.truthful, ORDERS);
    CU_ASSERT_EQUAL(o.warned, ORDERS);
    return o;
}

static void every_order_of_arrival(void)
{
    for (int p = 0; p < BGP_PROFILES; p++) {
        char expected[120];
        struct orders o = try_all((enum bgp_profile)p, BGP_ON);
        snprintf(expected, sizeof expected, "%s, deterministic: %d orders choose the same",
                 bgp_profile_names[p], ORDERS);
        world_row(12, o.as_set == ORDERS, expected, "%d", o.as_set);
    }
    for (int p = BGP_PROFILE_BIRD; p <= BGP_PROFILE_CISCO; p++) {
        char expected[120];
        struct orders o = try_all((enum bgp_profile)p, BGP_DEFAULT);
        snprintf(expected, sizeof expected,
                 "%s, two by two: %d orders as by hand, not all the same, and said so",
                 bgp_profile_names[p], ORDERS);
        world_row(12, o.as_plainly == ORDERS && o.as_set > 0 && o.as_set < ORDERS, expected,
                  "%d as by hand, %d as the set", o.as_plainly, o.as_set);
    }
}

// --- Against the best alone: the same as all against all, whatever comes and goes

static uint32_t pick(uint64_t *state, uint32_t n)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % n;
}

static struct candidate any_candidate(uint64_t *state, uint32_t peer)
{
    struct candidate c = {.local_pref = pick(state, 2),
                          .path = {1 + pick(state, 3), 9},
                          .npath = 1 + pick(state, 2),
                          .med = pick(state, 3),
                          .ibgp = peer % 3 == 0,
                          .metric = pick(state, 8) ? pick(state, 3) : UINT32_MAX,
                          .nclusters = pick(state, 2),
                          .peer_id = 1 + peer / 2,
                          .peer_addr = 1 + peer};
    return c;
}

// Candidates of FIELD peers come, change and go. Returns how often the quick way was taken.
static int churn(const struct bgp_decide_options *o, uint64_t seed)
{
    struct bgp_decision d;
    struct bgp_rib rib = {0};
    struct field f;
    int quick = 0;
    bgp_decision_init(&d, o);
    field_init(&f);
    for (uint32_t i = 0; i < FIELD; i++)
        field_add(&f, &(struct candidate){.peer_id = 1 + i / 2, .peer_addr = 1 + i});
    for (int step = 0; step < 3000; step++) {
        struct bgp_rib_entry *e = bgp_rib_add(&rib, 0);
        const struct bgp_route *best = bgp_rib_best(e);
        uint32_t peer = pick(&seed, FIELD);
        const struct bgp_route *old = bgp_rib_candidate(e, &f.sides[peer], 0);
        bool idle = best && old != best && (!old || bgp_decide_is_idle(&d, best, old)) && d.quick;
        int at = BGP_NO_CANDIDATE;
        if (pick(&seed, 3) == 0) {
            if (!bgp_rib_remove(&rib, e, &f.attrs, &f.sides[peer], 0))
                continue;
        } else {
            struct candidate c = any_candidate(&seed, peer);
            struct field one = {.attrs = f.attrs}; // interns where the others are
            field_add(&one, &c);
            struct bgp_route r = one.routes[0];
            r.peer = &f.sides[peer];
            f.attrs = one.attrs;
            if ((at = bgp_rib_set(&rib, e, &f.attrs, r)) < 0)
                continue;
        }
        int full = bgp_decide(&d, e->candidates, e->n, at);
        if (idle)
            CU_ASSERT_EQUAL(bgp_decide_newcomer(&d, e->candidates, e->n, e->best, at), full);
        quick += idle;
        bgp_rib_choose(e, full, NULL, 0);
    }
    bgp_rib_free(&rib, &f.attrs);
    field_free(&f);
    return quick;
}

static void the_quick_way_is_the_long_way(void)
{
    for (int p = 0; p < BGP_PROFILES; p++)
        for (int always = 0; always < 2; always++)
            for (int oldest = BGP_OFF; oldest <= BGP_ON; oldest++) {
                struct bgp_decide_options o = {.profile = (enum bgp_profile)p,
                                               .deterministic_med = BGP_ON,
                                               .prefer_oldest = (enum bgp_switch)oldest,
                                               .always_compare_med = always};
                int quick = churn(&o, 1 + (uint64_t)p);
                CU_ASSERT_EQUAL(quick > 300, oldest == BGP_OFF || p == BGP_PROFILE_FRR);
            }
}

// --- Knobs

static int winner(const struct bgp_decide_options *options, const struct candidate *x,
                  const struct candidate *y)
{
    struct field f;
    struct bgp_decision d;
    bgp_decision_init(&d, options);
    field_init(&f);
    field_add(&f, x);
    field_add(&f, y);
    int best = bgp_decide(&d, f.routes, 2, BGP_NO_CANDIDATE);
    field_free(&f);
    return best;
}

static void med_knobs(void)
{
    const struct candidate none = {.path = {1}, .npath = 1, .metric = 10, .peer_id = 1},
                           five = {.path = {1}, .npath = 1, .med = 5, .peer_id = 2},
                           other = {.path = {2}, .npath = 1, .med = 6, .peer_id = 1};
    for (int p = 0; p < BGP_PROFILES; p++) {
        struct bgp_decide_options o = {.profile = (enum bgp_profile)p, .prefer_oldest = BGP_OFF};
        CU_ASSERT_EQUAL(winner(&o, &none, &five), 0);
        CU_ASSERT_EQUAL(winner(&o, &five, &other), 1);
        o.always_compare_med = true;
        CU_ASSERT_EQUAL(winner(&o, &five, &other), 0);
        o.med_missing_as_worst = true;
        CU_ASSERT_EQUAL(winner(&o, &none, &five), 1);
    }
}

static void path_and_aigp_knobs(void)
{
    const struct candidate longer = {.path = {1, 2}, .npath = 2, .peer_id = 1},
                           shorter = {.path = {1}, .npath = 1, .peer_id = 2},
                           far = {.path = {1, 2}, .npath = 2, .aigp = 50, .metric = 20},
                           near = {.path = {1}, .npath = 1, .aigp = 70, .metric = 1};
    for (int p = 0; p < BGP_PROFILES; p++) {
        struct bgp_decide_options o = {.profile = (enum bgp_profile)p, .prefer_oldest = BGP_OFF};
        CU_ASSERT_EQUAL(winner(&o, &longer, &shorter), 1);
        o.as_path_ignore = true;
        CU_ASSERT_EQUAL(winner(&o, &longer, &shorter), 0);
        o = (struct bgp_decide_options){.profile = (enum bgp_profile)p, .aigp = BGP_ON};
        CU_ASSERT_EQUAL(winner(&o, &far, &near), 0); // 50 + 20 < 70 + 1
        CU_ASSERT_EQUAL(winner(&o, &near, &shorter), 0);
        o.aigp = BGP_OFF;
        CU_ASSERT_EQUAL(winner(&o, &far, &near), 1);
    }
}

// By age in cisco and bird, by being the best in the others; never between internal routes, nor,
// but for frr, between routes from one router.
static void the_oldest_stays(void)
{
    struct candidate old = {.path = {1}, .npath = 1, .peer_id = 9, .peer_addr = 9, .since_ps = 1},
                     new = {.path = {1}, .npath = 1, .peer_id = 8, .peer_addr = 8, .since_ps = 2};
    old.best = true;
    for (int p = 0; p < BGP_PROFILES; p++) {
        struct bgp_decide_options o = {.profile = (enum bgp_profile)p, .prefer_oldest = BGP_ON};
        CU_ASSERT_EQUAL(winner(&o, &old, &new), 0);
        o.prefer_oldest = BGP_OFF;
        CU_ASSERT_EQUAL(winner(&o, &old, &new), 1);
        o.prefer_oldest = BGP_ON;
        struct candidate one = old, two = new;
        one.peer_id = two.peer_id;
        CU_ASSERT_EQUAL(winner(&o, &one, &two), p != BGP_PROFILE_FRR);
        one = old;
        one.ibgp = two.ibgp = true;
        CU_ASSERT_EQUAL(winner(&o, &one, &two), 1);
    }
}

static void neighbour_beyond_a_confederation(void)
{
    struct bgp_attrs attrs;
    struct bgp_draft d = {0};
    bgp_attrs_init(&attrs);
    bgp_draft_prepend(&d, 7);
    bgp_draft_prepend_confed(&d, 65001);
    struct bgp_route r = {.attr = bgp_attr_intern(&attrs, &d)};
    CU_ASSERT_EQUAL(bgp_neighbour_as(&r), 7);
    bgp_attr_put(&attrs, r.attr);
    bgp_draft_free(&d);
    bgp_attrs_free(&attrs);
}

// frr alone prefers what another member of the confederation told, where only identifiers differ.
static void other_members_over_the_own(void)
{
    struct candidate inside = {.path = {1}, .npath = 1, .peer_id = 8, .peer_addr = 8, .ibgp = true};
    struct candidate other = inside, far = inside;
    other.peer_id = far.peer_id = 9;
    other.member = far.member = true;
    far.metric = 1;
    for (int p = 0; p < BGP_PROFILES; p++) {
        struct bgp_decide_options o = {.profile = (enum bgp_profile)p, .confederation = true};
        CU_ASSERT_EQUAL(winner(&o, &inside, &other), p == BGP_PROFILE_FRR);
        CU_ASSERT_EQUAL(winner(&o, &inside, &far), 0);
        o.confederation = false;
        CU_ASSERT_EQUAL(winner(&o, &inside, &other), 0);
    }
}

UNIT_MAIN("bgp-profile", {"every_step_of_every_profile", every_step_of_every_profile},
          {"every_order_of_arrival", every_order_of_arrival},
          {"the_quick_way_is_the_long_way", the_quick_way_is_the_long_way},
          {"med_knobs", med_knobs}, {"path_and_aigp_knobs", path_and_aigp_knobs},
          {"the_oldest_stays", the_oldest_stays},
          {"other_members_over_the_own", other_members_over_the_own},
          {"neighbour_beyond_a_confederation", neighbour_beyond_a_confederation})
