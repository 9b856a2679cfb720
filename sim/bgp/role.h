// SPDX-License-Identifier: GPL-3.0-or-later
// role: Only to Customer (RFC 9234 §5), by the role that the own side of a session is given. Roles
// that do not go together end the session before (bgp/capability.h, bgp_role_matches).
#ifndef ANYSIM_BGP_ROLE_H
#define ANYSIM_BGP_ROLE_H

#include "bgp/attr.h"
#include "bgp/peer.h"

// On the way in: false when the route is a leak, which must not be used; else notes in the draft
// who may hear of it.
bool bgp_role_import(const struct bgp_peer *peer, struct bgp_draft *d);
// Whether a route with this OTC may go out; and what is to be noted then.
bool bgp_role_may_export(const struct bgp_peer *peer, uint32_t otc);
void bgp_role_export(const struct bgp_peer *peer, struct bgp_draft *d);

#endif
