// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/schema_fields.h"
#include "scenario/topology_schema.h"

#define MAX_RATE   (INT64_C(1000) * 1000000000000)
#define MAX_PEOPLE INT64_C(10000000000)
#define MILLION    INT64_C(1000000)

#define NAME_FIELD(k, st, m, must, text, ex)                                                       \
    {                                                                                              \
        .key = (k), .type = SCHEMA_NAME, .offset = offsetof(st, m), .required = (must),            \
        .doc = (text), .example = (ex)                                                             \
    }
#define SOURCE_FIELD                                                                               \
    {                                                                                              \
        .key = "source", .type = SCHEMA_NOTE, .doc = "where this figure comes from; not used"      \
    }
#define RATE_FIELD(k, st, must, text)                                                              \
    {                                                                                              \
        .key = (k), .type = SCHEMA_UNIT, .offset = offsetof(st, rate_bps), .unit = UNIT_RATE,      \
        .min = 1000, .max = MAX_RATE, .required = (must), .doc = (text), .example = "100Gbps"      \
    }
#define BACKGROUND_FIELD(st)                                                                       \
    {                                                                                              \
        .key = "background", .type = SCHEMA_UNIT, .offset = offsetof(st, background_ppm),          \
        .unit = UNIT_RATIO, .max = 2 * MILLION, .fallback = "0%",                                  \
        .doc = "load by traffic outside the scenario, share of the capacity", .example = "40%"     \
    }
#define BURST_FIELD(st)                                                                            \
    {                                                                                              \
        .key = "burst", .type = SCHEMA_UNIT, .offset = offsetof(st, burst_bytes),                  \
        .unit = UNIT_SIZE, .max = INT64_C(1) << 32, .fallback = "0B",                              \
        .doc = "mean burst of the background load; 0B: smooth", .example = "64KiB"                 \
    }
#define BURST_SHAPE_FIELDS(st)                                                                     \
    {.key = "burst_law",                                                                           \
     .type = SCHEMA_ENUM,                                                                          \
     .offset = offsetof(st, shape.kind),                                                           \
     .names = burst_kind_names,                                                                    \
     .nnames = BURST_KINDS,                                                                        \
     .fallback = "exponential",                                                                    \
     .doc = "how the background comes: in bursts of this law of sizes, or from on-off sources",    \
     .example = "pareto"},                                                                         \
        {.key = "burst_spread",                                                                    \
         .type = SCHEMA_DECIMAL,                                                                   \
         .offset = offsetof(st, shape.spread),                                                     \
         .min = MILLION + 1,                                                                       \
         .max = 1000 * MILLION,                                                                    \
         .doc = "hyperexponential: squared coefficient of variation of the sizes, above 1 (4)",    \
         .example = "8"},                                                                          \
        {.key = "burst_tail",                                                                      \
         .type = SCHEMA_DECIMAL,                                                                   \
         .offset = offsetof(st, shape.tail),                                                       \
         .min = MILLION + MILLION / 100,                                                           \
         .max = 10 * MILLION,                                                                      \
         .doc = "pareto: tail index of the sizes, above 1; the smaller, the heavier (1.5)",        \
         .example = "1.2"},                                                                        \
        {.key = "burst_longest",                                                                   \
         .type = SCHEMA_UNIT,                                                                      \
         .offset = offsetof(st, shape.longest_bytes),                                              \
         .unit = UNIT_SIZE,                                                                        \
         .min = 1,                                                                                 \
         .max = INT64_C(1) << 40,                                                                  \
         .doc = "pareto: the longest burst, more than the mean (a thousand times that)",           \
         .example = "64MiB"},                                                                      \
        {.key = "burst_sources",                                                                   \
         .type = SCHEMA_INT,                                                                       \
         .offset = offsetof(st, shape.sources),                                                    \
         .min = 1,                                                                                 \
         .max = 1000,                                                                              \
         .doc = "on-off: how many sources (50)",                                                   \
         .example = "10"},                                                                         \
    {                                                                                              \
        .key = "burst_activity", .type = SCHEMA_UNIT, .offset = offsetof(st, shape.activity_ppm),  \
        .unit = UNIT_RATIO, .min = 1000, .max = 950000,                                            \
        .doc = "on-off: the share of the time that a source sends (25%)", .example = "10%"         \
    }
