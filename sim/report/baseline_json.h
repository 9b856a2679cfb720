// SPDX-License-Identifier: GPL-3.0-or-later
// baseline_json: what a baseline holds, for the files of baseline itself.
#ifndef ANYSIM_REPORT_BASELINE_JSON_H
#define ANYSIM_REPORT_BASELINE_JSON_H

#include <jansson.h>

struct baseline;

json_t *baseline_json(const struct baseline *b); // borrowed

#endif
