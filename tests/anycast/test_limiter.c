// SPDX-License-Identifier: GPL-3.0-or-later
// A rate for each source, for traffic that stands for more of its kind.
#include "anycast/limiter.h"
#include "unit.h"

#include <math.h>

#define S INT64_C(1000000000000)

// Ten offers a second of `bits` each, for a window; the share that the last of them loses.
static double window(struct limiter *l, uint64_t source, double bits, int64_t second)
{
    double share = 0;
    for (int i = 0; i < 10; i++)
        share = limiter_offer(l, source, bits, second * S + i * S / 10);
    return share;
}

static void the_excess_is_lost_in_the_next_window(void)
{
    struct limiter l;
    limiter_init(&l, 1000);
    CU_ASSERT_EQUAL(window(&l, 7, 400, 0), 0); // 4000 bit/s, seen only afterwards
    CU_ASSERT(fabs(window(&l, 7, 400, 1) - 0.75) < 1e-12);
    CU_ASSERT(fabs(window(&l, 7, 50, 2) - 0.75) < 1e-12); // it was as much in the window before
    CU_ASSERT_EQUAL(window(&l, 7, 50, 3), 0);
    limiter_free(&l);
}

static void sources_do_not_hurt_each_other(void)
{
    struct limiter l;
    limiter_init(&l, 1000);
    for (int64_t t = 0; t < 3; t++) {
        window(&l, 7, 4000, t);
        CU_ASSERT_EQUAL(window(&l, 8, 100, t), 0); // exactly the rate
    }
    CU_ASSERT(window(&l, 7, 4000, 3) > 0.9);
    limiter_free(&l);
}

static void silence_is_forgiven(void)
{
    struct limiter l;
    limiter_init(&l, 1000);
    window(&l, 7, 4000, 0);
    CU_ASSERT_EQUAL(window(&l, 7, 4000, 2), 0);
    limiter_free(&l);
}

UNIT_MAIN("limiter",
          {"the_excess_is_lost_in_the_next_window", the_excess_is_lost_in_the_next_window},
          {"sources_do_not_hurt_each_other", sources_do_not_hurt_each_other},
          {"silence_is_forgiven", silence_is_forgiven})