#define ACCESS_FIELD(st)                                                                           \
    {                                                                                              \
        .key = "access_delay", .type = SCHEMA_UNIT, .offset = offsetof(st, access_delay_ps),       \
        .unit = UNIT_TIME, .max = SCHEMA_MAX_TIME, .fallback = "0s",                               \
        .doc = "one-way delay between the clients and their city's router", .example = "5ms"       \
    }
#define PEOPLE_FIELD(st, must)                                                                     \
    {                                                                                              \
        .key = "population", .type = SCHEMA_INT, .offset = offsetof(st, population),               \
        .max = MAX_PEOPLE, .required = (must), .doc = "people", .example = "1200000"               \
    }

static const struct schema_field city_fields[] = {
    NAME_FIELD("name", struct raw_city, name, true, "the city's name", "shijiazhuang"),
    NAME_FIELD("province", struct raw_city, province, false,
               "region that scenarios name; the city's own name when absent", "hebei"),
    {.key = "lat",
     .type = SCHEMA_DECIMAL,
     .offset = offsetof(struct raw_city, lat),
     .min = -90 * MILLION,
     .max = 90 * MILLION,
     .required = true,
     .doc = "latitude in degrees north, WGS 84",
     .example = "39.9"},
    {.key = "lon",
     .type = SCHEMA_DECIMAL,
     .offset = offsetof(struct raw_city, lon),
     .min = -180 * MILLION,
     .max = 180 * MILLION,
     .required = true,
     .doc = "longitude in degrees east, WGS 84",
     .example = "116.4"},
    {.key = "utc_offset",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_city, utc_offset_ps),
     .unit = UNIT_TIME,
     .min = -12 * 3600 * PS_PER_S,
     .max = 14 * 3600 * PS_PER_S,
     .doc = "what clocks there are ahead of UTC; an hour for 15 degrees of longitude when absent",
     .example = "8h"},
    PEOPLE_FIELD(struct raw_city, false),
    SOURCE_FIELD};

static void city_absent(void *out)
{
    ((struct raw_city *)out)->utc_offset_ps = CITY_NO_OFFSET;
}

static const struct schema_table city_table = {.name = "city",
                                               .doc = "a place on the map",
                                               SCHEMA_FIELDS(city_fields),
                                               .size = sizeof(struct raw_city),
                                               .place = offsetof(struct raw_city, at),
                                               .prepare = city_absent};

static const struct schema_field node_fields[] = {
    NAME_FIELD("city", struct raw_node, city, true, "city where the network has routers",
               "beijing"),
    {.key = "routers",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_node, routers),
     .min = 1,
     .max = 2,
     .fallback = "1",
     .doc = "number of routers in the city",
     .example = "2"},
    {.key = "reflector",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_node, reflector),
     .fallback = "no",
     .doc = "the first router is an iBGP route reflector",
     .example = "yes"},
    SOURCE_FIELD};

static const struct schema_table node_table = {.name = "node",
                                               .doc = "a city of a network",
                                               SCHEMA_FIELDS(node_fields),
                                               .size = sizeof(struct raw_node),
                                               .place = offsetof(struct raw_node, at)};

