// SPDX-License-Identifier: GPL-3.0-or-later
// yaml_error: turns libyaml's syntax errors into sentences for people who write scenarios.
#ifndef ANYSIM_SCENARIO_YAML_ERROR_H
#define ANYSIM_SCENARIO_YAML_ERROR_H

#include "base/diag.h"
#include <yaml.h>

// Adds a diagnostic for the error that parser `p` stopped at; `text` is what it was reading.
void yaml_explain(struct diag *d, const char *file, const char *text, size_t len,
                  const yaml_parser_t *p);

#endif
