// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/monitor_schema.h"

#define DAY_PS  (INT64_C(24) * 3600 * PS_PER_S)
#define MILLION INT64_C(1000000)

const char *const billing_direction_names[BILLING_DIRECTIONS] = {"in", "out", "max"};

const struct schema_field monitor_interval_field = {
    .key = "intervals", .unit = UNIT_TIME, .min = PS_PER_S, .max = DAY_PS};

static const struct schema_field area_fields[] = {{.key = "pops",
                                                   .type = SCHEMA_NAMES,
                                                   .offset = offsetof(struct raw_area, pops),
                                                   .required = true,
                                                   .doc = "POPs that stand in it",
                                                   .example = "[frankfurt, london]"}};

static const struct schema_table area_table = {.name = "area",
                                               .doc = "POPs that belong together",
                                               SCHEMA_FIELDS(area_fields),
                                               .size = sizeof(struct raw_area),
                                               .place = offsetof(struct raw_area, at),
                                               .name_offset = offsetof(struct raw_area, name)};

static const struct schema_field monitor_fields[] = {
    {.key = "intervals",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_monitor, intervals),
     .doc = "lengths of the points of monitor.csv, from 1s to 1d, at most 8; they begin at "
            "multiples of themselves by the `clock`; 60s and 300s when absent",
     .example = "[60s, 300s]"},
    {.key = "areas",
     .type = SCHEMA_DICT,
     .offset = offsetof(struct raw_monitor, areas),
     .sub = &area_table,
     .doc = "groups of POPs for pairs.csv and billing.csv, by name; the area of other POPs is the "
            "region of their city"}};

const struct schema_table monitor_table = {.name = "monitor",
                                           .doc = "how services are monitored (docs/monitoring.md)",
                                           SCHEMA_FIELDS(monitor_fields),
                                           .size = sizeof(struct raw_monitor),
                                           .place = offsetof(struct raw_monitor, at)};

static const struct schema_field billing_fields[] = {
    {.key = "period",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_billing, period_ps),
     .place = offsetof(struct raw_billing, period_at),
     .unit = UNIT_TIME,
     .min = PS_PER_S,
     .max = DAY_PS,
     .fallback = "300s",
     .doc = "length of a point, whose mean rate counts",
     .example = "300s"},
    {.key = "percentile",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_billing, percentile_ppm),
     .unit = UNIT_RATIO,
     .min = 10000,
     .max = MILLION,
     .fallback = "95%",
     .doc = "of n points the n × (100 % − percentile) highest are dropped, rounded down; the "
            "highest of the others is billed",
     .example = "95%"},
    {.key = "direction",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_billing, direction),
     .names = billing_direction_names,
     .nnames = BILLING_DIRECTIONS,
     .fallback = "max",
     .doc = "what of a point counts: in, out, or the larger of them",
     .example = "out"},
    {.key = "price",
     .type = SCHEMA_FACTOR,
     .offset = offsetof(struct raw_billing, price_ppm),
     .max = MILLION * MILLION,
     .doc = "of a Mbit/s of the percentile, for the whole run",
     .example = "25.5"},
    {.key = "currency",
     .type = SCHEMA_TEXT,
     .offset = offsetof(struct raw_billing, currency),
     .doc = "what the price is in, for reports",
     .example = "CNY"}};

static void billing_absent(void *out)
{
    struct raw_billing *b = out;
    b->price_ppm = -1;
}

const struct schema_table billing_table = {.name = "billing",
                                           .doc = "billing by percentile (docs/monitoring.md)",
                                           SCHEMA_FIELDS(billing_fields),
                                           .size = sizeof(struct raw_billing),
                                           .place = offsetof(struct raw_billing, at),
                                           .prepare = billing_absent};
