// SPDX-License-Identifier: GPL-3.0-or-later
// override: the command line's --set KEY=VALUE, merged into a parsed file.
#ifndef ANYSIM_SCENARIO_OVERRIDE_H
#define ANYSIM_SCENARIO_OVERRIDE_H

#include "scenario/scenario.h"
#include "scenario/yaml.h"

#define OVERRIDE_FILE "--set" // what messages call the place: line N is the Nth override

// Parses the values, each shown in messages as a line "key=value" of file OVERRIDE_FILE. Returns an
// array of n nodes; NULL for a value with a diagnostic. Adds the text to in->hash.
const struct node **override_parse(struct input *in, const struct override *sets, size_t n);

// The tree with the overrides applied whose key starts with "variants." (when `variants`) or that
// do not (else). A key names mappings by key and list items by number: "timeline.0.at".
const struct node *override_apply(struct input *in, const struct node *root,
                                  const struct override *sets, const struct node *const *values,
                                  size_t n, bool variants);

#endif
