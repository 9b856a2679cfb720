// SPDX-License-Identifier: GPL-3.0-or-later
// adjout: Adj-RIB-Out (RFC 4271 §3.2): what a peer was told last, and what it still has to be told.
//
// A change of a best path only marks the prefix for each peer concerned. What to tell is worked out
// when the marks are flushed, after each processed message, so several changes of one message or of
// one MRAI interval become one UPDATE, and a change that was undone meanwhile becomes none.
#ifndef ANYSIM_BGP_ADJOUT_H
#define ANYSIM_BGP_ADJOUT_H

#include "base/vec.h"
#include "bgp/attr.h"

struct bgp_peer;

struct bgp_adjout {
    const struct bgp_attr **sent; // by prefix index: told last, one reference; NULL: nothing
    uint8_t *marks;               // by prefix index: in which of the lists below
    uint32_t cap;                 // of both arrays; grows with the prefixes the peer is told
    VEC(uint32_t) fresh;          // changed since the last flush
    VEC(uint32_t) held;           // waiting for MRAI
    bool dirty;                   // in the speaker's list of peers to flush
};

// The best path of `prefix` changed: marks it unless the peer neither was nor is to be told.
void bgp_adjout_mark(struct bgp_peer *peer, uint32_t prefix);
// Sends what may be sent now: everything when MRAI is not running, else withdrawals that need not
// wait for it.
void bgp_adjout_flush(struct bgp_peer *peer);
// The session is gone: the peer knows nothing any more.
void bgp_adjout_clear(struct bgp_peer *peer);
void bgp_adjout_free(struct bgp_peer *peer);

#endif
