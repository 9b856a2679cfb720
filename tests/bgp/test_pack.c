// SPDX-License-Identifier: GPL-3.0-or-later
// What is packed once for many: clients that are told the same get the same message.
#include "unit.h"
#include "world.h"

#include "bgp/instance.h"

enum { REFLECTOR, CLIENT1, CLIENT2, CLIENT3, ODD, EXIT };

static const struct prefix other = {IP4(198, 51, 100, 0), 24};

static bool hides_from_odd(void *ctx, uint32_t router, uint32_t peer, struct prefix p,
                           struct bgp_draft *d)
{
    (void)ctx, (void)router, (void)d;
    return peer != ODD || !prefix_equal(p, world_prefix);
}

// The UPDATE that is on its way from the reflector to a client.
static const struct bgp_message *underway(const struct world *w, uint32_t client)
{
    const struct bgp_pipe *p = &w->speakers.v[REFLECTOR]->peers.v[client - CLIENT1]->pipe;
    for (size_t i = p->head; i < p->q.n; i++)
        if (p->q.v[i].message->kind == BGP_MSG_UPDATE)
            return p->q.v[i].message;
    return NULL;
}

static struct world *reflected(void)
{
    struct world *w = world_new(1);
    w->delay_ps = SECOND;
    world_add_reflector(w, 1, 0);
    for (uint32_t i = CLIENT1; i <= ODD; i++)
        world_add(w, 1);
    world_add(w, 2);
    for (uint32_t i = CLIENT1; i <= ODD; i++)
        world_link(w, REFLECTOR, i, BGP_REL_IBGP_CLIENT);
    world_link(w, REFLECTOR, EXIT, BGP_REL_PEER);
    bgp_filters(w->bgp, REFLECTOR, NULL, hides_from_odd, NULL);
    world_run(w, 100 * SECOND);
    return w;
}

static void equal_messages_are_one(void)
{
    struct world *w = reflected();
    bgp_originate(w->bgp, EXIT, world_prefix);
    bgp_originate(w->bgp, EXIT, other);
    world_run(w, 101 * SECOND + SECOND / 2);
    const struct bgp_message *m = underway(w, CLIENT1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(m);
    CU_ASSERT_PTR_EQUAL(underway(w, CLIENT2), m);
    CU_ASSERT_PTR_EQUAL(underway(w, CLIENT3), m);
    const struct bgp_message *odd = underway(w, ODD);
    CU_ASSERT_TRUE(odd != m);
    world_run(w, 200 * SECOND);
    for (uint32_t i = CLIENT1; i <= CLIENT3; i++)
        CU_ASSERT_STRING_EQUAL(world_path(w, i), "2");
    CU_ASSERT_STRING_EQUAL(world_path(w, ODD), "none");
    CU_ASSERT_PTR_NOT_NULL(bgp_best(w->bgp, ODD, other));
    world_free(w);
}

// The same prefixes again, but with other attributes or withdrawn, are another message.
static void other_messages_are_not(void)
{
    struct world *w = reflected();
    bgp_originate(w->bgp, EXIT, world_prefix);
    world_run(w, 150 * SECOND);
    CU_ASSERT_STRING_EQUAL(world_path(w, CLIENT1), "2");
    bgp_drain(w->bgp, EXIT, world_prefix, true); // LOCAL_PREF 0 from now on
    world_run(w, 200 * SECOND);
    CU_ASSERT_TRUE(bgp_attr_has_community(bgp_best(w->bgp, CLIENT1, world_prefix)->attr,
                                          BGP_GRACEFUL_SHUTDOWN));
    bgp_withdraw(w->bgp, EXIT, world_prefix);
    world_run(w, 250 * SECOND);
    for (uint32_t i = CLIENT1; i <= CLIENT3; i++)
        CU_ASSERT_STRING_EQUAL(world_path(w, i), "none");
    bgp_originate(w->bgp, EXIT, world_prefix);
    world_run(w, 300 * SECOND);
    for (uint32_t i = CLIENT1; i <= CLIENT3; i++)
        CU_ASSERT_STRING_EQUAL(world_path(w, i), "2");
    world_free(w);
}

UNIT_MAIN("bgp-pack", {"equal_messages_are_one", equal_messages_are_one},
          {"other_messages_are_not", other_messages_are_not})
