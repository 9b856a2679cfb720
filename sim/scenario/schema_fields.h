// SPDX-License-Identifier: GPL-3.0-or-later
// schema_fields: kinds of fields that several schema files share.
#ifndef ANYSIM_SCENARIO_SCHEMA_FIELDS_H
#define ANYSIM_SCENARIO_SCHEMA_FIELDS_H

#include "base/units.h"
#include "scenario/schema.h"

// No time in a file is longer than a day.
#define SCHEMA_MAX_TIME (INT64_C(24) * 3600 * PS_PER_S)

// A time that is at least `lo`, with the default `def` as written.
#define SCHEMA_TIME_FIELD(k, st, m, lo, def, text)                                                 \
    {                                                                                              \
        .key = (k), .type = SCHEMA_UNIT, .offset = offsetof(st, m), .unit = UNIT_TIME,             \
        .min = (lo), .max = SCHEMA_MAX_TIME, .fallback = (def), .doc = (text), .example = (def)    \
    }

#endif
