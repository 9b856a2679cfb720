// SPDX-License-Identifier: GPL-3.0-or-later
// variate: a random time of one of the usual laws, with or without memory.
//
//   law        parameters      mean                           note
//   constant   mean            mean
//   uniform    mean, sd        mean                           mean ± √3 sd
//   normal     mean, sd        mean, a little more when cut   below 0 it is 0
//   gamma      mean, sd        mean                           shape (mean/sd)²
//   lognormal  mean, sd        mean                           both are those of the times
//   weibull    scale, shape    scale Γ(1 + 1/shape)           single-hop queueing tails: shape 0.58
//   pareto     scale, shape    scale shape / (shape − 1)      never below scale; shape above 1
//   empirical  points          of the points                  straight lines between quantiles
//
// With a correlation ρ successive draws remember: a Gaussian AR(1) process z' = ρz + √(1−ρ²) ε is
// turned into the law by its quantile function (a Gaussian copula), so that the law stays exactly
// what it is for any ρ, and the lag-1 rank correlation is (6/π) asin(ρ/2).
// Every time is rounded to picoseconds here, and never longer than VARIATE_MAX_PS.
#ifndef ANYSIM_BASE_VARIATE_H
#define ANYSIM_BASE_VARIATE_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stdint.h>

#define VARIATE_MAX_PS (INT64_C(3600) * INT64_C(1000000000000))

enum variate_law {
    VARIATE_CONSTANT,
    VARIATE_UNIFORM,
    VARIATE_NORMAL,
    VARIATE_GAMMA,
    VARIATE_LOGNORMAL,
    VARIATE_WEIBULL,
    VARIATE_PARETO,
    VARIATE_EMPIRICAL,
    VARIATE_LAWS
};

extern const char *const variate_law_names[VARIATE_LAWS]; // as files write them

struct variate_point { // P(time ≤ time_ps) = probability
    int64_t time_ps;
    double probability;
};

struct variate {
    enum variate_law law;
    int64_t mean_ps, sd_ps; // constant to lognormal
    int64_t scale_ps;       // weibull, pareto
    double shape;
    // empirical: the owner's; ascending in both, the last probability is 1
    const struct variate_point *points;
    int npoints;
    double correlation; // ρ, from 0 to less than 1
};

struct variate_state {
    double z;   // of the AR(1) process
    bool begun; // it has a first value
};

// The next time; `state` is zeroed before the first one and belongs to one sequence.
int64_t variate_draw_ps(const struct variate *v, struct variate_state *state, gsl_rng *rng);
// The time that is exceeded with probability 1 − u, 0 < u < 1.
int64_t variate_quantile_ps(const struct variate *v, double u);
// The law's mean (of the normal law as if it were not cut at 0).
double variate_mean_ps(const struct variate *v);

#endif
