// SPDX-License-Identifier: GPL-3.0-or-later
// transport: one direction of a session's TCP connection, in virtual time.
//
// Messages arrive in order, one path delay after they left; each is a segment. Whether the path works
// is asked when a message leaves: what has left arrives. When the path is broken, or loses the
// message (env.path_loss_ppm), it and those behind it wait and are tried again after the RTO of
// RFC 6298: 1 s or, where that is more, SRTT + 4 RTTVAR of the path, doubling to 60 s (§5.5). A loss
// with more than three segments behind it is mended after a round trip (RFC 5681 §3.2).
//
// Acknowledgements come back at once unless the path in the other direction is broken. Then the other
// side has the message, but this one does not know: until its RTO it sends on, from then on only the
// same once more at every RTO, so that the hold timer of the other side will end the session. Single
// acknowledgements that are lost do not matter, as the next one stands for them.
//
// Every message carries the number of the connection it belongs to, so that a message of a
// connection that has ended is told from one of the present.
#ifndef ANYSIM_BGP_TRANSPORT_H
#define ANYSIM_BGP_TRANSPORT_H

#include "base/vec.h"
#include "bgp/message.h"
#include "engine/sim.h"
#include <gsl/gsl_rng.h>

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
    int64_t rto_ps;             // the one that runs; 0: none
    int64_t srtt_ps, rttvar_ps; // RFC 6298 §2; 0: nothing measured
    bool unacked;               // something arrived whose acknowledgement got lost
    bool backed_off;            // … or a path was found broken, at the last RTO
    gsl_rng *loss;              // made when a path loses packets
};

void bgp_pipe_init(struct bgp_pipe *p, struct bgp_peer *peer);
void bgp_pipe_free(struct bgp_pipe *p);

// Sends a message; takes over the caller's reference.
void bgp_pipe_send(struct bgp_pipe *p, struct bgp_message *m, uint32_t conn);
// The same, but lost when the path is broken: for the last word of a connection that ends.
void bgp_pipe_send_once(struct bgp_pipe *p, struct bgp_message *m, uint32_t conn);
void bgp_pipe_retransmit(struct bgp_pipe *p); // the RTO expired
void bgp_pipe_wake(struct bgp_pipe *p);       // the other side's window has opened again
// A connection ends: what has not left is forgotten, unless it belongs to connection `keep` (0: none).
void bgp_pipe_reset(struct bgp_pipe *p, uint32_t keep);

#endif
