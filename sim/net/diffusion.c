// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/diffusion.h"

#include <gsl/gsl_randist.h>
#include <math.h>

#define REACH     0.25 // of the way between the walls: as far as one step may go
#define LEVEL     1e-9 // a law that varies less than this over its range is the uniform one
#define MAX_STEPS 1000 // beyond, steps grow: the walls are close, and the place is soon forgotten

// The extremes of the way between two ends of a Brownian path follow from the bridge: the minimum m
// satisfies (x − m)(y − m) = −½ variance·time·ln U. A reflecting wall pushes by as much as the free
// path would have gone beyond it (Skorokhod).
static double step(gsl_rng *rng, double x, double drift, double variance, double top, double time)
{
    double spread = variance * time;
    double y = x + drift * time + gsl_ran_gaussian_ziggurat(rng, sqrt(spread));
    double lengths = sqrt((y - x) * (y - x) - 2 * spread * log1p(-gsl_rng_uniform(rng)));
    double low = (x + y - lengths) / 2, high = (x + y + lengths) / 2;
    // The walls are far from each other against a step, so one of them matters.
    if (low < 0 && x + y < top)
        y -= low;
    else if (high > top)
        y -= high - top;
    return y < 0 ? 0 : y > top ? top : y;
}

double diffusion_walk(gsl_rng *rng, double at, double drift, double variance, double top,
                      double time)
{
    double reach = REACH * top, longest = reach * reach / variance;
    if (drift > 0) // from the lower wall to the upper one; downwards only the lower one counts
        longest = fmin(longest, reach / drift);
    else if (drift < 0 && -drift * top > 20 * variance / -drift)
        longest = time; // the upper wall is out of reach for a queue that drains
    double steps = fmin(ceil(time / longest), MAX_STEPS);
    for (double i = 0; i < steps; i++)
        at = step(rng, at, drift, variance, top, time / steps);
    return at;
}

double diffusion_settled(gsl_rng *rng, double drift, double variance, double top)
{
    double u = gsl_rng_uniform(rng), rate = 2 * fabs(drift) / variance;
    if (rate * top < LEVEL)
        return u * top;
    double far = -log1p(u * expm1(-rate * top)) / rate; // from the wall it leans to
    return drift > 0 ? top - far : far;
}

double diffusion_relaxation(double drift, double variance, double top)
{
    double wide = M_PI / top;
    return 1 / (drift * drift / (2 * variance) + variance * wide * wide / 2);
}
