// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/clock.h"

static int64_t earliest(const struct bgp_clock *c)
{
    int64_t min_ps = TIME_NEVER;
    for (int i = 0; i < BGP_DEADLINES; i++) {
        if (c->at_ps[i] < min_ps)
            min_ps = c->at_ps[i];
    }
    return min_ps;
}

static void rearm(struct sim *sim, struct bgp_clock *c)
{
    int64_t next_ps = earliest(c);
    if (next_ps != TIME_NEVER)
        timer_set(sim, &c->timer, next_ps);
    else
        timer_cancel(&c->timer);
}

static void fire(struct sim *sim, struct timer *t)
{
    struct bgp_clock *c = (struct bgp_clock *)t; // the timer is its first member
    for (int i = 0; i < BGP_DEADLINES; i++) {
        if (c->at_ps[i] > sim_now(sim)) // an earlier handler may have moved it
            continue;
        c->at_ps[i] = TIME_NEVER;
        c->fn(t->owner, (enum bgp_deadline)i);
    }
    rearm(sim, c);
}

void bgp_clock_init(struct sim *sim, struct bgp_clock *c, struct bgp_peer *peer,
                    bgp_deadline_fn *fn)
{
    timer_init(sim, &c->timer, fire, peer, SIM_PHASE_CONTROL);
    c->fn = fn;
    for (int i = 0; i < BGP_DEADLINES; i++)
        c->at_ps[i] = TIME_NEVER;
}

void bgp_clock_set(struct sim *sim, struct bgp_clock *c, enum bgp_deadline which, int64_t at_ps)
{
    c->at_ps[which] = at_ps;
    rearm(sim, c);
}

void bgp_clock_cancel(struct bgp_clock *c, enum bgp_deadline which)
{
    // The engine timer may fire for nothing once; that costs less than looking for the next one.
    c->at_ps[which] = TIME_NEVER;
}
