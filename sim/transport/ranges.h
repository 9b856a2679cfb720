// SPDX-License-Identifier: GPL-3.0-or-later
// ranges: a set of numbers as sorted, disjoint, non-touching half-open ranges. What a receiver holds
// out of order, what a sender knows to have arrived, which packet numbers were seen.
//
// Zeroed memory is an empty set; ranges_free() gives its memory back.
#ifndef ANYSIM_TRANSPORT_RANGES_H
#define ANYSIM_TRANSPORT_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
    uint64_t from, to; // [from, to)
};

struct ranges {
    struct range *v;
    size_t n, cap;
    uint64_t total; // numbers in the set
};

// Adds [from, to); returns how many of them are new.
uint64_t ranges_add(struct ranges *r, uint64_t from, uint64_t to);
// Takes everything below `at` out.
void ranges_cut(struct ranges *r, uint64_t at);
bool ranges_has(const struct ranges *r, uint64_t at);
// Index of the first range that ends after `at`; n when there is none.
size_t ranges_after(const struct ranges *r, uint64_t at);
// How many numbers of the set are below `at`.
uint64_t ranges_below(const struct ranges *r, uint64_t at);
void ranges_free(struct ranges *r);

#endif
