// SPDX-License-Identifier: GPL-3.0-or-later
// conditional: announcements on a condition: eBGP neighbours hear of `prefix` only while the
// Loc-RIB has a route to `when`, or has none.
#ifndef ANYSIM_BGP_CONDITIONAL_H
#define ANYSIM_BGP_CONDITIONAL_H

#include "base/ip.h"
#include <stdbool.h>

struct bgp_speaker;

struct bgp_condition {
    struct prefix prefix, when;
    bool absent;
};

// Do all conditions on `p` hold?
bool bgp_conditional_allows(const struct bgp_speaker *s, struct prefix p);

#endif
