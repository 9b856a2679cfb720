// SPDX-License-Identifier: GPL-3.0-or-later
// open: what an OPEN message says, and whether the other side's is acceptable (RFC 4271 §6.2,
// RFC 5492 §5, RFC 9234 §4.2).
#ifndef ANYSIM_BGP_OPEN_H
#define ANYSIM_BGP_OPEN_H

#include "bgp/message.h"
#include "bgp/peer.h"

// The OPEN that this side sends.
struct bgp_open bgp_open_make(const struct bgp_peer *p);

// The NOTIFICATION that a received OPEN deserves; BGP_ERROR_NONE: none. Checks in the RFC's order:
// version, AS, identifier, hold time, capabilities, role.
struct bgp_notification bgp_open_check(const struct bgp_peer *p, const struct bgp_open *theirs);

// Takes what both OPENs say for the session: hold time and capabilities.
void bgp_open_agree(struct bgp_peer *p, const struct bgp_open *theirs);

#endif