static const struct schema_field link_fields[] = {
    NAME_FIELD("a", struct raw_link, a, true, "city at one end", "beijing"),
    NAME_FIELD("b", struct raw_link, b, true, "city at the other end", "shanghai"),
    RATE_FIELD("capacity", struct raw_link, true, "rate in each direction"),
    {.key = "metric",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_link, metric),
     .min = 1,
     .max = 16777214,
     .doc = "IGP metric; from the delay when absent: 1 for each 10 us",
     .example = "10"},
    {.key = "delay",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_link, delay_ps),
     .unit = UNIT_TIME,
     .max = 10 * PS_PER_S,
     .doc = "one-way delay; from the distance when absent",
     .example = "6.6ms"},
    BACKGROUND_FIELD(struct raw_link),
    BURST_FIELD(struct raw_link),
    BURST_SHAPE_FIELDS(struct raw_link),
    NAME_FIELD("srlg", struct raw_link, srlg, false,
               "shared-risk group: links of one group can fail together", "taihang-duct"),
    LINE_FIELDS(struct raw_link, line),
    SOURCE_FIELD};

static void link_absent(void *out)
{
    struct raw_link *l = out;
    l->metric = l->delay_ps = -1;
}

static const struct schema_table link_table = {.name = "link",
                                               .doc = "a backbone link between two cities",
                                               SCHEMA_FIELDS(link_fields),
                                               .size = sizeof(struct raw_link),
                                               .place = offsetof(struct raw_link, at),
                                               .prepare = link_absent};

static const struct schema_field client_fields[] = {
    NAME_FIELD("province", struct raw_client, province, true,
               "the group's region, as scenarios name it", "hebei"),
    NAME_FIELD("city", struct raw_client, city, true, "city where the group is attached",
               "shijiazhuang"),
    PEOPLE_FIELD(struct raw_client, true),
    ACCESS_FIELD(struct raw_client),
    {.key = "prefix",
     .type = SCHEMA_PREFIX,
     .offset = offsetof(struct raw_client, prefix),
     .doc = "the group's addresses; out of 100.64.0.0/10 when absent",
     .example = "192.0.2.0/24"},
    SOURCE_FIELD};

static const struct schema_table client_table = {.name = "clients",
                                                 .doc = "the people of one province on one network",
                                                 SCHEMA_FIELDS(client_fields),
                                                 .size = sizeof(struct raw_client),
                                                 .place = offsetof(struct raw_client, at)};

static const struct schema_field city_clients_fields[] = {
    PEOPLE_FIELD(struct raw_city_clients, true), ACCESS_FIELD(struct raw_city_clients)};

static const struct schema_table city_clients_table = {.name = "clients_per_city",
                                                       .doc = "one group in every city of a graph",
                                                       SCHEMA_FIELDS(city_clients_fields),
                                                       .size = sizeof(struct raw_city_clients)};

const char *const network_kind_names[NETWORK_KINDS] = {"carrier", "cloud", "stub"};

