// SPDX-License-Identifier: GPL-3.0-or-later
// congestion: named profiles of what crowded interconnects do to packets, one line in a scenario:
// congestion: {profile: north-south, between: [telecom, unicom]}. What they are made of: congestion.c
// and docs/links.md.
#ifndef ANYSIM_SCENARIO_CONGESTION_H
#define ANYSIM_SCENARIO_CONGESTION_H

#include "scenario/schema.h"

enum congestion_profile { CONGESTION_NORTH_SOUTH, CONGESTION_CROSS_BORDER, CONGESTION_PROFILES };
extern const char *const congestion_profile_names[CONGESTION_PROFILES];

struct raw_congestion {
    int profile; // -1 when wrong
    struct texts between;
    struct text into, city;
    int64_t loss_ppm, delay_ps, jitter_ps; // -1: the profile's
    struct srcpos at;
};

extern const struct schema_table congestion_table;

#endif
