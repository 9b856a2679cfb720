// SPDX-License-Identifier: GPL-3.0-or-later
// crossing: the second of two TCP connections between the same speakers (RFC 4271 §6.8, §8.2.1).
//
// When both sides open a connection at once there are two, each with a state machine of its own,
// until one of them has to give way. The leading one, which is the further of the two, lives in
// struct bgp_peer; the other one is put aside here. To work on the other one, swap them.
#ifndef ANYSIM_BGP_CROSSING_H
#define ANYSIM_BGP_CROSSING_H

#include "bgp/peer.h"

struct bgp_crossing { // of the connection put aside; the same fields as of struct bgp_peer
    enum bgp_state state;
    uint32_t conn;
    bool mine;
    int64_t hold_ps;
    struct bgp_negotiated may;
    int64_t at_ps[BGP_DEADLINES];
};

// Puts the leading connection aside, so that `p` is free for another one (Idle).
void bgp_crossing_make(struct bgp_peer *p);
// Exchanges the leading connection with the one put aside.
void bgp_crossing_swap(struct bgp_peer *p);
// After an event: what has ended is forgotten, the further one leads.
void bgp_crossing_settle(struct bgp_peer *p);
void bgp_crossing_forget(struct bgp_peer *p);

// Which of two connections stays: the one that the side with the higher identifier opened (§6.8).
// An Established one stays in any case. True: the leading one gives way.
bool bgp_crossing_yields(const struct bgp_peer *p);

#endif
