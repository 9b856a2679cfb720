// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/gslb_schema.h"

#define MAX_TIME   (INT64_C(24) * 3600 * PS_PER_S)
#define MAX_CACHES 1024

const char *const gslb_choice_names[GSLB_CHOICES] = {"nearest", "rtt", "map", "weights",
                                                     "round-robin"};

static const struct schema_field answer_fields[] = {
    {.key = "service",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_gslb_answer, service),
     .required = true,
     .doc = "a service with an address of its own",
     .example = "beijing"},
    {.key = "weight",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_gslb_answer, weight),
     .max = 1000000,
     .fallback = "1",
     .doc = "choose: weights: its share of the answers; 0: only when no other is up",
     .example = "3"}};

static const struct schema_table answer_table = {.name = "answer",
                                                 .doc = "an address that DNS may answer with",
                                                 SCHEMA_FIELDS(answer_fields),
                                                 .size = sizeof(struct raw_gslb_answer),
                                                 .place = offsetof(struct raw_gslb_answer, at)};

static const struct schema_field map_fields[] = {
    {.key = "from",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_gslb_map, from),
     .sub = &from_table,
     .doc = "where askers stand; anywhere when absent"},
    {.key = "to",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_gslb_map, to),
     .required = true,
     .doc = "what they are answered: the first that is up; the others follow by distance",
     .example = "[shanghai, beijing]"}};

static const struct schema_table map_table = {.name = "answer_map",
                                              .doc = "what askers of some places are answered",
                                              SCHEMA_FIELDS(map_fields),
                                              .size = sizeof(struct raw_gslb_map),
                                              .place = offsetof(struct raw_gslb_map, at)};

#define TIME(k, st, m, least, text, ex)                                                            \
    .key = (k), .type = SCHEMA_UNIT, .offset = offsetof(st, m), .unit = UNIT_TIME, .min = (least), \
    .max = MAX_TIME, .doc = (text), .example = (ex)

static const struct schema_field health_fields[] = {
    {TIME("interval", struct raw_gslb_health, interval_ps, PS_PER_MS, "from probe to probe", "10s"),
     .fallback = "10s"},
    {TIME("timeout", struct raw_gslb_health, timeout_ps, PS_PER_MS,
          "a probe that is not answered within it is bad; at most the interval", "2s"),
     .place = offsetof(struct raw_gslb_health, timeout_at), .fallback = "2s"},
    {.key = "fall",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_gslb_health, fall),
     .min = 1,
     .max = 100,
     .fallback = "3",
     .doc = "so many bad probes in a row take an answer down",
     .example = "3"},
    {.key = "rise",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_gslb_health, rise),
     .min = 1,
     .max = 100,
     .fallback = "2",
     .doc = "so many good ones bring it back",
     .example = "2"},
    {.key = "quorum",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_gslb_health, quorum_ppm),
     .unit = UNIT_RATIO,
     .min = 1,
     .max = 1000000,
     .fallback = "50%",
     .doc = "an answer is up while at least this share of the probers say so",
     .example = "50%"},
    {.key = "from",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_gslb_health, from),
     .sub = &from_table,
     .doc = "client groups at whose place a prober stands; the largest of each network when "
            "absent"}};

static const struct schema_table health_table = {
    .name = "answer_health",
    .doc = "how DNS finds out which answers work: echo requests over the network",
    SCHEMA_FIELDS(health_fields),
    .size = sizeof(struct raw_gslb_health),
    .place = offsetof(struct raw_gslb_health, at)};

