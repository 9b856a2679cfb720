// SPDX-License-Identifier: GPL-3.0-or-later
#include "router/liveness.h"

#include "base/rng.h"

#include <stdio.h>

static void due(struct sim *sim, struct timer *t)
{
    struct liveness *l = t->owner;
    (void)sim;
    if (l->up == l->next_up)
        return;
    l->up = l->next_up;
    l->fn(l->ctx, l, l->up, l->why);
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
        after_ps = t->bfd_ps * t->bfd_multiplier - age_ps(l, t->bfd_ps);
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

void liveness_die(struct liveness *l)
{
    timer_cancel(&l->timer);
    l->up = l->next_up = false;
}
