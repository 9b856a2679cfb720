// SPDX-License-Identifier: GPL-3.0-or-later
// routing_schema: the keys of scenario/routing.h, and the raw values that they fill.
#ifndef ANYSIM_SCENARIO_ROUTING_SCHEMA_H
#define ANYSIM_SCENARIO_ROUTING_SCHEMA_H

#include "scenario/routing.h"
#include "scenario/schema.h"

struct raw_policy {   // -1, NULL: absent
    struct text name; // of the neighbour
    struct text import, export_;
    int builtin, require, rov, blackhole, aigp, med_from_igp, roles, damping;
    int64_t own_as_allowed, path_length_max, prefix_limit;
    int64_t mrai_ps;
    struct srcpos at;
};

struct raw_vrp {
    struct raw_prefix prefix;
    int64_t asn, max_length; // max_length: -1 when absent
    struct srcpos at;
};

struct raw_action {
    struct text community, to, at_place;
    int what;
    int64_t times, value; // value: -1 when absent
    struct srcpos at;
};

struct raw_aggregate {
    struct raw_prefix prefix;
    bool as_set, summary_only;
    struct srcpos at;
};

struct raw_condition {
    struct raw_prefix prefix, present, absent;
    struct srcpos at;
};

struct raw_member {
    int64_t asn;
    struct texts cities;
    struct srcpos at;
};

struct raw_routing {           // of a network
    struct raw_policy *policy; // or NULL
    struct rows neighbours, actions, aggregates, conditions, members;
    bool no_client_to_client;
};

extern const struct schema_table policy_table, vrp_table, action_table, aggregate_table,
    condition_table, member_table;

// The same keys for a network of the topology and for one of the scenario.
#define ROUTING_FIELDS(st, m)                                                                      \
    {.key = "policy",                                                                              \
     .type = SCHEMA_OPTIONAL,                                                                      \
     .offset = offsetof(st, m.policy),                                                             \
     .sub = &policy_table,                                                                         \
     .doc = "what eBGP sessions let in and out"},                                                  \
        {.key = "neighbours",                                                                      \
         .type = SCHEMA_DICT,                                                                      \
         .offset = offsetof(st, m.neighbours),                                                     \
         .sub = &policy_table,                                                                     \
         .two_parts = true,                                                                        \
         .doc = "what differs from `policy` by neighbour network, or NETWORK/CITY for the "        \
                "sessions in one city; the own name: iBGP sessions"},                              \
        {.key = "action_communities",                                                              \
         .type = SCHEMA_LIST,                                                                      \
         .offset = offsetof(st, m.actions),                                                        \
         .sub = &action_table,                                                                     \
         .doc = "communities by which customers ask for something"},                               \
        {.key = "aggregates",                                                                      \
         .type = SCHEMA_LIST,                                                                      \
         .offset = offsetof(st, m.aggregates),                                                     \
         .sub = &aggregate_table,                                                                  \
         .doc = "prefixes that stand for the more specific ones inside them"},                     \
        {.key = "announce_if",                                                                     \
         .type = SCHEMA_LIST,                                                                      \
         .offset = offsetof(st, m.conditions),                                                     \
         .sub = &condition_table,                                                                  \
         .doc = "prefixes that are announced on a condition"},                                     \
    {                                                                                              \
        .key = "confederation", .type = SCHEMA_LIST, .offset = offsetof(st, m.members),            \
        .sub = &member_table, .doc = "member ASes, when the network is a confederation (RFC 5065)" \
    }

#endif
