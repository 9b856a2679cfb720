// SPDX-License-Identifier: GPL-3.0-or-later
// settle: a state of an AS graph made stable by letting ASes choose anew, one after another.
//
// First all that have siblings, then whoever has a neighbour that changed, first come first served.
// Each takes the best of the paths that its neighbours have at that moment and may tell it; a path
// with the own AS is refused (RFC 4271 §9.1.2). For the direct solver (bgp/solver.h).
#ifndef ANYSIM_BGP_SETTLE_H
#define ANYSIM_BGP_SETTLE_H

#include "bgp/solver.h"

#define BGP_SETTLE_TURNS 100 // of an AS on average; who is not done by then never will be

// `choices` is a state with paths that end at origins. False: it does not settle.
bool bgp_settle(const struct bgp_asgraph *g, struct bgp_choice *choices);

#endif
