// SPDX-License-Identifier: GPL-3.0-or-later
#include "transport/congestion.h"

const struct congestion_ops *congestion_at(enum congestion_kind kind)
{
    static const struct congestion_ops *const all[] = {
        [CONGESTION_CUBIC] = &congestion_cubic, [CONGESTION_NEWRENO] = &congestion_newreno};
    return all[kind];
}

void congestion_init(struct congestion *c, const struct congestion_ops *ops, uint32_t mss,
                     uint64_t window)
{
    *c = (struct congestion){.ops = ops,
                             .mss = mss,
                             .window = window,
                             .initial = window,
                             .threshold = UINT64_MAX,
                             .epoch_ps = -1,
                             .flat = true};
}

void congestion_acked(struct congestion *c, uint64_t octets, bool limited, int64_t now_ps,
                      int64_t rtt_ps)
{
    if (!limited)
        return;
    if (c->window >= c->threshold) {
        c->ops->avoid(c, octets, now_ps, rtt_ps);
        return;
    }
    uint64_t most = 2 * (uint64_t)c->mss;
    uint64_t room = c->threshold - c->window;
    if (octets > most)
        octets = most;
    c->window += octets < room ? octets : room;
}

static void reduce(struct congestion *c, uint64_t flight)
{
    uint64_t least = 2 * (uint64_t)c->mss;
    c->threshold = c->ops->reduce(c, flight);
    if (c->threshold < least)
        c->threshold = least;
    c->counted = 0;
}

void congestion_lost(struct congestion *c, uint64_t flight)
{
    reduce(c, flight);
    c->window = c->threshold;
}

void congestion_timeout(struct congestion *c, uint64_t flight, bool again)
{
    if (!again)
        reduce(c, flight);
    c->window = c->mss;
    c->ops->restart(c);
}

void congestion_idle(struct congestion *c)
{
    if (c->window > c->initial)
        c->window = c->initial;
    c->counted = 0;
    c->ops->restart(c);
}
