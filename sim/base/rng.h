// SPDX-License-Identifier: GPL-3.0-or-later
// rng: named random streams, counter-based (Philox4x32-10; Salmon et al., SC 2011).
//
// One stream per (seed, entity name, purpose): the key is a hash of all three, the counter starts
// at zero. Adding a consumer shifts no other stream. A stream is a gsl_rng, so that every GSL
// distribution works on it. Variates become integers (picoseconds) once, where they are drawn.
#ifndef ANYSIM_BASE_RNG_H
#define ANYSIM_BASE_RNG_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

extern const gsl_rng_type *const rng_philox; // the generator behind every stream

// Caller frees with gsl_rng_free.
gsl_rng *rng_stream(uint64_t seed, const char *entity, const char *purpose);

// Uniform in [0, 1) with 32 bits: the hot paths' shortcut.
double rng_uniform(gsl_rng *r);

#endif
