// SPDX-License-Identifier: GPL-3.0-or-later
// regex: numbers and AS-path patterns as POSIX extended regular expressions over text, which is how
// FRR matches them: an AS path is "64500 4134".
//
// FRR compiles with REG_NOSUB, and the C library's matcher (seen in glibc 2.36) then ignores ^ and $
// inside what *, + or {} repeat: "^([0-9]+( |$)){2,}$" matches "42". So none is written there.
#ifndef ANYSIM_EXPORT_REGEX_H
#define ANYSIM_EXPORT_REGEX_H

#include "policy/pattern.h"
#include <stdio.h>

// The decimal numbers of a range: "(6[0-4]|5[0-9])".
void regex_range(struct policy_range r, FILE *f);
// One of the ranges.
void regex_ranges(const struct policy_range *v, int n, FILE *f);
// Paths of low to high ASes; high is UINT32_MAX for any number.
#define REGEX_LENGTH_MAX 16383 // of 4 octets fit into a BGP message (65,535 octets, RFC 8654)
void regex_length(uint32_t low, uint32_t high, bool members, FILE *f);
// What stands before a path that the router holds in a confederation, its members in parentheses:
// "(65001 65002) 64500". A pattern that begins with this looks at what is behind them only.
#define REGEX_MEMBERS "^(\\([0-9 ]*\\))?"
// A pattern of the policy language. Every AS takes the blank, or the beginning, in front of it.
// False if ^ or $ stands inside what the pattern repeats: there is no way to write that.
// `members`: of a router in a confederation.
bool regex_pattern(const char *pattern, bool members, FILE *f);

#endif
