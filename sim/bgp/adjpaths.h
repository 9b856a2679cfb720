// SPDX-License-Identifier: GPL-3.0-or-later
// adjpaths: the Adj-RIB-Out of a peer that hears of several paths to a prefix (ADD-PATH, RFC 7911):
// the best ones that policy lets it hear of, up to as many as its session allows, each known by a
// path identifier.
//
// A path keeps its identifier for as long as it is told: identifiers stand for where the speaker has
// a path from, the peer and the identifier that the peer uses, and are given out in order of first
// need.
#ifndef ANYSIM_BGP_ADJPATHS_H
#define ANYSIM_BGP_ADJPATHS_H

#include "bgp/attr.h"

struct bgp_peer;
struct bgp_told;

// Puts what the peer has to be told of `prefix` into the pack; holds it while MRAI is running.
void bgp_adjpaths_settle(struct bgp_peer *peer, uint32_t prefix, bool running);
void bgp_adjpaths_replay(struct bgp_peer *peer,
                         uint32_t prefix); // puts what was told into the pack
void bgp_adjpaths_forget(struct bgp_attrs *attrs, struct bgp_told *told); // NULL is allowed
size_t bgp_adjpaths_bytes(const struct bgp_told *told);                   // NULL: 0

#endif
