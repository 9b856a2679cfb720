// SPDX-License-Identifier: GPL-3.0-or-later
// demand_schema: the keys of `demands`, `curves`, `daytime` and of surges, and the raw values they fill.
#ifndef ANYSIM_SCENARIO_DEMAND_SCHEMA_H
#define ANYSIM_SCENARIO_DEMAND_SCHEMA_H

#include "scenario/demand.h"
#include "scenario/line_schema.h"
#include "scenario/schema.h"
#include "scenario/traffic_schema.h"

struct raw_demand { // rates and shares are -1 when absent
    struct text name;
    int kind;
    struct raw_from *from; // or NULL
    struct texts to;
    int64_t users_ppm, up_bps, down_bps; // users
    int64_t total_bps, up_share_ppm;     // gravity
    struct text network, file;           // gravity, matrix
    int64_t unit_bps, answers_ppm;       // matrix
    struct srcpos users_at, up_at, down_at, total_at, up_share_at, unit_at, answers_at;
    int64_t scale_ppm, growth_ppm, years_ppm;
    struct srcpos growth_at, years_at;
    bool elastic;
    int64_t bytes;
    struct text curve;
    struct srcpos at;
};

struct raw_curve {
    struct text name;
    struct rows points;
    struct srcpos at;
};

enum { LOCAL_LONGITUDE, LOCAL_ZONE };

struct raw_daytime {
    int64_t zone_ps, speed_ppm;
    int local;
    struct srcpos at;
};

struct raw_surge {
    struct text demand;
    struct raw_from *from; // or NULL
    int64_t factor_ppm, ramp_ps;
    struct srcpos at;
};

extern const struct schema_table demand_table, curve_table, daytime_table;
extern const char *const demand_kind_names[DEMAND_KINDS];

#endif
