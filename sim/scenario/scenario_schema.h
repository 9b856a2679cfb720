// SPDX-License-Identifier: GPL-3.0-or-later
// scenario_schema: the keys of a scenario file, and the raw values they fill.
#ifndef ANYSIM_SCENARIO_SCENARIO_SCHEMA_H
#define ANYSIM_SCENARIO_SCENARIO_SCHEMA_H

#include "scenario/action.h"
#include "scenario/congestion.h"
#include "scenario/line_schema.h"
#include "scenario/demand_schema.h"
#include "scenario/gateway_schema.h"
#include "scenario/monitor_schema.h"
#include "scenario/routing_schema.h"
#include "scenario/scenario.h"
#include "scenario/schema.h"
#include "scenario/service_schema.h"
#include "scenario/traffic_schema.h"

struct raw_selector {
    struct text network, around, city, pop, srlg, service;
    struct texts between, interconnect;
    int64_t gateway; // 0: absent
    struct srcpos gateway_at;
    struct srcpos at;
};

#define EVENT_NO_VALUE INT64_MIN

struct raw_hijack {
    struct text by, service; // by: "network" or "network/city"
    struct raw_prefix prefix;
    int kind; // enum hijack_kind
    struct srcpos at;
};

struct raw_leak {
    struct text by, from, to;
    struct srcpos at;
};

struct raw_event {
    int64_t at_ps; // -1 when absent
    struct srcpos at_place;
    struct raw_selector *target[EVENT_KINDS];
    int mode;
    struct srcpos mode_at;
    int64_t value; // of a metric; -1: configured, EVENT_NO_VALUE: absent
    int state;     // of an overload bit: 0: on
    bool one_way;
    struct srcpos value_at, state_at, one_way_at;
    struct raw_hijack *hijack;                         // or NULL
    struct raw_leak *leak;                             // or NULL
    void *action[ACTION_KINDS];                        // the one that is given, of its own table
    int64_t for_ps, times, every_ps, factor, loss_ppm; // 0: absent
    struct srcpos for_at, times_at, every_at, factor_at, loss_at;
    struct text label, text;
    struct text with; // of impair
    struct srcpos at;
};

struct raw_expectation {
    struct text service, demand, pop;
    struct raw_from *from;      // or NULL
    struct raw_selector *links; // or NULL
    struct text headline;
    int phase, over;
    struct srcpos phase_at;
    struct text conditions[METRIC_COUNT];
    struct srcpos at;
};

struct raw_timers { // a network's timers and policies that this scenario changes
    struct text name;
    const struct node *igp, *bgp, *fib; // or NULL
    struct raw_routing routing;
    struct text queue;
    int64_t mtu_bytes; // 0: absent
    struct srcpos at;
};

struct raw_scenario {
    int64_t version;
    struct text name, description, topology;
    int64_t seed;
    int64_t duration_ps, warmup_ps, bucket_ps;
    int64_t clock_ps;
    struct srcpos duration_at, bucket_at;
    struct raw_monitor *monitor; // or NULL
    struct raw_billing billing;
    struct rows queues, impairments, congestion;
    struct raw_congestion *one_congestion; // a mapping instead of a list, or NULL
    struct raw_daytime *daytime;           // or NULL
    struct rows demands, curves, zones;
    struct rows services, resolvers, traffic, timeline, expect, networks, pops, vrps;
    struct blocks policies;
    struct srcpos at;
};

extern const struct schema_table scenario_table;

#endif
