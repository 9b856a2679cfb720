// SPDX-License-Identifier: GPL-3.0-or-later
// billing: the bandwidth that a percentile bills, of points as they were measured.
//
// Of n points the n × (1 − percentile) highest are dropped, rounded down, and the highest of the others
// is billed: 30 days of 5-minute points are 8640; at 95 % the highest 432 are dropped, and the 433rd is
// it. This is the nearest rank counted from above.
#ifndef ANYSIM_MEASURE_BILLING_H
#define ANYSIM_MEASURE_BILLING_H

#include <stdint.h>

// How many of n points are dropped; with n > 0 at least one is left.
int billing_dropped(int n, int64_t percentile_ppm);

// Sorts the points, the highest first, and gives what is billed. NaN: there is none.
double billing_percentile(double *points, int n, int64_t percentile_ppm);

#endif
