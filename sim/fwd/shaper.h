// SPDX-License-Identifier: GPL-3.0-or-later
// shaper: delays packets so that they keep to a rate and a burst, instead of dropping them.
//
// A token bucket with a queue in front, first in, first out. The shaper holds no packets: it says
// at once when each is to leave, and the caller keeps it until then. Exact as the policer is (see
// there): over any stretch of t picoseconds at most burst + rate·t leaves, to the bit, and no
// packet leaves a picosecond later than that asks for. Release times never decrease.
//
// How full the queue is, is measured by what it still lacks: the bytes that wait, less the tokens
// that the first of them has saved up already (so less than one packet short of the bytes that
// wait). That is also its delay: lacking n bytes, the last packet leaves after 8·n/rate.
#ifndef ANYSIM_FWD_SHAPER_H
#define ANYSIM_FWD_SHAPER_H

#include "fwd/memory.h"
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SHAPER_RATE_MAX_BPS    UINT64_C(1000000000000) // 1 Tbit/s
#define SHAPER_BURST_MAX_BYTES UINT32_C(1000000000)    // 1 GB

// Exactly one of the two limits is above 0.
struct shaper_options {
    uint64_t rate_bps;    // 1..SHAPER_RATE_MAX_BPS
    uint32_t burst_bytes; // 1..SHAPER_BURST_MAX_BYTES; a packet that is larger never passes
    uint64_t limit_bytes; // up to SHAPER_BURST_MAX_BYTES: more than this the queue never lacks
    int64_t limit_ps;     // no packet is delayed for longer
};

struct shaper_counters {
    uint64_t packets, bytes;                 // released, at once or later
    uint64_t delayed_packets;                // those of them that had to wait
    uint64_t refused_packets, refused_bytes; // the queue was full
};

// Open only so that it can be embedded and its counters read.
struct shaper {
    __extension__ unsigned __int128 credit, credit_limit; // bit·ps, right at `at_ps`
    __extension__ unsigned __int128 lack_limit;           // bit·ps
    int64_t at_ps; // the last release, or the last arrival if later
    struct shaper_options options;
    struct shaper_counters counters;
};

// What is impossible about the options, as a sentence without a full stop; NULL: nothing.
const char *shaper_check(const struct shaper_options *o);
// The options must pass shaper_check(). The bucket is full at the start.
void shaper_init(struct shaper *s, const struct shaper_options *o, int64_t now_ps);
// New options from the last release on: promised times stand. Tokens are kept as far as the new
// burst allows; counters go on.
void shaper_change(struct shaper *s, const struct shaper_options *o, int64_t now_ps);

// A packet of `bytes` arrives. False when the queue is full or the packet larger than the burst: it
// is to be dropped. Else *release_ps says when it may leave, `now_ps` or later. Time never runs
// backwards.
bool shaper_release(struct shaper *s, uint32_t bytes, int64_t now_ps, int64_t *release_ps);

#ifdef __cplusplus
}
#endif

#endif
