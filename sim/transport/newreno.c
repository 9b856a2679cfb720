// SPDX-License-Identifier: GPL-3.0-or-later
#include "transport/congestion.h"

static void avoid(struct congestion *c, uint64_t octets, int64_t now_ps, int64_t rtt_ps)
{
    (void)now_ps;
    (void)rtt_ps;
    c->counted += octets;
    while (c->counted >= c->window) {
        c->counted -= c->window;
        c->window += c->mss;
    }
}

static uint64_t half(struct congestion *c, uint64_t flight)
{
    (void)c;
    return flight / 2;
}

static void restart(struct congestion *c)
{
    c->counted = 0;
}

const struct congestion_ops congestion_newreno = {"newreno", avoid, half, restart};
