// SPDX-License-Identifier: GPL-3.0-or-later
// session: the state machine of RFC 4271 §8 (bgp/fsm.h) in virtual time: where its events come from
// and how its actions are carried out.
//
// By default one side of a session opens the connection, that with the higher identifier (of two
// crossing ones its own would stay, §6.8); a SYN of the other side only asks it to do so at once,
// and that side listens, and holds its OPEN back until it has the other's, no longer than the
// ConnectRetryTime (DelayOpen). With BGP_OPEN_ACTIVE on both sides both open, and collisions are
// resolved (bgp/crossing.h).
//
// An Idle session starts anew after the connect-retry time (the IdleHoldTimer), jittered; with
// damp_oscillations that doubles with every failure, up to 120 s (§8.1.1). A message for a
// connection that one side has forgotten is answered by RST, as its kernel would, so that the other
// side notices. Keepalives go out every third of the negotiated hold time (§10, jittered).
#ifndef ANYSIM_BGP_SESSION_H
#define ANYSIM_BGP_SESSION_H

#include "bgp/message.h"
#include "bgp/peer.h"

void bgp_session_deadline(struct bgp_peer *p, enum bgp_deadline which); // of the peer's clock

// A segment of the remote side arrived. Takes over the reference.
void bgp_session_arrive(struct bgp_peer *p, struct bgp_message *m, uint32_t conn);
// The CPU has come to a message. The reference stays the caller's.
void bgp_session_process(struct bgp_peer *p, struct bgp_message *m, uint32_t conn);
// A message could not be read, and asks for the session's end: header or UPDATE error
// (RFC 4271 §6.1, §6.3; RFC 7606).
void bgp_session_malformed(struct bgp_peer *p, struct bgp_notification error);

// Sends an UPDATE (the reference is taken over). The session is Established.
void bgp_session_send_update(struct bgp_peer *p, struct bgp_message *m);
void bgp_session_send_end_of_rib(struct bgp_peer *p); // RFC 4724 §2
void bgp_session_send_refresh(struct bgp_peer *p, enum bgp_refresh_kind kind);
void bgp_session_refreshed(struct bgp_peer *p, enum bgp_refresh_kind kind); // one has come

void bgp_session_interface(struct bgp_peer *p, bool up, const char *why);
// By the operator, with a few words for the other side's (RFC 9003; they outlive the simulation), or
// NULL. What is shut down stays so.
void bgp_session_reset(struct bgp_peer *p, const char *text);
void bgp_session_shutdown(struct bgp_peer *p, const char *text);
void bgp_session_no_shutdown(struct bgp_peer *p);
void bgp_session_vanish(struct bgp_peer *p);  // the process died: no word is sent
void bgp_session_abort(struct bgp_peer *p);   // its kernel is about to reset the connections
void bgp_session_restart(struct bgp_peer *p); // and came back

#endif
