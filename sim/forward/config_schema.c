// SPDX-License-Identifier: GPL-3.0-or-later
#include "forward/config_schema.h"

#define DICT(k, m, table, text)                                                                    \
    {                                                                                              \
        .key = (k), .type = SCHEMA_DICT, .offset = offsetof(struct raw_config, m),                 \
        .sub = &(table), .doc = (text)                                                             \
    }
#define LIST(k, m, table, text)                                                                    \
    {                                                                                              \
        .key = (k), .type = SCHEMA_LIST, .offset = offsetof(struct raw_config, m),                 \
        .sub = &(table), .doc = (text)                                                             \
    }

static const struct schema_field fields[] = {
    {.key = "version",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_config, version),
     .min = 1,
     .max = 1,
     .required = true,
     .doc = "version of the file format: 1",
     .example = "1"},
    {.key = "node",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_config, self),
     .sub = &config_self_table,
     .required = true,
     .doc = "the node itself"},
    {.key = "interfaces",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_config, interfaces),
     .sub = &config_interface_table,
     .required = true,
     .doc = "interfaces by name; the first is where captured packets arrive"},
    DICT("nexthops", nexthops, config_nexthop_table, "neighbours that routes lead to, by name"),
    DICT("groups", groups, config_group_table, "weighted or resilient groups of next hops"),
    LIST("routes", routes, config_route_table, "what the FIB holds besides connected networks"),
    {.key = "routes_file",
     .type = SCHEMA_TEXT,
     .offset = offsetof(struct raw_config, routes_file),
     .doc = "CSV file with more of them: prefix, and via, tunnel, action or reject",
     .example = "routes.csv"},
    DICT("tunnels", tunnels, config_tunnel_table, "tunnels that begin here, by name"),
    LIST("endpoints", endpoints, config_endpoint_table, "tunnels that end here; the first fits"),
    DICT("policers", policers, config_policer_table, "policers by name, for EIPs"),
    DICT("shapers", shapers, config_shaper_table, "shapers by name, for EIPs"),
    {.key = "acl",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_config, acl),
     .sub = &config_acl_table,
     .doc = "what may come in"},
    LIST("eips", eips, config_eip_table, "anycast addresses at a POP"),
    LIST("backends", backends, config_backend_table, "anycast addresses whose servers are here")};

const struct schema_table config_table = {.name = "config",
                                          .doc = "one forwarding node",
                                          SCHEMA_FIELDS(fields),
                                          .size = sizeof(struct raw_config),
                                          .place = offsetof(struct raw_config, at)};
