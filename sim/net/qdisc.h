// SPDX-License-Identifier: GPL-3.0-or-later
// qdisc: a queue discipline: which packet a port sends next, and which it drops.
//
// A port whose buffer is a time at its rate (port.h) has no discipline and no event of its own. Any
// other buffer is one of the kinds below: packets are held, and the port asks for the next one
// when the line is free. What is held does not include the packet that is being sent.
//
//   drop-tail   one FIFO with a limit in bytes, in packets, or both
//   red         random early detection (Floyd, Jacobson 1993), gentle by choice
//   codel       controlled delay (RFC 8289)
//   fq-codel    flow queues by deficit round robin, each under CoDel (RFC 8290)
//   priority    classes by DSCP; a class sends only while those before it are empty
//   drr         classes by DSCP, deficit round robin (Shreedhar, Varghese 1995)
//   shaper      a token bucket: not more than rate · t + burst bytes leave in any time t
//
// A kind is one file that defines a `struct qdisc_ops`, and one line in qdisc.c. Its packets stand
// in FIFOs that the base owns (qdisc_push, qdisc_pop), so that a cut line empties them all.
//
// Fluid load (net/fluid.h) is work in the queue, too. Every packet comes with what stood before it
// when it arrived, and disciplines count that as backlog: in bytes where they look at bytes, in
// time where they look at how long a packet has been here. In classes the fluid is in the one that
// `fluid_class` names. Packets of classes before it, those of other DRR classes, and FQ-CoDel's
// flows, which share the line with many others, wait for what the fluid is sending: a packet, or the
// quantum of its class, which it has again in every round. Packets of classes after it wait until there is
// none. What a discipline makes of the fluid itself: net/fluidrule.h.
#ifndef ANYSIM_NET_QDISC_H
#define ANYSIM_NET_QDISC_H

#include "base/vec.h"
#include "fwd/drop.h"
#include "fwd/packet.h"
#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qdisc_class {
    uint64_t dscp;         // bit n: DSCP n belongs here; 0: every DSCP that is in no other class
    int64_t limit_bytes;   // 0: none
    int64_t quantum_bytes; // drr: what it may send in a round, at least a packet
};

// What a kind does not use is not looked at.
struct qdisc_options {
    const struct qdisc_ops *ops;
    int64_t limit_bytes, limit_packets; // 0: none
    bool ecn; // mark packets that say they are ECN-capable instead of dropping (RFC 3168)
    // red: thresholds of the average backlog; drop probability at `max`; weight of a packet in the
    // average; the mean packet, for the time that the queue stands empty
    int64_t min_bytes, max_bytes, mean_packet_bytes;
    double max_probability, weight;
    bool gentle; // from `max` to twice that the probability rises to 1 instead of being 1
    int64_t target_ps, interval_ps;    // codel, fq-codel
    uint32_t flows;                    // fq-codel: queues that flows are hashed into
    int64_t quantum_bytes;             // fq-codel
    const struct qdisc_class *classes; // priority (the first one goes first), drr; the caller's
    int nclasses, fluid_class;         //
    int64_t shaper_bps, burst_bytes;   // shaper
};

enum qdisc_place {
    QDISC_BEHIND, // in the queue in which the fluid is
    QDISC_ASIDE,  // in another one: it waits for what is being sent
    QDISC_AFTER   // it waits until there is no fluid: the discipline sees to that
};

struct qdisc_item {
    struct packet *packet;
    int64_t since_ps; // arrived here
    int64_t fluid_ps; // fluid work that stood before it then; 0: it does not stand behind fluid
};

struct qdisc_gone {
    struct packet *packet;
    enum fwd_drop reason;
};

struct qdisc_fifo {
    struct qdisc_item *ring;
    uint32_t size, head, count;
    int64_t bytes;
};

