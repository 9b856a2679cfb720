// SPDX-License-Identifier: GPL-3.0-or-later
// meter: follows every request of every flow from sending to answer or loss.
//
//   round-trip time: from sending to the answer's arrival; later than the timeout counts as lost
//       (RFC 7679 §3.6, RFC 7680: loss is infinite delay)
//   jitter: RFC 3550 §6.4.1, J += (|D| − J)/16, over round trips of answered requests
//   IPDV: |RTT difference| of requests that follow each other directly (RFC 3393), apart from J
//   failover: a request is *cut off* when forwarding failed (no route, link down, loop …), not when
//       a queue or a congested link dropped it. An event's failover lasts from the event to the
//       sending of the first request answered after the last one that was cut off before the next
//       event; of an outage with several events the longest counts. It splits into
//         detect    event → the router where packets died finds the failure (when they died
//                   elsewhere, the first reaction of any control plane to the event)
//         converge  that → last FIB change on the path that the answered request took
//         restore   that change → sending of the answered request
//       Its resolution is the interval between requests.
//
// Requests that left before time 0 only bring load and are not counted.
//
// Everything is per flow and phase; a request belongs to the phase in which it was sent.
#ifndef ANYSIM_MEASURE_METER_H
#define ANYSIM_MEASURE_METER_H

#include "measure/flowmeter.h"
#include "measure/results.h"
#include "router/control.h"
#include "traffic/traffic.h"

struct meter;

#define PROBE_HOPS 128

struct probe { // one traced request and its answer
    struct {
        uint32_t node;
        int64_t at_ps; // absolute
        bool back;     // on the answer's way
        bool tunnel;   // inside a tunnel when it arrived
    } hops[PROBE_HOPS];
    int n;
    bool done, lost;
    enum fwd_drop reason;
    ip4_addr entry; // POP of entry
};

struct meter *meter_new(const struct scenario *s, struct sim *sim, struct control *control,
                        int64_t epoch_ps);
void meter_free(struct meter *m);
struct traffic_hooks meter_hooks(struct meter *m);

// The POP that stands for an entry address.
void meter_add_entry(struct meter *m, ip4_addr address, uint32_t pop);
struct meter_flow {
    int traffic, group, service;
    int64_t timeout_ps;
    struct prefix watch[METER_WATCH]; // whose FIB entries carry it: service, client, gateway
};
void meter_add_flow(struct meter *m, struct flow *f, const struct meter_flow *o);

// A defence at a POP (or -1) looked at a packet of the flow, and stopped it or not.
void meter_defended(struct meter *m, const struct flow *flow, enum defence defence, int pop,
                    const struct packet *p, bool stopped);

// An event of the scenario happens now.
void meter_event(struct meter *m);

// Records what the next traffic_probe goes through; the struct must live until it is done, or until
// this is called with another one or NULL.
void meter_watch_probe(struct meter *m, struct probe *p);

// Fills clients, quality and buckets of `r`. At the end of the run, once.
void meter_collect(struct meter *m, struct results *r);

int meter_pop_of(const struct meter *m, ip4_addr entry); // -1: unknown

#endif
