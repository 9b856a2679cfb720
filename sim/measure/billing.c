// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/billing.h"

#include <math.h>
#include <stdlib.h>

#define MILLION INT64_C(1000000)

int billing_dropped(int n, int64_t percentile_ppm)
{
    int dropped = (int)(n * (MILLION - percentile_ppm) / MILLION);
    return n > 0 && dropped >= n ? n - 1 : dropped;
}

static int highest_first(const void *pa, const void *pb)
{
    double a = *(const double *)pa, b = *(const double *)pb;
    return (a < b) - (a > b);
}

double billing_percentile(double *points, int n, int64_t percentile_ppm)
{
    if (n == 0)
        return NAN;
    qsort(points, (size_t)n, sizeof *points, highest_first);
    return points[billing_dropped(n, percentile_ppm)];
}
