// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/routing_schema.h"

static const char *const switches[] = {"no", "yes", "off", "on"}; // index & 1
static const char *const roles_names[] = {"off", "on", "strict"};
static const char *const damping_names[DAMPING_SETS] = {"off", "rfc7196", "frr", "cisco", "junos"};
static const char *const action_names[] = {"prepend", "no-announce", "local-pref"};

#define SWITCH_FIELD(k, m, text)                                                                   \
    {                                                                                              \
        .key = (k), .type = SCHEMA_ENUM, .offset = offsetof(struct raw_policy, m),                 \
        .names = switches, .nnames = 4, .doc = (text), .example = "yes"                            \
    }
#define COUNT_FIELD(k, m, most, text, ex)                                                          \
    {                                                                                              \
        .key = (k), .type = SCHEMA_INT, .offset = offsetof(struct raw_policy, m), .max = (most),   \
        .doc = (text), .example = (ex)                                                             \
    }

static const struct schema_field policy_fields[] = {
    {.key = "import",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_policy, import),
     .doc = "policy for what comes in, run after the built-in rules; `none` for no policy",
     .example = "edge-in"},
    {.key = "export",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_policy, export_),
     .doc = "policy for what goes out; `none` for no policy",
     .example = "edge-out"},
    SWITCH_FIELD("builtin", builtin,
                 "LOCAL_PREF and valley-free export by relation (Gao and Rexford); on unless said"),
    SWITCH_FIELD("require_policy", require,
                 "without a policy nothing passes in its direction (RFC 8212)"),
    SWITCH_FIELD("drop_invalid", rov,
                 "refuse routes whose origin is invalid by the VRPs (RFC 6811)"),
    SWITCH_FIELD("blackhole", blackhole, "accept routes to discard, 65535:666 (RFC 7999)"),
    SWITCH_FIELD(
        "aigp", aigp,
        "eBGP neighbours are told the accumulated IGP metric, and it is taken from them (RFC "
        "7311 section 3.1); on iBGP it always is"),
    SWITCH_FIELD("med_from_igp", med_from_igp,
                 "tell eBGP neighbours the IGP metric to the next hop as MED"),
    {.key = "roles",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_policy, roles),
     .names = roles_names,
     .nnames = 3,
     .doc = "BGP roles by relation, with Only to Customer (RFC 9234); strict: no session with whom "
            "does not tell a role",
     .example = "on"},
    {.key = "damping",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_policy, damping),
     .names = damping_names,
     .nnames = DAMPING_SETS,
     .doc = "route flap damping (RFC 2439) with the figures of RFC 7196 or of a vendor",
     .example = "rfc7196"},
    COUNT_FIELD("own_as_allowed", own_as_allowed, 10,
                "times that the own AS may stand in an AS path", "1"),
    COUNT_FIELD("as_path_max", path_length_max, 1000, "refuse longer AS paths; 0: no limit", "50"),
    COUNT_FIELD("prefix_limit", prefix_limit, 10000000,
                "more prefixes end the session (RFC 4486); 0: no limit", "1000"),
    {.key = "mrai",
     .type = SCHEMA_UNIT,
     .unit = UNIT_TIME,
     .max = INT64_C(1000000) * PS_PER_S,
     .offset = offsetof(struct raw_policy, mrai_ps),
     .doc = "least time between UPDATEs for a prefix to these neighbours; else mrai_ebgp or "
            "mrai_ibgp of `bgp`",
     .example = "5s"}};

static void policy_absent(void *out)
{
    struct raw_policy *p = out;
    p->builtin = p->require = p->rov = p->blackhole = p->aigp = p->med_from_igp = -1;
    p->roles = p->damping = -1;
    p->own_as_allowed = p->path_length_max = p->prefix_limit = p->mrai_ps = -1;
}

const struct schema_table policy_table = {.name = "routing_policy",
                                          .doc = "what BGP sessions let in and out",
                                          SCHEMA_FIELDS(policy_fields),
                                          .size = sizeof(struct raw_policy),
                                          .place = offsetof(struct raw_policy, at),
                                          .name_offset = offsetof(struct raw_policy, name),
                                          .prepare = policy_absent};

#define PREFIX_FIELD(k, st, m, must, text, ex)                                                     \
    {                                                                                              \
        .key = (k), .type = SCHEMA_PREFIX, .offset = offsetof(st, m), .required = (must),          \
        .doc = (text), .example = (ex)                                                             \
    }
#define ASN_FIELD(st, text)                                                                        \
    {                                                                                              \
        .key = "asn", .type = SCHEMA_INT, .offset = offsetof(st, asn), .max = 4294967294,          \
        .required = true, .doc = (text), .example = "64500"                                        \
    }

