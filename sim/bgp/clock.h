// SPDX-License-Identifier: GPL-3.0-or-later
// clock: the deadlines of one side of a session on a single timer.
//
// A session has several timers, most of them re-armed at every message. Sharing one engine timer keeps
// a side small and the event queue short: only the earliest deadline is in it. Deadlines of the
// same instant are handled in the order of the enum.
#ifndef ANYSIM_BGP_CLOCK_H
#define ANYSIM_BGP_CLOCK_H

#include "engine/timer.h"

enum bgp_deadline {
    BGP_DEADLINE_RTO,        // retransmit what the path did not carry
    BGP_DEADLINE_HOLD,       // RFC 4271 HoldTimer
    BGP_DEADLINE_KEEPALIVE,  // KeepaliveTimer
    BGP_DEADLINE_MRAI,       // MinRouteAdvertisementIntervalTimer
    BGP_DEADLINE_CONNECT,    // ConnectRetryTimer; in Idle IdleHoldTimer, and the first start
    BGP_DEADLINE_DELAY_OPEN, // DelayOpenTimer
    BGP_DEADLINE_SEND_HOLD,  // SendHoldTimer (RFC 9687)
    BGP_DEADLINE_CROSSING,   // the earliest of a connection put aside (bgp/crossing.h)
    BGP_DEADLINE_STALE,      // routes kept through a restart go (bgp/graceful.h)
    BGP_DEADLINES
};

struct bgp_peer;
typedef void bgp_deadline_fn(struct bgp_peer *peer, enum bgp_deadline which);

struct bgp_clock { // must not move
    struct timer timer;
    bgp_deadline_fn *fn;
    int64_t at_ps[BGP_DEADLINES]; // TIME_NEVER: not armed
};

void bgp_clock_init(struct sim *sim, struct bgp_clock *c, struct bgp_peer *peer,
                    bgp_deadline_fn *fn);
void bgp_clock_set(struct sim *sim, struct bgp_clock *c, enum bgp_deadline which, int64_t at_ps);
void bgp_clock_cancel(struct bgp_clock *c, enum bgp_deadline which);

// Whether a deadline belongs to one TCP connection, and ends with it.
static inline bool bgp_clock_of_connection(enum bgp_deadline which)
{
    return which != BGP_DEADLINE_RTO && which != BGP_DEADLINE_CROSSING &&
           which != BGP_DEADLINE_STALE;
}

static inline bool bgp_clock_armed(const struct bgp_clock *c, enum bgp_deadline which)
{
    return c->at_ps[which] != TIME_NEVER;
}

#endif
