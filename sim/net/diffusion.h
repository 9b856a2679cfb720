// SPDX-License-Identifier: GPL-3.0-or-later
// diffusion: Brownian motion between two reflecting walls, 0 and `top`: what the content of a queue
// looks like over a time in which many bursts come and go (heavy traffic: Kingman 1961; Harrison,
// Brownian Motion and Stochastic Flow Systems, 1985).
//
// Units are the caller's: the drift is content per time, the variance content² per time.
#ifndef ANYSIM_NET_DIFFUSION_H
#define ANYSIM_NET_DIFFUSION_H

#include <gsl/gsl_rng.h>

// Where it is after `time`, from `at`. In one step, or several when it may meet both walls.
double diffusion_walk(gsl_rng *rng, double at, double drift, double variance, double top,
                      double time);

// A draw of the law it settles to: density ∝ exp(2·drift·x / variance) on [0, top].
double diffusion_settled(gsl_rng *rng, double drift, double variance, double top);

// In which time it forgets where it was: the inverse of its spectral gap.
double diffusion_relaxation(double drift, double variance, double top);

#endif
