// SPDX-License-Identifier: GPL-3.0-or-later
// Bursts of any law of sizes, with room for an amount of work: an M/G/1 queue in which a burst that
// finds more than the buffer is lost, and one that finds less comes in whole: the rule of a drop-tail
// port (net/port.h).
//
// Let Φ be the law of the work in the queue without a limit (Pollaczek-Khinchine). With the limit B it
// is cΦ up to B, c = 1/(1 − ρ + ρΦ(B)), the lost share (1 − ρ)(1 − Φ(B))·c, and above B is what the last
// burst that came in brought (level crossing: Cohen, The Single Server Queue, §III.6). Φ is the
// law of a geometric number of ladder heights, whose mean number of visits to a level goes on into
// ρ ≥ 1 where Φ does not.
#include "net/fluidqueue.h"

#include "net/burst.h"
#include "net/diffusion.h"

#include <gsl/gsl_randist.h>
#include <math.h>

#define LADDER_RHO  0.995 // up to here the law is drawn by ladder heights: 1/(1 − ρ) of them
#define RHO_EPSILON 1e-6  // nearer to 1 than this a formula takes the limit
#define SAFE        5.0 // times the way that chance goes against the load: it is not known to go further
#define LARGE       32.0 // large bursts that a leap takes one by one

struct sizes {
    gsl_rng *rng;
    struct burst burst;
    double burst_ps, buffer_ps;
    double rho;
    double work_ps;
};

// With Φ(x) = 1 − ρe^(−δx), δ = 2(1 − ρ)/E[size²]: true for exponential bursts, and for others in its mean
// and, at high load, altogether. In units of a mean burst; any ρ.
static struct fluid_fate fate_at(const void *queue, double rho)
{
    const struct sizes *q = queue;
    double m = q->burst.second / 2, top = q->buffer_ps / q->burst_ps;
    if (rho <= 0)
        return (struct fluid_fate){0, 0};
    if (fabs(rho - 1) < RHO_EPSILON) { // of the expressions below, as ρ goes to 1
        double all = 2 + top / m, in = 1 + top / m;
        return (struct fluid_fate){1 / all, (int64_t)(top * top / m / 2 / in * q->burst_ps)};
    }
    double delta = (1 - rho) / m, tail = rho * exp(-delta * top);
    double empty = isinf(tail) ? 0 : (1 - rho) / (1 - rho * tail); // P(work = 0) = c(1 − ρ)
    double loss = 1 - (1 - empty) / rho;
    // ∫ x dΦ over [0, top] = ρ/δ − tail·(top + 1/δ); over Φ(top) = 1 − tail
    double wait =
        isinf(tail) ? top + 1 / delta : (rho / delta - tail * (top + 1 / delta)) / (1 - tail);
    return (struct fluid_fate){loss < 0 ? 0 : loss, (int64_t)(wait * q->burst_ps)};
}

static void load(void *queue, double rho)
{
    struct sizes *q = queue;
    q->rho = rho;
}

static int64_t memory_ps(const void *queue, double rho)
{
    const struct sizes *q = queue;
    double second = q->burst.second;
    double once_ps = second * q->burst_ps; // the rest of a burst, in service and behind it
    double relaxed_ps = 0;
    if (rho > 0)
        relaxed_ps = diffusion_relaxation(rho - 1, rho * second * q->burst_ps,
                                          q->buffer_ps + q->burst_ps * second / 2);
    if (q->burst.kind == BURST_PARETO) // the longest one is long remembered
        once_ps += q->burst.longest * q->burst_ps / fmax(1 - rho, 0.1);
    return (int64_t)fmin(FLUID_FORGETS * (relaxed_ps + once_ps), (double)(INT64_MAX / 4));
}

static void init(void *queue, const struct fluid_queue_options *o)
{
    struct sizes *q = queue;
    q->rng = o->rng;
    q->burst_ps = (double)o->burst_ps;
    q->buffer_ps = (double)o->buffer_ps;
    burst_init(&q->burst, &o->shape, o->burst_bytes);
}

// Bursts come and are served, one by one.
static void follow(struct sizes *q, double time_ps)
{
    double between_ps = q->burst_ps / q->rho;
    for (;;) {
        double next_ps = gsl_ran_exponential(q->rng, between_ps);
        if (next_ps > time_ps)
            break;
        time_ps -= next_ps;
        q->work_ps = q->work_ps > next_ps ? q->work_ps - next_ps : 0;
        if (q->work_ps <= q->buffer_ps)
            q->work_ps += burst_draw(&q->burst, q->rng) * q->burst_ps;
    }
    q->work_ps = q->work_ps > time_ps ? q->work_ps - time_ps : 0;
}

// The diffusion that stands for the queue over a long time. An exact M/M/1 queue is empty with chance
// 1 − ρ, and its work is exponential else: a diffusion with that slope has a place below 0 for the
// empty queue, as wide as it takes. Above the buffer is a place for what the last burst brought, as
// wide as bursts are long on average there (residual). Between both, work and level are the same.
struct stand_in {
    double drift, variance; // per ps
    double below_ps, top_ps;
};

static struct stand_in stand_in(const struct sizes *q, double rho, double second)
{
    double rest_ps = second / 2 * q->burst_ps;
    double factor = fabs(rho - 1) < RHO_EPSILON ? 1 : log(rho) / (rho - 1);
    return (struct stand_in){.drift = rho - 1,
                             .variance = 2 * rest_ps * fmax(rho, 1),
                             .below_ps = rest_ps * factor,
                             .top_ps = q->buffer_ps + rest_ps * (factor + 1)};
}

