// SPDX-License-Identifier: GPL-3.0-or-later
// The last decision is used again for the same candidates, and for nothing else; peers are told in
// the order that prefix after prefix would have given.
#include "unit.h"
#include "world.h"

#include "bgp/instance.h"
#include "bgp/memo.h"
#include "field.h"

enum { N = 3 };

struct bed {
    struct field field;
    struct bgp_decision decision;
    struct bgp_memo memo;
    struct bgp_rib_entry entry;
};

static void set_up(struct bed *b)
{
    *b = (struct bed){.entry.n = N, .entry.best = 1};
    bgp_decision_init(&b->decision, &(struct bgp_decide_options){.med_missing_as_worst = false});
    field_init(&b->field);
    for (uint32_t i = 0; i < N; i++)
        field_add(&b->field, &(struct candidate){.path = {1 + i},
                                                 .npath = 1,
                                                 .next_hop = 1 + i,
                                                 .peer_id = 1 + i,
                                                 .peer_addr = 1 + i,
                                                 .best = i == 1});
    b->entry.candidates = b->field.routes;
    bgp_memo_keep(&b->memo, &b->field.attrs, &b->decision, &b->entry, true, 2);
}

static bool knows(const struct bed *b, bool idle, int arrived)
{
    return bgp_memo_knows(&b->memo, &b->field.attrs, &b->decision, &b->entry, idle, arrived);
}

static void tear_down(struct bed *b)
{
    bgp_memo_free(&b->memo);
    field_free(&b->field);
}

static void the_same_candidates_are_known(void)
{
    struct bed b;
    set_up(&b);
    CU_ASSERT_TRUE(knows(&b, true, 2));
    CU_ASSERT_FALSE(knows(&b, false, 2));
    CU_ASSERT_FALSE(knows(&b, true, 1));
    b.entry.candidates[0].igp_metric++;
    CU_ASSERT_FALSE(knows(&b, true, 2));
    b.entry.candidates[0].igp_metric--;
    b.entry.candidates[2].since_ps++;
    CU_ASSERT_FALSE(knows(&b, true, 2));
    b.entry.candidates[2].since_ps--;
    b.entry.n = 2;
    CU_ASSERT_FALSE(knows(&b, true, 2));
    b.entry.n = N;
    b.entry.best = 0;
    CU_ASSERT_FALSE(knows(&b, true, 2));
    b.entry.best = 1;
    CU_ASSERT_TRUE(knows(&b, true, 2));
    bgp_memo_forget(&b.memo);
    CU_ASSERT_FALSE(knows(&b, true, 2));
    tear_down(&b);
}

// The memory of attributes that have ended may come back as others.
static void nothing_outlives_attributes(void)
{
    struct bed b;
    struct bgp_draft d = {0};
    set_up(&b);
    bgp_draft_set_med(&d, 77);
    bgp_attr_put(&b.field.attrs, bgp_attr_intern(&b.field.attrs, &d));
    CU_ASSERT_FALSE(knows(&b, true, 2));
    bgp_draft_free(&d);
    tear_down(&b);
}

static void two_candidates_are_not_worth_it(void)
{
    struct bed b;
    set_up(&b);
    b.entry.n = 2;
    bgp_memo_keep(&b.memo, &b.field.attrs, &b.decision, &b.entry, true, 1);
    CU_ASSERT_FALSE(knows(&b, true, 1));
    tear_down(&b);
}

// --- The order in which peers become dirty

// Router 0 has peers 1 (a provider), 2 (a customer) and 3 (a provider). A route of the provider is
// for the customer alone, its own for all: noted in this order, the customer comes first.
static void peers_are_told_in_order_of_the_news(void)
{
    struct world *w = world_new(1);
    for (uint32_t r = 0; r < 4; r++)
        world_add(w, 1 + r);
    world_link(w, 0, 1, BGP_REL_PROVIDER);
    world_link(w, 0, 2, BGP_REL_CUSTOMER);
    world_link(w, 0, 3, BGP_REL_PROVIDER);
    bgp_originate(w->bgp, 1, world_prefix);
    world_run(w, 100 * SECOND);
    struct bgp_speaker *s = w->speakers.v[0];
    uint32_t heard = bgp_prefixes_find(&w->bgp->prefixes, world_prefix);
    uint32_t own = bgp_prefixes_add(&w->bgp->prefixes, (struct prefix){IP4(198, 51, 100, 0), 24});
    bgp_speaker_originate(s, own);
    CU_ASSERT_EQUAL(s->dirty.n, 0);
    bgp_news_note(s, heard, true);
    bgp_news_note(s, own, true);
    bgp_news_spread(s);
    CU_ASSERT_EQUAL_FATAL(s->dirty.n, 3);
    CU_ASSERT_PTR_EQUAL(s->dirty.v[0], s->peers.v[1]);
    CU_ASSERT_PTR_EQUAL(s->dirty.v[1], s->peers.v[0]);
    CU_ASSERT_PTR_EQUAL(s->dirty.v[2], s->peers.v[2]);
    CU_ASSERT_EQUAL(s->news.v.n, 0);
    bgp_speaker_flush(s);
    world_free(w);
}

UNIT_MAIN("bgp-memo", {"the_same_candidates_are_known", the_same_candidates_are_known},
          {"nothing_outlives_attributes", nothing_outlives_attributes},
          {"two_candidates_are_not_worth_it", two_candidates_are_not_worth_it},
          {"peers_are_told_in_order_of_the_news", peers_are_told_in_order_of_the_news})