static const struct schema_field network_fields[] = {
    {.key = "asn",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_network, asn),
     .min = 1,
     .max = 4294967294,
     .required = true,
     .doc = "number of the autonomous system",
     .example = "4134"},
    {.key = "kind",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_network, kind),
     .names = network_kind_names,
     .nnames = NETWORK_KINDS,
     .required = true,
     .doc = "carrier: has clients and transit; cloud: has POPs and a private backbone; or a "
            "network at the edge that carries nobody else's traffic",
     .example = "carrier"},
    {.key = "nodes",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_network, nodes),
     .sub = &node_table,
     .doc = "cities with routers: a CSV file or a list",
     .example = "china/telecom-nodes.csv"},
    {.key = "cities",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_network, cities),
     .doc = "short for nodes: cities with one router each",
     .example = "[beijing, shanghai]"},
    {.key = "links",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_network, links),
     .sub = &link_table,
     .doc = "backbone links: a CSV file or a list",
     .example = "china/telecom-links.csv"},
    {.key = "graph",
     .type = SCHEMA_PATH,
     .offset = offsetof(struct raw_network, graph),
     .doc = "GML or GraphML file with nodes (Latitude, Longitude, label) and edges (LinkSpeedRaw), "
            "instead of nodes and links; nodes with 'Internal 0' are left out",
     .example = "zoo/Chinanet.gml"},
    {.key = "capacity",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_network, capacity_bps),
     .unit = UNIT_RATE,
     .min = 1000,
     .max = MAX_RATE,
     .doc = "rate of the graph's links that have no LinkSpeedRaw",
     .example = "10Gbps"},
    {.key = "reflectors",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_network, reflectors),
     .doc = "cities whose first router is an iBGP route reflector",
     .example = "[beijing, shanghai]"},
    {.key = "clients",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_network, clients),
     .sub = &client_table,
     .alt = &city_clients_table,
     .alt_offset = offsetof(struct raw_network, city_clients),
     .doc =
         "client groups: a CSV file, a list, or one mapping for a group in every city of a graph",
     .example = "china/telecom-clients.csv"},
    {.key = "igp",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_network, igp),
     .sub = &igp_table,
     .doc = "timers of the IGP"},
    {.key = "bgp",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_network, bgp),
     .sub = &bgp_table,
     .doc = "timers and options of BGP"},
    {.key = "fib",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_network, fib),
     .sub = &fib_table,
     .doc = "how fast routes reach the data plane"},
    LINE_NAME_FIELD("queue", struct raw_network, queue,
                    "queue discipline of its backbone links that name none", "aqm"),
    LINE_MTU_FIELD(struct raw_network, mtu_bytes, "of its backbone links that have none"),
    ROUTING_FIELDS(struct raw_network, routing),
    {.key = "no_client_to_client",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_network, routing.no_client_to_client),
     .fallback = "no",
     .doc = "reflectors do not reflect between their clients (RFC 4456 section 10)",
     .example = "yes"}};

static void network_absent(void *out)
{
    ((struct raw_network *)out)->kind = -1;
}

static const struct schema_table network_table = {.name = "network",
                                                  .doc =
                                                      "an autonomous system with routers in cities",
                                                  SCHEMA_FIELDS(network_fields),
                                                  .size = sizeof(struct raw_network),
                                                  .place = offsetof(struct raw_network, at),
                                                  .name_offset = offsetof(struct raw_network, name),
                                                  .prepare = network_absent};

static const char *const relations[] = {"peer", "customer"};

static const struct schema_field interconnect_fields[] = {
    NAME_FIELD("a", struct raw_interconnect, a, true, "one network", "cloud"),
    NAME_FIELD("b", struct raw_interconnect, b, true, "the other network", "telecom"),
    {.key = "relation",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_interconnect, relation),
     .names = relations,
     .nnames = 2,
     .required = true,
     .doc = "peer, or customer: a is a customer of b",
     .example = "peer"},
    NAME_FIELD("city", struct raw_interconnect, city, true, "city where both have routers",
               "beijing"),
    RATE_FIELD("capacity", struct raw_interconnect, true, "rate in each direction"),
    BACKGROUND_FIELD(struct raw_interconnect),
    BURST_FIELD(struct raw_interconnect),
    BURST_SHAPE_FIELDS(struct raw_interconnect),
    SCHEMA_TIME_FIELD("delay", struct raw_interconnect, delay_ps, 0, "100us", "one-way delay"),
    NAME_FIELD("a_import", struct raw_interconnect, import[0], false,
               "policy of a for what comes in here", "edge-in"),
    NAME_FIELD("a_export", struct raw_interconnect, export_[0], false,
               "policy of a for what goes out here", "edge-out"),
    NAME_FIELD("b_import", struct raw_interconnect, import[1], false,
               "policy of b for what comes in here", "edge-in"),
    NAME_FIELD("b_export", struct raw_interconnect, export_[1], false,
               "policy of b for what goes out here", "edge-out"),
    LINE_FIELDS(struct raw_interconnect, line),
    SOURCE_FIELD};

static const struct schema_table interconnect_table = {
    .name = "interconnect",
    .doc = "an eBGP link between two networks in one city",
    SCHEMA_FIELDS(interconnect_fields),
    .size = sizeof(struct raw_interconnect),
    .place = offsetof(struct raw_interconnect, at)};

