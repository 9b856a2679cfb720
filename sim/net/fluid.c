// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/fluid.h"

#include "base/arena.h"
#include "base/rng.h"
#include "base/units.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_SPARE 0.1 // of the rate, beside the fluid, for packets that have piled up

static double offered(const struct fluid *f, int64_t demand_bps)
{
    double demand = (double)demand_bps / (double)f->rate_bps;
    return (f->weight + demand + (double)f->background_ppm / 1e6) * f->slow;
}

// --- In the long run

// Without the rule, but for what its bucket hides: beyond a level the backlog is as it is beyond none.
static struct fluid_fate plain(const void *ctx, double rho)
{
    const struct fluid *f = ctx;
    struct fluid_fate fate = {0};
    if (f->ops)
        fate = f->ops->fate_at(f->queue, rho);
    else if (rho > 1)
        fate = (struct fluid_fate){(rho - 1) / rho, f->buffer_ps};
    if (f->rule.hidden_ps && fate.wait_ps) {
        double w = (double)fate.wait_ps, hidden = (double)f->rule.hidden_ps;
        fate.wait_ps = (int64_t)(rho < 1 ? w * exp(-hidden * rho / w) : fmax(w - hidden, 0));
    }
    return fate;
}

static struct fluid_fate settled(const struct fluid *f, double rho, double *passes)
{
    struct fluid_settled q = {f, plain};
    return fluid_rule_fate(&f->rule, &q, rho, passes);
}

// The load that the queue is under from now on.
static struct fluid_fate set_load(struct fluid *f, double rho)
{
    struct fluid_fate fate = settled(f, rho, &f->passes);
    f->rho = rho;
    f->top_ps = (double)f->buffer_ps;
    if (!f->ops && f->rule.red && rho > 1)
        f->top_ps = (double)fate.wait_ps;
    if (f->ops) {
        f->ops->load(f->queue, f->passes);
        f->memory_ps = f->ops->memory_ps(f->queue, f->passes);
    }
    return fate;
}

struct fluid *fluid_new(uint64_t seed, const char *port_name, const struct fluid_options *o)
{
    struct fluid *f = xcalloc(1, sizeof *f);
    f->buffer_ps = o->buffer_ps;
    if (o->discipline)
        f->rule = fluid_rule_of(o->discipline, o->rate_bps, &f->buffer_ps);
    int64_t served_bps = f->rule.served_bps ? f->rule.served_bps : o->rate_bps;
    struct fluid_queue_options of = {.burst_ps = ps_for_bytes(o->burst_bytes, served_bps),
                                     .burst_bytes = o->burst_bytes,
                                     .buffer_ps = f->buffer_ps,
                                     .shape = o->shape};
    f->rng = of.rng = rng_stream(seed, port_name, "fluid");
    f->rate_bps = o->rate_bps;
    f->packet_bytes = FLUID_PACKET;
    if (o->burst_bytes && o->burst_bytes < FLUID_PACKET)
        f->packet_bytes = o->burst_bytes;
    f->slow = (double)o->rate_bps / (double)served_bps;
    f->background_ppm = o->background_ppm;
    if (of.burst_ps == 0) {
        set_load(f, offered(f, 0));
        return f;
    }
    f->seen_ps = FLUID_UNSEEN;
    f->ops = fluid_queue_of(o->shape.kind);
    f->queue = xcalloc(1, f->ops->size);
    f->ops->init(f->queue, &of);
    struct fluid_fate fate = set_load(f, offered(f, 0));
    fluid_course_init(&f->course, f->passes, (double)fate.wait_ps);
    return f;
}

void fluid_free(struct fluid *f)
{
    if (!f)
        return;
    gsl_rng_free(f->rng);
    free(f->queue);
    free(f);
}

static double smooth_backlog(const struct fluid *f, int64_t now_ps)
{
    double time_ps = (double)(now_ps - f->seen_ps), top_ps = f->top_ps;
    if (f->backlog_ps - time_ps > top_ps) // by a packet, and no fluid comes in until it has gone
        return f->backlog_ps - time_ps;
    double begin_ps = f->backlog_ps;
    if (begin_ps > top_ps) {
        time_ps -= begin_ps - top_ps;
        begin_ps = top_ps;
    }
    return fmin(fmax(begin_ps + (f->rho - 1) * time_ps, 0), top_ps);
}

static struct fluid_fate smooth_fate(const struct fluid *f, int64_t now_ps)
{
    double backlog_ps = smooth_backlog(f, now_ps);
    bool full = f->rho > 1 && backlog_ps >= f->top_ps;
    return (struct fluid_fate){full ? (f->rho - 1) / f->rho : 0,
                               (int64_t)fmax(backlog_ps - (double)f->rule.hidden_ps, 0)};
}

