// SPDX-License-Identifier: GPL-3.0-or-later
// Operators' policies at work: every condition and every action, on the way in and out.
#include "rules.h"
#include "unit.h"
#include "world.h"

#include "bgp/rov.h"

static const struct bgp_vrp vrps[] = {{{IP4(203, 0, 113, 0), 24}, 24, 1},
                                      {{IP4(203, 0, 0, 0), 16}, 24, 99}};

// 0 (AS 1) tells 1 (AS 2) of a route made up by its export policy; 1 imports it by `import`.
static struct world *import_by(const char *export_text, const char *import_text)
{
    struct world *w = world_new(1);
    struct bgp_rov *rov = bgp_rov_new(vrps, 2);
    w->speaker.rov = rov;
    w->speaker.city = "xian";
    w->speaker.region = "shaanxi";
    world_add(w, 1);
    world_add(w, 2);
    w->a_side.policy.exports[0] = rules(export_text);
    w->z_side.policy.imports[0] = rules(import_text);
    world_link(w, 0, 1, BGP_REL_PROVIDER);
    bgp_originate(w->bgp, 0, world_prefix);
    world_run(w, 10 * SECOND);
    w->speaker.rov = NULL;
    bgp_rov_free(rov);
    rules_free();
    return w;
}

// Conditions that hold of the route below, and some that do not.
static const char *const yes[] = {"any",
                                  "prefix 203.0.113.0/24",
                                  "prefix in 203.0.0.0/16 ge 20 le 24",
                                  "prefix in [10.0.0.0/8, 203.0.113.0/24]",
                                  "as-path \"^1 64501 64501 1$\"",
                                  "as-path \"64501+ .$\"",
                                  "as-path length = 4",
                                  "as-path length < 5",
                                  "as-path length >= 4",
                                  "origin-as 1",
                                  "origin-as [5, 0-2]",
                                  "origin egp",
                                  "community 64500:70",
                                  "community 64500:*",
                                  "community *:60-70",
                                  "community no-peer",
                                  "large-community 1:*:3",
                                  "ext-community rt:64500:*",
                                  "ext-community soo:4200000000:7",
                                  "neighbour 1",
                                  "neighbour as1",
                                  "neighbour as1/r0",
                                  "at xian",
                                  "at shaanxi",
                                  "at as2/r1",
                                  "relation customer",
                                  "learnt customer",
                                  "rov valid",
                                  "med = 20",
                                  "med > 19",
                                  "local-pref = 300",
                                  "weight = 0",
                                  "source ebgp",
                                  "not source own and any",
                                  "source own or any",
                                  "not (source own or source ibgp)"};
static const char *const no[] = {"not any",
                                 "prefix 203.0.113.0/25",
                                 "prefix in 203.0.0.0/16",
                                 "prefix in 203.0.0.0/16 ge 25",
                                 "as-path \"^64501\"",
                                 "as-path length > 4",
                                 "origin-as 64501",
                                 "origin igp",
                                 "community 64500:71",
                                 "community no-export",
                                 "large-community 1:2:4",
                                 "ext-community soo:64500:*",
                                 "neighbour 2",
                                 "neighbour as",
                                 "neighbour as2",
                                 "at xi",
                                 "relation provider",
                                 "learnt own",
                                 "rov invalid",
                                 "rov not-found",
                                 "med != 20",
                                 "med <= 19",
                                 "local-pref = 100",
                                 "weight > 0",
                                 "source ibgp",
                                 "any and source own",
                                 "source own or source ibgp"};

static void every_condition_tells_apart(void)
{
    const char *made = "med 20, prepend 1 1, prepend 2 64501, origin egp, add community 64500:70, "
                       "add community no-peer, add large-community 1:2:3, add ext-community "
                       "rt:64500:1, add ext-community soo:4200000000:7";
    for (size_t i = 0; i < sizeof yes / sizeof *yes + sizeof no / sizeof *no; i++) {
        bool want = i < sizeof yes / sizeof *yes;
        const char *condition = want ? yes[i] : no[i - sizeof yes / sizeof *yes];
        char text[200];
        snprintf(text, sizeof text, "if %s: accept\nreject", condition);
        struct world *w = import_by(made, text);
        bool got = bgp_best(w->bgp, 1, world_prefix) != NULL;
        if (got != want)
            printf("%s: %d\n", condition, got);
        CU_ASSERT_EQUAL(got, want);
        world_free(w);
    }
}