struct qdisc {
    const struct qdisc_ops *ops;
    struct qdisc_options is;
    int64_t rate_bps;  // of the port
    int64_t fluid_bps; // at which fluid work is served
    double fluid_load; // offered, a share of that; the port says it before it calls
    bool
        fluid_decides; // the fluid's law has let the packet in (net/fluid.h): its work is within the limit
    // How much fluid work is in the queue now, told `ctx`; NULL: there is never any.
    int64_t (*fluid_work_ps)(void *ctx, int64_t now_ps);
    gsl_rng *rng; // its own stream
    void *ctx;    // for drop(), which takes the packet over and may come back with another one
    void (*drop)(void *ctx, struct packet *p, enum fwd_drop reason);
    VEC(struct qdisc_gone) gone; // dropped, but drop() has not been told …
    size_t told;                 // … except of the first so many
    struct qdisc_fifo *fifos;
    uint32_t nfifos;
    int64_t bytes; // held now
    uint32_t packets;
    uint64_t marked; // packets with Congestion Experienced set here
    void *state;     // ops->size bytes, zeroed
};

struct qdisc_ops {
    const char *name; // as files write it
    size_t size;
    // How many FIFOs it wants.
    uint32_t (*fifos)(const struct qdisc_options *o);
    // First settings of `state`; NULL: zeros are right. Also after qdisc_clear(), zeroed again.
    void (*start)(struct qdisc *q);
    void (*stop)(struct qdisc *q); // frees what start() made; NULL: nothing
    // Where the packet stands against the port's fluid load. NULL: behind it.
    enum qdisc_place (*place)(const struct qdisc *q, const struct packet *p);
    // QDISC_ASIDE: what the fluid sends at a stretch, in bytes. NULL: a packet.
    int64_t (*stretch)(const struct qdisc *q);
    // Holds the packet, or drops it, or drops others in its favour. Owns it in any case.
    void (*enqueue)(struct qdisc *q, struct qdisc_item i, int64_t now_ps);
    // The next packet to be sent, which `out` owns. False: none now; *ready_ps is then when to ask
    // again, TIME_NEVER: when something has come.
    bool (*dequeue)(struct qdisc *q, int64_t now_ps, struct qdisc_item *out, int64_t *ready_ps);
};

// By name; NULL: no such kind.
const struct qdisc_ops *qdisc_kind(const char *name);

// The discipline of a port; `port_name` names its random stream. The caller sets ctx and drop.
struct qdisc *qdisc_new(uint64_t seed, const char *port_name, int64_t rate_bps,
                        const struct qdisc_options *o);
// What is held must have been taken out before.
void qdisc_free(struct qdisc *q);
// Drops everything that is held for `reason` and starts afresh.
void qdisc_clear(struct qdisc *q, enum fwd_drop reason);
// To be called after enqueue(), dequeue() and qdisc_clear(), when the caller is through with the
// consequences: tells drop() of what they dropped.
void qdisc_flush(struct qdisc *q);

// --- for the kinds
void qdisc_push(struct qdisc *q, uint32_t fifo, struct qdisc_item i);
struct qdisc_item qdisc_pop(struct qdisc *q, uint32_t fifo); // there is one
const struct qdisc_item *qdisc_first(const struct qdisc *q, uint32_t fifo);
void qdisc_drop(struct qdisc *q, struct qdisc_item i, enum fwd_drop reason);
// Has the packet say Congestion Experienced, if it says that it may (ECT, RFC 3168 §5).
bool qdisc_mark(struct qdisc *q, struct packet *p);
// Fluid work as bytes at the port's rate.
int64_t qdisc_fluid_bytes(const struct qdisc *q, int64_t fluid_ps);
// What of it counts against a limit: nothing where the fluid's own law decides.
int64_t qdisc_fluid_against(const struct qdisc *q, int64_t fluid_ps);
// Would it go over a limit (0: none)?
bool qdisc_full(const struct qdisc *q, const struct qdisc_item *i);
// The class that a packet's DSCP belongs to.
uint32_t qdisc_class_of(const struct qdisc *q, const struct packet *p);
uint32_t qdisc_one_fifo(const struct qdisc_options *o);
uint32_t qdisc_class_fifos(const struct qdisc_options *o);

extern const struct qdisc_ops qdisc_droptail, qdisc_red, qdisc_codel, qdisc_fqcodel, qdisc_priority,
    qdisc_drr, qdisc_shaper;

#endif
