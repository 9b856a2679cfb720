// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "anycast/audience.h"

#include <math.h>

#define S PS_PER_S

// Runs the audience from `from_ps` to `to_ps`: who is due is told `site` for `ttl_ps`.
static void run(struct audience *a, int site, int64_t ttl_ps, int64_t to_ps)
{
    struct namecache_says says = {site, ttl_ps};
    for (;;) {
        int next = -1;
        for (int i = 0; i < audience_classes(a); i++)
            if (audience_class(a, i)->until_ps <= to_ps &&
                (next < 0 || audience_class(a, i)->until_ps < audience_class(a, next)->until_ps))
                next = i;
        if (next < 0)
            return;
        audience_told(a, next, &says, audience_class(a, next)->until_ps);
    }
}

static struct audience *told(const struct audience_options *o, int site)
{
    struct audience *a = audience_new(o, 60 * S, 0);
    CU_ASSERT_DOUBLE_EQUAL(audience_share(a, NAMECACHE_NOBODY), 1, 1e-12);
    for (int i = 0; i < audience_classes(a); i++)
        audience_assume(a, i, site);
    return a;
}

static const struct audience_part one[] = {{.share = 1, .caches = 600}};

static void shares_add_up(void)
{
    const struct audience_part parts[] = {{0.7, 10, 0.5}, {0.25, 3, 0.1}, {0.05, 1, 0}};
    struct audience_options o = {parts, 3, 0.15, 100 * S};
    struct audience *a = told(&o, 4);
    double got[3] = {0}, holding = 0;
    const int n = 200000;
    CU_ASSERT_DOUBLE_EQUAL(audience_share(a, 4), 1, 1e-12);
    for (int i = 0; i < n; i++) {
        const struct audience_class *c = audience_class(a, audience_of(a, (double)i / n));
        got[c->part] += 1.0 / n;
        holding += c->holds ? 1.0 / n : 0;
    }
    for (int k = 0; k < 3; k++)
        CU_ASSERT_DOUBLE_EQUAL(got[k], parts[k].share, 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(holding, 0.15, 1e-3);
    CU_ASSERT_EQUAL(audience_of(a, 0.9999999), audience_classes(a) - 1 - AUDIENCE_HOLDERS);
    audience_free(a);
}

// After a change the old answer's share falls linearly over one time to live to the share that
// ignores it, and over one hold to nothing.
static void law_of_the_population(void)
{
    struct audience_options o = {one, 1, 0.2, 600 * S};
    struct audience *a = told(&o, 0);
    const int64_t change_ps = 1000 * S + 7 * S;
    run(a, 0, 60 * S, change_ps);
    for (int t = 0; t <= 700; t += 5) {
        run(a, 1, 60 * S, change_ps + t * S);
        double followers = t < 60 ? 0.8 * (1 - t / 60.0) : 0;
        double holders = t < 600 ? 0.2 * (1 - t / 600.0) : 0;
        CU_ASSERT_DOUBLE_EQUAL(audience_share(a, 0), followers + holders, 0.2 / 32 + 0.8 / 600);
    }
    CU_ASSERT_DOUBLE_EQUAL(audience_share(a, 1), 1, 1e-12);
    audience_free(a);
}

// Behind a single cache all change at once.
static void one_cache_is_a_step(void)
{
    const struct audience_part single[] = {{1, 1, 0.25}};
    struct audience_options o = {single, 1, 0, 0};
    struct audience *a = told(&o, 0);
    run(a, 1, 60 * S, 15 * S - 1);
    CU_ASSERT_EQUAL(audience_share(a, 0), 1);
    run(a, 1, 60 * S, 15 * S);
    CU_ASSERT_EQUAL(audience_share(a, 1), 1);
    audience_free(a);
}

static void no_answer(void)
{
    struct audience_options o = {one, 1, 0.2, 600 * S};
    struct audience *a = told(&o, 0);
    run(a, NAMECACHE_NOBODY, 5 * S, 599 * S);
    CU_ASSERT_DOUBLE_EQUAL(audience_share(a, NAMECACHE_NOBODY), 0.8, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(audience_share(a, 0), 0.2, 1e-12);
    run(a, 0, 60 * S, 700 * S);
    CU_ASSERT_DOUBLE_EQUAL(audience_share(a, 0), 1, 1e-12);
    audience_free(a);
}

UNIT_MAIN("audience", {"shares add up", shares_add_up},
          {"law of the population", law_of_the_population},
          {"one cache is a step", one_cache_is_a_step}, {"no answer", no_answer})
