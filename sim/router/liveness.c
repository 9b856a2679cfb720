// SPDX-License-Identifier: GPL-3.0-or-later
#include "router/liveness.h"

#include "base/rng.h"
#include "router/bfd.h"

#include <math.h>
#include <stdio.h>

#define MILLION  1e6
#define NEVER_PS 4e18 // later than any run

static void await_loss(struct liveness *l, struct sim *sim, int64_t from_ps);

static void due(struct sim *sim, struct timer *t)
{
    struct liveness *l = t->owner;
    (void)sim;
    if (l->up == l->next_up)
        return;
    l->up = l->next_up;
    l->fn(l->ctx, l, l->up, l->why);
    if (l->up) {
        await_loss(l, sim, sim_now(sim));
    } else if (l->then_up_ps) {
        l->next_up = true;
        l->why = "hello received";
        timer_set(sim, t, l->then_up_ps > sim_now(sim) ? l->then_up_ps : sim_now(sim));
        l->then_up_ps = 0;
    }
}

// --- Lossy lines

static int64_t interval_ps(struct liveness *l)
{
    const struct liveness_timers *t = &l->timers;
    if (!t->bfd_ps)
        return t->hello_ps;
    return t->bfd_handshake ? bfd_interval_ps(l->rng, t->bfd_ps, t->bfd_multiplier) : t->bfd_ps;
}

static bool is_lost(struct liveness *l)
{
    return rng_uniform(l->rng) * MILLION < l->loss_ppm;
}

// Draws when the next packet will be lost.
static void await_loss(struct liveness *l, struct sim *sim, int64_t from_ps)
{
    const struct liveness_timers *t = &l->timers;
    timer_cancel(&l->loss);
    if (l->loss_ppm == 0 || !l->up || !l->next_up || (!t->bfd_ps && !t->hold_ps))
        return;
    double through = 0; // packets that are not lost: geometric
    if (l->loss_ppm < MILLION)
        through = floor(log(1 - rng_uniform(l->rng)) / log(1 - l->loss_ppm / MILLION));
    double at_ps = (double)from_ps + (through + 1) * (double)interval_ps(l);
    if (at_ps < NEVER_PS)
        timer_set(sim, &l->loss, (int64_t)at_ps);
}

// A packet is lost now: do the others of the detection time get lost as well?
static void one_is_lost(struct sim *sim, struct timer *timer)
{
    struct liveness *l = timer->owner;
    const struct liveness_timers *t = &l->timers;
    int64_t now_ps = sim_now(sim), at_ps = now_ps;
    int64_t patience_ps = t->bfd_ps ? t->bfd_ps * t->bfd_multiplier : t->hold_ps;
    int64_t up_to_ps = now_ps - interval_ps(l) + patience_ps;
    if (!l->up || !l->next_up)
        return;
    do {
        at_ps += interval_ps(l);
    } while (at_ps <= up_to_ps && is_lost(l));
    if (at_ps <= up_to_ps) {
        await_loss(l, sim, at_ps);
        return;
    }
    while (is_lost(l) && l->loss_ppm < MILLION)
        at_ps += interval_ps(l);
    l->next_up = false;
    l->why = t->bfd_ps ? "BFD timeout" : "hello holding time expired";
    if (l->loss_ppm == MILLION)
        at_ps = 0;                          // until the line is mended
    else if (t->bfd_ps && t->bfd_handshake) // three packets at a second each
        at_ps += 3 * bfd_interval_ps(l->rng, PS_PER_S, t->bfd_multiplier);
    l->then_up_ps = at_ps;
    timer_set(sim, &l->timer, up_to_ps > now_ps ? up_to_ps : now_ps);
}

void liveness_lossy(struct liveness *l, struct sim *sim, uint32_t loss_ppm)
{
    bool mended = l->loss_ppm == MILLION && loss_ppm < MILLION;
    l->loss_ppm = loss_ppm;
    await_loss(l, sim, sim_now(sim));
    if (mended && !l->next_up)
        liveness_repaired(l, sim, true);
}

