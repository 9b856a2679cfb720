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
    f->rate_bps = rate_bps;
    f->background_ppm = background_ppm;
    f->burst_ps = ps_for_bytes(burst_bytes, rate_bps);
    f->buffer_ps = buffer_ps;
    if (f->burst_ps) {
        int64_t k = buffer_ps / f->burst_ps;
        f->bursts = k < 1 ? 1 : k > 1000000000 ? 1000000000 : (unsigned)k;
    }
    f->seen_ps = f->burst_ps ? FLUID_UNSEEN : 0;
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

static double offered(const struct fluid *f, int64_t demand_bps)
{
    double demand = (double)demand_bps / (double)f->rate_bps;
    return f->weight + demand + (double)f->background_ppm / 1e6;
}

static double backlog(const struct fluid *f, int64_t now_ps)
{
    double then_ps = f->backlog_ps + (f->rho - 1) * (double)(now_ps - f->seen_ps);
    return then_ps < 0 ? 0 : then_ps > (double)f->buffer_ps ? (double)f->buffer_ps : then_ps;
}

// Some part of the load has changed.
static void renew(struct fluid *f, int64_t now_ps)
{
    if (!f->burst_ps) {
        f->backlog_ps = backlog(f, now_ps);
        f->seen_ps = now_ps;
    }
    set_load(f, offered(f, f->demand_bps));
}

static double fixed_share(const struct fluid *f)
{
    return (double)f->background_ppm / 1e6 + (double)f->demand_bps / (double)f->rate_bps;
}

static void account(struct fluid *f, int64_t now_ps)
{
    f->load_ps += fixed_share(f) * (double)(now_ps - f->changed_ps);
    f->changed_ps = now_ps;
}

void fluid_background(struct fluid *f, int64_t ppm, int64_t now_ps)
{
    account(f, now_ps);
    f->background_ppm = ppm;
    renew(f, now_ps);
}

void fluid_demand(struct fluid *f, int64_t bps, int64_t now_ps)
{
    account(f, now_ps);
    f->demand_bps = bps;
    renew(f, now_ps);
}

void fluid_window(struct fluid *f, uint64_t bits, int64_t window_ps, int64_t now_ps)
{
    f->weight = (double)bits / ps_to_s(window_ps) / (double)f->rate_bps;
    f->since_ps = f->changed_ps = now_ps;
    f->load_ps = 0;
    renew(f, now_ps);
}

double fluid_mean_ppm(const struct fluid *f, int64_t now_ps)
{
    double constant = fixed_share(f) * (double)(now_ps - f->changed_ps);
    if (f->changed_ps == f->since_ps || now_ps == f->since_ps)
        return fixed_share(f) * 1e6;
    return (f->load_ps + constant) / (double)(now_ps - f->since_ps) * 1e6;
}

int64_t fluid_backlog_ps(const struct fluid *f, int64_t now_ps)
{
    return f->burst_ps ? 0 : (int64_t)backlog(f, now_ps);
}

// Of the truncated geometric law: an arrival is lost when it finds K, and waits for those it finds
// otherwise. Above ρ = 1 the free places follow the same law with 1/ρ.
static struct fluid_fate bursts_fate(const struct fluid *f, double rho)
{
    double k = f->bursts, r = rho > 1 ? 1 / rho : rho, log_r = log(r), found, loss;
    if (rho <= 0)
        return (struct fluid_fate){0, 0};
    if (fabs(rho - 1) < RHO_EPSILON)
        return (struct fluid_fate){1 / (k + 1), (int64_t)((k - 1) / 2 * (double)f->burst_ps)};
    double none = -expm1(k * log_r); // 1 − rᴷ
    found = r / (1 - r) - k * (1 - none) / none;
    loss = (1 - r) / -expm1((k + 1) * log_r);
    if (rho > 1)
        found = k - 1 - found;
    else
        loss *= 1 - none;
    return (struct fluid_fate){loss, (int64_t)(found * (double)f->burst_ps)};
}

struct fluid_fate fluid_fate_at(const struct fluid *f, double rho)
{
    if (f->burst_ps)
        return bursts_fate(f, rho);
    return rho > 1 ? (struct fluid_fate){(rho - 1) / rho, f->buffer_ps} : (struct fluid_fate){0, 0};
}

struct fluid_fate fluid_fate_with(const struct fluid *f, int64_t demand_bps)
{
    return fluid_fate_at(f, offered(f, demand_bps));
}

static double smooth_loss(const struct fluid *f, double backlog_ps)
{
    return f->rho > 1 && backlog_ps >= (double)f->buffer_ps ? (f->rho - 1) / f->rho : 0;
}

struct fluid_fate fluid_fate_now(const struct fluid *f, int64_t now_ps)
{
    if (f->burst_ps)
        return bursts_fate(f, f->rho);
    double backlog_ps = backlog(f, now_ps);
    return (struct fluid_fate){smooth_loss(f, backlog_ps), (int64_t)backlog_ps};
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
        double backlog_ps = backlog(f, now_ps), loss = smooth_loss(f, backlog_ps);
        *wait_ps = (int64_t)backlog_ps;
        return !(loss > 0 && rng_uniform(f->rng) < loss);
    }
    *wait_ps = 0;
    if (f->rho <= 0)
        return true;
    advance(f, now_ps);
    *wait_ps = (int64_t)f->work_ps;
    return f->found < f->bursts;
}
