// SPDX-License-Identifier: GPL-3.0-or-later
// Next hops, groups of them, and routes, as schema tables.
#include "forward/config_fields.h"

static const struct schema_field nexthop_fields[] = {
    FIELD_NAME("interface", struct raw_nexthop, interface, true, "where it is", "lan"),
    FIELD_ADDRESS("via", struct raw_nexthop, via, false,
                  "its address; when absent, each packet's own destination is the neighbour",
                  "192.0.2.254")};

const struct schema_table config_nexthop_table = {.name = "nexthop",
                                                  .doc = "a neighbour that routes lead to",
                                                  SCHEMA_FIELDS(nexthop_fields),
                                                  .size = sizeof(struct raw_nexthop),
                                                  .place = offsetof(struct raw_nexthop, at),
                                                  .name_offset =
                                                      offsetof(struct raw_nexthop, name)};

static const struct schema_field member_fields[] = {
    FIELD_NAME("nexthop", struct raw_member, nexthop, true, "a next hop", "up"),
    FIELD_INT("weight", struct raw_member, weight, 1, 65535, "1", "its share", "2"),
    FIELD_NUMBER("id", struct raw_member, id, 1, INT64_MAX, NULL,
                 "rendezvous and maglev: what the hash knows it by; nodes with equal ids choose "
                 "alike. When absent, its position in the file",
                 "7")};
static const struct schema_table member_table = {.name = "member",
                                                 .doc = "a next hop of a group",
                                                 SCHEMA_FIELDS(member_fields),
                                                 .size = sizeof(struct raw_member)};

static const char *const selects[] = {"threshold", "rendezvous", "resilient", "maglev"};

static const struct schema_field group_fields[] = {
    FIELD_ENUM("select", struct raw_group, select, selects, COUNT(selects), "threshold", false,
               "how a flow finds its next hop", "resilient"),
    FIELD_NUMBER("buckets", struct raw_group, buckets, 16, 32768, "256",
                 "resilient: size of the table, a power of two, at least 4 for each member", "256"),
    {.key = "members",
     .type = SCHEMA_LIST,
     .offset = offsetof(struct raw_group, members),
     .sub = &member_table,
     .required = true,
     .doc = "its next hops"}};

const struct schema_table config_group_table = {.name = "group",
                                                .doc = "several next hops that share a load",
                                                SCHEMA_FIELDS(group_fields),
                                                .size = sizeof(struct raw_group),
                                                .place = offsetof(struct raw_group, at),
                                                .name_offset = offsetof(struct raw_group, name)};

static const char *const actions[] = {"local", "blackhole"};
static const char *const rejects[] = {"net", "host", "prohibited"};
static const char *const sids[] = {"end", "end.dt4", "end.dt6", "end.dt46"};

static const struct schema_field route_fields[] = {
    FIELD_PREFIX("prefix", struct raw_route, prefix, true, "destinations", "0.0.0.0/0"),
    FIELD_NAMES("via", struct raw_route, via, "a group, or one or more next hops with equal shares",
                "[up, down]"),
    FIELD_CHOICE("action", struct raw_route, action, actions, COUNT(actions), false,
                 "for this node, or dropped in silence", "blackhole"),
    FIELD_CHOICE("reject", struct raw_route, reject, rejects, COUNT(rejects), false,
                 "dropped, and the sender hears which of these is unreachable", "net"),
    FIELD_NAME("tunnel", struct raw_route, tunnel, false, "pushed into this tunnel", "to-bj"),
    FIELD_CHOICE("sid", struct raw_route, sid, sids, COUNT(sids), false,
                 "an SRv6 segment of this node (RFC 8986)", "end.dt46")};

const struct schema_table config_route_table = {.name = "route",
                                                .doc = "an entry of the FIB",
                                                SCHEMA_FIELDS(route_fields),
                                                .size = sizeof(struct raw_route),
                                                .place = offsetof(struct raw_route, at)};
