// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/variate.h"

#include "base/rng.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#define EDGE 1e-12 // quantiles nearer to 0 and 1 than this are not asked for

const char *const variate_law_names[VARIATE_LAWS] = {"constant",  "uniform", "normal", "gamma",
                                                     "lognormal", "weibull", "pareto", "empirical"};

struct lognormal { // of the logarithm
    double zeta, sigma;
};

static struct lognormal lognormal_of(double mean, double sd)
{
    double variance = log1p(sd * sd / (mean * mean));
    return (struct lognormal){log(mean) - variance / 2, sqrt(variance)};
}

static int64_t rounded(double time_ps)
{
    if (!(time_ps > 0))
        return 0;
    return time_ps < (double)VARIATE_MAX_PS ? (int64_t)(time_ps + 0.5) : VARIATE_MAX_PS;
}

static double empirical(const struct variate *v, double u)
{
    int lo = 0, hi = v->npoints - 1; // the first point whose probability reaches u
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (v->points[mid].probability < u)
            lo = mid + 1;
        else
            hi = mid;
    }
    const struct variate_point *b = &v->points[lo];
    if (lo == 0)
        return (double)b->time_ps;
    const struct variate_point *a = b - 1;
    double share = (u - a->probability) / (b->probability - a->probability);
    return (double)a->time_ps + share * (double)(b->time_ps - a->time_ps);
}

// Without spread every law with a mean is constant.
static bool is_constant(const struct variate *v)
{
    return v->law == VARIATE_CONSTANT ||
           (v->law <= VARIATE_LOGNORMAL && (v->sd_ps == 0 || v->mean_ps == 0));
}

int64_t variate_quantile_ps(const struct variate *v, double u)
{
    double mean = (double)v->mean_ps, sd = (double)v->sd_ps, scale = (double)v->scale_ps;
    struct lognormal l;
    u = u < EDGE ? EDGE : u > 1 - EDGE ? 1 - EDGE : u;
    if (is_constant(v))
        return v->mean_ps;
    switch (v->law) {
    case VARIATE_UNIFORM:
        return rounded(mean + (2 * u - 1) * sqrt(3) * sd);
    case VARIATE_NORMAL:
        return rounded(mean + gsl_cdf_gaussian_Pinv(u, sd));
    case VARIATE_GAMMA:
        return rounded(gsl_cdf_gamma_Pinv(u, mean * mean / (sd * sd), sd * sd / mean));
    case VARIATE_LOGNORMAL:
        l = lognormal_of(mean, sd);
        return rounded(gsl_cdf_lognormal_Pinv(u, l.zeta, l.sigma));
    case VARIATE_WEIBULL:
        return rounded(gsl_cdf_weibull_Pinv(u, scale, v->shape));
    case VARIATE_PARETO:
        return rounded(gsl_cdf_pareto_Pinv(u, v->shape, scale));
    case VARIATE_EMPIRICAL:
        return rounded(empirical(v, u));
    case VARIATE_CONSTANT:
    case VARIATE_LAWS:
        break;
    }
    return v->mean_ps;
}

static int64_t fresh(const struct variate *v, gsl_rng *rng)
{
    double mean = (double)v->mean_ps, sd = (double)v->sd_ps, scale = (double)v->scale_ps;
    struct lognormal l;
    if (is_constant(v))
        return v->mean_ps;
    switch (v->law) {
    case VARIATE_NORMAL:
        return rounded(mean + gsl_ran_gaussian_ziggurat(rng, sd));
    case VARIATE_GAMMA:
        return rounded(gsl_ran_gamma(rng, mean * mean / (sd * sd), sd * sd / mean));
    case VARIATE_LOGNORMAL:
        l = lognormal_of(mean, sd);
        return rounded(exp(l.zeta + gsl_ran_gaussian_ziggurat(rng, l.sigma)));
    case VARIATE_WEIBULL:
        return rounded(gsl_ran_weibull(rng, scale, v->shape));
    case VARIATE_PARETO:
        return rounded(gsl_ran_pareto(rng, v->shape, scale));
    default:
        return variate_quantile_ps(v, gsl_rng_uniform_pos(rng));
    }
}

int64_t variate_draw_ps(const struct variate *v, struct variate_state *state, gsl_rng *rng)
{
    double rho = v->correlation;
    if (!(rho > 0))
        return fresh(v, rng);
    double noise = gsl_ran_gaussian_ziggurat(rng, 1);
    state->z = state->begun ? rho * state->z + sqrt(1 - rho * rho) * noise : noise;
    state->begun = true;
    return variate_quantile_ps(v, gsl_cdf_ugaussian_P(state->z));
}

double variate_mean_ps(const struct variate *v)
{
    double sum = 0;
    switch (v->law) {
    case VARIATE_WEIBULL:
        return (double)v->scale_ps * gsl_sf_gamma(1 + 1 / v->shape);
    case VARIATE_PARETO:
        return (double)v->scale_ps * v->shape / (v->shape - 1);
    case VARIATE_EMPIRICAL:
        sum = v->points[0].probability * (double)v->points[0].time_ps;
        for (int i = 1; i < v->npoints; i++)
            sum += (v->points[i].probability - v->points[i - 1].probability) *
                   (double)(v->points[i].time_ps + v->points[i - 1].time_ps) / 2;
        return sum;
    default:
        return (double)v->mean_ps;
    }
}
