// SPDX-License-Identifier: GPL-3.0-or-later
// On-off sources: N of them send and pause for exponential times, each at one rate while it sends. The
// queue is a fluid that rises and falls with how many send (Anick, Mitra and Sondhi 1982).
//
// With the load ρ, the share a of the time that a source sends, and S, the time of a mean burst at the
// line's rate, a source sends at r = ρ/(N·a) of the line's rate, for S/r on average. A sampled packet that
// finds the buffer full is lost with the chance (what comes in − 1)/ρ, so that packets lose the same
// share as the octets of the fluid, of which there are more when the buffer is full than at other times.
#include "net/fluidqueue.h"

#include "base/rng.h"
#include "net/diffusion.h"

#include <gsl/gsl_randist.h>
#include <math.h>

#define MILNE  1.4603545 // −ζ(½)
#define FLAT   1e-6      // a law that varies less over its range is the uniform one
#define CYCLES 4 // of all sources at the end of a leap: so they have forgotten that it was one

struct on_off {
    gsl_rng *rng;
    unsigned sources;
    double activity;
    double burst_ps, buffer_ps;
    double rho;
    double peak;          // of a source, as a share of the line's rate
    double on_ps, off_ps; // mean times
    unsigned sending;
    double work_ps;
};

// Variance of what comes in over a long time, per time: of N telegraph signals (Papoulis, §10).
static double variance(const struct on_off *q, double rho)
{
    return 2 * rho * (1 - q->activity) * (1 - q->activity) * q->burst_ps;
}

// How far beyond its walls the diffusion that stands for the queue reaches: what comes in keeps its pace
// for a while, so the queue stays longer at a wall than a diffusion would. The Milne length of a motion
// whose speed is an Ornstein-Uhlenbeck process (Marshall and Watson 1985): −ζ(½) times the deviation of the
// speed and the time in which it forgets.
static double beyond_ps(const struct on_off *q)
{
    double pause = 1 - q->activity;
    return MILNE * q->burst_ps * pause * sqrt(pause * q->activity * q->sources);
}

// What the diffusion settles to between its walls, the places beyond empty and full taken for those;
// what the push at the upper wall throws away is lost.
static struct fluid_fate fate_at(const void *queue, double rho)
{
    const struct on_off *q = queue;
    if (rho <= 0)
        return (struct fluid_fate){0, 0};
    double d = beyond_ps(q), top = q->buffer_ps, all = top + 2 * d;
    double theta = 2 * (rho - 1) / variance(q, rho);
    if (fabs(theta * all) < FLAT) // as good as level
        theta = theta < 0 ? -FLAT / all : FLAT / all;
    // The push: (ρ − 1)/(1 − e^(−θ·all)) per time, with ρ − 1 = θ·variance/2.
    double push = theta * variance(q, rho) / 2 / -expm1(-theta * all);
    struct fluid_fate fate = {.loss = push / rho};
    // By the distance z from the wall that it leans to: density |θ|e^(−|θ|z) / (1 − e^(−|θ|·all)).
    double k = fabs(theta), norm = -expm1(-k * all);
    // E min(max(z − d, 0), top) = ∫ P(z > y) over y from d to d + top
    double inside = (exp(-k * d) - exp(-k * (d + top))) / k - top * exp(-k * all);
    double mean = inside / norm;
    fate.wait_ps = (int64_t)(theta > 0 ? top - mean : mean);
    return fate;
}

static void load(void *queue, double rho)
{
    struct on_off *q = queue;
    q->rho = rho;
    q->peak = rho / (q->sources * q->activity);
    q->on_ps = q->burst_ps / q->peak;
    q->off_ps = q->on_ps * (1 - q->activity) / q->activity;
}

static int64_t memory_ps(const void *queue, double rho)
{
    const struct on_off *q = queue;
    if (rho <= 0)
        return 0;
    double peak = rho / (q->sources * q->activity);
    double once_ps = q->burst_ps / peak * (1 - q->activity); // a source forgets in this time
    double relaxed_ps =
        diffusion_relaxation(rho - 1, variance(q, rho), q->buffer_ps + 2 * beyond_ps(q));
    return (int64_t)fmin(FLUID_FORGETS * (relaxed_ps + once_ps), (double)(INT64_MAX / 4));
}

