// SPDX-License-Identifier: GPL-3.0-or-later
// variate: every law's mean, deviation and quantiles at 10^6 draws, and what a correlation leaves of
// them.
#include "unit.h"

#include "base/rng.h"
#include "base/units.h"
#include "base/variate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define N         1000000
#define TOLERANCE 0.01 // of means, deviations and the probabilities of quantiles

static const struct variate_point points[] = {
    {1 * PS_PER_MS, 0.1}, {2 * PS_PER_MS, 0.5}, {4 * PS_PER_MS, 0.9}, {20 * PS_PER_MS, 1}};

static const struct {
    struct variate v;
    double mean_ms, sd_ms; // by hand; sd 0: the law has a tail too heavy for a sample of this size
} laws[] = {
    {{.law = VARIATE_CONSTANT, .mean_ps = 3 * PS_PER_MS}, 3, 0},
    {{.law = VARIATE_UNIFORM, .mean_ps = 5 * PS_PER_MS, .sd_ps = PS_PER_MS}, 5, 1},
    {{.law = VARIATE_NORMAL, .mean_ps = 20 * PS_PER_MS, .sd_ps = 3 * PS_PER_MS}, 20, 3},
    {{.law = VARIATE_GAMMA, .mean_ps = 20 * PS_PER_MS, .sd_ps = 12 * PS_PER_MS}, 20, 12},
    {{.law = VARIATE_LOGNORMAL, .mean_ps = 10 * PS_PER_MS, .sd_ps = 5 * PS_PER_MS}, 10, 5},
    // scale Γ(1 + 1/2); variance scale² (Γ(2) − Γ(1.5)²)
    {{.law = VARIATE_WEIBULL, .scale_ps = 4 * PS_PER_MS, .shape = 2}, 3.54490770, 1.85301},
    // 2·3/(3−1); the variance is scale² · 3 / ((3−1)² (3−2))
    {{.law = VARIATE_PARETO, .scale_ps = 2 * PS_PER_MS, .shape = 3}, 3, 0},
    // 0.1·1 + 0.4·1.5 + 0.4·3 + 0.1·12
    {{.law = VARIATE_EMPIRICAL, .points = points, .npoints = 4}, 3.1, 0},
};
#define LAWS (sizeof laws / sizeof laws[0])

static double draws[N];

static void sample(const struct variate *v, uint64_t seed, double *mean, double *sd)
{
    gsl_rng *r = rng_stream(seed, "variate", "test");
    struct variate_state state = {0};
    double sum = 0, squares = 0;
    for (int i = 0; i < N; i++) {
        draws[i] = ps_to_ms(variate_draw_ps(v, &state, r));
        sum += draws[i];
        squares += draws[i] * draws[i];
    }
    *mean = sum / N;
    *sd = sqrt(squares / N - *mean * *mean);
    gsl_rng_free(r);
}

static double below(double limit)
{
    int n = 0;
    for (int i = 0; i < N; i++)
        n += draws[i] <= limit;
    return (double)n / N;
}

static void check(size_t law, double correlation)
{
    struct variate v = laws[law].v;
    double mean, sd;
    v.correlation = correlation;
    sample(&v, law + 1, &mean, &sd);
    printf("  %-10s ρ %.1f: mean %.4f of %.4f, sd %.4f\n", variate_law_names[v.law], correlation,
           mean, laws[law].mean_ms, sd);
    CU_ASSERT(fabs(mean / laws[law].mean_ms - 1) < TOLERANCE);
    CU_ASSERT(fabs(variate_mean_ps(&v) / 1e9 / laws[law].mean_ms - 1) < 1e-6);
    if (laws[law].sd_ms > 0)
        CU_ASSERT(fabs(sd / laws[law].sd_ms - 1) < TOLERANCE);
    for (int i = 1; i < 10 && v.law != VARIATE_CONSTANT; i++) {
        double u = i / 10.0 - 0.01;
        if (v.law == VARIATE_EMPIRICAL && u < points[0].probability)
            continue; // an atom
        CU_ASSERT(fabs(below(ps_to_ms(variate_quantile_ps(&v, u))) - u) < TOLERANCE);
    }
}

static void independent(void)
{
    printf("\n");
    for (size_t i = 0; i < LAWS; i++)
        check(i, 0);
}

static void correlated(void)
{
    printf("\n");
    for (size_t i = 0; i < LAWS; i++)
        check(i, 0.5);
}

// Of the normal law the correlation is ρ itself, at lag 1, and its powers at longer ones.
static void memory(void)
{
    struct variate v = {.law = VARIATE_NORMAL,
                        .mean_ps = 100 * PS_PER_MS,
                        .sd_ps = 5 * PS_PER_MS,
                        .correlation = 0.7};
    double mean, sd;
    sample(&v, 9, &mean, &sd);
    for (int lag = 1; lag <= 3; lag++) {
        double sum = 0;
        for (int i = lag; i < N; i++)
            sum += (draws[i] - mean) * (draws[i - lag] - mean);
        CU_ASSERT_DOUBLE_EQUAL(sum / (N - lag) / (sd * sd), pow(0.7, lag), 0.01);
    }
}

static void bounds(void)
{
    gsl_rng *r = rng_stream(1, "variate", "bounds");
    struct variate_state s = {0};
    struct variate negative = {.law = VARIATE_NORMAL, .mean_ps = 1, .sd_ps = PS_PER_S};
    struct variate endless = {.law = VARIATE_PARETO, .scale_ps = PS_PER_S, .shape = 1.001};
    struct variate still = {.law = VARIATE_GAMMA, .mean_ps = 7, .sd_ps = 0, .correlation = 0.5};
    for (int i = 0; i < 10000; i++) {
        CU_ASSERT(variate_draw_ps(&negative, &s, r) >= 0);
        CU_ASSERT(variate_draw_ps(&endless, &s, r) >= PS_PER_S);
        CU_ASSERT_EQUAL(variate_draw_ps(&still, &s, r), 7);
    }
    CU_ASSERT_EQUAL(variate_quantile_ps(&endless, 1), VARIATE_MAX_PS);
    gsl_rng_free(r);
}

UNIT_MAIN("variate", {"independent", independent}, {"correlated", correlated}, {"memory", memory},
          {"bounds", bounds})
