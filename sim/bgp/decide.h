// SPDX-License-Identifier: GPL-3.0-or-later
// decide: the decision process (RFC 4271 §9.1.2.2 with RFC 4456 §9), of which vendors have their own
// editions. The steps of each profile and where they are documented: bgp/step.h.
//
// Candidates are compared in one of two ways:
//
//   as a set     Each step removes candidates from those left, so that the outcome does not depend
//                on the order of arrival (MED alone is no total order). So do rfc and junos always,
//                the others with `deterministic_med`.
//   two by two   As MED is compared between routes of one neighbour AS only, A may beat B, B beat C
//                and C beat A. frr and cisco go through their routes from the newest to the oldest,
//                the winner of two meets the next one. bird lets a new route meet the best one and
//                goes through all only when that is gone. So the outcome depends on what came when;
//                bgp_decide_depends_on_order tells whether it does. Where all MEDs are compared, or
//                none differ, both ways choose the same.
//
// Two sessions between the same addresses cannot be told apart by any step: the one configured
// first wins.
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
extern const char *const bgp_profile_names[BGP_PROFILES];

enum bgp_switch { BGP_DEFAULT, BGP_OFF, BGP_ON }; // BGP_DEFAULT: as the profile has it

struct bgp_decide_options {  // zero: RFC 4271 and RFC 4456, one path
    bool always_compare_med; // between different neighbour ASes too
    enum bgp_profile profile;
    enum bgp_switch deterministic_med; // on in rfc and junos
    // Among external routes that tie up to the IGP metric: the oldest stays (cisco, bird), or the
    // present best (the others), unless they are from routers with one identifier (not in frr). On
    // in cisco and frr (where `bestpath compare-routerid` is off) and junos (`external-router-id`).
    enum bgp_switch prefer_oldest;
    enum bgp_switch aigp;      // the accumulated IGP metric counts; on in bird, cisco and junos
    bool med_missing_as_worst; // a route without MED has 2^32 - 1 instead of 0
    bool as_path_ignore;       // the length of AS_PATH does not count
    bool
        confederation; // the router is in one: frr prefers what other members told to what its own did
    bool long_lived; // routes kept for long through a restart come last (RFC 9494)
    // Multipath: how many paths share traffic when the best is external, when it is internal, and
    // of both kinds together; 0 and 1: the best one alone. See bgp/multipath.h.
    uint16_t max_paths_ebgp, max_paths_ibgp, max_paths_eibgp;
    enum bgp_switch multipath_relax; // AS paths need only be of equal length; on in bird
};

#define BGP_MAX_STEPS 16

struct bgp_step;
struct bgp_decision {             // options made ready
    struct bgp_decide_options is; // no BGP_DEFAULT left
    const struct bgp_step *steps[BGP_MAX_STEPS];
    int nsteps;
    int source_step; // eBGP over iBGP
    int med_step;    // MED, or -1: it is compared as any other step
    bool quick;      // comparing with the best alone may be enough: see bgp_decide_newcomer
    int equal_steps; // so many steps have to tie before two paths may share traffic
};

void bgp_decision_init(struct bgp_decision *d, const struct bgp_decide_options *options);

#define BGP_STEP_BEST  (-1) // verdict of the best path
#define BGP_STEP_ORDER (-2) // would beat the best, but came when another was, or lost to a third

struct bgp_verdict {
    int step;         // index of the step that removed the candidate, or one of the above
    uint32_t against; // index of a candidate that was better in that step
};

#define BGP_NO_CANDIDATE (-1)

// Index of the best of n routes, or BGP_NO_CANDIDATE. `arrived` is the one that was just learnt and
// the reason to decide, or BGP_NO_CANDIDATE; the present best has `best` set.
int bgp_decide(const struct bgp_decision *d, const struct bgp_route *routes, uint32_t n,
               int arrived);

// A table with many candidates changes one by one, and most changes do not touch the best path. So
// for routes compared as a set:
//   Is it certain that `best`, the best path, stays so when candidate x goes?
bool bgp_decide_is_idle(const struct bgp_decision *d, const struct bgp_route *best,
                        const struct bgp_route *x);
//   The best path, given that routes[best] was it before `arrived` came (BGP_NO_CANDIDATE: none did)
//   and that what went was idle.
int bgp_decide_newcomer(const struct bgp_decision *d, const struct bgp_route *routes, uint32_t n,
                        uint32_t best, int arrived);

// The same as bgp_decide for a RIB at rest, with n verdicts. They are true in any case: the best is the one that
// has `best` set, if any has.
int bgp_decide_verdicts(const struct bgp_decision *d, const struct bgp_route *routes, uint32_t n,
                        struct bgp_verdict *verdicts);

// Puts the first `max` of the n candidates of `order`, none twice, in order of preference, the rest
// behind them: each is the best of those that follow, compared as a set.
void bgp_decide_rank(const struct bgp_decision *d, const struct bgp_route *routes, uint32_t *order,
                     uint32_t n, uint32_t max);

// Would the routes compared as a set have another best than the present one? Never so where routes
// are compared as a set.
bool bgp_decide_depends_on_order(const struct bgp_decision *d, const struct bgp_route *routes,
                                 uint32_t n);

#endif
