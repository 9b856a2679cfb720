// SPDX-License-Identifier: GPL-3.0-or-later
// aggregate: prefixes that stand for the more specific ones inside them (RFC 4271 §9.2.2.2).
//
// A speaker originates an aggregate while its Loc-RIB has a more specific route. With `as_set` the
// path is what all paths begin with and an AS_SET of the rest, and the communities are those of all;
// else the path is empty, and ATOMIC_AGGREGATE says so where ASes were left out. AGGREGATOR names the
// speaker; ORIGIN is the worst, and whom the aggregate may be told as well (bgp_learnt). With
// `summary_only` eBGP neighbours do not hear of what it is made from. A prefix that the speaker
// originates by itself is no aggregate.
#ifndef ANYSIM_BGP_AGGREGATE_H
#define ANYSIM_BGP_AGGREGATE_H

#include "base/ip.h"
#include "bgp/attr.h"

struct bgp_speaker;

struct bgp_aggregate {
    struct prefix prefix;
    bool as_set, summary_only;
};

// Attributes of the speaker's aggregate `i` now, one reference for the caller; NULL: nothing to
// aggregate.
const struct bgp_attr *bgp_aggregate_attr(struct bgp_speaker *s, int i);
// Is `p` inside an aggregate of the speaker that is there, and not to be told of?
bool bgp_aggregate_hides(const struct bgp_speaker *s, struct prefix p);

#endif
