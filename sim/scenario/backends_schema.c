// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/backends_schema.h"

#define MAX_TIME   (INT64_C(24) * 3600 * PS_PER_S)
#define MAX_RATE   INT64_C(400000000000000)
#define MILLION    INT64_C(1000000)
#define MAX_QUEUE  1000000
#define DIAL_WHOLE MILLION

static const char *const chooses[BACKENDS_CHOICES] = {"nearest", "weight"};
static const char *const affinities[] = {"flow", "source"};

// What every server of a region is, and what one of them is instead.
#define SERVER_FIELDS(type_, member)                                                               \
    {.key = "requests",                                                                            \
     .type = SCHEMA_UNIT,                                                                          \
     .offset = offsetof(type_, member.requests_uhz),                                               \
     .unit = UNIT_FREQ,                                                                            \
     .min = 1,                                                                                     \
     .max = INT64_C(10000000) * MILLION,                                                           \
     .doc = "how many a server serves in a second, one after another: others wait; as many as "    \
            "come when absent",                                                                    \
     .example = "500/s"},                                                                          \
        {.key = "service",                                                                         \
         .type = SCHEMA_UNIT,                                                                      \
         .offset = offsetof(type_, member.service_ps),                                             \
         .unit = UNIT_TIME,                                                                        \
         .max = MAX_TIME,                                                                          \
         .doc = "from the begin of a request's service to its answer; the traffic's own "          \
                "`server` when absent",                                                            \
         .example = "5ms"},                                                                        \
        {.key = "queue",                                                                           \
         .type = SCHEMA_INT,                                                                       \
         .offset = offsetof(type_, member.queue),                                                  \
         .max = MAX_QUEUE,                                                                         \
         .doc = "requests that wait at most, 100 when absent; one more is refused "                \
                "(server-full), but for those on connections that it has",                         \
         .example = "100"},                                                                        \
    {                                                                                              \
        .key = "rate", .type = SCHEMA_UNIT, .offset = offsetof(type_, member.rate_bps),            \
        .unit = UNIT_RATE, .min = 1, .max = MAX_RATE,                                              \
        .doc = "of a server's line, both ways; never the bottleneck when absent",                  \
        .example = "1Gbps"                                                                         \
    }

static const struct schema_field server_fields[] = {
    {.key = "weight",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_server, is.weight),
     .max = BACKENDS_WEIGHT_MAX,
     .doc = "its share of the region's flows, 0 to 255, 1 when absent; 0: none while another takes "
            "some",
     .example = "2"},
    SERVER_FIELDS(struct raw_server, is)};

static void server_absent(void *out)
{
    struct raw_server *s = out;
    s->is = (struct server_options){-1, -1, -1, -1, -1};
}

static const struct schema_table server_table = {.name = "server",
                                                 .doc = "what one server is instead",
                                                 SCHEMA_FIELDS(server_fields),
                                                 .size = sizeof(struct raw_server),
                                                 .place = offsetof(struct raw_server, at),
                                                 .name_offset = offsetof(struct raw_server, name),
                                                 .prepare = server_absent};

static const struct schema_field region_fields[] = {
    {.key = "servers",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_region, servers),
     .min = 1,
     .max = BACKENDS_SERVERS,
     .fallback = "1",
     .doc = "how many stand behind the gateway",
     .example = "4"},
    {.key = "weight",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_region, weight),
     .place = offsetof(struct raw_region, weight_at),
     .max = BACKENDS_WEIGHT_MAX,
     .fallback = "100",
     .doc = "0 to 255: its share among regions at one distance, or with choose: weight among all; "
            "0: none",
     .example = "100"},
    {.key = "dial",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_region, dial_ppm),
     .place = offsetof(struct raw_region, dial_at),
     .unit = UNIT_RATIO,
     .max = DIAL_WHOLE,
     .fallback = "100%",
     .doc = "the part of what would come here that does; the rest goes to the next region",
     .example = "20%"},
    {.key = "priority",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_region, priority),
     .place = offsetof(struct raw_region, priority_at),
     .min = 1,
     .max = 100,
     .fallback = "1",
     .doc = "1 is the highest; a lower one is for when no higher one has a healthy server",
     .example = "2"},
    {.key = "standby",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_region, standby),
     .place = offsetof(struct raw_region, standby_at),
     .fallback = "no",
     .doc = "comes after all priorities",
     .example = "yes"},
    {.key = "server",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_region, server),
     .sub = &server_table,
     .doc = "single servers by number, from 1, that differ from the others"},
    SERVER_FIELDS(struct raw_region, each)};

