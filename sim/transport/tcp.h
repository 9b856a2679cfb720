// SPDX-License-Identifier: GPL-3.0-or-later
// tcp: one end of a TCP connection (RFC 9293), without a clock, a network or a thread.
//
// Whoever owns an end tells it what happened and when (tcp_connect, tcp_accept, tcp_input, tcp_write,
// tcp_close, tcp_tick), then asks for the segments that are due (tcp_output until it says no) and for
// the time of the next tick (tcp_deadline). What the application is to know stands in the struct: see
// `state`, `received`, `peer_done`, `acknowledged`, `ended`. Octets have no content; both directions
// are counts.
//
//     tcp_init(&t, &options, sport, dport, iss);
//     tcp_connect(&t, now);  tcp_write(&t, 300);
//     while (tcp_output(&t, now, &segment)) send(&segment);
//     arm(tcp_deadline(&t));
//
// What it does: handshake with MSS, window scale and timestamps (RFC 7323) and SACK-permitted; the
// time-out of RFC 6298 (Karn's rule, backing off); fast retransmit and recovery by SACK (RFC 6675) or by
// partial acknowledgements (RFC 6582); limited transmit (RFC 3042); congestion control by choice
// (transport/congestion.h); an initial window of ten segments (RFC 6928); delayed acknowledgements
// (RFC 5681 §4.2); a receive window that grows with what the connection carries, or a fixed one;
// zero-window probes; PAWS; ECN (RFC 3168); challenge ACKs (RFC 5961) at most one each 100 ms.
//
// What it does not: a listener (tcp_accept makes an end from a SYN) and a RST for an unknown connection
// (tcp_refuse makes one) are the owner's; urgent data, Nagle's algorithm (as if TCP_NODELAY), keep-alive,
// path MTU discovery, and RACK-TLP (RFC 8985): a retransmission that is lost waits for the time-out.
#ifndef ANYSIM_TRANSPORT_TCP_H
#define ANYSIM_TRANSPORT_TCP_H

#include "transport/congestion.h"
#include "transport/ranges.h"
#include "transport/rtt.h"
#include "transport/segment.h"

struct tcp_options {
    const struct congestion_ops *congestion;
    uint16_t mss; // the largest segment we take and send, options not counted (RFC 6691)
    uint16_t initial_segments; // of the initial window
    bool sack, timestamps, ecn;
    uint32_t window_octets;     // receive window at the start
    uint32_t window_max_octets; // it grows up to this; equal: fixed
    int64_t delayed_ack_ps;     // 0: acknowledge at once
    int64_t min_rto_ps;
    uint8_t syn_retries, retries; // time-outs in a row that are answered by sending again
    int64_t time_wait_ps;
};

// What hosts do: MSS 1460, ten segments, SACK, timestamps, no ECN, 64 KiB growing to 6 MiB, 40 ms, time-out
// at least 200 ms (RFC 6298 (2.4) would have 1 s; hosts of today do not wait that long), 6 and 15 retries,
// a minute in TIME-WAIT (2 MSL with an MSL of 30 s; RFC 9293 says 2 minutes for an MSL).
extern const struct tcp_options tcp_usual;

enum tcp_state {
    TCP_CLOSED,
    TCP_SYN_SENT,
    TCP_SYN_RECEIVED,
    TCP_ESTABLISHED,
    TCP_FIN_WAIT_1,
    TCP_FIN_WAIT_2,
    TCP_CLOSE_WAIT,
    TCP_CLOSING,
    TCP_LAST_ACK,
    TCP_TIME_WAIT
};

enum tcp_end {
    TCP_END_NONE,
    TCP_END_CLOSED,  // both directions were closed in order
    TCP_END_RESET,   // a RST came
    TCP_END_TIMEOUT, // retries used up
    TCP_END_ABORTED  // tcp_abort()
};

struct tcp_counters {
    uint64_t segments;      // sent, of every sort
    uint64_t retransmitted; // of them, with octets (or SYN, FIN) that had been sent before
    uint64_t timeouts;      // of the retransmission timer
    uint64_t recoveries;    // fast retransmits
    uint64_t probes;        // of a zero window
    uint64_t duplicates;    // segments received that held nothing new
    uint64_t reductions;    // by ECN
};

// Offsets count from the SYN, which is 0: the first octet of data is 1. On the wire: iss + offset.
struct tcp {
    struct tcp_options is;
    uint16_t sport, dport;
    enum tcp_state state;
    enum tcp_end ended;
    // --- for the application
    uint64_t received;     // octets in order so far, since the beginning
    uint64_t acknowledged; // octets of ours that the peer has
    bool peer_done;        // the peer's FIN came, in order
    struct tcp_counters counters;

