// SPDX-License-Identifier: GPL-3.0-or-later
// maxmin: the textbook's example, and the condition that makes an allocation max–min fair
// (Bertsekas & Gallager §6.5.2, Proposition 6.2), checked on random networks.
#include "unit.h"

#include "base/arena.h"
#include "base/rng.h"
#include "demand/maxmin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define EPSILON 1e-9

// Data Networks, figure 6.13's kind: link 0 has capacity 1 and demands 0, 1, 2; link 1 has 3 and
// demands 2, 3. Rates 1/3, 1/3, 1/3 and 8/3.
static void textbook(void)
{
    const double wanted[4] = {10, 10, 10, 10}, weight[4] = {1, 1, 1, 1}, capacity[2] = {1, 3};
    const size_t first[5] = {0, 1, 2, 4, 5};
    const struct maxmin_use uses[5] = {{0, 1}, {0, 1}, {0, 1}, {1, 1}, {1, 1}};
    struct maxmin m = {4, 2, wanted, weight, first, uses, capacity};
    double rate[4], saturated[2];
    maxmin_solve(&m, rate, saturated);
    CU_ASSERT(fabs(rate[0] - 1.0 / 3) < EPSILON && fabs(rate[1] - 1.0 / 3) < EPSILON);
    CU_ASSERT(fabs(rate[2] - 1.0 / 3) < EPSILON && fabs(rate[3] - 8.0 / 3) < EPSILON);
    CU_ASSERT(fabs(saturated[0] - 1.0 / 3) < EPSILON && fabs(saturated[1] - 8.0 / 3) < EPSILON);
}

static void weights_and_limits(void)
{
    const double wanted[3] = {10, 10, 1}, weight[3] = {1, 3, 100}, capacity[1] = {9};
    const size_t first[4] = {0, 1, 2, 3};
    const struct maxmin_use uses[3] = {{0, 1}, {0, 1}, {0, 1}};
    struct maxmin m = {3, 1, wanted, weight, first, uses, capacity};
    double rate[3];
    maxmin_solve(&m, rate, NULL);
    CU_ASSERT(fabs(rate[0] - 2) < EPSILON);
    CU_ASSERT(fabs(rate[1] - 6) < EPSILON);
    CU_ASSERT(fabs(rate[2] - 1) < EPSILON);
}

static void no_room_and_no_links(void)
{
    const double wanted[2] = {5, 7}, weight[2] = {1, 1}, capacity[1] = {0};
    const size_t first[3] = {0, 1, 1};
    const struct maxmin_use uses[1] = {{0, 0.5}};
    struct maxmin m = {2, 1, wanted, weight, first, uses, capacity};
    double rate[2];
    maxmin_solve(&m, rate, NULL);
    CU_ASSERT(rate[0] == 0);
    CU_ASSERT(rate[1] == 7);
}

struct network { // a random one
    struct maxmin m;
    double wanted[60], weight[60], capacity[25];
    size_t first[61];
    struct maxmin_use uses[60 * 6];
};

static void make(gsl_rng *rng, struct network *n)
{
    size_t nuses = 0;
    n->m = (struct maxmin){.ndemands = 1 + gsl_rng_uniform_int(rng, 60),
                           .nlinks = 1 + gsl_rng_uniform_int(rng, 25),
                           .wanted = n->wanted,
                           .weight = n->weight,
                           .first = n->first,
                           .uses = n->uses,
                           .capacity = n->capacity};
    for (size_t l = 0; l < n->m.nlinks; l++)
        n->capacity[l] = gsl_rng_uniform_int(rng, 8) ? 100 * rng_uniform(rng) : 0;
    for (size_t d = 0; d < n->m.ndemands; d++) {
        bool used[25] = {false};
        n->wanted[d] = gsl_rng_uniform_int(rng, 3) ? 50 * rng_uniform(rng) : 1e6;
        n->weight[d] = gsl_rng_uniform_int(rng, 2) ? 1 : 0.1 + 10 * rng_uniform(rng);
        n->first[d] = nuses;
        for (unsigned i = 0; i < 6; i++) {
            uint32_t l = (uint32_t)gsl_rng_uniform_int(rng, n->m.nlinks);
            if (used[l])
                continue;
            used[l] = true;
            n->uses[nuses++] = (struct maxmin_use){l, gsl_rng_uniform_int(rng, 2) ? 1 : 0.25};
        }
    }
    n->first[n->m.ndemands] = nuses;
}

// Nobody has more than is wanted, no link carries more than it can, and whoever has less crosses a
// full link on which nobody stands at a higher level.
static bool is_fair(const struct network *n, const double *rate)
{
    double load[25] = {0}, highest[25] = {0};
    for (size_t d = 0; d < n->m.ndemands; d++)
        for (size_t i = n->first[d]; i < n->first[d + 1]; i++) {
            uint32_t l = n->uses[i].link;
            load[l] += rate[d] * n->uses[i].part;
            highest[l] = fmax(highest[l], rate[d] / n->weight[d]);
        }
    for (size_t l = 0; l < n->m.nlinks; l++)
        if (load[l] > n->capacity[l] + 1e-6)
            return false;
    for (size_t d = 0; d < n->m.ndemands; d++) {
        bool content = rate[d] >= n->wanted[d] - 1e-6;
        if (rate[d] > n->wanted[d] + 1e-6)
            return false;
        for (size_t i = n->first[d]; i < n->first[d + 1]; i++) {
            uint32_t l = n->uses[i].link;
            content = content || (load[l] >= n->capacity[l] - 1e-6 &&
                                  rate[d] / n->weight[d] >= highest[l] - 1e-6);
        }
        if (!content)
            return false;
    }
    return true;
}

static void bottleneck_condition(void)
{
    gsl_rng *rng = rng_stream(7, "maxmin", "test");
    static struct network n;
    double rate[60];
    for (int i = 0; i < 3000; i++) {
        make(rng, &n);
        maxmin_solve(&n.m, rate, NULL);
        bool fair = is_fair(&n, rate);
        CU_ASSERT(fair);
        if (!fair)
            printf("\n  network %d is not fair\n", i);
        size_t victim = (size_t)i % n.m.ndemands; // the check itself can fail
        if (rate[victim] > 0.01) {
            rate[victim] *= 0.5;
            CU_ASSERT(!is_fair(&n, rate));
        }
    }
    gsl_rng_free(rng);
}

UNIT_MAIN("maxmin", {"textbook", textbook}, {"weights_and_limits", weights_and_limits},
          {"no_room_and_no_links", no_room_and_no_links},
          {"bottleneck_condition", bottleneck_condition})
