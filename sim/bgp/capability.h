// SPDX-License-Identifier: GPL-3.0-or-later
// capability: what the OPEN messages of a session offer, and what both sides agree on (RFC 5492).
//
// Each side offers by its options; what holds is worked out by each side from the two OPENs, so that
// both come to mirrored results. Passive values: nothing to free.
#ifndef ANYSIM_BGP_CAPABILITY_H
#define ANYSIM_BGP_CAPABILITY_H

#include "bgp/options.h"

enum { // capabilities as bits
    BGP_CAP_ROUTE_REFRESH = 1,
    BGP_CAP_ENHANCED_REFRESH = 2,
    BGP_CAP_AS4 = 4,
    BGP_CAP_EXTENDED_MESSAGE = 8,
    BGP_CAP_ADD_PATH = 16,
    BGP_CAP_GRACEFUL = 32,
    BGP_CAP_LONG_LIVED = 64,
    BGP_CAP_ROLE = 128
};

enum { BGP_ADD_PATH_RECEIVE = 1, BGP_ADD_PATH_SEND = 2 }; // RFC 7911 §4; bits

struct bgp_capabilities {  // of one OPEN
    uint32_t have;         // BGP_CAP_ bits: which of the following were sent
    uint32_t families;     // multiprotocol (RFC 4760): BGP_FAMILY_ bits
    uint32_t add_path;     // RFC 7911 §4: BGP_ADD_PATH_ bits
    enum bgp_role role;    // RFC 9234 §4.1
    uint16_t restart_s;    // RFC 4724 §3: Restart Time
    bool restarted;        // R: the sender has restarted and waits for nobody's End-of-RIB but ours
    bool notification;     // N (RFC 8538 §2)
    bool forwarding;       // F: the forwarding state was kept
    uint32_t long_lived_s; // RFC 9494 §3.1: Long-Lived Stale Time, 24 bits
};

// What `options` offer. `restarted`, `forwarding`: of graceful restart.
struct bgp_capabilities bgp_capabilities_offer(const struct bgp_peer_options *options,
                                               bool restarted, bool forwarding);

struct bgp_negotiated { // what holds on a session, as one side sees it; all zero without a session
    uint32_t families;
    bool route_refresh, enhanced_refresh;
    bool as4;          // AS numbers have four octets in both directions (RFC 6793)
    bool add_path_in;  // what is received carries path identifiers
    bool add_path_out; // what is sent does
    uint32_t max_message_octets;
    enum bgp_role remote_role;
    bool graceful;         // both sides offered it: End-of-RIB is sent
    bool notification;     // RFC 8538 holds in both directions
    int64_t restart_ps;    // how long the other side wants its routes kept; 0: not at all
    bool restarted;        // the other side said R …
    bool forwarding;       // … and F
    bool long_lived;       // RFC 9494 on both sides: may hear of stale routes
    int64_t long_lived_ps; // how long its routes stay after that; 0: not at all
};

struct bgp_negotiated bgp_capabilities_negotiate(const struct bgp_capabilities *ours,
                                                 const struct bgp_capabilities *theirs);

// Whether two roles go together (RFC 9234 §4.2, table 2).
bool bgp_role_matches(enum bgp_role ours, enum bgp_role theirs);

#endif