static const struct schema_field pop_fields[] = {
    NAME_FIELD("network", struct raw_pop, network, true, "the cloud or stub network it stands in",
               "cloud"),
    NAME_FIELD("city", struct raw_pop, city, true, "city of that network", "beijing"),
    GATEWAY_FIELDS(struct raw_pop, gateways),
    {.key = "detection",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_pop, detection),
     .sub = &gateway_detection_table,
     .doc = "who notices the failure and the return of a gateway, and when"},
    {.key = "capacity",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_pop, capacity),
     .sub = &gateway_capacity_table,
     .doc = "what each gateway can bear; no limit where nothing is said"}};

static const struct schema_table pop_table = {.name = "pop",
                                              .doc = "a place where services can be published",
                                              SCHEMA_FIELDS(pop_fields),
                                              .size = sizeof(struct raw_pop),
                                              .place = offsetof(struct raw_pop, at),
                                              .name_offset = offsetof(struct raw_pop, name)};

static const struct schema_field geography_fields[] = {
    SCHEMA_TIME_FIELD("delay_per_km", struct raw_geography, delay_per_km_ps, 0, "4.9us",
                      "time that light in fibre takes for a kilometre"),
    {.key = "stretch",
     .type = SCHEMA_FACTOR,
     .offset = offsetof(struct raw_geography, stretch_ppm),
     .min = MILLION,
     .max = 100 * MILLION,
     .fallback = "2.1",
     .doc = "fibre length over great-circle distance",
     .example = "2.1"}};

static const struct schema_table geography_table = {.name = "geography",
                                                    .doc = "how delays follow from distances",
                                                    SCHEMA_FIELDS(geography_fields)};

static const struct schema_field topology_fields[] = {
    {.key = "version",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_topology, version),
     .min = 1,
     .max = 1,
     .required = true,
     .doc = "version of the file format: 1",
     .example = "1"},
    NAME_FIELD("name", struct raw_topology, name, true, "the topology's name", "china"),
    {.key = "cities",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_topology, cities),
     .sub = &city_table,
     .doc = "cities: a CSV file, a list, or a mapping from names; graphs add theirs",
     .example = "china/cities.csv"},
    {.key = "geography",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_topology, geography),
     .sub = &geography_table,
     .doc = "how delays follow from distances"},
    SCHEMA_TIME_FIELD("queue", struct raw_topology, queue_ps, 0, "50ms",
                      "buffer of every port, as time at its rate"),
    {.key = "networks",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_topology, networks),
     .sub = &network_table,
     .required = true,
     .doc = "networks by name"},
    {.key = "interconnects",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_topology, interconnects),
     .sub = &interconnect_table,
     .doc = "eBGP links between networks: a CSV file or a list",
     .example = "china/interconnects.csv"},
    {.key = "pops",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_topology, pops),
     .sub = &pop_table,
     .doc = "places where services can be published, by name"},
    {.key = "queues",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_topology, queues),
     .sub = &queue_table,
     .doc = "queue disciplines by name (docs/links.md)"},
    {.key = "impairments",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_topology, impairments),
     .sub = &impairment_table,
     .doc = "what lines do to packets, by name (docs/links.md)"},
    {.key = "policies",
     .type = SCHEMA_BLOCKS,
     .offset = offsetof(struct raw_topology, policies),
     .doc = "routing policies by name (docs/policy.md)"},
    {.key = "vrps",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_topology, vrps),
     .sub = &vrp_table,
     .doc = "validated origins of prefixes: a CSV file or a list",
     .example = "rpki/vrps.csv"}};

const struct schema_table topology_table = {.name = "topology",
                                            .doc = "networks, links, clients and POPs",
                                            SCHEMA_FIELDS(topology_fields),
                                            .size = sizeof(struct raw_topology),
                                            .place = offsetof(struct raw_topology, at)};
