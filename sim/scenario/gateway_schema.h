// SPDX-License-Identifier: GPL-3.0-or-later
// gateway_schema: the keys of a POP's gateways, and the raw values they fill.
#ifndef ANYSIM_SCENARIO_GATEWAY_SCHEMA_H
#define ANYSIM_SCENARIO_GATEWAY_SCHEMA_H

#include "scenario/gateway.h"
#include "scenario/schema.h"

struct raw_gateways { // as a topology or a scenario says it
    int64_t count;
    int spread;
    bool nat;
    struct srcpos count_at, spread_at, nat_at; // line 0: absent
};

#define GATEWAY_FIELDS(st, m)                                                                      \
    {.key = "gateways",                                                                            \
     .type = SCHEMA_INT,                                                                           \
     .offset = offsetof(st, m.count),                                                              \
     .place = offsetof(st, m.count_at),                                                            \
     .max = GATEWAYS_MAX,                                                                          \
     .fallback = "0",                                                                              \
     .doc = "gateways behind the routers, which take accelerated services in; 0: the routers do",  \
     .example = "4"},                                                                              \
        {.key = "spread",                                                                          \
         .type = SCHEMA_ENUM,                                                                      \
         .offset = offsetof(st, m.spread),                                                         \
         .place = offsetof(st, m.spread_at),                                                       \
         .names = gateway_spreads,                                                                 \
         .nnames = SPREADS,                                                                        \
         .fallback = "resilient",                                                                  \
         .doc = "how the routers spread flows over the gateways: which flows move when one goes",  \
         .example = "rendezvous"},                                                                 \
    {                                                                                              \
        .key = "nat", .type = SCHEMA_BOOL, .offset = offsetof(st, m.nat),                          \
        .place = offsetof(st, m.nat_at), .fallback = "no",                                         \
        .doc = "gateways replace clients' addresses by their own, for accelerated services",       \
        .example = "yes"                                                                           \
    }

extern const char *const gateway_spreads[SPREADS];
extern const struct schema_table gateway_detection_table, gateway_capacity_table;
extern const struct schema_table pop_over_table; // of a scenario's `pops:`

#endif
