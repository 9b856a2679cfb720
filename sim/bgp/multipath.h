// SPDX-License-Identifier: GPL-3.0-or-later
// multipath: which candidates share the traffic with the best path.
//
// Those that tie with it in every step up to the IGP metric (bgp/step.h), lead to a next hop of
// their own, are external or internal as it is, and have the same AS_PATH, in junos the same
// neighbour AS. Relaxations: `multipath_relax` asks for AS paths of equal length only;
// `max_paths_eibgp` lets external and internal paths share, each internal one with the lowest IGP
// metric among those. Of more than the maximum the later steps choose.
#ifndef ANYSIM_BGP_MULTIPATH_H
#define ANYSIM_BGP_MULTIPATH_H

#include "bgp/decide.h"

#define BGP_MAX_PATHS 64u

// Fills in the indices of those besides `best` (BGP_NO_CANDIDATE: there is none), in order of
// preference. Returns how many there are.
uint32_t bgp_multipath(const struct bgp_decision *d, const struct bgp_route *routes, uint32_t n,
                       int best, uint32_t others[BGP_MAX_PATHS - 1]);

#endif
