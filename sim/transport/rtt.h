// SPDX-License-Identifier: GPL-3.0-or-later
// rtt: the round-trip time as a sender estimates it, and the time-out that follows (RFC 6298). Shared
// by TCP and the QUIC-like transport, whose probe time-out is the same sum (RFC 9002 §6.2.1).
#ifndef ANYSIM_TRANSPORT_RTT_H
#define ANYSIM_TRANSPORT_RTT_H

#include <stdbool.h>
#include <stdint.h>

struct rtt {
    int64_t smoothed_ps, var_ps;  // SRTT, RTTVAR; 0 before the first sample
    int64_t least_ps, latest_ps;  // of all samples, the last one
    int64_t rto_ps;               // without backing off
    int64_t floor_ps, ceiling_ps; // of the time-out
    unsigned backoff;             // doublings since the last sample
    bool sampled;
};

// `initial_ps`: the time-out before the first sample.
void rtt_init(struct rtt *r, int64_t initial_ps, int64_t floor_ps, int64_t ceiling_ps);
// A round trip that was measured on what was sent once (Karn): ends the backing off.
void rtt_sample(struct rtt *r, int64_t sample_ps);
// RFC 6298 (5.5): the timer ran out.
void rtt_backoff(struct rtt *r);
// The time-out now, backed off, at most the ceiling.
int64_t rtt_timeout(const struct rtt *r);

#endif
