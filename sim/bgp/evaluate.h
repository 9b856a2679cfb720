// SPDX-License-Identifier: GPL-3.0-or-later
// evaluate: runs an operator's policy (policy/policy.h) on a route.
#ifndef ANYSIM_BGP_EVALUATE_H
#define ANYSIM_BGP_EVALUATE_H

#include "base/ip.h"
#include "bgp/attr.h"
#include "bgp/route.h"
#include "policy/policy.h"

struct bgp_evaluation {          // what a policy may ask besides the attributes
    const struct bgp_peer *peer; // where the route comes from, or goes to
    struct prefix prefix;
    enum bgp_source source;
    uint32_t igp_metric; // to the next hop
    bool next_hop_self;  // out: the policy wants it
    bool med_set;        // out: the policy has set MED, or taken it away
    bool aigp_set;       // the same of AIGP
};

// Edits the draft; false: rejected. On the way out the attributes are those of the Loc-RIB: the own
// AS is not in the path yet, and LOCAL_PREF is still there.
bool bgp_evaluate(const struct policy *p, struct bgp_evaluation *e, struct bgp_draft *d);

#endif
