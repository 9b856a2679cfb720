// SPDX-License-Identifier: GPL-3.0-or-later
// curve: a value over the hours of a day, straight lines between points, the same every day.
#ifndef ANYSIM_BASE_CURVE_H
#define ANYSIM_BASE_CURVE_H

#include <stdint.h>

#define CURVE_DAY_PS (INT64_C(24) * 3600 * INT64_C(1000000000000))

struct curve_point {
    int64_t at_ps;     // time of day, from 0 to less than a day
    int64_t value_ppm; // not negative
};

// The points are the owner's; ascending in time, one at least.
struct curve {
    const struct curve_point *points;
    int n;
};

// The value at a time of day; times before 0 and beyond a day are those of other days.
int64_t curve_ppm(const struct curve *c, int64_t time_ps);

#endif
