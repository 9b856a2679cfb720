// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "bgp/attr.h"

static void fill(struct bgp_draft *d, uint32_t local_pref)
{
    bgp_draft_clear(d);
    d->f.next_hop = IP4(10, 0, 0, 1);
    d->f.local_pref = local_pref;
    bgp_draft_prepend(d, 65002);
    bgp_draft_prepend(d, 65001);
    bgp_draft_add_community(d, BGP_NO_EXPORT);
    bgp_draft_add_community(d, BGP_COMMUNITY(65001, 7));
    bgp_draft_add_community(d, BGP_NO_EXPORT);
    bgp_draft_prepend_cluster(d, 77);
}

static void equal_ones_are_one_object(void)
{
    struct bgp_attrs t;
    struct bgp_draft d = {0};
    bgp_attrs_init(&t);
    fill(&d, 100);
    const struct bgp_attr *a = bgp_attr_intern(&t, &d);
    const struct bgp_attr *b = bgp_attr_intern(&t, &d);
    fill(&d, 101);
    const struct bgp_attr *c = bgp_attr_intern(&t, &d);
    CU_ASSERT_PTR_EQUAL(a, b);
    CU_ASSERT_PTR_NOT_EQUAL(a, c);
    CU_ASSERT_EQUAL(t.n, 2);
    bgp_attr_put(&t, a);
    CU_ASSERT_EQUAL(t.n, 2);
    bgp_attr_put(&t, b);
    CU_ASSERT_EQUAL(t.n, 1);
    bgp_attr_put(&t, c);
    CU_ASSERT_EQUAL(t.n, 0);
    bgp_draft_free(&d);
    bgp_attrs_free(&t);
}

// The same words split differently between the three lists are different attributes.
static void lists_do_not_run_together(void)
{
    struct bgp_attrs t;
    struct bgp_draft d = {0};
    const struct bgp_attr *a[3];
    bgp_attrs_init(&t);
    bgp_draft_prepend(&d, 9);
    a[0] = bgp_attr_intern(&t, &d);
    bgp_draft_clear(&d);
    bgp_draft_add_community(&d, 9);
    a[1] = bgp_attr_intern(&t, &d);
    bgp_draft_clear(&d);
    bgp_draft_prepend_cluster(&d, 9);
    a[2] = bgp_attr_intern(&t, &d);
    CU_ASSERT_EQUAL(t.n, 3);
    for (int i = 0; i < 3; i++)
        bgp_attr_put(&t, a[i]);
    bgp_draft_free(&d);
    bgp_attrs_free(&t);
}

static void load_gives_back_what_was_interned(void)
{
    struct bgp_attrs t;
    struct bgp_draft d = {0};
    bgp_attrs_init(&t);
    fill(&d, 100);
    bgp_draft_set_med(&d, 30);
    const struct bgp_attr *a = bgp_attr_intern(&t, &d);
    CU_ASSERT_EQUAL(a->npath, 2);
    CU_ASSERT_EQUAL(bgp_attr_path(a)[0], 65001);
    CU_ASSERT_EQUAL(a->ncommunities, 2);
    CU_ASSERT_TRUE(bgp_attr_communities(a)[0] < bgp_attr_communities(a)[1]);
    CU_ASSERT_TRUE(bgp_attr_has_community(a, BGP_NO_EXPORT));
    CU_ASSERT_FALSE(bgp_attr_has_community(a, BGP_NO_ADVERTISE));
    CU_ASSERT_TRUE(bgp_attr_has_as(a, 65002));
    CU_ASSERT_FALSE(bgp_attr_has_as(a, 77));
    CU_ASSERT_TRUE(bgp_attr_has_cluster(a, 77));
    // ORIGIN 4, AS_PATH 3+2+8, NEXT_HOP 7, MED 7, LOCAL_PREF 7, COMMUNITIES 3+8, CLUSTER_LIST 3+4
    CU_ASSERT_EQUAL(bgp_attr_wire_octets(a), 4 + 13 + 7 + 7 + 7 + 11 + 7);
    bgp_draft_clear(&d);
    bgp_draft_load(&d, a);
    const struct bgp_attr *b = bgp_attr_intern(&t, &d);
    CU_ASSERT_PTR_EQUAL(a, b);
    bgp_attr_put(&t, a);
    bgp_attr_put(&t, b);
    bgp_draft_free(&d);
    bgp_attrs_free(&t);
}

static void many_survive_growth(void)
{
    enum { N = 5000 };
    struct bgp_attrs t;
    struct bgp_draft d = {0};
    static const struct bgp_attr *a[N];
    int same = 0;
    bgp_attrs_init(&t);
    for (uint32_t i = 0; i < N; i++) {
        fill(&d, i);
        a[i] = bgp_attr_intern(&t, &d);
    }
    CU_ASSERT_EQUAL(t.n, N);
    for (uint32_t i = 0; i < N; i++) {
        fill(&d, i);
        const struct bgp_attr *again = bgp_attr_intern(&t, &d);
        same += again == a[i];
        bgp_attr_put(&t, again);
        bgp_attr_put(&t, a[i]);
    }
    CU_ASSERT_EQUAL(same, N);
    CU_ASSERT_EQUAL(t.n, 0);
    bgp_draft_free(&d);
    bgp_attrs_free(&t);
}

UNIT_MAIN("bgp-attr", {"equal_ones_are_one_object", equal_ones_are_one_object},
          {"lists_do_not_run_together", lists_do_not_run_together},
          {"load_gives_back_what_was_interned", load_gives_back_what_was_interned},
          {"many_survive_growth", many_survive_growth})
