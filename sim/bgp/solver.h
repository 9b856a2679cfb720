// SPDX-License-Identifier: GPL-3.0-or-later
// solver: the routes that an AS graph settles to, without messages and without time.
//
// One AS is one speaker with the built-in policy (Gao & Rexford 2001, bgp/policy.h) and the rfc
// decision process. Every AS prefers customers' routes over peers' over providers', then the
// shorter path, then the tie-breaks of bgp/asgraph.h. Three phases, each linear in the links:
//
//   1. up      Customers' routes climb from the origins to providers, breadth first.
//   2. across  An AS without one takes the best of its peers' routes from their customers.
//   3. down    What is chosen so far goes down to customers, shorter paths first.
//
// Stable state and uniqueness, loops of customers and providers included: a route from a customer
// came down nothing but links to customers, so its length in phase 1 is the least that any such
// route can have, and an AS that is fixed at length n depends only on those fixed at n - 1; no
// preference leads round a loop. Phases 2 and 3 rest on what is fixed in the same way. Hence a path
// never contains an AS twice, and the order of messages cannot lead elsewhere.
//
// Siblings tell each other everything and pass it on as if it were a customer's, but prefer it no
// more than a provider's. With them there may be several stable states, or none, and no phases: from
// the state without siblings, ASes whose neighbours changed choose anew one after another
// (bgp/settle.h) until nothing changes. That is one stable state; whether there are others is not
// said.
#ifndef ANYSIM_BGP_SOLVER_H
#define ANYSIM_BGP_SOLVER_H

#include "bgp/asgraph.h"
#include <stdbool.h>

struct bgp_choice { // of one AS
    uint32_t next;  // the AS that it sends to; itself: an origin; BGP_NO_AS: no route
    uint32_t place; // of the session, among the graph's ends; for origins and without a route: none
    uint32_t length; // of the path, in ASes; an origin's is 0
};

// Best paths of all ASes to a prefix that all of `origins` announce. `choices` has room for every
// AS. False when siblings keep the graph from settling; the choices are then those of some moment.
bool bgp_solve(const struct bgp_asgraph *g, const uint32_t *origins, uint32_t norigins,
               struct bgp_choice *choices);

// The path of an AS, the next one first, the origin last: how long it is; at most `max` are stored.
uint32_t bgp_choice_path(const struct bgp_choice *choices, uint32_t as, uint32_t *path,
                         uint32_t max);

// The origin that an AS reaches, or BGP_NO_AS.
uint32_t bgp_choice_origin(const struct bgp_choice *choices, uint32_t as);

// May the neighbour at `place` be told, under the rules of export, what its AS (the owner of that
// end, whose choice is `choice`) has chosen?
bool bgp_choice_goes_to(const struct bgp_asgraph *g, const struct bgp_choice *choice,
                        uint32_t owner, uint32_t place);

// Is every choice the best of what the neighbours offer? The first AS of which it is not true, or
// BGP_NO_AS. A check of its own, from the rules and not from the phases.
uint32_t bgp_choices_unstable(const struct bgp_asgraph *g, const uint32_t *origins,
                              uint32_t norigins, const struct bgp_choice *choices);

#endif
