// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/replicas.h"

#include "base/rng.h"
#include "run/jobs.h"
#include "run/run.h"

uint64_t replicas_seed(uint64_t seed, int replica)
{
    char number[16];
    if (replica == 0)
        return seed;
    snprintf(number, sizeof number, "%d", replica);
    gsl_rng *rng = rng_stream(seed, number, "replica");
    uint64_t high = gsl_rng_get(rng) & 0x7fffffffu, low = gsl_rng_get(rng) & 0xffffffffu;
    gsl_rng_free(rng);
    return high << 32 | low;
}

static void work(void *ctx, size_t i, FILE *out)
{
    const struct replicas_options *o = ctx;
    struct scenario s = *o->scenario;
    s.seed = replicas_seed(o->scenario->seed, (int)i + 1);
    struct results *r = run_scenario(&s, NULL);
    o->write(o->ctx, r, out);
    results_free(r);
}

static void done(void *ctx, size_t i, bool ok, const char *bytes, size_t len)
{
    const struct replicas_options *o = ctx;
    o->done(o->ctx, (int)i + 1, ok, bytes, len);
}

static void progress(void *ctx, size_t ended, size_t tasks)
{
    const struct replicas_options *o = ctx;
    if (o->progress)
        o->progress(o->ctx, ended, tasks);
}

bool replicas_run(const struct replicas_options *o)
{
    struct replicas_options is = *o;
    struct jobs j = {.parallel = o->parallel,
                     .tasks = (size_t)o->n - 1,
                     .ctx = &is,
                     .work = work,
                     .done = done,
                     .progress = progress};
    return jobs_run(&j);
}
