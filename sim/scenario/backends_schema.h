// SPDX-License-Identifier: GPL-3.0-or-later
// backends_schema: the keys of a service's backends and health checks, and the raw values they fill.
#ifndef ANYSIM_SCENARIO_BACKENDS_SCHEMA_H
#define ANYSIM_SCENARIO_BACKENDS_SCHEMA_H

#include "scenario/backends.h"
#include "scenario/schema.h"

struct raw_server { // -1: absent
    struct text name;
    struct server_options is;
    struct srcpos at;
};

struct raw_region {
    struct text name;
    int64_t servers, weight, dial_ppm, priority;
    bool standby;
    struct server_options each;
    struct srcpos weight_at, dial_at, priority_at, standby_at; // line 0: absent
    struct rows server;
    struct srcpos at;
};

struct raw_backends {
    int choose, affinity;
    struct srcpos choose_at;
    struct rows regions;
    struct srcpos at;
};

struct raw_health {
    struct service_health is;
    struct srcpos timeout_at, hold_at;
    struct srcpos at;
};

extern const struct schema_table backends_table, health_table;

#endif
