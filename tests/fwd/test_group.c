// SPDX-License-Identifier: GPL-3.0-or-later
// What groups are made of: whole shares, buckets that move no more than they must, and the
// logarithm behind weighted rendezvous.
#include "fixture.h"
#include "fwd/group.h"
#include "fwd/rendezvous.h"
#include "fwd/shares.h"
#include <math.h>
#include <stdlib.h>

static int random_members(struct random *r, struct fwd_member *m, uint16_t most)
{
    int n = 0;
    for (uint32_t i = 0; i < FWD_MAX_ECMP; i++)
        if (random_below(r, 4) == 0)
            m[n++] = (struct fwd_member){i * 3, (uint16_t)(1 + random_below(r, most)), 0};
    if (n == 0)
        m[n++] = (struct fwd_member){1, 1, 0};
    return n;
}

static void shares_are_whole_and_fair(void)
{
    struct random r = {5};
    for (int round = 0; round < 5000; round++) {
        struct fwd_member m[FWD_MAX_ECMP];
        int n = random_members(&r, m, round & 1 ? 5 : 60000);
        struct group_shape s;
        group_shape_of(&s, FWD_SELECT_RESILIENT, m, n);
        uint32_t seats = s.total * (1 + random_below(&r, 3)), out[FWD_MAX_ECMP];
        shares_divide(s.members, n, seats, NULL, out); // exact where that is possible
        for (int i = 0; i < n; i++)
            CU_ASSERT_EQUAL(out[i], seats / s.total * s.members[i].weight);

        seats = (uint32_t)n * 4 + random_below(&r, 1000);
        shares_divide(s.members, n, seats, NULL, out);
        uint32_t sum = 0;
        bool forced = false; // a share below one place is rounded up, at others' expense
        for (int i = 0; i < n; i++)
            forced |= (uint64_t)seats * s.members[i].weight < s.total;
        for (int i = 0; i < n; i++) {
            double share = (double)seats * s.members[i].weight / s.total;
            sum += out[i];
            CU_ASSERT(out[i] >= 1);
            CU_ASSERT(forced || fabs(out[i] - share) < 1);
        }
        CU_ASSERT_EQUAL(sum, seats);
    }
}

// Of equal claims to a place that is left over, who holds it keeps it.
static void holders_keep_odd_places(void)
{
    const struct group_member m[] = {{1, 1, 0}, {2, 1, 0}, {3, 1, 0}};
    const uint32_t held[] = {5, 5, 6};
    uint32_t out[3];
    shares_divide(m, 3, 16, held, out);
    CU_ASSERT(out[0] == 5 && out[1] == 5 && out[2] == 6);
    shares_divide(m, 3, 16, NULL, out);
    CU_ASSERT(out[0] == 6 && out[1] == 5 && out[2] == 5);
}

static uint32_t count_of(const uint32_t *owners, uint32_t buckets, uint32_t nexthop)
{
    uint32_t n = 0;
    for (uint32_t b = 0; b < buckets; b++)
        n += owners[b] == nexthop;
    return n;
}

// A bucket moves when its owner is gone or gives up what is beyond its new share, and only then.
static void step(struct group *g, uint32_t *before, const struct group_shape *s)
{
    uint32_t buckets = g->resilient.buckets, moved = 0, needed = buckets;
    memcpy(before, g->resilient.owners, buckets * sizeof *before);
    group_update(g, s);
    const uint32_t *now = g->resilient.owners;
    uint32_t owned = 0;
    for (int i = 0; i < s->count; i++) {
        uint32_t nexthop = s->members[i].nexthop;
        uint32_t held = count_of(before, buckets, nexthop);
        uint32_t holds = count_of(now, buckets, nexthop);
        CU_ASSERT(holds >= 1);
        needed -= held < holds ? held : holds;
        owned += holds;
    }
    for (uint32_t b = 0; b < buckets; b++)
        moved += now[b] != before[b];
    CU_ASSERT_EQUAL(owned, buckets);
    CU_ASSERT_EQUAL(moved, needed);
}

static void buckets_move_only_when_they_must(void)
{
    struct random r = {9};
    for (uint32_t buckets = 256; buckets <= RESILIENT_BUCKETS_MAX; buckets *= 8) {
        struct fwd_member m[FWD_MAX_ECMP];
        struct group_shape s;
        group_shape_of(&s, FWD_SELECT_RESILIENT, m, random_members(&r, m, 9));
        struct group *g = group_new(&s, buckets), *twin = group_new(&s, buckets);
        uint32_t *before = fwd_memory_zeroed(buckets, sizeof *before);
        for (int i = 0; i < 40; i++) {
            group_shape_of(&s, FWD_SELECT_RESILIENT, m, random_members(&r, m, 9));
            step(g, before, &s);
            group_update(twin, &s);
        }
        CU_ASSERT_EQUAL(
            memcmp(g->resilient.owners, twin->resilient.owners, buckets * sizeof *before), 0);
        memcpy(before, g->resilient.owners, buckets * sizeof *before);
        group_update(g, &s); // the same again changes nothing
        CU_ASSERT_EQUAL(memcmp(g->resilient.owners, before, buckets * sizeof *before), 0);
        free(before);
        group_free(g);
        group_free(twin);
    }
}

// Falls all the way from 64 to almost 0, exact at powers of two, and nowhere too small nor more
// than 0.1 % (and its last digits) too large.
static void logarithm(void)
{
    CU_ASSERT_EQUAL(rendezvous_log(0), 64 * RENDEZVOUS_LOG_ONE);
    for (unsigned k = 0; k < 64; k++)
        CU_ASSERT_EQUAL(rendezvous_log(UINT64_C(1) << k), (64 - k) * RENDEZVOUS_LOG_ONE);
    CU_ASSERT(rendezvous_log(UINT64_MAX) <= 1);
    uint64_t last = rendezvous_log(UINT64_MAX);
    for (uint64_t i = 1; i < 100000; i++) {
        uint64_t u = UINT64_MAX - i * (UINT64_MAX / 100000);
        uint64_t got = rendezvous_log(u);
        double exact = (64 - log2((double)u)) * (double)RENDEZVOUS_LOG_ONE;
        CU_ASSERT((double)got > exact - 4 && (double)got < exact * 1.001 + 4);
        CU_ASSERT(got >= last);
        last = got;
    }
}

UNIT_MAIN("group", {"shares-are-whole-and-fair", shares_are_whole_and_fair},
          {"holders-keep-odd-places", holders_keep_odd_places},
          {"buckets-move-only-when-they-must", buckets_move_only_when_they_must},
          {"logarithm", logarithm})
