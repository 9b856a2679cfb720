// SPDX-License-Identifier: GPL-3.0-or-later
// peer: one side of a session: what a speaker knows and holds about one neighbour.
//
// The two sides of a session are two objects that know each other (`remote`); they talk through
// their pipes only. The rest of the folder reads this struct; the state of the session is changed
// by bgp/session.c alone.
#ifndef ANYSIM_BGP_PEER_H
#define ANYSIM_BGP_PEER_H

#include "bgp/adjout.h"
#include "bgp/bgp.h"
#include "bgp/clock.h"
#include "bgp/fsm.h"
#include "bgp/transport.h"

struct bgp_speaker;
struct bgp_crossing;
struct bgp_stale;

struct bgp_peer { // must not move
    struct bgp_speaker *speaker;
    struct bgp_peer *remote;
    uint32_t index; // among the speaker's peers, in order of bgp_connect
    struct bgp_peer_options is;
    ip4_addr remote_addr;
    int32_t link;

    enum bgp_state state;
    bool elected;     // of both sides the one with the higher identifier
    bool opens;       // this side opens connections
    bool started;     // its first start has come
    bool usable;      // interface and BFD are up as far as this side was told
    bool counted;     // in stats.sessions_up (kept on the elected side)
    bool mine;        // the present connection was opened by this side
    uint32_t conn;    // number of the present connection; 0: none
    uint32_t opened;  // connections that this side has opened so far
    int64_t hold_ps;  // negotiated; 0: none
    uint32_t retries; // ConnectRetryCounter (RFC 4271 §8): failures since a manual start
    struct bgp_crossing *crossing; // the other one of two connections, or NULL (bgp/crossing.h)
    struct bgp_stale *stale;       // routes kept through a restart, or NULL (bgp/graceful.h)
    struct bgp_negotiated may;     // what both sides' capabilities allow, from OpenConfirm on
    struct bgp_notification last_sent, last_received; // for the record; BGP_ERROR_NONE: none yet
    int64_t last_sent_ps, last_received_ps;
    int64_t changed_ps;    // Established, or no more, since; -1: it never was
    bool shut;             // by the operator: no session until bgp_shutdown ends it
    uint32_t leaks_from;   // a fault: what this AS told goes to the other side, too; 0: none
    bool told_all;         // the other side's End-of-RIB has come
    int64_t mute_until_ps; // a fault: until then nothing of this side's reaches the other one
    // A fault: what the other side sends takes so many times as long to be read; 1: as it should.
    uint32_t slowness;
    bool stalled; // a fault: this side does not read what it receives, nor watches its HoldTimer
    // ADD-PATH as negotiated, set by the session before it is Established: UPDATEs from the other
    // side, and to it, carry path identifiers.
    bool add_path_in, add_path_out;
    struct bgp_damping *damping; // bgp/damping.h; NULL until something flaps
    bool over_limit;             // too many prefixes (RFC 4486): no new session before a reset
    bool draining; // graceful shutdown (RFC 8326): all that the other side is told says so
    struct bgp_clock clock;
    struct bgp_pipe pipe; // towards the remote side
    struct bgp_adjout out;
};

static inline bool bgp_peer_is_ibgp(const struct bgp_peer *p)
{
    return p->is.relation == BGP_REL_IBGP || p->is.relation == BGP_REL_IBGP_CLIENT;
}

// Not of the own AS, nor of another member of the own confederation.
static inline bool bgp_peer_is_external(const struct bgp_peer *p)
{
    return p->is.relation >= BGP_REL_CUSTOMER && p->is.relation <= BGP_REL_SIBLING;
}

// The AS by which the other side of the session knows this one (RFC 5065 §4).
uint32_t bgp_peer_local_as(const struct bgp_peer *p);

// One side of a session as bgp_connect describes it, owned by `s`; the caller links the two sides.
struct bgp_peer *bgp_peer_make(struct bgp_speaker *s, const struct bgp_peer_options *options,
                               ip4_addr remote_addr, int32_t link);
void bgp_peer_free(struct bgp_peer *p);

#endif
