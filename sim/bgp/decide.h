// SPDX-License-Identifier: GPL-3.0-or-later
// decide: the decision process (RFC 4271 §9.1.2.2 with RFC 4456 §9) as a table of named steps.
//
//   0 next hop reachable (§9.1.2)      5 eBGP over iBGP (d)
//   1 LOCAL_PREF                       6 IGP metric to next hop (e)
//   2 AS_PATH length (a)               7 BGP identifier, or ORIGINATOR_ID (f)
//   3 ORIGIN (b)                       8 CLUSTER_LIST length (RFC 4456 §9)
//   4 MED, same neighbour AS (c)       9 peer address (g)
//
// Each step removes candidates from the set of those left, so the outcome depends on the set and
// never on the order of arrival (MED alone is no total order). Two sessions between the same
// addresses cannot be told apart by the RFC: the one configured first wins.
#ifndef ANYSIM_BGP_DECIDE_H
#define ANYSIM_BGP_DECIDE_H

#include "bgp/route.h"
#include <stddef.h>

enum bgp_profile { // whose decision process
    BGP_PROFILE_RFC,
    BGP_PROFILE_BIRD,
    BGP_PROFILE_FRR,
    BGP_PROFILE_CISCO,
    BGP_PROFILE_JUNOS,
    BGP_PROFILES
};

enum bgp_switch { BGP_DEFAULT, BGP_OFF, BGP_ON }; // BGP_DEFAULT: as the profile has it

struct bgp_decide_options {  // zero: RFC 4271 and RFC 4456, one path
    bool always_compare_med; // between different neighbour ASes too
    enum bgp_profile profile;
    enum bgp_switch deterministic_med; // off: routes are compared two by two as they came
    enum bgp_switch prefer_oldest;     // among external routes, before the identifier
    enum bgp_switch aigp;              // the accumulated IGP metric counts (RFC 7311)
    bool med_missing_as_worst;
    bool as_path_ignore; // the length of AS_PATH does not count
    // Multipath: how many paths share traffic when the best is external, when it is internal, and
    // of both kinds together; 0 and 1: the best one alone.
    uint16_t max_paths_ebgp, max_paths_ibgp, max_paths_eibgp;
    enum bgp_switch multipath_relax; // AS paths need only be of equal length
};

struct bgp_step {
    const char *name;
    uint64_t (*key)(const struct bgp_route *r); // the lowest stays
    void (*show)(const struct bgp_route *r, char *buf, size_t size);
    bool higher_wins;   // of the figures shown
    bool per_neighbour; // compared within the same neighbour AS only
};

#define BGP_STEPS     10
#define BGP_STEP_BEST BGP_STEPS // verdict of the best path
extern const struct bgp_step bgp_steps[BGP_STEPS];

struct bgp_verdict {
    int step;         // that removed the candidate, BGP_STEP_BEST: none did
    uint32_t against; // index of a candidate that was better in that step
};

// Index of the best of n routes, or -1. `verdicts` (n of them) may be NULL.
int bgp_decide(const struct bgp_route *routes, uint32_t n, const struct bgp_decide_options *options,
               struct bgp_verdict *verdicts);

#endif
