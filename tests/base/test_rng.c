// SPDX-License-Identifier: GPL-3.0-or-later
// rng: against the known answers of Random123's kat_vectors and a Philox written anew here.
#include "unit.h"

#include "base/rng.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
    uint32_t v[4];
};

// Philox4x32-10 as the paper has it (Salmon et al., SC 2011, §3.3).
static struct block philox(struct block c, uint32_t k0, uint32_t k1)
{
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = UINT64_C(0xd2511f53) * c.v[0], p1 = UINT64_C(0xcd9e8d57) * c.v[2];
        c = (struct block){{(uint32_t)(p1 >> 32) ^ c.v[1] ^ k0, (uint32_t)p1,
                            (uint32_t)(p0 >> 32) ^ c.v[3] ^ k1, (uint32_t)p0}};
        k0 += 0x9e3779b9;
        k1 += 0xbb67ae85;
    }
    return c;
}

static void known_answers(void)
{
    static const struct {
        struct block in;
        uint32_t k0, k1;
        struct block out;
    } kat[] = {
        {{{0, 0, 0, 0}}, 0, 0, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}},
        {{{~0u, ~0u, ~0u, ~0u}}, ~0u, ~0u, {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}},
        {{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
         0xa4093822,
         0x299f31d0,
         {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}}};
    for (int i = 0; i < 3; i++) {
        struct block b = philox(kat[i].in, kat[i].k0, kat[i].k1);
        CU_ASSERT_EQUAL(memcmp(&b, &kat[i].out, sizeof b), 0);
    }
    gsl_rng *r = gsl_rng_alloc(rng_philox); // the generator proper: counter 0, key 0
    gsl_rng_set(r, 0);
    for (int i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(gsl_rng_get(r), kat[0].out.v[i]);
    gsl_rng_free(r);
}

static void counts_through_blocks(void)
{
    static const uint64_t seeds[] = {0, 1, 42, UINT32_MAX, UINT64_C(0x123456789abcdef0), ~0ull};
    gsl_rng *r = gsl_rng_alloc(rng_philox);
    unsigned bad = 0;
    for (size_t s = 0; s < sizeof seeds / sizeof seeds[0]; s++) {
        gsl_rng_set(r, (unsigned long)seeds[s]);
        for (uint32_t n = 0; n < 20000; n++) {
            struct block b = philox((struct block){{n, 0, 0, 0}}, (uint32_t)seeds[s],
                                    (uint32_t)(seeds[s] >> 32));
            for (int i = 0; i < 4; i++)
                bad += gsl_rng_get(r) != b.v[i];
        }
    }
    CU_ASSERT_EQUAL(bad, 0);
    // The state begins with the counter: its first word carries into the second.
    const uint32_t last = UINT32_MAX;
    gsl_rng_set(r, 7);
    memcpy(r->state, &last, sizeof last);
    for (uint32_t n = 0; n < 2; n++) {
        struct block b = philox((struct block){{last + n, n, 0, 0}}, 7, 0);
        for (int i = 0; i < 4; i++)
            CU_ASSERT_EQUAL(gsl_rng_get(r), b.v[i]);
    }
    gsl_rng_free(r);
}

static void as_gsl_sees_it(void)
{
    gsl_rng *r = rng_stream(1, "a", "b"), *copy = gsl_rng_clone(r);
    CU_ASSERT_EQUAL(gsl_rng_min(r), 0);
    CU_ASSERT_EQUAL(gsl_rng_max(r), UINT32_MAX);
    CU_ASSERT_STRING_EQUAL(gsl_rng_name(r), "philox4x32-10");
    unsigned bad = 0;
    for (int i = 0; i < 1000; i++) { // one word a variate, whichever way it is drawn
        double u = (double)gsl_rng_get(copy) / 4294967296.0;
        bad += (i % 2 ? rng_uniform(r) : gsl_rng_uniform(r)) != u;
    }
    CU_ASSERT_EQUAL(bad, 0);
    gsl_rng_free(r);
    gsl_rng_free(copy);
}

static uint64_t first_words(uint64_t seed, const char *entity, const char *purpose)
{
    gsl_rng *r = rng_stream(seed, entity, purpose);
    uint64_t v = (uint64_t)gsl_rng_get(r) << 32;
    v |= gsl_rng_get(r);
    gsl_rng_free(r);
    return v;
}

// What a stream yields depends on its name alone: not on which others exist, came first or drew.
static void independent_of_creation_order(void)
{
    enum { N = 50, DRAWS = 100 };
    static uint32_t drawn[N][DRAWS];
    gsl_rng *r[N];
    unsigned bad = 0;
    for (int i = 0; i < N; i++) {
        char name[16];
        snprintf(name, sizeof name, "link %d", i);
        r[i] = rng_stream(42, name, "jitter");
        for (int k = 0; k < DRAWS; k++)
            drawn[i][k] = (uint32_t)gsl_rng_get(r[i]);
        gsl_rng_free(r[i]);
    }
    for (int i = N - 1; i >= 0; i--) {
        char name[16];
        snprintf(name, sizeof name, "link %d", i);
        r[i] = rng_stream(42, name, "jitter");
        gsl_rng_free(rng_stream(42, name, "another"));
    }
    for (int k = 0; k < DRAWS; k++)
        for (int i = 0; i < N; i++)
            bad += drawn[i][k] != gsl_rng_get(r[i]);
    CU_ASSERT_EQUAL(bad, 0);
    for (int i = 0; i < N; i++)
        gsl_rng_free(r[i]);
}

static int compare_words(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

// Seeds, entities and purposes that are alike as real ones are: no two streams are the same.
static void names_make_different_streams(void)
{
    enum { SEEDS = 64, NAMES = 40, PURPOSES = 5, N = SEEDS * NAMES * PURPOSES };
    static const char *const purposes[PURPOSES] = {"", "a", "b", "phase", "phase "};
    static uint64_t first[N];
    unsigned n = 0, equal = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++)
        for (int i = 0; i < NAMES; i++)
            for (int p = 0; p < PURPOSES; p++) {
                char name[2] = {i ? (char)('0' + i) : '\0', '\0'};
                first[n++] = first_words(seed, name, purposes[p]);
            }
    qsort(first, n, sizeof first[0], compare_words);
    for (unsigned i = 1; i < n; i++)
        equal += first[i] == first[i - 1];
    CU_ASSERT_EQUAL(equal, 0);
    if (equal)
        printf("\n  %u of %u streams are another's twin\n", equal, n);
    CU_ASSERT_NOT_EQUAL(first_words(1, "ab", "c"), first_words(1, "a", "bc"));
    CU_ASSERT_NOT_EQUAL(first_words(1, "a", "b"), first_words(1, "b", "a"));
    CU_ASSERT_NOT_EQUAL(first_words(0, "a", "b"), first_words(UINT64_C(1) << 32, "a", "b"));
}

// Correlation of neighbouring streams, and of a stream with itself one draw later.
static void streams_do_not_correlate(void)
{
    enum { N = 100000 };
    gsl_rng *a = rng_stream(42, "link 1", "fluid"), *b = rng_stream(42, "link 2", "fluid");
    gsl_rng *c = rng_stream(43, "link 1", "fluid");
    double ab = 0, ac = 0, lag = 0, last = 0;
    for (int i = 0; i < N; i++) {
        double x = rng_uniform(a) - 0.5;
        ab += x * (rng_uniform(b) - 0.5);
        ac += x * (rng_uniform(c) - 0.5);
        lag += x * last;
        last = x;
    }
    double limit = 4 * sqrt(N) / 12; // four standard deviations
    CU_ASSERT(fabs(ab) < limit && fabs(ac) < limit && fabs(lag) < limit);
    gsl_rng_free(a);
    gsl_rng_free(b);
    gsl_rng_free(c);
}

// --- GSL's distributions on a stream, 10^5 draws each: mean and variance within five standard
// errors, and Kolmogorov-Smirnov.

#define DRAWS 100000

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Two-sided KS at p = 0.001: D√n < 1.95.
static bool ks_passes(double *x, int n, double (*cdf)(double))
{
    double d = 0;
    qsort(x, (size_t)n, sizeof *x, compare_doubles);
    for (int i = 0; i < n; i++) {
        double f = cdf(x[i]);
        d = fmax(d, fmax(f - (double)i / n, (double)(i + 1) / n - f));
    }
    return d * sqrt(n) < 1.95;
}

static double uniform(gsl_rng *r)
{
    return rng_uniform(r);
}

static double uniform_cdf(double x)
{
    return gsl_cdf_flat_P(x, 0, 1);
}

static double exponential(gsl_rng *r)
{
    return gsl_ran_exponential(r, 3);
}

static double exponential_cdf(double x)
{
    return gsl_cdf_exponential_P(x, 3);
}

static double gaussian(gsl_rng *r)
{
    return gsl_ran_gaussian_ziggurat(r, 2);
}

static double gaussian_cdf(double x)
{
    return gsl_cdf_gaussian_P(x, 2);
}

static double erlang(gsl_rng *r)
{
    return gsl_ran_gamma(r, 4, 0.5);
}

static double erlang_cdf(double x)
{
    return gsl_cdf_gamma_P(x, 4, 0.5);
}

static void distributions(void)
{
    static const struct {
        const char *name;
        double (*draw)(gsl_rng *r);
        double (*cdf)(double x);
        double mean, variance, excess; // excess kurtosis: how far the variance itself scatters
    } d[] = {{"uniform", uniform, uniform_cdf, 0.5, 1.0 / 12, -1.2},
             {"exponential", exponential, exponential_cdf, 3, 9, 6},
             {"gaussian", gaussian, gaussian_cdf, 0, 4, 0},
             {"erlang", erlang, erlang_cdf, 2, 1, 1.5}};
    static double x[DRAWS];
    for (size_t k = 0; k < sizeof d / sizeof d[0]; k++)
        for (uint64_t seed = 1; seed <= 3; seed++) {
            gsl_rng *r = rng_stream(seed, d[k].name, "distribution");
            double sum = 0, square = 0;
            for (int i = 0; i < DRAWS; i++) {
                x[i] = d[k].draw(r);
                sum += x[i];
                square += (x[i] - d[k].mean) * (x[i] - d[k].mean);
            }
            double mean_error = sum / DRAWS - d[k].mean;
            double variance_error = square / DRAWS / d[k].variance - 1;
            CU_ASSERT(fabs(mean_error) < 5 * sqrt(d[k].variance / DRAWS));
            CU_ASSERT(fabs(variance_error) < 5 * sqrt((d[k].excess + 2) / DRAWS));
            CU_ASSERT(ks_passes(x, DRAWS, d[k].cdf));
            CU_ASSERT_FALSE(
                ks_passes(x, DRAWS, d[k].cdf == uniform_cdf ? erlang_cdf : uniform_cdf));
            gsl_rng_free(r);
        }
}

static void uniform_integers(void)
{
    enum { SIDES = 7 };
    unsigned seen[SIDES] = {0};
    gsl_rng *r = rng_stream(5, "die", "throw");
    for (int i = 0; i < DRAWS; i++)
        seen[gsl_rng_uniform_int(r, SIDES)]++;
    double chi2 = 0, wanted = (double)DRAWS / SIDES;
    for (int i = 0; i < SIDES; i++)
        chi2 += (seen[i] - wanted) * (seen[i] - wanted) / wanted;
    CU_ASSERT(chi2 < gsl_cdf_chisq_Pinv(0.999, SIDES - 1));
    gsl_rng_free(r);
}

UNIT_MAIN("rng", {"known_answers", known_answers}, {"counts_through_blocks", counts_through_blocks},
          {"as_gsl_sees_it", as_gsl_sees_it},
          {"independent_of_creation_order", independent_of_creation_order},
          {"names_make_different_streams", names_make_different_streams},
          {"streams_do_not_correlate", streams_do_not_correlate}, {"distributions", distributions},
          {"uniform_integers", uniform_integers})
