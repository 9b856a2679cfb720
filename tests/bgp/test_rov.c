// SPDX-License-Identifier: GPL-3.0-or-later
// Origin validation: the trie against a scan of all VRPs, and what RFC 6811 says of origins.
#include "unit.h"
#include "world.h"

#include "base/rng.h"
#include "bgp/rov.h"

static enum bgp_validity scan(const struct bgp_vrp *v, size_t n, struct prefix p, uint32_t origin)
{
    enum bgp_validity state = BGP_ROV_NOT_FOUND;
    for (size_t i = 0; i < n; i++) {
        if (v[i].prefix.len > p.len || !prefix_has(v[i].prefix, p.addr))
            continue;
        if (v[i].asn == origin && origin && p.len <= v[i].max_length)
            return BGP_ROV_VALID;
        state = BGP_ROV_INVALID;
    }
    return state;
}

static struct prefix random_prefix(gsl_rng *r, uint8_t least, uint8_t most)
{
    struct prefix p;
    p.len = (uint8_t)(least + gsl_rng_uniform_int(r, (unsigned)(most - least) + 1));
    p.addr = (ip4_addr)(gsl_rng_uniform_int(r, 4) << 30 | gsl_rng_uniform_int(r, 64) << 18) &
             prefix_mask(p.len);
    return p;
}

static void trie_agrees_with_a_scan(void)
{
    enum { VRPS = 300, LOOKUPS = 20000 };
    struct bgp_vrp v[VRPS];
    unsigned seen[3] = {0};
    gsl_rng *r = rng_stream(7, "rov", "test");
    for (int i = 0; i < VRPS; i++) {
        v[i].prefix = random_prefix(r, 6, 24);
        v[i].max_length = (uint8_t)(v[i].prefix.len + gsl_rng_uniform_int(r, 4));
        v[i].asn = (uint32_t)gsl_rng_uniform_int(r, 5);
    }
    struct bgp_rov *rov = bgp_rov_new(v + 3, VRPS - 3);
    for (int i = 0; i < LOOKUPS; i++) {
        struct prefix p = random_prefix(r, 0, 32);
        uint32_t origin = (uint32_t)gsl_rng_uniform_int(r, 6);
        enum bgp_validity want = scan(v + 3, VRPS - 3, p, origin);
        CU_ASSERT_EQUAL(bgp_rov_state(rov, p, origin), want);
        seen[want]++;
    }
    CU_ASSERT(seen[0] && seen[1] && seen[2]);
    CU_ASSERT_EQUAL(bgp_rov_state(NULL, world_prefix, 1), BGP_ROV_NOT_FOUND);
    bgp_rov_free(rov);
    gsl_rng_free(r);
}

static void origin_is_the_last_of_a_sequence(void)
{
    struct bgp_draft d = {0};
    CU_ASSERT_EQUAL(bgp_rov_origin(&d, 9), 9);
    bgp_draft_prepend_confed(&d, 65001);
    CU_ASSERT_EQUAL(bgp_rov_origin(&d, 9), 9);
    bgp_draft_clear(&d);
    bgp_draft_prepend(&d, 2);
    bgp_draft_prepend(&d, 1);
    CU_ASSERT_EQUAL(bgp_rov_origin(&d, 9), 2);
    vec_push(&d.path, 3);
    vec_push(&d.segments, BGP_SEGMENT(BGP_AS_SEQUENCE, 2));
    vec_push(&d.segments, BGP_SEGMENT(BGP_AS_SET, 1));
    CU_ASSERT_EQUAL(bgp_rov_origin(&d, 9), 0);
    bgp_draft_free(&d);
}

// The hijacker 2 originates 0's prefix; 1, who validates, keeps the true one.
static void invalid_routes_are_refused(void)
{
    const struct bgp_vrp vrp = {world_prefix, 24, 1};
    for (int validates = 0; validates < 2; validates++) {
        struct world *w = world_new(1);
        struct bgp_rov *rov = bgp_rov_new(&vrp, 1);
        w->speaker.rov = rov;
        for (uint32_t i = 1; i < 4; i++)
            world_add(w, i);
        w->a_side.policy.drop_invalid = validates;
        world_link(w, 1, 0, BGP_REL_PROVIDER);
        world_link(w, 1, 2, BGP_REL_CUSTOMER);
        bgp_originate(w->bgp, 0, world_prefix);
        bgp_originate(w->bgp, 2, world_prefix);
        world_run(w, 10 * SECOND);
        CU_ASSERT_STRING_EQUAL(world_path(w, 1), validates ? "1" : "3");
        world_free(w);
        bgp_rov_free(rov);
    }
}

UNIT_MAIN("bgp-rov", {"trie_agrees_with_a_scan", trie_agrees_with_a_scan},
          {"origin_is_the_last_of_a_sequence", origin_is_the_last_of_a_sequence},
          {"invalid_routes_are_refused", invalid_routes_are_refused})
