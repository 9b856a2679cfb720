// SPDX-License-Identifier: GPL-3.0-or-later
// step: what a decision process compares, one named step at a time, and in which order each profile
// takes them.
//
//   what is compared         rfc  bird  frr  cisco  junos
//   next hop reachable        0    0     0    0      0     RFC 4271 §9.1.2
//   long-lived stale         (1)  (1)   (1)  (1)    (1)    RFC 9494 §4.3
//   weight                               1    1            the router's own; local routes 32768
//   preference                     1                1      of the source: local before BGP
//   LOCAL_PREF                1    2     2    2      2
//   locally originated                   3    3
//   AIGP                     (2)   3    (4)   4      3     RFC 7311 §4.1: with the IGP metric added
//   AS_PATH length            2    4     4    5      4     §9.1.2.2 a
//   ORIGIN                    3    5     5    6      5     b
//   MED, same neighbour AS    4    6     6    7      6     c
//   eBGP over iBGP            5    7     7    8      7     d
//   IGP metric to next hop    6    8     8    9      8     e
//   other member first                  (9)               of a confederation, over iBGP
//   oldest external           –   (9)    –    10     –     of cisco, and bird's `prefer older`
//   present external best    (7)         9           9     RFC 5004, frr, junos
//   BGP identifier            7    9     10   11     10    f, or ORIGINATOR_ID (RFC 4456 §9)
//   CLUSTER_LIST length       8    10    11   12     11    RFC 4456 §9
//   peer address              9    11    12   13     12    g
//
// In brackets: only when asked for (struct bgp_decide_options); the steps behind move on by one, and
// steps that are switched off do not count. Sources: RFC 4271, 4456, 5004, 7311; BIRD 2.0 user's
// guide, "Route selection rules" and the options of BGP; FRR user guide, "Route Selection"; Cisco,
// "BGP Best Path Selection Algorithm" (document 13753); Juniper, "Understanding BGP Path Selection".
//
// Deviations: Junos's step that prefers internal over external routes cannot decide anything here
// that its preference has not; its secondary routes, L3VPN's own steps and Cisco's cost community do
// not exist.
#ifndef ANYSIM_BGP_STEP_H
#define ANYSIM_BGP_STEP_H

#include "bgp/decide.h"

struct bgp_step {
    const char *name;
    uint64_t (*key)(const struct bgp_decision *d, const struct bgp_route *r); // the lowest stays
    void (*show)(const struct bgp_route *r, char *buf, size_t size);
    bool higher_wins;   // of the figures shown
    bool words;         // what is shown are words, not figures
    bool per_neighbour; // compared within the same neighbour AS only
    bool per_router;    // not compared between routes from routers with the same identifier
};

// Fills in the steps of a profile with its options, which have no BGP_DEFAULT left.
void bgp_steps_of(struct bgp_decision *d);

uint32_t bgp_neighbour_as(const struct bgp_route *r); // 0: originated in this AS
// BGP identifier of the router that a route came from or, by ORIGINATOR_ID, entered the AS at.
ip4_addr bgp_identifier(const struct bgp_route *r);

#endif
