// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/timer.h"

static void fire(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct timer *t = (struct timer *)self;
    int64_t now_ps = sim_now(sim);
    (void)arg;
    if (t->queued_ps != now_ps)
        return; // an event that was forgotten when the deadline moved forward
    t->queued_ps = t->spare_ps;
    t->spare_ps = TIME_NEVER;
    if (t->deadline_ps == TIME_NEVER)
        return;
    if (t->deadline_ps > now_ps) { // moved back meanwhile: sleep on
        timer_set(sim, t, t->deadline_ps);
        return;
    }
    t->deadline_ps = TIME_NEVER;
    t->fn(sim, t);
}

void timer_init(struct sim *sim, struct timer *t, timer_fn *fn, void *owner, enum sim_phase phase)
{
    sim_entity(sim, &t->entity, fire);
    t->fn = fn;
    t->owner = owner;
    t->phase = phase;
    t->deadline_ps = TIME_NEVER;
    t->queued_ps = TIME_NEVER;
    t->spare_ps = TIME_NEVER;
}

void timer_set(struct sim *sim, struct timer *t, int64_t at_ps)
{
    t->deadline_ps = at_ps;
    if (t->queued_ps <= at_ps)
        return; // an event is due before: it will see the new deadline
    if (t->queued_ps != TIME_NEVER)
        t->spare_ps = t->queued_ps;
    t->queued_ps = at_ps;
    sim_at(sim, &t->entity, &t->entity, at_ps, t->phase, 0);
}

void timer_cancel(struct timer *t)
{
    t->deadline_ps = TIME_NEVER;
}
