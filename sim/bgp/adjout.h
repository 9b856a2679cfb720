// SPDX-License-Identifier: GPL-3.0-or-later
// adjout: Adj-RIB-Out (RFC 4271 §3.2): what a peer was told last, and what it still has to be told.
//
// A change of a best path only marks the prefix for each peer concerned. What to tell is worked out
// when the marks are flushed, after each processed message, so several changes of one message or of
// one MRAI interval become one UPDATE, and a change that was undone meanwhile becomes none.
//
// A peer hears of the best path. With `best_external` an iBGP peer that may not hear of it, as it is
// internal itself, hears of the best external one (draft-ietf-idr-best-external §2). With ADD-PATH
// it hears of several: see bgp/adjpaths.h.
#ifndef ANYSIM_BGP_ADJOUT_H
#define ANYSIM_BGP_ADJOUT_H

#include "base/vec.h"
#include "bgp/attr.h"

struct bgp_peer;
struct bgp_route;
struct bgp_told;

struct bgp_adjout {
    // By prefix index: the attributes told last, one reference, NULL: nothing. With ADD-PATH the
    // paths told.
    union {
        const struct bgp_attr **sent;
        struct bgp_told **told;
    };
    uint8_t *marks;      // by prefix index: in which of the lists below
    uint32_t cap;        // of both arrays; grows with the prefixes the peer is told
    VEC(uint32_t) fresh; // changed since the last flush
    VEC(uint32_t) held;  // waiting for MRAI
    bool waiting;        // an announcement was held since MRAI started
    bool dirty;          // in the speaker's list of peers to flush
    bool paths;          // holds paths: how it was when the session came up
    struct {             // the last export of this flush, for prefixes with the same best path
        const struct bgp_attr *best, *want; // a reference to each
        const struct bgp_peer *from;
    } last;
};

// Does the peer hear of changes of other than best paths?
bool bgp_adjout_tells_more(const struct bgp_peer *peer);
// What is known of `prefix` changed: marks it unless the peer neither was nor is to be told.
void bgp_adjout_mark(struct bgp_peer *peer, uint32_t prefix);
// Sends what may be sent now: everything when MRAI is not running, else withdrawals that need not
// wait for it.
void bgp_adjout_flush(struct bgp_peer *peer);
// Sends everything that the peer was told once more (RFC 2918 §4).
void bgp_adjout_replay(struct bgp_peer *peer);
// Waits for MRAI.
void bgp_adjout_hold(struct bgp_adjout *out, uint32_t prefix);
// The session is gone: the peer knows nothing any more.
void bgp_adjout_clear(struct bgp_peer *peer);
void bgp_adjout_free(struct bgp_peer *peer);
size_t bgp_adjout_bytes(const struct bgp_peer *peer); // of memory, without attributes

#endif
