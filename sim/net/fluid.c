// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/fluid.h"

#include "base/arena.h"
#include "base/rng.h"
#include "base/units.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

// Above this load the mean wait of M/M/1 is dominated by the finite buffer, which the fluid queue
// already represents.
#define RHO_MAX 0.99

struct fluid *fluid_new(uint64_t seed, const char *port_name, int64_t rate_bps,
                        int64_t background_ppm, int64_t burst_bytes)
{
    struct fluid *f = xcalloc(1, sizeof *f);
    f->rng = rng_stream(seed, port_name, "fluid");
    f->background_ppm = background_ppm;
    f->burst_ps = ps_for_bytes(burst_bytes, rate_bps);
    f->rho = fmin((double)background_ppm / 1e6, RHO_MAX);
    return f;
}

void fluid_free(struct fluid *f)
{
    if (!f)
        return;
    gsl_rng_free(f->rng);
    free(f);
}

void fluid_window(struct fluid *f, uint64_t bits, int64_t window_ps, int64_t rate_bps,
                  int64_t queue_ps)
{
    double window_s = ps_to_s(window_ps);
    double demand = (double)bits / window_s;
    double offered = demand + (double)f->background_ppm / 1e6 * (double)rate_bps;
    double excess = offered - (double)rate_bps;
    // Seconds of backlog gained or drained in the window, in time at the port's rate.
    double change_ps = excess / (double)rate_bps * (double)window_ps;
    double backlog_ps = (double)f->backlog_ps + change_ps;
    bool full = backlog_ps >= (double)queue_ps;
    if (backlog_ps < 0)
        backlog_ps = 0;
    if (full)
        backlog_ps = (double)queue_ps;
    f->backlog_ps = (int64_t)backlog_ps;
    f->demand_bps = (int64_t)demand;
    f->loss = full && excess > 0 ? excess / offered : 0;
    f->rho = fmin(offered / (double)rate_bps, RHO_MAX);
}

bool fluid_lost(struct fluid *f)
{
    return f->loss > 0 && rng_uniform(f->rng) < f->loss;
}

int64_t fluid_wait_ps(struct fluid *f)
{
    int64_t wait_ps = f->backlog_ps;
    if (f->burst_ps && rng_uniform(f->rng) < f->rho)
        wait_ps += (int64_t)gsl_ran_exponential(f->rng, (double)f->burst_ps / (1 - f->rho));
    return wait_ps;
}
