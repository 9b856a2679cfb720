// SPDX-License-Identifier: GPL-3.0-or-later
#include "igp/throttle.h"

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t greatest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void throttle_init(struct throttle *t, int64_t initial_ps, int64_t hold_ps, int64_t max_ps,
                   int64_t run_ps)
{
    *t = (struct throttle){
        .initial_ps = initial_ps, .hold_ps = hold_ps, .max_ps = max_ps, .run_ps = run_ps};
    throttle_reset(t);
}

void throttle_reset(struct throttle *t)
{
    t->wait_ps = 0;
    t->last_ps = TIME_NEVER;
    t->start_ps = TIME_NEVER;
}

int64_t throttle_trigger(struct throttle *t, int64_t now_ps)
{
    if (t->start_ps != TIME_NEVER)
        return t->start_ps;
    t->start_ps = now_ps + t->initial_ps;
    if (t->last_ps == TIME_NEVER || now_ps - t->last_ps >= t->wait_ps) {
        t->wait_ps = least(t->hold_ps, t->max_ps);
    } else {
        t->start_ps = greatest(t->start_ps, t->last_ps + t->wait_ps);
        // Halved rather than doubled in the comparison: a huge max cannot overflow.
        t->wait_ps = t->wait_ps > t->max_ps / 2 ? t->max_ps : 2 * t->wait_ps;
    }
    if (t->last_ps != TIME_NEVER)
        t->start_ps = greatest(t->start_ps, t->last_ps + t->run_ps);
    return t->start_ps;
}

void throttle_started(struct throttle *t)
{
    t->last_ps = t->start_ps;
    t->start_ps = TIME_NEVER;
}
