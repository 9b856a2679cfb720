// SPDX-License-Identifier: GPL-3.0-or-later
// exchange: what applications over reliable streams have in common: connections of a flow's client to
// whichever server its packets reach, requests on them and answers, both counted in octets.
//
// A kind of traffic has a `struct exchange` as the first member of its client's state, and a `struct
// exchange_server` as its state at a server host. Payload has no content: what a request asks for is
// looked up at the client when its last octet has reached a server. A server host knows the
// connections that were opened at it; packets of others it refuses (TCP: RST), so that a connection
// whose packets come to another host after a change of routes breaks.
//
// A request ends answered; or its connection ends, and the application is told why. A connection on
// which nothing arrives for `give_up_ps` while an answer is due is given up.
#ifndef ANYSIM_TRAFFIC_EXCHANGE_H
#define ANYSIM_TRAFFIC_EXCHANGE_H

#include "engine/timer.h"
#include "traffic/server.h"
#include "transport/stream.h"

struct exchange;
struct exchange_conn;

struct exchange_request {
    uint64_t asked_to;    // octets of the connection's requests, this one included
    uint64_t answered_to; // the same of the answers
    uint64_t answer;      // octets of its answer
    uint32_t tag;         // the application's, its unit for instance
    bool begun;           // of its answer something came
    bool told;            // set by the application: what became of its unit was told
};

struct exchange_conn {
    struct exchange *owner;
    void *stream;
    struct stream_ends ends;
    uint64_t key;
    VEC(struct exchange_request) requests;
    size_t next; // the first that is not answered
    uint64_t received;
    int64_t opened_ps, heard_ps; // when something came last, or was asked for
    uint32_t tag;                // the application's
    uint32_t first, last;        // numbers of packets that were sent before anything came
    bool closing, heard;
};

// What an application is told, at the client. `p`: the packet that said it.
struct exchange_app {
    // At the flow's start, and whenever its interval is over: something new is due.
    void (*due)(struct exchange *x, int64_t now_ps);
    // NULL, or an application without that rhythm: `due` is called at the start alone, and this when
    // flow_wake asked for it, until the flow is stopped.
    void (*woken)(struct exchange *x, uint64_t arg, int64_t now_ps);
    // The flow is stopped. May be NULL.
    void (*over)(struct exchange *x, int64_t now_ps);
    // The first octet of an answer. May be NULL.
    void (*begun)(struct exchange_conn *c, struct exchange_request *r, const struct packet *p);
    void (*answered)(struct exchange_conn *c, struct exchange_request *r, const struct packet *p,
                     int64_t now_ps);
    // The connection broke, or the server closed it. It is freed afterwards.
    void (*ended)(struct exchange_conn *c, enum tcp_end why, int64_t now_ps);
};

struct exchange {
    struct flow *flow;
    const struct exchange_app *app;
    const struct stream_ops *ops;
    struct stream_options options;
    int64_t give_up_ps;
    struct timer timer;
    gsl_rng *rng;
    VEC(struct exchange_conn *) conns;
    uint32_t opened;                      // connections so far
    uint32_t numbers[TRAFFIC_DIRECTIONS]; // of packets
    enum fwd_drop reason;                 // of the last packet of ours that was dropped
    uint32_t port;                        // where
    bool stopped;
    struct tcp_counters counters; // of connections that are gone
};

struct exchange_reply {
    int64_t at_ps;
    uint64_t octets;
};

struct exchange_peer { // a connection at a server
    void *stream;
    struct stream_ends ends;
    uint64_t key;
    uint64_t client_key; // its own: another one where the client's port is translated on the way
    size_t asked;        // requests that came
    VEC(struct exchange_reply) due;
    size_t next; // of `due`
};

struct exchange_server {
    struct flow *flow; // NULL: not used yet
    struct traffic_server *server;
    struct timer timer;
    VEC(struct exchange_peer *) peers;
};

// The hook `start` of a kind calls this: its application begins, and `due` is called. The flow's
// options are those of traffic over streams.
void exchange_start(struct flow *f, const struct exchange_app *app, int64_t now_ps);
// What the scenario says about this flow.
const struct stream_traffic_options *exchange_options(const struct exchange *x);
struct exchange_conn *exchange_open(struct exchange *x, int64_t now_ps);
void exchange_ask(struct exchange_conn *c, uint64_t octets, uint64_t answer, uint32_t tag,
                  int64_t now_ps);
// Closes when all is answered.
void exchange_close(struct exchange_conn *c);
// Closes at once, telling nobody here.
void exchange_abort(struct exchange_conn *c);
// Sends what is due. Not needed in hooks of the application but `woken`.
void exchange_pump(struct exchange *x, int64_t now_ps);

// exchange_app.begun of applications whose unit is answered by the first octet.
void exchange_tell_begun(struct exchange_conn *c, struct exchange_request *r,
                         const struct packet *p);

// All hooks of a kind but `start`, as they are.
void exchange_wake(struct flow *f, uint64_t arg, int64_t now_ps);
void exchange_at_client(struct flow *f, struct packet *p, int64_t now_ps);
void exchange_at_server(struct flow *f, struct traffic_server *s, struct packet *p, int64_t now_ps);
void exchange_dropped(struct flow *f, const struct packet *p, enum fwd_drop reason, uint32_t port,
                      int64_t now_ps);
void exchange_stop(struct flow *f, int64_t now_ps);

#define EXCHANGE_HOOKS                                                                             \
    .takes_copies = true, .server_size = sizeof(struct exchange_server), .wake = exchange_wake,    \
    .at_client = exchange_at_client, .at_server = exchange_at_server, .dropped = exchange_dropped, \
    .stop = exchange_stop

// Why a connection ended, as the framework names it.
enum traffic_end exchange_end(enum tcp_end why);
enum traffic_break exchange_break(enum tcp_end why);
// Tells that the requests of the connection that have no answer yet are lost. Their tags are their
// units.
void exchange_lose(const struct exchange_conn *c, enum tcp_end why);

#endif
