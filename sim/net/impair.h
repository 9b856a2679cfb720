// SPDX-License-Identifier: GPL-3.0-or-later
// impair: what a line does to packets besides carrying them: loss, delay noise, duplication,
// corruption. Of one direction of a link; it strikes after the queue, on the wire, so that what is
// lost has taken its time on the line.
//
//   loss         each packet, independently (Bernoulli)
//   bursts       Gilbert–Elliott: a good and a bad state; before each packet good turns bad with
//                probability p and bad turns good with r; a packet passes with probability k in the
//                good state and h in the bad one (Haßlinger, Hohlfeld 2008). The mean is
//                (r(1−k) + p(1−h)) / (p + r), a bad state lasts 1/r packets
//   delay        a time is added (base/variate.h). Unless `reorder`, a packet does not overtake:
//                it arrives with the one before it at the earliest
//   duplicate    the packet arrives twice, each copy with a delay of its own
//   corrupt      one bit, any of the datagram's, is turned over. Checksums on the way and at its end
//                notice (FWD_DROP_BAD_CHECKSUM and whatever else a header can be wrong in)
//   curve        a factor by time of day on losses, the time spent in the bad state, and delay
//
// Each has a random stream of its own, by the direction's name: a change of one shifts no other.
#ifndef ANYSIM_NET_IMPAIR_H
#define ANYSIM_NET_IMPAIR_H

#include "base/curve.h"
#include "base/variate.h"
#include "fwd/packet.h"
#include <gsl/gsl_rng.h>
#include <stdbool.h>

struct impair_bursts {
    double p, r, h, k;
};

struct impair_options { // probabilities from 0 to 1; zeros: nothing happens
    double loss;
    bool bursty;
    struct impair_bursts bursts;
    bool delayed, reorder;
    struct variate delay;
    double duplicate, corrupt;
    const struct curve *curve;  // NULL: always 1; the caller's, as are the variate's points
    int64_t clock_ps, epoch_ps; // time of day, and the simulation's time when it is that …
    double clock_speed;         // … from where it passes so many times as fast
    bool congestion; // what a crowd does: routers' own packets go before it and are not lost
};

enum impair_stream {
    IMPAIR_LOSS,
    IMPAIR_BURSTS,
    IMPAIR_DELAY,
    IMPAIR_DUPLICATE,
    IMPAIR_CORRUPT,
    IMPAIR_STREAMS
};

struct impair {
    struct impair_options is;
    bool on;
    gsl_rng *rng[IMPAIR_STREAMS];
    bool bad;                   // state of the bursts
    struct variate_state noise; // of the delay
};

struct impair_fate {
    bool lost, duplicated, corrupted;
    int64_t delay_ps, copy_delay_ps;
};

struct impair *impair_new(uint64_t seed, const char *port_name);
void impair_free(struct impair *i);
// From now on; NULL: nothing. States start afresh, streams go on.
void impair_set(struct impair *i, const struct impair_options *o);

// What happens to the next packet.
struct impair_fate impair_draw(struct impair *i, int64_t now_ps);
// Turns one bit over. Of a payload that is not stored one more byte becomes stored for it, or, when
// there is no room, the last stored one suffers.
void impair_damage(struct impair *i, struct packet *p);

// What the curve makes of losses and delay at this time.
double impair_factor(const struct impair *i, int64_t now_ps);
// Can it lose packets?
bool impair_loses(const struct impair_options *o);
// The probability that a packet is lost at this time.
double impair_loss(const struct impair *i, int64_t now_ps);

#endif
