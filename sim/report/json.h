// SPDX-License-Identifier: GPL-3.0-or-later
// json: summary.json, the contract for programs that read results (docs/results.md lists the keys).
//
// Keys stand in a fixed order and reals are rounded to a millionth of their unit before printing,
// so the same run gives the same bytes. Elements of long arrays take one line each. What was not
// measured is null.
#ifndef ANYSIM_REPORT_JSON_H
#define ANYSIM_REPORT_JSON_H

#include "measure/results.h"
#include <jansson.h>
#include <stdio.h>

void json_summary(const struct results *r, FILE *f);

// The house's way to print a JSON object: one key a line, one array element a line, LF at the end.
void json_print(const json_t *object, FILE *f);

// A real rounded to `decimals` (at most 9) or null for NaN; a text or null for NULL.
json_t *json_real_or_null(double value, int decimals);
json_t *json_text_or_null(const char *text);

#endif
