// SPDX-License-Identifier: GPL-3.0-or-later
// monitor: at which intervals services are monitored, which POPs belong together, and how what was
// measured is billed, as passive data.
#ifndef ANYSIM_SCENARIO_MONITOR_H
#define ANYSIM_SCENARIO_MONITOR_H

#include "base/ip.h"
#include "base/units.h"

#define MONITOR_INTERVALS 8       // at most
#define MONITOR_ROWS_MAX  4000000 // of a service at a POP in an interval, all together

struct monitor_options {
    int64_t interval_ps[MONITOR_INTERVALS]; // ascending, no two alike
    int nintervals;
    const char **area; // by POP: the area that it stands in
};

enum billing_direction { BILLING_IN, BILLING_OUT, BILLING_MAX, BILLING_DIRECTIONS };
extern const char *const billing_direction_names[BILLING_DIRECTIONS];

struct billing_options {
    int64_t period_ps;      // of a point
    int64_t percentile_ppm; // 950000: the highest 5 % of the points are dropped
    enum billing_direction direction;
    int64_t price_ppm;    // of a Mbit/s, in millionths of the currency; -1: none is given
    const char *currency; // or NULL
};

#endif
