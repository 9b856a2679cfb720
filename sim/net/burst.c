// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/burst.h"

#include <assert.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#define LONGEST_MEANS 1000.0 // of a Pareto law that names no longest burst
#define HALVINGS      100    // of an interval, until doubles know no smaller one
#define APART         1e-6   // least distance of a tail index from a moment's order

// ∫ x^order dF over [lo, hi] of a bounded Pareto law with the given least size, tail and longest.
static double moment(const struct burst *b, double least, double lo, double hi, double order)
{
    double a = b->tail, norm = a * pow(least, a) / -expm1(a * log(least / b->longest));
    double d = order - a;
    if (fabs(d) < APART)
        d = d < 0 ? -APART : APART;
    return norm * (pow(hi, d) - pow(lo, d)) / d;
}

// The least size with which the mean is 1: the mean grows with it.
static void init_pareto(struct burst *b)
{
    double lo = 0, hi = 1;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (lo + hi) / 2;
        if (moment(b, middle, middle, b->longest, 1) < 1)
            lo = middle;
        else
            hi = middle;
    }
    b->least = hi;
    b->second = moment(b, b->least, b->least, b->longest, 2);
}

void burst_init(struct burst *b, const struct burst_shape *shape, int64_t mean_bytes)
{
    *b = (struct burst){.kind = (enum burst_kind)shape->kind, .second = 2};
    switch (b->kind) {
    case BURST_DETERMINISTIC:
        b->second = 1;
        return;
    case BURST_HYPEREXPONENTIAL:
        assert(shape->spread > 1);
        b->share = (1 + sqrt((shape->spread - 1) / (shape->spread + 1))) / 2;
        b->small = 1 / (2 * b->share);
        b->large = 1 / (2 * (1 - b->share));
        b->second = 1 + shape->spread;
        return;
    case BURST_PARETO:
        assert(shape->tail > 1);
        b->tail = shape->tail;
        b->longest = shape->longest_bytes ? (double)shape->longest_bytes / (double)mean_bytes
                                          : LONGEST_MEANS;
        assert(b->longest > 1);
        init_pareto(b);
        return;
    case BURST_EXPONENTIAL:
    case BURST_ON_OFF:
    case BURST_KINDS:
        break;
    }
}

// Between lo and hi with density ∝ x^(−tail − 1), by inversion.
static double pareto_between(gsl_rng *rng, double tail, double lo, double hi)
{
    double u = gsl_rng_uniform(rng), kept = -expm1(tail * log(lo / hi));
    return lo * pow(1 - u * kept, -1 / tail);
}

double burst_draw(const struct burst *b, gsl_rng *rng)
{
    switch (b->kind) {
    case BURST_DETERMINISTIC:
        return 1;
    case BURST_HYPEREXPONENTIAL:
        return gsl_ran_exponential(rng, gsl_rng_uniform(rng) < b->share ? b->small : b->large);
    case BURST_PARETO:
        return pareto_between(rng, b->tail, b->least, b->longest);
    case BURST_EXPONENTIAL:
    case BURST_ON_OFF:
    case BURST_KINDS:
        break;
    }
    return gsl_ran_exponential(rng, 1);
}

// A burst as often as it is long, cut at any place.
double burst_residual(const struct burst *b, gsl_rng *rng)
{
    switch (b->kind) {
    case BURST_DETERMINISTIC:
        return gsl_rng_uniform(rng);
    case BURST_HYPEREXPONENTIAL: // both kinds bring the same work
        return gsl_ran_exponential(rng, gsl_rng_uniform(rng) < 0.5 ? b->small : b->large);
    case BURST_PARETO:
        return gsl_rng_uniform(rng) * pareto_between(rng, b->tail - 1, b->least, b->longest);
    case BURST_EXPONENTIAL:
    case BURST_ON_OFF:
    case BURST_KINDS:
        break;
    }
    return gsl_ran_exponential(rng, 1);
}

struct burst_split burst_split_at(const struct burst *b, double share)
{
    struct burst_split s = {.first = 1, .second = b->second};
    if (b->kind != BURST_PARETO)
        return s;
    double kept = -expm1(b->tail * log(b->least / b->longest));
    s.share = share < 1 ? share : 1;
    s.above = b->least * pow(1 - (1 - s.share) * kept, -1 / b->tail);
    s.first = moment(b, b->least, b->least, s.above, 1);
    s.second = moment(b, b->least, b->least, s.above, 2);
    return s;
}

double burst_draw_above(const struct burst *b, const struct burst_split *s, gsl_rng *rng)
{
    return pareto_between(rng, b->tail, s->above, b->longest);
}