    // --- sending (tcp_sender.c, tcp_output.c)
    uint32_t iss;
    uint64_t una, nxt, max; // oldest not acknowledged; next to send; end of what was ever sent
    uint64_t data_end;      // where the written octets end
    uint64_t edge;          // right edge of the peer's window
    uint64_t peer_window;   // the last and the largest window offered
    uint64_t peer_window_max;
    uint64_t wl_seq, wl_ack; // of the segment that last set the window
    uint8_t peer_scale, our_scale;
    bool scaled;    // both SYNs had a window scale
    bool closing;   // a FIN follows the data
    bool syn_again; // the SYN was sent more than once
    uint32_t mss;   // what a segment may carry, options taken off
    struct congestion congestion;
    struct rtt rtt;
    bool timing; // one segment is being timed
    uint64_t timed_to;
    int64_t timed_ps;
    unsigned retries;
    int64_t rto_at_ps, persist_at_ps, last_sent_ps;

    // --- loss (tcp_sender.c)
    struct ranges sacked;
    uint64_t recover;  // RecoveryPoint of RFC 6675, recover of RFC 6582
    uint64_t high_rxt; // HighRxt of RFC 6675
    uint64_t lost_below, pipe;
    uint64_t inflated; // RFC 6582: what duplicate acknowledgements lend to the window
    unsigned dupacks;
    bool recovering, retransmit; // `retransmit`: the segment at una is due at once
    bool rescued, rescuing;      // RescueRxt: it was sent in this recovery; it is being sent
    bool limited;                // the window was full when something was to be sent
    bool ecn, cwr_due;           // ECN was agreed on; the peer is to hear that we reduced
    uint64_t reduced_until;      // an ECN echo reduced the window for what was sent before this

    // --- receiving (tcp_receiver.c)
    uint32_t irs;
    uint64_t rcv_nxt, rcv_edge;         // next expected; right edge that was offered
    uint64_t fin_at;                    // offset of the peer's FIN, UINT64_MAX: not seen
    struct ranges ahead;                // received out of order
    struct range recent[SEGMENT_SACKS]; // SACK blocks, the last one changed first
    unsigned nrecent;
    uint32_t buffer_octets; // receive window now
    uint64_t unread;        // in order, but held back from the application: see tcp_hold()
    bool held, sack, stamps, echo_ce;
    uint32_t stamp_recent;  // TS.Recent
    uint64_t last_ack_sent; // Last.ACK.sent
    int64_t tune_from_ps;   // a round trip of growing the window began then …
    uint64_t tune_from;     // … with so many octets received
    int64_t rcv_rtt_ps;
    unsigned unacked;      // segments not acknowledged yet
    bool ack_due, rst_due; // to be sent now
    bool probe_due, syn_due;
    uint32_t rst_seq;
    int64_t ack_at_ps, challenge_ps, linger_at_ps;
};

// Zeroes the struct. Nothing is allocated before data comes; tcp_free gives that back.
void tcp_init(struct tcp *t, const struct tcp_options *o, uint16_t sport, uint16_t dport,
              uint32_t iss);
void tcp_free(struct tcp *t);

void tcp_connect(struct tcp *t, int64_t now_ps);
// The answer to a SYN, on a fresh end.
void tcp_accept(struct tcp *t, const struct segment *syn, int64_t now_ps);
void tcp_input(struct tcp *t, const struct segment *s, int64_t now_ps);
// To be called at tcp_deadline(); early or late is harmless.
void tcp_tick(struct tcp *t, int64_t now_ps);

// More octets to send. Not after tcp_close().
void tcp_write(struct tcp *t, uint64_t octets);
// No more octets: a FIN after those written.
void tcp_close(struct tcp *t);
// A RST at once, and the end.
void tcp_abort(struct tcp *t);
// While held, what arrives waits in the receive buffer: `received` stands still, the window closes.
void tcp_hold(struct tcp *t, bool held);

// The next segment that is due; false: none now.
bool tcp_output(struct tcp *t, int64_t now_ps, struct segment *out);
// INT64_MAX: nothing is waited for.
int64_t tcp_deadline(const struct tcp *t);

// The RST that answers a segment of no connection (RFC 9293 §3.10.7.1). False: it is itself a RST.
bool tcp_refuse(const struct segment *s, struct segment *out);

static inline bool tcp_open(const struct tcp *t)
{
    return t->state >= TCP_ESTABLISHED && t->state != TCP_TIME_WAIT;
}

#endif
