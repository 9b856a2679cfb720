// SPDX-License-Identifier: GPL-3.0-or-later
// burst: laws of burst sizes, in units of their mean.
//
// What a queue makes of a law is in its second moment first of all (Pollaczek-Khinchine), and in its
// equilibrium law, of which a ladder height of the M/G/1 queue is a draw: the rest of the burst in
// service as an arrival finds it, density P(size > x) (Kleinrock, Queueing Systems I, §5.2).
#ifndef ANYSIM_NET_BURST_H
#define ANYSIM_NET_BURST_H

#include "scenario/burst.h"
#include <gsl/gsl_rng.h>

struct burst {
    enum burst_kind kind;
    double second; // E[size²]
    double longest;
    // Hyperexponential, balanced means: share and mean of the small ones; of the others, 1 − share
    // and `large`. Pareto: tail index and the least size.
    double share, small, large;
    double tail, least;
};

// The mean of Pareto bursts, with the longest one cut off, is `mean_bytes` all the same.
void burst_init(struct burst *b, const struct burst_shape *shape, int64_t mean_bytes);

double burst_draw(const struct burst *b, gsl_rng *rng);
// A draw of the equilibrium law.
double burst_residual(const struct burst *b, gsl_rng *rng);

// Bursts above a size, apart from the rest: how often they come, and what the rest adds up to.
// Only a Pareto law has such a split; the others are all rest.
struct burst_split {
    double above; // the size
    double share; // of the bursts, that exceed it
    double first,
        second; // moments of the others, as they count in the whole: E[size; size ≤ above]
};

// The split at which the share of bursts above it is `share` (at most 1).
struct burst_split burst_split_at(const struct burst *b, double share);
double burst_draw_above(const struct burst *b, const struct burst_split *s, gsl_rng *rng);

#endif
