// SPDX-License-Identifier: GPL-3.0-or-later
// names: what a name in a file refers to. An index of declared things, and the message for a name
// that is not among them.
#ifndef ANYSIM_SCENARIO_NAMES_H
#define ANYSIM_SCENARIO_NAMES_H

#include "base/table.h"
#include "base/vec.h"
#include "scenario/schema.h"

struct names {
    struct table index;
    VEC(const char *) list; // in order of declaration
};

void names_free(struct names *n); // zeroed memory is an empty index

// Declares `name` as `index`. False when it exists already.
bool names_add(struct names *n, const char *name, int index);

// Index of a name or -1, silently.
int names_get(const struct names *n, const char *name);

// The same; an unknown name is a diagnostic "unknown WHAT 'x'OF" with the nearest known name. An
// absent name (t->s is NULL; that has been reported already) gives -1 silently, and so does any
// name when nothing is declared after an error: the declarations could not be read.
int names_find(const struct names *n, struct input *in, const struct text *t, const char *what,
               const char *of);

#endif
