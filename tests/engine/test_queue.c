// SPDX-License-Identifier: GPL-3.0-or-later
// queue: against a sorted list, and the places where a radix heap may go wrong.
#include "unit.h"

#include "base/rng.h"
#include "engine/queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPERATIONS 100000
#define CAPACITY   4096

static struct event_item event(int64_t at_ps, uint64_t tie)
{
    return (struct event_item){.at_ps = at_ps, .tie = tie, .arg = tie * 3 + 1};
}

static bool before(const struct event_item *a, const struct event_item *b)
{
    return a->at_ps != b->at_ps ? a->at_ps < b->at_ps : a->tie < b->tie;
}

// The oracle: an array in descending order, so that the first event is its last element.
struct list {
    struct event_item v[CAPACITY];
    size_t n;
};

static void list_add(struct list *l, struct event_item e)
{
    size_t i = l->n++;
    for (; i > 0 && before(&l->v[i - 1], &e); i--)
        l->v[i] = l->v[i - 1];
    l->v[i] = e;
}

static bool list_take(struct list *l, int64_t until_ps, struct event_item *out)
{
    if (l->n == 0 || l->v[l->n - 1].at_ps > until_ps)
        return false;
    *out = l->v[--l->n];
    return true;
}

static bool same(const struct event_item *a, const struct event_item *b)
{
    return a->at_ps == b->at_ps && a->tie == b->tie && a->dst == b->dst && a->arg == b->arg;
}

// Increments as networks have them: none, a few ps, a serialisation, a timer; `shape` mixes them.
static int64_t increment(gsl_rng *r, int shape)
{
    switch (gsl_rng_uniform_int(r, shape ? 4 : 2)) {
    case 0:
        return 0;
    case 1:
        return (int64_t)gsl_rng_uniform_int(r, 4);
    case 2:
        return (int64_t)gsl_rng_uniform_int(r, 1200000);
    default:
        return (int64_t)gsl_rng_get(r) << gsl_rng_uniform_int(r, 18);
    }
}

// Random monotone operations; limits are often short of the first event, and then earlier events
// are still added.
static void random_operations(uint64_t seed, int shape)
{
    static struct list l;
    static struct entity *const dst = NULL;
    struct queue q;
    gsl_rng *r = rng_stream(seed, "queue", "operations");
    unsigned bad = 0, taken = 0, refused = 0;
    int64_t now = 0, refused_until = 0;
    l.n = 0;
    queue_init(&q);
    for (unsigned i = 0; i < OPERATIONS; i++) {
        struct event_item e, wanted;
        if (l.n < CAPACITY && gsl_rng_uniform_int(r, 200) > l.n % 200 / 2 + 50) {
            // Ties in random order, not in that of insertion; unique by the low bits.
            e = event(now + increment(r, shape), (uint64_t)gsl_rng_get(r) << 32 | i);
            e.dst = dst;
            queue_add(&q, &e);
            list_add(&l, e);
            continue;
        }
        int64_t until = gsl_rng_uniform_int(r, 3) ? INT64_MAX : now + increment(r, shape);
        bool got = queue_take(&q, until, &e), due = list_take(&l, until, &wanted);
        bad += got != due || (got && !same(&e, &wanted)) || q.n != l.n;
        taken += got;
        refused += !got && l.n > 0;
        if (got)
            now = e.at_ps;
        else if (until != INT64_MAX && until > refused_until)
            now = refused_until = until; // the clock moves on to the limit, as in sim_run
    }
    for (struct event_item e, wanted; list_take(&l, INT64_MAX, &wanted);)
        bad += !queue_take(&q, INT64_MAX, &e) || !same(&e, &wanted);
    CU_ASSERT_EQUAL(bad, 0);
    CU_ASSERT(q.n == 0 && q.used == 0);
    CU_ASSERT(taken > OPERATIONS / 4 && refused > 50);
    if (bad || taken <= OPERATIONS / 4 || refused <= 50)
        printf("\n  seed %" PRIu64 ", shape %d: %u wrong, %u taken, %u refused\n", seed, shape, bad,
               taken, refused);
    queue_free(&q);
    gsl_rng_free(r);
}

static void against_a_sorted_list(void)
{
    for (uint64_t seed = 1; seed <= 4; seed++)
        random_operations(seed, 1);
}

static void many_equal_times(void)
{
    for (uint64_t seed = 1; seed <= 4; seed++)
        random_operations(seed, 0);
}

static void nothing_in_it(void)
{
    struct queue q;
    struct event_item e = event(7, 7);
    queue_init(&q);
    CU_ASSERT_FALSE(queue_take(&q, INT64_MAX, &e));
    CU_ASSERT(e.at_ps == 7 && e.tie == 7);
    queue_free(&q);
}