static void every_action_acts(void)
{
    static const struct {
        const char *out, *in;
        uint32_t local_pref, med, weight, npath;
    } cases[] = {
        {"accept", "local-pref 50, med 7, weight 9", 50, 7, 9, 1},
        {"med 5", "local-pref +10, med +3, weight +2", 310, 8, 2, 1},
        {"med 5", "local-pref -10, med -3", 290, 2, 0, 1},
        {"med 5", "local-pref -1000, med -9", 0, 0, 0, 1},
        {"med 4294967295", "med +1", 300, UINT32_MAX, 0, 1},
        {"med 5", "med none", 300, 0, 0, 1},
        {"med 5", "med igp", 300, 0, 0, 1},
        {"prepend 3", "accept", 300, 0, 0, 4},
        {"accept", "prepend 2, prepend 1 77", 300, 0, 0, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *w = import_by(cases[i].out, cases[i].in);
        const struct bgp_route *r = bgp_best(w->bgp, 1, world_prefix);
        CU_ASSERT_PTR_NOT_NULL_FATAL(r);
        CU_ASSERT_EQUAL(r->attr->f.local_pref, cases[i].local_pref);
        CU_ASSERT_EQUAL(r->attr->f.med, cases[i].med);
        CU_ASSERT_EQUAL(r->attr->f.weight, cases[i].weight);
        CU_ASSERT_EQUAL(r->attr->npath, cases[i].npath);
        world_free(w);
    }
}

static void communities_are_edited(void)
{
    static const char *const cases[] = {
        // made by the exporter | done by the importer | what holds then
        "add community 1:1, add community 1:2, add community 2:1",
        "remove community 1:*",
        "community 2:1 and not community 1:*",
        "add community 1:1, add community 1:2",
        "set community 3:3",
        "community 3:3 and not community 1:*",
        "add community 1:1, add large-community 1:1:1",
        "set community none",
        "not community *:* and large-community 1:1:1",
        "add large-community 1:1:1, add large-community 1:2:9, add large-community 2:2:2",
        "remove large-community *:2:*",
        "large-community 1:1:1 and not large-community *:2:*",
        "add large-community 1:1:1",
        "set large-community 9:9:9",
        "large-community 9:9:9 and not large-community 1:1:1",
        "add ext-community rt:1:1, add ext-community rt:1:7, add ext-community soo:1:1",
        "remove ext-community rt:1:5-9",
        "ext-community rt:1:1 and ext-community soo:1:1 and not ext-community rt:1:7",
        "add ext-community rt:1:1",
        "set ext-community none",
        "not ext-community rt:1:*"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i += 3) {
        char text[300];
        snprintf(text, sizeof text, "%s\nif not (%s): reject", cases[i + 1], cases[i + 2]);
        struct world *w = import_by(cases[i], text);
        CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, 1, world_prefix));
        world_free(w);
    }
}

