// SPDX-License-Identifier: GPL-3.0-or-later
// stream: a reliable two-way stream of octets, whatever carries it: what applications use, so that
// each of them runs over each transport. A transport is a table of hooks and one line in stream.c.
//
// Like tcp.h it has no clock and sends nothing itself: after any call ask for packets until there are
// no more, and for the deadline.
#ifndef ANYSIM_TRANSPORT_STREAM_H
#define ANYSIM_TRANSPORT_STREAM_H

#include "transport/tcp.h"

#define STREAM_PORT 443 // of the server
#define STREAM_TTL  64

struct stream_options {
    struct tcp_options tcp; // of all transports: what they have in common
    int64_t move_ps;        // quic: see quic_connect
};

struct stream_ends {
    ip4_addr client, server;
    uint16_t port; // the client's
};

struct stream_status {
    uint64_t received;     // octets in order
    uint64_t acknowledged; // octets of ours that the peer has
    bool peer_done;        // it will send no more
    enum tcp_end ended;
    const struct tcp_counters *counters;
};

struct stream_ops {
    const char *name; // as in the scenario file
    size_t size;      // of its state
    // Opens, at the client. `identity`: random; NOT of use as a secret here.
    void (*connect)(void *s, const struct stream_options *o, uint16_t port, uint64_t identity,
                    int64_t now_ps);
    // Is this packet, that belongs to no stream, an opening? Then the server's end is made from it.
    bool (*accept)(void *s, const struct stream_options *o, const struct packet *p,
                   uint64_t identity, int64_t now_ps);
    void (*input)(void *s, const struct packet *p, int64_t now_ps);
    // Writes the next packet; false: none is due.
    bool (*output)(void *s, const struct stream_ends *e, bool client, int64_t now_ps,
                   struct packet *p);
    int64_t (*deadline)(const void *s);
    void (*tick)(void *s, int64_t now_ps);
    void (*write)(void *s, uint64_t octets);
    void (*close)(void *s); // no more octets
    void (*abort)(void *s); // at once, and the peer is told
    void (*status)(const void *s, struct stream_status *out);
    // What a packet says of the stream that it belongs to, the same both ways; false: it is none of ours.
    bool (*key)(const struct packet *p, bool to_client, uint64_t *key);
    uint64_t (*key_of)(const void *s, bool client);
    // Answers a packet of an unknown stream; false: nothing to say.
    bool (*refuse)(const struct packet *in, struct packet *out);
    void (*free)(void *s);
};

extern const struct stream_ops stream_tcp, stream_quic;
enum stream_kind { STREAM_TCP, STREAM_QUIC, STREAM_KINDS };
const struct stream_ops *stream_at(enum stream_kind kind);

#endif
