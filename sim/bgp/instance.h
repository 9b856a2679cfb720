// SPDX-License-Identifier: GPL-3.0-or-later
// instance: struct bgp, what all speakers of a simulation share.
#ifndef ANYSIM_BGP_INSTANCE_H
#define ANYSIM_BGP_INSTANCE_H

#include "bgp/attr.h"
#include "bgp/bgp.h"
#include "bgp/memo.h"
#include "bgp/oscillation.h"
#include "bgp/pack.h"
#include "bgp/prefixes.h"
#include "bgp/speaker.h"

struct bgp {
    struct sim *sim;
    struct bgp_env env;
    struct bgp_stats stats;
    struct bgp_suspects suspects;
    struct bgp_attrs attrs;
    struct bgp_prefixes prefixes;
    struct bgp_message *keepalive;       // they are all alike: one object
    struct bgp_draft draft;              // scratch of policy
    struct bgp_pack pack;                // scratch of the Adj-RIBs-Out
    struct bgp_memo memo;                // scratch of the decision
    VEC(struct bgp_speaker *) speakers;  // owned, in order of addition
    VEC(struct bgp_speaker *) by_router; // NULL: none there
};

#endif
