// SPDX-License-Identifier: GPL-3.0-or-later
// bgptable: a full table as a benchmark wants it: a million prefixes in groups of 5 to 10 that share
// their attributes, AS paths of 2 to 6, other ones from every peer. The same for every program that
// is measured.
#ifndef ANYSIM_TESTS_BENCH_BGPTABLE_H
#define ANYSIM_TESTS_BENCH_BGPTABLE_H

#include "base/ip.h"
#include <stdbool.h>

#define BGPTABLE_PREFIXES 1000000u
#define BGPTABLE_MAX_PATH 6

struct bgptable_group { // zero: before the first one
    uint32_t first, n;  // prefixes
    uint32_t number;
};

bool bgptable_next(struct bgptable_group *g, uint32_t prefixes);
struct prefix bgptable_prefix(uint32_t index); // a /24, ascending
// AS path of a group as `peer` tells it, without the peer's own AS. Returns its length.
uint32_t bgptable_path(const struct bgptable_group *g, uint32_t peer,
                       uint32_t path[BGPTABLE_MAX_PATH]);

#endif
