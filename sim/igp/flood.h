// SPDX-License-Identifier: GPL-3.0-or-later
// flood: carries LSAs from database to database, hop by hop (RFC 2328 §13, ISO 10589 §7.3).
//
// A line is one half of a link as a channel: a FIFO of messages with one pending event. A message
// takes the link's delay at the time of sending plus flood_ps. It never overtakes an earlier one:
// on a link that has become shorter it waits behind it.
//
// What a router does with an LSA that arrives over an adjacency it considers up:
//   newer than its own copy      install, pass on over every other adjacency that is up
//   the same, or older           drop: it came the other way round, or the newer one is on its way
//   its own, of an earlier life  drop, tell the owner to outbid it (RFC 2328 §13.4)
// Over an adjacency that is not up everything is dropped.
//
// Database exchange: a router whose adjacency comes up sends HELLO. A neighbour whose end is up
// answers with its whole database and WELCOME, at which the first sends its own whole database. So
// the exchange runs once, when the second end comes up; or anew when an end went down and came
// back. Whole LSAs go, without the summaries of RFC 2328 §10.6: the same result for more messages.
// (At a cold start they are few: a router has its own LSA then and no more.)
//
// When the link does not pass packets, messages are lost and the line remembers it (`lost`):
// flood_hello starts the exchange over.
#ifndef ANYSIM_IGP_FLOOD_H
#define ANYSIM_IGP_FLOOD_H

#include "engine/sim.h"
#include "igp/graph.h"
#include "igp/lsdb.h"

enum flood_kind { FLOOD_LSA, FLOOD_HELLO, FLOOD_WELCOME };

struct flood_message {
    int64_t arrive_ps;
    struct lsa *lsa; // one reference; NULL unless FLOOD_LSA
    enum flood_kind kind;
};

struct flood;

struct flood_line {       // one per half
    struct entity entity; // must stay first
    struct flood *flood;
    struct flood_message *ring; // in flight from the owner, oldest at head
    uint32_t head, n, cap;
    bool up;     // the owner considers the adjacency up
    bool greet;  // the owner still has to send HELLO: nothing is flooded before
    bool dumped; // the whole database was sent since the adjacency came up
    bool lost;   // a message was lost since the last HELLO
};

struct flood_hooks { // all required
    void *ctx;
    int64_t (*delay_ps)(void *ctx, uint32_t half); // -1: the link does not pass packets
    void (*changed)(void *ctx, uint32_t router);   // a newer LSA with other links was installed
    void (*outbid)(void *ctx, uint32_t router, uint32_t seq); // an old LSA of `router` is about
    void (*lost)(void *ctx, uint32_t router);                 // a line of `router` lost a message
};

struct flood {
    struct sim *sim;
    const struct igp_graph *graph;
    struct lsa_pool *pool;
    struct lsdb *dbs; // per router
    int64_t flood_ps;
    struct flood_hooks hooks;
    struct flood_line *lines; // per half
    uint64_t *sent;           // counts LSA copies that went over a link
};

// Registers an entity per half. The graph, pool and dbs belong to the caller and outlive `f`.
void flood_init(struct flood *f, struct sim *sim, const struct igp_graph *graph,
                struct lsa_pool *pool, struct lsdb *dbs, int64_t flood_ps,
                const struct flood_hooks *hooks, uint64_t *sent);
void flood_free(struct flood *f); // drops what is in flight

// The owner's view of the adjacency. Going up asks for flood_hello at the end of the instant.
void flood_set(struct flood *f, uint32_t half, bool up);
// Both ends are up and have exchanged their databases before now.
void flood_settled(struct flood *f, uint32_t half);
void flood_hello(struct flood *f, uint32_t half); // starts the database exchange over `half`
// Sends `l` over all adjacencies of `router` that are up, but not over `except` (IGP_NONE: all).
void flood_lsa(struct flood *f, uint32_t router, struct lsa *l, uint32_t except);

#endif
