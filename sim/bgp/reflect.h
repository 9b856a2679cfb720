// SPDX-License-Identifier: GPL-3.0-or-later
// reflect: route reflection (RFC 4456).
//
// A route from a client goes to all iBGP peers (without client-to-client reflection: to all that
// are no clients, §10), one from a non-client to clients only (§6). The reflector adds ORIGINATOR_ID when absent and its cluster to CLUSTER_LIST, and changes nothing
// else (§8, §10). A speaker that finds itself or its cluster there drops the route (§8).
#ifndef ANYSIM_BGP_REFLECT_H
#define ANYSIM_BGP_REFLECT_H

#include "bgp/attr.h"
#include "bgp/route.h"
#include <stdbool.h>

struct bgp_speaker;

bool bgp_reflect_looped(const struct bgp_speaker *s, const struct bgp_attr *attr);
// Whether an internal route from `from` may go to the internal peer `to` of the same speaker.
bool bgp_reflect_allows(const struct bgp_peer *from, const struct bgp_peer *to);
// Edits the draft of a reflected route.
void bgp_reflect_stamp(const struct bgp_peer *from, struct bgp_draft *d);

#endif
