// SPDX-License-Identifier: GPL-3.0-or-later
// flow: a flow as its kind sees it: state, sending, waking, and telling what happened.
#ifndef ANYSIM_TRAFFIC_FLOW_H
#define ANYSIM_TRAFFIC_FLOW_H

#include "base/vec.h"
#include "traffic/flight.h"
#include "traffic/traffic.h"
#include "traffic/translation.h"
#include <gsl/gsl_rng.h>

#define FLOW_TTL 64 // of what hosts send

struct flow_server { // the flow at one server host
    struct traffic_server *server;
    void *state;
    struct translation translation;
    ip4_addr entry; // POP by which the last packet came in
    uint16_t hops;  // that it had taken
};

struct flow {
    struct entity entity; // must stay first; its events are the start and the wakes
    struct traffic_run *traffic;
    struct flow_options is;
    char *name;
    uint32_t index;
    int64_t first_ps; // when it starts
    uint32_t seq;     // next unit
    uint32_t objects; // begun so far
    uint16_t port;    // the client's; a kind may change it
    bool traced;      // following packets are traced (net_hooks.hop)
    bool started;
    void *state; // the kind's
    struct flight flight[TRAFFIC_DIRECTIONS];
    VEC(struct flow_server) servers;
    VEC(gsl_rng *) rngs;
    gsl_rng *users; // who begins exchanges; NULL: without names
};

static inline bool flow_over(const struct flow *f, int64_t now_ps)
{
    return now_ps >= f->is.stop_ps;
}

struct sim *flow_sim(const struct flow *f);

// ops->wake(f, arg) at `at_ps`. It cannot be taken back: for that, keep a struct timer.
void flow_wake(struct flow *f, int64_t at_ps, uint64_t arg);

// A random stream of the flow's own for a purpose; freed with the flow.
gsl_rng *flow_rng(struct flow *f, const char *purpose);

// An exchange begins (a request, a connection, a session, or a packet of a kind that knows none of
// these): is.server becomes the address that its user holds. What is open keeps the one it began with:
// kinds remember it, or take it from the packet that they answer.
void flow_resolve(struct flow *f);

// A packet to write into, and back.
struct packet *flow_packet(struct flow *f);
void flow_give(struct flow *f, struct packet *p);

// Sends from the client's host: whole datagram, p->seq set; flow, kind and weight are set here. One
// to address 0, of a user who has none, is lost at once (FWD_DROP_NO_SERVICE), inside of this call.
void flow_send(struct flow *f, struct packet *p);
// Gives it the flow's DSCP: for flow_send and traffic_server_send.
void flow_mark(const struct flow *f, struct packet *p);

// --- telling
uint32_t flow_unit(struct flow *f); // a new unit is sent now; its number
void flow_answered(const struct flow *f, uint32_t unit, const struct packet *p);
void flow_delivered(const struct flow *f, uint32_t unit, const struct packet *p);
// See traffic_hooks.lost.
void flow_lost(const struct flow *f, uint32_t unit, const struct packet *p, enum fwd_drop reason,
               uint32_t port);
uint32_t flow_object(struct flow *f); // a new object begins now; its number
void flow_object_ended(const struct flow *f, const struct traffic_object *o);
void flow_broken(const struct flow *f, enum traffic_break why);

#endif
