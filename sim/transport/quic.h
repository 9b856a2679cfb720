// SPDX-License-Identifier: GPL-3.0-or-later
// quic: one end of a connection in the manner of QUIC: datagrams over UDP with a connection id, packet
// numbers that are never used twice, acknowledged in ranges, and a stream of octets each way. Driven
// like tcp.h, without a clock or a network.
//
// As in the RFCs: loss by packet and time threshold and the probe time-out (RFC 9002 §6), round-trip
// times less the peer's delay (§5.3), congestion control of transport/congestion.h with one reduction a
// recovery period (§7.3) and persistent congestion (§7.6); frames and variable-length integers (RFC 9000
// §16, §19); three times as much to an address that is not validated (§8.1); a client's address that
// changes is validated with PATH_CHALLENGE (§9.3), and given up for the one before when nothing comes back;
// connection-level flow control; idle time-out (§10.1); a reset from a host that does not know the id.
//
// Not as in the RFCs, because there are no keys: nothing is encrypted; one packet-number space, of four
// octets; one connection id of the client's choice, for both directions; the handshake is
// CRYPTO frames of the usual sizes (300 octets, 3000 back, 60): one round trip before the first request;
// a reset is marked as such; no Retry, 0-RTT, version negotiation, key update, ECN; one stream.
#ifndef ANYSIM_TRANSPORT_QUIC_H
#define ANYSIM_TRANSPORT_QUIC_H

#include "base/vec.h"
#include "transport/quic_frame.h"
#include "transport/tcp.h"

struct quic_out { // octets of one stream, to be sent
    uint64_t written, next;
    struct ranges acked, again; // `again`: held to be lost
};

struct quic_sent { // a packet
    int64_t at_ps;
    uint32_t bytes;            // 0: gone from the account (acknowledged, or lost)
    struct range crypto, data; // that it carried
    bool eliciting;
};

struct quic {
    struct tcp_options is;
    bool client, established;
    uint64_t id;
    uint16_t port; // the client's, as this end knows it
    enum tcp_end ended;
    uint64_t received, acknowledged; // octets of the stream
    bool peer_done;
    struct tcp_counters counters;

    // --- sending
    struct quic_out crypto, data;
    uint64_t peer_limit;        // MAX_DATA
    uint64_t number;            // of the next packet
    VEC(struct quic_sent) sent; // the first one has the number `sent_from`
    uint64_t sent_from;
    uint64_t largest_acked; // UINT64_MAX: none
    uint64_t in_flight;
    struct congestion congestion;
    struct rtt rtt;
    int64_t recovery_ps; // the period of recovery began then
    int64_t loss_at_ps, pto_at_ps, eliciting_ps;
    unsigned probes, probe_count; // to be sent now; time-outs in a row
    bool limited, close_due;
    uint64_t close_error;

    // --- receiving
    struct ranges seen; // packet numbers
    struct ranges crypto_in, data_in;
    uint64_t limit; // MAX_DATA that we gave
    bool ack_due, limit_due, done_due;
    unsigned unacked;
    int64_t ack_at_ps, largest_at_ps;

    // --- path
    bool validated;
    uint64_t bytes_in, bytes_out; // while it is not
    uint16_t old_port;            // the last one validated
    uint64_t challenge, response;
    bool challenge_due, response_due;
    unsigned challenges;
    int64_t challenge_at_ps;
    int64_t move_ps, move_at_ps; // client: its port changes in this rhythm; 0: never
    int64_t idle_at_ps;
};

// `port`: the client's. Each `move_ps` it changes, as when a client goes from one access network to
// another: it sends from the new one at once, and the owner is to let nothing in for the old one.
void quic_connect(struct quic *q, const struct tcp_options *o, uint16_t port, uint64_t id,
                  int64_t move_ps, int64_t now_ps);
// At the server: false when the datagram opens nothing.
bool quic_accept(struct quic *q, const struct tcp_options *o, const struct quic_datagram *d,
                 uint64_t challenge, int64_t now_ps);
void quic_input(struct quic *q, const struct quic_datagram *d, int64_t now_ps);
bool quic_output(struct quic *q, int64_t now_ps, struct quic_datagram *out);
int64_t quic_deadline(const struct quic *q);
void quic_tick(struct quic *q, int64_t now_ps);
void quic_write(struct quic *q, uint64_t octets);
void quic_close(struct quic *q, uint64_t error); // 0: in order
void quic_free(struct quic *q);

#endif
