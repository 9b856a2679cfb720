// SPDX-License-Identifier: GPL-3.0-or-later
// liveness: when one end of a link notices that the link died or came back.
//
// A detected failure is seen by the interface after `detect_ps` (loss of light, carrier delay). A
// silent one is seen only by what runs over the link: hellos, which give up `hold_ps` after the
// last one received (ISO 10589 §8.2.3), or BFD, `multiplier` intervals after the last packet
// received (RFC 5880 §6.8.4). Hellos and BFD packets arrive on time while a link works, so they
// need not be simulated one by one: at the cut, the last one came in U(0, interval) ago, drawn from
// the link end's own stream, and the deadline follows exactly.
//
// Of failures that overlap, the one that is noticed first counts: a later one puts nothing off.
//
// A repaired link is seen after `detect_ps`, or, after a silent failure, with the next hello. With
// `bfd_handshake` BFD has to come up first (router/bfd.h), and its packets are jittered (RFC 5880
// §6.8.7): the last one came in U(0, jittered interval) ago.
//
// On a line that loses packets, hellos and BFD give up falsely. Then too nothing is simulated packet
// by packet but the losses: how many packets get through before the next one is lost is drawn, then
// each that follows, until one gets through or the time is up. A link that was given up so is seen
// again with the next packet that gets through, or by handshake.
#ifndef ANYSIM_ROUTER_LIVENESS_H
#define ANYSIM_ROUTER_LIVENESS_H

#include "engine/timer.h"
#include <gsl/gsl_rng.h>

struct liveness_timers {
    int64_t detect_ps;
    int64_t hello_ps, hold_ps;      // hold 0: no hellos on this link
    int64_t bfd_ps, bfd_multiplier; // bfd 0: no BFD
    bool bfd_handshake;             // as RFC 5880 has it, see above
};

struct liveness;
typedef void liveness_fn(void *ctx, const struct liveness *l, bool up, const char *why);

struct liveness { // one end of one link
    struct timer timer;
    struct liveness_timers timers;
    gsl_rng *rng;
    uint32_t router, link; // for the owner
    bool up;               // what this end believes
    bool next_up;          // what the timer is going to say
    int64_t then_up_ps;    // after it has said down: time to say up again; 0: not by itself
    struct timer loss;     // the next packet that a lossy line loses
    uint32_t loss_ppm;
    const char *why;
    liveness_fn *fn;
    void *ctx;
};

// Believes the link is up from the start. `name`: link's name, for the random stream.
void liveness_init(struct liveness *l, struct sim *sim, const char *name, uint32_t router,
                   uint32_t link, const struct liveness_timers *t, liveness_fn *fn, void *ctx);
void liveness_free(struct liveness *l);

void liveness_failed(struct liveness *l, struct sim *sim, bool silent);
void liveness_repaired(struct liveness *l, struct sim *sim, bool silent);
// Both ends of a link with BFD that works again.
void liveness_meet(struct liveness ends[2], struct sim *sim, bool silent);
// What this end is sent gets lost to this share from now on, in millionths.
void liveness_lossy(struct liveness *l, struct sim *sim, uint32_t loss_ppm);
// The end itself dies (its router failed): it believes down from now on, without telling anybody.
void liveness_die(struct liveness *l);

#endif
