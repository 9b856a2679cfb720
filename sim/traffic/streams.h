// SPDX-License-Identifier: GPL-3.0-or-later
// streams: two streams of datagrams at their own rhythms, joined by a session: what games with a
// server tick, calls and constant-rate traffic have in common.
//
// The client sends at its interval from the start on. Its packets ask to join until it hears the
// server; a server takes up a session with the first packet of it that asks, and sends at its own
// interval from then on, until it has heard nothing for the timeout. A packet of a session that a
// server does not know (the flow came to another site) and that does not ask to join is in vain:
// the server says so with a reset, when the kind has such a message. The client begins a new session
// after a reset, and when it has heard nothing for the timeout (flow_broken tells it).
//
// A session keeps the address that it began with. Where the server sends nothing, no packet knows of
// the ones before: each goes to the address that its user has then.
//
// Every packet is a unit, delivered when it reaches the session's other end.
#ifndef ANYSIM_TRAFFIC_STREAMS_H
#define ANYSIM_TRAFFIC_STREAMS_H

#include "traffic/server.h"

struct streams_head { // what a packet says
    uint32_t session;
    uint32_t number; // in its direction and session
    bool join, reset;
    ip4_addr server; // whose session it is: set for `write`, not by `read`
};

struct streams_client { // to be a part of the kind's client state
    uint32_t session, number;
    int64_t begun_ps, heard_ps; // of this session
    bool heard;
    ip4_addr server; // of this session
    uint32_t resets; // sent by servers
};

struct streams_server { // to be the first member of its server state
    uint32_t session, number;
    int64_t heard_ps;
    bool open;
    ip4_addr address; // by which the session came
};

struct streams_kind {
    // Writes the whole datagram.
    void (*write)(const struct flow *f, enum traffic_direction d, const struct streams_head *h,
                  int64_t now_ps, struct packet *p);
    // What the datagram says; false: nothing of this kind.
    bool (*read)(const struct packet *p, struct streams_head *h);
    // A packet of the client's session is sent, and arrives. NULL: nobody counts.
    void (*sent)(struct flow *f, enum traffic_direction d, const struct streams_head *h,
                 int64_t now_ps);
    void (*arrived)(struct flow *f, enum traffic_direction d, const struct streams_head *h,
                    int64_t now_ps);
    // The client's session is over in this way (UNFINISHED: the flow ends); a new one follows.
    void (*ended)(struct flow *f, enum traffic_end how, int64_t now_ps);
    bool resets;
    bool aligned; // the server's rhythm is one for all: whole multiples of its interval
};

// The interval of a server's packets; 0: it sends none, and nobody waits for it.
typedef int64_t streams_interval(const struct flow *f);

struct streams { // all of it; a constant of the kind's
    struct streams_kind is;
    streams_interval *down_ps;
    struct streams_client *(*client)(const struct flow *f); // in its state
};

void streams_start(const struct streams *s, struct flow *f, int64_t now_ps);
void streams_wake(const struct streams *s, struct flow *f, int64_t now_ps);
// The client closes its session and begins another.
void streams_renew(const struct streams *s, struct flow *f, enum traffic_end how, int64_t now_ps);
void streams_at_client(const struct streams *s, struct flow *f, struct packet *p, int64_t now_ps);
void streams_at_server(const struct streams *s, struct flow *f, struct traffic_server *at,
                       struct packet *p, int64_t now_ps);
void streams_server_wake(const struct streams *s, struct flow *f, struct traffic_server *at,
                         uint64_t arg, int64_t now_ps);
// traffic_kind_ops.dropped: a lost reset is no unit.
void streams_dropped(struct flow *f, const struct packet *p, enum fwd_drop reason, uint32_t port,
                     int64_t now_ps);

// A payload in which the head fits: for kinds without a format of their own.
struct packet_payload streams_payload(const struct streams_head *h, int64_t now_ps);
bool streams_read(const struct packet *p, struct streams_head *h);

#endif
