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
    // Relaxation time of M/M/1/K (Morse 1958): the inverse of its spectral gap.
    double gap = 1 + rho - 2 * sqrt(rho) * cos(M_PI / (f->bursts + 1.0));
    double relaxed_ps = (double)f->burst_ps / gap, drained_ps = (double)f->burst_ps * f->bursts;
    f->memory_ps = (int64_t)(relaxed_ps < drained_ps ? relaxed_ps : drained_ps);
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
    f->seen_ps = FLUID_UNSEEN;
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
// ρ = 1 the free places K − n follow the same law with 1/ρ: the powers stay below 1 for any K.
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

// The queue serves for a while. Of n exponential services that take `work` together, the n − 1
// inner borders lie anywhere in it, independently (Feller II, §III.3): so many of them have passed.
static void serve(struct fluid *f, double time_ps)
{
    if (time_ps >= f->work_ps) {
        f->found = 0;
        f->work_ps = 0;
        return;
    }
    if (f->found > 1)
        f->found -= gsl_ran_binomial(f->rng, time_ps / f->work_ps, f->found - 1);
    f->work_ps -= time_ps;
}

// Brings the bursts of the background to `now`.
static void advance(struct fluid *f, int64_t now_ps)
{
    int64_t gap_ps = f->seen_ps == FLUID_UNSEEN ? INT64_MAX : now_ps - f->seen_ps;
    double left_ps = (double)gap_ps, between_ps = (double)f->burst_ps / f->rho;
    f->seen_ps = now_ps;
    if (gap_ps > f->memory_ps) {
        f->found = bursts_found(f);
        f->work_ps = f->found ? gsl_ran_gamma(f->rng, f->found, (double)f->burst_ps) : 0;
        return;
    }
    for (;;) {
        double next_ps = gsl_ran_exponential(f->rng, between_ps);
        if (next_ps > left_ps)
            break;
        serve(f, next_ps);
        left_ps -= next_ps;
        if (f->found < f->bursts) {
            f->found++;
            f->work_ps += gsl_ran_exponential(f->rng, (double)f->burst_ps);
        }
    }
    serve(f, left_ps);
}

bool fluid_admit(struct fluid *f, int64_t now_ps, int64_t *wait_ps)
{
    if (!f->burst_ps) {
        *wait_ps = f->backlog_ps;
        return !(f->loss > 0 && rng_uniform(f->rng) < f->loss);
    }
    *wait_ps = 0;
    if (f->rho <= 0)
        return true;
    advance(f, now_ps);
    *wait_ps = (int64_t)f->work_ps;
    return f->found < f->bursts;
}
