// SPDX-License-Identifier: GPL-3.0-or-later
// sketch: how much each source sent lately, for any number of sources in a fixed memory: a
// count-min sketch (Cormode & Muthukrishnan, J. Algorithms 2005) with conservative update (Estan &
// Varghese, SIGCOMM 2002), over windows of virtual time.
//
// Windows: time is cut at multiples of half a window; two halves are kept, the one that is running
// and the one before. So an estimate is of the amount since the start of the previous half: of the
// last half to whole window. Nothing is ever cleared as a whole: each cell carries the number of
// the half that it was last written in, and mends itself when it is next met.
//
// Bounds, for the amount x of a source and the amount N of all sources in the two halves:
//   - the estimate is never below x (short of the ceiling: a cell counts to 2³²−1 a half);
//   - it is over x + ε·N with probability at most δ, where ε = e/width and δ = e^−depth, over the
//     choice of the seed.
// The second needs hash functions that are pairwise independent, and these are (multilinear over
// halves of the address, see the .c): who does not know the seed cannot aim at anybody's cells.
//
// Addresses are of either family, IPv4 as IPv4-mapped values.
#ifndef ANYSIM_FWD_SKETCH_H
#define ANYSIM_FWD_SKETCH_H

#include "base/ip6.h"
#include "fwd/memory.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SKETCH_WIDTH_MAX (UINT32_C(1) << 24)
#define SKETCH_DEPTH_MAX 16

// Either width and depth, or epsilon and delta (the least that keeps these bounds); the other two
// are 0. Memory: 16 bytes · width · depth.
struct sketch_options {
    uint32_t width, depth; // 1..SKETCH_WIDTH_MAX, 1..SKETCH_DEPTH_MAX
    double epsilon, delta; // above 0, below 1
    uint64_t seed;
    int64_t window_ps; // even, at least 2
};

struct sketch; // opaque

// What is impossible about the options, as a sentence without a full stop; NULL: nothing.
const char *sketch_check(const struct sketch_options *o);
// Bytes of its cells; the options must pass sketch_check().
uint64_t sketch_bytes(const struct sketch_options *o);
// The options must pass sketch_check(). All memory is taken here; NULL is fine to free.
struct sketch *sketch_new(const struct sketch_options *o);
void sketch_free(struct sketch *s);

// Adds `amount` (1 for packets, the length for bytes) and returns the new estimate. Time is not
// negative and never runs backwards (an earlier time counts as the latest seen).
uint64_t sketch_add(struct sketch *s, struct ip6_addr source, uint32_t amount, int64_t now_ps);
// The estimate alone.
uint64_t sketch_estimate(const struct sketch *s, struct ip6_addr source, int64_t now_ps);
// N: everything that was added in the running half and the one before.
uint64_t sketch_total(const struct sketch *s, int64_t now_ps);

uint32_t sketch_width(const struct sketch *s);
uint32_t sketch_depth(const struct sketch *s);

#ifdef __cplusplus
}
#endif

#endif
