// SPDX-License-Identifier: GPL-3.0-or-later
// bfd: the state machine of Bidirectional Forwarding Detection in asynchronous mode (RFC 5880 §6.8.6),
// and how long two ends take to bring a session up with it.
//
// A session that is not Up sends a packet a second (§6.8.3: at least 1 s between them), each time 75
// to 100 % of that (§6.8.7), so that a session needs a few seconds to come up: Down hears Down and
// goes to Init, Down hears Init and goes Up, Init hears Init or Up and goes Up.
#ifndef ANYSIM_ROUTER_BFD_H
#define ANYSIM_ROUTER_BFD_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

enum bfd_state { BFD_ADMIN_DOWN, BFD_DOWN, BFD_INIT, BFD_UP };
#define BFD_STATES 4

// The state after a packet that tells `remote`.
enum bfd_state bfd_receive(enum bfd_state local, enum bfd_state remote);

// Time to the next packet at a rate of one in `interval_ps`: 75 to 100 % of it, with a multiplier of
// 1 at most 90 % (§6.8.7).
int64_t bfd_interval_ps(gsl_rng *rng, int64_t interval_ps, int64_t multiplier);

// Two ends of a path that works from time 0 on, in states `state`; each end's packets are drawn from
// its own stream. When each of them is Up at last (up_ps) and, if it was Up before and hears of the
// other's Down, when that happens (down_ps; else -1).
struct bfd_meeting {
    int64_t down_ps[2], up_ps[2];
};
struct bfd_meeting bfd_meet(gsl_rng *const rng[2], const enum bfd_state state[2]);

#endif
