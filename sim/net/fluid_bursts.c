// SPDX-License-Identifier: GPL-3.0-or-later
// Exponential bursts with room for a number of them: the queue M/M/1/K (Kleinrock, Queueing Systems I,
// §3.6), where K = buffer / S and S is the time of a mean burst.
#include "net/fluidqueue.h"

#include "base/rng.h"
#include "net/diffusion.h"

#include <gsl/gsl_randist.h>
#include <math.h>

#define RHO_EPSILON 1e-9 // nearer to 1 than this the geometric law is the uniform one
#define MAX_BURSTS  1000000000

struct bursts {
    gsl_rng *rng;
    double burst_ps;  // S
    unsigned room;    // K
    double rho;       // offered load as a share of the rate
    double log_base;  // ln min(ρ, 1/ρ)
    double truncated; // 1 − min(ρ, 1/ρ)ᴷ⁺¹
    unsigned found;   // bursts in the system
    double work_ps;   // what serving them takes, and the sampled packets among them …
    double own_ps;    // … which take this part of it
};

// Of the truncated geometric law: an arrival is lost when it finds K, and waits for those it finds
// otherwise. Above ρ = 1 the free places follow the same law with 1/ρ.
static struct fluid_fate fate_at(const void *queue, double rho)
{
    const struct bursts *q = queue;
    double k = q->room, r = rho > 1 ? 1 / rho : rho, log_r = log(r), found, loss;
    if (rho <= 0)
        return (struct fluid_fate){0, 0};
    if (fabs(rho - 1) < RHO_EPSILON)
        return (struct fluid_fate){1 / (k + 1), (int64_t)((k - 1) / 2 * q->burst_ps)};
    double none = -expm1(k * log_r); // 1 − rᴷ
    found = r / (1 - r) - k * (1 - none) / none;
    loss = (1 - r) / -expm1((k + 1) * log_r);
    if (rho > 1)
        found = k - 1 - found;
    else
        loss *= 1 - none;
    return (struct fluid_fate){loss, (int64_t)(found * q->burst_ps)};
}

static void load(void *queue, double rho)
{
    struct bursts *q = queue;
    q->rho = rho;
    q->log_base = -fabs(log(rho));
    q->truncated = -expm1(q->log_base * (q->room + 1));
}

// The relaxation time of M/M/1/K (Morse 1958), the inverse of its spectral gap, or the time in which a
// full queue drains when nothing comes.
static int64_t memory_ps(const void *queue, double rho)
{
    const struct bursts *q = queue;
    double gap = 1 + rho - 2 * sqrt(rho) * cos(M_PI / (q->room + 1.0));
    double relaxed_ps = q->burst_ps / gap, drained_ps = q->burst_ps * q->room;
    return (int64_t)(relaxed_ps < drained_ps ? relaxed_ps : drained_ps);
}

static void init(void *queue, const struct fluid_queue_options *o)
{
    struct bursts *q = queue;
    int64_t k = o->buffer_ps / o->burst_ps;
    q->rng = o->rng;
    q->burst_ps = (double)o->burst_ps;
    q->room = k < 1 ? 1 : k > MAX_BURSTS ? MAX_BURSTS : (unsigned)k;
}

// Bursts in the system that an arrival finds: truncated geometric on 0..K, by inversion. Above
// ρ = 1 the free places K − n follow the same law with 1/ρ: the powers stay below 1 for any K.
static unsigned bursts_found(const struct bursts *q)
{
    double u = rng_uniform(q->rng), n;
    if (q->rho <= 0)
        return 0;
    if (fabs(q->rho - 1) < RHO_EPSILON)
        n = u * (q->room + 1);
    else
        n = log1p(-u * q->truncated) / q->log_base;
    unsigned found = n >= q->room ? q->room : (unsigned)n;
    return q->rho > 1 ? q->room - found : found;
}

// The queue serves for a while. Of n exponential services that take `work` together, the n − 1
// inner borders lie anywhere in it, independently (Feller II, §III.3): so many of them have passed.
static void serve(struct bursts *q, double time_ps)
{
    if (time_ps >= q->work_ps) {
        q->found = 0;
        q->work_ps = q->own_ps = 0;
        return;
    }
    q->own_ps -= q->own_ps * time_ps / q->work_ps; // they stand anywhere in it
    if (q->found > 1)
        q->found -= gsl_ran_binomial(q->rng, time_ps / q->work_ps, q->found - 1);
    q->work_ps -= time_ps;
}

static void set_found(struct bursts *q, unsigned found)
{
    q->found = found;
    q->own_ps = 0;
    q->work_ps = found ? gsl_ran_gamma(q->rng, found, q->burst_ps) : 0;
}

// Room for one more; sampled packets take up as much as they are parts of a burst.
static bool roomy(const struct bursts *q)
{
    return q->found + q->own_ps / q->burst_ps < q->room;
}

// The number of bursts over a long time, as a diffusion: one comes every S/ρ, one goes every S. The
// number n stands for the interval [n, n + 1).
static void leap(struct bursts *q, double time_ps)
{
    double at = fmin(q->found + q->own_ps / q->burst_ps, q->room) + rng_uniform(q->rng);
    double n = diffusion_walk(q->rng, at, (q->rho - 1) / q->burst_ps, (q->rho + 1) / q->burst_ps,
                              q->room + 1.0, time_ps);
    set_found(q, n < q->room ? (unsigned)n : q->room);
}

static void draw(void *queue)
{
    set_found(queue, bursts_found(queue));
}

static void pass(void *queue, double time_ps)
{
    struct bursts *q = queue;
    double between_ps = q->burst_ps / q->rho;
    if (q->rho <= 0) {
        serve(q, time_ps);
        return;
    }
    if (time_ps > FLUID_EXACT * between_ps) {
        leap(q, time_ps - FLUID_LAST * between_ps);
        time_ps = FLUID_LAST * between_ps;
    }
    for (;;) {
        double next_ps = gsl_ran_exponential(q->rng, between_ps);
        if (next_ps > time_ps)
            break;
        serve(q, next_ps);
        time_ps -= next_ps;
        if (roomy(q)) {
            q->found++;
            q->work_ps += gsl_ran_exponential(q->rng, q->burst_ps);
        }
    }
    serve(q, time_ps);
}

static bool look(const void *queue, int64_t *wait_ps)
{
    const struct bursts *q = queue;
    *wait_ps = (int64_t)q->work_ps;
    return roomy(q);
}

static void join(void *queue, double own_ps)
{
    struct bursts *q = queue;
    q->work_ps += own_ps;
    q->own_ps += own_ps;
}

const struct fluid_queue_ops fluid_bursts = {.size = sizeof(struct bursts),
                                             .init = init,
                                             .load = load,
                                             .memory_ps = memory_ps,
                                             .draw = draw,
                                             .pass = pass,
                                             .look = look,
                                             .join = join,
                                             .fate_at = fate_at};
