// SPDX-License-Identifier: GPL-3.0-or-later
// cap: the law of an EIP's bandwidth cap: how one cap is shared by several POPs, and how a POP's share is
// divided among the kinds of load that a simulation has. Pure computation.
//
// A cap of scope `per-egress` gives every POP the whole rate, so the EIP may pass POPs × rate. One of
// scope `global` is one bucket for all of them, in the way in which operators build it: the POPs tell a
// coordinator what was offered to each in the last interval, and it hands out shares of the rate for the
// next one. The shares add up to the rate, always. So
//   - never more: over any stretch of time T all POPs together pass at most rate · T + Σ burst, where
//     the bursts are those of the POPs' buckets: the cap's burst in all, and CAP_BURST_MIN a POP;
//   - hardly less: once what is offered has stood still for an interval, they pass at least
//     (1 − CAP_FLOOR_PPM/10⁶) · min(rate, offered); and one interval is what a change costs at most.
// The floor is what an idle POP keeps, so that new users there are not dropped until the next exchange.
//
// Of a POP's share, packets that stand for themselves get what the others leave, exactly, by a token
// bucket in the forwarding core. Those that stand for many users, and demands, are a fluid: offered o
// against a share s, the part s/o passes (sampled packets: each with that probability in the mean), by the offer of
// the last interval. Where the three kinds are mixed at a POP, the bucket keeps CAP_FLOOR_PPM of the
// share at least, which the fluid does not know of.
#ifndef ANYSIM_ANYCAST_CAP_H
#define ANYSIM_ANYCAST_CAP_H

#include <stdint.h>

#define CAP_FLOOR_PPM 10000 // of the rate: shared evenly, whoever is offered nothing
#define CAP_BURST_MIN 3000  // bytes of a POP's bucket at least: two large packets

// Shares for `n` POPs to which so much was offered, in bit/s; they add up to rate_bps exactly. What is
// offered fits: each gets that, and an equal part of what is left. It does not: in proportion.
void cap_share(int64_t rate_bps, const int64_t *offered_bps, int n, int64_t *share_bps);

struct cap_load { // offered to a POP, bit/s
    int64_t plain, weighted, demand;
};
struct cap_split {
    int64_t policer_bps; // of the token bucket that plain packets meet; at least 1
    int64_t demand_bps;  // what demands may pass
    double pass;         // share of packets that stand for many
};
struct cap_split cap_split(int64_t share_bps, const struct cap_load *offered);

// A bucket's depth: what the share passes in burst_ps.
uint32_t cap_burst_bytes(int64_t share_bps, int64_t burst_ps);

#endif
