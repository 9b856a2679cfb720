// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/demand_schema.h"

#define MAX_TIME     (INT64_C(30) * 24 * 3600 * PS_PER_S)
#define MAX_RATE     INT64_C(400000000000000)
#define HOUR_PS      (3600 * PS_PER_S)
#define MILLION      INT64_C(1000000)
#define MIN_DATAGRAM 64
#define MAX_DATAGRAM 9000

const char *const demand_kind_names[DEMAND_KINDS] = {"users", "gravity", "matrix"};
static const char *const local_times[] = {"longitude", "zone"};

#define RATE(k, m, place_of, text, ex)                                                             \
    {                                                                                              \
        .key = (k), .type = SCHEMA_UNIT, .offset = offsetof(struct raw_demand, m),                 \
        .place = offsetof(struct raw_demand, place_of), .unit = UNIT_RATE, .max = MAX_RATE,        \
        .doc = (text), .example = (ex)                                                             \
    }
#define SHARE(k, m, place_of, text, ex)                                                            \
    {                                                                                              \
        .key = (k), .type = SCHEMA_UNIT, .offset = offsetof(struct raw_demand, m),                 \
        .place = offsetof(struct raw_demand, place_of), .unit = UNIT_RATIO, .max = 100 * MILLION,  \
        .doc = (text), .example = (ex)                                                             \
    }

static const struct schema_field demand_fields[] = {
    {.key = "kind",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_demand, kind),
     .names = demand_kind_names,
     .nnames = DEMAND_KINDS,
     .required = true,
     .doc = "users: so many people, each at a rate; gravity: a total, shared out by population; "
            "matrix: a file",
     .example = "users"},
    {.key = "from",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_demand, from),
     .sub = &from_table,
     .doc = "users, gravity: client groups that take part; all when absent"},
    {.key = "to",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_demand, to),
     .doc = "services that are used; gravity without it: between the client groups themselves",
     .example = "[eip]"},
    SHARE("users", users_ppm, users_at, "users: share of a group's population that takes part",
          "2%"),
    RATE("up", up_bps, up_at, "users: what each sends to each service; 0bps when absent",
         "200kbps"),
    RATE("down", down_bps, down_at, "users: what each gets from each service; 0bps when absent",
         "5Mbps"),
    RATE("total", total_bps, total_at, "gravity: of all pairs, in both directions together",
         "2Tbps"),
    SHARE("up_share", up_share_ppm, up_share_at,
          "gravity to services: the part of it that goes to them; 10% when absent", "5%"),
    {.key = "network",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_demand, network),
     .doc = "gravity: between the cities of this network; matrix: whose cities the file names",
     .example = "telecom"},
    {.key = "file",
     .type = SCHEMA_PATH,
     .offset = offsetof(struct raw_demand, file),
     .doc = "matrix: CSV (from,to,rate), SNDlib native or XML, or Repetita .demands; .gz, .bz2 and "
            ".zst too",
     .example = "matrices/telecom.csv"},
    RATE("unit", unit_bps, unit_at,
         "matrix: what a plain 1 in the file is; 1Mbps when absent, in Repetita's files 1kbps",
         "1Mbps"),
    SHARE("answers", answers_ppm, answers_at,
          "matrix: what services send back, as a share of what they get; 0% when absent", "1000%"),
    {.key = "scale",
     .type = SCHEMA_FACTOR,
     .offset = offsetof(struct raw_demand, scale_ppm),
     .max = 1000 * MILLION,
     .fallback = "1",
     .doc = "all rates are multiplied by it",
     .example = "1.5"},
    {.key = "growth",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_demand, growth_ppm),
     .place = offsetof(struct raw_demand, growth_at),
     .unit = UNIT_RATIO,
     .min = -MILLION,
     .max = 10 * MILLION,
     .fallback = "0%",
     .doc = "a year, over `years`; compound",
     .example = "25%"},
    {.key = "years",
     .type = SCHEMA_FACTOR,
     .offset = offsetof(struct raw_demand, years_ppm),
     .place = offsetof(struct raw_demand, years_at),
     .max = 50 * MILLION,
     .fallback = "0",
     .doc = "of growth",
     .example = "2"},
    {.key = "elastic",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_demand, elastic),
     .fallback = "no",
     .doc = "yes: it takes its max-min fair share of what is free, as downloads do; no: it is sent "
            "whatever becomes of it",
     .example = "yes"},
    {.key = "packet",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_demand, bytes),
     .unit = UNIT_SIZE,
     .min = MIN_DATAGRAM,
     .max = MAX_DATAGRAM,
     .fallback = "1000B",
     .doc = "mean IP datagram: what tunnels add to the rate, and the time to send one",
     .example = "1200B"},
    {.key = "curve",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_demand, curve),
     .doc = "how much of it there is by local time: one of `curves`; always all of it when absent",
     .example = "evening"}};

