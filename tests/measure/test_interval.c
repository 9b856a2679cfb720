// SPDX-License-Identifier: GPL-3.0-or-later
// Confidence intervals against figures worked out by hand with a table of Student's t.
#include "measure/interval.h"
#include "unit.h"

#include <math.h>

// 4, 5 and 6: mean 5, s = 1, t(2) = 4.3027: 5 ± 2.4841.
static void three_values(void)
{
    static const double v[] = {4, 6, 5};
    struct interval i = interval_of(v, 3);
    CU_ASSERT_DOUBLE_EQUAL(i.mean, 5, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(i.stddev, 1, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(i.low, 5 - 2.48414, 1e-5);
    CU_ASSERT_DOUBLE_EQUAL(i.high, 5 + 2.48414, 1e-5);
    CU_ASSERT_EQUAL(i.least, 4);
    CU_ASSERT_EQUAL(i.greatest, 6);
}

// 1 to 10: mean 5.5, s = 3.02765, t(9) = 2.26216: 5.5 ± 2.16585.
static void ten_values(void)
{
    static const double v[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    struct interval i = interval_of(v, 10);
    CU_ASSERT_DOUBLE_EQUAL(i.stddev, 3.02765, 1e-5);
    CU_ASSERT_DOUBLE_EQUAL(i.high - i.mean, 2.16585, 1e-5);
    CU_ASSERT_DOUBLE_EQUAL(i.mean - i.low, 2.16585, 1e-5);
}

static void too_few(void)
{
    static const double v[] = {7};
    struct interval i = interval_of(v, 1);
    CU_ASSERT_EQUAL(i.mean, 7);
    CU_ASSERT(isnan(i.stddev) && isnan(i.low) && isnan(i.high));
    i = interval_of(v, 0);
    CU_ASSERT(isnan(i.mean) && isnan(i.least));
}

// Equal values: no width at all.
static void no_spread(void)
{
    static const double v[] = {3, 3, 3};
    struct interval i = interval_of(v, 3);
    CU_ASSERT_EQUAL(i.low, 3);
    CU_ASSERT_EQUAL(i.high, 3);
}

UNIT_MAIN("measure/interval", {"three_values", three_values}, {"ten_values", ten_values},
          {"too_few", too_few}, {"no_spread", no_spread})
