// SPDX-License-Identifier: GPL-3.0-or-later
// congestion: how much may be in the network, by what was acknowledged and lost. Shared by TCP and
// the QUIC-like transport; counts octets. What is sent, and what counts as lost, is theirs.
//
// An algorithm is a table of hooks and one line in congestion.c:
//   newreno  RFC 5681: half at a loss, a segment more each round trip (octets are counted,
//            RFC 3465, so that delayed acknowledgements change nothing)
//   cubic    RFC 9438, in integers: C = 0.4, beta = 0.7, fast convergence, Reno-friendly region
// Slow start grows by what was acknowledged, at most two segments an acknowledgement (RFC 3465).
#ifndef ANYSIM_TRANSPORT_CONGESTION_H
#define ANYSIM_TRANSPORT_CONGESTION_H

#include <stdbool.h>
#include <stdint.h>

struct congestion;

struct congestion_ops {
    const char *name;
    // Acknowledged in congestion avoidance: grow.
    void (*avoid)(struct congestion *c, uint64_t octets, int64_t now_ps, int64_t rtt_ps);
    // A loss with `flight` octets out: the threshold from now on, before the floor of two segments.
    uint64_t (*reduce)(struct congestion *c, uint64_t flight);
    // The timer ran out; after `reduce`.
    void (*restart)(struct congestion *c);
};

extern const struct congestion_ops congestion_newreno, congestion_cubic;
enum congestion_kind { CONGESTION_CUBIC, CONGESTION_NEWRENO };
const struct congestion_ops *congestion_at(enum congestion_kind kind);

struct congestion {
    const struct congestion_ops *ops;
    uint32_t mss;
    uint64_t window;    // cwnd
    uint64_t threshold; // ssthresh; UINT64_MAX: none yet
    uint64_t initial;   // the window to begin with, and after an idle time
    uint64_t counted;   // newreno: acknowledged since the window last grew
    // cubic: RFC 9438 §4.1's names in comments
    uint64_t peak;     // W_max
    uint64_t prior;    // cwnd_prior
    uint64_t friendly; // W_est, in units of octets/2^16
    int64_t epoch_ps;  // t_epoch, -1: no epoch yet
    int64_t origin_us; // K
    bool flat;         // the epoch begins at its peak: K = 0
};

void congestion_init(struct congestion *c, const struct congestion_ops *ops, uint32_t mss,
                     uint64_t window);
// New octets were acknowledged. `limited`: the window was what kept more from being sent; a window
// that is not used does not grow (RFC 7661 in short).
void congestion_acked(struct congestion *c, uint64_t octets, bool limited, int64_t now_ps,
                      int64_t rtt_ps);
// Once a round trip at most: a loss that fast retransmit found, or an ECN echo.
void congestion_lost(struct congestion *c, uint64_t flight);
// The retransmission timer ran out. `again`: for the same octets; the threshold stays (RFC 5681 §3.1).
void congestion_timeout(struct congestion *c, uint64_t flight, bool again);
// Nothing was sent for a time-out (RFC 5681 §4.1).
void congestion_idle(struct congestion *c);

#endif
