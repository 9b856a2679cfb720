// SPDX-License-Identifier: GPL-3.0-or-later
// rows: tables of like things, which may stand in a CSV file or inline. For the schema reader.
//
//     links: china/links.csv                    a file; its columns are the keys of the table
//     links: [{a: beijing, b: shanghai, …}]     a list of mappings
//     cities: {beijing: {lat: 39.9, …}}         a mapping: its keys are the table's first field
//     nodes: [beijing, shanghai]                a list of names: the same, all else by default
#ifndef ANYSIM_SCENARIO_ROWS_H
#define ANYSIM_SCENARIO_ROWS_H

#include "scenario/schema.h"

// Reads field `f` of the struct `out` from node `v`.
void rows_read(struct input *in, const struct schema_field *f, const struct node *v,
               const char *where, char *out);

#endif
