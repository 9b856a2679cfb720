// SPDX-License-Identifier: GPL-3.0-or-later
// The decision process on hand-made candidates: rows 11 and 12.
#include "unit.h"
#include "world.h"

#include "bgp/step.h"
#include "field.h"
#include <stdio.h>

static int decide(const struct field *f, const struct bgp_decide_options *options,
                  struct bgp_verdict *verdicts)
{
    struct bgp_decision d;
    bgp_decision_init(&d, options);
    return verdicts ? bgp_decide_verdicts(&d, f->routes, f->n, verdicts)
                    : bgp_decide(&d, f->routes, f->n, BGP_NO_CANDIDATE);
}

// In each vector the first is better in the named step and worse in every later one.
static const struct {
    int step;
    struct candidate better, worse;
} vectors[] = {
    {0,
     {.local_pref = 50, .npath = 4, .metric = 7, .peer_id = 9, .peer_addr = 9},
     {.local_pref = 900, .npath = 1, .metric = UINT32_MAX, .peer_id = 1, .peer_addr = 1}},
    {1,
     {.local_pref = 200,
      .path = {1, 2, 3},
      .npath = 3,
      .origin = BGP_ORIGIN_INCOMPLETE,
      .med = 9,
      .ibgp = true,
      .metric = 90,
      .peer_id = 90,
      .nclusters = 2,
      .peer_addr = 90},
     {.local_pref = 100, .path = {1}, .npath = 1, .peer_id = 1, .peer_addr = 1}},
    {2,
     {.local_pref = 100,
      .path = {1},
      .npath = 1,
      .origin = BGP_ORIGIN_INCOMPLETE,
      .med = 9,
      .ibgp = true,
      .metric = 90,
      .peer_id = 90,
      .nclusters = 2,
      .peer_addr = 90},
     {.local_pref = 100, .path = {1, 2}, .npath = 2, .peer_id = 1, .peer_addr = 1}},
    {3,
     {.path = {1},
      .npath = 1,
      .origin = BGP_ORIGIN_IGP,
      .med = 9,
      .ibgp = true,
      .metric = 90,
      .peer_id = 90,
      .nclusters = 2,
      .peer_addr = 90},
     {.path = {1}, .npath = 1, .origin = BGP_ORIGIN_EGP, .peer_id = 1, .peer_addr = 1}},
    {3,
     {.path = {1},
      .npath = 1,
      .origin = BGP_ORIGIN_EGP,
      .med = 9,
      .ibgp = true,
      .metric = 90,
      .peer_id = 90,
      .nclusters = 2,
      .peer_addr = 90},
     {.path = {1}, .npath = 1, .origin = BGP_ORIGIN_INCOMPLETE, .peer_id = 1, .peer_addr = 1}},
    {4,
     {.path = {1},
      .npath = 1,
      .med = 3,
      .ibgp = true,
      .metric = 90,
      .peer_id = 90,
      .nclusters = 2,
      .peer_addr = 90},
     {.path = {1}, .npath = 1, .med = 4, .peer_id = 1, .peer_addr = 1}},
    {5,
     {.path = {1}, .npath = 1, .metric = 90, .peer_id = 90, .nclusters = 2, .peer_addr = 90},
     {.path = {1}, .npath = 1, .ibgp = true, .peer_id = 1, .peer_addr = 1}},
    {5, // MEDs of different neighbours are not compared
     {.path = {1}, .npath = 1, .med = 9, .metric = 90, .peer_id = 90, .peer_addr = 90},
     {.path = {2}, .npath = 1, .med = 1, .ibgp = true, .peer_id = 1, .peer_addr = 1}},
    {6,
     {.path = {1}, .npath = 1, .metric = 89, .peer_id = 90, .nclusters = 2, .peer_addr = 90},
     {.path = {1}, .npath = 1, .metric = 90, .peer_id = 1, .peer_addr = 1}},
    {7,
     {.path = {1}, .npath = 1, .peer_id = 89, .nclusters = 2, .peer_addr = 90},
     {.path = {1}, .npath = 1, .peer_id = 90, .peer_addr = 1}},
    {7, // ORIGINATOR_ID stands in for the identifier (RFC 4456 §9)
     {.path = {1},
      .npath = 1,
      .ibgp = true,
      .originator = 5,
      .peer_id = 95,
      .nclusters = 2,
      .peer_addr = 90},
     {.path = {1}, .npath = 1, .ibgp = true, .originator = 90, .peer_id = 1, .peer_addr = 1}},
    {8,
     {.path = {1}, .npath = 1, .ibgp = true, .originator = 7, .nclusters = 1, .peer_addr = 90},
     {.path = {1}, .npath = 1, .ibgp = true, .originator = 7, .nclusters = 2, .peer_addr = 1}},
    {9,
     {.path = {1}, .npath = 1, .peer_id = 7, .peer_addr = 8},
     {.path = {1}, .npath = 1, .peer_id = 7, .peer_addr = 9}},
};

