// SPDX-License-Identifier: GPL-3.0-or-later
// interval: what replicas of a run say about a figure: mean, spread, and the confidence interval of the
// mean after Student (1908): mean ± t(n − 1, 0.975) · s / √n, for values that are independent and
// about normal, as means over runs with other seeds are.
#ifndef ANYSIM_MEASURE_INTERVAL_H
#define ANYSIM_MEASURE_INTERVAL_H

#include <stddef.h>

#define INTERVAL_CONFIDENCE 0.95

struct interval {
    size_t n;
    double mean, stddev; // of the sample (n − 1); NaN without values, stddev with fewer than two
    double low, high;    // NaN with fewer than two values
    double least, greatest; // NaN without values
};

// In the order given: the same values in the same order give the same bits.
struct interval interval_of(const double *values, size_t n);

#endif