// Brings the queue of a port with bursts to `now`.
static void advance(struct fluid *f, int64_t now_ps)
{
    bool fresh = f->seen_ps == FLUID_UNSEEN ||
                 (now_ps - f->seen_ps > f->memory_ps && now_ps >= f->course.bound_until_ps &&
                  !(f->ops->keeps && f->ops->keeps(f->queue)));
    if (fresh)
        f->ops->draw(f->queue);
    else
        f->ops->pass(f->queue, (double)(now_ps - f->seen_ps));
    f->seen_ps = now_ps;
}

// Some part of the load has changed.
static void renew(struct fluid *f, int64_t now_ps)
{
    double rho = offered(f, f->demand_bps);
    if (!f->ops) {
        f->backlog_ps = smooth_backlog(f, now_ps);
        f->seen_ps = now_ps;
        set_load(f, rho);
        return;
    }
    struct fluid_course course = f->course;
    double passes, target_ps = (double)settled(f, rho, &passes).wait_ps;
    int64_t memory_ps = f->ops->memory_ps(f->queue, passes);
    if (fluid_course_change(&course, passes, target_ps, memory_ps, now_ps))
        advance(f, now_ps); // under the old load
    f->course = course;
    set_load(f, rho);
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

void fluid_window(struct fluid *f, uint64_t bits, uint64_t own_bits, int64_t window_ps,
                  int64_t now_ps)
{
    f->weight = (double)bits / ps_to_s(window_ps) / (double)f->rate_bps;
    f->own = (double)own_bits / ps_to_s(window_ps) / (double)f->rate_bps;
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
    return f->ops ? 0 : (int64_t)smooth_backlog(f, now_ps);
}

struct fluid_fate fluid_fate_at(const struct fluid *f, double rho)
{
    double passes;
    return settled(f, rho, &passes);
}

struct fluid_fate fluid_fate_with(const struct fluid *f, int64_t demand_bps)
{
    return fluid_fate_at(f, offered(f, demand_bps) + f->own * f->slow);
}

struct fluid_fate fluid_fate_now(const struct fluid *f, int64_t now_ps)
{
    if (!f->ops)
        return smooth_fate(f, now_ps);
    if (fluid_course_arrived(&f->course, now_ps))
        return fluid_fate_at(f, f->rho);
    return (struct fluid_fate){0, (int64_t)fluid_course_content(&f->course, now_ps)};
}

bool fluid_admit(struct fluid *f, int64_t now_ps, int64_t *wait_ps)
{
    if (!f->ops) {
        struct fluid_fate fate = smooth_fate(f, now_ps);
        *wait_ps = fate.wait_ps;
        if (f->rule.red)
            fate.loss = 0;
        return smooth_backlog(f, now_ps) <= f->top_ps &&
               !(fate.loss > 0 && rng_uniform(f->rng) < fate.loss);
    }
    *wait_ps = 0;
    if (f->rho <= 0 && now_ps >= f->course.bound_until_ps)
        return true;
    advance(f, now_ps);
    bool fits = f->ops->look(f->queue, wait_ps);
    if (f->passes < f->rho && f->rho > 1) { // it stands where the rule has it
        *wait_ps = (int64_t)f->course.target_ps;
        return true;
    }
    *wait_ps = *wait_ps > f->rule.hidden_ps ? *wait_ps - f->rule.hidden_ps : 0;
    return fits;
}

int64_t fluid_work_ps(struct fluid *f, int64_t now_ps)
{
    int64_t wait_ps = 0;
    if (!f->ops)
        return smooth_fate(f, now_ps).wait_ps;
    if (f->rho <= 0 && now_ps >= f->course.bound_until_ps)
        return 0;
    advance(f, now_ps);
    f->ops->look(f->queue, &wait_ps);
    return wait_ps > f->rule.hidden_ps ? wait_ps - f->rule.hidden_ps : 0;
}

void fluid_join(struct fluid *f, int64_t own_ps, int64_t now_ps)
{
    if (f->rho <= 0 && now_ps >= f->course.bound_until_ps)
        return;
    own_ps = (int64_t)((double)own_ps * f->slow);
    if (!f->ops) {
        f->backlog_ps = smooth_backlog(f, now_ps) + (double)own_ps;
        f->seen_ps = now_ps;
        return;
    }
    f->ops->join(f->queue, (double)own_ps);
    // What packets have brought is gone so much later; more of it than a memory, and the queue is no
    // longer one that chance alone has filled.
    double stays_ps = (double)own_ps / fmax(1 - f->passes, LEAST_SPARE);
    f->own_until_ps = (f->own_until_ps > now_ps ? f->own_until_ps : now_ps) + (int64_t)stays_ps;
    int64_t until_ps = f->own_until_ps + f->memory_ps;
    if (f->own_until_ps - now_ps > f->memory_ps && f->course.bound_until_ps < until_ps)
        f->course.bound_until_ps = until_ps;
}
