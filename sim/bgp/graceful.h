// SPDX-License-Identifier: GPL-3.0-or-later
// graceful: routes of a peer that are kept although it is not known whether they still hold: while
// it restarts (RFC 4724 §4.2, RFC 8538), for long after that (RFC 9494), and while it sends all of
// its routes anew (RFC 7313). Such routes are stale (bgp/route.h) until the peer tells them again or
// the time is up; then those that are left go.
//
//   lost ──► restarting, Restart Time of the other side
//              ├─ session up, F bit ──► waiting for End-of-RIB, at most 360 s ──► the rest goes
//              ├─ session up, no F bit, or no capability ──► all go
//              └─ time up ──► long-lived: LLGR_STALE is attached, NO_LLGR routes go ──► … or all go
//
// The other half, a speaker that restarts itself, is bgp/restart.h.
#ifndef ANYSIM_BGP_GRACEFUL_H
#define ANYSIM_BGP_GRACEFUL_H

#include "bgp/fsm.h"
#include "bgp/message.h"

struct bgp_peer;

// Whether the routes of a session that `event` ends are kept. After a NOTIFICATION, sent or
// received, and after the HoldTimer only with RFC 8538, and not after a Hard Reset. Not after the
// loss of the interface or BFD, which tell that forwarding is down as well.
bool bgp_graceful_keeps(const struct bgp_negotiated *may, enum bgp_event event,
                        const struct bgp_notification *error);
// The session was lost; `may` is what held on it. Instead of bgp_speaker_peer_lost.
void bgp_graceful_lost(struct bgp_peer *p, const struct bgp_negotiated *may);
// It is up again, or up for the first time.
void bgp_graceful_up(struct bgp_peer *p);
void bgp_graceful_end_of_rib(struct bgp_peer *p);           // the other side has told everything
void bgp_graceful_due(struct bgp_peer *p);                  // BGP_DEADLINE_STALE
void bgp_graceful_refresh(struct bgp_peer *p, bool begins); // BoRR, EoRR
void bgp_graceful_forget(struct bgp_peer *p);               // this side's process died

#endif
