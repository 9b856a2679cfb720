// SPDX-License-Identifier: GPL-3.0-or-later
// fsm: the finite state machine of RFC 4271 §8.2.2 as a table, with the event of RFC 9687.
//
// Pure: a state and an event give the next state and what is to be done on the way. Who does it is
// bgp/session.c. Events have the numbers of §8.1.
//
// "Releases all BGP resources" and "drops the TCP connection" always come together and are one
// action. Events that the RFC lets pass without a word ("ignored") change nothing.
#ifndef ANYSIM_BGP_FSM_H
#define ANYSIM_BGP_FSM_H

#include <stdbool.h>
#include <stdint.h>

enum bgp_state { // RFC 4271 §8.2.2
    BGP_IDLE,
    BGP_CONNECT, // waits for the TCP connection that it opens
    BGP_ACTIVE,  // waits for the other side's
    BGP_OPENSENT,
    BGP_OPENCONFIRM,
    BGP_ESTABLISHED
};
#define BGP_STATES 6

enum bgp_event { // RFC 4271 §8.1
    BGP_EV_MANUAL_START = 1,
    BGP_EV_MANUAL_STOP,
    BGP_EV_AUTO_START,
    BGP_EV_MANUAL_START_PASSIVE,
    BGP_EV_AUTO_START_PASSIVE,
    BGP_EV_AUTO_START_DAMPED,
    BGP_EV_AUTO_START_DAMPED_PASSIVE,
    BGP_EV_AUTO_STOP,
    BGP_EV_CONNECT_RETRY, // the ConnectRetryTimer expired
    BGP_EV_HOLD,
    BGP_EV_KEEPALIVE_DUE,
    BGP_EV_DELAY_OPEN,
    BGP_EV_IDLE_HOLD,
    BGP_EV_TCP_VALID,
    BGP_EV_TCP_INVALID,
    BGP_EV_TCP_ACKED,     // the connection that this side opened stands
    BGP_EV_TCP_CONFIRMED, // one that the other side opened does
    BGP_EV_TCP_FAILS,
    BGP_EV_OPEN,
    BGP_EV_OPEN_DELAYED, // OPEN while the DelayOpenTimer runs
    BGP_EV_HEADER_ERROR,
    BGP_EV_OPEN_ERROR,
    BGP_EV_COLLISION, // OpenCollisionDump
    BGP_EV_NOTIFICATION_VERSION,
    BGP_EV_NOTIFICATION,
    BGP_EV_KEEPALIVE,
    BGP_EV_UPDATE,
    BGP_EV_UPDATE_ERROR,
    BGP_EV_SEND_HOLD // RFC 9687 §4.2
};
#define BGP_EVENTS 30 // numbers from 1 to 29

enum { // actions, as bits; whoever carries them out goes from low to high
    BGP_DO_DELETE_ROUTES = 1 << 0,
    BGP_DO_DROP = 1 << 1, // the TCP connection, and everything that belonged to it
    BGP_DO_NOTIFY_CEASE = 1 << 2,
    BGP_DO_NOTIFY_HOLD = 1 << 3,
    BGP_DO_NOTIFY_FSM = 1 << 4,
    BGP_DO_NOTIFY_ERROR = 1 << 5, // the error that was found in a message
    BGP_DO_NOTIFY_SEND_HOLD = 1 << 6,
    BGP_DO_ZERO_COUNTER = 1 << 7, // ConnectRetryCounter
    BGP_DO_COUNT = 1 << 8,        // … and one failure more, which damping looks at
    BGP_DO_STOP_RETRY = 1 << 9,   // ConnectRetryTimer
    BGP_DO_START_RETRY = 1 << 10,
    BGP_DO_STOP_DELAY = 1 << 11, // DelayOpenTimer
    BGP_DO_START_DELAY = 1 << 12,
    BGP_DO_CONNECT = 1 << 13,      // opens a TCP connection
    BGP_DO_COLLISION = 1 << 14,    // §6.8, before anything below
    BGP_DO_OPEN = 1 << 15,         // sends OPEN
    BGP_DO_HOLD_LARGE = 1 << 16,   // HoldTimer to a large value
    BGP_DO_NEGOTIATE = 1 << 17,    // takes what the OPEN says; HoldTimer to the negotiated value
    BGP_DO_KEEPALIVE = 1 << 18,    // sends KEEPALIVE, and the KeepaliveTimer starts
    BGP_DO_RESTART_HOLD = 1 << 19, // HoldTimer, unless the negotiated value is 0
    BGP_DO_PROCESS = 1 << 20       // the UPDATE
};
#define BGP_DO_NOTIFY                                                                              \
    (BGP_DO_NOTIFY_CEASE | BGP_DO_NOTIFY_HOLD | BGP_DO_NOTIFY_FSM | BGP_DO_NOTIFY_ERROR |          \
     BGP_DO_NOTIFY_SEND_HOLD)

struct bgp_fsm_options { // optional session attributes (§8.1.1), and what runs
    bool delay_open;     // DelayOpen
    bool delay_running;  // the DelayOpenTimer runs
};

struct bgp_fsm_step {
    enum bgp_state next;
    uint32_t actions; // BGP_DO_ bits
};

struct bgp_fsm_step bgp_fsm(enum bgp_state state, enum bgp_event event,
                            struct bgp_fsm_options options);

const char *bgp_state_name(enum bgp_state state); // "OpenSent"

#endif
