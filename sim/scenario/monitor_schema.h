// SPDX-License-Identifier: GPL-3.0-or-later
// monitor_schema: the keys `monitor` and `billing` of a scenario, and the raw values they fill.
#ifndef ANYSIM_SCENARIO_MONITOR_SCHEMA_H
#define ANYSIM_SCENARIO_MONITOR_SCHEMA_H

#include "scenario/monitor.h"
#include "scenario/schema.h"

struct raw_area {
    struct text name;
    struct texts pops;
    struct srcpos at;
};

struct raw_monitor {
    struct texts intervals;
    struct rows areas; // struct raw_area
    struct srcpos at;
};

struct raw_billing {
    int64_t period_ps, percentile_ppm, price_ppm; // price: -1 when absent
    int direction;
    struct text currency;
    struct srcpos period_at;
    struct srcpos at;
};

extern const struct schema_table monitor_table, billing_table;
extern const struct schema_field monitor_interval_field; // unit and range of an interval

#endif