static void region_absent(void *out)
{
    struct raw_region *r = out;
    r->each = (struct server_options){-1, -1, -1, -1, -1};
}

static const struct schema_table region_table = {.name = "region",
                                                 .doc = "servers behind the gateway of a POP",
                                                 SCHEMA_FIELDS(region_fields),
                                                 .size = sizeof(struct raw_region),
                                                 .place = offsetof(struct raw_region, at),
                                                 .name_offset = offsetof(struct raw_region, name),
                                                 .prepare = region_absent};

static const struct schema_field backends_fields[] = {
    {.key = "regions",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_backends, regions),
     .sub = &region_table,
     .required = true,
     .doc = "by POP"},
    {.key = "choose",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_backends, choose),
     .place = offsetof(struct raw_backends, choose_at),
     .names = chooses,
     .nnames = BACKENDS_CHOICES,
     .fallback = "nearest",
     .doc =
         "accelerated: how a POP chooses among regions of one priority: the nearest by the IGP's "
         "metric, or all of them in proportion to weight and dial",
     .example = "nearest"},
    {.key = "affinity",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_backends, affinity),
     .names = affinities,
     .nnames = 2,
     .fallback = "flow",
     .doc = "what keeps to one server: a flow (5-tuple), or all flows of a client address",
     .example = "source"}};

const struct schema_table backends_table = {.name = "backends",
                                            .doc = "the servers behind a service",
                                            SCHEMA_FIELDS(backends_fields),
                                            .size = sizeof(struct raw_backends),
                                            .place = offsetof(struct raw_backends, at)};

static const struct schema_field health_fields[] = {
    {.key = "interval",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_health, is.interval_ps),
     .unit = UNIT_TIME,
     .min = PS_PER_MS,
     .max = MAX_TIME,
     .fallback = "10s",
     .doc = "between the probes of one prober at one server",
     .example = "10s"},
    {.key = "timeout",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_health, is.timeout_ps),
     .place = offsetof(struct raw_health, timeout_at),
     .unit = UNIT_TIME,
     .min = PS_PER_MS,
     .max = MAX_TIME,
     .fallback = "1s",
     .doc = "an answer later than this is none; at most the interval",
     .example = "1s"},
    {.key = "fall",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_health, is.fall),
     .min = 1,
     .max = 100,
     .fallback = "3",
     .doc = "bad probes in a row that take a server down",
     .example = "3"},
    {.key = "rise",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_health, is.rise),
     .min = 1,
     .max = 100,
     .fallback = "2",
     .doc = "good probes in a row that bring it back",
     .example = "2"},
    {.key = "withdraw",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_health, is.withdraw),
     .fallback = "yes",
     .doc = "a POP that finds no server up gives up its announcement, unless it is the last",
     .example = "no"},
    {.key = "hold_down",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_health, is.hold_ps),
     .place = offsetof(struct raw_health, hold_at),
     .unit = UNIT_TIME,
     .max = MAX_TIME,
     .fallback = "30s",
     .doc = "how long a server has to be up before the POP announces again",
     .example = "30s"}};

const struct schema_table health_table = {.name = "health",
                                          .doc = "health checks of a service's servers",
                                          SCHEMA_FIELDS(health_fields),
                                          .size = sizeof(struct raw_health),
                                          .place = offsetof(struct raw_health, at)};
