// SPDX-License-Identifier: GPL-3.0-or-later
// hist: a high-dynamic-range histogram of non-negative integers (after Tene's HdrHistogram).
//
// Values keep a relative error of at most 1/128 (7 bits below the leading one). Merging is exact
// and independent of order. Memory grows with the largest value seen (about 1 KiB an octave past
// 2^7). Values are unit-free; callers record picoseconds scaled to nanoseconds.
#ifndef ANYSIM_BASE_HIST_H
#define ANYSIM_BASE_HIST_H

#include <stdint.h>
#include <stddef.h>

struct hist {
    uint64_t *counts;           // of buckets [first, first + n); private
    size_t first, n;            // private
    uint64_t count;             // values recorded
    int64_t min, max;           // exact; min = INT64_MAX and max = -1 when empty
    __extension__ __int128 sum; // exact
};

void hist_init(struct hist *h);
void hist_free(struct hist *h);               // empties it; it may be used again
void hist_add(struct hist *h, int64_t value); // value < 0 counts as 0
void hist_add_n(struct hist *h, int64_t value, uint64_t times);
void hist_merge(struct hist *into, const struct hist *from);

// The smallest recorded value v such that at least q·(count + infinite) values are ≤ v, reported as
// the middle of its bucket and clipped to [min, max]. `infinite` counts lost samples, which are
// infinitely late (RFC 7679 §3.6, RFC 7680): returns -1 when the quantile falls among them, or when
// nothing was recorded.
int64_t hist_quantile(const struct hist *h, double q, uint64_t infinite);
double hist_mean(const struct hist *h); // of the finite ones; NaN when empty

// Walks the non-empty buckets in order: returns the next index to pass, 0 at the end.
// Start with i = 0. `*value` is the middle of the bucket.
size_t hist_next(const struct hist *h, size_t i, int64_t *value, uint64_t *count);

#endif
