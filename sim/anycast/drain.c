// SPDX-License-Identifier: GPL-3.0-or-later
#include "anycast/drain.h"

#define LOOKS 10 // in the time that has to be quiet

void drain_init(struct drain *d)
{
    *d = (struct drain){.state = DRAIN_IDLE, .next_ps = INT64_MAX};
}

void drain_begin(struct drain *d, const struct drain_plan *plan, int64_t now_ps)
{
    if (d->state == DRAIN_IDLE)
        d->plan = *plan;
    if (d->state == DRAIN_IDLE || d->state == DRAIN_COMES) {
        d->state = DRAIN_GOES;
        d->next_ps = now_ps;
    }
}

void drain_return(struct drain *d, int64_t now_ps)
{
    if (d->state == DRAIN_IDLE || d->state == DRAIN_COMES)
        return;
    d->state = DRAIN_COMES;
    d->next_ps = now_ps;
}

static struct drain_order order(enum drain_act act, enum drain_step step)
{
    return (struct drain_order){act, step};
}

static struct drain_order goes(struct drain *d, uint64_t traffic, int64_t now_ps)
{
    if (d->done < d->plan.nsteps) {
        d->next_ps = now_ps + d->plan.wait_ps;
        return order(DRAIN_DO, d->plan.steps[d->done++]);
    }
    d->state = DRAIN_EMPTIES;
    d->since_ps = d->heard_ps = now_ps;
    d->seen = traffic;
    d->next_ps = now_ps + d->plan.quiet_ps / LOOKS;
    return order(DRAIN_WAIT, 0);
}

static struct drain_order empties(struct drain *d, uint64_t traffic, bool busy, int64_t now_ps)
{
    const struct drain_plan *p = &d->plan;
    if (traffic != d->seen || busy)
        d->heard_ps = now_ps;
    d->seen = traffic;
    if (now_ps - d->heard_ps < p->quiet_ps && now_ps - d->since_ps < p->patience_ps) {
        d->next_ps = now_ps + p->quiet_ps / LOOKS + 1;
        return order(DRAIN_WAIT, 0);
    }
    d->state = DRAIN_IS_OUT;
    d->next_ps = p->down_ps ? now_ps + p->down_ps : INT64_MAX;
    d->is_off = p->off;
    return order(p->off ? DRAIN_OFF : DRAIN_WAIT, 0);
}

static struct drain_order comes(struct drain *d, int64_t now_ps)
{
    d->next_ps = now_ps + d->plan.wait_ps;
    if (d->is_off) {
        d->is_off = false;
        return order(DRAIN_ON, 0);
    }
    if (d->done > 0)
        return order(DRAIN_UNDO, d->plan.steps[--d->done]);
    drain_init(d);
    return order(DRAIN_WAIT, 0);
}

struct drain_order drain_next(struct drain *d, uint64_t traffic, bool busy, int64_t now_ps)
{
    if (now_ps < d->next_ps)
        return order(DRAIN_WAIT, 0);
    switch (d->state) {
    case DRAIN_GOES:
        return goes(d, traffic, now_ps);
    case DRAIN_EMPTIES:
        return empties(d, traffic, busy, now_ps);
    case DRAIN_IS_OUT: // for as long as it was to be
        d->state = DRAIN_COMES;
        return comes(d, now_ps);
    case DRAIN_COMES:
        return comes(d, now_ps);
    default:
        return order(DRAIN_WAIT, 0);
    }
}

int64_t drain_longest_ps(const struct drain_plan *p)
{
    return 2 * p->nsteps * p->wait_ps + p->patience_ps + p->down_ps + (p->off ? p->wait_ps : 0);
}
