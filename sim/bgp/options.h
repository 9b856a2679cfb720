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
    BGP_REL_SIBLING, // another AS with mutual transit (Gao 2001): everything both ways
    BGP_REL_CONFED   // another member AS of the own confederation (RFC 5065)
};

// Which withdrawals MRAI holds back. RFC 4271 §9.2.1.1 lets none wait (RFC 1771 let all).
enum bgp_mrai_withdrawals {
    BGP_WITHDRAWALS_AT_ONCE, // and they start no interval either
    BGP_WITHDRAWALS_WAIT,    // as announcements do
    // They start an interval, and wait for one only behind an announcement that waits already:
    // what FRR's advertisement-interval does.
    BGP_WITHDRAWALS_BEHIND
};

struct bgp_timers {
    int64_t mrai_ebgp_ps, mrai_ibgp_ps; // 0: none. Jitter U(0.75, 1.0) each time, RFC 4271 §10
    enum bgp_mrai_withdrawals mrai_withdrawals;
    int64_t hold_ps;            // proposed; the smaller of both sides counts. 0: none
    int64_t processing_ps;      // per message
    int64_t processing_each_ps; // and per prefix in it
    // How long changes of best paths are gathered before peers are told of them, so that what is
    // undone meanwhile is never told. 0: for one message. FRR: 50 ms.
    int64_t gather_ps;
    int64_t connect_retry_ps; // base; jittered like MRAI. 0: the RFC's 120 s
    // Wait in Idle before a session that was lost is set up again (IdleHoldTimer, RFC 4271 §8.1), 0: as
    // connect_retry_ps; after an error, sent or received, that is no Cease, 0: as after any other end.
    int64_t idle_hold_ps, error_wait_ps;
    bool no_jitter; // MRAI, connect retry and keepalives exactly as given (for comparisons)
};

struct policy;              // policy/policy.h
struct bgp_rov;             // bgp/rov.h
struct bgp_damping_options; // bgp/damping.h
struct bgp_aggregate;       // bgp/aggregate.h
struct bgp_condition;       // bgp/conditional.h

struct bgp_speaker_options {
    const char *name;          // copied; "NETWORK/CITY-1" for policies that name networks
    const char *city, *region; // that policies name with `at`; may be NULL
    uint32_t asn;              // of a member of a confederation: the member's
    uint32_t confederation;    // what the world outside takes the AS for (RFC 5065); 0: none
    ip4_addr id;               // BGP identifier and loopback address
    bool reflector;            // RFC 4456
    ip4_addr cluster_id;       // 0: the identifier
    bool no_client_to_client;  // clients hear each other by themselves (RFC 4456 §10)
    const struct bgp_rov *rov; // NULL: every route's origin is not-found (RFC 6811)
    const struct bgp_aggregate *aggregates; // naggregates of them
    const struct bgp_condition *conditions; // nconditions of them
    int naggregates, nconditions;
    struct bgp_timers timers;
    struct bgp_decide_options decide;
    // While the best path is internal, iBGP peers hear of the best external one instead of nothing
    // (draft-ietf-idr-best-external).
    bool best_external;
    bool tells_backups; // env.best_changed is called for changes of other candidates, too
};

// --- Sessions

enum bgp_opening {    // who opens the TCP connection of a session
    BGP_OPEN_ELECTED, // the side with the higher identifier; the other one listens, and may ask for it
    BGP_OPEN_ACTIVE, // this side, whatever the other does: two crossing connections collide (§6.8)
    BGP_OPEN_PASSIVE // not this side (PassiveTcpEstablishment, RFC 4271 §8.1.1)
};

enum bgp_role { // RFC 9234 §4.1; on the wire one less
    BGP_ROLE_NONE,
    BGP_ROLE_PROVIDER,
    BGP_ROLE_RS, // a route server
    BGP_ROLE_RS_CLIENT,
    BGP_ROLE_CUSTOMER,
    BGP_ROLE_PEER
};

enum { // families of addresses, as bits; the simulation routes IPv4
    BGP_FAMILY_IPV4 = 1,
    BGP_FAMILY_IPV6 = 2
};

struct bgp_graceful_options {
    bool on;             // RFC 4724: the other side keeps our routes while we restart, and we its
    bool notification;   // RFC 8538: after a NOTIFICATION and an expired HoldTimer, too
    int64_t restart_ps;  // Restart Time that the other side is told; 0: 120 s
    int64_t deferral_ps; // own restart: routes are selected at the latest then; 0: 360 s (§4.1)
    // RFC 9494: after the restart time stale routes stay, least preferred, this long; 0: they go
    int64_t long_lived_ps;
};

struct
    bgp_policy_options { // what a side lets in and out (bgp/policy.h); all zero: the built-in rules
    const struct policy *imports[2], *exports[2]; // run one after another; NULL: none
    bool builtin_off; // no LOCAL_PREF by relation, and no valley-free export
    bool require;     // RFC 8212: without a policy of its own nothing passes that direction of eBGP
    bool drop_invalid;        // routes whose origin is invalid are refused (RFC 6811 §3)
    bool blackhole;           // routes to discard are accepted (RFC 7999)
    bool aigp;                // AIGP passes on eBGP (AIGP_SESSION, RFC 7311 §3.1); on iBGP it does
    bool med_from_igp;        // eBGP neighbours are told the IGP metric to the next hop as MED
    uint16_t own_as_allowed;  // times that the own AS may stand in AS_PATH
    uint16_t path_length_max; // longer AS paths are refused; 0: none
    uint32_t prefix_limit;    // more prefixes than this end the session (RFC 4486); 0: none
    const struct bgp_damping_options *damping; // of what this peer sends; NULL: none
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

    uint32_t remote_as; // what the other side's OPEN must say; 0: what it is
    enum bgp_opening opening;
    int64_t delay_open_ps;  // DelayOpenTime (RFC 4271 §8.1.1); 0: OPEN is sent at once
    bool damp_oscillations; // the IdleHoldTimer doubles with every failure (DampPeerOscillations)
    int64_t hold_ps;        // proposed to this peer; 0: as the speaker's timers have it
    int64_t send_hold_ps;   // SendHoldTimer (RFC 9687); 0: none
    bool own_mrai;          // `mrai_ps` counts (0: none) instead of the speaker's two
    int64_t mrai_ps;
    struct bgp_graceful_options graceful;

    // What the OPEN offers besides graceful restart (bgp/capability.h)
    uint32_t families;      // BGP_FAMILY_ bits; 0: IPv4
    bool no_route_refresh;  // RFC 2918 and RFC 7313 are offered unless this is set
    bool no_as4;            // RFC 6793 is offered unless this is set
    bool extended_messages; // RFC 8654
    enum bgp_role role;     // RFC 9234; NONE: not offered
    bool role_strict;       // the other side must tell its role
    struct bgp_policy_options policy;
    uint32_t required; // BGP_CAP_ bits (bgp/capability.h) without which there is no session
};

#endif
