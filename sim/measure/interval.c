// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/interval.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

struct interval interval_of(const double *values, size_t n)
{
    struct interval r = {n, NAN, NAN, NAN, NAN, NAN, NAN};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        sum += values[i];
        r.least = fmin(r.least, values[i]); // NaN: the other one
        r.greatest = fmax(r.greatest, values[i]);
    }
    if (n == 0)
        return r;
    r.mean = sum / (double)n;
    if (n == 1)
        return r;
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - r.mean) * (values[i] - r.mean);
    double freedom = (double)(n - 1);
    r.stddev = sqrt(squares / freedom);
    double half =
        gsl_cdf_tdist_Pinv((1 + INTERVAL_CONFIDENCE) / 2, freedom) * r.stddev / sqrt((double)n);
    r.low = r.mean - half;
    r.high = r.mean + half;
    return r;
}
