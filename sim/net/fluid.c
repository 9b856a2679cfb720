// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/fluid.h"

#include "base/arena.h"
#include "base/rng.h"
#include "base/units.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

#define RHO_EPSILON 1e-9 // nearer to 1 than this the geometric law is the uniform one

static void set_load(struct fluid *f, double rho)
{
    f->rho = rho;
    f->log_base = -fabs(log(rho));
    f->truncated = -expm1(f->log_base * (f->bursts + 1));
}

struct fluid *fluid_new(uint64_t seed, const char *port_name, int64_t rate_bps, int64_t buffer_ps,
                        int64_t background_ppm, int64_t burst_bytes)
{
    struct fluid *f = xcalloc(1, sizeof *f);
    f->rng = rng_stream(seed, port_name, "fluid");
    f->background_ppm = background_ppm;
    f->burst_ps = ps_for_bytes(burst_bytes, rate_bps);
    f->buffer_ps = buffer_ps;
    if (f->burst_ps) {
        int64_t k = buffer_ps / f->burst_ps;
        f->bursts = k < 1 ? 1 : k > 1000000000 ? 1000000000 : (unsigned)k;
    }
    set_load(f, (double)background_ppm / 1e6);
    return f;
}

void fluid_free(struct fluid *f)
{
    if (!f)
        return;
    gsl_rng_free(f->rng);
    free(f);
}

void fluid_window(struct fluid *f, uint64_t bits, int64_t window_ps, int64_t rate_bps)
{
    double demand = (double)bits / ps_to_s(window_ps) / (double)rate_bps;
    set_load(f, demand + (double)f->background_ppm / 1e6);
    if (f->burst_ps)
        return;
    double backlog_ps = (double)f->backlog_ps + (f->rho - 1) * (double)window_ps;
    bool full = backlog_ps >= (double)f->buffer_ps;
    f->loss = full && f->rho > 1 ? (f->rho - 1) / f->rho : 0;
    f->backlog_ps = full ? f->buffer_ps : backlog_ps > 0 ? (int64_t)backlog_ps : 0;
}

// Bursts in the system that an arrival finds: truncated geometric on 0..K, by inversion. Above
// ρ = 1 the free places K − n follow the same law with 1/ρ: the powers stay below 1 however large
// K is.
static unsigned bursts_found(struct fluid *f)
{
    double u = rng_uniform(f->rng), n;
    if (fabs(f->rho - 1) < RHO_EPSILON)
        n = u * (f->bursts + 1);
    else
        n = log1p(-u * f->truncated) / f->log_base;
    unsigned found = n >= f->bursts ? f->bursts : (unsigned)n;
    return f->rho > 1 ? f->bursts - found : found;
}

bool fluid_admit(struct fluid *f, int64_t *wait_ps)
{
    if (!f->burst_ps) {
        *wait_ps = f->backlog_ps;
        return !(f->loss > 0 && rng_uniform(f->rng) < f->loss);
    }
    *wait_ps = 0;
    if (f->rho <= 0)
        return true;
    unsigned n = bursts_found(f);
    if (n >= f->bursts)
        return false;
    if (n)
        *wait_ps = (int64_t)gsl_ran_gamma(f->rng, n, (double)f->burst_ps);
    return true;
}