static double level_of(struct sizes *q, const struct stand_in *s)
{
    if (q->work_ps <= 0)
        return gsl_rng_uniform(q->rng) * s->below_ps;
    double level_ps = q->work_ps + s->below_ps;
    return level_ps < s->top_ps ? level_ps : s->top_ps;
}

static void set_level(struct sizes *q, const struct stand_in *s, double level_ps)
{
    q->work_ps = level_ps > s->below_ps ? level_ps - s->below_ps : 0;
    if (q->work_ps > q->buffer_ps)
        q->work_ps = q->buffer_ps + burst_residual(&q->burst, q->rng) * q->burst_ps;
}

static void walk(struct sizes *q, const struct stand_in *s, double time_ps)
{
    double above_ps = q->work_ps - q->buffer_ps;
    if (above_ps > 0) { // full: nothing comes in
        above_ps = above_ps < time_ps ? above_ps : time_ps;
        q->work_ps -= above_ps;
        time_ps -= above_ps;
    }
    if (time_ps > 0)
        set_level(
            q, s,
            diffusion_walk(q->rng, level_of(q, s), s->drift, s->variance, s->top_ps, time_ps));
}

// Has the queue not been empty between two states of it, and is not going to be? Then work and time add
// up to whole bursts, if those are of one size: an overloaded port admits in step with its own service,
// and what comes in step with that of another port, as packets do that have been through it, meets it
// at one place of its step all the time (Floyd and Jacobson 1992).
static bool busy(const struct sizes *q)
{
    double against_ps = q->burst.second * q->burst_ps * q->rho / 2 / (q->rho - 1);
    return q->burst.kind == BURST_DETERMINISTIC && q->rho > 1 && q->work_ps > SAFE * against_ps;
}

static bool keeps(const void *queue)
{
    return busy(queue);
}

// As near to the present work as whole bursts allow.
static void keep_step(struct sizes *q, double before_ps, double time_ps)
{
    double off = remainder(before_ps - time_ps - q->work_ps, q->burst_ps);
    q->work_ps += off;
    if (q->work_ps > q->buffer_ps + q->burst_ps)
        q->work_ps -= q->burst_ps;
}

// Many bursts: the large ones of a heavy-tailed law one by one, the others as a diffusion (Asmussen and
// Rosiński 2001).
static void leap(struct sizes *q, double time_ps)
{
    struct burst_split split = burst_split_at(&q->burst, LARGE * q->burst_ps / (q->rho * time_ps));
    struct stand_in s = stand_in(q, q->rho * split.first, split.second / split.first);
    for (;;) {
        double next_ps = time_ps;
        if (split.share > 0)
            next_ps = gsl_ran_exponential(q->rng, q->burst_ps / (q->rho * split.share));
        walk(q, &s, next_ps < time_ps ? next_ps : time_ps);
        if (next_ps >= time_ps)
            return;
        time_ps -= next_ps;
        if (q->work_ps <= q->buffer_ps)
            q->work_ps += burst_draw_above(&q->burst, &split, q->rng) * q->burst_ps;
    }
}

// The law of the work: ladder heights are added as long as chance (ρ) has it; a sum above the buffer
// is what the last burst brought, and counts by 1 − ρ of those within it.
static double ladder(struct sizes *q)
{
    for (;;) {
        double work_ps = 0;
        while (work_ps <= q->buffer_ps && gsl_rng_uniform(q->rng) < q->rho)
            work_ps += burst_residual(&q->burst, q->rng) * q->burst_ps;
        if (work_ps <= q->buffer_ps || gsl_rng_uniform(q->rng) < 1 - q->rho)
            return work_ps;
    }
}

static void draw(void *queue)
{
    struct sizes *q = queue;
    if (q->rho < LADDER_RHO) {
        q->work_ps = q->rho > 0 ? ladder(q) : 0;
        return;
    }
    struct stand_in s = stand_in(q, q->rho, q->burst.second);
    set_level(q, &s, diffusion_settled(q->rng, s.drift, s.variance, s.top_ps));
    // Overloaded, bursts of one size keep their place in time: it is anywhere.
    follow(q, FLUID_EXACT * q->burst_ps / q->rho + gsl_rng_uniform(q->rng) * q->burst_ps);
}

static void pass(void *queue, double time_ps)
{
    struct sizes *q = queue;
    double between_ps = q->burst_ps / q->rho;
    if (q->rho <= 0) {
        q->work_ps = q->work_ps > time_ps ? q->work_ps - time_ps : 0;
        return;
    }
    if (time_ps > FLUID_EXACT * between_ps) {
        double before_ps = q->work_ps, gone_ps = time_ps - FLUID_LAST * between_ps;
        bool was_busy = busy(q);
        leap(q, gone_ps);
        if (was_busy && busy(q))
            keep_step(q, before_ps, gone_ps);
        time_ps = FLUID_LAST * between_ps;
    }
    follow(q, time_ps);
}

static bool look(const void *queue, int64_t *wait_ps)
{
    const struct sizes *q = queue;
    *wait_ps = (int64_t)q->work_ps;
    return q->work_ps <= q->buffer_ps;
}

static void join(void *queue, double own_ps)
{
    struct sizes *q = queue;
    q->work_ps += own_ps;
}

const struct fluid_queue_ops fluid_sizes = {.size = sizeof(struct sizes),
                                            .init = init,
                                            .load = load,
                                            .memory_ps = memory_ps,
                                            .keeps = keeps,
                                            .draw = draw,
                                            .pass = pass,
                                            .look = look,
                                            .join = join,
                                            .fate_at = fate_at};
