// SPDX-License-Identifier: GPL-3.0-or-later
// topology_schema: the keys of a topology file and its CSV files, and the raw values they fill.
#ifndef ANYSIM_SCENARIO_TOPOLOGY_SCHEMA_H
#define ANYSIM_SCENARIO_TOPOLOGY_SCHEMA_H

#include "scenario/burst.h"
#include "scenario/gateway_schema.h"
#include "scenario/line_schema.h"
#include "scenario/routing_schema.h"
#include "scenario/schema.h"
#include "scenario/topology.h"

#define CITY_NO_OFFSET INT64_MIN

struct raw_city {
    struct text name, province;
    double lat, lon;
    int64_t population, utc_offset_ps;
    struct srcpos at;
};

struct raw_node {
    struct text city;
    int64_t routers;
    bool reflector;
    struct srcpos at;
};

struct raw_link {
    struct text a, b, srlg;
    int64_t rate_bps, metric, delay_ps; // metric, delay: -1 when absent
    int64_t background_ppm, burst_bytes;
    struct burst_shape shape;
    struct raw_line line;
    struct srcpos at;
};

struct raw_client {
    struct text province, city;
    int64_t population, access_delay_ps;
    struct raw_prefix prefix;
    struct srcpos at;
};

struct raw_city_clients { // the same group in every city of a graph
    int64_t population, access_delay_ps;
};

struct raw_network {
    struct text name;
    int64_t asn;
    int kind; // -1 when wrong
    struct rows nodes, links, clients;
    struct raw_city_clients *city_clients; // or NULL
    struct texts cities, reflectors;
    struct text graph;
    int64_t capacity_bps; // 0: absent
    struct text queue;
    int64_t mtu_bytes; // 0: absent
    struct igp_config igp;
    struct bgp_config bgp;
    struct fib_config fib;
    struct raw_routing routing;
    struct srcpos at;
};

struct raw_interconnect {
    struct text a, b, city;
    struct text import[2], export_[2]; // of a's and of b's side
    int relation;
    int64_t rate_bps, delay_ps, background_ppm, burst_bytes;
    struct burst_shape shape;
    struct raw_line line;
    struct srcpos at;
};

struct raw_pop {
    struct text name, network, city;
    struct raw_gateways gateways;
    struct gateway_detection detection;
    struct gateway_capacity capacity;
    struct srcpos at;
};

struct raw_geography {
    int64_t delay_per_km_ps, stretch_ppm;
};

struct raw_topology {
    int64_t version;
    struct text name;
    struct rows cities, networks, interconnects, pops, vrps, queues, impairments;
    struct blocks policies;
    struct raw_geography geography;
    int64_t queue_ps;
    struct srcpos at;
};

extern const struct schema_table topology_table;
// Timers, for the scenario's `networks:` too.
extern const struct schema_table igp_table, bgp_table, fib_table;

// Sets the times that `timers` of a struct bgp_config stands for (scenario/timers.c has them, with their
// sources).
void bgp_config_preset(void *config);

#endif
