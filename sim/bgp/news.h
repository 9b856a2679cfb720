// SPDX-License-Identifier: GPL-3.0-or-later
// news: what changed in a speaker's RIB during one event, until its peers' Adj-RIBs-Out are marked.
//
// A message moves hundreds of prefixes, and a reflector has thousands of peers. The marks are made
// peer by peer at the event's end, so that each Adj-RIB-Out is gone through once and in order, instead
// of all of them for every prefix. The peers become dirty in the order in which prefix after prefix
// would have made them so.
#ifndef ANYSIM_BGP_NEWS_H
#define ANYSIM_BGP_NEWS_H

#include "base/vec.h"
#include <stdbool.h>
#include <stdint.h>

struct bgp_speaker;

struct bgp_news_item {
    uint32_t prefix;
    bool best;   // else only what peers hear of that are told more than best paths
    bool inward; // settled by bgp_news_spread: iBGP peers that know nothing yet need not look
};

struct bgp_news { // zero-initialise; bgp_news_free releases
    VEC(struct bgp_news_item) v;
};

void bgp_news_note(struct bgp_speaker *s, uint32_t prefix, bool best);
// Marks what was noted at every peer that it may concern, and forgets it.
void bgp_news_spread(struct bgp_speaker *s);
void bgp_news_free(struct bgp_news *n);

#endif
