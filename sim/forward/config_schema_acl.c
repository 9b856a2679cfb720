// SPDX-License-Identifier: GPL-3.0-or-later
#include "forward/config_schema_acl.h"

#include "forward/config_fields.h"

const char *const config_protocols[CONFIG_PROTOCOLS] = {"icmp", "ipip", "tcp",   "udp",  "ipv6",
                                                        "gre",  "esp",  "icmp6", "ospf", "sctp"};
const uint8_t config_protocol_numbers[CONFIG_PROTOCOLS] = {1, 4, 6, 17, 41, 47, 50, 58, 89, 132};

static const char *const actions[] = {"permit", "deny", "limit"};
static const char *const families[] = {"either", "ip4", "ip6"};

#define FIELD_PORTS(k, m, text)                                                                    \
    {                                                                                              \
        .key = (k), .type = SCHEMA_RANGE, .offset = offsetof(struct raw_acl_rule, m),              \
        .max = 65535, .doc = (text), .example = "1024-65535"                                       \
    }

static const struct schema_field rule_fields[] = {
    FIELD_ENUM("action", struct raw_acl_rule, action, actions, COUNT(actions), NULL, true,
               "what becomes of packets that match; limit: each source may send rate", "deny"),
    FIELD_QUANTITY("rate", struct raw_acl_rule, rate, UNIT_FREQ, 1000000,
                   INT64_C(1000000) * 10000000000, NULL, "limit: packets of one source", "1000/s"),
    FIELD_ENUM("family", struct raw_acl_rule, family, families, COUNT(families), "either", false,
               "only IPv4, only IPv6", "ip4"),
    FIELD_PREFIX("from", struct raw_acl_rule, from, false, "sources", "192.0.2.0/24"),
    FIELD_PREFIX("to", struct raw_acl_rule, to, false, "destinations", "203.0.113.0/24"),
    {.key = "protocol",
     .type = SCHEMA_INT_WORD,
     .offset = offsetof(struct raw_acl_rule, protocol.v),
     .place = offsetof(struct raw_acl_rule, protocol.at),
     .names = config_protocols,
     .nnames = CONFIG_PROTOCOLS,
     .max = 255,
     .doc = "protocol by name or number, behind IPv6's extension headers",
     .example = "udp"},
    FIELD_PORTS("from_ports", from_ports, "source port, or a range"),
    FIELD_PORTS("to_ports", to_ports, "destination port, or a range"),
    FIELD_NUMBER("icmp_type", struct raw_acl_rule, icmp_type, 0, 255, NULL,
                 "type of an ICMP message; with protocol icmp or icmp6", "8"),
    FIELD_NUMBER("icmp_code", struct raw_acl_rule, icmp_code, 0, 255, NULL,
                 "code of an ICMP message; with protocol icmp or icmp6", "0"),
    FIELD_NAMES("tcp_flags", struct raw_acl_rule, tcp_flags,
                "flags that are set, or not (no-ack): fin syn rst psh ack urg ece cwr",
                "[syn, no-ack]"),
    FIELD_NAMES("fragments", struct raw_acl_rule, fragments,
                "kinds of packets that match: whole, first (fragment) and later; all when absent",
                "[first, later]")};

static void rule_absent(void *out)
{
    ((struct raw_acl_rule *)out)->action = -1;
}

static const struct schema_table rule_table = {.name = "rule",
                                               .doc = "one rule",
                                               SCHEMA_FIELDS(rule_fields),
                                               .size = sizeof(struct raw_acl_rule),
                                               .place = offsetof(struct raw_acl_rule, at),
                                               .prepare = rule_absent};

#define FIELD_SHARE(k, m, text, ex)                                                                \
    {                                                                                              \
        .key = (k), .type = SCHEMA_DECIMAL, .offset = offsetof(struct raw_sketch, m),              \
        .place = offsetof(struct raw_sketch, m##_at), .min = 1, .max = 999999, .doc = (text),      \
        .example = (ex)                                                                            \
    }

static const struct schema_field sketch_fields[] = {
    FIELD_NUMBER("width", struct raw_sketch, width, 1, 16777216, "16384",
                 "cells of a row; a rule's memory is 16 bytes times width times depth", "16384"),
    FIELD_NUMBER("depth", struct raw_sketch, depth, 1, 16, "4", "rows", "4"),
    FIELD_SHARE("epsilon", epsilon,
                "instead of width: error allowed, as a share of all packets in the window",
                "0.001"),
    FIELD_SHARE("delta", delta, "instead of depth: how probable a larger error may be", "0.01"),
    FIELD_INT("seed", struct raw_sketch, seed, 0, INT64_MAX, "1",
              "seed of its hash; who does not know it cannot aim at others", "1"),
    FIELD_UNIT("window", struct raw_sketch, window_ps, UNIT_TIME, PS_PER_MS, MAX_TIME_PS, "1s",
               false, "time over which a source's packets are counted", "1s")};

static const struct schema_table sketch_table = {.name = "sketch",
                                                 .doc = "how sources are counted (count-min)",
                                                 SCHEMA_FIELDS(sketch_fields),
                                                 .size = sizeof(struct raw_sketch),
                                                 .place = offsetof(struct raw_sketch, at)};

static const struct schema_field acl_fields[] = {
    FIELD_ENUM("default", struct raw_acl, fallback, actions, 2, "permit", false,
               "what becomes of packets that no rule matches", "permit"),
    {.key = "rules",
     .type = SCHEMA_LIST,
     .offset = offsetof(struct raw_acl, rules),
     .sub = &rule_table,
     .doc = "rules in order; the first that matches decides"},
    {.key = "sketch",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_acl, sketch),
     .sub = &sketch_table,
     .doc = "how sources are counted, for rules that limit"}};

const struct schema_table config_acl_table = {.name = "acl",
                                              .doc = "what may come in",
                                              SCHEMA_FIELDS(acl_fields),
                                              .size = sizeof(struct raw_acl),
                                              .place = offsetof(struct raw_acl, at)};