static bool vector_holds(const struct candidate *first, const struct candidate *second, int best,
                         int step)
{
    struct field f;
    struct bgp_verdict v[2];
    const struct bgp_decide_options options = {0};
    field_init(&f);
    field_add(&f, first);
    field_add(&f, second);
    bool ok = decide(&f, &options, v) == best && v[best].step == BGP_STEP_BEST &&
              v[1 - best].step == step && (step == 0 || v[1 - best].against == (uint32_t)best);
    field_free(&f);
    return ok;
}

static const char *rfc_step(int step)
{
    struct bgp_decision d;
    bgp_decision_init(&d, &(struct bgp_decide_options){0});
    return d.steps[step]->name;
}

static void every_step_and_its_mirror(void)
{
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        char expected[96];
        int step = vectors[i].step;
        bool forward = vector_holds(&vectors[i].better, &vectors[i].worse, 0, step);
        bool mirror = vector_holds(&vectors[i].worse, &vectors[i].better, 1, step);
        snprintf(expected, sizeof expected, "step %d '%s' decides, both ways round", step,
                 rfc_step(step));
        world_row(11, forward && mirror, expected, "%s, %s", forward ? "yes" : "no",
                  mirror ? "yes" : "no");
    }
}

// Candidate 2 beats 3 by MED; without it 3 would win by IGP metric; 1 and 4 are
// of other neighbours.
static const struct candidate groups[] = {
    {.path = {1, 9}, .npath = 2, .med = 0, .metric = 30, .peer_id = 11, .peer_addr = 11},
    {.path = {2, 9}, .npath = 2, .med = 10, .metric = 50, .peer_id = 12, .peer_addr = 12},
    {.path = {2, 9}, .npath = 2, .med = 20, .metric = 10, .peer_id = 13, .peer_addr = 13},
    {.path = {3, 9}, .npath = 2, .med = 99, .metric = 20, .peer_id = 14, .peer_addr = 14},
    {.path = {3, 9}, .npath = 2, .med = 99, .metric = 25, .peer_id = 15, .peer_addr = 15},
};

enum { NGROUPS = sizeof groups / sizeof groups[0] };

struct permutations {
    int order[NGROUPS];
    int tried, right;
    ip4_addr want; // identifier of the peer whose route has to win
    bool always;
};

static void try_order(struct permutations *p)
{
    struct field f;
    const struct bgp_decide_options options = {.always_compare_med = p->always};
    field_init(&f);
    for (int i = 0; i < NGROUPS; i++)
        field_add(&f, &groups[p->order[i]]);
    int best = decide(&f, &options, NULL);
    p->tried++;
    p->right += best >= 0 && f.speakers[best].is.id == p->want;
    field_free(&f);
}

static void permute(struct permutations *p, int fixed)
{
    if (fixed == NGROUPS) {
        try_order(p);
        return;
    }
    for (int i = fixed; i < NGROUPS; i++) {
        int kept = p->order[fixed];
        p->order[fixed] = p->order[i];
        p->order[i] = kept;
        permute(p, fixed + 1);
        p->order[i] = p->order[fixed];
        p->order[fixed] = kept;
    }
}

static void med_groups_in_any_order(void)
{
    struct permutations p = {.order = {0, 1, 2, 3, 4}, .want = 14};
    permute(&p, 0);
    world_row(12, p.right == 120 && p.tried == 120, "120 of 120 orders choose the same", "%d of %d",
              p.right, p.tried);
    p = (struct permutations){.order = {0, 1, 2, 3, 4}, .want = 11, .always = true};
    permute(&p, 0);
    world_row(12, p.right == 120 && p.tried == 120, "120 of 120 with always-compare-MED",
              "%d of %d", p.right, p.tried);
}

static void nothing_reachable_is_no_path(void)
{
    struct field f;
    struct bgp_verdict v[2];
    const struct bgp_decide_options options = {0};
    const struct candidate c = {.metric = UINT32_MAX};
    field_init(&f);
    CU_ASSERT_EQUAL(decide(&f, &options, NULL), -1);
    field_add(&f, &c);
    field_add(&f, &c);
    CU_ASSERT_EQUAL(decide(&f, &options, v), -1);
    CU_ASSERT_EQUAL(v[0].step, 0);
    CU_ASSERT_EQUAL(v[1].step, 0);
    field_free(&f);
}

static void equal_in_everything_is_settled(void)
{
    struct field f;
    const struct bgp_decide_options options = {0};
    const struct candidate c = {.npath = 1, .path = {1}, .peer_id = 3, .peer_addr = 3};
    field_init(&f);
    field_add(&f, &c);
    field_add(&f, &c);
    CU_ASSERT_EQUAL(decide(&f, &options, NULL), 0);
    field_free(&f);
}

UNIT_MAIN("bgp-decide", {"every_step_and_its_mirror", every_step_and_its_mirror},
          {"med_groups_in_any_order", med_groups_in_any_order},
          {"nothing_reachable_is_no_path", nothing_reachable_is_no_path},
          {"equal_in_everything_is_settled", equal_in_everything_is_settled})