// Called policies decide for their callers, unless they return or end.
static void policies_call_each_other(void)
{
    static const struct {
        const char *main, *other;
        uint32_t local_pref; // 0: rejected
    } cases[] = {{"call other\nlocal-pref 1", "local-pref 2", 1},
                 {"call other\nlocal-pref 1", "local-pref 2, accept", 2},
                 {"call other\nlocal-pref 1", "reject", 0},
                 {"call other\nlocal-pref +1", "local-pref 5, return\nreject", 6},
                 {"if any: return\nreject", "accept", 300},
                 {"local-pref 3, call other, local-pref 4", "accept", 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena a;
        struct diag *d = diag_new();
        struct policies all;
        const struct policy_text texts[] = {
            {"main", {"t", 1, 1, 1}, cases[i].main, {"t", 1, 1, 1}},
            {"other", {"t", 1, 1, 1}, cases[i].other, {"t", 9, 1, 1}}};
        arena_init(&a);
        CU_ASSERT(policies_read(&a, d, texts, 2, &all));
        struct world *w = world_new(1);
        world_add(w, 1);
        world_add(w, 2);
        w->z_side.policy.imports[0] = &all.v[0];
        world_link(w, 0, 1, BGP_REL_PROVIDER);
        bgp_originate(w->bgp, 0, world_prefix);
        world_run(w, 10 * SECOND);
        const struct bgp_route *r = bgp_best(w->bgp, 1, world_prefix);
        CU_ASSERT_EQUAL(r ? r->attr->f.local_pref : 0, cases[i].local_pref);
        world_free(w);
        diag_free(d);
        arena_free(&a);
    }
}

// A peer's route to a provider: a leak that the built-in rules prevent and policies can make; with
// them off, policies alone keep it.
static void built_in_rules_can_be_off(void)
{
    for (int off = 0; off < 2; off++) {
        struct world *w = world_new(1);
        for (uint32_t i = 1; i < 4; i++)
            world_add(w, i);
        w->a_side.policy.builtin_off = off;
        world_link(w, 1, 0, BGP_REL_PEER);
        world_link(w, 1, 2, BGP_REL_PROVIDER);
        bgp_originate(w->bgp, 0, world_prefix);
        world_run(w, 10 * SECOND);
        CU_ASSERT_STRING_EQUAL(world_path(w, 2), off ? "2 1" : "none");
        CU_ASSERT_EQUAL(bgp_best(w->bgp, 1, world_prefix)->attr->f.local_pref, off ? 100 : 200);
        world_free(w);
    }
}

// RFC 8212: without policies nothing passes; each direction needs its own.
static void default_deny_needs_both_policies(void)
{
    for (int which = 0; which < 4; which++) {
        struct world *w = world_new(1);
        world_add(w, 1);
        world_add(w, 2);
        w->a_side.policy.require = w->z_side.policy.require = true;
        w->a_side.policy.exports[0] = which & 1 ? rules("accept") : NULL;
        w->z_side.policy.imports[1] = which & 2 ? rules("accept") : NULL;
        world_link(w, 0, 1, BGP_REL_PROVIDER);
        bgp_originate(w->bgp, 0, world_prefix);
        world_run(w, 10 * SECOND);
        CU_ASSERT_STRING_EQUAL(world_path(w, 1), which == 3 ? "1" : "none");
        world_free(w);
        rules_free();
    }
}

// The export policy sees LOCAL_PREF and the path as the Loc-RIB has them.
static void export_sees_the_loc_rib(void)
{
    struct world *w = world_new(1);
    for (uint32_t i = 1; i < 4; i++)
        world_add(w, i);
    world_link(w, 1, 0, BGP_REL_CUSTOMER);
    w->a_side.policy.exports[0] =
        rules("if local-pref = 300 and as-path \"^1$\" and learnt customer and relation provider "
              "and neighbour as3 and source ebgp: prepend 2, accept\nreject");
    world_link(w, 1, 2, BGP_REL_PROVIDER);
    bgp_originate(w->bgp, 0, world_prefix);
    world_run(w, 10 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, 2), "2 2 2 1");
    world_free(w);
    rules_free();
}

// The reflector 1 makes itself the next hop of what it reflects from 0 to 2.
static void next_hop_self_of_a_reflector(void)
{
    struct world *w = world_new(1);
    world_add(w, 1);
    world_add_reflector(w, 1, 0);
    world_add(w, 1);
    world_link(w, 1, 0, BGP_REL_IBGP_CLIENT);
    w->a_side.policy.exports[0] = rules("next-hop self");
    world_link(w, 1, 2, BGP_REL_IBGP_CLIENT);
    bgp_originate(w->bgp, 0, world_prefix);
    world_run(w, 10 * SECOND);
    CU_ASSERT_EQUAL(bgp_route_nexthop(bgp_best(w->bgp, 2, world_prefix)), world_id(1));
    CU_ASSERT_EQUAL(bgp_route_nexthop(bgp_best(w->bgp, 1, world_prefix)), world_id(0));
    world_free(w);
    rules_free();
}

UNIT_MAIN("bgp-evaluate", {"every_condition_tells_apart", every_condition_tells_apart},
          {"every_action_acts", every_action_acts},
          {"communities_are_edited", communities_are_edited},
          {"policies_call_each_other", policies_call_each_other},
          {"built_in_rules_can_be_off", built_in_rules_can_be_off},
          {"default_deny_needs_both_policies", default_deny_needs_both_policies},
          {"export_sees_the_loc_rib", export_sees_the_loc_rib},
          {"next_hop_self_of_a_reflector", next_hop_self_of_a_reflector})
