// SPDX-License-Identifier: GPL-3.0-or-later
// config_fields: short forms of schema fields, for the tables of config_schema_*.c.
#ifndef ANYSIM_FORWARD_CONFIG_FIELDS_H
#define ANYSIM_FORWARD_CONFIG_FIELDS_H

#include "forward/config_schema.h"

#define FIELD_NAME(k, st, m, must, text, ex)                                                       \
    {                                                                                              \
        .key = (k), .type = SCHEMA_NAME, .offset = offsetof(st, m), .required = (must),            \
        .doc = (text), .example = (ex)                                                             \
    }
#define FIELD_TEXT(k, st, m, text, ex)                                                             \
    {                                                                                              \
        .key = (k), .type = SCHEMA_TEXT, .offset = offsetof(st, m), .doc = (text), .example = (ex) \
    }
#define FIELD_NAMES(k, st, m, text, ex)                                                            \
    {                                                                                              \
        .key = (k), .type = SCHEMA_NAMES, .offset = offsetof(st, m), .doc = (text),                \
        .example = (ex)                                                                            \
    }
#define FIELD_ADDRESS(k, st, m, must, text, ex)                                                    \
    {                                                                                              \
        .key = (k), .type = SCHEMA_ADDRESS, .offset = offsetof(st, m), .required = (must),         \
        .doc = (text), .example = (ex)                                                             \
    }
#define FIELD_PREFIX(k, st, m, must, text, ex)                                                     \
    {                                                                                              \
        .key = (k), .type = SCHEMA_PREFIX6, .offset = offsetof(st, m), .required = (must),         \
        .doc = (text), .example = (ex)                                                             \
    }
#define FIELD_MAC(k, st, m, must, text)                                                            \
    {                                                                                              \
        .key = (k), .type = SCHEMA_MAC, .offset = offsetof(st, m), .required = (must),             \
        .doc = (text), .example = "02:00:00:00:00:01"                                              \
    }
// A plain int64_t.
#define FIELD_INT(k, st, m, lo, hi, def, text, ex)                                                 \
    {                                                                                              \
        .key = (k), .type = SCHEMA_INT, .offset = offsetof(st, m), .min = (lo), .max = (hi),       \
        .fallback = (def), .doc = (text), .example = (ex)                                          \
    }
#define FIELD_UNIT(k, st, m, kind, lo, hi, def, must, text, ex)                                    \
    {                                                                                              \
        .key = (k), .type = SCHEMA_UNIT, .offset = offsetof(st, m), .unit = (kind), .min = (lo),   \
        .max = (hi), .fallback = (def), .required = (must), .doc = (text), .example = (ex)         \
    }
// struct raw_number, raw_flag, raw_choice: with a place.
#define FIELD_NUMBER(k, st, m, lo, hi, def, text, ex)                                              \
    {                                                                                              \
        .key = (k), .type = SCHEMA_INT, .offset = offsetof(st, m.v), .place = offsetof(st, m.at),  \
        .min = (lo), .max = (hi), .fallback = (def), .doc = (text), .example = (ex)                \
    }
#define FIELD_QUANTITY(k, st, m, kind, lo, hi, def, text, ex)                                      \
    {                                                                                              \
        .key = (k), .type = SCHEMA_UNIT, .offset = offsetof(st, m.v), .place = offsetof(st, m.at), \
        .unit = (kind), .min = (lo), .max = (hi), .fallback = (def), .doc = (text),                \
        .example = (ex)                                                                            \
    }
#define FIELD_FLAG(k, st, m, text)                                                                 \
    {                                                                                              \
        .key = (k), .type = SCHEMA_BOOL, .offset = offsetof(st, m.v), .place = offsetof(st, m.at), \
        .fallback = "no", .doc = (text), .example = "yes"                                          \
    }
#define FIELD_CHOICE(k, st, m, list, count, must, text, ex)                                        \
    {                                                                                              \
        .key = (k), .type = SCHEMA_ENUM, .offset = offsetof(st, m.v), .place = offsetof(st, m.at), \
        .names = (list), .nnames = (count), .required = (must), .doc = (text), .example = (ex)     \
    }
#define FIELD_ENUM(k, st, m, list, count, def, must, text, ex)                                     \
    {                                                                                              \
        .key = (k), .type = SCHEMA_ENUM, .offset = offsetof(st, m), .names = (list),               \
        .nnames = (count), .fallback = (def), .required = (must), .doc = (text), .example = (ex)   \
    }

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#define MAX_TIME_PS (INT64_C(7) * 24 * 3600 * PS_PER_S)

#endif
