// SPDX-License-Identifier: GPL-3.0-or-later
// act: carries out what the state machine (bgp/fsm.h) says an event of a session leads to.
#ifndef ANYSIM_BGP_ACT_H
#define ANYSIM_BGP_ACT_H

#include "bgp/message.h"
#include "bgp/peer.h"

struct bgp_cause {                     // what comes with an event
    const char *why;                   // of a session's end, static text
    struct bgp_notification error;     // found in a message or received, or the Cease to be sent
    const struct bgp_message *message; // OPEN, UPDATE, ROUTE-REFRESH
};

// An event for the leading connection of `p`. To be followed by bgp_crossing_settle.
void bgp_act(struct bgp_peer *p, enum bgp_event e, const struct bgp_cause *c);

// Begins to set the session up, from Idle or again. `ask`: an elected side that listens asks the
// other one to open the connection.
void bgp_act_start(struct bgp_peer *p, bool ask);
// Both connections end, if there are two, and nothing of the session is left but a wait.
void bgp_act_end(struct bgp_peer *p, enum bgp_event e, const struct bgp_cause *c);
// The session ends without an event, as its process does.
void bgp_act_vanish(struct bgp_peer *p, const char *why);

void bgp_act_drop(struct bgp_peer *p); // forgets the leading connection; no word is sent
// This side never opens a connection, but holds its OPEN back until the other's has come.
bool bgp_act_waits_for_open(const struct bgp_peer *p);

#endif
