// SPDX-License-Identifier: GPL-3.0-or-later
// igp_speaker: the IGP process of one router: makes its LSA, runs its SPF, holds its routes.
//
// Four timers, each an event of its own: originate (a new LSA, at the end of the instant in which
// something changed), again (synchronise where messages were lost), spf_start and spf_done.
#ifndef ANYSIM_IGP_SPEAKER_H
#define ANYSIM_IGP_SPEAKER_H

#include "engine/timer.h"
#include "igp/lsdb.h"
#include "igp/spf.h"
#include "igp/throttle.h"

struct igp;

struct igp_speaker {
    struct igp *igp;
    uint32_t router; // local number
    uint32_t seq;    // of its newest LSA, or one to outbid
    bool alive;
    bool outbid; // make a new LSA even if the adjacencies are as the last one says
    struct throttle throttle;
    struct spf_routes *routes;   // what it believes
    struct spf_routes *computed; // result of the SPF that is running, or NULL
    struct timer originate, again, spf_start, spf_done;
};

// Registers the timers that come first in an instant, and those that come last: between the two the
// caller registers the lines, so that an SPF sees all LSAs that arrive in the instant of its start.
void igp_speaker_init(struct igp_speaker *s, struct igp *igp, uint32_t router);
void igp_speaker_init_spf(struct igp_speaker *s);
void igp_speaker_free(struct igp_speaker *s);

void igp_speaker_up(struct igp_speaker *s);
void igp_speaker_down(struct igp_speaker *s);
void igp_speaker_adjacency(struct igp_speaker *s, uint32_t half, bool up);

// Called by flooding.
void igp_speaker_changed(struct igp_speaker *s); // its database says something else now
void igp_speaker_outbid(struct igp_speaker *s, uint32_t seq); // its LSA must be newer than that
void igp_speaker_lost(struct igp_speaker *s); // messages were lost on one of its lines

#endif
