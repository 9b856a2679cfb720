// SPDX-License-Identifier: GPL-3.0-or-later
// gslb_schema: the keys of a service's `gslb` and of `resolvers`, and the raw values they fill.
#ifndef ANYSIM_SCENARIO_GSLB_SCHEMA_H
#define ANYSIM_SCENARIO_GSLB_SCHEMA_H

#include "scenario/gslb.h"
#include "scenario/schema.h"
#include "scenario/traffic_schema.h"

struct raw_gslb_answer {
    struct text service;
    int64_t weight;
    struct srcpos at;
};

struct raw_gslb_map {
    struct raw_from *from; // or NULL
    struct texts to;
    struct srcpos at;
};

struct raw_gslb_health {
    int64_t interval_ps, timeout_ps, fall, rise, quorum_ppm;
    struct srcpos timeout_at;
    struct raw_from *from; // or NULL
    struct srcpos at;
};

struct raw_gslb {
    struct rows answers, map; // struct raw_gslb_answer, raw_gslb_map
    struct texts name_servers;
    int choose; // -1: wrong
    int64_t ttl_ps, ignoring_ppm, hold_ps, measure_ps;
    struct srcpos choose_at, measure_at, hold_at;
    struct raw_gslb_health *health; // or NULL
    struct srcpos at;
};

struct raw_resolver {
    struct text name, place; // place: "network/city"
    struct raw_from *from;   // or NULL
    int64_t share_ppm, caches;
    bool subnet;
    int64_t min_ttl_ps, max_ttl_ps, stale_ps;
    struct srcpos subnet_at, max_ttl_at;
    struct srcpos at;
};

extern const struct schema_table gslb_table, resolver_table;

#endif
