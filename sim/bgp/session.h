// SPDX-License-Identifier: GPL-3.0-or-later
// session: the state machine of RFC 4271 §8 in virtual time.
//
//   Idle ── start ──► Connect ── SYN, SYN-ACK ──► OpenSent ── OPEN ──► OpenConfirm ── KEEPALIVE ──►
//   Established. The listening side goes Idle ► Active ► OpenSent … when the other's OPEN comes.
//
// One side of a session opens the connection (of two crossing ones that by the higher identifier
// stays, §6.8); a SYN of the other only asks it to do so at once. A lost session starts anew after
// the connect-retry time. A message for a connection that one side has forgotten is answered by
// RST, as its kernel would, so that the other side notices. Keepalives go out every third of the
// negotiated hold time (§10, jittered).
//
// Not modelled: DelayOpen, DampPeerOscillations, version and capability errors.
#ifndef ANYSIM_BGP_SESSION_H
#define ANYSIM_BGP_SESSION_H

#include "bgp/message.h"
#include "bgp/peer.h"

void bgp_session_deadline(struct bgp_peer *p, enum bgp_deadline which); // of the peer's clock

// A segment of the remote side arrived. Takes over the reference.
void bgp_session_arrive(struct bgp_peer *p, struct bgp_message *m, uint32_t conn);
// The CPU has come to a message. The reference stays the caller's.
void bgp_session_process(struct bgp_peer *p, struct bgp_message *m, uint32_t conn);

// Sends an UPDATE (the reference is taken over). The session is Established.
void bgp_session_send_update(struct bgp_peer *p, struct bgp_message *m);

void bgp_session_interface(struct bgp_peer *p, bool up, const char *why);
void bgp_session_reset(struct bgp_peer *p, const char *why); // by the operator
void bgp_session_vanish(struct bgp_peer *p);                 // the process died: no word is sent
void bgp_session_restart(struct bgp_peer *p);                // and came back

#endif
