// SPDX-License-Identifier: GPL-3.0-or-later
// Aggregates (RFC 4271 §9.2.2.2) and announcements on a condition.
#include "unit.h"
#include "world.h"

#include "bgp/aggregate.h"
#include "bgp/conditional.h"

static const struct prefix whole = {IP4(203, 0, 112, 0), 22}, left = {IP4(203, 0, 112, 0), 24},
                           right = {IP4(203, 0, 113, 0), 24}, other = {IP4(10, 1, 0, 0), 16};

// The path of a router's best route to `p`, sets in braces.
static const char *path_to(const struct world *w, uint32_t router, struct prefix p)
{
    static char text[100];
    const struct bgp_route *r = bgp_best(w->bgp, router, p);
    const uint32_t *path, *segments;
    size_t used = 0, at = 0;
    if (!r)
        return "none";
    path = bgp_attr_path(r->attr);
    segments = bgp_attr_segments(r->attr);
    text[0] = '\0';
    for (uint32_t s = 0; s < (r->attr->nsegments ? r->attr->nsegments : 1); s++) {
        bool set = r->attr->nsegments && BGP_SEGMENT_TYPE(segments[s]) == BGP_AS_SET;
        uint32_t n = r->attr->nsegments ? BGP_SEGMENT_ASES(segments[s]) : r->attr->npath;
        for (uint32_t i = 0; i < n; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s%u", used ? " " : "",
                                     set && i == 0 ? "{" : "", (unsigned)path[at++]);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s", set ? "}" : "");
    }
    return text;
}

// 1 and 2 (behind 3) tell 0 of two halves; 0 aggregates and tells 4.
static struct world *aggregating(bool as_set, bool summary_only)
{
    static struct bgp_aggregate a;
    struct world *w = world_new(1);
    a = (struct bgp_aggregate){whole, as_set, summary_only};
    w->speaker.aggregates = &a;
    w->speaker.naggregates = 1;
    world_add(w, 10);
    w->speaker.naggregates = 0;
    for (uint32_t i = 1; i < 5; i++)
        world_add(w, 10 + i);
    world_link(w, 0, 3, BGP_REL_CUSTOMER);
    world_link(w, 3, 1, BGP_REL_CUSTOMER);
    world_link(w, 3, 2, BGP_REL_CUSTOMER);
    world_link(w, 0, 4, BGP_REL_PEER);
    bgp_originate(w->bgp, 1, left);
    bgp_originate(w->bgp, 2, right);
    world_run(w, 10 * SECOND);
    return w;
}

static void an_aggregate_stands_for_its_parts(void)
{
    struct world *w = aggregating(false, false);
    CU_ASSERT_STRING_EQUAL(path_to(w, 4, whole), "10");
    CU_ASSERT_STRING_EQUAL(path_to(w, 4, left), "10 13 11");
    const struct bgp_attr *a = bgp_best(w->bgp, 4, whole)->attr;
    CU_ASSERT(a->f.atomic);
    CU_ASSERT_EQUAL(a->f.aggregator_as, 10);
    CU_ASSERT_EQUAL(a->f.aggregator, world_id(0));
    bgp_withdraw(w->bgp, 1, left);
    world_run(w, 20 * SECOND);
    CU_ASSERT_STRING_EQUAL(path_to(w, 4, whole), "10");
    bgp_withdraw(w->bgp, 2, right);
    world_run(w, 30 * SECOND);
    CU_ASSERT_STRING_EQUAL(path_to(w, 4, whole), "none");
    bgp_originate(w->bgp, 1, left);
    world_run(w, 40 * SECOND);
    CU_ASSERT_STRING_EQUAL(path_to(w, 4, whole), "10");
    bgp_speaker_down(w->bgp, 0);
    world_run(w, 200 * SECOND);
    CU_ASSERT_STRING_EQUAL(path_to(w, 4, whole), "none");
    bgp_speaker_up(w->bgp, 0);
    world_run(w, 400 * SECOND);
    CU_ASSERT_STRING_EQUAL(path_to(w, 4, whole), "10");
    world_free(w);
}

