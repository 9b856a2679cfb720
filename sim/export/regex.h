// SPDX-License-Identifier: GPL-3.0-or-later
// regex: numbers and AS-path patterns as POSIX extended regular expressions over text, which is how
// FRR matches them: an AS path is "64500 4134".
#ifndef ANYSIM_EXPORT_REGEX_H
#define ANYSIM_EXPORT_REGEX_H

#include "policy/pattern.h"
#include <stdio.h>

// The decimal numbers of a range: "(6[0-4]|5[0-9])".
void regex_range(struct policy_range r, FILE *f);
// One of the ranges.
void regex_ranges(const struct policy_range *v, int n, FILE *f);
// A pattern of the policy language. Every AS takes the blank, or the beginning, in front of it.
void regex_pattern(const char *pattern, FILE *f);

#endif
