// SPDX-License-Identifier: GPL-3.0-or-later
// routing: what networks let in and out by BGP, as passive data: policies and where they are
// attached, validated origins, action communities, aggregates, conditions, confederations.
//
// Everything lives in the arena of the scenario. The manual for users is docs/policy.md.
#ifndef ANYSIM_SCENARIO_ROUTING_H
#define ANYSIM_SCENARIO_ROUTING_H

#include "base/ip.h"
#include "policy/policy.h"

enum damping_set { // sets of figures for route flap damping (bgp/damping.h)
    DAMPING_OFF,
    DAMPING_RFC7196,
    DAMPING_FRR,
    DAMPING_CISCO,
    DAMPING_JUNOS,
    DAMPING_SETS
};

enum roles { ROLES_OFF, ROLES_ON, ROLES_STRICT };

struct network_policy {                    // of a network towards one neighbour network
    const struct policy *import, *export_; // or NULL
    bool builtin;                          // Gao–Rexford by relation
    bool require;                          // RFC 8212
    bool drop_invalid;                     // RFC 6811
    bool blackhole;                        // RFC 7999
    bool aigp;                             // RFC 7311 §3.1
    bool med_from_igp;
    enum roles roles; // RFC 9234
    enum damping_set damping;
    int64_t own_as_allowed, path_length_max, prefix_limit; // 0: none
    int64_t mrai_ps;                                       // -1: as the network's timers have it
};

struct vrp { // RFC 6811
    struct prefix prefix;
    uint8_t max_length;
    uint32_t asn;
};

struct aggregate { // RFC 4271 §9.2.2.2
    struct prefix prefix;
    bool as_set;       // AS_SET of what it is made from; else ATOMIC_AGGREGATE
    bool summary_only; // what it is made from is not told
    struct srcpos at;
};

struct announce_if { // `prefix` is announced while `when` is there, or is not there
    struct prefix prefix, when;
    bool absent;
    struct srcpos at;
};

struct confederation_member {
    uint32_t asn;
    int *cities; // of the network
    int ncities;
    struct srcpos at;
};

struct session_policy { // of the sessions with a neighbour network in one city
    int towards;
    const struct city *city;
    struct network_policy policy;
};

struct network_routing {
    struct network_policy policy;   // towards everybody …
    struct network_policy *towards; // … or by network index, where some differ; NULL: none. The own
                                    // index: iBGP
    struct session_policy *sessions; // … or for some sessions only
    int nsessions;
    const struct policy *action_import, *action_export; // of action communities, run first; or NULL
    struct aggregate *aggregates;
    struct announce_if *conditions;
    struct confederation_member *members; // none: no confederation
    int naggregates, nconditions, nmembers;
    bool no_client_to_client; // RFC 4456 §10
};

#endif
