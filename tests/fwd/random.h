// SPDX-License-Identifier: GPL-3.0-or-later
// random: a random stream for the forwarding core's tests and fuzzers (SplitMix64, Steele et al.,
// 2014). Not the simulator's streams: these tests need nothing above the core.
#ifndef ANYSIM_TESTS_FWD_RANDOM_H
#define ANYSIM_TESTS_FWD_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

static inline uint64_t random_next(struct random *r)
{
    uint64_t z = (r->state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline uint32_t random_below(struct random *r, uint32_t n)
{
    return (uint32_t)((random_next(r) >> 32) * n >> 32);
}

static inline bool random_one_in(struct random *r, uint32_t n)
{
    return random_below(r, n) == 0;
}

#endif