// The limit itself is included; what lies behind it stays, and earlier events may still come.
static void limits(void)
{
    struct queue q;
    struct event_item e, out;
    queue_init(&q);
    for (int64_t t = 100; t <= 300; t += 100)
        e = event(t, (uint64_t)t), queue_add(&q, &e);
    CU_ASSERT_FALSE(queue_take(&q, 99, &out));
    CU_ASSERT(queue_take(&q, 100, &out) && out.at_ps == 100);
    CU_ASSERT_FALSE(queue_take(&q, 199, &out));
    CU_ASSERT_FALSE(queue_take(&q, 100, &out));
    e = event(100, 1); // at the time of the event taken last: as early as may be
    queue_add(&q, &e);
    e = event(150, 2);
    queue_add(&q, &e);
    CU_ASSERT_FALSE(queue_take(&q, 99, &out));
    CU_ASSERT(queue_take(&q, 199, &out) && out.at_ps == 100 && out.tie == 1);
    CU_ASSERT(queue_take(&q, 199, &out) && out.at_ps == 150);
    CU_ASSERT_FALSE(queue_take(&q, 199, &out));
    CU_ASSERT(queue_take(&q, INT64_MAX, &out) && out.at_ps == 200);
    CU_ASSERT(queue_take(&q, INT64_MAX, &out) && out.at_ps == 300);
    CU_ASSERT_FALSE(queue_take(&q, INT64_MAX, &out));
    queue_free(&q);
}

// Ties decide among equal times, as unsigned numbers, whatever the order of insertion.
static void ties(void)
{
    static const uint64_t sorted[] = {
        0,         1, 2, UINT64_C(1) << 31, UINT64_C(1) << 32, UINT64_C(1) << 62, UINT64_C(1) << 63,
        UINT64_MAX};
    enum { N = sizeof sorted / sizeof sorted[0] };
    for (unsigned stride = 1; stride < N; stride += 2) // odd: a permutation of eight
        for (unsigned direct = 0; direct < 2; direct++) {
            struct queue q;
            struct event_item e, out;
            queue_init(&q);
            if (direct) { // straight into bucket 0
                e = event(5000, 0);
                queue_add(&q, &e);
                queue_take(&q, INT64_MAX, &out);
            }
            for (unsigned i = 0; i < N; i++)
                e = event(5000, sorted[i * stride % N]), queue_add(&q, &e);
            for (unsigned i = 0; i < N; i++)
                CU_ASSERT(queue_take(&q, 5000, &out) && out.tie == sorted[i] && out.at_ps == 5000);
            queue_free(&q);
        }
}

// One event in every bucket, up to the last bit of time, and the first of them at every power.
static void redistribution(void)
{
    struct queue q;
    struct event_item e, out;
    queue_init(&q);
    e = event(INT64_MAX, 1);
    queue_add(&q, &e);
    for (int bit = 62; bit >= 0; bit--)
        for (int64_t off = 2; off >= -2; off--) {
            int64_t t = (INT64_C(1) << bit) + off;
            e = event(t < 0 ? 0 : t, (uint64_t)(bit * 8 + off + 2));
            queue_add(&q, &e);
        }
    size_t n = q.n, wrong = 0;
    struct event_item last = event(-1, 0);
    for (size_t i = 0; i < n; i++) {
        wrong += !queue_take(&q, INT64_MAX, &out) || !before(&last, &out);
        wrong += q.n != n - i - 1 || q.last_ps != out.at_ps;
        last = out;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(q.n == 0 && last.at_ps == INT64_MAX);
    queue_free(&q);
}

// A full bucket moves down at once and every one of its events arrives in a lower bucket.
static void events_only_move_down(void)
{
    struct queue q;
    struct event_item e, out;
    queue_init(&q);
    for (uint64_t i = 0; i < 1024; i++)
        e = event((int64_t)(1024 + i * 397 % 1024), i), queue_add(&q, &e);
    CU_ASSERT_EQUAL(q.bucket[11].n, 1024); // 1024..2047 differ from 0 in bit 10 first
    CU_ASSERT(queue_take(&q, INT64_MAX, &out) && out.at_ps == 1024);
    CU_ASSERT_EQUAL(q.bucket[11].n, 0);
    for (unsigned k = 1; k <= 10; k++)
        CU_ASSERT_EQUAL(q.bucket[k].n, UINT64_C(1) << (k - 1));
    for (int64_t t = 1025; t < 2048; t++)
        CU_ASSERT(queue_take(&q, t, &out) && out.at_ps == t);
    CU_ASSERT_EQUAL(q.n, 0);
    queue_free(&q);
}

UNIT_MAIN("queue", {"against_a_sorted_list", against_a_sorted_list},
          {"many_equal_times", many_equal_times}, {"nothing_in_it", nothing_in_it},
          {"limits", limits}, {"ties", ties}, {"redistribution", redistribution},
          {"events_only_move_down", events_only_move_down})