static const struct schema_field vrp_fields[] = {
    PREFIX_FIELD("prefix", struct raw_vrp, prefix, true, "what the AS may originate",
                 "203.0.113.0/24"),
    ASN_FIELD(struct raw_vrp, "AS that may originate it; 0: nobody may"),
    {.key = "max_length",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_vrp, max_length),
     .max = 32,
     .doc = "longest prefix that it may originate; the prefix's own length when absent",
     .example = "24"}};

static void vrp_absent(void *out)
{
    ((struct raw_vrp *)out)->max_length = -1;
}

const struct schema_table vrp_table = {.name = "vrp",
                                       .doc = "a Validated ROA Payload (RFC 6811)",
                                       SCHEMA_FIELDS(vrp_fields),
                                       .size = sizeof(struct raw_vrp),
                                       .place = offsetof(struct raw_vrp, at),
                                       .prepare = vrp_absent};

static const struct schema_field action_fields[] = {
    {.key = "community",
     .type = SCHEMA_TEXT,
     .offset = offsetof(struct raw_action, community),
     .required = true,
     .doc = "what a customer tags a route with: a community, or a large one",
     .example = "64500:1001"},
    {.key = "do",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_action, what),
     .names = action_names,
     .nnames = 3,
     .required = true,
     .doc = "what this network does then",
     .example = "prepend"},
    {.key = "times",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_action, times),
     .min = 1,
     .max = POLICY_PREPEND_MAX,
     .fallback = "1",
     .doc = "how often the own AS is prepended",
     .example = "2"},
    {.key = "value",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_action, value),
     .max = UINT32_MAX,
     .doc = "the local preference",
     .example = "80"},
    {.key = "to",
     .type = SCHEMA_TEXT,
     .offset = offsetof(struct raw_action, to),
     .doc = "neighbour network that is meant; everybody when absent",
     .example = "telecom"},
    {.key = "at",
     .type = SCHEMA_TEXT,
     .offset = offsetof(struct raw_action, at_place),
     .doc = "city or region whose sessions are meant; everywhere when absent",
     .example = "beijing"}};

static void action_absent(void *out)
{
    ((struct raw_action *)out)->value = -1;
}

const struct schema_table action_table = {.name = "action_community",
                                          .doc = "a community by which customers ask for something",
                                          SCHEMA_FIELDS(action_fields),
                                          .size = sizeof(struct raw_action),
                                          .place = offsetof(struct raw_action, at),
                                          .prepare = action_absent};

static const struct schema_field aggregate_fields[] = {
    PREFIX_FIELD("prefix", struct raw_aggregate, prefix, true, "what is announced instead",
                 "203.0.112.0/22"),
    {.key = "as_set",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_aggregate, as_set),
     .fallback = "no",
     .doc = "name the ASes that it is made from; else it carries ATOMIC_AGGREGATE",
     .example = "yes"},
    {.key = "summary_only",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_aggregate, summary_only),
     .fallback = "no",
     .doc = "tell other networks of the aggregate and not of what it is made from",
     .example = "yes"}};

const struct schema_table aggregate_table = {.name = "aggregate",
                                             .doc = "an aggregate (RFC 4271 section 9.2.2.2)",
                                             SCHEMA_FIELDS(aggregate_fields),
                                             .size = sizeof(struct raw_aggregate),
                                             .place = offsetof(struct raw_aggregate, at)};

static const struct schema_field condition_fields[] = {
    PREFIX_FIELD("prefix", struct raw_condition, prefix, true, "what is announced",
                 "203.0.113.0/24"),
    PREFIX_FIELD("present", struct raw_condition, present, false,
                 "announced while the router has a route to this prefix", "198.51.100.0/24"),
    PREFIX_FIELD("absent", struct raw_condition, absent, false,
                 "announced while the router has no route to this prefix", "198.51.100.0/24")};

const struct schema_table condition_table = {.name = "announce_if",
                                             .doc = "a conditional announcement",
                                             SCHEMA_FIELDS(condition_fields),
                                             .size = sizeof(struct raw_condition),
                                             .place = offsetof(struct raw_condition, at)};

static const struct schema_field member_fields[] = {
    ASN_FIELD(struct raw_member, "number of the member AS, as the other members see it"),
    {.key = "cities",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_member, cities),
     .required = true,
     .doc = "cities whose routers belong to it",
     .example = "[beijing, tianjin]"}};

const struct schema_table member_table = {.name = "confederation_member",
                                          .doc = "a member AS of a confederation (RFC 5065)",
                                          SCHEMA_FIELDS(member_fields),
                                          .size = sizeof(struct raw_member),
                                          .place = offsetof(struct raw_member, at)};