static const struct schema_field gslb_fields[] = {
    {.key = "answers",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_gslb, answers),
     .sub = &answer_table,
     .required = true,
     .doc = "services whose addresses DNS answers with: names, mappings, or a CSV file",
     .example = "[beijing, shanghai]"},
    {.key = "choose",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_gslb, choose),
     .place = offsetof(struct raw_gslb, choose_at),
     .names = gslb_choice_names,
     .nnames = GSLB_CHOICES,
     .fallback = "nearest",
     .doc = "which of the answers that are up: the nearest to the asker by distance, that with the "
            "least measured RTT, by `map`, at random by weight, or one after the other",
     .example = "rtt"},
    {.key = "map",
     .type = SCHEMA_LIST,
     .offset = offsetof(struct raw_gslb, map),
     .sub = &map_table,
     .doc = "choose: map: the first entry that fits the asker; the nearest where none does"},
    {TIME("ttl", struct raw_gslb, ttl_ps, PS_PER_S, "time to live of the answers", "60s"),
     .fallback = "60s"},
    {.key = "ignoring",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_gslb, ignoring_ppm),
     .unit = UNIT_RATIO,
     .max = 1000000,
     .fallback = "0%",
     .doc = "share of the users who keep an answer for `hold`, whatever its time to live",
     .example = "15%"},
    {TIME("hold", struct raw_gslb, hold_ps, PS_PER_S, "for how long those do; 30min when absent",
          "30min"),
     .place = offsetof(struct raw_gslb, hold_at)},
    {.key = "name_servers",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_gslb, name_servers),
     .doc = "services at whose addresses the name servers answer; those of `answers` when absent",
     .example = "[dns]"},
    {TIME("measure", struct raw_gslb, measure_ps, PS_PER_MS,
          "choose: rtt: from one measurement to the next; 30s when absent", "30s"),
     .place = offsetof(struct raw_gslb, measure_at)},
    {.key = "health",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_gslb, health),
     .sub = &health_table,
     .doc = "health checks; without them every answer counts as up"}};

static void gslb_absent(void *out)
{
    ((struct raw_gslb *)out)->choose = -1;
}

const struct schema_table gslb_table = {.name = "gslb",
                                        .doc = "a name for which DNS answers one of many addresses",
                                        SCHEMA_FIELDS(gslb_fields),
                                        .size = sizeof(struct raw_gslb),
                                        .place = offsetof(struct raw_gslb, at),
                                        .prepare = gslb_absent};

static const struct schema_field resolver_fields[] = {
    {.key = "at",
     .type = SCHEMA_TEXT,
     .offset = offsetof(struct raw_resolver, place),
     .doc = "where it stands, NETWORK/CITY; when absent there is one beside each client group",
     .example = "telecom/shanghai"},
    {.key = "from",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_resolver, from),
     .sub = &from_table,
     .doc = "client groups that use it; all when absent"},
    {.key = "share",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_resolver, share_ppm),
     .unit = UNIT_RATIO,
     .min = 1,
     .max = 1000000,
     .fallback = "100%",
     .doc = "share of their people; the rest use a resolver beside them",
     .example = "20%"},
    {.key = "client_subnet",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_resolver, subnet),
     .place = offsetof(struct raw_resolver, subnet_at),
     .fallback = "no",
     .doc = "name servers are told where the asker is (RFC 7871), and answers kept for each place; "
            "else they see the resolver's own place",
     .example = "yes"},
    {.key = "caches",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_resolver, caches),
     .min = 1,
     .max = MAX_CACHES,
     .fallback = "32",
     .doc = "caches that do not know of each other: machines behind its address",
     .example = "8"},
    {TIME("min_ttl", struct raw_resolver, min_ttl_ps, 0, "it keeps every answer so long at least",
          "5min")},
    {TIME("max_ttl", struct raw_resolver, max_ttl_ps, PS_PER_S,
          "and so long at most; no bound when absent", "1h"),
     .place = offsetof(struct raw_resolver, max_ttl_at)},
    {TIME("serve_stale", struct raw_resolver, stale_ps, 0,
          "when no name server answers it gives old answers for so long (RFC 8767)", "1h")}};

const struct schema_table resolver_table = {.name = "resolver",
                                            .doc = "a DNS resolver and who uses it",
                                            SCHEMA_FIELDS(resolver_fields),
                                            .size = sizeof(struct raw_resolver),
                                            .place = offsetof(struct raw_resolver, at),
                                            .name_offset = offsetof(struct raw_resolver, name)};
