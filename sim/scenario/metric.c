// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/metric.h"

#define METRIC_SPEC(name, key, unit, scope, example, doc)                                          \
    {key, METRIC_##unit, METRIC_OF_##scope, example, doc},
#define METRIC_NAME(name, key, ...) key,

const struct metric_spec metric_specs[METRIC_COUNT] = {METRICS(METRIC_SPEC)};
const char *const metric_names[METRIC_COUNT] = {METRICS(METRIC_NAME)};