static void a_set_names_the_rest(void)
{
    struct world *w = aggregating(true, true);
    CU_ASSERT_STRING_EQUAL(path_to(w, 4, whole), "10 13 {11 12}");
    CU_ASSERT_EQUAL(bgp_best(w->bgp, 4, whole)->attr->path_length, 3);
    CU_ASSERT(!bgp_best(w->bgp, 4, whole)->attr->f.atomic);
    CU_ASSERT_STRING_EQUAL(path_to(w, 4, left), "none"); // summary only
    CU_ASSERT_STRING_EQUAL(path_to(w, 3, left), "11");
    CU_ASSERT_STRING_EQUAL(path_to(w, 3, whole), "none"); // it is in the path
    bgp_withdraw(w->bgp, 2, right);
    world_run(w, 20 * SECOND);
    CU_ASSERT_STRING_EQUAL(path_to(w, 4, whole), "10 13 11");
    world_free(w);
}

// What comes from a peer does not go to a peer by being aggregated.
static void an_aggregate_is_no_leak(void)
{
    static const struct bgp_aggregate a = {{IP4(203, 0, 112, 0), 22}, false, false};
    struct world *w = world_new(1);
    w->speaker.aggregates = &a;
    w->speaker.naggregates = 1;
    world_add(w, 1);
    w->speaker.naggregates = 0;
    world_add(w, 2);
    world_add(w, 3);
    world_link(w, 0, 1, BGP_REL_PEER);
    world_link(w, 0, 2, BGP_REL_PEER);
    bgp_originate(w->bgp, 1, left);
    world_run(w, 10 * SECOND);
    CU_ASSERT_STRING_EQUAL(path_to(w, 0, whole), "");
    CU_ASSERT_STRING_EQUAL(path_to(w, 2, whole), "none");
    bgp_originate(w->bgp, 0, whole); // its own all the same
    world_run(w, 20 * SECOND);
    CU_ASSERT_STRING_EQUAL(path_to(w, 2, whole), "1");
    bgp_withdraw(w->bgp, 0, whole);
    world_run(w, 30 * SECOND);
    CU_ASSERT_STRING_EQUAL(path_to(w, 2, whole), "none");
    CU_ASSERT_STRING_EQUAL(path_to(w, 0, whole), "");
    world_free(w);
}

// 0 tells 1 of a prefix while it hears of another one from 2, or while it does not.
static void announcements_depend_on_a_condition(void)
{
    for (int absent = 0; absent < 2; absent++) {
        const struct bgp_condition c = {right, other, absent};
        struct world *w = world_new(1);
        w->speaker.conditions = &c;
        w->speaker.nconditions = 1;
        world_add(w, 1);
        w->speaker.nconditions = 0;
        world_add(w, 2);
        world_add(w, 3);
        world_link(w, 0, 1, BGP_REL_PROVIDER);
        world_link(w, 0, 2, BGP_REL_PROVIDER);
        bgp_originate(w->bgp, 0, right);
        bgp_originate(w->bgp, 0, left);
        world_run(w, 10 * SECOND);
        CU_ASSERT_STRING_EQUAL(path_to(w, 1, right), absent ? "1" : "none");
        bgp_originate(w->bgp, 2, other);
        world_run(w, 20 * SECOND);
        CU_ASSERT_STRING_EQUAL(path_to(w, 1, right), absent ? "none" : "1");
        bgp_withdraw(w->bgp, 2, other);
        world_run(w, 30 * SECOND);
        CU_ASSERT_STRING_EQUAL(path_to(w, 1, right), absent ? "1" : "none");
        CU_ASSERT_STRING_EQUAL(path_to(w, 1, left), "1");
        world_free(w);
    }
}

UNIT_MAIN("bgp-aggregate", {"an_aggregate_stands_for_its_parts", an_aggregate_stands_for_its_parts},
          {"a_set_names_the_rest", a_set_names_the_rest},
          {"an_aggregate_is_no_leak", an_aggregate_is_no_leak},
          {"announcements_depend_on_a_condition", announcements_depend_on_a_condition})
