// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/congestion.h"

static const struct schema_field congestion_fields[] = {
    {.key = "profile",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_congestion, profile),
     .names = congestion_profile_names,
     .nnames = CONGESTION_PROFILES,
     .required = true,
     .doc = "north-south: two carriers whose interconnects are full in the evening; cross-border: "
            "what enters a country over full transnational links (docs/links.md)",
     .example = "north-south"},
    {.key = "between",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_congestion, between),
     .required = true,
     .doc = "two networks: their interconnects",
     .example = "[telecom, unicom]"},
    {.key = "into",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_congestion, into),
     .doc = "only in the direction that leads into this one of the two; cross-border needs it",
     .example = "unicom"},
    {.key = "city",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_congestion, city),
     .doc = "only the interconnect in this city",
     .example = "beijing"},
    {.key = "loss",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_congestion, loss_ppm),
     .unit = UNIT_RATIO,
     .max = 900000,
     .doc = "loss at the peak instead of the profile's",
     .example = "5%"},
    {.key = "delay",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_congestion, delay_ps),
     .unit = UNIT_TIME,
     .max = 10 * PS_PER_S,
     .doc = "mean added delay at the peak instead of the profile's",
     .example = "30ms"},
    {.key = "jitter",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_congestion, jitter_ps),
     .unit = UNIT_TIME,
     .max = 10 * PS_PER_S,
     .doc = "its standard deviation at the peak instead of the profile's",
     .example = "15ms"}};

static void congestion_absent(void *out)
{
    struct raw_congestion *c = out;
    c->profile = -1;
    c->loss_ppm = c->delay_ps = c->jitter_ps = -1;
}

const struct schema_table congestion_table = {.name = "congestion",
                                              .doc = "crowded interconnects of two networks",
                                              SCHEMA_FIELDS(congestion_fields),
                                              .size = sizeof(struct raw_congestion),
                                              .place = offsetof(struct raw_congestion, at),
                                              .prepare = congestion_absent};
