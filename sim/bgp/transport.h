// SPDX-License-Identifier: GPL-3.0-or-later
// transport: one direction of a session's TCP connection, in virtual time.
//
// Messages arrive in order, one path delay after they left. Whether the path works is asked when a
// message leaves: what has left arrives. When the path is broken, the message and those behind it
// wait and are tried again after an RTO of 1 s that doubles to 60 s (RFC 6298 §2.1, §5.5).
// Acknowledgements are not modelled: a path that is broken in the other direction only is noticed
// by the hold timer.
//
// Every message carries the number of the connection it belongs to, so that a message of a
// connection that has ended is told from one of the present.
#ifndef ANYSIM_BGP_TRANSPORT_H
#define ANYSIM_BGP_TRANSPORT_H

#include "base/vec.h"
#include "bgp/message.h"
#include "engine/sim.h"

struct bgp_peer;

struct bgp_segment {
    struct bgp_message *message; // one reference
    int64_t arrive_ps;           // once it has left
    uint32_t conn;
};

struct bgp_pipe {          // a FIFO with one pending event; must not move
    struct entity entity;  // must stay first
    struct bgp_peer *peer; // the sending side
    VEC(struct bgp_segment) q;
    size_t head, departed; // q[head..departed) are on their way, q[departed..n) wait
    int64_t last_arrive_ps;
    int64_t rto_ps;
};

void bgp_pipe_init(struct bgp_pipe *p, struct bgp_peer *peer);
void bgp_pipe_free(struct bgp_pipe *p);

// Sends a message; takes over the caller's reference.
void bgp_pipe_send(struct bgp_pipe *p, struct bgp_message *m, uint32_t conn);
// The same, but lost when the path is broken: for the last word of a connection that ends.
void bgp_pipe_send_once(struct bgp_pipe *p, struct bgp_message *m, uint32_t conn);
void bgp_pipe_retransmit(struct bgp_pipe *p); // the RTO expired
// A connection ends: what has not left is forgotten, unless it belongs to connection `keep` (0: none).
void bgp_pipe_reset(struct bgp_pipe *p, uint32_t keep);

#endif
