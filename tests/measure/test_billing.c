// SPDX-License-Identifier: GPL-3.0-or-later
// Billing by percentile: which points are dropped, which is billed.
#include "base/arena.h"
#include "measure/billing.h"
#include "unit.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define MONTH 8640 // 30 days of points of 5 minutes
#define P95   950000

// A month in which no two points are alike, in an order that is not theirs.
static double *month(void)
{
    double *points = xcalloc(MONTH, sizeof *points);
    for (int i = 0; i < MONTH; i++)
        points[i] = (double)((i * 4801) % MONTH + 1); // 4801 and 8640 have no common factor
    return points;
}

static void a_month_of_points(void)
{
    double *points = month();
    // The values are 1 to 8640: without the highest 432 the highest is 8208.
    int dropped = billing_dropped(MONTH, P95);
    double billed = billing_percentile(points, MONTH, P95);
    bool exact = dropped == 432 && billed == 8208;
    printf("row 38: expected 8640 points, the top 432 dropped, the 433rd billed (8208), obtained "
           "%d points, the top %d dropped, %.17g billed: %s\n",
           MONTH, dropped, billed, exact ? "ok" : "FAILED");
    CU_ASSERT_TRUE(exact);
    CU_ASSERT_EQUAL(points[0], MONTH);
    CU_ASSERT_EQUAL(points[431], MONTH - 431);
    free(points);
}

static void peaks_of_a_day_and_a_half_are_free(void)
{
    double *points = xcalloc(MONTH, sizeof *points);
    for (int i = 0; i < MONTH; i++)
        points[i] = i >= 1000 && i < 1000 + 432 ? 1e9 : 1e6; // 36 hours at a thousand times
    CU_ASSERT_EQUAL(billing_percentile(points, MONTH, P95), 1e6);
    points[8000] = 1e9; // a point is put anywhere: they are sorted, so it is the 433rd
    CU_ASSERT_EQUAL(billing_percentile(points, MONTH, P95), 1e9);
    free(points);
}

static void short_runs(void)
{
    double points[20];
    CU_ASSERT_EQUAL(billing_dropped(0, P95), 0);
    CU_ASSERT_TRUE(isnan(billing_percentile(points, 0, P95)));
    CU_ASSERT_EQUAL(billing_dropped(1, P95), 0);
    CU_ASSERT_EQUAL(billing_dropped(19, P95), 0); // 0.95 of a point
    CU_ASSERT_EQUAL(billing_dropped(20, P95), 1);
    for (int i = 0; i < 20; i++)
        points[i] = i;
    CU_ASSERT_EQUAL(billing_percentile(points, 20, P95), 18);
}

static void other_percentiles(void)
{
    double points[4] = {3, 1, 4, 2};
    CU_ASSERT_EQUAL(billing_dropped(MONTH, 1000000), 0); // the peak
    CU_ASSERT_EQUAL(billing_percentile(points, 4, 1000000), 4);
    CU_ASSERT_EQUAL(billing_percentile(points, 4, 750000), 3);
    CU_ASSERT_EQUAL(billing_dropped(4, 10000), 3); // one is always left
    CU_ASSERT_EQUAL(billing_percentile(points, 4, 10000), 1);
}

UNIT_MAIN("billing", {"a_month_of_points", a_month_of_points},
          {"peaks_of_a_day_and_a_half_are_free", peaks_of_a_day_and_a_half_are_free},
          {"short_runs", short_runs}, {"other_percentiles", other_percentiles})
