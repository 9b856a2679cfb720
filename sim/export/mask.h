// SPDX-License-Identifier: GPL-3.0-or-later
// mask: AS-path patterns (policy/pattern.h) as masks of BIRD, which have no groups and no "or".
//
// Alternatives and "?" are multiplied out into several masks; "+" stays, as BIRD repeats one element,
// and so does "*" of one element. Repeated groups have no such form.
#ifndef ANYSIM_EXPORT_MASK_H
#define ANYSIM_EXPORT_MASK_H

#include <stdbool.h>
#include <stdio.h>

#define MASK_MAX 64 // masks that one pattern may become

// A condition in parentheses: that the path matches one of the masks. False: it cannot be said.
bool mask_write(const char *pattern, FILE *f);

#endif
