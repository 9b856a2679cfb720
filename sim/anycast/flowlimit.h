// SPDX-License-Identifier: GPL-3.0-or-later
// flowlimit: how many flows a gateway can begin in a second, and know at once.
//
// Packets of a flow that is known pass. A flow that is not begins if there is a token for it (a bucket
// that earns `rate` tokens a second and holds a second's worth) and room in the table; else its packet
// is refused, and so is its next one until there are both. A flow without packets for `idle` is
// forgotten. Exact: tokens are counted in millionths of a flow times picoseconds.
//
// A sampled packet stands for `weight` users with a flow each. Of W new ones at once, as many begin
// as there are tokens and room for, n of them; they take these, and the sampled packet itself passes
// with the probability n/W. The others come again with the flow's next packet. So the table fills, and
// tokens go, as they would with every user's own packets; a weight of 1 leaves nothing to chance.
#ifndef ANYSIM_ANYCAST_FLOWLIMIT_H
#define ANYSIM_ANYCAST_FLOWLIMIT_H

#include "base/vec.h"
#include "fwd/flowkey.h"
#include <stdbool.h>
#include <stdint.h>

struct flowlimit_options {
    int64_t rate_uhz; // flows a second that begin, micro-hertz; 0: no limit
    int64_t limit;    // flows known at once; 0: no limit
    int64_t idle_ps;  // at least 1
};

enum flowlimit_verdict { FLOWLIMIT_PASSES, FLOWLIMIT_RATE, FLOWLIMIT_TABLE };

struct flowlimit_flow { // private
    struct flowkey key;
    int64_t used_ps;
    int64_t users; // that have begun
    bool begun;    // the sampled one is among them
    uint32_t next; // of its chain, or of the free ones
    uint32_t older, newer;
};

struct flowlimit {
    struct flowlimit_options is;
    int64_t known, peak; // flows, now and at most
    uint64_t begun;      // so far
    // private
    __extension__ unsigned __int128 credit; // micro-hertz · picoseconds
    int64_t credit_ps;                      // when it was right
    VEC(struct flowlimit_flow) flows;
    uint32_t *chains;
    uint32_t nchains, nflows;
    uint32_t free, oldest, newest;
};

void flowlimit_init(struct flowlimit *f, const struct flowlimit_options *o, int64_t now_ps);
void flowlimit_free(struct flowlimit *f);

// A packet of a flow, for `weight` users (at least 1); `chance`: a draw from [0, 1), which counts only
// where the weight is more than 1. Time does not run backwards.
enum flowlimit_verdict flowlimit_packet(struct flowlimit *f, const struct flowkey *key,
                                        uint32_t weight, double chance, int64_t now_ps);

#endif
