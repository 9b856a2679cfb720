// SPDX-License-Identifier: GPL-3.0-or-later
// mrai: MinRouteAdvertisementIntervalTimer, one per peer (RFC 4271 §9.2.1.1).
//
// The RFC asks for an interval per destination and peer and allows what implementations do, one
// timer per peer. It starts when an announcement is sent and is drawn anew each time (§10).
// Withdrawals neither wait nor start it, unless the speaker's timers say so.
#ifndef ANYSIM_BGP_MRAI_H
#define ANYSIM_BGP_MRAI_H

#include <stdbool.h>

struct bgp_peer;

bool bgp_mrai_running(const struct bgp_peer *peer);
bool bgp_mrai_holds_withdrawals(const struct bgp_peer *peer);
// Does it matter whether an announcement is waiting already?
bool bgp_mrai_counts_waiting(const struct bgp_peer *peer);
// An UPDATE with these contents was sent: starts the timer when it has to.
void bgp_mrai_sent(struct bgp_peer *peer, bool announced, bool withdrew);

#endif
