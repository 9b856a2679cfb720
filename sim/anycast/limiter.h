// SPDX-License-Identifier: GPL-3.0-or-later
// limiter: lets each of many sources have so many bit/s and no more, by the law of a fluid: what a
// source offered in one window decides on the share of it that is dropped in the next,
// 1 − rate / offered. So it holds for packets that stand for others like them, and whoever shares a
// source with an attack bears the same share: the false positives of rate limiting.
//
// What a source is says the caller, by a number. The first window of an overload passes, as it does
// where counters are read out in a rhythm.
#ifndef ANYSIM_ANYCAST_LIMITER_H
#define ANYSIM_ANYCAST_LIMITER_H

#include "base/table.h"
#include "base/vec.h"

#define LIMITER_WINDOW_PS INT64_C(1000000000000) // 1 s

struct limiter_source {
    int64_t window;      // number of the running one
    double bits, before; // in it so far; in the one before
};

struct limiter {
    int64_t rate_bps;
    struct table index; // source → its place
    VEC(struct limiter_source) sources;
};

void limiter_init(struct limiter *l, int64_t rate_bps);
void limiter_free(struct limiter *l);
// So many bits of a source come. Returns the share of them that is to be dropped, 0 … 1.
double limiter_offer(struct limiter *l, uint64_t source, double bits, int64_t now_ps);

#endif
