// SPDX-License-Identifier: GPL-3.0-or-later
// curve: straight lines between points, and over midnight.
#include "unit.h"

#include "base/curve.h"
#include "base/units.h"

#define HOUR (INT64_C(3600) * PS_PER_S)

static void lines(void)
{
    static const struct curve_point points[] = {
        {4 * HOUR, 100000}, {20 * HOUR, 900000}, {22 * HOUR, 1000000}};
    const struct curve c = {points, 3};
    CU_ASSERT_EQUAL(curve_ppm(&c, 4 * HOUR), 100000);
    CU_ASSERT_EQUAL(curve_ppm(&c, 12 * HOUR), 500000);
    CU_ASSERT_EQUAL(curve_ppm(&c, 21 * HOUR), 950000);
    CU_ASSERT_EQUAL(curve_ppm(&c, 22 * HOUR), 1000000);
    // From 22 h to 4 h it falls by 150000 an hour.
    CU_ASSERT_EQUAL(curve_ppm(&c, 23 * HOUR), 850000);
    CU_ASSERT_EQUAL(curve_ppm(&c, 0), 700000);
    CU_ASSERT_EQUAL(curve_ppm(&c, 3 * HOUR), 250000);
    CU_ASSERT_EQUAL(curve_ppm(&c, CURVE_DAY_PS + 12 * HOUR), 500000);
    CU_ASSERT_EQUAL(curve_ppm(&c, -12 * HOUR), 500000);
}

static void one_point(void)
{
    static const struct curve_point point = {7 * HOUR, 123};
    const struct curve c = {&point, 1};
    for (int h = 0; h < 24; h++)
        CU_ASSERT_EQUAL(curve_ppm(&c, h * HOUR), 123);
}

UNIT_MAIN("curve", {"lines", lines}, {"one_point", one_point})
