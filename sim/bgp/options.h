// SPDX-License-Identifier: GPL-3.0-or-later
// options: how a speaker and the sides of its sessions are configured. Passive data; zero-initialised
// means the defaults. What they name (strings, policies) outlives the speakers.
#ifndef ANYSIM_BGP_OPTIONS_H
#define ANYSIM_BGP_OPTIONS_H

#include "base/ip.h"
#include "bgp/decide.h"
#include <stdbool.h>
#include <stdint.h>

enum bgp_relation {      // of the neighbour, as seen from here
    BGP_REL_IBGP,        // same AS, ordinary
    BGP_REL_IBGP_CLIENT, // same AS, and the neighbour is our route-reflection client
    BGP_REL_CUSTOMER,
    BGP_REL_PEER,
    BGP_REL_PROVIDER,
    BGP_REL_SIBLING // another AS with mutual transit (Gao 2001): everything both ways
};

struct bgp_timers {
    int64_t mrai_ebgp_ps, mrai_ibgp_ps; // 0: none. Jitter U(0.75, 1.0) each time, RFC 4271 §10
    bool mrai_withdrawals;              // withdrawals wait for MRAI too
    int64_t hold_ps;                    // proposed; the smaller of both sides counts. 0: none
    int64_t processing_ps;              // per message
    int64_t processing_each_ps;         // and per prefix in it
    int64_t connect_retry_ps;           // base; jittered like MRAI. 0: the RFC's 120 s
    bool no_jitter; // MRAI, connect retry and keepalives exactly as given (for comparisons)
};

struct bgp_speaker_options {
    const char *name; // copied
    uint32_t asn;
    ip4_addr id;         // BGP identifier and loopback address
    bool reflector;      // RFC 4456
    ip4_addr cluster_id; // 0: the identifier
    struct bgp_timers timers;
    struct bgp_decide_options decide;
    // While the best path is internal, iBGP peers hear of the best external one instead of nothing
    // (draft-ietf-idr-best-external).
    bool best_external;
};

struct bgp_peer_options {       // one side of one session
    enum bgp_relation relation; // of the other side, as seen from here
    // Own address of the session, the next hop that eBGP neighbours are told: an interface's, or the
    // loopback of an iBGP session.
    ip4_addr address;
    // ADD-PATH (RFC 7911 §4): able to hear of several paths to a prefix; wants to tell up to so many
    // (0: one, as ever). In force where the other side agrees.
    bool add_path_receive;
    uint16_t add_path_send;
};

#endif