static void init(void *queue, const struct fluid_queue_options *o)
{
    struct on_off *q = queue;
    q->rng = o->rng;
    q->sources = (unsigned)o->shape.sources;
    q->activity = (double)o->shape.activity_ppm / 1e6;
    q->burst_ps = (double)o->burst_ps;
    q->buffer_ps = (double)o->buffer_ps;
}

static void flow(struct on_off *q, double time_ps)
{
    double above_ps = q->work_ps - q->buffer_ps;
    if (above_ps > 0) { // a packet went into the last of the room: nothing comes in
        above_ps = above_ps < time_ps ? above_ps : time_ps;
        q->work_ps -= above_ps;
        time_ps -= above_ps;
    }
    if (time_ps <= 0)
        return;
    q->work_ps += (q->sending * q->peak - 1) * time_ps;
    q->work_ps = q->work_ps < 0 ? 0 : q->work_ps > q->buffer_ps ? q->buffer_ps : q->work_ps;
}

static void follow(struct on_off *q, double time_ps)
{
    for (;;) {
        double begin = (q->sources - q->sending) / q->off_ps, end = q->sending / q->on_ps;
        double next_ps = gsl_ran_exponential(q->rng, 1 / (begin + end));
        if (next_ps > time_ps)
            break;
        flow(q, next_ps);
        time_ps -= next_ps;
        if (rng_uniform(q->rng) * (begin + end) < begin)
            q->sending++;
        else
            q->sending--;
    }
    flow(q, time_ps);
}

// How long the end of a leap is.
static double last_ps(const struct on_off *q)
{
    double bursts_ps = FLUID_LAST * q->burst_ps / q->rho;
    double cycles_ps = CYCLES / (1 / q->on_ps + 1 / q->off_ps);
    return bursts_ps > cycles_ps ? bursts_ps : cycles_ps;
}

static double level_of(const struct on_off *q, double beyond)
{
    if (q->work_ps <= 0)
        return rng_uniform(q->rng) * beyond;
    if (q->work_ps >= q->buffer_ps)
        return q->buffer_ps + beyond + rng_uniform(q->rng) * beyond;
    return q->work_ps + beyond;
}

static void set_level(struct on_off *q, double beyond, double level_ps)
{
    q->work_ps = fmin(fmax(level_ps - beyond, 0), q->buffer_ps);
    q->sending = gsl_ran_binomial(q->rng, q->activity, q->sources);
}

static void draw(void *queue)
{
    struct on_off *q = queue;
    q->sending = 0;
    q->work_ps = 0;
    if (q->rho <= 0)
        return;
    double beyond = beyond_ps(q);
    set_level(
        q, beyond,
        diffusion_settled(q->rng, q->rho - 1, variance(q, q->rho), q->buffer_ps + 2 * beyond));
    follow(q, fmax(FLUID_EXACT * q->burst_ps / q->rho, last_ps(q)));
}

static void pass(void *queue, double time_ps)
{
    struct on_off *q = queue;
    if (q->rho <= 0) {
        q->sending = 0;
        flow(q, time_ps);
        return;
    }
    if (time_ps > fmax(FLUID_EXACT * q->burst_ps / q->rho, 2 * last_ps(q))) {
        double beyond = beyond_ps(q);
        set_level(q, beyond,
                  diffusion_walk(q->rng, level_of(q, beyond), q->rho - 1, variance(q, q->rho),
                                 q->buffer_ps + 2 * beyond, time_ps - last_ps(q)));
        time_ps = last_ps(q);
    }
    follow(q, time_ps);
}

static bool look(const void *queue, int64_t *wait_ps)
{
    const struct on_off *q = queue;
    double in = q->sending * q->peak;
    *wait_ps = (int64_t)q->work_ps;
    if (q->work_ps > q->buffer_ps)
        return false;
    return !(q->work_ps >= q->buffer_ps && in > 1 && rng_uniform(q->rng) * q->rho < in - 1);
}

static void join(void *queue, double own_ps)
{
    struct on_off *q = queue;
    q->work_ps += own_ps;
}

const struct fluid_queue_ops fluid_on_off = {.size = sizeof(struct on_off),
                                             .init = init,
                                             .load = load,
                                             .memory_ps = memory_ps,
                                             .draw = draw,
                                             .pass = pass,
                                             .look = look,
                                             .join = join,
                                             .fate_at = fate_at};
