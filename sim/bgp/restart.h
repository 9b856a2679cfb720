// SPDX-License-Identifier: GPL-3.0-or-later
// restart: a speaker whose process restarts (RFC 4724 §4.1). Its connections are reset by the
// kernel, and after a while it is back with nothing but what it originates. Where it restarts
// gracefully, forwarding goes on as it was (whoever owns the FIB sees to that), and the speaker
// selects no routes before it has heard End-of-RIB from every peer that keeps its routes and does
// not restart itself, or the deferral time is over.
#ifndef ANYSIM_BGP_RESTART_H
#define ANYSIM_BGP_RESTART_H

#include "bgp/bgp.h"
#include "engine/timer.h"

struct bgp_peer;
struct bgp_speaker;

enum bgp_restart_phase { BGP_RUNS, BGP_IS_DOWN, BGP_DEFERS };

struct bgp_restart { // of a speaker that restarts, or has
    struct timer timer;
    enum bgp_restart_phase phase;
    bool forwarding; // is kept
};

// The process of `s` dies and comes back after `down_ps`. `forwarding`: its FIB is kept.
void bgp_restart_begin(struct bgp_speaker *s, int64_t down_ps, bool forwarding);
// A peer came up, or told End-of-RIB: maybe the last one that was waited for.
void bgp_restart_check(struct bgp_speaker *s);
void bgp_restart_cancel(struct bgp_speaker *s); // the router itself has died
void bgp_restart_free(struct bgp_speaker *s);

bool bgp_restart_defers(const struct bgp_speaker *s); // selects no routes for now
// What an OPEN says of it (RFC 4724 §3): R, and F, which a speaker that has not restarted may set.
bool bgp_restart_flag(const struct bgp_speaker *s);
bool bgp_restart_forwards(const struct bgp_speaker *s);

#endif
