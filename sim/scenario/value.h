// SPDX-License-Identifier: GPL-3.0-or-later
// value: scalars of a file into C values, as their schema field says. For the schema reader.
#ifndef ANYSIM_SCENARIO_VALUE_H
#define ANYSIM_SCENARIO_VALUE_H

#include "scenario/schema.h"

// Reads a scalar of any simple type into `slot`. A diagnostic (which calls it `where`) leaves the
// slot as it was.
void value_read(struct input *in, const struct schema_field *f, const struct node *v,
                const char *where, void *slot);

void value_read_names(struct input *in, const struct schema_field *f, const struct node *v,
                      const char *where, struct texts *out);

// One address, prefix or MAC address, as the field's type says, into its raw struct.
void value_read_address(struct input *in, const struct schema_field *f, const char *where,
                        const struct text *t, void *slot);
// SCHEMA_HOSTS, SCHEMA_NETS, SCHEMA_PREFIXES: a list of them, or one.
void value_read_addresses(struct input *in, const struct schema_field *f, const struct node *v,
                          const char *where, void *slot);

// Names are letters (any script), digits, '-' and '_', at most 64 bytes: they become parts of other
// names ("telecom/hebei", "networks.telecom.igp") and of file names.
bool value_check_name(struct input *in, const struct text *name);
// One, or two with a slash between them.
bool value_check_two_names(struct input *in, const struct text *name);

// "networks.telecom" + "asn" → "networks.telecom.asn".
const char *value_where(struct input *in, const char *where, const char *key);

#endif
