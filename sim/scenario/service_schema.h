// SPDX-License-Identifier: GPL-3.0-or-later
// service_schema: the keys of a service, and the raw values they fill.
#ifndef ANYSIM_SCENARIO_SERVICE_SCHEMA_H
#define ANYSIM_SCENARIO_SERVICE_SCHEMA_H

#include "scenario/backends_schema.h"
#include "scenario/gslb_schema.h"
#include "scenario/schema.h"
#include "scenario/service.h"
#include "scenario/service_life.h"

struct raw_backlog {
    struct service_backlog is;
    struct srcpos at;
};

struct raw_service {
    struct text name;
    int mode, tunnel; // -1 when absent or wrong
    struct raw_prefix prefix;
    struct texts publish;
    struct text backend;
    struct rows announce;          // struct raw_manner
    struct raw_life *life;         // or NULL
    struct raw_cap *cap;           // or NULL
    struct raw_backlog *backlog;   // or NULL
    struct raw_backends *backends; // or NULL
    struct raw_health *health;     // or NULL
    struct raw_gslb *gslb;         // or NULL
    struct srcpos prefix_at, publish_at, tunnel_at;
    struct srcpos at;
};

extern const struct schema_table service_table;

#endif
