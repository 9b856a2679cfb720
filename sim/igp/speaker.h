// SPDX-License-Identifier: GPL-3.0-or-later
// igp_speaker: the IGP process of one router: makes its LSA, runs its SPF, holds its routes.
//
// Five timers, each an event of its own: originate (a new LSA, at the end of the instant in which
// something changed), again (synchronise where messages were lost), startup (it carries transit from
// then on), spf_start and spf_done.
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
    bool overload; // as the operator wants it
    bool starting; // overloaded until the timer startup
    bool outbid;   // make a new LSA even if the adjacencies are as the last one says
    uint32_t runs; // how often what the routes stand on has changed
    struct throttle throttle;
    struct spf_routes *routes;   // what it believes
    struct spf_routes *computed; // result of the SPF that is running, or NULL
    bool one_link_down;          // all that the last SPF saw was the failure of one link of its own
    struct timer originate, again, startup, spf_start, spf_done;
};

// Registers the timers that come first in an instant, and those that come last: between the two the
// caller registers the lines, so that an SPF sees all LSAs that arrive in the instant of its start.
void igp_speaker_init(struct igp_speaker *s, struct igp *igp, uint32_t router);
void igp_speaker_init_spf(struct igp_speaker *s);
void igp_speaker_free(struct igp_speaker *s);

void igp_speaker_up(struct igp_speaker *s);
void igp_speaker_restart(struct igp_speaker *s); // up again, overloaded for a time
void igp_speaker_down(struct igp_speaker *s);
// A start without messages: all links up and an LSA that says so in its own database; then, when the
// caller has filled the database, the routes.
void igp_speaker_settled(struct igp_speaker *s);
void igp_speaker_compute(struct igp_speaker *s);
void igp_speaker_news(struct igp_speaker *s); // what its LSA says may be out of date
void igp_speaker_adjacency(struct igp_speaker *s, uint32_t half, bool up);

// Called by flooding.
void igp_speaker_changed(struct igp_speaker *s); // its database says something else now
void igp_speaker_outbid(struct igp_speaker *s, uint32_t seq); // its LSA must be newer than that
void igp_speaker_lost(struct igp_speaker *s); // messages were lost on one of its lines

#endif