void liveness_init(struct liveness *l, struct sim *sim, const char *name, uint32_t router,
                   uint32_t link, const struct liveness_timers *t, liveness_fn *fn, void *ctx)
{
    char purpose[32];
    *l = (struct liveness){.timers = *t,
                           .router = router,
                           .link = link,
                           .up = true,
                           .next_up = true,
                           .fn = fn,
                           .ctx = ctx};
    timer_init(sim, &l->timer, due, l, SIM_PHASE_CONTROL);
    timer_init(sim, &l->loss, one_is_lost, l, SIM_PHASE_CONTROL);
    snprintf(purpose, sizeof purpose, "liveness %u", router);
    l->rng = rng_stream(sim_seed(sim), name, purpose);
}

void liveness_free(struct liveness *l)
{
    gsl_rng_free(l->rng);
}

static int64_t age_ps(struct liveness *l, int64_t interval_ps)
{
    return (int64_t)(rng_uniform(l->rng) * (double)interval_ps);
}

void liveness_failed(struct liveness *l, struct sim *sim, bool silent)
{
    const struct liveness_timers *t = &l->timers;
    const char *why;
    int64_t after_ps;
    if (!silent) {
        after_ps = t->detect_ps;
        why = "interface down";
    } else if (t->bfd_ps) {
        after_ps = t->bfd_ps * t->bfd_multiplier - age_ps(l, interval_ps(l));
        why = "BFD timeout";
    } else if (t->hold_ps) {
        after_ps = t->hold_ps - age_ps(l, t->hello_ps);
        why = "hello holding time expired";
    } else {
        return; // nothing watches this link: a session's own hold timer has to
    }
    // A second failure on top of the first brings no hello back: what runs out first still counts.
    int64_t at_ps = sim_now(sim) + after_ps;
    if (!l->next_up && timer_armed(&l->timer) && l->timer.deadline_ps <= at_ps)
        return;
    l->why = why;
    l->next_up = false;
    l->then_up_ps = 0;
    timer_set(sim, &l->timer, at_ps);
}

void liveness_repaired(struct liveness *l, struct sim *sim, bool silent)
{
    const struct liveness_timers *t = &l->timers;
    l->next_up = true;
    if (l->up) { // the failure was over before anybody noticed
        timer_cancel(&l->timer);
        return;
    }
    l->why = silent ? "hello received" : "interface up";
    int64_t wait_ps = silent ? age_ps(l, t->bfd_ps ? t->bfd_ps : t->hello_ps) : t->detect_ps;
    timer_set(sim, &l->timer, sim_now(sim) + wait_ps);
}

void liveness_meet(struct liveness ends[2], struct sim *sim, bool silent)
{
    gsl_rng *const rng[2] = {ends[0].rng, ends[1].rng};
    const enum bfd_state state[2] = {ends[0].up ? BFD_UP : BFD_DOWN,
                                     ends[1].up ? BFD_UP : BFD_DOWN};
    struct bfd_meeting m = bfd_meet(rng, state);
    for (int i = 0; i < 2; i++) {
        struct liveness *l = &ends[i];
        int64_t from_ps = sim_now(sim) + (silent ? 0 : l->timers.detect_ps);
        if (l->up && m.down_ps[i] < 0) { // neither of them had noticed
            l->next_up = true;
            timer_cancel(&l->timer);
            continue;
        }
        l->next_up = !l->up;
        l->why = l->up ? "BFD neighbour signalled down" : "BFD up";
        l->then_up_ps = l->up ? from_ps + m.up_ps[i] : 0;
        timer_set(sim, &l->timer, from_ps + (l->up ? m.down_ps[i] : m.up_ps[i]));
    }
}

void liveness_die(struct liveness *l)
{
    l->then_up_ps = 0;
    timer_cancel(&l->timer);
    l->up = l->next_up = false;
}
