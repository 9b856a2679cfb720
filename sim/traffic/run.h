// SPDX-License-Identifier: GPL-3.0-or-later
// run: what the files of the framework (traffic.c, flow.c, server.c) know of each other. Not for
// kinds.
#ifndef ANYSIM_TRAFFIC_RUN_H
#define ANYSIM_TRAFFIC_RUN_H

#include "traffic/backlog.h"
#include "traffic/desk.h"
#include "traffic/server.h"

struct server_wake; // what an event of a server is about

struct server_backlog {
    ip4_addr service;
    struct backlog backlog;
};

struct traffic_server {
    struct entity entity; // must stay first: its events are the wakes
    struct traffic_run *traffic;
    uint32_t node;
    ip4_addr entry;
    struct desk *desk;        // NULL: nobody waits
    struct server_wake *idle; // to be used again
    VEC(struct server_wake *) wakes;
    VEC(struct server_backlog) backlogs; // of the services that it answers for
    gsl_rng *chance;                     // who finds a place; made when it is needed
};

struct traffic_run {
    struct sim *sim;
    struct net *net;
    struct traffic_hooks hooks;
    struct traffic_watch watch;
    VEC(struct flow *) flows;
    VEC(struct traffic_server *) servers; // by node; NULL: not a server
    bool stopped;
};

// Tells of a packet of an attack, if it is one that strikes.
void traffic_struck(const struct traffic_run *t, const struct flow *f,
                    const struct traffic_strike *s);

struct traffic_server *server_new(struct traffic_run *t, uint32_t node, ip4_addr entry);
void server_free(struct traffic_server *s); // may be NULL
// The flow there; made when it is not known. Valid until the flow comes to another server.
struct flow_server *server_flow(struct traffic_server *s, struct flow *f);

// Has the host no place for the connection that `p` opens? Not asked of other packets.
bool server_refuses(struct traffic_server *s, const struct flow *f, const struct packet *p);

// `p` is sent now: remembered, and told.
void traffic_sent(const struct traffic_run *t, struct flow *f, enum traffic_direction d,
                  const struct packet *p);

#endif
