// SPDX-License-Identifier: GPL-3.0-or-later
// flowstate: in what phase of its life a flow is, by what was seen of it, and how long a flow in
// that phase is remembered without use. Shared by the gateway's flow table and by translation.
//
// The client is the side that the table learns flows from; the server is the side that answers. A
// flow is believed to be open only when both sides have shown that they take part: for TCP the
// client acknowledged a SYN-ACK, or data without a handshake was answered by something other than a
// RST (the handshake went another way); for the rest there was an answer. So a flood of forged
// packets makes unproven flows only.
//
// TCP follows flags alone, not sequence numbers. Hence a RST, which anybody can forge, ends nothing
// by itself: it shortens the memory until both sides have sent on (RFC 5382 leaves RST open, RFC
// 7857 §2.2 would allow to forget at once). A flow after a RST or after both FINs lingers as long as
// an idle datagram flow, for retransmissions of the last FIN and for what is still under way: less
// than the 2 MSL that RFC 5382 §5 derives its four minutes from, on purpose, since dead connections
// would fill the table otherwise; packets of a connection that does live refresh it all the same.
#ifndef ANYSIM_FWD_FLOWSTATE_H
#define ANYSIM_FWD_FLOWSTATE_H

#include <stddef.h>
#include <stdint.h>

enum flowstate {
    FLOWSTATE_NEW,          // nothing seen yet
    FLOWSTATE_UNANSWERED,   // no TCP: packets from the client only
    FLOWSTATE_ANSWERED,     // no TCP: from both
    FLOWSTATE_SYN,          // the client's SYN
    FLOWSTATE_SYNACK,       // the server's SYN-ACK, not acknowledged yet
    FLOWSTATE_MIDSTREAM,    // no handshake seen; packets from the client only
    FLOWSTATE_OPEN,         //
    FLOWSTATE_FIN_CLIENT,   // the client has closed its half
    FLOWSTATE_FIN_SERVER,   // the server has
    FLOWSTATE_CLOSED,       // both have
    FLOWSTATE_RESET,        // a RST
    FLOWSTATE_RESET_CLIENT, // a RST, but the client has sent on
    FLOWSTATE_RESET_SERVER, // a RST, but the server has sent on
    FLOWSTATES
};

enum flowstate_side { FLOWSTATE_BY_CLIENT, FLOWSTATE_BY_SERVER };

// Flows with the same idle timeout and the same worth.
enum flowstate_class {
    FLOWSTATE_DEAD,    // CLOSED, RESET*
    FLOWSTATE_ASKING,  // UNANSWERED
    FLOWSTATE_OPENING, // SYN, SYNACK, MIDSTREAM
    FLOWSTATE_TALKING, // ANSWERED
    FLOWSTATE_CLOSING, // FIN_*
    FLOWSTATE_ALIVE,   // OPEN
    FLOWSTATE_CLASSES
};

// What a class is worth when something has to go. Unproven flows of all protocols are worth the
// same, so that a flood of one kind does not silence the others.
enum flowstate_rank {
    FLOWSTATE_WORTH_NOTHING,  // DEAD
    FLOWSTATE_WORTH_UNPROVEN, // ASKING, OPENING
    FLOWSTATE_WORTH_SHORT,    // TALKING, CLOSING
    FLOWSTATE_WORTH_LONG,     // ALIVE
};

// A flow that was not used for longer than this is forgotten.
struct flowstate_options {
    int64_t idle_ps;        // no TCP, and TCP that is dead
    int64_t tcp_opening_ps; // TCP that opens or closes
    int64_t tcp_open_ps;    // open TCP
};
// 30 s; and 240 s and 7440 s, the least that RFC 5382 REQ-5 allows.
#define FLOWSTATE_DEFAULTS                                                                         \
    ((struct flowstate_options){.idle_ps = INT64_C(30) * 1000000000000,                            \
                                .tcp_opening_ps = INT64_C(240) * 1000000000000,                    \
                                .tcp_open_ps = INT64_C(7440) * 1000000000000})

// The state after a packet by `side`. `tcp_flags` (octet 13 of the TCP header) count for TCP only.
enum flowstate flowstate_next(enum flowstate state, enum flowstate_side side, uint32_t protocol,
                              uint8_t tcp_flags);
enum flowstate_class flowstate_class(enum flowstate state); // not of NEW
enum flowstate_rank flowstate_rank(enum flowstate_class class);
int64_t flowstate_timeout_ps(const struct flowstate_options *o, enum flowstate_class class);
// The TCP flags of a validated header of either version; 0 when it is not TCP, a fragment, or not
// stored.
uint8_t flowstate_flags(const uint8_t *h, size_t stored);

#endif