static void demand_absent(void *out)
{
    struct raw_demand *d = out;
    d->users_ppm = d->up_bps = d->down_bps = d->total_bps = d->up_share_ppm = -1;
    d->unit_bps = d->answers_ppm = -1;
}

const struct schema_table demand_table = {.name = "demand",
                                          .doc = "traffic of many users at once",
                                          SCHEMA_FIELDS(demand_fields),
                                          .size = sizeof(struct raw_demand),
                                          .place = offsetof(struct raw_demand, at),
                                          .name_offset = offsetof(struct raw_demand, name),
                                          .prepare = demand_absent};

static const struct schema_field curve_fields[] = {
    {.key = "points",
     .type = SCHEMA_ROWS,
     .offset = offsetof(struct raw_curve, points),
     .sub = &curve_point_table,
     .required = true,
     .doc = "a CSV file or a list, in order of time; straight lines between them, around midnight "
            "too",
     .example = "curves/evening.csv"}};

const struct schema_table curve_table = {.name = "curve",
                                         .doc = "a value over the hours of a day",
                                         SCHEMA_FIELDS(curve_fields),
                                         .size = sizeof(struct raw_curve),
                                         .place = offsetof(struct raw_curve, at),
                                         .name_offset = offsetof(struct raw_curve, name)};

static const struct schema_field daytime_fields[] = {
    {.key = "zone",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_daytime, zone_ps),
     .unit = UNIT_TIME,
     .min = -12 * HOUR_PS,
     .max = 14 * HOUR_PS,
     .fallback = "0h",
     .doc = "what the clock shows ahead of UTC",
     .example = "8h"},
    {.key = "speed",
     .type = SCHEMA_FACTOR,
     .offset = offsetof(struct raw_daytime, speed_ppm),
     .max = 100000 * MILLION,
     .fallback = "1",
     .doc = "the time of day passes so many times as fast as the run: 60 makes an hour a minute",
     .example = "60"},
    {.key = "local",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_daytime, local),
     .names = local_times,
     .nnames = 2,
     .fallback = "longitude",
     .doc = "longitude: people live by their city's utc_offset, else by the sun, an hour for 15 "
            "degrees; zone: all live by `zone`",
     .example = "zone"}};

const struct schema_table daytime_table = {.name = "daytime",
                                           .doc = "whose time of day it is, and how fast it passes",
                                           SCHEMA_FIELDS(daytime_fields),
                                           .size = sizeof(struct raw_daytime),
                                           .place = offsetof(struct raw_daytime, at)};

static const struct schema_field surge_fields[] = {
    {.key = "demand",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_surge, demand),
     .required = true,
     .doc = "which of `demands`",
     .example = "video"},
    {.key = "from",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_surge, from),
     .sub = &from_table,
     .doc = "only that of these client groups; all when absent"},
    {.key = "factor",
     .type = SCHEMA_FACTOR,
     .offset = offsetof(struct raw_surge, factor_ppm),
     .max = 10000 * MILLION,
     .required = true,
     .doc = "so many times as much of it, or less",
     .example = "8"},
    {.key = "ramp",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_surge, ramp_ps),
     .unit = UNIT_TIME,
     .max = MAX_TIME,
     .fallback = "0s",
     .doc = "time until it has grown that far, bucket by bucket",
     .example = "20s"}};

const struct schema_table surge_table = {.name = "surge",
                                         .doc = "a demand that grows, as in a flash crowd",
                                         SCHEMA_FIELDS(surge_fields),
                                         .size = sizeof(struct raw_surge),
                                         .place = offsetof(struct raw_surge, at)};
